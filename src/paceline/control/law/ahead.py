"""What of a campaign's settings breaks the law from a date on, each rule judged from the day on which it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from paceline.campaign.observed import Observed, Situation, State
from paceline.primitives.findings import Finding, Findings, Severity

if TYPE_CHECKING:
    from paceline.campaign.observed import Circumstances
    from paceline.compliance.coming import Turn
    from paceline.compliance.rulebook import Rulebook

AHEAD = timedelta(days=365)
"""How far from the date rules that begin or end are looked at; as far as a schedule is proven."""
CLOSED_DAY = "schedule.closed-day"
"""The rule of the finding that names closed days; each of them begins with its date."""
_WEEK = timedelta(days=8)
"""A weekly schedule shows all of itself within it, whatever the hour that it begins at."""
_FARTHEST_EAST = timedelta(hours=14)
"""When a date begins on earth, before it begins in UTC."""


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

    def breaks_by(self, rule: str) -> bool:
        """Return whether something breaks by this rule of the law, by its id."""
        return any(names(found, rule) for _, found in self.breaks)

    def breaks_on_closed(self, on: date) -> bool:
        """Return whether it would dial on a date that a calendar closes, and nobody declared that it is paused then."""
        days = [found.found for _, found in self.breaks if found.rule == CLOSED_DAY]
        return any(text.startswith(f"{on} ") for told in days if isinstance(told, tuple) for text in told)


def judged_from(observed: Observed, circumstances: Circumstances, rulebook: Rulebook, first: date) -> Judged:
    """Judge a campaign as if its settings were set on the first date, and its dialing rules on each date of a turn."""
    from paceline.campaign.dialing import lawful as of_dialing
    from paceline.campaign.schedule import lawful as of_schedule

    turns = _turns(circumstances, rulebook, first)
    days = sorted({first, *(turn.on for turn in turns)})
    found: dict[tuple[str, object, str | None], tuple[date, Finding]] = {}
    for day in days:
        then = _situation(observed, circumstances, rulebook, day)
        errors: list[Finding] = []
        # The year that a schedule is proven for has all turns in it but those of its last week, which it may not see.
        if observed.schedule is not None and (day == first or day > first + AHEAD - _WEEK):
            errors += _errors(of_schedule.lawful(observed.schedule, then))
        if observed.rules is not None:
            errors += _errors(of_dialing.lawful(observed.rules, then))
        for one in errors:
            found.setdefault((one.rule, one.limit, one.source), (day, one))
    settings = {"schedule": observed.schedule, "rules": observed.rules}
    has = tuple(name for name, block in settings.items() if block is not None)
    return Judged(campaign=observed.campaign, state=observed.state, has=has, breaks=tuple(found.values()), turns=turns)


def names(found: Finding, rule: str) -> bool:
    """Return whether a finding names this rule of the law, by its id.

    >>> from paceline.primitives.findings import Finding, Severity
    >>> one = Finding(rule="x", severity=Severity.ERROR, message="US-FL-hours, US-10: the campaign would dial at 07:00")
    >>> names(one, "US-10"), names(one, "US-1")
    (True, False)
    """
    texts = [found.message, *(found.found if isinstance(found.found, tuple) else ())]
    whole = re.compile(rf"(?<![\w-]){re.escape(rule)}(?![\w-])")
    return any(whole.search(str(text)) for text in texts)


def _situation(observed: Observed, circumstances: Circumstances, rulebook: Rulebook, day: date) -> Situation:
    """Return the situation as it would be when the date begins anywhere on earth."""
    begins = datetime.combine(day, time(), tzinfo=UTC) - _FARTHEST_EAST
    situation = Situation(observed=observed, abilities=frozenset(), now=max(begins, observed.at))
    return replace(situation, circumstances=circumstances, rulebook=rulebook)


def _turns(circumstances: Circumstances, rulebook: Rulebook, first: date) -> tuple[Turn, ...]:
    from paceline.compliance.coming import turns

    jurisdictions = {region[:2] for region in circumstances.regions} | circumstances.regions
    return turns(rulebook.binding(circumstances.call, jurisdictions), first, AHEAD)


def _errors(findings: Findings) -> Iterable[Finding]:
    return findings.of_severity(Severity.ERROR)
