"""A process is killed while it changes over: whoever comes after it goes on, and each switch happens once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paceline.bootstrap import System
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Phase
from paceline.control.order import Order
from tests.contract.killing import LEASE_S, Killer
from tests.contract.switched import FROM, TERMS, TRIED, Bench, noted, started, status
from tests.contract.systems import Office

MOMENTS = (("sqlite", "aimed"), ("sqlite", "unsent"), ("sqlite", "answered"), ("postgresql", "answered"))
"""Each on one database, and that after which most is kept on both."""
SENT = ("answered",)


def taken_over(bench: Bench, bob: System) -> None:
    """Have somebody else work, before and after the leases of whoever is dead are over."""
    bob.worker.once()
    bench.office.clock.advance(6 * LEASE_S)
    bench.pass_by(1)
    bob.worker.once()


@pytest.mark.parametrize(("url", "moment"), MOMENTS, indirect=["url"])
def test_switch_of_a_killed_worker_is_made_once_by_the_next_and_the_block_counts(
    office: Office, url: str, killer: Killer, moment: str
) -> None:
    bench = Bench(office)
    ada, bob = bench.system("ada"), bench.system("bob")
    started(ada, replace(TERMS, seed=4))
    bench.until(FROM // 3600)
    killer.round(office, url, TRIED, moment, projects=False)
    assert bench.live() is (Setting.NEW if moment in SENT else Setting.OLD)
    taken_over(bench, bob)
    assert (status(bob).live, bench.live(), bench.effects()) == (Setting.NEW, Setting.NEW, 1)
    bench.pass_by(59)
    bob.worker.once()
    assert [one.carried for one in status(bob).blocks] == [True]
    assert (bob.recorder.unended(), bob.book.unfinished()) == ([], [])


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_way_back_of_a_killed_worker_is_gone_to_its_end_by_the_next(office: Office, url: str, killer: Killer) -> None:
    bench = Bench(office)
    ada, bob = bench.system("ada"), bench.system("bob")
    started(ada, replace(TERMS, seed=4))
    bench.to_new(ada)
    ada.experiment_desk.steering.abort(TRIED, Order(actor=ada.actor, reason="complaints"), at=bench.now)
    bench.pass_by(1)
    killer.round(office, url, TRIED, "answered", projects=False)
    assert bench.live() is Setting.OLD
    taken_over(bench, bob)
    ended = status(bob)
    assert (ended.phase, bench.live(), bench.effects()) == (Phase.ABORTED, Setting.OLD, 2)
    assert noted(bob).count("end") == 1
    assert (bob.recorder.unended(), bob.book.unfinished()) == ([], [])
