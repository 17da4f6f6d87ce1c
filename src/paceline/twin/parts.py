"""What a twin is made of: parameters as a vector, days as they were staffed, how days differ, and that it drifted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from paceline.primitives.clock import utc_text
from paceline.primitives.ids import EntryId
from paceline.records.calls import HALF_HOUR_S
from paceline.simulation.distributions import Duration

if TYPE_CHECKING:
    from paceline.primitives.canonical import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MadeOf(StrEnum):
    """What a twin is made of."""

    RECORDS = "records"
    """Imported call records: each call's times and ending are known."""
    PLATFORM = "platform"
    """The platform's statistics by minute: sums alone are known, the shapes of times are usual ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A vector of parameters: the best one, or one of the bootstrap.

    Attributes:
        answer: factor on the answer rates of all days.
        talk, wrap: of a call that an agent took; None where nobody wraps up.
        ring_answered, ring_machine, ring_unanswered: until a person or a machine answers, or it is given up.
        timeout_s: no line rings longer, seconds; None where nothing is cut.
        machine, busy, failed: shares of the dials that no person answers.
        lines: for each idle agent, as the dialer effectively had them in the days that were fitted on.
    """

    answer: float
    talk: Duration
    wrap: Duration | None
    ring_answered: Duration
    ring_machine: Duration
    ring_unanswered: Duration
    timeout_s: float | None
    machine: float
    busy: float
    failed: float
    lines: float

    def with_rings(self, factor: float) -> Draw:
        """Return it with all rings so many times as long."""

        def longer(ring: Duration) -> Duration:
            return replace(ring, mean_s=ring.mean_s * factor)

        return replace(
            self,
            ring_answered=longer(self.ring_answered),
            ring_machine=longer(self.ring_machine),
            ring_unanswered=longer(self.ring_unanswered),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinDay:
    """A day as it was staffed and dialed.

    Attributes:
        start: half-hours since 1970 at which it begins, UTC.
        staffed_s: of each half-hour, seconds that agents were there; 0 where nobody was, or nothing was dialed.
        rates: of each half-hour, the share of dials that a person was to be expected to answer by who was dialed when;
            before the factor of a draw.
        log_factor: logarithm of what the day answered over that; what days differ by beyond chance, and chance.
        answers: people who answered on it.
    """

    start: int
    staffed_s: tuple[float, ...]
    rates: tuple[float, ...]
    log_factor: float
    answers: int

    @property
    def half_hours(self) -> int:
        """Return how many half-hours it has."""
        return len(self.staffed_s)

    @property
    def end(self) -> int:
        """Return half-hours since 1970 at which it ends."""
        return self.start + self.half_hours

    @property
    def agents(self) -> int:
        """Return the most agents who were there at once."""
        from math import ceil

        return max(1, ceil(max(self.staffed_s) / HALF_HOUR_S - 1e-9))


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpread:
    """How days differ on the scale of logarithms of the answer rate, beyond what chance gives so many dials.

    How little the level is known is in the draws.

    Attributes:
        level: of the days fitted on, at `origin`.
        slope: by day: how the list ages where its attempts are not known; 0 where they are.
        origin: day, since 1970, at which the level holds.
        spread: standard deviation of days beyond chance and slope.
        slope_error: standard error.
        freedom: degrees of freedom.
        wander: standard deviation of half-hours within a day, beyond chance: who is in turn is not known to the minute.
    """

    level: float
    slope: float
    origin: float
    spread: float
    slope_error: float
    freedom: int
    wander: float = 0.0

    def at(self, day: float, share: float) -> float:
        """Return the logarithm that a day has at a quantile of what is known of it."""
        from math import hypot

        from paceline.inference.quantiles import t_quantile

        width = hypot(self.spread, self.slope_error * (day - self.origin))
        return self.level + self.slope * (day - self.origin) + width * t_quantile(share, self.freedom)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A parameter with its 95 % interval.

    Attributes:
        name: as people call it.
        unit: such as `s`; empty for a fraction.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str = ""

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"name": self.name, "value": self.value, "low": self.low, "high": self.high, "unit": self.unit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """That the world is no longer that of the data.

    Attributes:
        quantity: what has moved: `answers`, `handle_time`, `ring_time` or `machines`.
        toward: `more` or `fewer`.
        since: the half-hour in which the chart last stood at 0: about when it began.
        found: the end of the half-hour in which it alarmed.
        run_length_days: mean days between false alarms of all charts together.
        entry: of the ledger; None before it is recorded.
    """

    quantity: str
    toward: str
    since: datetime
    found: datetime
    run_length_days: float
    entry: EntryId | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "quantity": self.quantity,
            "toward": self.toward,
            "since": utc_text(self.since),
            "found": utc_text(self.found),
            "run_length_days": self.run_length_days,
            "entry": self.entry,
        }


def half_hour_of(instant: datetime) -> int:
    """Return the number of the half-hour since 1970 in which an aware instant lies."""
    return (instant - _EPOCH) // timedelta(seconds=HALF_HOUR_S)


def instant_of(half_hour: int) -> datetime:
    """Return the instant, UTC, at which a half-hour since 1970 begins."""
    return _EPOCH + half_hour * timedelta(seconds=HALF_HOUR_S)
