"""What call records come to: counts by half-hour, by cell of answering, and of durations; small, whatever the file is.

Everything that is fitted or checked is made of these, so that ten million records cost no more memory than ten days.
All arrays of one table have the same length; counts are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `since` to before `until`, both UTC and on the half-hour."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Times of one kind, counted in steps.

    Attributes:
        step_s: length of a step, seconds; the last one holds everything beyond.
        ended: [steps] times that ended in that step.
        censored: [steps] times that were cut off in that step, and would have lasted longer.
    """

    step_s: float
    ended: Counts
    censored: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Dials and their endings by what decides who answers: one row for each cell that had a dial.

    Attributes:
        day: [cells] days since 1970 of the local date.
        hour: [cells] local hour, 0 to 23.
        line: [cells] place in `LineType`.
        attempt: [cells] from 1; the last one holds everything beyond.
        dials, answered, machines, busies, failed: [cells] counts; answered are connected and abandoned.
    """

    day: Counts
    hour: Counts
    line: Counts
    attempt: Counts
    dials: Counts
    answered: Counts
    machines: Counts
    busies: Counts
    failed: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfHours:
    """What happened in each half-hour, by when the dial began; one row for each that had agents or dials, in order.

    Attributes:
        start: [rows] half-hours since 1970, UTC.
        dials, answered, abandoned, machines, no_answers, busies, failed: [rows] counts; answered holds the abandoned.
        talk_s, wrap_s: [rows] seconds that agents talked and wrapped up in it.
        staffed_s: [rows] seconds that agents were there.
        wait_s: [rows] seconds that people who answered waited, together.
    """

    start: Counts
    dials: Counts
    answered: Counts
    abandoned: Counts
    machines: Counts
    no_answers: Counts
    busies: Counts
    failed: Counts
    talk_s: Floats
    wrap_s: Floats
    staffed_s: Floats
    wait_s: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that is fitted from.

    Attributes:
        span: the records it was made of.
        zone: of local hours and dates.
        ring_answered: rings of dials that a person answered, a machine not.
        ring_machine: rings of dials that a machine answered.
        ring_unanswered: rings of dials that nobody answered: when they were given up; one that ended because the
            line's time was over is censored as an answer, and is what it is here.
        talk, wrap: of calls that an agent took; censored where a shift cut them.
        persons: different people.
        retry_horizon_s: the longest time from one attempt at a person to the next, seconds; 0 without a second one.
    """

    span: Span
    zone: str
    rows: int
    ring_answered: Durations
    ring_machine: Durations
    ring_unanswered: Durations
    talk: Durations
    wrap: Durations
    cells: Cells
    half_hours: HalfHours
    persons: int
    retry_horizon_s: float
