"""A process is killed in the middle of a rollout: whoever comes after it goes on, or takes it back, and once."""

from __future__ import annotations

import pytest

from paceline.bootstrap import System
from paceline.control.order import Order
from paceline.control.rollout.standing import Phase
from tests.contract.killing import LEASE_S, Killer
from tests.contract.later import effects
from tests.contract.rolled import ANSWERED_FOR, GOOD, HARMFUL, ROLLED, SHORT, WISH, Stage, begun, status
from tests.contract.systems import Office

MOMENTS = ("kept", "open", "intend", "unsent", "answered", "verify", "close")
SENT = ("answered", "verify", "close")


def taken_over(stage: Stage, bob: System) -> None:
    """Have somebody else work, before and after the leases of whoever is dead are over."""
    bob.worker.once()
    stage.office.clock.advance(6 * LEASE_S)
    for _ in range(2):
        stage.pass_by(1, **GOOD)
        bob.worker.once()
    assert (bob.recorder.unended(), bob.book.unfinished()) == ([], [])


@pytest.mark.parametrize("moment", MOMENTS)
def test_step_of_a_killed_worker_is_brought_about_once_by_the_next(
    office: Office, url: str, killer: Killer, moment: str
) -> None:
    stage = Stage(office)
    ada, bob = stage.system("ada"), stage.system("bob")
    order = Order(actor=ada.actor, overrides=ANSWERED_FOR)
    assert ada.rollout_desk.starting.start(WISH, SHORT, order).rollout is not None
    killer.round(office, url, ROLLED, moment, projects=False)
    assert stage.live() == ("0.008" if moment in SENT else "0.004")
    taken_over(stage, bob)
    stands = status(bob)
    assert (stands.phase, stands.step, stage.live()) == (Phase.RUNNING, 1, "0.008")
    assert effects(office, ROLLED) == [ROLLED]
    assert [one["what"] for one in stands.history].count("step") == 1


@pytest.mark.parametrize(
    ("decided", "moment"),
    [
        *(("by a person", moment) for moment in ("intend", "unsent", "answered", "close")),
        *(("by evidence", moment) for moment in ("kept", "answered")),
    ],
)
def test_way_back_of_a_killed_worker_is_gone_to_its_end_by_the_next(
    office: Office, url: str, killer: Killer, moment: str, decided: str
) -> None:
    stage = Stage(office)
    stage.days_before(days=5, hours=2)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    if decided == "by a person":
        ada.rollout_desk.steering.abort(ROLLED, Order(actor=ada.actor, reason="complaints"), at=stage.now)
        stage.pass_by(1, **GOOD)
    else:
        stage.pass_by(60, **HARMFUL)
    killer.round(office, url, ROLLED, moment, projects=False)
    assert stage.live() == ("0.004" if moment in SENT else "0.008")
    taken_over(stage, bob)
    stands = status(bob)
    assert (stands.phase, stands.step, stage.live()) == (
        Phase.ABORTED if decided == "by a person" else Phase.UNDONE, 0, "0.004"
    )  # fmt: skip
    assert stands.latch is not None
    assert effects(office, ROLLED) == [ROLLED, ROLLED]
    assert [one["what"] for one in stands.history].count("end") == 1
