"""A process is killed while it changes over: whoever comes after it goes on, and each switch happens once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from paceline.bootstrap import System
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Phase
from paceline.control.order import Order
from tests.contract.emulated import SECRET
from tests.contract.switched import FROM, TERMS, TRIED, Bench, noted, started, status
from tests.contract.systems import Office
from tests.contract.walker import WORK, WalkOrder, written

LEASE_S = 10.0
MOMENTS = (("sqlite", "aimed"), ("sqlite", "unsent"), ("sqlite", "answered"), ("postgresql", "answered"))
"""Each on one database, and that after which most is kept on both."""
SENT = ("answered",)


@pytest.fixture(scope="module")
def walker() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-m", "tests.contract.walker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own interpreter
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed(walker: subprocess.Popen[str], office: Office, url: str, moment: str) -> None:
    """Have a round made by a process that is killed at a moment of it."""
    order = WalkOrder(
        url=url,
        tenant=office.tenant,
        api=office.emulated.emulator.url,
        secret=SECRET,
        kind=WORK,
        campaign=TRIED,
        moment=moment,
        actor="eve",
        wall_ns=office.clock.wall_ns(),
        settles_first=False,
        lease_s=LEASE_S,
        projects=False,
    )
    assert walker.stdin is not None
    assert walker.stdout is not None
    walker.stdin.write(written(order) + "\n")
    walker.stdin.flush()
    assert walker.stdout.readline() == "signal 9\n", f"it never came to {moment}"


def taken_over(bench: Bench, bob: System) -> None:
    """Have somebody else work, before and after the leases of whoever is dead are over."""
    bob.worker.once()
    bench.office.clock.advance(6 * LEASE_S)
    bench.pass_by(1)
    bob.worker.once()


@pytest.mark.parametrize(("url", "moment"), MOMENTS, indirect=["url"])
def test_switch_of_a_killed_worker_is_made_once_by_the_next_and_the_block_counts(
    office: Office, url: str, walker: subprocess.Popen[str], moment: str
) -> None:
    bench = Bench(office)
    ada, bob = bench.system("ada"), bench.system("bob")
    started(ada, replace(TERMS, seed=4))
    bench.until(FROM // 3600)
    killed(walker, office, url, moment)
    assert bench.live() is (Setting.NEW if moment in SENT else Setting.OLD)
    taken_over(bench, bob)
    assert (status(bob).live, bench.live(), bench.effects()) == (Setting.NEW, Setting.NEW, 1)
    bench.pass_by(59)
    bob.worker.once()
    assert [one.carried for one in status(bob).blocks] == [True]
    assert (bob.recorder.unended(), bob.book.unfinished()) == ([], [])


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_way_back_of_a_killed_worker_is_gone_to_its_end_by_the_next(
    office: Office, url: str, walker: subprocess.Popen[str]
) -> None:
    bench = Bench(office)
    ada, bob = bench.system("ada"), bench.system("bob")
    started(ada, replace(TERMS, seed=4))
    bench.to_new(ada)
    ada.experiment_desk.steering.abort(TRIED, Order(actor=ada.actor, reason="complaints"), at=bench.now)
    bench.pass_by(1)
    killed(walker, office, url, "answered")
    assert bench.live() is Setting.OLD
    taken_over(bench, bob)
    ended = status(bob)
    assert (ended.phase, bench.live(), bench.effects()) == (Phase.ABORTED, Setting.OLD, 2)
    assert noted(bob).count("end") == 1
    assert (bob.recorder.unended(), bob.book.unfinished()) == ([], [])
