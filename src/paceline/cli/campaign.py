"""`paceline pause`, `resume` (start), `stop`: words become a change, or many, and their outcomes are shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.cli import exits
from paceline.cli.asking import hold_count, may_go_on
from paceline.cli.configured import Everywhere
from paceline.cli.differences import exit_by_difference, only_with_dry_run, would_apply
from paceline.cli.entrance import open_system
from paceline.cli.options import Campaigns, Changing, Draining, Targeting
from paceline.cli.render import exit_of, exit_of_fleet, show_fleet, show_outcome
from paceline.cli.target import target_of
from paceline.cli.waiting import all_waited, exit_after, exit_after_all, longest_of, waited
from paceline.cli.words import UsageError, instant, overrides_said, span
from paceline.control.adoption import Adopt
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.campaign.change import Lane
    from paceline.campaign.ports import PlatformError
    from paceline.control.fleet.fleet import Found, Target
    from paceline.control.order import Order
    from paceline.control.outcome import Outcome
    from paceline.control.work.later import Makes

LEAST_PATIENCE_S = 5.0
"""However short --timeout is, the platform has so many seconds to answer: in no time nothing would be stopped."""


def pause(
    *campaigns: Campaigns,
    draining: Draining | None = None,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Pause campaigns: no new calls; those in flight end as --drain says."""

    def make(campaign: CampaignId, at: datetime | None) -> AnyChange:
        return Pause(campaign=campaign, drain=said.draining.drain, effective_at=at)

    said = said_of(targeting, changing, everywhere, draining)
    return change_all(Pause, make, campaigns, said)


def resume(
    *campaigns: Campaigns,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Resume campaigns, from paused or stopped: to resume and to start are one thing."""

    def make(campaign: CampaignId, at: datetime | None) -> AnyChange:
        return Resume(campaign=campaign, effective_at=at)

    return change_all(Resume, make, campaigns, said_of(targeting, changing, everywhere))


def stop(
    *campaigns: Campaigns,
    draining: Draining | None = None,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Stop campaigns; only a resumption leads out of it again."""

    def make(campaign: CampaignId, at: datetime | None) -> AnyChange:
        return Stop(campaign=campaign, drain=said.draining.drain, effective_at=at)

    said = said_of(targeting, changing, everywhere, draining)
    return change_all(Stop, make, campaigns, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The options of a command that changes something, each group whether it was used or not."""

    targeting: Targeting
    changing: Changing
    everywhere: Everywhere
    draining: Draining


def said_of(
    targeting: Targeting | None,
    changing: Changing | None,
    everywhere: Everywhere | None,
    draining: Draining | None = None,
) -> Said:
    """Return the options of a command, each group whether it was used or not."""
    return Said(
        targeting=targeting or Targeting(),
        changing=changing or Changing(),
        everywhere=everywhere or Everywhere(),
        draining=draining or Draining(),
    )


def change_all(of: type[AnyChange], make: Makes, campaigns: tuple[str, ...], said: Said) -> int:
    """Carry out one change, or many, now or later, show how they ended, and return the exit code.

    Args:
        of: the kind of change.
        make: from a campaign, and the instant at which the platform itself is to act, to its change.
        campaigns: the ids that were named.
        said: the options of the command.
    """
    from paceline.control.work.later import kept_for_all

    changing, output = said.changing, said.everywhere.output
    at, not_after = _instant_of(changing), _not_after_of(changing)
    longest = longest_of(changing.timeout, said.draining.drain_timeout)
    only_with_dry_run(detailed=changing.detailed_exitcode, dry_run=changing.dry_run)
    _one_for_revision(campaigns, said)
    patience_s = None if changing.timeout is None else max(longest.here_s, LEAST_PATIENCE_S)
    with open_system(said.everywhere, adopt=Adopt.before(of.lane), patience_s=patience_s) as system:
        target = target_of(campaigns, said.targeting, system)
        order = _order_of(changing, system, not_after, may_ask=system.desk.may_ask(of))
        # Who acts at that instant: we do, unless the platform is asked to.
        due = None if changing.by == "platform" else at
        if not target.is_selection and len(target.named) == 1:
            hold_count(len(target.named), said.targeting)
            outcome = _one(system, make, target.named[0], order, due=due, at=at)
            outcome = waited(system, outcome, longest) if changing.wait else outcome
            show_outcome(outcome, output)
            code = exit_after(outcome) if changing.wait else exit_of(outcome)
            return exit_by_difference(code, differs=would_apply([outcome]), detailed=changing.detailed_exitcode)
        found, away = _found(system, target, of.lane, is_for_later=due is not None)
        if not may_go_on(of.__name__, found, said.targeting, dry_run=changing.dry_run):
            return exits.REFUSED
        order = replace(order, campaigns=len(found))
        told = _progress(len(found))
        if due is not None:
            keep = system.later.keeper(make, order, due, lane=of.lane)
            fleet = kept_for_all(found, keep, away=away, told=told)
        else:
            fleet = system.fleet.run(found, lambda campaign: make(campaign, at), order, told=told)
        fleet = all_waited(system, fleet, longest) if changing.wait else fleet
        show_fleet(fleet, output)
        code = exit_after_all(fleet) if changing.wait else exit_of_fleet(fleet)
        return exit_by_difference(code, differs=would_apply(fleet.items), detailed=changing.detailed_exitcode)


def _found(system: System, target: Target, lane: Lane, *, is_for_later: bool) -> tuple[Found, PlatformError | None]:
    return system.later.find(target, lane=lane) if is_for_later else (system.fleet.find(target, lane=lane), None)


def _one_for_revision(campaigns: tuple[str, ...], said: Said) -> None:
    targeting = said.targeting
    selects = targeting.everything or targeting.label or targeting.status is not None
    if said.changing.if_revision is not None and (selects or len(set(campaigns)) > 1):
        raise UsageError(
            "--if-revision is for one campaign: several have each a revision of their own",
            hint="name one id, or leave --if-revision out",
        )


def _one(
    system: System, make: Makes, campaign: CampaignId, order: Order, *, due: datetime | None, at: datetime | None
) -> Outcome:
    if due is not None:
        return system.later.keeper(make, order, due, lane=make(campaign, None).lane)(campaign, None)
    return system.corridor.run(make(campaign, at), order)


def _instant_of(changing: Changing) -> datetime | None:
    if changing.at is None:
        if changing.by is not None:
            raise UsageError("--by says who carries out a change with --at, and there is no --at")
        return None
    if changing.by not in {None, "platform"}:
        raise UsageError(
            f"--by: {changing.by[:40]!r} is nobody", hint="platform is known; without --by a worker does it"
        )
    if changing.by is None and changing.wait:
        raise UsageError("--wait waits for calls that end, and a change with --at has not begun by then")
    return instant(changing.at, option="--at")


def _not_after_of(changing: Changing) -> timedelta | None:
    if changing.not_after is None:
        return None
    if changing.by is not None:
        raise _nothing_waits()
    return span(changing.not_after, option="--not-after")


def _nothing_waits() -> UsageError:
    return UsageError(
        "--not-after says how late a worker may make a change, or how long it may wait for approval",
        hint="it goes with --at, and without --by platform; or with a change that may want approval",
    )


def _order_of(changing: Changing, system: System, not_after: timedelta | None, *, may_ask: bool) -> Order:
    from paceline.control.order import NOT_AFTER, Order

    is_now = changing.at is None
    if is_now and not_after is not None and not may_ask:
        raise _nothing_waits()
    return Order(
        actor=system.actor,
        reason=changing.reason,
        ticket=changing.ticket,
        dry_run=changing.dry_run,
        if_revision=changing.if_revision,
        on_conflict=changing.on_conflict,
        not_after=NOT_AFTER if not_after is None or is_now else not_after,
        approve_within=not_after if is_now else None,
        overrides=overrides_said(changing.override, changing.until, such_as="schedule.directive"),
    )


def _progress(total: int) -> Callable[[Outcome], None]:
    """Return what shows how far many changes are: a line that is written over, where somebody watches."""
    ended = 0

    def told(outcome: Outcome) -> None:
        nonlocal ended
        ended += 1
        if sys.stderr.isatty():
            end = "\n" if ended == total else ""
            print(f"\r{ended} of {total}  {outcome.change.campaign} {outcome.word}\x1b[K", end=end, file=sys.stderr)

    return told
