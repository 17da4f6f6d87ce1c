"""`paceline law check`: which campaigns break the law on a date, by the rules that are in force from then on."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.observed import Observed, Part, Situation, State
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import Targeting
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.cli.target import target_of
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings, Severity

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.campaign.observed import Circumstances
    from paceline.compliance.rule import Rule
    from paceline.compliance.rulebook import Rulebook

AHEAD = timedelta(days=365)
"""How far from the date rules that begin or end are looked at."""
BROKEN_COLUMNS = ("CAMPAIGN", "STATE", "FROM", "RULE", "WHAT", "SOURCE")
TURN_COLUMNS = ("ON", "RULE", "WHAT", "BINDS", "CITATION")
_FARTHEST_EAST = timedelta(hours=14)
"""When a date begins on earth, before it begins in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A rule that takes effect, or ends, on a local date."""

    on: date
    rule: Rule
    begins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A campaign, and what breaks: each with the date for which it was judged.

    Attributes:
        has: which of its settings there are: `schedule`, `rules`.
        turns: the dated rules among those that bind it.
    """

    campaign: str
    state: State
    has: tuple[str, ...]
    breaks: tuple[tuple[date, Finding], ...]
    turns: tuple[Turn, ...]


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
    something does, 7 when a campaign could not be judged. Nothing is changed.

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
        rulebook = _rulebook(system, extra)
        first = _day(system, on)
        judged, unjudged = [], [(one.campaign or "a campaign without an id", one.why) for one in found.unreadable]
        for campaign, seen in found.campaigns.items():
            if seen is not None and seen.state is State.ARCHIVED and not campaigns:
                continue
            try:
                observed = system.platform.read(campaign, part=Part.SCHEDULE)
                circumstances = system.law.circumstances(campaign)
            except PacelineError as failed:
                unjudged.append((campaign, failed.message))
                continue
            judged.append(_judged(observed, circumstances, rulebook, first))
    return _told(judged, unjudged, first, rulebook, everywhere.output)


def _rulebook(system: System, extra: tuple[Path, ...]) -> Rulebook:
    from paceline.compliance.shelf import the_rulebook

    return the_rulebook(extra) if extra else system.law.rulebook


def _day(system: System, on: str | None) -> date:
    from paceline.cli.schedule import date_said

    today = system.platform.time().date()
    if on is None:
        return today
    day = date_said(on, option="--on")
    if day < today:
        raise UsageError(f"--on: {day} is past, and so is what was dialed by then", hint="name a day from today on")
    return day


def _judged(observed: Observed, circumstances: Circumstances, rulebook: Rulebook, first: date) -> Judged:
    """Judge a campaign as if its settings were set on the first date, and its dialing rules on each date of a turn."""
    from paceline.campaign.dialing import lawful as of_dialing
    from paceline.campaign.schedule import lawful as of_schedule

    turns = _turns(circumstances, rulebook, first)
    breaks: list[tuple[date, Finding]] = []
    settings = {"schedule": observed.schedule, "rules": observed.rules}
    if observed.schedule is not None:
        # Each date of the year after is in this one judgement, with the rules that are in force on it.
        then = _situation(observed, circumstances, rulebook, first)
        breaks += [(first, one) for one in _errors(of_schedule.lawful(observed.schedule, then))]
    if observed.rules is not None:
        known: set[tuple[str, object, str | None]] = set()
        for day in sorted({first, *(turn.on for turn in turns)}):
            then = _situation(observed, circumstances, rulebook, day)
            for one in _errors(of_dialing.lawful(observed.rules, then)):
                if (one.rule, one.limit, one.source) not in known:
                    known.add((one.rule, one.limit, one.source))
                    breaks.append((day, one))
    for block in sorted(observed.unknown_blocks):
        message = f"the {block} are there in a form that nobody here knows: what is lawful cannot be told"
        breaks.append((first, Finding(rule="dialing.unknown-form", severity=Severity.ERROR, message=message)))
    has = tuple(name for name, block in settings.items() if block is not None)
    return Judged(campaign=observed.campaign, state=observed.state, has=has, breaks=tuple(breaks), turns=turns)


def _situation(observed: Observed, circumstances: Circumstances, rulebook: Rulebook, day: date) -> Situation:
    """Return the situation as it would be when the date begins anywhere on earth."""
    begins = datetime.combine(day, time(), tzinfo=UTC) - _FARTHEST_EAST
    situation = Situation(observed=observed, abilities=frozenset(), now=max(begins, observed.at))
    return replace(situation, circumstances=circumstances, rulebook=rulebook)


def _turns(circumstances: Circumstances, rulebook: Rulebook, first: date) -> tuple[Turn, ...]:
    jurisdictions = {region[:2] for region in circumstances.regions} | circumstances.regions
    found = [
        Turn(on=turn, rule=rule, begins=begins)
        for rule in rulebook.binding(circumstances.call, jurisdictions)
        for turn, begins in ((rule.effective_from, True), (rule.effective_to, False))
        if turn is not None and first < turn <= first + AHEAD
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.rule.id)))


def _errors(findings: Findings) -> Iterable[Finding]:
    return findings.of_severity(Severity.ERROR)


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
    return {
        "on": turn.on.isoformat(),
        "rule": turn.rule.id,
        "begins": turn.begins,
        "jurisdiction": turn.rule.jurisdiction,
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
    said = "takes effect" if turn.begins else "ends"
    return turn.on, turn.rule.id, said, turn.rule.jurisdiction, turn.rule.citation
