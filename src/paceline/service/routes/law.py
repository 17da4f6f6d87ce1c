"""The law that decisions are made by: its rules, one call at one instant, and one local window as instants."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Purpose
from paceline.compliance.calling_time import window_on
from paceline.compliance.decision import decide
from paceline.compliance.rule import Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.told import rules_document, whole_document
from paceline.compliance.zonedata import demand
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.intervals import instant_at
from paceline.primitives.zones import resembling, schedulable, zone_data_version
from paceline.service.bodies import Body, Instant
from paceline.service.identity import Reader
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.shapes import READ, READ_ONE, Document, Shape

router = APIRouter(prefix="/v1", tags=["law"])
"""The routes of the law; nothing is recorded, and a phone number is in no answer."""
YEARS = range(1970, 2200)
"""Years whose clocks are known well enough."""
On = Annotated[date | None, Query(description="Local date, such as 2026-10-18.")]


class CallBody(Body):
    """A call, before it is placed; what is not said is taken as everything that it might be, but for the mode."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"number": "+18505550123", "at": "2026-11-20T15:00:00Z", "purposes": ["sales"]}]
        },
    )
    number: str = Field(max_length=40, description="In international form.")
    at: Instant | None = Field(default=None, description="Now when not said.")
    address_zone: str | None = Field(default=None, max_length=64)
    region: str | None = Field(default=None, max_length=8, description="ISO 3166-2, such as US-FL.")
    purposes: list[Purpose] = Field(default_factory=list, max_length=10)
    lines: list[Line] = Field(default_factory=list, max_length=10)
    modes: list[Mode] = Field(default_factory=list, max_length=10, description="Live when not said.")

    def call(self) -> Call:
        """Return the kind of calls that is meant."""
        return Call(
            purposes=frozenset(self.purposes) or EVERY_PURPOSE,
            lines=frozenset(self.lines) or EVERY_LINE,
            modes=frozenset(self.modes) or frozenset({Mode.LIVE}),
        )


class IntervalsBody(Body):
    """A local window of one date; one that ends before it begins ends on the next date."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"zone": "America/New_York", "date": "2026-03-08", "start": "08:00", "end": "21:00"}]
        },
    )
    zone: str = Field(max_length=64, description="A key of the zone data.")
    date: date
    start: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM")
    end: str = Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", description="HH:MM; 24:00 is the day's end.")


class RulesShape(Shape):
    """The rules that were asked for, and those of them that nobody checks here."""

    edition: str
    rules: list[Document]
    not_checked: list[str]


class DecisionShape(Shape):
    """Whether a person may be called at an instant, when next, and which rules say so."""

    callable: bool
    next: str | None
    zones: list[str]
    rules: list[Document]


class IntervalsShape(Shape):
    """Pairs of instants, the second not included."""

    intervals: list[list[str]]
    zone_data: str


@router.get("/law", responses=READ, response_model=RulesShape)
def list_law(
    parts: Here,
    _: Reader,
    region: Annotated[str | None, Query(max_length=8, description="And its country: ISO 3166-2.")] = None,
    kind: Annotated[str | None, Query(max_length=20)] = None,
    on: On = None,
) -> Response:
    """List the rules of law: what each says, which calls it binds, since when, and whether it is checked here."""
    rulebook, day = parts.system.law.rulebook, _day(parts, on)
    rules = _of_region(rulebook, region)
    rules = [rule for rule in rules if kind is None or kind_of(rule.terms) == kind]
    rules = [rule for rule in rules if on is None or rule.in_force(day)]
    return JSONResponse(rules_document(rules, rulebook, on=day))


@router.get("/law/{rule}", responses=READ_ONE)
def read_rule(
    rule: Annotated[str, Path(max_length=100, examples=["US-FL-hours"])], parts: Here, _: Reader, on: On = None
) -> Response:
    """Return one rule: what it says, which calls it binds, since when, where that was read, and how sure that is."""
    rulebook, day = parts.system.law.rulebook, _day(parts, on)
    found = rulebook.of(rule)
    if found is None:
        near = get_close_matches(rule, [one.id for one in rulebook.rules])
        hint = f"is it {' or '.join(near)}?" if near else "GET /v1/law names all of them"
        raise ProblemError(404, "there is no such rule", code="no-rule", hint=hint)
    return JSONResponse(whole_document(found, rulebook, on=day))


@router.post("/law:check-call", responses=READ, response_model=DecisionShape)
def check_call(parts: Here, _: Reader, body: CallBody) -> Response:
    """Say whether a person may be called at an instant, and which rule says so; the answer does not hold the number."""
    at = body.at or parts.system.access.now()
    decision = decide(
        parts.system.law.rulebook,
        number=body.number,
        at=at,
        call=body.call(),
        address_zone=body.address_zone,
        region=None if body.region is None else body.region.upper(),
    )
    return JSONResponse(decision.document())


@router.post("/schedule:intervals", responses=READ, response_model=IntervalsShape)
def window_intervals(_: Reader, body: IntervalsBody) -> Response:
    """Return the instants at which a zone's wall clock shows a time within the window of one local date.

    An hour that does not exist is in no interval; one that comes twice is in there twice.
    """
    demand()
    if not schedulable(body.zone):
        near = resembling(body.zone)
        hint = f"perhaps {' or '.join(near)}" if near else "names are Area/Location, such as America/Chicago, or UTC"
        raise ProblemError(422, "this is no zone that a schedule may name", code="unknown-zone", hint=hint)
    if body.date.year not in YEARS:
        raise ProblemError(422, f"the clocks of {body.date.year} are not known", code="date")
    found = window_on(body.zone, body.date, _minutes(body.start), _minutes(body.end))
    pairs: list[Json] = [[_written(start), _written(end)] for start, end in found.spans]
    return JSONResponse({"intervals": pairs, "zone_data": zone_data_version()})


def _day(parts: Parts, on: date | None) -> date:
    return parts.system.access.now().date() if on is None else on


def _of_region(rulebook: Rulebook, region: str | None) -> list[Rule]:
    if region is not None:
        must_know(rulebook, region)
    return rulebook.within(region)


def must_know(rulebook: Rulebook, region: str) -> None:
    """Hold a region against those of which somebody knows the law.

    Raises:
        ProblemError: nobody does (422).
    """
    if region not in rulebook.regions:
        near = get_close_matches(region, sorted(rulebook.regions)) or ["US-FL", "CA-ON", "GB"]
        raise ProblemError(
            422, "no law of this region is known, so no call there is lawful", code="no-law",
            hint=f"known are such as {', '.join(near)}",
        )  # fmt: skip


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _written(seconds: int) -> str:
    return utc_text(instant_at(seconds))
