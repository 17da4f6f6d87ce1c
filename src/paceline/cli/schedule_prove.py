"""`paceline schedule prove`: every minute of a schedule against the law of every place where a contact may be."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.scheduled import horizon_said, scheduled

if TYPE_CHECKING:
    from paceline.campaign.schedule.broken import Broken
    from paceline.campaign.schedule.proof import ClosedDay
    from paceline.control.schedules.proven import Proven

PLACE_COLUMNS = ("ZONE", "MINUTES", "ILLEGAL", "ON CLOSED DAYS")
BROKEN_COLUMNS = ("RULE", "WHERE", "FIRST, LOCALLY", "WHY", "CITATION")
DAY_COLUMNS = ("CLOSED", "WHAT", "RULES", "DIALS FROM", "UNTIL")


def prove_schedule(
    campaign: str | None = None, /, *, horizon: str = "365d", everywhere: Everywhere | None = None
) -> int:
    """Prove that a schedule places no call outside legal hours, or show every violation: exit 0 or 3.

    Each minute from now on, by the platform's clock, at which the campaign is open is judged in every place where a
    contact may be. Days that a law closes count as violations, unless somebody declared that the campaign is paused on
    them (closed_days=paused): then the proof names them, and holds on that condition only. What the file of campaigns
    says newly is adopted first.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    horizon
        How far ahead is judged, such as 365d.
    """
    from paceline.control.schedules.proven import Proven

    everywhere = everywhere or Everywhere()
    seen = scheduled(campaign, everywhere)
    found = Proven.of(seen, horizon_said(horizon))
    if everywhere.output is Output.TABLE:
        _show_for_people(found)
    else:
        show_data(found.document(), everywhere.output, names=["proven" if found.holds else "not proven"])
    return exits.DONE if found.holds else exits.REFUSED


def day_rows(days: Iterable[ClosedDay]) -> list[tuple[object, ...]]:
    """Return rows of a table of days that a law closes, under `DAY_COLUMNS`."""
    from paceline.control.schedules.looked import instant_text

    rows: list[tuple[object, ...]] = []
    for day in days:
        instants = [*day.instants]
        rows.append(
            (day.on, day.name, ", ".join(day.rules), instant_text(instants[0][0]), instant_text(instants[-1][1]))
        )
    return rows


def _show_for_people(found: Proven) -> None:
    from paceline.compliance.rule_terms import kind_of
    from paceline.control.schedules.looked import instant_text
    from paceline.control.schedules.proven import not_judged

    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    seen, proof = found.seen, found.proof
    if found.holds:
        say(
            f"{seen.campaign}  proven{': if it is paused on the closed days below' if found.closed else ''}",
            "bold green",
        )
    else:
        say(f"{seen.campaign}  NOT proven", "bold red")
    closed = found.closed_day_minutes
    say(
        f"  {proof.examined_minutes} minutes examined, {proof.violating_minutes - closed} of them illegal"
        f"{f', {closed} on days closed by law' if closed else ''}: "
        f"{proof.scheduled.total_s // 60} scheduled from {instant_text(proof.start)} to {instant_text(proof.end)}, "
        f"in {len(seen.law.places)} places"
    )
    if seen.unknown:
        say(f"  nobody knows the law of {', '.join(seen.unknown)}: unknown is closed", "red")
    if seen.facts.assumed:
        say(f"  nobody declared {', '.join(sorted(seen.facts.assumed))}, so the tightest was assumed", "yellow")
    rows = {place["zone"]: place for place in found.places()}
    if rows:
        keys = ("zone", "examined_minutes", "illegal_minutes", "closed_day_minutes")
        show_table(PLACE_COLUMNS, [[row[key] for key in keys] for row in rows.values()])
    if found.broken:
        show_table(BROKEN_COLUMNS, [row for one in found.broken for row in _broken_rows(one)])
    if found.closed:
        show_table(DAY_COLUMNS, day_rows(found.closed))
    kinds = Counter(kind_of(rule.terms) for rule in not_judged(proof))
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    say(f"not judged here, by kind of rule: {told or 'none'}; -o json names them, paceline law list all", "dim")
    say(f"rules {seen.law.rulebook.edition}, zone data {proof.zone_data}", "dim")


def _broken_rows(one: Broken) -> Iterable[tuple[object, ...]]:
    from paceline.campaign.schedule.windows import local_text

    where = one.zone if one.places == 1 else f"{one.zone} and {one.places - 1} more"
    at = local_text(one.zone, one.at_s)
    for rule in one.rules:
        yield rule.id, where, at, one.why, rule.citation
    if not one.rules:
        yield "no rule", where, at, one.why, None
