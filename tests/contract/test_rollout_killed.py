"""A process is killed in the middle of a rollout: whoever comes after it goes on, or takes it back, and once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from paceline.bootstrap import System
from paceline.control.order import Order
from paceline.control.rollout.standing import Phase
from tests.contract.emulated import SECRET
from tests.contract.later import effects
from tests.contract.rolled import ANSWERED_FOR, GOOD, HARMFUL, ROLLED, SHORT, WISH, Stage, begun, status
from tests.contract.systems import Office
from tests.contract.walker import WORK, WalkOrder, written

LEASE_S = 10.0
MOMENTS = ("kept", "open", "intend", "unsent", "answered", "verify", "close")
SENT = ("answered", "verify", "close")


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
        campaign=ROLLED,
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
    office: Office, url: str, walker: subprocess.Popen[str], moment: str
) -> None:
    stage = Stage(office)
    ada, bob = stage.system("ada"), stage.system("bob")
    order = Order(actor=ada.actor, overrides=ANSWERED_FOR)
    assert ada.rollout_desk.starting.start(WISH, SHORT, order).rollout is not None
    killed(walker, office, url, moment)
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
    office: Office, url: str, walker: subprocess.Popen[str], moment: str, decided: str
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
    killed(walker, office, url, moment)
    assert stage.live() == ("0.004" if moment in SENT else "0.008")
    taken_over(stage, bob)
    stands = status(bob)
    assert (stands.phase, stands.step, stage.live()) == (
        Phase.ABORTED if decided == "by a person" else Phase.UNDONE, 0, "0.004"
    )  # fmt: skip
    assert stands.latch is not None
    assert effects(office, ROLLED) == [ROLLED, ROLLED]
    assert [one["what"] for one in stands.history].count("end") == 1
