"""The task that watches for drift: kept twins whose campaign wants protection, held against what is measured since.

Rules:
* A campaign is watched whose tuning has drift protection on, and whose twin is made of the platform's statistics and
  has its say. A twin of call records is held against new ones by `paceline twin check`: the platform does not tell
  which attempts were dialed, and a list that ages must not be called drift.
* It looks once in `EVERY` of the platform's time at each campaign: one request for it, and one for its minutes.
* What is found is an entry, `twin.drifted`, written and told once however many workers look; from then on new weights
  are refused until the twin is fitted again. The last certified weights are named in it, with the way back.
* A running experiment is held first (`twin.ladder`), so that a watch that ends in between finds the drift again.
  Dialing is left as it is: abandonment has guards of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paceline.campaign.observed import Ability
from paceline.campaign.ports import NotFoundError, Platform
from paceline.control.platform_time import PlatformTime
from paceline.ledger.entry import Actor
from paceline.primitives.ids import CampaignId, EntryId
from paceline.twin.kept import By, KeptTwin, Twins
from paceline.twin.ladder import Certified, Standing, step_of

if TYPE_CHECKING:  # numpy loads only when a twin is watched
    from paceline.campaign.statistics import Statistics
    from paceline.primitives.canonical import Json
    from paceline.twin.model import Drifted, Twin

EVERY = timedelta(hours=1)
EVERY_S = 60.0
"""Between two calls in the rounds of one worker, seconds of ours; whether an hour has gone by is asked each time."""


class DriftWatch:
    """Watches the twins of one tenant; any number of workers do, and each drift is told once."""

    def __init__(
        self,
        platform: Platform,
        twins: Callable[[], Twins],
        *,
        actor: Actor,
        hold: Callable[[CampaignId, str], EntryId | None] = lambda _campaign, _why: None,
        certified: Callable[[CampaignId], Certified | None] = lambda _campaign: None,
    ) -> None:
        """Watch nothing yet.

        Args:
            platform: is asked.
            twins: in which it is marked; they are joined when first looked at.
            actor: who finds it.
            hold: holds the running experiment of a campaign, and returns its entry; None where none runs.
            certified: returns the last certified weights of a campaign; None where there are none.
        """
        self._hold, self._certified = hold, certified
        self._platform = platform
        self._twins = twins
        self._by = By(actor=actor, reason="drift protection")
        self._looked: dict[CampaignId, datetime] = {}

    @property
    def every_s(self) -> float:
        """Return how long a worker leaves between two calls, seconds of ours."""
        return EVERY_S

    def run(self, time: PlatformTime) -> int:
        """Look at the twins that are due, and return how many have drifted now.

        Raises:
            PlatformError: the platform is away.
            LedgerUnavailableError: the database is away.
        """
        now = time.now()
        if now is None or Ability.STATISTICS not in self._platform.abilities:
            return 0
        twins, found = self._twins(), 0
        for kept in twins.all():
            last = self._looked.get(kept.campaign)
            if last is None or now - last >= EVERY or now < last:
                self._looked[kept.campaign] = now
                with suppress(NotFoundError):  # a campaign that is gone drifts nowhere
                    found += self._watch(twins, kept, now)
        return found

    def _watch(self, twins: Twins, kept: KeptTwin, now: datetime) -> int:
        from paceline.twin.model import MadeOf

        twin = twins.of(kept.campaign)
        if twin is None or twin.drifted is not None or not twin.standing.passed or twin.made_of is not MadeOf.PLATFORM:
            return 0
        tuning = self._platform.read(kept.campaign).tuning
        if tuning is None or not tuning.drift_protection:
            return 0
        since = self._platform.measured(kept.campaign, since=twin.standing.data_until, by_minute=True)
        drifted = drift_since(twin, since)
        if drifted is None:
            return 0
        certified = self._certified(kept.campaign)
        step = step_of(Standing(drifted=drifted, protected=True, now=now, certified=certified))
        held = self._hold(kept.campaign, step.why) if step.experiments_held else None
        done: dict[str, Json] = {
            "step": step.document(),
            "experiment_held": held,
            "way_back": None if step.rollback is None else f"paceline changes undo {step.rollback}",
        }
        return int(twins.drifted(kept.campaign, drifted, self._by, of=kept.entry, done=done) is not None)


def drift_since(twin: Twin, since: Statistics) -> Drifted | None:
    """Return what has drifted in what the platform measured after a twin's data; None where nothing has."""
    from paceline.twin.drift import charted, drift_of
    from paceline.twin.halves import half_hours_of

    return drift_of(charted(twin, half_hours_of(since)))
