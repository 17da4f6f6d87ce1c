"""`paceline ease-off`: back to progressive dialing, or to the last pacing that is known to be good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.asking import hold_count, may_go_on
from paceline.cli.campaign import said_of
from paceline.cli.configured import Everywhere
from paceline.cli.differences import exit_by_difference, only_with_dry_run, would_apply
from paceline.cli.entrance import open_system
from paceline.cli.options import Campaigns, Changing, Targeting
from paceline.cli.render import exit_of, exit_of_fleet, show_fleet, show_outcome
from paceline.cli.target import target_of
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.control.ease_to import EaseTo

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.order import Order


def ease_off(
    *campaigns: Campaigns,
    to: EaseTo = EaseTo.PROGRESSIVE,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Ease campaigns off: one line for each idle agent, or back to the last pacing that kept the ceilings.

    It never makes a campaign dial more boldly, and no step is too large for it.

    Parameters
    ----------
    to
        progressive sets the dialing mode, or the pacing where a campaign has no dialing rules; last-good sets the
        newest earlier pacing whose measured abandonment kept every ceiling while it was live.
    """
    said = said_of(targeting, changing, everywhere)
    asked, output = said.changing, said.everywhere.output
    only_with_dry_run(detailed=asked.detailed_exitcode, dry_run=asked.dry_run)
    if asked.at is not None or asked.by is not None or asked.not_after is not None:
        raise UsageError("ease-off acts now: --at, --by and --not-after are for changes that wait")
    if asked.override or asked.until is not None:
        raise UsageError("ease-off overrides nothing but the step limit, by itself")
    with open_system(said.everywhere, adopt=Adopt.TRY) as system:
        target = target_of(campaigns, said.targeting, system)
        order = _order(system, asked)
        if not target.is_selection and len(target.named) == 1:
            hold_count(1, said.targeting)
            outcome = system.easing.ease(target.named[0], to, order)
            show_outcome(outcome, output)
            return exit_by_difference(
                exit_of(outcome), differs=would_apply([outcome]), detailed=asked.detailed_exitcode
            )
        found = system.fleet.find(target)
        if asked.if_revision is not None:
            raise UsageError("--if-revision is for one campaign: several have each a revision of their own")
        if not may_go_on("Ease off", found, said.targeting, dry_run=asked.dry_run):
            return exits.REFUSED
        fleet = system.easing.ease_all(found, to, order)
        show_fleet(fleet, output)
        return exit_by_difference(
            exit_of_fleet(fleet), differs=would_apply(fleet.items), detailed=asked.detailed_exitcode
        )


def _order(system: System, asked: Changing) -> Order:
    from paceline.control.order import Order

    return Order(
        actor=system.actor,
        reason=asked.reason,
        ticket=asked.ticket,
        dry_run=asked.dry_run,
        if_revision=asked.if_revision,
        on_conflict=asked.on_conflict,
    )
