"""`paceline law check`: which campaigns break the law on a date, by the rules that are in force from then on."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.observed import Part, State
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, rulebook_of
from paceline.cli.entrance import open_system
from paceline.cli.law_ahead import AHEAD, Judged, Turn, judged_from
from paceline.cli.options import Targeting
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.cli.target import target_of
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.compliance.rulebook import Rulebook
    from paceline.control.fleet import Found

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

    everywhere = everywhere or Everywhere()
    demand()
    with open_system(everywhere, adopt=Adopt.MUST) as system:
        chosen = bool(campaigns or label) or status is not None
        targeting = Targeting(label=label, status=status, everything=not chosen)
        found = system.fleet.find(target_of(campaigns, targeting, system))
        # By the setting `law_files` too: what is tried out stands beside the law that is in use.
        rulebook = rulebook_of(everywhere, extra) if extra else system.law.rulebook
        first = _day(system, on)
        judged, unjudged = _each(system, found, rulebook, first, all_named=bool(campaigns))
    return _told(judged, unjudged, first, rulebook, everywhere.output)


def _each(
    system: System, found: Found, rulebook: Rulebook, first: date, *, all_named: bool
) -> tuple[list[Judged], list[tuple[str, str]]]:
    """Judge campaign by campaign, the archived ones only where they were named; and tell which cannot be, and why."""
    judged: list[Judged] = []
    unjudged = [(one.campaign or "a campaign without an id", one.why) for one in found.unreadable]
    for campaign, seen in found.campaigns.items():
        if seen is not None and seen.state is State.ARCHIVED and not all_named:
            continue
        try:
            observed = system.platform.read(campaign, part=Part.SCHEDULE)
            circumstances = system.law.circumstances(campaign)
        except PacelineError as failed:
            unjudged.append((campaign, failed.message))
            continue
        judged.append(judged_from(observed, circumstances, rulebook, first))
        blocks = sorted(observed.unknown_blocks)
        unjudged += [(campaign, f"its {block} are in a form that nobody here knows") for block in blocks]
    return judged, unjudged


def _day(system: System, on: str | None) -> date:
    from paceline.cli.schedule import date_said

    today = system.platform.time().date()
    if on is None:
        return today
    day = date_said(on, option="--on")
    if day < today:
        raise UsageError(f"--on: {day} is past, and so is what was dialed by then", hint="name a day from today on")
    return day


def _told(
    judged: list[Judged], unjudged: list[tuple[str, str]], first: date, rulebook: Rulebook, output: Output
) -> int:
    broken = [one for one in judged if one.breaks]
    turns = {(turn.on, turn.rule.id, turn.begins): turn for one in judged for turn in one.turns}
    ahead = [turn for _, turn in sorted(turns.items())]
    if output is Output.TABLE:
        _show_for_people(judged, ahead, first, rulebook)
    else:
        data: dict[str, Json] = {
            "on": first.isoformat(),
            "until": (first + AHEAD).isoformat(),
            "campaigns": [_document(one) for one in judged],
            "breaking": [one.campaign for one in broken],
            "turns": [_turn(turn) for turn in ahead],
            "unjudged": [{"campaign": campaign, "why": why} for campaign, why in unjudged],
            "edition": rulebook.edition,
        }
        show_data(data, output, names=[f"campaign/{one.campaign}" for one in broken])
    for campaign, why in unjudged:
        tell(f"paceline: {campaign} could not be judged: {why}")
    return exits.REFUSED if broken else exits.PARTLY if unjudged else exits.DONE


def _document(one: Judged) -> Json:
    return {
        "campaign": one.campaign,
        "state": one.state.value,
        "judged": [*one.has],
        "breaks": [{"on": day.isoformat(), **_finding(found)} for day, found in one.breaks],
    }


def _finding(found: Finding) -> dict[str, Json]:
    document: dict[str, Json] = {}
    for name, value in found.document().items():
        document[name] = [*value] if isinstance(value, list) else value
    return document


def _turn(turn: Turn) -> Json:
    from paceline.compliance.told import is_judged

    return {
        "on": turn.on.isoformat(),
        "rule": turn.rule.id,
        "begins": turn.begins,
        "jurisdiction": turn.rule.jurisdiction,
        "judged": is_judged(turn.rule),
        "citation": turn.rule.citation,
    }


def _show_for_people(judged: list[Judged], ahead: list[Turn], first: date, rulebook: Rulebook) -> None:
    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    broken = [one for one in judged if one.breaks]
    count = f"{len(broken)} of {len(judged)} campaigns break the law from {first} to {first + AHEAD}"
    say(count if broken else f"none of {len(judged)} campaigns breaks the law from {first} to {first + AHEAD}", "bold")
    rows = [
        (one.campaign, one.state.value, day, found.rule, found.message, found.source)
        for one in broken
        for day, found in one.breaks
    ]
    if rows:
        show_table(BROKEN_COLUMNS, rows)
    if ahead:
        show_table(TURN_COLUMNS, [_turn_row(turn) for turn in ahead])
    nothing = [one.campaign for one in judged if not one.has]
    if nothing:
        say(f"no settings to judge: {', '.join(nothing)}", "dim")
    say(f"rules {rulebook.edition}", "dim")


def _turn_row(turn: Turn) -> tuple[object, ...]:
    from paceline.compliance.told import is_judged

    judged = "yes" if is_judged(turn.rule) else "NO"
    said = "takes effect" if turn.begins else "ends"
    return turn.on, turn.rule.id, said, turn.rule.jurisdiction, judged, turn.rule.citation
