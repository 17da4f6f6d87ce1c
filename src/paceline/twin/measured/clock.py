"""When a campaign dials, read off its minutes: where its night is, which days there were, and who was there when.

A day ends in the middle of the longest stretch of the clock in which nobody was ever there, so that no zone has to be
known. Days are counted from 1970; a day's parts are quarters of an hour from its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from paceline.campaign.statistics import Tally
from paceline.simulation.scenario import Shift

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Booleans = npt.NDArray[np.bool_]

DAY_MIN = 1440
PART_MIN = 15
"""Minutes of a part of the day, for staffing."""
PARTS = DAY_MIN // PART_MIN
_SHORTEST_NIGHT_MIN = 30
_SOON_MIN = 20
"""Minutes without a dial after which dialing is taken to have stopped."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


_FIELDS = tuple(Tally.__slots__)
_NUMBERS = attrgetter(*_FIELDS)


class Minutes(NamedTuple):
    """Minutes in which somebody was there or something was dialed, the oldest first, as columns of equal length.

    Attributes:
        day: number of the day.
        offset: minutes since that day began, 0 to 1439.
        counts: [minutes, fields of a tally] what was counted.
        edge: minute of the UTC day at which days begin.
        at: minutes since 1970 at which the measuring ended.
    """

    day: Integers
    offset: Integers
    counts: Integers
    edge: int
    at: int

    @property
    def staffed(self) -> Integers:
        """Return the agents' time of each minute, seconds."""
        return self._column("staffed_s")

    @property
    def dials(self) -> Integers:
        """Return the dials of each minute."""
        return self._column("dials")

    @property
    def connects(self) -> Integers:
        """Return the answers of each minute."""
        return self._column("connects")

    @property
    def when(self) -> Integers:
        """Return the minutes since 1970 at which each began."""
        return self.edge + self.day * DAY_MIN + self.offset

    @property
    def today(self) -> int:
        """Return the number of the day in which the measuring ended."""
        return (self.at - self.edge) // DAY_MIN

    def total(self) -> Tally:
        """Return everything that was counted."""
        return _tally(self.counts)

    def by_day(self, since: int = 0) -> tuple[tuple[int, Tally], ...]:
        """Return what was counted on each day, by its number, from a minute since 1970 on."""
        import numpy as np

        later = self.when >= since
        days, counts = self.day[later], self.counts[later]
        return tuple((day, _tally(counts[days == day])) for day in np.unique(days).tolist())

    def _column(self, name: str) -> Integers:
        found: Integers = self.counts[:, _FIELDS.index(name)]
        return found


def _tally(counts: Integers) -> Tally:
    return Tally(**dict(zip(_FIELDS, counts.sum(axis=0).tolist(), strict=True)))


def minutes_of(rows: Sequence[tuple[datetime, Tally]], at: datetime) -> Minutes:
    """Return the columns of minutes that are told with their beginnings, up to the instant `at`."""
    import numpy as np

    when = np.array([minute_of(begin) for begin, _ in rows], dtype=np.int64)
    counts = np.array([_NUMBERS(one) for _, one in rows], dtype=np.int64).reshape(-1, len(_FIELDS))
    is_alive = (counts[:, _FIELDS.index("staffed_s")] > 0) | (counts[:, _FIELDS.index("dials")] > 0)
    when, counts = when[is_alive], counts[is_alive]
    edge = edge_of(when)
    return Minutes(
        day=(when - edge) // DAY_MIN, offset=(when - edge) % DAY_MIN, counts=counts, edge=edge, at=minute_of(at)
    )


def minute_of(instant: datetime) -> int:
    """Return the whole minutes from 1970 to an aware instant."""
    return (instant - _EPOCH) // _MINUTE


def instant_of_minute(minute: int) -> datetime:
    """Return the instant at which a minute since 1970 begins."""
    return _EPOCH + minute * _MINUTE


def edge_of(when: Integers) -> int:
    """Return the minute of the UTC day, a full half hour, in the middle of the longest time in which nothing was.

    Args:
        when: minutes since 1970 in which something was; 0 is returned where that is all the day, or never.
    """
    import numpy as np

    taken = np.unique(when % DAY_MIN)
    if not taken.size:
        return 0
    gaps = np.diff(np.append(taken, taken[0] + DAY_MIN)) - 1
    longest = int(np.argmax(gaps))
    if gaps[longest] < _SHORTEST_NIGHT_MIN:
        return 0
    middle = int(taken[longest]) + 1 + int(gaps[longest]) // 2
    return middle // _SHORTEST_NIGHT_MIN * _SHORTEST_NIGHT_MIN % DAY_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who is there in the course of a day: the usual one of those measured.

    Attributes:
        first: number of the first part of the day in which somebody is there, even, so that half hours begin with it.
        agents: agents in each part from that one on; the last may have nobody.
    """

    first: int
    agents: tuple[int, ...]

    @property
    def hours(self) -> float:
        """Return how long the day is, hours."""
        return len(self.agents) * PART_MIN / 60

    @property
    def agent_hours(self) -> float:
        """Return the agents' time in it, hours."""
        return sum(self.agents) * PART_MIN / 60

    @property
    def mean_agents(self) -> float:
        """Return how many agents are there on average, while somebody is."""
        return sum(self.agents) / max(1, sum(1 for one in self.agents if one))

    @property
    def span(self) -> tuple[int, int]:
        """Return the fewest and the most agents who are there, while somebody is."""
        there = [one for one in self.agents if one]
        return min(there), max(there)

    @property
    def begin_min(self) -> int:
        """Return the minute of the day at which it begins."""
        return self.first * PART_MIN

    @property
    def end_min(self) -> int:
        """Return the minute of the day at which it is over."""
        return (self.first + len(self.agents)) * PART_MIN

    def share_before(self, offset: float) -> float:
        """Return which share of the agents' time lies before a minute of the day, 0 to 1."""
        done = 0.0
        for part, agents in enumerate(self.agents, start=self.first):
            done += agents * min(max((offset - part * PART_MIN) / PART_MIN, 0.0), 1.0)
        return done / max(sum(self.agents), 1)

    def shifts(self) -> tuple[Shift, ...]:
        """Return it as shifts of the simulator, one for each time with one number of agents."""
        found: list[Shift] = []
        begin = 0
        for part in range(1, len(self.agents) + 1):
            if part == len(self.agents) or self.agents[part] != self.agents[begin]:
                if self.agents[begin]:
                    span = (begin * PART_MIN * 60.0, part * PART_MIN * 60.0)
                    found.append(Shift(start_s=span[0], end_s=span[1], agents=self.agents[begin]))
                begin = part
        return tuple(found)


def roster_of(minutes: Minutes) -> Roster | None:
    """Return who is usually there: in the parts that half of the days or more have; None where nobody ever was.

    Minutes in which only the last calls end do not count: nobody is dialed for whoever comes free then.
    """
    import numpy as np

    there = (minutes.staffed > 0) & _is_dialing(minutes)
    if not there.any():
        return None
    first = int(minutes.day.min())
    days = int(minutes.day.max()) - first + 1
    cell = (minutes.day[there] - first) * PARTS + minutes.offset[there] // PART_MIN
    staffed = np.bincount(cell, weights=minutes.staffed[there], minlength=days * PARTS).reshape(days, PARTS)
    seen = np.bincount(cell, minlength=days * PARTS).reshape(days, PARTS)
    is_open = seen * 2 >= PART_MIN
    if not is_open.any():
        return None
    count = is_open.sum(axis=0)
    usual = count * 2 >= count.max()
    levels = np.where(is_open, staffed / np.maximum(seen, 1) / 60.0, 0.0).sum(axis=0) / np.maximum(count, 1)
    agents = np.where(usual, np.maximum(np.rint(levels), 1), 0).astype(int)
    at = np.flatnonzero(usual)
    begin, end = int(at[0]) // 2 * 2, -(-(int(at[-1]) + 1) // 2) * 2
    return Roster(first=begin, agents=tuple(agents[begin:end].tolist()))


def _is_dialing(minutes: Minutes) -> Booleans:
    """Return of each minute whether something was dialed in it or soon after, or may yet be."""
    import numpy as np

    when = minutes.when
    dialed = np.append(np.sort(when[minutes.dials > 0]), minutes.at)
    found: Booleans = dialed[np.searchsorted(dialed, when)] - when <= _SOON_MIN
    return found
