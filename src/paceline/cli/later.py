"""Changes with `--at` that wait on this side: judged for the hour that was named, and kept until then.

* `agenda.no-worker`: a worker lives on this database, so that somebody makes the change when its hour has come.

An instant of more than a minute ago is refused, by the platform's time, and so is one of more than a year ahead. A dry
run judges what stands against the change at any hour, and keeps nothing for later. While the platform is away a pause
or stop is kept all the same: nobody can tell then what time it is there, and one that is late is made at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.checks import FARTHEST, PAST_GRACE
from paceline.campaign.ports import PlatformError
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.fleet import FleetOutcome, Found
    from paceline.control.order import Order
    from paceline.control.outcome import Outcome

Makes = Callable[[CampaignId, datetime | None], AnyChange]
"""From a campaign, and the instant at which the platform itself is to act, to the change."""


def kept_for(
    system: System, make: Makes, order: Order, due: datetime, *, lane: Lane
) -> Callable[[CampaignId], Outcome]:
    """Return what keeps the change of a campaign until `due`, or tells why it cannot be.

    Raises:
        PlatformError: nobody can tell what time it is on the platform, and the change is no pause or stop.
        LedgerUnavailableError: nobody can tell whether a worker lives.
    """
    order, now = replace(order, due=due), _time(system, lane)
    if now is not None and not now - PAST_GRACE <= due <= now + FARTHEST:
        # The corridor has the words for an instant that is off.
        return lambda campaign: system.corridor.run(make(campaign, due), order)
    if not system.worker.has_company():
        return lambda campaign: _without_worker(system, make(campaign, None), order)
    return lambda campaign: _kept(system, make(campaign, None), order, due)


def _time(system: System, lane: Lane) -> datetime | None:
    """Return the platform's time; None when it is away, and a pause or stop does not depend on it."""
    from paceline.control.outcome import Failure
    from paceline.control.refusals import is_away

    try:
        return system.platform.time()
    except PlatformError as error:
        if lane is not Lane.STOPPING or not is_away(Failure.of(error)):
            raise
        return None


def kept_for_all(
    found: Found, keep: Callable[[CampaignId], Outcome], *, told: Callable[[Outcome], None]
) -> FleetOutcome:
    """Keep the change of each campaign; `told` hears of each."""
    from paceline.control.fleet import FleetOutcome
    from paceline.control.outcome import Failed

    items: list[Outcome] = []
    for campaign in found.campaigns:
        items.append(keep(campaign))
        told(items[-1])
    words = [item.word for item in items] + [Failed.word] * len(found.unreadable)
    return FleetOutcome(
        items=tuple(items),
        unreadable=found.unreadable,
        requests=found.requests + sum(item.requests for item in items),
        summary={word: words.count(word) for word in dict.fromkeys(words)},
    )


def _kept(system: System, change: AnyChange, order: Order, due: datetime) -> Outcome:
    from paceline.control.outcome import Failed, Failure, Outcome
    from paceline.ledger.failures import LedgerError

    try:
        return system.agenda.schedule(change, order, due)
    except LedgerError as error:
        # Of many campaigns, those that are kept by now are told all the same.
        return Outcome(change=change, ending=Failed(Failure.of(error)), dry_run=order.dry_run)


def _without_worker(system: System, change: AnyChange, order: Order) -> Outcome:
    """Return that nobody would make the change; it is in the ledger by then."""
    from paceline.control.outcome import Outcome, Refused

    opened = system.recorder.open(change, order)
    finding = Finding(
        rule="agenda.no-worker",
        severity=Severity.ERROR,
        message="no worker lives on this database, so nobody would make it when its hour comes; start one: "
        "`paceline work`, or have the platform do it: --by platform",
        field="due",
    )
    told = Outcome(
        change=change, ending=Refused(), findings=Findings(finding), entry=opened.entry, dry_run=order.dry_run
    )
    system.recorder.close(opened.entry, told)
    return told
