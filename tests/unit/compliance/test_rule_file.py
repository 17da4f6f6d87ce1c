"""Files of rules are read strictly: whatever is off is an error that names the file, the rule and the field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Mode, Purpose
from paceline.compliance.fields import RuleFileError
from paceline.compliance.rule import (
    AttemptCap,
    Banned,
    Blackout,
    ClosedDays,
    Confidence,
    Counted,
    Duty,
    Hours,
    Obligation,
    Opening,
    RingTime,
    Rule,
)
from paceline.compliance.rule_file import read_rules
from paceline.compliance.rule_terms import kind_of
from paceline.primitives.intervals import seconds_of

HOURS = """
[[rule]]
id = "XX-hours"
jurisdiction = "XX"
kind = "hours"
citation = "Act 1"
summary = "From 8 to 20."
open = { "mon-fri" = ["08:00-12:00", "13:00-24:00"], "sun" = ["10:00-11:30"] }
confidence = "high"
source = "P"
verified_on = 2026-11-20
"""


def rule_of(text: str) -> Rule:
    (rule,) = read_rules("xx.toml", text.encode()).rules
    return rule


def with_kind(kind: str, terms: str) -> str:
    kept = [line for line in HOURS.splitlines() if not line.startswith(("kind", "open"))]
    return "\n".join([*kept, f'kind = "{kind}"', *terms.splitlines()])


def without(field: str) -> str:
    return "\n".join(line for line in HOURS.splitlines() if not line.startswith(f"{field} ="))


def test_hours_are_read_as_openings_of_weekdays() -> None:
    rule = rule_of(HOURS)
    assert isinstance(rule.terms, Hours)
    workdays = [Opening(weekday=day, start=s, end=e) for day in range(5) for s, e in ((480, 720), (780, 1440))]
    assert rule.terms == Hours(openings=(*workdays, Opening(weekday=6, start=600, end=690)))
    assert (rule.confidence, rule.verified_on) == (Confidence.HIGH, date(2026, 11, 20))


def test_what_a_rule_does_not_say_it_binds_all_of() -> None:
    rule = rule_of(HOURS)
    assert (rule.purposes, rule.modes, rule.lines) == (EVERY_PURPOSE, frozenset(Mode), EVERY_LINE)
    assert rule_of(f'{HOURS}purposes = ["sales"]').purposes == frozenset({Purpose.SALES})


@pytest.mark.parametrize(
    ("kind", "terms", "read"),
    [
        ("closed-days", 'calendar = "xx"', ClosedDays(calendar="xx")),
        (
            "attempts",
            'most = 3\nperiod = "24h"\ncounted = "rolling"\neach = "subject"',
            AttemptCap(most=3, period=timedelta(hours=24), counted=Counted.ROLLING, per="subject"),
        ),
        ("ring", "least_s = 15", RingTime(least_s=15)),
        ("ban", "", Banned()),
        ("duty", 'duty = "consent"\nyears = 5', Obligation(duty=Duty.CONSENT, years=5)),
        (
            "blackout",
            "from = 2026-09-01T06:00:00-05:00",
            Blackout(start_s=seconds_of(datetime(2026, 9, 1, 11, tzinfo=UTC)), end_s=None),
        ),
    ],
)
def test_each_kind_is_read_as_its_terms(kind: str, terms: str, read: object) -> None:
    rule = rule_of(with_kind(kind, terms))
    assert rule.terms == read
    assert kind_of(rule.terms) == kind


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (f"{HOURS}colour = 3", "colour"),
        (without("citation"), "citation"),
        (without("source"), "source"),
        (without("verified_on"), "verified_on"),
        (without("confidence"), "confidence"),
        (HOURS.replace('"XX"', '"Florida"'), "jurisdiction"),
        (HOURS.replace('"hours"', '"opening"'), "kind"),
        (HOURS.replace("Act 1", " "), "citation"),
        (HOURS.replace("2026-11-20", '"2026-11-20"'), "verified_on"),
        (HOURS.replace("2026-11-20", "2026-11-20T00:00:00Z"), "verified_on"),
        (HOURS.replace("08:00-12:00", "8:00-12:00"), "open"),
        (HOURS.replace("08:00-12:00", "12:00-08:00"), "open"),
        (HOURS.replace("08:00-12:00", "08:00-08:00"), "open"),
        (HOURS.replace("13:00-24:00", "13:00-24:01"), "open"),
        (HOURS.replace("13:00-24:00", "13:00-25:00"), "open"),
        (HOURS.replace("13:00-24:00", "11:59-24:00"), "open"),
        (HOURS.replace("mon-fri", "fri-mon"), "open"),
        (HOURS.replace("mon-fri", "weekdays"), "open"),
        (HOURS.replace('"sun"', '"tue"').replace("10:00-11:30", "09:00-10:00"), "open"),
        (HOURS.replace('["10:00-11:30"]', "[]"), "open"),
        (with_kind("hours", "open = {}"), "open"),
        (f'{HOURS}also_in = ["CST"]', "also_in"),
        (f'{HOURS}received = "yes"', "received"),
        (f'{HOURS}purposes = ["renewal"]', "purposes"),
        (f"{HOURS}purposes = []", "purposes"),
        (f'{HOURS}purposes = ["sales", "sales"]', "purposes"),
        (f"{HOURS}effective_from = 2026-01-01\neffective_to = 2026-01-01", "effective_to"),
        (HOURS.replace('"high"', '"low"') + "effective_to = 2027-01-01", "effective_to"),
        (with_kind("attempts", 'most = 0\nperiod = "24h"\ncounted = "rolling"\neach = "debt"'), "most"),
        (with_kind("attempts", 'most = true\nperiod = "24h"\ncounted = "rolling"\neach = "debt"'), "most"),
        (with_kind("attempts", 'most = 3\nperiod = "24 h"\ncounted = "rolling"\neach = "debt"'), "period"),
        (with_kind("attempts", 'most = 3\nperiod = "36h"\ncounted = "legal-days"\neach = "debt"'), "period"),
        (with_kind("attempts", 'most = 3\nperiod = "24h"\ncounted = "daily"\neach = "debt"'), "counted"),
        (with_kind("attempts", 'most = 3\nperiod = "24h"\ncounted = "rolling"\neach = "household"'), "each"),
        (with_kind("gap", 'event = "busy"\ngap = "24h"\ncounted = "rolling"'), "event"),
        (
            with_kind(
                "abandonment",
                'most = 3\nper = 3\nwithin_s = 2\ndenominator = "answered-live"\nperiod = "24-hours"',
            ),
            "most",
        ),
        (with_kind("ring", "least_s = 0"), "least_s"),
        (with_kind("blackout", "from = 2026-09-01T06:00:00"), "from"),
        (with_kind("blackout", "from = 2026-09-01T06:00:00Z\nuntil = 2026-09-01T06:00:00Z"), "until"),
        (with_kind("duty", 'duty = "politeness"'), "duty"),
        (with_kind("ban", 'calendar = "xx"'), "calendar"),
    ],
)
def test_whatever_is_off_is_an_error_with_its_place(text: str, field: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_rules("xx.toml", text.encode())
    assert (caught.value.file, caught.value.rule, caught.value.field) == ("xx.toml", "XX-hours", field)
    assert f"xx.toml: XX-hours: {field}: " in caught.value.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rule = [", ("xx.toml", None, None)),
        ("[rule]", ("xx.toml", None, "rule")),
        ("[[rules]]", ("xx.toml", None, "rules")),
        ("[[rule]]", ("xx.toml", "rule 1", "id")),
        ('[[rule]]\nid = "hours"\njurisdiction = "XX"', ("xx.toml", "hours", "id")),
        ('[regions]\nXX = ["Mars/Olympus"]', ("xx.toml", "regions", "XX")),
        ("[regions]\nXX = []", ("xx.toml", "regions", "XX")),
        ('[regions]\nMars = ["Etc/GMT+6"]', ("xx.toml", "regions", "Mars")),
        ("[calendars.xx]\nlast = 2026-01-01\ndays = {}", ("xx.toml", "calendars.xx", "first")),
        ("[calendars.xx]\nfirst = 2026-01-02\nlast = 2026-01-01\ndays = {}", ("xx.toml", "calendars.xx", "last")),
        (
            '[calendars.xx]\nfirst = 2026-01-01\nlast = 2026-12-31\n[calendars.xx.days]\n2027-01-01 = "New Year"',
            ("xx.toml", "calendars.xx", "days"),
        ),
        (
            '[calendars.xx]\nfirst = 2026-01-01\nlast = 2026-12-31\n[calendars.xx.days]\n2026-02-30 = "Never"',
            ("xx.toml", "calendars.xx", "days"),
        ),
        (
            "[calendars.xx]\nfirst = 2026-01-01\nlast = 2026-12-31\ndays = {}\ncolour = 1",
            ("xx.toml", "calendars.xx", "colour"),
        ),
    ],
)
def test_tables_that_are_off_are_errors_with_their_place(text: str, place: tuple[str, str | None, str | None]) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_rules("xx.toml", text.encode())
    assert (caught.value.file, caught.value.rule, caught.value.field) == place


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(RuleFileError, match="no TOML"):
        read_rules("xx.toml", b"\xff\xfe")
