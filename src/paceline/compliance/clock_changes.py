"""What is odd about a local date: hours that do not exist, hours that come twice, dates that never were; for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from paceline.compliance.calling_time import window_on
from paceline.compliance.timetable import DAY_S
from paceline.primitives.intervals import seconds_of
from paceline.primitives.zones import segments

AHEAD = timedelta(days=366)
"""How far ahead changes of the clocks are told."""
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """A change of a zone's offset.

    Attributes:
        at_s: seconds since 1970 of the first instant with the new offset.
        before_s, after_s: the two offsets, seconds east of Greenwich.
    """

    at_s: int
    before_s: int
    after_s: int

    @property
    def local(self) -> tuple[int, int]:
        """The local seconds that do not exist, or that come twice."""
        first, last = sorted((self.at_s + self.before_s, self.at_s + self.after_s))
        return first, last

    def told(self) -> str:
        """Return a sentence for people, without a full stop."""
        first, last = self.local
        odd = "does not exist" if self.after_s > self.before_s else "comes twice"
        return f"{clock_reading(first)} to {clock_reading(last)} {odd}"


def clock_changes(zone: str, on: date) -> tuple[ClockChange, ...]:
    """Return the changes whose missing or repeated local time touches this local date.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    midnight = (on.toordinal() - _EPOCH_DAY) * DAY_S
    # A date that was skipped whole lies between the readings of one change, up to a day and an offset away.
    around = segments(zone, midnight - 3 * DAY_S, midnight + 4 * DAY_S)
    found = (
        ClockChange(at_s=after.start_s, before_s=before.offset_s, after_s=after.offset_s)
        for before, after in pairwise(around)
    )
    return tuple(one for one in found if one.local[0] < midnight + DAY_S and one.local[1] > midnight)


def changes_ahead(zone: str, start: datetime, ahead: timedelta = AHEAD) -> tuple[ClockChange, ...]:
    """Return the changes of a zone's clock from an instant on, in order.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    return tuple(
        ClockChange(at_s=after.start_s, before_s=before.offset_s, after_s=after.offset_s)
        for before, after in pairwise(segments(zone, seconds_of(start), seconds_of(start + ahead)))
    )


def hours_of(zone: str, on: date) -> float:
    """Return how many hours the local date has: 24, often 23 or 25, 0 for a date that the zone never had."""
    return window_on(zone, on, 0, 1440).total_s / 3600


def clock_reading(local_s: int) -> str:
    """Return what the wall clock shows, such as `2026-03-08 02:00`; seconds only where there are any."""
    days, second = divmod(local_s, DAY_S)
    seconds = f":{second % 60:02}" if second % 60 else ""
    return f"{date.fromordinal(days + _EPOCH_DAY)} {second // 3600:02}:{second // 60 % 60:02}{seconds}"
