"""What a rollout is judged by, asked of the platform: its step's minutes, those before it, and the legal periods.

Rules:
* Only complete minutes count. What was fetched is remembered in this process, and only what is new is asked for; a
  process that begins anew asks for all of it again.
* Minutes before the rollout count as far back as the pacing and the dialing rules were the same, by what was seen of
  the campaign; `LOOKED_BACK` at most.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Observed
from paceline.campaign.ports import Platform, PlatformError
from paceline.campaign.statistics import Statistics, Tally
from paceline.compliance.fields import RuleFileError
from paceline.control.allowance import Allowance
from paceline.control.law import Law
from paceline.control.rollout.standing import Rollout
from paceline.ledger.readings import Readings
from paceline.primitives.ids import EntryId

LOOKED_BACK = timedelta(days=14)
"""How far back is looked for what was measured before a rollout: two of each weekday."""
MINUTE = timedelta(minutes=1)
REMEMBERED = 32
"""So many rollouts are remembered in one process at most."""

Minutes = tuple[tuple[datetime, Tally], ...]


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
            known.baseline = tuple(one for one in told.minutes if one[0] + MINUTE <= rollout.started)
        return known.baseline

    def before(self, observed: Observed) -> Statistics:
        """Return what was measured under the pacing that is live, by minute.

        Raises:
            PlatformError: it cannot be asked now.
            LedgerUnavailableError: nobody can tell since when it is live.
        """
        return self._platform.measured(observed.campaign, since=self.live_since(observed), by_minute=True)

    def live_since(self, observed: Observed) -> datetime:
        """Return since when nothing else was seen of the pacing and dialing rules, `LOOKED_BACK` at most.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        names = {name for aspect in ("pacing", "dialing") for name in self._platform.block(observed, aspect) or {}}
        since, is_other = observed.at - LOOKED_BACK, False
        for seen in self._readings.sightings(observed.campaign):
            was_other, is_other = (
                is_other,
                any(seen.settings.get(name) != observed.document.get(name) for name in names),
            )
            if was_other and not is_other:
                since = max(since, seen.first_seen)
            if seen.revision == observed.version:
                break
        return observed.at if is_other else min(since, observed.at)

    def periods(self, observed: Observed) -> tuple[LegalPeriod, ...] | None:
        """Return the legal periods that are running, with what was measured in them; None where nobody can tell.

        Raises:
            LedgerUnavailableError: what was declared cannot be read.
        """
        try:
            circumstances, rulebook = self._law.circumstances(observed.campaign), self._law.rulebook
            return self._allowance.periods(observed, circumstances, rulebook)
        except (PlatformError, RuleFileError):
            return None

    def _of(self, rollout: Rollout) -> _Fetched:
        if rollout.entry not in self._fetched and len(self._fetched) >= REMEMBERED:
            self._fetched.pop(next(iter(self._fetched)))
        return self._fetched.setdefault(rollout.entry, _Fetched())


def complete(told: Statistics) -> Minutes:
    """Return the minutes that were over when they were told: what is going on is counted another time."""
    return tuple(one for one in told.minutes if one[0] + MINUTE <= told.at)


def _dials(told: Statistics) -> bool:
    live = told.live
    return live.calls_ringing + live.calls_waiting + live.calls_connected > 0
