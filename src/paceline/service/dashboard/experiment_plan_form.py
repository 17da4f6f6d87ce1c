"""The form by which an experiment is planned: its two settings, how its blocks lie, and what it has to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from paceline.campaign.observed import Observed
from paceline.control.experiments.plan import Balanced
from paceline.control.experiments.planning import FEWEST_DAYS, GUARD_HANDLES, Terms
from paceline.control.experiments.settings import Switch
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings
from paceline.service.dashboard import pacing_form, weights_form
from paceline.service.dashboard.later_form import instant_of_local
from paceline.service.dashboard.typed import not_a_value, rate, whole
from paceline.service.dashboard.visitors import Visitor

T = TypeVar("T")
OF = ("weights", "pacing")
"""What the two settings may be of."""
MOST_DAYS = 100
_TERMS = Terms()
BEGINNING: Mapping[str, str] = {
    "days": str(_TERMS.days),
    "block_min": str(int(_TERMS.block.total_seconds() // 60)),
    "guard_handles": f"{GUARD_HANDLES:g}",
    "balanced": _TERMS.balanced.value,
    "from": "",
    "to": "",
    "since": "",
    "level": f"{_TERMS.level:g}",
    "least_gain": f"{_TERMS.least_gain:g}",
    "early": "yes",
}
"""What stands in the form before anybody typed, beside the settings."""
BALANCED = {Balanced.HOUR_OF_DAY.value: "the same hour of days", Balanced.HOUR_OF_WEEK.value: "the same hour of weeks"}
"""Which times are the same, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPlan:
    """What the form says.

    Attributes:
        wish: the new setting; None where nothing differs from what is live, or something is no value.
        terms: how it is to go, None where something is no value.
        findings: what is no value.
    """

    wish: Switch | None = None
    terms: Terms | None = None
    findings: Findings = field(default_factory=Findings)


def values(of: str, seen: Observed) -> dict[str, str]:
    """Return what stands in the form before anybody typed: the live settings, and the usual terms."""
    live = weights_form.values(seen.weights, seen.tuning) if of == "weights" else pacing_form.values(seen.pacing)
    return {**live, **BEGINNING}


def fields_of(of: str) -> tuple[weights_form.Field | pacing_form.Field, ...]:
    """Return the fields of the new setting."""
    return weights_form.KEYS if of == "weights" else pacing_form.NUMBERS


def typed(of: str, who: Visitor, seen: Observed, zone: str) -> TypedPlan:
    """Return what was typed.

    Args:
        of: weights or pacing.
        who: sent the form.
        seen: the campaign as it is: what is as live is not named.
        zone: of its schedule, by whose clock `since` is.
    """
    found: list[Finding] = []
    terms = _terms(who, zone, found)
    setting = (
        weights_form.typed(seen.campaign, who, seen.weights, seen.tuning)
        if of == "weights"
        else pacing_form.typed(seen.campaign, who, seen.pacing)
    )
    wrong = setting.findings + Findings(*found)
    wish = setting.change if setting.differs else None
    if wish is None and not wrong:
        wrong = Findings(not_a_value("new setting", "", "nothing differs from what is live: name what is to be tried"))
    return TypedPlan(wish=wish, terms=None if wrong else terms, findings=wrong)


def _terms(who: Visitor, zone: str, found: list[Finding]) -> Terms:
    def read(name: str, reader: Callable[[str], T], otherwise: T) -> T:
        text = who.said(name)[:40]
        if not text:
            return otherwise
        try:
            return reader(text)
        except (ValueError, PacelineError) as wrong:
            found.append(not_a_value(name, text, wrong.message if isinstance(wrong, PacelineError) else str(wrong)))
            return otherwise

    first, last = read("from", _seconds, None), read("to", _seconds, None)
    if (first is None) != (last is None):
        found.append(not_a_value("from", who.said("from")[:40], "name both ends of the hours, or neither"))
    return Terms(
        days=read("days", _days, _TERMS.days),
        block=timedelta(minutes=read("block_min", whole, 60)),
        guard_handles=float(read("guard_handles", rate, rate(BEGINNING["guard_handles"]))),
        balanced=read("balanced", Balanced, Balanced.HOUR_OF_DAY),
        hours=None if first is None or last is None else (first, last),
        since=read("since", lambda text: _since(text, zone), None),
        level=float(read("level", rate, rate(BEGINNING["level"]))),
        least_gain=float(read("least_gain", rate, rate(BEGINNING["least_gain"]))),
        ends_early=who.said("early") == "yes",
    )


def _days(text: str) -> int:
    days = whole(text)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise ValueError(f"{FEWEST_DAYS} to {MOST_DAYS} days")
    return days


def _seconds(text: str) -> int | None:
    hour, colon, minute = text.partition(":")
    if not (
        colon and hour.isdigit() and minute.isdigit() and int(minute) < 60 and int(hour) * 60 + int(minute) <= 1440
    ):
        raise ValueError("a time of day, such as 09:00")
    return int(hour) * 3600 + int(minute) * 60


def _since(text: str, zone: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date and a time, such as 2026-06-15T09:00") from None
    try:
        return local.astimezone(UTC) if local.utcoffset() is not None else instant_of_local(local, zone)
    except OverflowError:
        raise ValueError("it is beyond every calendar") from None
