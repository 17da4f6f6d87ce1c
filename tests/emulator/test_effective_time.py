"""Every form that Java's `ZonedDateTime.toString()` gives an effective time, and what is none of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import CAMPAIGNS, OUTBOUND, PREFIXES, accepted, fault_status, faulty, same_instant, travel
from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds

FUTURE = [
    # seconds absent, present
    ("2026-06-15T14:30Z", "2026-06-15T14:30:00Z"),
    ("2026-06-15T14:30:05Z", "2026-06-15T14:30:05Z"),
    ("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"),
    ("2028-02-29T00:00Z", "2028-02-29T00:00:00Z"),
    # offsets
    ("2026-06-15T14:30-04:00", "2026-06-15T18:30:00Z"),
    ("2026-06-15T14:30:05-04:00", "2026-06-15T18:30:05Z"),
    ("2026-06-15T23:30+05:30", "2026-06-15T18:00:00Z"),
    ("2026-06-15T23:30:00.5+05:45", "2026-06-15T17:45:00.5Z"),
    ("2026-06-16T14:30+18:00", "2026-06-15T20:30:00Z"),
    ("2026-06-15T14:30-18:00", "2026-06-16T08:30:00Z"),
    ("2026-06-15T14:30+01:02:03", "2026-06-15T13:27:57Z"),
    ("2026-06-15T14:30:15.25-00:00:01", "2026-06-15T14:30:16.25Z"),
    ("2026-06-15T14:30+00:00", "2026-06-15T14:30:00Z"),
    # bracketed zones
    ("2026-06-15T14:30-04:00[America/New_York]", "2026-06-15T18:30:00Z"),
    ("2026-06-15T14:30:05.123456789-04:00[America/New_York]", "2026-06-15T18:30:05.123456789Z"),
    ("2026-12-15T14:30-05:00[America/New_York]", "2026-12-15T19:30:00Z"),
    ("2026-06-15T19:30+01:00[Europe/London]", "2026-06-15T18:30:00Z"),
    ("2026-12-15T14:30Z[Europe/London]", "2026-12-15T14:30:00Z"),
    ("2026-06-15T23:30+05:30[Asia/Kolkata]", "2026-06-15T18:00:00Z"),
    ("2026-06-15T23:30+05:30[Asia/Calcutta]", "2026-06-15T18:00:00Z"),
    ("2026-06-15T14:30-04:00[US/Eastern]", "2026-06-15T18:30:00Z"),
    ("2026-06-15T14:30-04:00[America/Indiana/Indianapolis]", "2026-06-15T18:30:00Z"),
    ("2026-06-16T04:30+14:00[Pacific/Kiritimati]", "2026-06-15T14:30:00Z"),
    ("2026-06-15T14:30-05:00[Etc/GMT+5]", "2026-06-15T19:30:00Z"),
    ("2026-06-15T14:30Z[UTC]", "2026-06-15T14:30:00Z"),
    ("2026-06-15T14:30:00.000000001Z[UTC]", "2026-06-15T14:30:00.000000001Z"),
    ("2026-06-15T14:30Z[GMT]", "2026-06-15T14:30:00Z"),
    ("2026-06-15T14:30Z[UT]", "2026-06-15T14:30:00Z"),
    ("2026-06-15T14:30Z[Etc/UTC]", "2026-06-15T14:30:00Z"),
    # zones that are an offset with a prefix, as ZoneId.of("UTC+01:00") prints them
    ("2026-06-15T15:30+01:00[UTC+01:00]", "2026-06-15T14:30:00Z"),
    ("2026-06-15T15:30+01:00[GMT+01:00]", "2026-06-15T14:30:00Z"),
    ("2026-06-15T09:00-05:30[UT-05:30]", "2026-06-15T14:30:00Z"),
]

OVERLAP = [
    ("2026-11-01T01:30-04:00[America/New_York]", "2026-11-01T05:30:00Z"),
    ("2026-11-01T01:30-05:00[America/New_York]", "2026-11-01T06:30:00Z"),
    ("2026-11-01T01:00-04:00[America/New_York]", "2026-11-01T05:00:00Z"),
    ("2026-11-01T01:59:59.999999999-05:00[America/New_York]", "2026-11-01T06:59:59.999999999Z"),
    ("2026-10-25T01:30+01:00[Europe/London]", "2026-10-25T00:30:00Z"),
    ("2026-10-25T01:30Z[Europe/London]", "2026-10-25T01:30:00Z"),
    ("2027-04-04T01:45+11:00[Australia/Lord_Howe]", "2027-04-03T14:45:00Z"),
    ("2027-04-04T01:45+10:30[Australia/Lord_Howe]", "2027-04-03T15:15:00Z"),
]

DISAGREEING = [
    "2026-06-15T14:30-05:00[America/New_York]",
    "2026-12-15T14:30-04:00[America/New_York]",
    "2026-06-15T14:30Z[America/New_York]",
    "2026-06-15T14:30Z[Europe/London]",
    "2026-06-15T14:30+01:00[UTC]",
    "2026-06-15T14:30+01:00[GMT]",
    "2026-06-15T14:30+05:30:01[Asia/Kolkata]",
    "2026-11-01T00:59:59.999999999-05:00[America/New_York]",
    "2026-11-01T02:00-04:00[America/New_York]",
    "2026-11-01T01:30-06:00[America/New_York]",
    "2026-06-15T14:30+02:00[UTC+01:00]",
    # a local time that the zone's clocks skip has no offset at all
    "2027-03-14T02:30-05:00[America/New_York]",
    "2027-03-14T02:30-04:00[America/New_York]",
    # also when it would have acted at once
    "2024-06-15T14:30-05:00[America/New_York]",
]

WITHOUT_OFFSET = [
    "2026-06-15T14:30",
    "2026-06-15T14:30:00",
    "2026-06-15T14:30:00.123",
    "2026-06-15T14:30[America/New_York]",
    "2026-06-15T14:30:00[UTC]",
]

UNKNOWN_ZONE = [
    "2026-06-15T14:30Z[Mars/Phobos]",
    "2026-06-15T14:30-04:00[America/Newyork]",
    "2026-06-15T14:30-04:00[america/new_york]",
    "2026-06-15T14:30Z[]",
    "2026-06-15T14:30Z[ UTC]",
    "2026-06-15T14:30Z[../../etc/passwd]",
    "2026-06-15T14:30Z[/etc/localtime]",
    "2026-06-15T14:30-04:00[America/New_York\x00]",
    "2026-06-15T14:30-04:00[America]",
    "2026-06-15T14:30-04:00[tzdata.zi]",
    "2026-06-15T14:30-04:00[zone.tab]",
    "2026-06-15T14:30Z[" + "A" * 5000 + "]",
]

GARBAGE: list[Any] = [
    *("", " ", "now", "tomorrow", "2026", "2026-06-15", "14:30Z", "T14:30Z", "2026-06-15TZ"),
    *(
        "2026-06-15 14:30Z",
        "2026-06-15T14Z",
        "2026-06-15T1430Z",
        "20260615T1430Z",
        "2026-W25-1T14:30Z",
        "2026-166T14:30Z",
    ),
    *(" 2026-06-15T14:30Z", "2026-06-15T14:30Z ", "2026-06-15T14:30Z\n", "2026-06-15T14:30 Z", "2026-06-15T14:30ZZ"),
    *("2026-02-29T14:30Z", "2026-06-31T14:30Z", "2026-13-01T14:30Z", "2026-00-10T14:30Z", "2026-06-00T14:30Z"),
    *("2026-06-15T24:00Z", "2026-06-15T25:00Z", "2026-06-15T14:60Z", "2026-06-15T14:30:60Z", "2026-06-15T14:30:61Z"),
    *("2026-6-15T14:30Z", "2026-06-15T4:30Z", "26-06-15T14:30Z", "2026-06-15T14:30:5Z"),
    *("2026-06-15T14:30:00.Z", "2026-06-15T14:30:00,5Z", "2026-06-15T14:30.5Z", "2026-06-15T14:30:00.1234567890Z"),
    *(
        "2026-06-15T14:30+5:30",
        "2026-06-15T14:30+0530",
        "2026-06-15T14:30+05",
        "2026-06-15T14:30+",
        "2026-06-15T14:30+19:00",
    ),
    *("2026-06-15T14:30+18:01", "2026-06-15T14:30-18:00:01", "2026-06-15T14:30+05:60", "2026-06-15T14:30+05:30:60"),
    *("2026-06-15T14:30Z+00:00", "2026-06-15T14:30EST", "2026-06-15T14:30\u221204:00", "2026-06-15T14:30-04:00:00.5"),
    *("2026-06-15T14:30Z[UTC", "2026-06-15T14:30ZUTC]", "2026-06-15T14:30Z[UTC]]", "2026-06-15T14:30Z[[UTC]]"),
    *("[UTC]2026-06-15T14:30Z", "2026-06-15T14:30Z[UTC][UTC]", "2026-06-15T14:30Z[UTC] ", "2026-06-15T14:30[UTC]Z"),
    *("\u0662\u0660\u0662\u0666-06-15T14:30Z", "2026-06-15T\uff11\uff14:30Z", "2026-06-15T14:30:00.\u0661Z"),
    *(1781533800, 1781533800.5, True, None, [], {}, ["2026-06-15T14:30Z"]),
]


@holds("4.42", "4.44", "4.45", "4.51", "4.52")
@pytest.mark.parametrize(("text", "instant"), FUTURE)
def test_form_of_java_is_understood(platform: Caller, text: str, instant: str) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text))
    assert seen["status"] == "ACTIVE"
    assert same_instant(seen["transitionTime"], instant)
    assert same_instant(seen["pendingTransition"]["effectiveTime"], instant)


@holds("4.43")
@pytest.mark.parametrize("digits", range(1, 10))
def test_fraction_of_any_length_up_to_nine_is_kept(platform: Caller, digits: int) -> None:
    text = f"2026-06-15T14:30:59.{'123456789'[:digits]}Z"
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text))
    assert same_instant(seen["transitionTime"], text)
    assert same_instant(platform.campaign("CMP-ACTIVE")["pendingTransition"]["effectiveTime"], text)


@holds("4.46")
@pytest.mark.parametrize(("text", "instant"), OVERLAP)
def test_offset_tells_the_two_hours_of_an_overlap_apart(platform: Caller, text: str, instant: str) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text))
    assert same_instant(seen["transitionTime"], instant)


@holds("4.53", "4.46")
def test_transition_in_the_second_hour_of_an_overlap_waits_for_it(platform: Caller) -> None:
    travel(platform, "2026-11-01T04:00:00Z")
    platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-11-01T01:30-05:00[America/New_York]")
    travel(platform, "2026-11-01T05:30:00Z")
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"
    travel(platform, "2026-11-01T06:30:00Z")
    assert platform.campaign("CMP-ACTIVE")["status"] == "PAUSED"


@holds("4.42", "4.44", "4.45", "4.50")
@pytest.mark.parametrize(
    "text",
    [
        "2024-06-15T14:30Z",
        "2024-06-15T14:30-04:00[America/New_York]",
        "2024-11-03T01:30-05:00[America/New_York]",
        "2024-06-15T14:30Z[UTC]",
        "2026-06-15T11:59:59.999999999Z",
        "2026-06-15T13:59:59.999999999+02:00[Europe/Berlin]",
        "1880-01-01T00:00-04:56:02[America/New_York]",
        "1900-01-01T12:00-00:25:21[Europe/Dublin]",
        "0999-01-01T00:00Z",
        "0001-01-01T00:00+18:00",
    ],
)
def test_effective_time_in_the_past_acts_at_once(platform: Caller, text: str) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text))
    assert (seen["status"], seen["pendingTransition"]) == ("PAUSED", None)
    assert same_instant(seen["transitionTime"], START)


@holds("4.50")
@pytest.mark.parametrize("text", ["2026-06-15T12:00Z", "2026-06-15T12:00:00.000000000Z", "2026-06-15T08:00-04:00"])
def test_effective_time_of_this_very_instant_acts_at_once(platform: Caller, text: str) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text))
    assert (seen["status"], seen["pendingTransition"]) == ("PAUSED", None)


@holds("4.51")
def test_effective_time_a_nanosecond_ahead_is_the_future(platform: Caller) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-06-15T12:00:00.000000001Z"))
    assert seen["status"] == "ACTIVE"
    assert seen["pendingTransition"]["status"] == "PAUSED"


@holds("4.48")
@pytest.mark.parametrize("text", DISAGREEING)
def test_offset_and_zone_that_disagree_are_a_fault(platform: Caller, text: str) -> None:
    assert faulty(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text)) == {"effectiveTime"}
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("4.47")
@pytest.mark.parametrize("text", WITHOUT_OFFSET)
def test_effective_time_without_an_offset_is_a_fault(platform: Caller, text: str) -> None:
    assert faulty(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text)) == {"effectiveTime"}
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("4.49")
@pytest.mark.parametrize("text", UNKNOWN_ZONE)
def test_zone_that_nobody_knows_is_a_fault(platform: Caller, text: str) -> None:
    assert faulty(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=text)) == {"effectiveTime"}


@holds("4.49")
@pytest.mark.parametrize("value", GARBAGE)
def test_what_java_never_prints_is_a_fault(platform: Caller, value: Any) -> None:
    assert faulty(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=value)) == {"effectiveTime"}
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("4.47", "4.48", "4.49")
@pytest.mark.parametrize("text", ["2026-06-15T14:30", DISAGREEING[0], UNKNOWN_ZONE[0], "soon"])
def test_fault_of_an_effective_time_is_422_on_the_other_prefix(platform: Caller, text: str) -> None:
    body = {"status": "PAUSED", "effectiveTime": text}
    assert faulty(platform.patch(f"{CAMPAIGNS}/CMP-ACTIVE", body), 422) == {"effectiveTime"}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59.999999999-18:00", "+10000-01-01T00:00Z", "-0001-01-01T00:00Z", "0000-01-01T00:00Z"]
)
def test_year_at_the_end_of_the_calendar_breaks_nothing(platform: Caller, prefix: str, text: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"status": "PAUSED", "effectiveTime": text})
    assert answer.status_code in (200, fault_status(prefix)), answer.text
    assert platform.get(f"{OUTBOUND}/CMP-ACTIVE").status_code == 200


@holds("4.53")
def test_far_future_is_stored_and_waits(platform: Caller) -> None:
    accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="9999-12-31T23:59:59.999999999Z"))
    travel(platform, "2100-01-01T00:00:00Z")
    assert platform.campaign("CMP-ACTIVE")["pendingTransition"]["status"] == "PAUSED"
