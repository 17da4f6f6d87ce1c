"""Legal periods as they are projected: those that a change can still breach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.statistics import LivePicture, Statistics, Tally
from paceline.control.projecting import to_come
from tests.unit.campaign.situations import C1, NOW

DAY = timedelta(days=1)
RUNNING = LegalPeriod(
    period="30-day-blocks",
    rules=("us.abandonment",),
    start=NOW - 10 * DAY,
    end=NOW + 20 * DAY,
    most=3,
    per=100,
    answered=80,
    abandoned=1,
)
UNPLACED = replace(RUNNING, start=NOW - 30 * DAY, end=NOW)
"""As it is measured of a young campaign whose first dial nobody told."""


def history(*days_ago: int, answers: int = 40) -> Statistics:
    """Return what was measured: so many answers on each of these days."""
    tally = Tally(dials=100, connects=answers)
    minutes = tuple((NOW - days * DAY, tally) for days in days_ago)
    total = sum((one for _, one in minutes), Tally())
    return Statistics(campaign=C1, at=NOW, tally=total, live=LivePicture(), minutes=minutes)


def test_period_that_goes_on_is_projected_as_it_is() -> None:
    assert to_come(RUNNING, NOW, history(3, 2)) == RUNNING


def test_24_hours_that_end_now_are_projected_as_the_next_24() -> None:
    sliding = replace(RUNNING, period="24-hours", start=NOW - DAY, end=NOW)
    found = to_come(sliding, NOW, history(1))
    assert found == replace(sliding, start=NOW, end=NOW + DAY, answered=0, abandoned=0)


def test_block_that_nobody_placed_begins_with_the_first_dial_that_was_measured() -> None:
    found = to_come(UNPLACED, NOW, history(3, 2))
    assert (found.start, found.end) == (NOW - 3 * DAY, NOW + 27 * DAY)
    assert (found.answered, found.abandoned) == (80, 1)


def test_block_that_began_before_what_was_measured_is_projected_to_its_last_possible_end() -> None:
    found = to_come(UNPLACED, NOW, history(3, 2, answers=30))
    assert (found.start, found.end) == (NOW - 14 * DAY, NOW + 16 * DAY)
