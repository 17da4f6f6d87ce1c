"""The form of what the platform does not know of a campaign: what was declared as text, and what was typed as facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from paceline.control.facts.declared import CampaignFacts
from paceline.control.facts.known_facts import (
    CLOSED_DAYS,
    LABEL,
    MAX_CALLS,
    RETRY_MAX_MINUTES,
    RETRY_MIN_MINUTES,
    FactError,
    Scope,
    judged,
)
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Finding, Findings
from paceline.service.dashboard.typed import not_a_value
from paceline.service.dashboard.visitors import Visitor

FIELDS = ("purpose", "regions", "seller", "anchor", CLOSED_DAYS, RETRY_MIN_MINUTES, RETRY_MAX_MINUTES, MAX_CALLS)
"""The facts that have a field of their own; a contact list is a path on a machine, and no matter for a page."""
LABELS = "labels"
"""The field of labels, NAME=VALUE a line."""
WAS = "was."
"""What stands before the name of a field that says what was shown."""
_NOWHERE = Path("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedFacts:
    """What a form says.

    Attributes:
        facts: those that differ from what was shown; None withdraws.
        before: what was shown of them.
        overtaken: those that somebody else declared since, with what they are now.
        findings: what cannot be declared.
    """

    facts: Mapping[str, Json] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    overtaken: Mapping[str, str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)


def values(facts: CampaignFacts) -> dict[str, str]:
    """Return what stands in the form: what counts now, as text; empty where nobody declared it."""
    said = {name: _text(facts.said[name].value) if name in facts.said else "" for name in FIELDS}
    return {**said, LABELS: "\n".join(f"{name}={value}" for name, value in sorted(facts.labels.items()))}


def typed(who: Visitor, now: CampaignFacts) -> TypedFacts:
    """Return what was typed, as the facts that differ from what the page showed."""
    live, found = values(now), list[Finding]()
    shown = {name: who.said(f"{WAS}{name}").replace("\r\n", "\n") for name in (*FIELDS, LABELS)}
    wanted = {name: who.said(name).replace("\r\n", "\n") for name in (*FIELDS, LABELS)}
    changed = [name for name in (*FIELDS, LABELS) if wanted[name] != shown[name]]
    facts: dict[str, Json] = {}
    for name in changed:
        raw = _labels(wanted[name], shown[name], found) if name == LABELS else {name: wanted[name] or None}
        for one, value in raw.items():
            try:
                facts |= judged({one: value}, scope=Scope.CAMPAIGN, folder=_NOWHERE)
            except FactError as wrong:
                hint = f"; {wrong.hint}" if wrong.hint else ""
                found.append(not_a_value(one, str(value or ""), f"{wrong.message}{hint}"))
    return TypedFacts(
        facts=facts,
        before={name: shown[name] for name in changed},
        overtaken={name: live[name] for name in changed if live[name] != shown[name]},
        findings=Findings(*found),
    )


def _labels(wanted: str, shown: str, found: list[Finding]) -> dict[str, str | None]:
    """Return the labels that differ, each as a fact; one that is left out is withdrawn."""
    new, old = _pairs(wanted, found), _pairs(shown, [])
    gone: dict[str, str | None] = {f"{LABEL}{name}": None for name in old if name not in new}
    return gone | {f"{LABEL}{name}": value for name, value in new.items() if old.get(name) != value}


def _pairs(text: str, found: list[Finding]) -> dict[str, str]:
    pairs = {}
    for line in text.splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if line.strip() and not (name and equals and value):
            found.append(not_a_value(LABELS, line, "a label is NAME=VALUE, one a line"))
        elif line.strip():
            pairs[name] = value
    return pairs


def _text(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
