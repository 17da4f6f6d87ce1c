"""What a twin said of half-hours that no fit had seen, and what was measured in them, by measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ANSWERS, ABANDONS, UTILISATION, MEAN_WAIT = "answers", "abandons", "utilisation", "mean_wait"
"""The measures: counts, a fraction, and seconds."""
MEASURES = (ANSWERS, ABANDONS, UTILISATION, MEAN_WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One measure in half-hours that no fit had seen; all tuples have the same length.

    Attributes:
        measure: one of `MEASURES`.
        start: half-hours since 1970.
        day: number of the twin's day that each belongs to.
        measured: what was measured.
        mean, low, high: of what was predicted; low and high are of 90 %.
        pit_low, pit_high: between which shares of what was predicted the measured value lies; apart where equal values
            were predicted.
        crps: continuous ranked probability score, in the measure's unit.
        naive: absolute error of the same half-hour a week before; None where there was none.
    """

    measure: str
    start: tuple[int, ...]
    day: tuple[int, ...]
    measured: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    pit_low: tuple[float, ...]
    pit_high: tuple[float, ...]
    crps: tuple[float, ...]
    naive: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldResult:
    """Days that were predicted by a fit on earlier ones.

    Attributes:
        fitted_until: end of the days fitted on.
        since, until: of the days predicted.
        is_last: whether they are the held-out days, which are predicted once, at the end.
        scored: each measure.
    """

    fitted_until: datetime
    since: datetime
    until: datetime
    is_last: bool
    scored: tuple[Scored, ...]
