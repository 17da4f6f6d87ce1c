"""The figures from the ledger, against a second way to compute each: from whole entries, by the definitions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.control.outcome import WORDS
from paceline.control.reviewing.metrics import measured
from paceline.control.reviewing.review import changed_outside, review, unseen_in
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Entry, Query, Step
from paceline.ledger.readings import Reading, Readings
from paceline.primitives.canonical import Json
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database, open_database
from tests.contract.systems import Another

ADA = Actor(name="ada", known_by="test")
EAST = CampaignId("EAST")
RULES = ("lifecycle.transition", "lifecycle.locked", "lifecycle.agents")


@dataclass(frozen=True)
class Life:
    """What becomes of one change, step by step."""

    dry_run: bool = False
    intents: int = 1
    outcome: str | None = "applied"
    verdict: str | None = "achieved"
    later: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    total_ms: float = 1.0
    requests: int = 2


def lived(book: Book, clock: ManualClock, lives: list[Life]) -> None:
    """Record the changes: all are opened first, and go on in the opposite order."""
    numbers = []
    for life in lives:
        details: dict[str, Any] = {"change": {}, **({"dry_run": True} if life.dry_run else {})}
        numbers.append(book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST, details=details)))
        clock.advance(60)
    for number, life in reversed(list(zip(numbers, lives, strict=True))):
        for _ in range(life.intents):
            book.intend(number, {"judged": "1"})
        if life.outcome is None:
            continue
        findings = [{"rule": rule, "severity": severity, "message": "because"} for rule, severity in life.rules]
        told: dict[str, Any] = {
            "findings": findings,
            "requests": life.requests,
            "timings_ms": {"total": life.total_ms, "platform": life.total_ms / 2},
        }
        book.close(number, outcome=life.outcome, verdict=life.verdict, details=told)
        for verdict in life.later:
            book.judge_again(number, verdict=verdict)


def test_figures_of_a_small_ledger_are_those_counted_by_hand(book: Book, clock: ManualClock) -> None:
    refused = Life(intents=0, outcome="refused", verdict=None, requests=1,
                   rules=((RULES[0], "error"), (RULES[0], "error"), (RULES[2], "info")))  # fmt: skip
    lives = [
        *[Life(total_ms=ms) for ms in (5.0, 1.0, 3.0, 2.0)],
        Life(verdict="diverged", total_ms=100.0, requests=5),
        Life(verdict="settling", total_ms=4.0),
        Life(verdict="settling", later=("achieved",), total_ms=6.0),
        Life(outcome="in_doubt", verdict=None, total_ms=7.0),
        Life(outcome=None),
        Life(intents=0, outcome=None),
        refused,
        Life(intents=2, outcome="refused", verdict=None, rules=((RULES[1], "error"),), total_ms=8.0),
        Life(dry_run=True, intents=0, outcome="unchanged", verdict=None, total_ms=9999.0),
    ]
    lived(book, clock, lives)
    book.note(Deed(kind="ledger.key", actor=ADA))
    told: Any = measured(book.rows()).document()
    assert told["changes"] == {
        "n": 12,
        "outcomes": {"applied": 7, "in_doubt": 1, "refused": 2},
        "open": 2,
        "dry_runs": 1,
    }
    assert told["accuracy"] == {
        "value": 5 / 7,
        "achieved": 5,
        "n": 7,
        "apart": {"settling": 1, "open": 1, "in_doubt": 1},
    }
    assert told["latency_ms"]["total"] == {"p50": 4.0, "p95": 100.0, "n": 10}
    assert list(told["latency_ms"]) == ["total", "platform"]
    assert told["refusals"] == {"n": 2, "rules": {RULES[1]: 1, RULES[0]: 1}}
    assert told["validation_errors"] == {"value": 1 / 12, "refused": 1, "n": 12}
    assert told["requests_per_applied"] == {"value": 17 / 7, "requests": 17, "n": 7}


def test_of_nothing_every_figure_is_none(book: Book) -> None:
    metrics = measured(book.rows())
    values = (metrics.accuracy.value, metrics.validation_errors.value, metrics.requests_per_applied)
    assert (values, metrics.latency, metrics.changes) == ((None, None, None), {}, 0)


def test_change_belongs_to_the_period_in_which_it_was_opened(book: Book, clock: ManualClock) -> None:
    start = book.now()
    lived(book, clock, [Life(), Life(verdict="settling", later=("achieved",)), Life()])
    minute = timedelta(seconds=60)
    found = measured(book.rows(), since=start + minute, until=start + 2 * minute)
    assert (found.changes, found.accuracy.value, found.accuracy.n) == (1, 1.0, 1)
    bounds = [str(one)[:19].replace(" ", "T") + "Z" for one in (start + minute, start + 2 * minute)]
    assert found.document()["period"] == {"from": bounds[0], "to": bounds[1]}


def test_figures_survive_a_restart(url: str, book: Book, clock: ManualClock) -> None:
    lived(book, clock, [Life(), Life(outcome="failed", verdict=None)])
    with open_database(url) as again:
        assert measured(Book(again, tenant=book.tenant, clock=clock).rows()) == measured(book.rows())


LIVES = st.builds(
    Life,
    dry_run=st.booleans(),
    intents=st.integers(0, 2),
    outcome=st.none() | st.sampled_from(WORDS),
    verdict=st.none() | st.sampled_from(["achieved", "settling", "diverged"]),
    later=st.lists(st.sampled_from(["achieved", "settling", "diverged"]), max_size=2).map(tuple),
    rules=st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from(["error", "review", "info"])), max_size=4).map(
        tuple
    ),
    total_ms=st.floats(0.001, 1e6).map(lambda ms: round(ms, 3)),
    requests=st.integers(0, 9),
)


@settings(max_examples=25)
@given(lives=st.lists(LIVES, max_size=25))
def test_figures_are_those_of_the_definitions(another: Another, lives: list[Life]) -> None:
    clock = ManualClock()
    with another() as database:
        book = Book(database, tenant=TenantId("acme"), clock=clock)
        lived(book, clock, lives)
        found = measured(book.rows())
        entries = [entry for entry in book.entries(Query()) if not said(entry.rows[0]).get("dry_run")]
    ended = [entry for entry in entries if entry.closed]
    sent = [entry for entry in entries if entry.intent is not None]
    apart = [entry for entry in sent if entry.is_open or entry.verdict == "settling" or unclear(entry)]
    done = [entry for entry in sent if entry not in apart]
    assert (found.changes, found.dry_runs) == (len(entries), len(lives) - len(entries))
    assert found.outcomes == Counter(entry.outcome for entry in ended)
    assert found.open == len(entries) - len(ended)
    assert (found.accuracy.hits, found.accuracy.n) == (sum(one.verdict == "achieved" for one in done), len(done))
    assert found.settling + found.sent_open + found.in_doubt == len(apart)
    refused = [entry for entry in ended if entry.outcome == "refused"]
    assert found.refusals == Counter(rule for entry in refused for rule in errors(entry))
    assert found.validation_errors.hits == sum(entry.intent is None for entry in refused)
    applied = [said(entry.closed)["requests"] for entry in ended if entry.outcome == "applied"]
    assert (found.requests, found.applied) == (sum(applied), len(applied))
    spent = [said(entry.closed)["timings_ms"]["total"] for entry in ended]
    if spent:
        total = found.latency["total"]
        assert (total.p50_ms, total.p95_ms, total.n) == (least(spent, 0.5), least(spent, 0.95), len(spent))


def least(values: list[float], part: float) -> float:
    """The smallest value that at least this part of all are not above, by trying each."""
    return min(one for one in values if sum(other <= one for other in values) >= part * len(values) - 1e-9)


def said(row: Any) -> dict[str, Any]:
    return dict(row.document["details"])


def errors(entry: Entry) -> set[str]:
    return {one["rule"] for one in said(entry.closed)["findings"] if one["severity"] == "error"}


def unclear(entry: Entry) -> bool:
    return entry.outcome == "in_doubt" and entry.verdict is None


def test_review_tells_what_others_did_and_when_nobody_looked(
    database: Database, book: Book, clock: ManualClock
) -> None:
    readings = Readings(database, book)
    start = book.now()
    hour = timedelta(hours=1)

    def look(revision: str, after: timedelta, state: str, made_by: Any = None) -> None:
        settings: dict[str, Json] = {"status": state, "revision": int(revision)}
        reading = Reading(campaign=EAST, revision=revision, at=start + after, settings=settings, made_by=made_by)
        readings.keep([reading])

    look("1", hour, "ACTIVE")
    entry = book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST))
    book.intend(entry, {"judged": "1"})
    look("2", 2 * hour, "PAUSED", made_by=entry)
    book.close(entry, outcome="applied", verdict="achieved")
    look("3", 4 * hour, "ACTIVE")
    clock.advance(10 * 3600)

    found = review(book, readings, since=start, until=start + 8 * hour)
    assert [(one.number, one.outcome) for one in found.entries] == [(entry, "applied")]
    assert (found.metrics.changes, found.rows) == (1, book.head().size)
    (outside,) = found.outside
    assert (outside.old_revision, outside.new_revision, outside.fields) == ("2", "3", ("revision", "status"))
    assert (outside.after, outside.before) == (start + 2 * hour, start + 4 * hour)
    assert [(one.start - start, one.end - start) for one in found.unseen] == [(0 * hour, hour), (4 * hour, 8 * hour)]
    later = review(book, readings, since=start + 5 * hour, until=start + 99 * hour)
    assert (later.entries, later.outside) == ((), ())
    assert [(one.start - start, one.end - start) for one in later.unseen] == [(5 * hour, 10 * hour)]


def test_campaign_that_nobody_ever_saw_has_no_times(book: Book) -> None:
    assert list(changed_outside(EAST, [])) == []
    assert list(unseen_in(EAST, [], since=book.now(), until=book.now())) == []


@pytest.mark.parametrize("step", [Step.NOTED, Step.READING])
def test_what_is_no_change_counts_nowhere(database: Database, book: Book, step: Step) -> None:
    if step is Step.NOTED:
        book.note(Deed(kind="ledger.key", actor=ADA))
    else:
        readings = Readings(database, book)
        readings.keep([Reading(campaign=EAST, revision="1", at=book.now(), settings={})])
    assert (book.head().size, measured(book.rows()).changes) == (1, 0)
