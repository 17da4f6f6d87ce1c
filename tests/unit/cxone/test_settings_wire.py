"""Blocks of settings on the wire: read with what nobody here knows, and written back without losing it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import DialingMode, Directive, Window
from paceline.campaign.change import IncompleteChangeError
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import UnexpectedAnswerError
from paceline.campaign.schedule.changes import SetSchedule
from paceline.cxone.exchange import Answer
from paceline.cxone.outbound_v2.reading import campaign_read, schedule_read
from paceline.cxone.outbound_v2.writing import Prefix, part_of, prepared, rules_block, schedule_block, sent_version
from paceline.primitives.ids import CampaignId, Version

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
C1 = CampaignId("C1")
SHOWN: dict[str, Any] = {"id": "C1", "status": "ACTIVE", "isLocked": False, "revision": 4}
RULES: dict[str, Any] = {
    "dialingMethod": "POWER",
    "retrySettings": {"maxAttempts": 3, "intervalMinutes": [60, 240]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 300},
    "maxCallsPerAgent": 2,
}
WINDOW = {"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": "24:00:00"}
SCHEDULE: dict[str, Any] = {
    "campaignId": "C1",
    "scheduleId": "9f1c",
    "status": "ACTIVE",
    "timezone": "America/New_York",
    "businessHoursDirective": "STRICT",
    "timeWindows": [WINDOW],
    "maxConcurrentCalls": 80,
}


def campaign(rules: Any) -> Observed:
    body = json.dumps({**SHOWN, "dialingRules": rules}).encode()
    return campaign_read(Answer(status=200, body=body), campaign=C1, operation="read", now=NOW)


def schedule(tag: str | None = 'W/"3"', **more: Any) -> Observed:
    headers = {} if tag is None else {"etag": tag}
    answer = Answer(status=200, headers=headers, body=json.dumps({**SCHEDULE, **more}).encode())
    return schedule_read(answer, of=campaign(None), operation="read")


def body_of(change: SetDialingRules | SetSchedule, version: str | None = "4") -> Any:
    made = prepared(change, None if version is None else Version(version), Prefix.OUTBOUND)
    return json.loads(str(made.request["body"]))


def test_rules_are_read_and_written_as_they_were() -> None:
    live = campaign(RULES).rules
    assert live is not None
    assert (live.mode, live.abandonment_threshold, live.beside) == (DialingMode.POWER, Decimal("0.03"), {})
    assert rules_block(live) == RULES
    whole = SetDialingRules(campaign=C1, calls_per_agent=2).whole_on(campaign(RULES))
    assert body_of(whole) == {"dialingRules": RULES, "revision": 4}


def test_schedule_is_read_and_written_as_it_was() -> None:
    live = schedule()
    assert live.schedule is not None
    assert (live.version, live.revision, live.part, live.schedule.beside) == ("3", 3, Part.SCHEDULE, {})
    assert live.schedule.windows == (Window(weekday=0, start_s=9 * 3600, end_s=86_400),)
    assert {"campaignId": "C1", "status": "ACTIVE", **schedule_block(live.schedule)} == SCHEDULE
    whole = SetSchedule(campaign=C1, max_calls=80).whole_on(live)
    assert body_of(whole, "3") == {name: SCHEDULE[name] for name in SCHEDULE if name not in {"scheduleId", "status"}}
    made = prepared(whole, Version("initial"), Prefix.OUTBOUND)
    assert (made.request["method"], made.request["target"]) == ("PUT", "/api/v2/campaigns/C1/schedule")
    assert (sent_version(made), part_of(made)) == ("initial", Part.SCHEDULE)


UNKNOWN = st.dictionaries(
    st.text("abcxyz", min_size=1, max_size=4),
    st.recursive(
        st.none() | st.booleans() | st.integers(-99, 99) | st.text("ab 1", max_size=4),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)


@given(outer=UNKNOWN, retries=UNKNOWN, threshold=UNKNOWN)
def test_whatever_else_the_rules_hold_is_sent_back_as_it_was(
    outer: dict[str, Any], retries: dict[str, Any], threshold: dict[str, Any]
) -> None:
    shown = {
        **outer,
        **RULES,
        "retrySettings": {**retries, **RULES["retrySettings"]},
        "abandonmentRateThreshold": {**threshold, **RULES["abandonmentRateThreshold"]},
    }
    live = campaign(shown)
    whole = SetDialingRules(campaign=C1, attempt_limit=2, retry_intervals_min=()).whole_on(live)
    expected = {**shown, "retrySettings": {**shown["retrySettings"], "maxAttempts": 2, "intervalMinutes": []}}
    assert body_of(whole)["dialingRules"] == expected
    assert live.rules is not None
    assert rules_block(live.rules) == RULES


@given(more=UNKNOWN)
def test_whatever_else_the_schedule_holds_is_sent_back_as_it_was(more: dict[str, Any]) -> None:
    live = schedule(**more)
    whole = SetSchedule(campaign=C1, directive=Directive.FLEXIBLE).whole_on(live)
    told = body_of(whole, "3")
    assert {name: told[name] for name in more} == more
    assert "status" not in told
    assert live.unknown_blocks == frozenset()


def test_windows_with_unknown_fields_are_told_for_a_write_would_lose_them() -> None:
    live = schedule(timeWindows=[{**WINDOW, "queue": "east"}])
    assert live.schedule is not None
    assert (set(live.unknown_blocks), len(live.schedule.windows)) == ({"time windows"}, 1)


@pytest.mark.parametrize(
    "wrong", [{"dialingMethod": "LOUD"}, {"maxCallsPerAgent": 2.0}, {"retrySettings": None}], ids=str
)
def test_rules_of_another_form_are_told_and_hide_no_campaign(wrong: dict[str, Any]) -> None:
    live = campaign({**RULES, **wrong})
    assert (live.rules, set(live.unknown_blocks), live.state.value) == (None, {"dialing rules"}, "ACTIVE")


@pytest.mark.parametrize(
    ("tag", "wrong"),
    [
        (None, {}),
        ("3", {}),
        ('W/"3"', {"timezone": None}),
        ('W/"3"', {"timeWindows": [{**WINDOW, "endTime": "25:00:00"}]}),
        ('W/"3"', {"timeWindows": [{**WINDOW, "startTime": "9:00"}]}),
        ('W/"3"', {"maxConcurrentCalls": "80"}),
        ('W/"3"', {"businessHoursDirective": "LAX"}),
    ],
    ids=str,
)
def test_schedule_of_another_form_is_unexpected(tag: str | None, wrong: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswerError):
        schedule(tag, **wrong)


def test_campaign_that_was_never_scheduled_has_none_under_the_tag_of_none() -> None:
    nothing = dict.fromkeys(("scheduleId", "status", "timezone", "businessHoursDirective", "maxConcurrentCalls"))
    live = schedule('W/"initial"', timeWindows=[], **nothing)
    assert (live.schedule, live.version, live.revision) == (None, "initial", None)


def test_change_that_leaves_something_open_is_never_sent() -> None:
    for change in (SetSchedule(campaign=C1, max_calls=3), SetDialingRules(campaign=C1, cool_down_s=3)):
        with pytest.raises(IncompleteChangeError):
            prepared(change, Version("3"), Prefix.OUTBOUND)
