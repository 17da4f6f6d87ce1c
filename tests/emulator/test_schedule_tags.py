"""The schedule's precondition: If-Match, what matches, what is stale, what is malformed, and the order of checks."""

from __future__ import annotations

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.schedules import INITIAL, NEVER, SCHEDULED, body, fields, path, put, tag_of, window

OVERLAP = [window("MONDAY", "09:00:00", "12:00:00"), window("MONDAY", "11:00:00", "13:00:00")]


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@holds("5.31", "5.60")
@pytest.mark.parametrize("campaign", [NEVER, SCHEDULED])
def test_put_without_if_match_is_refused_with_428(platform: Caller, campaign: str) -> None:
    before = platform.get(path(campaign))
    answer = put(platform, campaign, None)
    assert refusal(answer) == (428, "precondition_required")
    assert answer.json()["message"]
    assert answer.json()["errors"] == []
    after = platform.get(path(campaign))
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])


@holds("5.12", "5.31")
@pytest.mark.parametrize("name", ["X-If-Match", "If-None-Match", "If-Unmodified-Since"])
def test_other_precondition_headers_do_not_stand_for_if_match(platform: Caller, name: str) -> None:
    answer = platform.put(path(SCHEDULED), body(SCHEDULED), headers={name: 'W/"1"'})
    assert refusal(answer) == (428, "precondition_required")


@holds("5.29", "5.58", "5.60")
@pytest.mark.parametrize("tag", [INITIAL, 'W/"2"', 'W/"0"', 'W/"01"', '"2"', 'W/"abc"', 'W/""', '"initial"'])
def test_tag_that_differs_is_refused_with_409_and_the_present_tag(platform: Caller, tag: str) -> None:
    before = platform.get(path(SCHEDULED)).json()
    answer = put(platform, SCHEDULED, tag)
    assert refusal(answer) == (409, "revision_conflict")
    assert answer.json()["message"]
    assert answer.json()["currentETag"] == 'W/"1"'
    assert answer.json()["errors"] == []
    assert platform.get(path(SCHEDULED)).json() == before


@holds("5.29", "5.58")
def test_schedule_never_set_refuses_a_number_as_stale(platform: Caller) -> None:
    answer = put(platform, NEVER, 'W/"1"')
    assert refusal(answer) == (409, "revision_conflict")
    assert answer.json()["currentETag"] == INITIAL


@holds("5.29")
def test_tag_is_stale_as_soon_as_another_put_was_accepted(platform: Caller) -> None:
    assert put(platform, NEVER, INITIAL).status_code == 200
    assert refusal(put(platform, NEVER, INITIAL)) == (409, "revision_conflict")
    assert put(platform, NEVER, 'W/"1"').status_code == 200
    assert refusal(put(platform, NEVER, 'W/"1"')) == (409, "revision_conflict")


@holds("5.30")
def test_strong_spelling_of_the_tag_matches(platform: Caller) -> None:
    assert put(platform, SCHEDULED, '"1"').headers["ETag"] == 'W/"2"'


@holds("5.30", "5.27")
def test_strong_spelling_of_the_initial_tag_matches(platform: Caller) -> None:
    assert put(platform, NEVER, '"initial"').headers["ETag"] == 'W/"1"'


@holds("5.51")
def test_star_matches_the_schedule_whatever_its_tag(platform: Caller) -> None:
    assert put(platform, SCHEDULED, "*").headers["ETag"] == 'W/"2"'
    assert put(platform, SCHEDULED, "*").headers["ETag"] == 'W/"3"'


@holds("5.51")
def test_star_matches_a_schedule_never_set(platform: Caller) -> None:
    assert put(platform, NEVER, "*").headers["ETag"] == 'W/"1"'


@holds("5.30")
@pytest.mark.parametrize("tag", ['W/"7", W/"1"', '"1","7"', 'W/"initial" , "1"'])
def test_list_of_tags_matches_when_one_of_them_does(platform: Caller, tag: str) -> None:
    assert put(platform, SCHEDULED, tag).status_code == 200


@holds("5.29")
def test_list_of_tags_is_stale_when_none_of_them_matches(platform: Caller) -> None:
    assert refusal(put(platform, SCHEDULED, 'W/"7", W/"8"')) == (409, "revision_conflict")


@holds("5.52")
@pytest.mark.parametrize("tag", ["1", "W/1", 'W/"1', '1"', 'w/"1"', '"1" "2"', 'W/ "1"', "initial", "**", '*, "1"', ""])
def test_if_match_that_is_no_tag_is_a_field_fault(platform: Caller, tag: str) -> None:
    assert fields(put(platform, SCHEDULED, tag)) == {"If-Match"}


@holds("5.52", "5.53", "5.59")
def test_malformed_if_match_and_field_faults_stand_in_one_answer(platform: Caller) -> None:
    answer = put(platform, SCHEDULED, "1", timezone="CST", maxConcurrentCalls=0)
    assert fields(answer) == {"If-Match", "timezone", "maxConcurrentCalls"}


@holds("5.59")
def test_missing_if_match_is_told_before_field_faults(platform: Caller) -> None:
    assert refusal(put(platform, NEVER, None, timezone="CST")) == (428, "precondition_required")


@holds("5.59")
def test_missing_if_match_is_told_before_archived_and_locked(platform: Caller) -> None:
    assert refusal(put(platform, "CMP-ARCHIVED", None)) == (428, "precondition_required")
    assert refusal(put(platform, "CMP-LOCKED", None)) == (428, "precondition_required")


@holds("5.59")
def test_field_faults_are_told_before_archived_stale_and_locked(platform: Caller) -> None:
    assert fields(put(platform, "CMP-ARCHIVED", timezone="CST")) == {"timezone"}
    assert fields(put(platform, "CMP-LOCKED", timezone="CST")) == {"timezone"}
    assert fields(put(platform, NEVER, 'W/"9"', timezone="CST")) == {"timezone"}


@holds("5.59")
def test_field_faults_are_told_before_an_overlap(platform: Caller) -> None:
    assert fields(put(platform, NEVER, timezone="CST", timeWindows=OVERLAP)) == {"timezone"}


@holds("5.59", "5.57")
def test_archived_is_told_before_a_stale_tag(platform: Caller) -> None:
    assert refusal(put(platform, "CMP-ARCHIVED", 'W/"9"')) == (403, "archived")


@holds("5.59", "5.56")
def test_stale_tag_is_told_before_the_lock(platform: Caller) -> None:
    assert refusal(put(platform, "CMP-LOCKED", 'W/"9"')) == (409, "revision_conflict")


@holds("5.59", "5.56")
def test_lock_is_told_before_an_overlap(platform: Caller) -> None:
    assert refusal(put(platform, "CMP-LOCKED", timeWindows=OVERLAP)) == (403, "locked")


@holds("5.59")
def test_stale_tag_is_told_before_an_overlap(platform: Caller) -> None:
    assert refusal(put(platform, NEVER, 'W/"9"', timeWindows=OVERLAP)) == (409, "revision_conflict")


@holds("5.60", "5.58")
def test_refused_overlap_leaves_the_tag_and_carries_it(platform: Caller) -> None:
    answer = put(platform, SCHEDULED, 'W/"1"', timeWindows=OVERLAP)
    assert refusal(answer) == (409, "overlap")
    assert answer.json()["currentETag"] == 'W/"1"'
    assert tag_of(platform, SCHEDULED) == 'W/"1"'


@holds("5.17")
def test_put_that_wants_a_minimal_answer_still_tells_the_new_tag(platform: Caller) -> None:
    headers = {"If-Match": 'W/"1"', "Prefer": "return=minimal"}
    answer = platform.put(path(SCHEDULED), body(SCHEDULED), headers=headers)
    assert (answer.status_code, answer.headers["ETag"]) == (204, 'W/"2"')
