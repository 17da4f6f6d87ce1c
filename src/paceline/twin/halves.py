"""Half-hours of what was measured: made of the platform's minutes, cut into days, and added up by day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from paceline.records.calls import HALF_HOUR_S
from paceline.records.summary import HalfHours
from paceline.twin.measured.clock import edge_of, minute_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.campaign.statistics import Statistics

    Floats = npt.NDArray[np.float64]

_HALF_HOUR_MIN = HALF_HOUR_S // 60
HALVES_OF_DAY = 48
LEAST_STAFFED_S = 900.0
"""Agents' seconds of a half-hour below which it is not looked at: a quarter of an hour of one agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """A day of dialing: half-hours since 1970, from `start` to before `end`."""

    start: int
    end: int


def half_hours_of(history: Statistics) -> HalfHours:
    """Return the half-hours of a platform's minutes; a half-hour that is not over yet is left out.

    Waiting is not told by any platform and is 0; what could not be connected is counted as not answered.
    """
    import numpy as np

    over = minute_of(history.at) // _HALF_HOUR_MIN
    told = [(minute_of(at) // _HALF_HOUR_MIN, one) for at, one in history.minutes]
    told = [(at, one) for at, one in told if at < over and (one.staffed_s or one.dials)]
    start, place = np.unique(np.array([at for at, _ in told], dtype=np.int64), return_inverse=True)

    def counts(name: str) -> npt.NDArray[np.int64]:
        values = np.array([getattr(one, name) for _, one in told], dtype=np.float64)
        return np.bincount(place, weights=values, minlength=start.size).astype(np.int64)

    nothing = np.zeros(start.size, dtype=np.int64)
    return HalfHours(
        start=start,
        dials=counts("dials"),
        answered=counts("connects"),
        abandoned=counts("abandons"),
        machines=counts("machines"),
        no_answers=counts("no_answers"),
        busies=counts("busies"),
        failed=nothing,
        talk_s=counts("talk_s").astype(np.float64),
        wrap_s=counts("wrap_s").astype(np.float64),
        staffed_s=counts("staffed_s").astype(np.float64),
        wait_s=np.zeros(start.size),
    )


def digest_of(half_hours: HalfHours) -> str:
    """Return the SHA-256, hexadecimal, of everything that was measured."""
    digest = hashlib.sha256()
    for one in fields(HalfHours):
        column = getattr(half_hours, one.name)
        digest.update(one.name.encode())
        digest.update(column.astype("<i8" if column.dtype.kind in "iu" else "<f8").tobytes())
    return digest.hexdigest()


def knows_staffing(half_hours: HalfHours) -> bool:
    """Return whether it was measured when agents were there."""
    import numpy as np

    return bool(np.isfinite(half_hours.staffed_s).all())


def is_worked(half_hours: HalfHours) -> npt.NDArray[np.bool_]:
    """Return of each half-hour whether it is looked at: agents were there, and something was dialed."""
    found: npt.NDArray[np.bool_] = (half_hours.dials > 0) & (half_hours.staffed_s >= LEAST_STAFFED_S)
    return found


def day_spans(half_hours: HalfHours) -> tuple[DaySpan, ...]:
    """Return the days of dialing, the oldest first; a day ends in the longest stretch of the clock without any."""
    import numpy as np

    at = half_hours.start[is_worked(half_hours)]
    if not at.size:
        return ()
    minutes = (at[:, None] * _HALF_HOUR_MIN + np.arange(_HALF_HOUR_MIN)).reshape(-1)
    day = (at - edge_of(minutes) // _HALF_HOUR_MIN) // HALVES_OF_DAY
    return tuple(
        DaySpan(start=int(at[day == one].min()), end=int(at[day == one].max()) + 1) for one in np.unique(day).tolist()
    )


def within(half_hours: HalfHours, span: DaySpan) -> HalfHours:
    """Return the half-hours of a span."""
    return _chosen(half_hours, (half_hours.start >= span.start) & (half_hours.start < span.end))


def of_days(half_hours: HalfHours, days: Sequence[DaySpan]) -> HalfHours:
    """Return the half-hours of days in which was worked."""
    import numpy as np

    chosen = np.zeros(half_hours.start.size, dtype=np.bool_)
    for day in days:
        chosen |= (half_hours.start >= day.start) & (half_hours.start < day.end)
    return _chosen(half_hours, chosen & is_worked(half_hours))


def _chosen(half_hours: HalfHours, chosen: npt.NDArray[np.bool_]) -> HalfHours:
    return HalfHours(**{one.name: getattr(half_hours, one.name)[chosen] for one in fields(HalfHours)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DaySums:
    """What days came to: [days] of each, half-hours that are not looked at left out."""

    dials: Floats
    answered: Floats
    abandoned: Floats
    machines: Floats
    busies: Floats
    talk_s: Floats
    wrap_s: Floats
    staffed_s: Floats


def sums_of(half_hours: HalfHours, days: Sequence[DaySpan]) -> DaySums:
    """Return what each day came to."""
    import numpy as np

    parts = [of_days(half_hours, (day,)) for day in days]
    return DaySums(
        **{
            one.name: np.array([float(getattr(part, one.name).sum()) for part in parts], dtype=np.float64)
            for one in fields(DaySums)
        }
    )


def staffed_of(half_hours: HalfHours, day: DaySpan) -> tuple[float, ...]:
    """Return the agents' seconds of each half-hour of a day; 0 in those that are not looked at."""
    part = of_days(half_hours, (day,))
    found = [0.0] * (day.end - day.start)
    for at, staffed in zip(part.start.tolist(), part.staffed_s.tolist(), strict=True):
        found[at - day.start] = float(staffed)
    return tuple(found)
