"""A file of rules as TOML says it: rules, calendars of closed days, and regions with their zones.

Rules:
* A field that nobody knows, and a field that is missing, is an error: a rule that is half read opens what it closes.
* What a rule does not say of purposes, modes and lines, it binds all of.
* A rule of low confidence never ends by a date, for only what somebody has read may open again what was closed.
* `[[rule]]` is a rule, `[calendars.NAME]` has `first`, `last` and `days`, `[regions]` the zones of each region, and
  `outlying` the regions that a campaign has to name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from paceline.compliance.call import Line, Mode, Purpose
from paceline.compliance.fields import Fields, RuleFileError
from paceline.compliance.rule import Confidence, Rule
from paceline.compliance.rule_terms import terms_of
from paceline.compliance.rulebook import Calendar
from paceline.primitives.zones import zone_keys

_ID = re.compile(r"[A-Z]+(-[A-Za-z0-9]+)+", re.ASCII)
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
_NAME = re.compile(r"[a-z]{2}(-[a-z]+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """What one file says; `zones` and `outlying` as in a rulebook."""

    name: str
    rules: tuple[Rule, ...]
    calendars: Mapping[str, Calendar]
    zones: Mapping[str, frozenset[str]]
    outlying: frozenset[str]


def read_rules(name: str, content: bytes) -> RuleFile:
    """Return what a file says.

    Raises:
        RuleFileError: naming the file, the rule and the field.
    """
    try:
        values = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise RuleFileError(f"it is no TOML: {wrong}", file=name) from wrong
    fields = Fields(values, file=name)
    found = RuleFile(
        name=name,
        rules=_rules(fields.tables("rule"), name),
        calendars=_calendars(fields.table("calendars"), name) if fields.has("calendars") else {},
        zones=_regions(Fields(fields.table("regions"), file=name, name="regions")) if fields.has("regions") else {},
        outlying=frozenset(fields.texts("outlying")),
    )
    fields.done()
    return found


def _rules(tables: Iterable[Mapping[str, object]], file: str) -> tuple[Rule, ...]:
    found = []
    for number, values in enumerate(tables, start=1):
        named = values.get("id")
        found.append(_rule(Fields(values, file=file, name=named if isinstance(named, str) else f"rule {number}")))
    return tuple(found)


def _rule(fields: Fields) -> Rule:
    named, jurisdiction = fields.text("id"), fields.text("jurisdiction")
    if not _ID.fullmatch(named):
        raise fields.wrong("an id is such as US-FL-hours", "id")
    if not _REGION.fullmatch(jurisdiction):
        raise fields.wrong(f"{jurisdiction!r} is no code such as US or US-FL", "jurisdiction")
    rule = Rule(
        id=named,
        jurisdiction=jurisdiction,
        citation=fields.text("citation"),
        summary=fields.text("summary"),
        terms=terms_of(fields),
        purposes=fields.words("purposes", Purpose),
        modes=fields.words("modes", Mode),
        lines=fields.words("lines", Line),
        confidence=fields.word("confidence", Confidence),
        source=fields.text("source"),
        verified_on=fields.day("verified_on"),
        effective_from=fields.day_or_none("effective_from"),
        effective_to=fields.day_or_none("effective_to"),
        exemptions=fields.texts("exemptions"),
    )
    fields.done()
    if rule.effective_to is not None:
        if rule.confidence is Confidence.LOW:
            raise fields.wrong(
                "a rule of low confidence must not end: it may only make a decision stricter", "effective_to"
            )
        if rule.effective_from is not None and rule.effective_to <= rule.effective_from:
            raise fields.wrong("it has to be after effective_from", "effective_to")
    return rule


def _calendars(tables: Mapping[str, object], file: str) -> dict[str, Calendar]:
    found = {}
    for name, values in tables.items():
        place = Fields(values if isinstance(values, dict) else {}, file=file, name=f"calendars.{name}")
        if not _NAME.fullmatch(name):
            raise place.wrong("a calendar is named such as us-pa")
        first, last = place.day("first"), place.day("last")
        if last < first:
            raise place.wrong("it has to be on or after `first`", "last")
        days: dict[date, str] = {}
        for text, why in place.table("days").items():
            on = _date(text)
            if on is None or not first <= on <= last or not (isinstance(why, str) and why.strip()):
                raise place.wrong(f"{text} has to be a date from {first} to {last}, with the name of the day", "days")
            days[on] = why
        place.done()
        found[name] = Calendar(name=name, first=first, last=last, days=days)
    return found


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None


def _regions(fields: Fields) -> dict[str, frozenset[str]]:
    found = {}
    for region in fields.names():
        if not _REGION.fullmatch(region):
            raise fields.wrong(f"{region!r} is no code such as US-FL or GB", region)
        zones = fields.texts(region)
        for key in zones:
            if key not in zone_keys():
                raise fields.wrong(f"the zone data knows no zone {key!r}", region)
        found[region] = frozenset(zones)
    return found
