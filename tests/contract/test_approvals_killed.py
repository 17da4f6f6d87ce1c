"""A process is killed at a moment of the approval that it gives: a worker completes what was approved, once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.contract.asking import approved, asked, people, undecided
from tests.contract.emulated import SECRET
from tests.contract.later import effects, waiting
from tests.contract.systems import PAUSED, Office, steps
from tests.contract.walker import APPROVE, WalkOrder, written

LEASE_S = 10.0


@pytest.fixture(scope="module")
def walker() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-m", "tests.contract.walker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own interpreter
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed(walker: subprocess.Popen[str], office: Office, url: str, entry: int, moment: str) -> None:
    """Have an approval given by a process that is killed at a moment of it."""
    order = WalkOrder(
        url=url,
        tenant=office.tenant,
        api=office.emulated.emulator.url,
        secret=SECRET,
        kind=APPROVE,
        entry=entry,
        campaign=PAUSED,
        moment=moment,
        actor="eve",
        wall_ns=office.clock.wall_ns(),
        settles_first=False,
        lease_s=LEASE_S,
    )
    assert walker.stdin is not None
    assert walker.stdout is not None
    walker.stdin.write(written(order) + "\n")
    walker.stdin.flush()
    assert walker.stdout.readline() == "signal 9\n", f"it never came to {moment}"


@pytest.mark.parametrize("moment", ["given", "survey", "intend", "answered", "close"])
def test_what_was_approved_by_a_process_that_is_killed_is_made_by_a_worker_once(
    office: Office, url: str, walker: subprocess.Popen[str], moment: str
) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    killed(walker, office, url, entry, moment)
    assert undecided(ada) == []
    assert bob.worker.once().ended == (), "its lease is not over"
    assert effects(office) == ([PAUSED] if moment in {"answered", "close"} else [])
    office.clock.advance(LEASE_S)
    ended = [(one.entry, one.word) for one in bob.worker.once().ended]
    assert ended == ([] if moment == "close" else [(entry, "applied")])
    # What was not sent is judged again, and intended anew.
    intents = ["intent", "intent"] if moment == "intend" else ["intent"]
    assert steps(ada, entry) == ["opened", *intents, "closed"]
    assert (effects(office), waiting(ada), ada.book.unfinished()) == ([PAUSED], [], [])


def test_who_is_killed_before_the_approval_is_kept_has_approved_nothing(
    office: Office, url: str, walker: subprocess.Popen[str]
) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    killed(walker, office, url, entry, "giving")
    office.clock.advance(LEASE_S)
    assert (bob.worker.once().ended, undecided(ada), effects(office)) == ((), [entry], [])
    assert approved(bob, entry).word == "applied"
