"""`paceline freeze` and `unfreeze`: stop, and stay stopped until a person says otherwise."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.change import Lane
from paceline.campaign.ports import PlatformError
from paceline.cli import exits
from paceline.cli.asking import may_go_on
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import Campaigns, Targeting
from paceline.cli.render import console_for, exit_of_fleet, show_data, show_fleet, tell
from paceline.cli.target import target_of
from paceline.cli.words import span
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.fleet.fleet import Found, Target
    from paceline.control.fleet.freeze import FreezeOutcome
    from paceline.control.order import Order

AGAIN_S = 2.0
"""With --wait: seconds between two tries of what could not be stopped yet."""


def freeze(
    *campaigns: Campaigns,
    reason: str | None = None,
    ticket: str | None = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    wait: Annotated[bool, Parameter(negative=())] = False,
    timeout: str = "15m",
    targeting: Targeting | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Stop campaigns before all else; they stay stopped until somebody unfreezes.

    What the platform was to do with them later is withdrawn, and nobody here can resume them. One that is locked is
    frozen too, shown as not yet stopped if it dials, and tried again: by `paceline work`, or here with --wait.

    Parameters
    ----------
    reason
        Why, for the ledger and for whoever wants to resume.
    ticket
        Where it is discussed, for the ledger.
    dry_run
        Show what the stops would do: nothing is frozen, and nothing is sent.
    wait
        Try until all of them are stopped.
    timeout
        With --wait: the longest wait, such as 15m.
    """
    everywhere = everywhere or Everywhere()
    targeting = targeting or Targeting()
    longest_s = span(timeout, option="--timeout").total_seconds()
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        target = target_of(campaigns, targeting, system)
        order = _order(system, reason, ticket)
        found = _found(target, system)
        if not may_go_on("Freeze", found, targeting, dry_run=dry_run):
            return exits.REFUSED
        if dry_run:
            return _foreseen(found, order, system, everywhere.output)
        outcome = system.freeze.freeze(found, order, latched=_tell_latched)
        if wait and outcome.not_yet:
            _show(outcome, everywhere.output if everywhere.output is Output.TABLE else None)
            left = _tried_again(system, order, outcome, longest_s)
            outcome = outcome.after(left)
        _show(outcome, everywhere.output)
        if outcome.frozen and not system.worker.has_company():
            tell(f"paceline: {_alone(outcome)}; start a worker: paceline work")
    return _exit_of(outcome, found)


def unfreeze(
    *campaigns: Campaigns,
    reason: str | None = None,
    ticket: str | None = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    targeting: Targeting | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Let frozen campaigns be resumed again; resumes nothing.

    Parameters
    ----------
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    dry_run
        Show which are frozen: none of them is let go of.
    """
    from paceline.control.fleet.fleet import Found

    everywhere = everywhere or Everywhere()
    targeting = targeting or Targeting()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        target = target_of(campaigns, targeting, system)
        frozen = system.freezes.frozen()
        named = set(target.named) if not target.is_selection else {*system.fleet.find(target).campaigns}
        chosen = sorted(named & set(frozen))
        if not may_go_on("Unfreeze", Found(campaigns=dict.fromkeys(chosen)), targeting, dry_run=dry_run):
            return exits.REFUSED
        freed = chosen if dry_run else system.freezes.unfreeze(chosen, _order(system, reason, ticket))
    if dry_run:
        tell("paceline: dry run: nothing was unfrozen")
    for campaign in sorted(named - set(freed)):
        tell(f"paceline: {campaign} is not frozen")
    listed: list[Json] = [*freed]
    if everywhere.output is Output.TABLE:
        for campaign in freed:
            print(f"{campaign}  {'would be let go of' if dry_run else 'may be resumed again'}")
    else:
        show_data(
            {"would_unfreeze" if dry_run else "unfrozen": listed},
            everywhere.output,
            names=[f"campaign/{one}" for one in freed],
        )
    return exits.DONE


def _tell_latched(number: int) -> None:
    tell(f"paceline: {number} frozen: nobody here can resume them; now they are stopped")


def _foreseen(found: Found, order: Order, system: System, output: Output) -> int:
    """Show what the stops would do, and return the exit code."""
    fleet = system.freeze.foreseen(found, order)
    show_fleet(fleet, output)
    tell("paceline: dry run: nothing was frozen or sent; a freeze also holds what its stop is refused for, as above")
    return exit_of_fleet(fleet)


def _alone(outcome: FreezeOutcome) -> str:
    """Return what nobody does while no worker lives."""
    if outcome.not_yet:
        return f"no worker lives, so nobody tries again to stop the {len(outcome.not_yet)} that are not stopped yet"
    return "no worker lives, so nobody stops what somebody outside paceline resumes"


def _exit_of(outcome: FreezeOutcome, found: Found) -> int:
    """Return the exit code, and say what no campaign has."""
    for campaign in outcome.unknown:
        advice = "`paceline get campaigns` lists those that there are"
        tell(f"paceline: the platform has no campaign {campaign}, and nothing is frozen for it: {advice}")
    if outcome.unknown:
        return exits.ERROR if len(outcome.unknown) == len(found) else exits.PARTLY
    if not outcome.not_yet:
        return exits.PARTLY if found.unreadable else exits.DONE
    return exits.UNSETTLED if len(outcome.not_yet) == len(found) else exits.PARTLY


def _found(target: Target, system: System) -> Found:
    """Return the campaigns of a target; those that are named are not read first, which could have to wait."""
    from paceline.control.fleet.fleet import Found

    if not target.is_selection:
        return Found(campaigns=dict.fromkeys(sorted(target.named)))
    return system.fleet.find(target, lane=Lane.STOPPING)


def _order(system: System, reason: str | None, ticket: str | None) -> Order:
    from paceline.control.order import Order

    return Order(actor=system.actor, reason=reason, ticket=ticket)


def _tried_again(system: System, order: Order, outcome: FreezeOutcome, longest_s: float) -> dict[str, str]:
    """Return what is not stopped yet when the time is over, with the reasons."""
    from paceline.control.fleet.enforcement import not_stopped

    began_ns = system.clock.running_ns()
    left: dict[str, str] = {str(one): why for one, why in outcome.not_yet.items()}
    while left and (system.clock.running_ns() - began_ns) / 1e9 < longest_s:
        system.clock.wait(AGAIN_S)
        try:
            stops = system.enforcement.enforce(order)
        except PlatformError as away:
            tell(f"paceline: {away.report()}")
            continue
        told = {} if stops is None else not_stopped(stops)
        # Only what was seen stopped since is: a campaign that somebody unfroze meanwhile is not.
        not_yet, frozen = system.freezes.frozen(stopped=False), system.freezes.frozen()
        freed = {one: "somebody unfroze it meanwhile" for one in left if one not in frozen}
        left = {one: told.get(campaign_id(one), why) for one, why in left.items() if one in not_yet} | freed
        if freed.keys() == left.keys():
            break
    return left


def _show(outcome: FreezeOutcome, output: Output | None) -> None:
    if output is None:
        return
    if output is not Output.TABLE:
        show_data(outcome.document(), output, names=[f"campaign/{campaign}" for campaign in outcome.frozen])
        return
    show_fleet(outcome.stops, output)
    console = console_for(sys.stdout)
    for campaign, why in outcome.not_yet.items():
        console.print(f"{campaign}  frozen, not yet stopped: {why}", markup=False, highlight=False, style="red")
    for campaign, why in outcome.at_rest.items():
        console.print(f"{campaign}  frozen, does not dial: {why}", markup=False, highlight=False, style="yellow")
    for one in outcome.not_withdrawn:
        waits = f"{one.campaign}  {one.kind} (entry {one.entry}) waits still: this version cannot withdraw it"
        console.print(waits, markup=False, highlight=False, style="yellow")
    resting = f", {len(outcome.at_rest)} do not dial" if outcome.at_rest else ""
    stopped = len(outcome.frozen) - len(outcome.not_yet) - len(outcome.at_rest)
    told = f"{len(outcome.frozen)} frozen, {stopped} of them stopped{resting}"
    advice = "only `paceline unfreeze` lets them be resumed"
    console.print(f"{told}; {advice}", markup=False, highlight=False, style="bold")
