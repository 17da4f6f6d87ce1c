"""The outcome as scripts read it: exactly these keys and words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from paceline.campaign.change import Achieved, Difference, Diverged, Settling
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.observed import Drain, Observed, Pending, State, Unreadable
from paceline.campaign.ports import ForbiddenError, NoAnswerError
from paceline.control.fleet.fleet import FleetOutcome, unreadable_item
from paceline.control.outcome import (
    WORDS,
    Applied,
    Conflicted,
    Ending,
    Expired,
    Failed,
    Failure,
    InDoubt,
    Outcome,
    Refused,
    Scheduled,
    Unchanged,
)
from paceline.primitives.canonical import canonical_json
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import CampaignId, EntryId, Version
from tests.unit.campaign.situations import C1, NOW, seen

KEYS = {"outcome", "verdict", "change", "findings", "before", "after", "requests", "timings_ms", "entry"}
PAUSE = Pause(campaign=C1)
FAILURE = Failure(code="no-answer", message="no answer came", hint="look again", retryable=True)
SETTLING = Settling(timedelta(seconds=1))
DIVERGED = Diverged((Difference(field="state", wanted="PAUSED", observed="ACTIVE"),))
CASES: list[tuple[Ending, str, str | None, set[str]]] = [
    (Applied(Achieved()), "applied", "achieved", set()),
    (Applied(SETTLING), "applied", "settling", set()),
    (Applied(DIVERGED), "applied", "diverged", {"differences"}),
    (Unchanged(), "unchanged", None, set()),
    (Scheduled(SETTLING, due=NOW), "scheduled", "settling", set()),
    (Refused(), "refused", None, set()),
    (Conflicted(), "conflicted", None, set()),
    (Expired(), "expired", None, set()),
    (InDoubt(FAILURE), "in_doubt", None, {"error"}),
    (Failed(FAILURE), "failed", None, {"error"}),
]


def observed(number: int, **more: Any) -> Observed:
    return seen(version=Version(str(number)), revision=number, **more)


@pytest.mark.parametrize(("ending", "word", "verdict", "more"), CASES, ids=lambda one: str(one)[:30])
def test_every_ending_has_its_word_its_verdict_and_all_the_keys(
    ending: Ending, word: str, verdict: str | None, more: set[str]
) -> None:
    outcome = Outcome(change=PAUSE, ending=ending, entry=EntryId(17))
    document = outcome.document()
    assert (outcome.word, outcome.verdict) == (word, verdict)
    assert document.keys() == KEYS | more
    assert (document["outcome"], document["verdict"], document["entry"]) == (word, verdict, 17)
    assert json.loads(canonical_json(document)) == json.loads(json.dumps(document))


def test_words_are_those_of_the_interface() -> None:
    expected = {"applied", "unchanged", "scheduled", "refused", "conflicted", "expired", "in_doubt", "failed"}
    assert set(WORDS) == expected == {word for _, word, _, _ in CASES}


def test_applied_change_is_told_as_the_interface_shows_it() -> None:
    finding = Finding(rule="lifecycle.agents", severity=Severity.INFO, message="48", field="state", found=48)
    outcome = Outcome(
        change=PAUSE,
        ending=Applied(Achieved()),
        findings=Findings(finding),
        before=observed(42),
        after=observed(43, state=State.PAUSED),
        entry=EntryId(17),
        requests=1,
        timings_ms={"total": 12.1, "platform": 8.0},
    )
    assert outcome.document() == {
        "outcome": "applied",
        "verdict": "achieved",
        "change": {"kind": "lifecycle.pause", "campaign": "C1"},
        "findings": [
            {
                "rule": "lifecycle.agents",
                "severity": "info",
                "message": "48",
                "field": "state",
                "found": 48,
                "limit": None,
                "source": None,
            }
        ],
        "before": {"revision": 42, "version": "42", "state": "ACTIVE", "drained": True},
        "after": {"revision": 43, "version": "43", "state": "PAUSED", "drained": True},
        "requests": 1,
        "timings_ms": {"total": 12.1, "platform": 8.0},
        "entry": 17,
    }


def test_what_nobody_saw_is_null_and_what_the_platform_does_not_tell_is_left_out() -> None:
    document: Any = Outcome(change=PAUSE, ending=Failed(FAILURE)).document()
    assert (document["before"], document["after"], document["entry"]) == (None, None, None)
    shown: Any = Outcome(change=PAUSE, ending=Unchanged(), before=seen(drained=None)).document()
    assert shown["before"] == {"revision": None, "version": "1", "state": "ACTIVE"}


def test_scheduled_change_says_when_it_is_due_and_what_is_pending() -> None:
    pending = Pending(state=State.PAUSED, effective_at=NOW, drain=Drain.FINISH)
    document: Any = Outcome(change=PAUSE, ending=Scheduled(SETTLING, due=NOW), after=seen(pending=pending)).document()
    assert document["change"]["due"] == "2026-06-15T12:00:00Z"
    assert document["after"]["pending"] == {"state": "PAUSED", "effective_at": "2026-06-15T12:00:00Z"}


def test_differences_and_errors_are_told_in_full() -> None:
    diverged: Any = Outcome(change=PAUSE, ending=Applied(DIVERGED)).document()
    assert diverged["differences"] == [{"field": "state", "wanted": "PAUSED", "observed": "ACTIVE"}]
    failed: Any = Outcome(change=PAUSE, ending=Failed(FAILURE)).document()
    assert failed["error"] == {
        "code": "no-answer",
        "message": "no answer came",
        "hint": "look again",
        "retryable": True,
    }


def test_dry_run_says_that_it_was_one() -> None:
    assert Outcome(change=PAUSE, ending=Unchanged(), dry_run=True).document()["dry_run"] is True


def test_failure_keeps_what_the_error_said() -> None:
    error = ForbiddenError("no right", operation="pause", status=403, hint="ask")
    assert Failure.of(error) == Failure(code="forbidden", message="no right", hint="ask", retryable=False)
    assert Failure.of(NoAnswerError(operation="pause", request_sent=False)).retryable


def test_campaign_that_cannot_be_read_has_the_keys_of_an_outcome() -> None:
    item: Any = unreadable_item(Unreadable(campaign=CampaignId("C9"), why="status: odd"))
    assert item.keys() == KEYS | {"error"}
    assert (item["outcome"], item["change"], item["requests"]) == ("failed", {"kind": None, "campaign": "C9"}, 0)


def test_outcome_of_many_has_items_and_a_summary_that_counts_every_request() -> None:
    item = Outcome(change=PAUSE, ending=Refused(), requests=1)
    document: Any = FleetOutcome(items=(item,), requests=11, summary={"refused": 1}).document()
    assert document == {"items": [item.document()], "summary": {"refused": 1, "requests": 11}}
