"""When what a change replaced was live, and when what it made is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from paceline.control.predictions.spans import Spans, spans_of
from paceline.ledger.history import Sighting
from paceline.primitives.ids import EntryId
from tests.unit.control.predictions.made import MONDAY

NAMES = ("predictiveDialerSettings", "predictiveDialer")


def seen(day: int, weights: float, *, by: int | None = None, other: int = 0) -> Sighting:
    at = MONDAY + timedelta(days=day)
    return Sighting(
        revision=str(day),
        first_seen=at,
        last_seen=at,
        settings={"predictiveDialerSettings": weights, "isLocked": other},
        sequence=day,
        made_by=None if by is None else EntryId(by),
    )


def test_change_is_compared_with_what_was_live_since_the_last_other_setting() -> None:
    sightings = [seen(0, 0.3), seen(1, 0.1), seen(2, 0.1, other=1), seen(5, 0.2, by=40)]
    found = spans_of(sightings, EntryId(40), NAMES)
    assert found == Spans(before=MONDAY + timedelta(days=1), at=MONDAY + timedelta(days=5), until=None)


def test_what_came_after_the_change_ends_it_where_it_dials_otherwise() -> None:
    sightings = [seen(0, 0.1), seen(1, 0.2, by=40), seen(2, 0.2, other=1), seen(3, 0.1), seen(4, 0.2)]
    found = spans_of(sightings, EntryId(40), NAMES)
    assert found is not None
    assert found.until == MONDAY + timedelta(days=2), "on the third day something else was seen, which began before"


def test_what_we_changed_ourselves_ends_the_one_before_when_it_was_sent() -> None:
    sent = replace(seen(4, 0.1, by=41), sent_at=MONDAY + timedelta(days=3))
    (first, made) = seen(2, 0.1), seen(3, 0.2, by=40)
    found = spans_of([first, replace(made, first_seen=MONDAY, last_seen=MONDAY), sent], EntryId(40), NAMES)
    assert found is not None
    assert found.until == MONDAY + timedelta(days=3)


def test_change_that_nobody_saw_or_that_was_seen_first_is_compared_with_nothing() -> None:
    assert spans_of([seen(0, 0.1)], EntryId(40), NAMES) is None
    assert spans_of([seen(0, 0.1, by=40), seen(1, 0.2)], EntryId(40), NAMES) is None
