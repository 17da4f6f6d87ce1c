"""What `paceline law judge` tells people: by rule, by period, by example, and what nobody judged."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from paceline.cli.render import console_for, show_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from paceline.records.judging.judge import JudgedCalls

RULE_COLUMNS = ("RULE", "KIND", "CERTAIN", "POSSIBLE", "SHARE", "CITATION")
PERIOD_COLUMNS = ("RULE", "CAMPAIGN", "FROM", "TO", "ABANDONED", "ANSWERED", "RATE", "CEILING", "VERDICT", "COMPLETE")
SHOWN = 40
"""So many periods are shown, the worst first; programs get all of them."""


def show_judged(found: JudgedCalls) -> None:
    """Print what was found."""
    from paceline.records.judging.document import BEYOND_RECORDS, HOW_COUNTED

    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    question = found.question
    say(
        f"{found.calls} calls judged, from {_at(question.since)} to before {_at(question.until)}: "
        f"{found.certain} against the law for certain, {found.possible} possibly",
        "bold red" if found.is_against_the_law else "bold green",
    )
    say(f"called for: {_purposes(found)}", "dim")
    if found.rows.bad.row.size:
        say(f"{found.rows.bad.row.size} rows could not be read: -o json names them", "yellow")
    if found.unplaced_why:
        reasons = ", ".join(f"{count} {reason}" for reason, count in found.unplaced_why.items())
        say(f"{int(found.unplaced.sum())} calls to people whom nobody can locate, never callable: {reasons}", "yellow")
    if found.broken:
        show_table(RULE_COLUMNS, _rule_rows(found))
        for one in found.broken:
            for each in one.examples[:1]:
                sure = "" if each.is_certain else ", possibly"
                say(f"  {one.rule_id}: row {each.row}{sure}: {each.why}")
    if found.periods:
        show_table(PERIOD_COLUMNS, _period_rows(found))
        if len(found.periods) > SHOWN:
            say(f"and {len(found.periods) - SHOWN} more periods: -o json names all", "dim")
        if any(one.depends_on_anchor for one in found.periods):
            say(
                "within as shown, and over in 30 days that begin another day: say with --anchor which they are",
                "yellow",
            )
        say(f"{HOW_COUNTED}; days and months are those of {question.zone}", "dim")
    _show_unjudged(found, say, BEYOND_RECORDS)
    say(f"rules {found.edition}, each by its date", "dim")


def _show_unjudged(found: JudgedCalls, say: Callable[[str, str], None], beyond: tuple[str, ...]) -> None:
    say("not judged:", "bold")
    for count, what in (
        (found.rings_untold, "unanswered calls without a ring time"),
        (found.debts_untold, "calls that name no debt, counted as if they were about one of that person's"),
    ):
        if count:
            say(f"  {count} {what}", "")
    if found.not_judged:
        say(f"  rules that no record shows to be kept: {', '.join(rule.id for rule in found.not_judged)}", "")
    for what in beyond:
        say(f"  {what}", "dim")


def _rule_rows(found: JudgedCalls) -> list[tuple[object, ...]]:
    return [
        (
            one.rule_id,
            one.kind,
            one.certain_count,
            one.possible_count,
            f"{one.places.size / found.calls:.2%}",
            "" if one.rule is None else one.rule.citation,
        )
        for one in found.broken
    ]


def _period_rows(found: JudgedCalls) -> list[tuple[object, ...]]:
    worst = sorted(
        found.periods,
        key=lambda one: (one.holds, -one.measured.abandoned / one.measured.answered_live, one.campaign, one.start),
    )
    return [
        (
            one.rule.id,
            one.campaign,
            _at(one.start),
            _at(one.end),
            one.measured.abandoned,
            one.measured.answered_live,
            f"{one.measured.abandoned / one.measured.answered_live:.2%}",
            f"{one.ceiling.most}/{one.ceiling.per}",
            one.verdict,
            "yes" if one.is_complete else "NO",
        )
        for one in worst[:SHOWN]
    ]


def _purposes(found: JudgedCalls) -> str:
    from paceline.compliance.call import EVERY_PURPOSE

    purposes = found.question.call.purposes
    told = ", ".join(sorted(purposes))
    if purposes == EVERY_PURPOSE:
        told = "nobody said what, so the rules of every purpose were asked"
    by_campaign = {name: ", ".join(sorted(call.purposes)) for name, call in sorted(found.question.calls.items())}
    return "; ".join([told, *(f"{name}: {words}" for name, words in by_campaign.items())])


def _at(at: datetime | None) -> str:
    return "..." if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
