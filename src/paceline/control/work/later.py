"""Changes for later that wait on this side: judged for the hour that was named, and kept until then.

* `agenda.no-worker`: a worker lives on this database, so that somebody makes the change when its hour has come.

An instant of more than a minute ago is refused, by the platform's time, and so is one of more than a year ahead. A dry
run judges what stands against the change at any hour, and keeps nothing for later. While the platform is away a pause
or stop is kept all the same, also of many campaigns that are named: nobody can tell then what time it is there, and one
that is late is made at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from paceline.campaign.catalogue import AnyChange, SettingsChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.checks import FARTHEST, PAST_GRACE, timely
from paceline.campaign.observed import Observed
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.agenda.agenda import Agenda
from paceline.control.fleet.fleet import Fleet, FleetOutcome, Found, Target, summary_of
from paceline.control.order import Order
from paceline.control.outcome import Failed, Failure, Outcome, Refused
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.refusals import is_away
from paceline.control.work.worker import Worker
from paceline.ledger.failures import LedgerError
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import CampaignId

Seen = Observed | PlatformError | None
"""A campaign as it was read a moment ago, why it could not be, or None: it is to be read."""
Keeps = Callable[[CampaignId, Seen], Outcome]
"""Keeps the change of a campaign for later."""
Makes = Callable[[CampaignId, datetime | None], AnyChange]
"""From a campaign, and the instant at which the platform itself is to act, to the change."""


class Later:
    """Keeps changes until the hour that was named."""

    def __init__(
        self,
        *,
        platform: Platform,
        fleet: Fleet,
        corridor: Corridor,
        agenda: Agenda,
        worker: Worker,
        recorder: Recorder,
    ) -> None:
        """Keep them on the agenda, where a worker lives."""
        self._platform = platform
        self._fleet = fleet
        self._corridor = corridor
        self._agenda = agenda
        self._worker = worker
        self._recorder = recorder

    def find(self, target: Target, *, lane: Lane) -> tuple[Found, PlatformError | None]:
        """Return the campaigns of a target; while the platform is away those that are named, and why nobody read them.

        Raises:
            PlatformError: the platform cannot be asked which they are, or the change is no pause or stop.
            LedgerUnavailableError: what was read cannot be kept.
        """
        try:
            # What is only planned is not waited for as what has to stop now.
            return self._fleet.find(target, lane=max(lane, Lane.CHANGING)), None
        except PlatformError as away:
            if target.is_selection or lane is not Lane.STOPPING or not is_away(Failure.of(away)):
                raise
            return Found(campaigns=dict.fromkeys(sorted(target.named))), away

    def keeper(self, make: Makes, order: Order, due: datetime, *, lane: Lane) -> Keeps:
        """Return what keeps the change of a campaign until `due`, or tells why it cannot be.

        Raises:
            PlatformError: nobody can tell what time it is on the platform, and the change is no pause or stop.
            LedgerUnavailableError: nobody can tell whether a worker lives.
        """
        order, now = replace(order, due=due), self._time(lane)
        if now is not None and not now - PAST_GRACE <= due <= now + FARTHEST:
            return lambda campaign, _: self._off(make, campaign, order, due, now)
        if not self._worker.has_company():
            return lambda campaign, _: self._without_worker(make(campaign, None), order)
        return lambda campaign, seen: self._kept(make(campaign, None), order, due, seen)

    def _time(self, lane: Lane) -> datetime | None:
        """Return the platform's time; None when it is away, and a pause or stop does not depend on it."""
        try:
            return self._platform.time()
        except PlatformError as error:
            if lane is not Lane.STOPPING or not is_away(Failure.of(error)):
                raise
            return None

    def _kept(self, change: AnyChange, order: Order, due: datetime, seen: Seen) -> Outcome:
        try:
            kept = self._agenda.schedule(change, order, due, seen=seen)
        except LedgerError as error:
            # Of many campaigns, those that are kept by now are told all the same.
            return Outcome(change=change, ending=Failed(Failure.of(error)), dry_run=order.dry_run)
        return kept if seen is None else replace(kept, requests=0)

    def _off(self, make: Makes, campaign: CampaignId, order: Order, due: datetime, now: datetime) -> Outcome:
        """Return that the instant is off; settings name none themselves, and would be made at once by the corridor."""
        change, off = make(campaign, None), timely(due, now)
        if isinstance(change, SettingsChange) and off is not None:
            return self._refused(change, order, off)
        return self._corridor.run(make(campaign, due), order)

    def _without_worker(self, change: AnyChange, order: Order) -> Outcome:
        """Return that nobody would make the change."""
        finding = Finding(
            rule="agenda.no-worker",
            severity=Severity.ERROR,
            message="no worker lives on this database, so nobody would make it when its hour comes; start one: "
            "`paceline work`, or have the platform do it: --by platform",
            field="due",
        )
        return self._refused(change, order, finding)

    def _refused(self, change: AnyChange, order: Order, finding: Finding) -> Outcome:
        """Return that a change is refused for its hour; it is in the ledger by then."""
        opened = self._recorder.open(change, order)
        told = Outcome(
            change=change, ending=Refused(), findings=Findings(finding), entry=opened.entry, dry_run=order.dry_run
        )
        self._recorder.close(opened.entry, told)
        return told


def kept_for_all(
    found: Found, keep: Keeps, *, away: PlatformError | None, told: Callable[[Outcome], None]
) -> FleetOutcome:
    """Keep the change of each campaign, as the list showed it, or `away`; `told` hears of each."""
    items: list[Outcome] = []
    for campaign, seen in found.campaigns.items():
        items.append(keep(campaign, seen or away))
        told(items[-1])
    return FleetOutcome(
        items=tuple(items),
        unreadable=found.unreadable,
        requests=found.requests + sum(item.requests for item in items),
        summary=summary_of(items, unreadable=len(found.unreadable)),
    )
