"""A process is killed at a moment of the approval that it gives: a worker completes what was approved, once."""

from __future__ import annotations

import pytest

from tests.contract.asking import approved, asked, people, undecided
from tests.contract.killing import LEASE_S, Killer
from tests.contract.later import effects, waiting
from tests.contract.systems import PAUSED, Office, steps
from tests.contract.walker import APPROVE


@pytest.mark.parametrize("moment", ["given", "survey", "intend", "answered", "close"])
def test_what_was_approved_by_a_process_that_is_killed_is_made_by_a_worker_once(
    office: Office, url: str, killer: Killer, moment: str
) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    killer.round(office, url, PAUSED, moment, kind=APPROVE, entry=entry)
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
    office: Office, url: str, killer: Killer
) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    killer.round(office, url, PAUSED, "giving", kind=APPROVE, entry=entry)
    office.clock.advance(LEASE_S)
    assert (bob.worker.once().ended, undecided(ada), effects(office)) == ((), [entry], [])
    assert approved(bob, entry).word == "applied"
