"""Small laws with regions, and what is declared of a campaign, for tests of the rooms that ask the law."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from paceline.campaign.observed import Circumstances, Situation
from paceline.compliance.call import Call
from paceline.compliance.rule import ClosedDays, Rule, Terms
from paceline.compliance.rulebook import Calendar, Rulebook
from tests.unit.campaign.situations import seen, situation
from tests.unit.compliance.law_made import book, hours, rule

ZONES = {
    "US-FL": frozenset({"America/New_York", "America/Chicago"}),
    "US-NY": frozenset({"America/New_York"}),
    "US-AZ": frozenset({"America/Phoenix"}),
    "US-CO": frozenset({"America/Denver"}),
    "US-PA": frozenset({"America/New_York"}),
}
THANKSGIVING = date(2026, 11, 26)
HOLIDAYS = Calendar(
    name="holidays", first=date(2026, 1, 1), last=date(2028, 12, 31), days={THANKSGIVING: "Thanksgiving Day"}
)
FEDERAL = rule("US/hours", hours(8, 21))
FLORIDA = rule("US-FL/hours", hours(8, 20))
PENNSYLVANIA = rule("US-PA/closed", ClosedDays(calendar="holidays"))


def made(name: str, terms: Terms, **more: Any) -> Rule:
    """Return a rule that cites itself, so that a finding shows which law it is from."""
    return replace(rule(name, terms, **more), citation=f"the law of {name}")


def law(*rules: Rule) -> Rulebook:
    """Return a rulebook of these rules, the federal hours when none is given."""
    return replace(book(*(rules or (FEDERAL,)), calendars={"holidays": HOLIDAYS}), zones=ZONES)


def judged_in(regions: Iterable[str], rulebook: Rulebook | None = None, **more: Any) -> Situation:
    """Return the situation of a campaign that calls these regions; `more` is of the situation or the circumstances."""
    of_facts = {name: more.pop(name) for name in list(more) if name in Circumstances.__slots__}
    facts = Circumstances(**{"call": Call(), "regions": frozenset(regions), **of_facts})
    return situation(more.pop("observed", None) or seen(), circumstances=facts, rulebook=rulebook or law(), **more)
