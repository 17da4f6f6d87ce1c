"""What a rollout is judged by, asked of the platform: its step's minutes, those before it, and the legal periods.

Rules:
* Only complete minutes count. What was fetched is remembered in this process, and only what is new is asked for; a
  process that begins anew asks for all of it again.
* Minutes before the rollout count where the pacing and the dialing rules were the same, by what was seen of the
  campaign, `LOOKED_BACK` at most: one that was undone yesterday costs its own minutes, not those before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Observed
from paceline.campaign.ports import Platform
from paceline.campaign.statistics import Statistics, Tally
from paceline.control.allowance import Allowance
from paceline.control.facts.law import Law
from paceline.control.rollout.standing import Rollout
from paceline.control.undertakings.periods import running_periods
from paceline.ledger.history import Sighting
from paceline.ledger.readings import Readings
from paceline.primitives.ids import EntryId

LOOKED_BACK = timedelta(days=14)
"""How far back is looked for what was measured before a rollout: two of each weekday."""
MINUTE = timedelta(minutes=1)
REMEMBERED = 32
"""So many rollouts are remembered in one process at most."""

Minutes = tuple[tuple[datetime, Tally], ...]
Spans = tuple[tuple[datetime, datetime], ...]
"""Beginnings and ends, the oldest first."""


@dataclass(slots=True)
class _Fetched:
    """What was fetched of one rollout: before it, and since its step became live."""

    baseline: Minutes | None = None
    began: datetime | None = None
    minutes: dict[datetime, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of a step.

    Attributes:
        at: when the platform told it, by its own clock.
        minutes: complete ones since the step became live, the oldest first.
        dials: whether calls were in flight.
    """

    at: datetime
    minutes: Minutes
    dials: bool

    @property
    def until(self) -> datetime | None:
        """The end of the last complete minute; None while there is none."""
        return self.minutes[-1][0] + MINUTE if self.minutes else None


class Measuring:
    """Asks one platform what a rollout is judged by; serves the threads of one worker."""

    def __init__(self, platform: Platform, *, allowance: Allowance, law: Law, readings: Readings) -> None:
        """Ask these."""
        self._platform = platform
        self._allowance = allowance
        self._law = law
        self._readings = readings
        self._fetched: dict[EntryId, _Fetched] = {}

    def step(self, rollout: Rollout) -> Measured:
        """Return what was measured since the step that is live became so.

        Raises:
            PlatformError: it cannot be asked now.
        """
        known = self._of(rollout)
        if known.began != rollout.began:
            known.began, known.minutes = rollout.began, {}
        since = max(known.minutes, default=rollout.began.replace(second=0, microsecond=0))
        told = self._platform.measured(rollout.campaign, since=since, by_minute=True)
        known.minutes |= dict(complete(told))
        return Measured(at=told.at, minutes=tuple(sorted(known.minutes.items())), dials=_dials(told))

    def baseline(self, rollout: Rollout) -> Minutes:
        """Return the minutes before the rollout that its steps are compared with.

        Raises:
            PlatformError: they cannot be asked for now.
        """
        known = self._of(rollout)
        if known.baseline is None:
            told = self._platform.measured(
                rollout.campaign, since=rollout.measured_since, until=rollout.started, by_minute=True
            )
            over = tuple(one for one in told.minutes if one[0] + MINUTE <= rollout.started)
            known.baseline = outside(over, rollout.others, settle=rollout.plan.settle)
        return known.baseline

    def before(self, observed: Observed) -> Statistics:
        """Return what was measured under the pacing that is live, by minute.

        Raises:
            PlatformError: it cannot be asked now.
            LedgerUnavailableError: nobody can tell since when it is live.
        """
        return self._platform.measured(observed.campaign, since=self.measured_in(observed)[0], by_minute=True)

    def measured_in(self, observed: Observed) -> tuple[datetime, Spans]:
        """Return since when minutes count as those of what is live, and the spans since then in which others did.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        since, begun, last = observed.at - LOOKED_BACK, None, None
        others: list[tuple[datetime, datetime]] = []
        for seen, is_other in self._likeness(observed):
            if is_other and begun is None:
                begun = since if last is None else last
            if not is_other:
                others += [] if begun is None else [(begun, seen.first_seen)]
                begun, last = None, seen.last_seen
        others += [] if begun is None else [(begun, observed.at)]
        others = [one for one in others if one[1] > since]
        if others and others[0][0] <= since:
            since = others.pop(0)[1]
        return min(since, observed.at), tuple(others)

    def live_since(self, observed: Observed) -> datetime:
        """Return since when nothing else was seen of the pacing and dialing rules, `LOOKED_BACK` at most.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        since, others = self.measured_in(observed)
        return others[-1][1] if others else since

    def _likeness(self, observed: Observed) -> Iterator[tuple[Sighting, bool]]:
        """Yield what was seen up to now, the oldest first, and whether its pacing or rules were others than now."""
        aspects = ("pacing", "dialing", "weights")
        names = {name for aspect in aspects for name in self._platform.block(observed, aspect) or {}}
        for seen in self._readings.sightings(observed.campaign):
            yield seen, any(seen.settings.get(name) != observed.document.get(name) for name in names)
            if seen.revision == observed.version:
                break

    def first_seen(self, observed: Observed) -> datetime | None:
        """Return when the campaign was first looked at, None when it never was.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return min((seen.first_seen for seen in self._readings.sightings(observed.campaign)), default=None)

    def periods(self, observed: Observed) -> tuple[LegalPeriod, ...] | None:
        """Return the legal periods that are running, with what was measured in them; None where nobody can tell.

        Raises:
            LedgerUnavailableError: what was declared cannot be read.
        """
        return running_periods(observed, law=self._law, allowance=self._allowance)

    def _of(self, rollout: Rollout) -> _Fetched:
        if rollout.entry not in self._fetched and len(self._fetched) >= REMEMBERED:
            self._fetched.pop(next(iter(self._fetched)))
        return self._fetched.setdefault(rollout.entry, _Fetched())


def complete(told: Statistics) -> Minutes:
    """Return the minutes that were over when they were told: what is going on is counted another time."""
    return tuple(one for one in told.minutes if one[0] + MINUTE <= told.at)


def outside(minutes: Minutes, others: Spans, *, settle: timedelta) -> Minutes:
    """Return the minutes in which nothing else was live, nor was still under way: `settle` after it was over."""
    return tuple(
        one
        for one in minutes
        if not any(since < one[0] + MINUTE and one[0] < until + settle for since, until in others)
    )


def _dials(told: Statistics) -> bool:
    live = told.live
    return live.calls_ringing + live.calls_waiting + live.calls_connected > 0
