"""`paceline abandonment`: what was measured against the ceilings of the law, and what is left of the allowance."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.observed import State
from paceline.campaign.ports import ForbiddenError, NotFoundError, PlatformError, UnauthorizedError
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import Campaigns, Targeting
from paceline.cli.render import console_for, show_data, tell
from paceline.cli.target import target_of
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paceline.bootstrap import System
    from paceline.control.abandonment.account import CampaignAccount, PeriodAccount
    from paceline.primitives.ids import CampaignId

COLUMNS = ("CAMPAIGN", "PERIOD", "ENDS", "ABANDONED", "OF ANSWERED", "RATE", "CEILING", "USED", "LEFT", "STANDING")
WEEK = 7
WIDTH = 10
"""How many signs the bar of what is used has."""
_STYLES = {"ok": "green", "approaching": "yellow", "breached": "red", "unknown": "magenta"}


def show_abandonment(
    *campaigns: Campaigns,
    label: Annotated[tuple[str, ...], Parameter(name=["--label", "-l"], negative=())] = (),
    status: State | None = None,
    everything: Annotated[bool, Parameter(name="--all", negative=())] = False,
    everywhere: Everywhere | None = None,
) -> int:
    """Show measured abandonment by legal period, how much of the allowance is left, and how old each figure is.

    What is left is of the period that is running: how many more calls may be abandoned by its end if answers go on as
    they were measured on the last whole days, with the two ends of a 95 % interval.

    Parameters
    ----------
    label
        Campaigns that were given this label, NAME=VALUE; several must all fit.
    status
        Campaigns in this state.
    everything
        Every campaign of the tenant.
    """
    everywhere = everywhere or Everywhere()
    code = exits.DONE
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        named = _named(campaigns, Targeting(label=label, status=status, everything=everything), system)
        try:
            accounts = system.abandonment.asked(named)
        except (NotFoundError, ForbiddenError, UnauthorizedError):
            raise
        except PlatformError as away:
            tell(f"paceline: {away.message}; shown is what it told before")
            accounts, code = system.abandonment.kept(named), exits.UNSETTLED
    if everywhere.output is Output.TABLE:
        _show(accounts)
    elif len(accounts) == 1 and len(campaigns) <= 1 and not (label or status or everything):
        show_data(accounts[0].document(), everywhere.output, names=[f"campaign/{accounts[0].campaign}"])
    else:
        items: list[Json] = [one.document() for one in accounts]
        show_data({"items": items}, everywhere.output, names=[f"campaign/{one.campaign}" for one in accounts])
    return code


def _named(campaigns: Sequence[str], targeting: Targeting, system: System) -> list[CampaignId]:
    target = target_of(campaigns, targeting, system)
    return [*target.named] if not target.is_selection else [*system.fleet.find(target).campaigns]


def _show(accounts: Sequence[CampaignAccount]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = console_for(sys.stdout)
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="bold")
    for account in accounts:
        for period in account.periods:
            standing = period.standing.value
            cells = [Text(cell) for cell in _row(account, period)]
            cells[7].stylize(_STYLES[standing])
            table.add_row(*cells, Text(standing, style=_STYLES[standing]))
    console.print(table)
    for account in accounts:
        for line in _notes(account):
            console.print(f"{account.campaign}  {line}", markup=False, highlight=False, style="dim")


def _row(account: CampaignAccount, period: PeriodAccount) -> tuple[str, ...]:
    counts = period.counts
    ceiling = f"{period.ceiling.most}/{period.ceiling.per}"
    if counts is None:
        return (account.campaign, period.period, "", "", "", "", ceiling, "", "unknown")
    rate = f"{counts.abandoned / counts.answered:.2%}" if counts.answered else "none answered"
    return (
        account.campaign,
        period.period,
        "" if period.end is None else _day(period.end),
        str(counts.abandoned),
        str(counts.answered),
        rate,
        ceiling,
        bar(period.used or 0.0),
        left(period),
    )


def bar(share: float) -> str:
    """Return a share as a bar and in 100; one beyond the whole fills the bar.

    >>> bar(0.34)
    '███░░░░░░░  34%'
    """
    full = round(min(max(share, 0.0), 1.0) * WIDTH)
    told = f"{share:4.0%}" if share < 10 else "over"
    return f"{'█' * full}{'░' * (WIDTH - full)} {told}"


def left(period: PeriodAccount) -> str:
    """Return what is left of a period in words, such as `41 (12 to 73) before 14 December`."""
    told = period.document()
    sure = told["allowance_now"]
    if period.to_come is None or period.end is None:
        return f"{sure} of the very next"
    mean, low, high = period.to_come.remaining
    return f"{mean} ({low} to {high}) before {_day(period.end)}"


def _notes(account: CampaignAccount) -> list[str]:
    lines = []
    for period in account.periods:
        if period.start is None or period.as_of is None:
            continue
        age = "" if period.age_s is None else f", {period.age_s:.0f} s old"
        covered = f"{period.days_covered:.1f} of {period.days_elapsed:.1f} days read by the hour"
        anchor = {"declared": "declared", "first-dial": "the first dial that was seen"}.get(period.anchor, "")
        since = f"since {utc_text(period.start)}" + (f" ({anchor})" if anchor else "")
        lines.append(f"{since}, as of {utc_text(period.as_of.replace(microsecond=0))}{age}; {covered}")
        if period.to_come is not None:
            ends = f"it ends above with a probability of {period.to_come.breach:.2f}"
            few = "" if period.to_come.days >= WEEK else "; other days of the week are not among them"
            lines.append(f"if it goes on as on the last {period.to_come.days} whole days, {ends}{few}")
    return [*lines, *account.why]


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B}"
