"""`paceline law check`: which campaigns break the law on a date, by the rules that are in force from then on."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.observed import State
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, rulebook_of
from paceline.cli.entrance import open_system
from paceline.cli.options import Targeting
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.cli.target import target_of
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.control.law.ahead import AHEAD

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.compliance.coming import Turn
    from paceline.control.law.breaking import LawCheck

BROKEN_COLUMNS = ("CAMPAIGN", "STATE", "JUDGED FROM", "RULE", "WHAT", "SOURCE")
TURN_COLUMNS = ("ON", "RULE", "WHAT", "BINDS", "JUDGED HERE", "CITATION")


def check_law(
    *campaigns: str,
    label: Annotated[tuple[str, ...], Parameter(name=["--label", "-l"], negative=())] = (),
    status: State | None = None,
    on: str | None = None,
    extra: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    everywhere: Everywhere | None = None,
) -> int:
    """Say which campaigns' schedules and dialing rules break the law on a date, and in the year after it.

    Rules that take effect or end in that year are judged from their date on. Exit 0 when nothing breaks, 3 when
    something does, 7 when a campaign could not be judged. What the file of campaigns says newly is adopted first.

    Parameters
    ----------
    campaigns
        Ids; every campaign that is not archived where neither ids, labels nor a state are given.
    label
        Those that were given this label, NAME=VALUE; several must all fit.
    status
        Those in this state.
    on
        Local date such as 2027-01-31; today, by the platform's clock, where none is said.
    extra
        Files of rules of your own that stand beside ours: what would break if they were law.
    """
    from paceline.compliance.zonedata import demand
    from paceline.control.law.breaking import checked

    everywhere = everywhere or Everywhere()
    demand()
    with open_system(everywhere, adopt=Adopt.MUST) as system:
        chosen = bool(campaigns or label) or status is not None
        targeting = Targeting(label=label, status=status, everything=not chosen)
        found = system.fleet.find(target_of(campaigns, targeting, system))
        # By the setting `law_files` too: what is tried out stands beside the law that is in use.
        rulebook = rulebook_of(everywhere, extra) if extra else None
        first = _day(system, on)
        check = checked(system.platform, system.law, found, first, archived=bool(campaigns), rulebook=rulebook)
    return _told(check, everywhere.output)


def _day(system: System, on: str | None) -> date:
    from paceline.cli.schedule import date_said

    today = system.platform.time().date()
    if on is None:
        return today
    day = date_said(on, option="--on")
    if day < today:
        raise UsageError(f"--on: {day} is past, and so is what was dialed by then", hint="name a day from today on")
    return day


def _told(check: LawCheck, output: Output) -> int:
    if output is Output.TABLE:
        _show_for_people(check)
    else:
        show_data(check.document(), output, names=[f"campaign/{one.campaign}" for one in check.breaking])
    for campaign, why in check.unjudged:
        tell(f"paceline: {campaign} could not be judged: {why}")
    return exits.REFUSED if check.breaking else exits.PARTLY if check.unjudged else exits.DONE


def _show_for_people(check: LawCheck) -> None:
    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    broken, first, until = check.breaking, check.first, check.first + AHEAD
    many = len(check.judged)
    count = f"{len(broken)} of {many} campaigns break the law from {first} to {until}"
    say(count if broken else f"none of {many} campaigns breaks the law from {first} to {until}", "bold")
    rows = [
        (one.campaign, one.state.value, day, found.rule, found.message, found.source)
        for one in broken
        for day, found in one.breaks
    ]
    if rows:
        show_table(BROKEN_COLUMNS, rows)
    if check.turns:
        show_table(TURN_COLUMNS, [_turn_row(turn) for turn in check.turns])
    nothing = [one.campaign for one in check.judged if not one.has]
    if nothing:
        say(f"no settings to judge: {', '.join(nothing)}", "dim")
    say(f"rules {check.edition}", "dim")


def _turn_row(turn: Turn) -> tuple[object, ...]:
    from paceline.compliance.told import is_judged

    judged = "yes" if is_judged(turn.rule) else "NO"
    said = "takes effect" if turn.begins else "ends"
    return turn.on, turn.rule.id, said, turn.rule.jurisdiction, judged, turn.rule.citation
