"""The schedule of a campaign: its body, its answer, its tag, the life of its id, and who may write it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.schedules import (
    INITIAL,
    NEVER,
    SCHEDULED,
    SCHEDULED_ID,
    body,
    fields,
    path,
    put,
    tag_of,
    window,
    without,
)

OTHER_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
REQUIRED = ["campaignId", "timezone", "businessHoursDirective", "timeWindows", "maxConcurrentCalls"]


@holds("5.24", "5.25", "5.26", "5.27")
def test_schedule_never_set_is_empty_and_has_the_initial_tag(platform: Caller) -> None:
    answer = platform.get(path(NEVER))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == INITIAL
    assert answer.json() == {
        "campaignId": NEVER,
        "scheduleId": None,
        "status": None,
        "timezone": None,
        "businessHoursDirective": None,
        "timeWindows": [],
        "maxConcurrentCalls": None,
    }


@holds("5.13", "5.14", "5.15", "5.16", "5.17", "5.50", "5.12")
def test_put_answers_the_stored_schedule_active_with_a_new_weak_tag(platform: Caller) -> None:
    answer = put(platform, NEVER, INITIAL)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == 'W/"1"'
    document = answer.json()
    assert isinstance(document["scheduleId"], str)
    assert document == {**body(NEVER), "scheduleId": document["scheduleId"], "status": "ACTIVE"}


@holds("5.28")
def test_get_answers_what_the_last_put_stored_with_its_tag(platform: Caller) -> None:
    stored = put(platform, NEVER, INITIAL, timezone="Europe/Berlin", maxConcurrentCalls=1)
    read = platform.get(path(NEVER))
    assert read.status_code == 200
    assert read.json() == stored.json()
    assert read.headers["ETag"] == stored.headers["ETag"]


@holds("5.17", "5.50")
def test_every_put_raises_the_tag_by_one_for_the_same_content_too(platform: Caller) -> None:
    tags = [INITIAL]
    for _ in range(4):
        answer = put(platform, NEVER, tags[-1])
        assert answer.status_code == 200
        tags.append(answer.headers["ETag"])
    assert tags == [INITIAL, 'W/"1"', 'W/"2"', 'W/"3"', 'W/"4"']


@holds("5.18", "5.03")
def test_first_put_without_a_schedule_id_makes_a_uuid(platform: Caller) -> None:
    made = put(platform, NEVER).json()["scheduleId"]
    assert str(uuid.UUID(made)) == made


@holds("5.18")
def test_two_campaigns_are_given_different_schedule_ids(platform: Caller) -> None:
    assert put(platform, NEVER).json()["scheduleId"] != put(platform, "CMP-PAUSED").json()["scheduleId"]


@holds("5.19")
def test_first_put_takes_the_schedule_id_that_is_sent(platform: Caller) -> None:
    assert put(platform, NEVER, scheduleId=OTHER_ID).json()["scheduleId"] == OTHER_ID


@holds("5.20")
def test_later_put_without_a_schedule_id_keeps_it(platform: Caller) -> None:
    answer = put(platform, SCHEDULED, 'W/"1"')
    assert answer.status_code == 200
    assert answer.json()["scheduleId"] == SCHEDULED_ID


@holds("5.21")
def test_later_put_may_name_the_stored_schedule_id(platform: Caller) -> None:
    answer = put(platform, SCHEDULED, 'W/"1"', scheduleId=SCHEDULED_ID)
    assert answer.status_code == 200
    assert answer.json()["scheduleId"] == SCHEDULED_ID


@holds("5.22")
def test_later_put_replaces_the_whole_schedule(platform: Caller) -> None:
    new = body(
        SCHEDULED,
        timezone="UTC",
        businessHoursDirective="FLEXIBLE",
        timeWindows=[window("FRIDAY", "10:00:00", "11:00:00")],
        maxConcurrentCalls=7,
    )
    answer = platform.put(path(SCHEDULED), new, headers={"If-Match": 'W/"1"'})
    assert answer.json() == {**new, "scheduleId": SCHEDULED_ID, "status": "ACTIVE"}
    assert platform.get(path(SCHEDULED)).json() == answer.json()


@holds("5.23", "5.60")
def test_later_put_with_another_schedule_id_is_a_field_fault(platform: Caller) -> None:
    assert fields(put(platform, SCHEDULED, 'W/"1"', scheduleId=OTHER_ID)) == {"scheduleId"}
    assert platform.get(path(SCHEDULED)).json()["scheduleId"] == SCHEDULED_ID


@holds("5.23")
def test_schedule_id_is_fixed_by_the_first_put(platform: Caller) -> None:
    put(platform, NEVER, scheduleId=OTHER_ID)
    assert fields(put(platform, NEVER, 'W/"1"', scheduleId=SCHEDULED_ID)) == {"scheduleId"}


@holds("5.04")
@pytest.mark.parametrize(
    "sent", ["schedule-1", "", SCHEDULED_ID[:-1], SCHEDULED_ID.replace("-", ""), f"{{{SCHEDULED_ID}}}", 5, None, []]
)
def test_schedule_id_that_is_no_uuid_is_a_field_fault(platform: Caller, sent: Any) -> None:
    assert fields(put(platform, NEVER, scheduleId=sent)) == {"scheduleId"}


@holds("5.01")
@pytest.mark.parametrize("sent", ["CMP-PAUSED", "cmp-active", "", 5, None])
def test_campaign_id_must_be_the_one_of_the_path(platform: Caller, sent: Any) -> None:
    answer = platform.put(path(NEVER), body(NEVER, campaignId=sent), headers={"If-Match": INITIAL})
    assert fields(answer) == {"campaignId"}


@holds("5.02")
@pytest.mark.parametrize("name", REQUIRED)
def test_required_field_left_out_is_a_field_fault(platform: Caller, name: str) -> None:
    answer = platform.put(path(NEVER), without(body(NEVER), name), headers={"If-Match": INITIAL})
    assert fields(answer) == {name}


@holds("5.02", "5.05", "5.06", "5.07", "5.11")
@pytest.mark.parametrize("name", REQUIRED)
def test_required_field_that_is_null_is_a_field_fault(platform: Caller, name: str) -> None:
    answer = platform.put(path(NEVER), body(NEVER, **{name: None}), headers={"If-Match": INITIAL})
    assert fields(answer) == {name}


@holds("5.53", "5.02")
def test_empty_object_names_every_required_field(platform: Caller) -> None:
    answer = platform.put(path(NEVER), {}, headers={"If-Match": INITIAL})
    assert fields(answer) == set(REQUIRED)


@holds("5.53")
@pytest.mark.parametrize("sent", [b"[]", b'"schedule"', b"5", b"null", b"true"])
def test_body_that_is_no_object_is_a_fault_of_the_body_itself(platform: Caller, sent: bytes) -> None:
    assert fields(platform.put(path(NEVER), body=sent, headers={"If-Match": INITIAL})) == {""}


@holds("5.54")
@pytest.mark.parametrize("name", ["status", "version", "revision", "timeZone", "dialingRules"])
def test_unknown_field_is_a_field_fault(platform: Caller, name: str) -> None:
    assert fields(put(platform, NEVER, **{name: "ACTIVE"})) == {name}


@holds("5.11", "5.41")
@pytest.mark.parametrize("calls", [1, 500])
def test_concurrency_at_its_bounds_is_accepted(platform: Caller, calls: int) -> None:
    assert put(platform, NEVER, maxConcurrentCalls=calls).json()["maxConcurrentCalls"] == calls


@holds("5.11", "5.41")
@pytest.mark.parametrize("calls", [0, 501, -1, 5.0, 5.5, True, "40", [], 10**400])
def test_concurrency_out_of_its_bounds_or_no_integer_is_a_field_fault(platform: Caller, calls: Any) -> None:
    assert fields(put(platform, NEVER, maxConcurrentCalls=calls)) == {"maxConcurrentCalls"}


@holds("5.06")
@pytest.mark.parametrize("directive", ["STRICT", "FLEXIBLE", "IGNORE"])
def test_the_three_directives_are_accepted(platform: Caller, directive: str) -> None:
    assert put(platform, NEVER, businessHoursDirective=directive).json()["businessHoursDirective"] == directive


@holds("5.06", "5.39")
@pytest.mark.parametrize("directive", ["strict", "RELAXED", "", " STRICT", 1, ["STRICT"]])
def test_unknown_directive_is_a_field_fault(platform: Caller, directive: Any) -> None:
    assert fields(put(platform, NEVER, businessHoursDirective=directive)) == {"businessHoursDirective"}


@holds("5.53", "5.54", "5.45")
def test_one_answer_lists_every_fault_by_its_path(platform: Caller) -> None:
    windows = [
        window("FUNDAY", "9:00", "12:00:00"),
        {"dayOfWeek": "TUESDAY", "note": "late"},
        "WEDNESDAY",
        window("THURSDAY", "24:00:00", "24:00:01"),
    ]
    answer = put(
        platform,
        NEVER,
        campaignId="CMP-PAUSED",
        scheduleId="x",
        timezone="CST",
        businessHoursDirective="MAYBE",
        timeWindows=windows,
        maxConcurrentCalls=0,
        colour="red",
    )
    assert fields(answer) == {
        "campaignId",
        "scheduleId",
        "timezone",
        "businessHoursDirective",
        "maxConcurrentCalls",
        "colour",
        "timeWindows[0].dayOfWeek",
        "timeWindows[0].startTime",
        "timeWindows[1].startTime",
        "timeWindows[1].endTime",
        "timeWindows[1].note",
        "timeWindows[2]",
        "timeWindows[3].startTime",
        "timeWindows[3].endTime",
    }


@holds("5.55")
def test_schedule_put_does_not_move_the_campaigns_revision(platform: Caller) -> None:
    before = platform.campaign(NEVER)
    put(platform, NEVER)
    put(platform, NEVER, 'W/"1"', maxConcurrentCalls=2)
    assert platform.campaign(NEVER) == before


@holds("5.33")
@pytest.mark.parametrize("campaign", ["CMP-PAUSED", "CMP-STOPPED"])
def test_campaign_that_does_not_dial_takes_a_schedule(platform: Caller, campaign: str) -> None:
    assert put(platform, campaign).status_code == 200


@holds("5.56", "5.60")
def test_locked_campaign_refuses_a_schedule_with_403_and_shows_its_own(platform: Caller) -> None:
    answer = put(platform, "CMP-LOCKED")
    assert answer.status_code == 403
    assert answer.json()["code"] == "locked"
    assert answer.json()["errors"] == []
    assert tag_of(platform, "CMP-LOCKED") == INITIAL


@holds("5.56")
def test_unlocked_campaign_takes_a_schedule_again(platform: Caller) -> None:
    platform.arrange("CMP-LOCKED", locked=False)
    assert put(platform, "CMP-LOCKED").status_code == 200


@holds("5.57", "5.60")
def test_archived_campaign_refuses_a_schedule_with_403_and_shows_its_own(platform: Caller) -> None:
    answer = put(platform, "CMP-ARCHIVED")
    assert answer.status_code == 403
    assert answer.json()["code"] == "archived"
    assert tag_of(platform, "CMP-ARCHIVED") == INITIAL


@holds("5.62")
def test_reader_may_read_a_schedule_and_not_write_it(platform: Caller) -> None:
    assert platform.get(path(NEVER), client="acme-read").status_code == 200
    refused = put(platform, NEVER, client="acme-read")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


@holds("5.62")
def test_writer_may_write_a_schedule_and_not_read_it(platform: Caller) -> None:
    assert put(platform, NEVER, client="acme-write").status_code == 200
    refused = platform.get(path(NEVER), client="acme-write")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


@holds("5.62")
def test_schedule_of_another_tenant_is_forbidden(platform: Caller) -> None:
    assert platform.get(path("BULK-1")).status_code == 403
    assert put(platform, "BULK-1").status_code == 403
    assert tag_of(platform, "BULK-1", client="bulk-all") == INITIAL


@holds("5.62")
def test_schedule_of_an_unknown_campaign_is_not_found(platform: Caller) -> None:
    assert platform.get(path("NO-SUCH")).status_code == 404
    assert put(platform, "NO-SUCH").status_code == 404


@holds("5.61", "5.17")
def test_schedule_put_with_the_same_key_takes_effect_once(platform: Caller) -> None:
    headers = {"If-Match": INITIAL, "Idempotency-Key": "schedule-1"}
    first = platform.put(path(NEVER), body(NEVER), headers=headers)
    again = platform.put(path(NEVER), body(NEVER), headers=headers)
    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, first.json(), 'W/"1"')
    assert again.headers["Idempotent-Replayed"] == "true"
    assert tag_of(platform, NEVER) == 'W/"1"'
