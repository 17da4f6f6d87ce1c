"""Freeze: stop before all other work, and stay stopped until a person unfreezes.

1. The latch: from now on nobody here keeps the intent of a resumption of these campaigns; what waits for its hour is
   withdrawn.
2. Each is stopped; a stop that is pending against it, or a resumption, is withdrawn by that.
3. Whoever had kept an intent before the latch is waited for, and what is dialing again is stopped again.
4. What could not be stopped, a locked campaign, stays latched and is named: `enforce` tries it again. So does what the
   list shows in a form that nobody can read.
5. What the platform does not know, and nobody here has ever seen, was a slip of the pen: it is let go of, and named.

`enforce` is the worker's part, and that of `--wait`: it lists what is active, and stops what is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from paceline.campaign.catalogue import ends_dialing
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Stop
from paceline.campaign.observed import Drain, Frozen, Observed, Stage, State, Unreadable
from paceline.campaign.ports import NotFoundError, Platform, PlatformError
from paceline.control.agenda import Agenda
from paceline.control.fleet import Fleet, FleetOutcome, Found
from paceline.control.freezes import Freezes
from paceline.control.order import Order
from paceline.control.outcome import Applied, Outcome, Unchanged
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement
from paceline.control.told import cancelled
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

ROUNDS = 3
"""How often campaigns that dial again are stopped before the freeze says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOutcome:
    """What a freeze came to.

    Attributes:
        frozen: who froze each campaign, since when; for one that was frozen already, its first freeze.
        stops: how the stops ended, one for each campaign, the last where there were several.
        not_yet: campaigns that are frozen and were not seen stopped, each with the reason.
        unknown: ids that no campaign has; they are not frozen.
    """

    frozen: Mapping[CampaignId, Frozen]
    stops: FleetOutcome
    not_yet: Mapping[CampaignId, str]
    unknown: tuple[CampaignId, ...] = ()

    def after(self, left: Mapping[str, str]) -> FreezeOutcome:
        """Return what it came to when only these were not stopped after all."""
        return replace(self, not_yet={one: left[one] for one in self.not_yet if one in left})

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "frozen": [
                {"campaign": campaign, "by": one.by, "reason": one.reason, "entry": one.entry}
                for campaign, one in self.frozen.items()
            ],
            "not_yet_stopped": [{"campaign": campaign, "why": why} for campaign, why in self.not_yet.items()],
            "unknown": [*self.unknown],
            **self.stops.document(),
        }


class Freeze:
    """Freezes campaigns, and keeps them frozen."""

    def __init__(
        self,
        *,
        platform: Platform,
        fleet: Fleet,
        recorder: Recorder,
        freezes: Freezes,
        readings: Readings,
        settlement: Settlement,
        agenda: Agenda,
    ) -> None:
        """Join what stops campaigns and what latches them."""
        self._agenda = agenda
        self._platform = platform
        self._fleet = fleet
        self._recorder = recorder
        self._freezes = freezes
        self._readings = readings
        self._settlement = settlement

    def freeze(
        self, found: Found, order: Order, *, told: Callable[[Outcome], None] = lambda _outcome: None
    ) -> FreezeOutcome:
        """Freeze these campaigns and stop them.

        Raises:
            LedgerUnavailableError: nothing was frozen, and nothing was stopped for it.
        """
        unreadable = [one.campaign for one in found.unreadable if one.campaign is not None]
        campaigns = (*found.campaigns, *unreadable)
        frozen = self._freezes.freeze(campaigns, order)
        self._agenda.cancel_all(campaigns, cancelled(order.actor.name, order.reason or "the campaign was frozen"))
        stops = self._stopped(found, order, told)
        self._wait_for_resumptions(campaigns)
        unseen = ""
        for _ in range(ROUNDS):
            try:
                again = self._dialing(campaigns, stops)
            except PlatformError as away:
                unseen = f"it could not be looked at after it was stopped: {away.message}"
                break
            if not again:
                break
            stops = _joined(stops, self._stopped(Found(campaigns=again), order, told))
        unknown = self._let_go_of_unknown(stops, order)
        not_yet = dict.fromkeys(campaigns, unseen) if unseen else {}
        not_yet |= self.not_stopped(stops)
        not_yet |= {one.campaign: one.why for one in found.unreadable if one.campaign is not None}
        not_yet = {campaign: why for campaign, why in not_yet.items() if campaign not in unknown}
        frozen = {campaign: one for campaign, one in frozen.items() if campaign not in unknown}
        self._freezes.saw_stopped([campaign for campaign in frozen if campaign not in not_yet])
        return FreezeOutcome(frozen=frozen, stops=stops, not_yet=not_yet, unknown=unknown)

    def enforce(self, order: Order) -> FleetOutcome | None:
        """Stop what is frozen and dials all the same; None when nothing is frozen.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nobody can tell what is frozen.
        """
        frozen = self._freezes.frozen()
        if not frozen:
            return None
        shown = [one for one in self._platform.list(lane=Lane.STOPPING) if _concerns(one, frozen)]
        loose = {one.campaign: one for one in shown if isinstance(one, Observed) and _is_loose(one)}
        self._recorder.saw(loose.values())
        stops = self._stopped(Found(campaigns=dict(loose), requests=1), order, lambda _outcome: None)
        held = [one.campaign for one in shown if isinstance(one, Observed) and one.campaign not in loose]
        self._freezes.saw_stopped([*held, *(item.change.campaign for item in stops.items if _is_stopped(item))])
        return stops

    def not_stopped(self, stops: FleetOutcome) -> dict[CampaignId, str]:
        """Return the campaigns that these stops did not stop, with the reasons."""
        return {item.change.campaign: _why(item) for item in stops.items if not _is_stopped(item)}

    def _let_go_of_unknown(self, stops: FleetOutcome, order: Order) -> tuple[CampaignId, ...]:
        """Unfreeze what the platform does not know for certain, and return it; what was ever seen stays frozen."""
        missing = [item.change.campaign for item in stops.items if _is_missing(item)]
        unknown = tuple(campaign for campaign in missing if not self._readings.sightings(campaign))
        if unknown:
            self._freezes.unfreeze(unknown, replace(order, reason="the platform has no such campaign"))
        return unknown

    def _stopped(self, found: Found, order: Order, told: Callable[[Outcome], None]) -> FleetOutcome:
        # A freeze is for what dials now: what rings or waits may still find an agent.
        return self._fleet.run(found, lambda one: Stop(campaign=one, drain=Drain.FINISH), order, told=told)

    def _wait_for_resumptions(self, campaigns: Collection[CampaignId]) -> None:
        """Wait until nobody is at a resumption that was intended before the latch; the dead are settled."""
        others = [
            other
            for other in self._recorder.unended(campaigns=campaigns)
            if other.stage in {Stage.OPEN, Stage.IN_DOUBT} and not ends_dialing(other.kind)
        ]
        self._settlement.settle_all(others, Lane.STOPPING)

    def _dialing(self, campaigns: Collection[CampaignId], stops: FleetOutcome) -> dict[CampaignId, Observed | None]:
        """Return those of these campaigns that are active, or about to be, though their stop had gone through."""
        stopped = {item.change.campaign for item in stops.items if _is_stopped(item)}
        shown = self._platform.list(lane=Lane.STOPPING)
        loose = {one.campaign: one for one in shown if isinstance(one, Observed) and _is_loose(one)}
        self._recorder.saw(loose.values())
        return {campaign: loose[campaign] for campaign in campaigns if campaign in loose and campaign in stopped}


def _is_loose(observed: Observed) -> bool:
    """Return whether a campaign dials, or will by itself."""
    return observed.state is State.ACTIVE or (observed.pending is not None and observed.pending.state is State.ACTIVE)


def _concerns(one: Observed | Unreadable, frozen: Mapping[CampaignId, Frozen]) -> bool:
    return one.campaign in frozen


def _is_stopped(item: Outcome) -> bool:
    """Return whether a campaign dials no more: stopped, or archived, which takes no change and never dials."""
    archived = item.before is not None and item.before.state is State.ARCHIVED
    return archived or isinstance(item.ending, Applied | Unchanged)


def _is_missing(item: Outcome) -> bool:
    return item.failure is not None and item.failure.code == NotFoundError.code


def _why(item: Outcome) -> str:
    if item.failure is not None:
        return item.failure.message
    return "; ".join(found.message for found in item.findings) or item.word


def _joined(first: FleetOutcome, second: FleetOutcome) -> FleetOutcome:
    """Return both as one: of each campaign the later outcome, and the requests of all."""
    later = {item.change.campaign: item for item in second.items}
    items = tuple(later.get(item.change.campaign, item) for item in first.items)
    summary: dict[str, int] = {}
    for item in items:
        summary[item.word] = summary.get(item.word, 0) + 1
    return replace(first, items=items, requests=first.requests + second.requests, summary=summary)
