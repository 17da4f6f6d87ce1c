"""What is in call records, in few numbers: made of a summary, so that it costs the same whatever the records are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.records.calls import Ending, LineType

if TYPE_CHECKING:
    import numpy.typing as npt

    from paceline.records.summary import Counts, Durations, Span, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How many of some dials a person answered."""

    dials: int
    answered: int

    @property
    def rate(self) -> float:
        """Answered over dials, a fraction; 0 without a dial."""
        return self.answered / self.dials if self.dials else 0.0

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"dials": self.dials, "answered": self.answered, "rate": self.rate}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times of one kind.

    Attributes:
        count: how many.
        cut: of them, those that were cut off.
        median_s: seconds, cut ones as they are; None without any.
        high_s: what nine in ten are shorter than, seconds; None without any.
    """

    count: int
    cut: int
    median_s: float | None
    high_s: float | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"count": self.count, "cut": self.cut, "median_s": self.median_s, "high_s": self.high_s}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is in call records.

    Attributes:
        zone: of the hours.
        endings: dials by how they ended.
        by_line: by line type, then by local hour.
        by_attempt: from the first; the last stands for all after it too.
        times: by kind.
        talk_h, wrap_h: hours that agents talked and wrapped up.
        staffed_h: hours that agents were there; None where nobody knows agents.
        retry_horizon_s: the longest time from one attempt at a person to the next, seconds.
    """

    span: Span
    zone: str
    rows: int
    persons: int
    endings: Mapping[str, int] = field(hash=False)
    by_line: Mapping[str, Mapping[int, Answers]] = field(hash=False)
    by_attempt: Mapping[int, Answers] = field(hash=False)
    times: Mapping[str, Times] = field(hash=False)
    talk_h: float
    wrap_h: float
    staffed_h: float | None
    retry_horizon_s: float

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "since": utc_text(self.span.since),
            "until": utc_text(self.span.until),
            "zone": self.zone,
            "rows": self.rows,
            "persons": self.persons,
            "endings": {**self.endings},
            "answers": {
                line: {str(hour): one.document() for hour, one in hours.items()} for line, hours in self.by_line.items()
            },
            "attempts": {str(attempt): one.document() for attempt, one in self.by_attempt.items()},
            "times": {kind: one.document() for kind, one in self.times.items()},
            "hours": {"talk": self.talk_h, "wrap": self.wrap_h, "staffed": self.staffed_h},
            "retry_horizon_s": self.retry_horizon_s,
        }


def described(summary: Summary) -> Description:
    """Return what is in the records that a summary was made of."""
    halves, cells = summary.half_hours, summary.cells
    staffed_s = float(halves.staffed_s.sum())
    endings = {
        Ending.CONNECTED: halves.answered - halves.abandoned,
        Ending.ABANDONED: halves.abandoned,
        Ending.MACHINE: halves.machines,
        Ending.NO_ANSWER: halves.no_answers,
        Ending.BUSY: halves.busies,
        Ending.FAILED: halves.failed,
    }
    by_line = {line.value: _by(cells.hour, summary, cells.line == place) for place, line in enumerate(LineType)}
    return Description(
        span=summary.span,
        zone=summary.zone,
        rows=summary.rows,
        persons=summary.persons,
        endings={ending.value: int(counts.sum()) for ending, counts in endings.items()},
        by_line={line: hours for line, hours in by_line.items() if hours},
        by_attempt=_by(cells.attempt, summary, cells.attempt >= 0),
        times={
            "ring of an answer": _times(summary.ring_answered),
            "ring of a machine": _times(summary.ring_machine),
            "ring given up": _times(summary.ring_unanswered),
            "talk": _times(summary.talk),
            "wrap-up": _times(summary.wrap),
        },
        talk_h=float(halves.talk_s.sum()) / 3600,
        wrap_h=float(halves.wrap_s.sum()) / 3600,
        staffed_h=None if np.isnan(staffed_s) else staffed_s / 3600,
        retry_horizon_s=summary.retry_horizon_s,
    )


def _by(what: Counts, summary: Summary, which: npt.NDArray[np.bool_]) -> dict[int, Answers]:
    cells = summary.cells
    return {
        int(value): Answers(
            dials=int(cells.dials[which & (what == value)].sum()),
            answered=int(cells.answered[which & (what == value)].sum()),
        )
        for value in np.unique(what[which])
    }


def _times(times: Durations) -> Times:
    counts = times.ended + times.censored
    total = int(counts.sum())
    return Times(
        count=total,
        cut=int(times.censored.sum()),
        median_s=_quantile(counts, 0.5, times.step_s) if total else None,
        high_s=_quantile(counts, 0.9, times.step_s) if total else None,
    )


def _quantile(counts: Counts, share: float, step_s: float) -> float:
    """Return the time below which this share lies, evenly spread within its step."""
    below = np.cumsum(counts)
    wanted = share * below[-1]
    step = int(np.searchsorted(below, wanted))
    before = below[step] - counts[step]
    return float(step_s * (step + (wanted - before) / counts[step]))
