"""`paceline law`: the rules that decisions are made by, with their dates and sources, and what is left to others."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, rulebook_of
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.words import UsageError

if TYPE_CHECKING:
    from paceline.compliance.rule import Rule
    from paceline.compliance.rulebook import Rulebook

COLUMNS = ("RULE", "SAYS", "BINDS", "IN FORCE", "CHECKED", "CITATION")


class Kind(StrEnum):
    """What a rule is about."""

    HOURS = "hours"
    CLOSED_DAYS = "closed-days"
    ATTEMPTS = "attempts"
    GAP = "gap"
    ABANDONMENT = "abandonment"
    RING = "ring"
    BLACKOUT = "blackout"
    BAN = "ban"
    DUTY = "duty"


Extra = Annotated[tuple[Path, ...], Parameter(negative=())]


def list_rules(
    *,
    region: str | None = None,
    state: str | None = None,
    kind: Kind | None = None,
    on: str | None = None,
    extra: Extra = (),
    everywhere: Everywhere | None = None,
) -> int:
    """List the rules of law: what each says, which calls it binds, since when, and whether it is checked here.

    What is not checked here, such as consent or do-not-call lists, somebody else has to keep.

    Parameters
    ----------
    region
        Only rules that bind in this region and its country, ISO 3166-2, such as US-FL; a country's own, such as US.
    state
        The same for the United States: FL for US-FL.
    kind
        Only rules of this kind.
    on
        Only rules in force on this local date, such as 2026-10-18; all rules where none is said.
    extra
        Files of rules of your own that stand beside them and beside those of the setting law_files.
    """
    from paceline.cli.schedule_check import region_said
    from paceline.compliance.rule_terms import kind_of
    from paceline.compliance.told import rules_document

    everywhere = everywhere or Everywhere()
    day = _day_said(on)
    rulebook = rulebook_of(everywhere, extra)
    rules = _binding(rulebook, region_said(region, state))
    rules = [rule for rule in rules if kind is None or kind_of(rule.terms) == kind.value]
    rules = [rule for rule in rules if on is None or rule.in_force(day)]
    if everywhere.output is Output.TABLE:
        _show_all(rulebook, rules, day)
    else:
        data = rules_document(rules, rulebook, on=day)
        show_data(data, everywhere.output, names=[f"rule/{rule.id}" for rule in rules])
    return exits.DONE


def show_rule(rule: str, /, *, on: str | None = None, extra: Extra = (), everywhere: Everywhere | None = None) -> int:
    """Show one rule: what it says, which calls it binds, since when, where that was read, and how sure the reading is.

    Parameters
    ----------
    rule
        Its id, such as US-FL-hours.
    on
        Local date for which it is said whether the rule is in force; today where none is said.
    extra
        Files of rules of your own that stand beside ours and those of the setting law_files.
    """
    from paceline.compliance.told import whole_document

    everywhere = everywhere or Everywhere()
    rulebook = rulebook_of(everywhere, extra)
    found, day = _named(rulebook, rule), _day_said(on)
    if everywhere.output is Output.TABLE:
        _show_one(rulebook, found, day)
    else:
        show_data(whole_document(found, rulebook, on=day), everywhere.output, names=[f"rule/{found.id}"])
    return exits.DONE


def _day_said(on: str | None) -> date:
    """Return the date that somebody typed; today's, in UTC, where nobody did."""
    from paceline.cli.schedule import date_said
    from paceline.primitives.clock import MachineClock, instant_of

    return instant_of(MachineClock().wall_ns()).date() if on is None else date_said(on, option="--on")


def _binding(rulebook: Rulebook, region: str | None) -> list[Rule]:
    """Return the rules of a region and of its country, all rules where none is named."""
    if region is not None and region not in rulebook.regions:
        near = get_close_matches(region, sorted(rulebook.regions)) or ["US-FL", "CA-ON", "GB"]
        hint = f"known are such as {', '.join(near)}"
        raise UsageError(f"--region: no law of {region!r} is known, so no call there is lawful", hint=hint)
    return rulebook.within(region)


def _named(rulebook: Rulebook, rule_id: str) -> Rule:
    found = rulebook.of(rule_id)
    if found is None:
        near = get_close_matches(rule_id, [rule.id for rule in rulebook.rules])
        hint = f"is it {' or '.join(near)}?" if near else "paceline law list names all of them"
        raise UsageError(f"there is no rule {rule_id!r}", hint=hint)
    return found


def _show_all(rulebook: Rulebook, rules: Iterable[Rule], day: date) -> None:
    from paceline.compliance.told import is_judged, terms_words

    listed = list(rules)
    show_table(
        COLUMNS,
        [
            (
                rule.id,
                terms_words(rule.terms),
                _binds(rule),
                _in_force(rule, day),
                "yes" if is_judged(rule) else "no",
                rule.citation,
            )
            for rule in listed
        ],
    )
    console = console_for(sys.stdout)
    unchecked = sum(not is_judged(rule) for rule in listed)
    told = f"{len(listed)} rules, {unchecked} of them not checked here: somebody else has to keep those"
    console.print(told, markup=False, highlight=False, style="bold")
    console.print(f"edition {rulebook.edition}", markup=False, highlight=False, style="dim")


def _show_one(rulebook: Rulebook, rule: Rule, day: date) -> None:
    from paceline.compliance.rule_terms import kind_of
    from paceline.compliance.told import is_judged, terms_words

    console = console_for(sys.stdout)
    console.print(f"{rule.id}  {rule.summary}", markup=False, highlight=False, style="bold")
    rows = {
        "kind": kind_of(rule.terms),
        "says": terms_words(rule.terms),
        "binds": f"{rule.jurisdiction}: {_binds(rule)}",
        "in force": f"{_in_force(rule, day)} (asked for {day})",
        "instead": ", ".join(one.id for one in rulebook.instead_of(rule, day)),
        "checked": "yes" if is_judged(rule) else "NOT checked here: somebody else has to keep it",
        "citation": rule.citation,
        "read in": f"{rule.source} ({rule.confidence} confidence, last read {rule.verified_on})",
        "exemptions": "; ".join(rule.exemptions) + " (told, never applied)" if rule.exemptions else "none",
        "edition": rulebook.edition,
    }
    for name, told in rows.items():
        if told:
            console.print(f"  {name:<11}{told}", markup=False, highlight=False)


def _in_force(rule: Rule, day: date) -> str:
    bounds = [f"{word} {on}" for word, on in (("from", rule.effective_from), ("before", rule.effective_to)) if on]
    return " ".join(["yes" if rule.in_force(day) else "NO", *bounds])


def _binds(rule: Rule) -> str:
    from paceline.compliance.call import Line, Mode, Purpose

    parts = []
    for words, every in ((rule.purposes, Purpose), (rule.modes, Mode), (rule.lines, Line)):
        if len(words) < len(every):
            parts.append(" or ".join(sorted(words)))
    return ", ".join(parts) or "every call"
