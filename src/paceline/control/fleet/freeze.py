"""Freeze: stop before all other work, and stay stopped until a person unfreezes.

1. The latch: from now on nobody here keeps the intent of a resumption of these campaigns, and none that was kept is
   sent (`last_look`); what waits for its hour is withdrawn.
2. Each is stopped; a stop that is pending against it, or a resumption, is withdrawn by that. Whatever could not be
   withdrawn or cleared up keeps no stop from going out; it is named.
3. Whoever had sent a resumption before the latch is waited for, and what is dialing again is stopped again.
4. What dials and could not be stopped, a locked campaign, stays latched and is named; the worker tries it again
   (`enforcement`). So does what the list shows in a form that nobody can read, and what somebody alive may yet resume.
   What could not be stopped and does not dial, a campaign that is paused and locked, rests: it is named as that.
5. What the platform does not know, and nobody here has ever seen, was a slip of the pen: it is let go of, and named;
   but not where somebody had frozen it before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from paceline.campaign.catalogue import ends_dialing
from paceline.campaign.change import Lane
from paceline.campaign.observed import WAITS_HERE, Frozen, Observed, Stage
from paceline.campaign.ports import NotFoundError, Platform, PlatformError
from paceline.control.agenda.agenda import Agenda
from paceline.control.fleet.enforcement import Enforcement, is_stopped, not_stopped, stop_of, why_not
from paceline.control.fleet.fleet import Fleet, FleetOutcome, Found, summary_of
from paceline.control.freezes import Freezes, Latched, is_loose
from paceline.control.kept import Unended
from paceline.control.order import Order
from paceline.control.outcome import Failed, Outcome, Refused
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement
from paceline.control.told import cancelled, on_its_way
from paceline.ledger.failures import LedgerError
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId

ROUNDS = 3
"""How often campaigns that dial again are stopped before the freeze says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOutcome:
    """What a freeze came to.

    Attributes:
        frozen: who froze each campaign, since when; for one that was frozen already, its first freeze.
        stops: how the stops ended, one for each campaign, the last where there were several.
        not_yet: campaigns that are frozen and may dial, each with the reason.
        at_rest: campaigns that are frozen, could not be stopped and do not dial, each with the reason.
        unknown: ids that no campaign has; they are not frozen.
        not_withdrawn: changes of these campaigns that wait still; those that do not stop are not sent while they are
            frozen.
    """

    frozen: Mapping[CampaignId, Frozen]
    stops: FleetOutcome
    not_yet: Mapping[CampaignId, str]
    at_rest: Mapping[CampaignId, str] = field(default_factory=dict)
    unknown: tuple[CampaignId, ...] = ()
    not_withdrawn: tuple[Unended, ...] = ()

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
            "not_dialing": [{"campaign": campaign, "why": why} for campaign, why in self.at_rest.items()],
            "unknown": [*self.unknown],
            "not_withdrawn": [
                {"campaign": one.campaign, "kind": one.kind, "entry": one.entry} for one in self.not_withdrawn
            ],
            **self.stops.document(),
        }


class Freeze:
    """Freezes campaigns."""

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
        enforcement: Enforcement,
    ) -> None:
        """Join what stops campaigns and what latches them."""
        self._agenda = agenda
        self._enforcement = enforcement
        self._platform = platform
        self._fleet = fleet
        self._recorder = recorder
        self._freezes = freezes
        self._readings = readings
        self._settlement = settlement

    def freeze(
        self,
        found: Found,
        order: Order,
        *,
        latched: Callable[[int], None] = lambda _number: None,
        told: Callable[[Outcome], None] = lambda _outcome: None,
    ) -> FreezeOutcome:
        """Freeze these campaigns and stop them.

        Args:
            found: which.
            order: who freezes them, and why.
            latched: hears how many are frozen, before anything that may have to wait.
            told: hears of each stop as it ends.

        Raises:
            LedgerUnavailableError: before `latched` was told, nothing is frozen. Afterwards all of them are, each was
                tried to be stopped, and what is known of that was told; how they stand could not be kept.
        """
        unreadable = {one.campaign: one.why for one in found.unreadable if one.campaign is not None}
        campaigns = (*found.campaigns, *unreadable)
        latch = self._freezes.latch(campaigns, order)
        latched(len(campaigns))
        unseen = self._withdrawn(campaigns, order)
        stops = self._stopped(found, order, told)
        not_yet: dict[CampaignId, str] = {}
        try:
            coming = self._wait_for_resumptions(campaigns)
            for _ in range(ROUNDS):
                again = self._dialing(campaigns, stops)
                if not again:
                    break
                stops = _joined(stops, self._stopped(Found(campaigns=again), order, told))
            not_yet |= {one.campaign: on_its_way(one).message for one in coming}
        except (PlatformError, LedgerError) as away:
            unseen = f"it could not be looked at after it was stopped: {away.message}"
        if unseen is not None:
            not_yet |= dict.fromkeys(campaigns, unseen)
        unknown = self._let_go_of_unknown(stops, order, latch)
        at_rest = {item.change.campaign: why_not(item) for item in stops.items if _is_at_rest(item)}
        not_yet |= {one: why for one, why in not_stopped(stops).items() if one not in at_rest} | unreadable
        return self._kept(latch, stops, not_yet=not_yet, at_rest=at_rest, unknown=unknown)

    def foreseen(self, found: Found, order: Order) -> FleetOutcome:
        """Return what the stops of a freeze would do; nothing is latched, withdrawn or sent.

        Raises:
            LedgerUnavailableError: it cannot be asked what stands in the way.
        """
        return self._fleet.run(found, stop_of, replace(order, dry_run=True))

    def _kept(
        self,
        latch: Latched,
        stops: FleetOutcome,
        *,
        not_yet: Mapping[CampaignId, str],
        at_rest: Mapping[CampaignId, str],
        unknown: tuple[CampaignId, ...],
    ) -> FreezeOutcome:
        """Keep which of them were seen to dial no more, and return what it came to."""
        frozen = {campaign: one for campaign, one in latch.frozen.items() if campaign not in unknown}
        left = {campaign: why for campaign, why in not_yet.items() if campaign in frozen}
        self._freezes.saw_stopped([campaign for campaign in frozen if campaign not in left])
        self._freezes.saw_dialing(left.keys())
        return FreezeOutcome(
            frozen=frozen,
            stops=stops,
            not_yet=left,
            at_rest={campaign: why for campaign, why in at_rest.items() if campaign not in left},
            unknown=unknown,
            not_withdrawn=tuple(one for one in self._recorder.unended(campaigns=frozen) if one.stage in WAITS_HERE),
        )

    def _withdrawn(self, campaigns: Collection[CampaignId], order: Order) -> str | None:
        """Withdraw what waits, as far as that is possible; return what kept it from that, if the ledger did.

        Whatever it was, the stops go out.
        """
        try:
            why = order.reason or "the campaign was frozen"
            self._agenda.cancel_all(campaigns, cancelled(order.actor.name, why))
        except LedgerError as away:
            return f"what waits for it could not be withdrawn: {away.message}"
        except PacelineError:
            return None  # it waits still, which the outcome names
        return None

    def _let_go_of_unknown(self, stops: FleetOutcome, order: Order, latch: Latched) -> tuple[CampaignId, ...]:
        """Unfreeze what the platform does not know for certain, and return it.

        What was ever seen stays frozen, and so does what somebody had frozen before: he may know more.
        """
        missing = [item.change.campaign for item in stops.items if _is_missing(item)]
        unknown = tuple(one for one in missing if one in latch.fresh and not self._readings.sightings(one))
        if unknown:
            self._freezes.unfreeze(unknown, replace(order, reason="the platform has no such campaign"))
        return unknown

    def _stopped(self, found: Found, order: Order, told: Callable[[Outcome], None]) -> FleetOutcome:
        return self._fleet.run(found, stop_of, order, told=told)

    def _wait_for_resumptions(self, campaigns: Collection[CampaignId]) -> list[Unended]:
        """Wait until nobody is at a resumption that was intended before the latch; the dead are settled.

        Returns those that somebody alive is at still.
        """
        others = [
            other
            for other in self._recorder.unended(campaigns=campaigns)
            if other.stage in {Stage.OPEN, Stage.IN_DOUBT} and not ends_dialing(other.kind)
        ]
        self._settlement.settle_all(others, Lane.STOPPING)
        return self._enforcement.on_their_way(campaigns) if others else []

    def _dialing(self, campaigns: Collection[CampaignId], stops: FleetOutcome) -> dict[CampaignId, Observed | None]:
        """Return those of these campaigns that are active, or about to be, though they were seen not dialing."""
        quiet = {item.change.campaign for item in stops.items if is_stopped(item) or _is_at_rest(item)}
        shown = self._platform.list(lane=Lane.STOPPING)
        loose = {one.campaign: one for one in shown if isinstance(one, Observed) and is_loose(one)}
        self._recorder.saw(loose.values())
        return {campaign: loose[campaign] for campaign in campaigns if campaign in loose and campaign in quiet}


def _is_at_rest(item: Outcome) -> bool:
    """Return whether a campaign that could not be stopped was seen not to dial, nor to begin by itself."""
    was_not_made = isinstance(item.ending, Refused | Failed) and not is_stopped(item)
    return was_not_made and item.before is not None and not is_loose(item.before)


def _is_missing(item: Outcome) -> bool:
    return item.failure is not None and item.failure.code == NotFoundError.code


def _joined(first: FleetOutcome, second: FleetOutcome) -> FleetOutcome:
    """Return both as one: of each campaign the later outcome, and the requests of all."""
    later = {item.change.campaign: item for item in second.items}
    items = tuple(later.get(item.change.campaign, item) for item in first.items)
    return replace(first, items=items, requests=first.requests + second.requests, summary=summary_of(items))
