"""Changes of settings judged by the rulebook that the package brings; what is expected was read in compliance.md."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from paceline.campaign.blocks import Directive
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Circumstances, Measurement, Situation
from paceline.campaign.schedule.changes import SetSchedule
from paceline.compliance.call import Call, Purpose
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.findings import Severity
from tests.unit.campaign.dialing.rules import MODERATE
from tests.unit.campaign.schedule.schedules import weekly
from tests.unit.campaign.situations import C1, seen, situation

NOW = datetime(2026, 11, 21, 3, 38, tzinfo=UTC)
SALES = Call(purposes=frozenset({Purpose.SALES}))
WEEKDAYS = range(5)


def around(*regions: str, call: Call = SALES, **more: Any) -> Situation:
    facts = Circumstances(call=call, regions=frozenset(regions))
    return situation(more.pop("observed", seen()), now=NOW, rulebook=the_rulebook(), circumstances=facts, **more)


def refused(where: Situation, start_h: float, end_h: float, **more: Any) -> dict[str, str]:
    """Return the rules that refuse these hours, each with the laws that it names."""
    told = weekly(start_h, end_h, **more)
    change = SetSchedule(campaign=C1, zone=told.zone, directive=Directive.STRICT, windows=told.windows, max_calls=50)
    errors = change.guard(where).of_severity(Severity.ERROR)
    return {one.rule: str(one.limit or one.source) for one in errors}


@pytest.mark.parametrize(
    ("region", "start_h", "end_h", "zone_key"),
    [
        ("US-FL", 9, 20, "America/New_York"),
        ("US-NY", 8, 21, "America/New_York"),
        ("US-CT", 9, 20, "America/New_York"),
        ("US-KY", 11, 21, "America/New_York"),
        ("US-WA", 8, 20, "America/Los_Angeles"),
    ],
)
def test_hours_of_a_state_are_taken_to_the_minute(region: str, start_h: float, end_h: float, zone_key: str) -> None:
    where = around(region)
    assert refused(where, start_h, end_h, zone=zone_key) == {}
    for earlier, later in ((1 / 60, 0), (0, 1 / 60)):
        if start_h - earlier >= 8 and end_h + later <= 21:
            assert "schedule.calling-time" in refused(where, start_h - earlier, end_h + later, zone=zone_key)


def test_usual_hours_break_the_law_of_pennsylvania_since_october_2026() -> None:
    assert "US-PA" in refused(around("US-PA"), 8, 21)["schedule.calling-time"]
    assert set(refused(around("US-PA"), 9, 19, days=range(6))) == {"schedule.closed-day"}
    assert "schedule.calling-time" in refused(around("US-PA"), 9, 19)


def test_who_declares_nothing_may_dial_where_it_is_lawful_from_hawaii_to_rhode_island() -> None:
    anywhere = around(*the_rulebook().regions_of("US"), call=Call())
    assert "schedule.calling-time" not in refused(anywhere, 16, 18, days=WEEKDAYS)
    assert "schedule.calling-time" in refused(anywhere, 15.5, 18, days=WEEKDAYS)
    assert "schedule.calling-time" in refused(anywhere, 16, 18.5, days=WEEKDAYS)


@pytest.mark.parametrize(("region", "lawful"), [("US-FL", False), ("US-OK", False), ("US-NY", True), ("DE", True)])
def test_a_call_and_three_retries_in_five_hours_are_lawful_in_some_places_only(region: str, *, lawful: bool) -> None:
    known = (Measurement(answered=100, abandoned=0, start=NOW, end=NOW, period="30-day-blocks"),)
    change = SetDialingRules(campaign=C1, attempt_limit=4, retry_intervals_min=(15, 60, 240))
    found = change.guard(around(region, observed=seen(rules=MODERATE), measured=known))
    assert ("dialing.attempts" not in found.rules) is lawful


def test_threshold_is_held_to_three_in_a_hundred_in_the_united_states() -> None:
    change = SetDialingRules(campaign=C1, abandonment_threshold=Decimal("0.031"))
    found = change.guard(around("US-NY", observed=seen(rules=MODERATE)))
    (told,) = (one for one in found if one.rule == "dialing.abandonment-ceiling")
    assert told.limit == "3/100"
    assert "64.1200" in str(told.source)
