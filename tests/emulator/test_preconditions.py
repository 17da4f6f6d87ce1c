"""Preconditions: `X-If-Match`, the body's `revision` and `version`, `If-Match`, and the schedule's weak tag."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, OUT, pacing, rules, schedule, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import nothing_changes, refused, told

A = "CMP-ACTIVE"  # revision 42
F = "CMP-FULL"  # revision 100, schedule W/"1"

BLOCKS: list[dict[str, Any]] = [{"dialingRules": rules()}, {"predictiveDialer": pacing()}, {"status": "PAUSED"}]
BLOCK_IDS = ["rules", "pacing", "lifecycle"]


def faults_at(prefix: str) -> int:
    return 400 if prefix == OUT else 422


@holds("7.84", "7.85", "7.86", "7.89", "7.90")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize("block", BLOCKS, ids=BLOCK_IDS)
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {}),
        ({"X-If-Match": "42"}, {}),
        ({}, {"revision": 42}),
        ({"X-If-Match": "42"}, {"revision": 42}),
        ({"If-Match": '"42"'}, {}),
        ({"If-Match": '"42"', "X-If-Match": "42"}, {"revision": 42}),
    ],
    ids=["none", "X-If-Match", "revision", "both", "If-Match", "all three"],
)
def test_write_that_agrees_or_says_nothing_is_applied(
    platform: Caller, headers: dict[str, str], body: dict[str, Any], block: dict[str, Any], prefix: str
) -> None:
    answer = platform.patch(f"{prefix}/{A}", block | body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == 43
    assert answer.headers["etag"] == '"43"'


@holds("7.84", "7.85", "7.86", "7.88", "7.90", "7.15", "7.43", "7.03")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize("block", BLOCKS, ids=BLOCK_IDS)
@pytest.mark.parametrize("revision", [0, 41, 43, 10**20])
@pytest.mark.parametrize("style", ["X-If-Match", "revision", "both", "If-Match"])
def test_write_that_disagrees_is_409(
    platform: Caller, style: str, revision: int, block: dict[str, Any], prefix: str
) -> None:
    headers, body = {}, dict(block)
    if style in ("X-If-Match", "both"):
        headers["X-If-Match"] = str(revision)
    if style in ("revision", "both"):
        body["revision"] = revision
    if style == "If-Match":
        headers["If-Match"] = f'"{revision}"'
    with nothing_changes(platform, A):
        before = platform.campaign(A)
        told(refused(platform.patch(f"{prefix}/{A}", body, headers=headers), 409, "revision_conflict"), before)


@holds("7.88", "7.89")
def test_revision_once_current_goes_stale_with_the_next_write(platform: Caller) -> None:
    for revision in (42, 43, 44):
        answer = platform.patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": str(revision)})
        assert answer.json()["revision"] == revision + 1
    stale = platform.patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": "44"})
    assert refused(stale, 409, "revision_conflict")["currentRevision"] == 45
    assert platform.patch(f"{OUT}/{A}", {"dialingRules": rules()}).json()["revision"] == 46


@holds("7.87")
@pytest.mark.parametrize(("header", "revision"), [("42", 41), ("41", 42), ("1", 2)])
def test_header_and_body_that_differ_are_400(platform: Caller, header: str, revision: int) -> None:
    with nothing_changes(platform, A):
        answer = platform.patch(
            f"{OUT}/{A}", {"dialingRules": rules(), "revision": revision}, headers={"X-If-Match": header}
        )
        document = refused(answer, 400, "validation")
        assert {error["field"] for error in document["errors"]} <= {"X-If-Match", "revision"}


@holds("7.87")
def test_header_and_body_that_differ_are_a_fault_under_the_other_prefix_too(platform: Caller) -> None:
    with nothing_changes(platform, A):
        answer = platform.patch(f"{CAM}/{A}", {"dialingRules": rules(), "revision": 41}, headers={"X-If-Match": "42"})
        assert answer.status_code in (400, 422)
        assert answer.json()["code"] == "validation"


@holds("7.87")
@pytest.mark.parametrize(
    ("headers", "revision"),
    [({"X-If-Match": "42", "If-Match": '"41"'}, None), ({"If-Match": '"42"'}, 41), ({"If-Match": '"41"'}, 42)],
)
def test_write_with_one_stale_precondition_among_others_is_refused(
    platform: Caller, headers: dict[str, str], revision: int | None
) -> None:
    body: dict[str, Any] = {"dialingRules": rules()} | ({} if revision is None else {"revision": revision})
    with nothing_changes(platform, A):
        assert platform.patch(f"{OUT}/{A}", body, headers=headers).status_code in (400, 409)


@holds("7.93", "7.28")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize(
    "value",
    ['"42"', "abc", "-1", "-42", "+42", "42.0", "4 2", "0x2a", "1e2", "4_2", "W/42", "*", "42,42", "", "42;", "null"],
)
def test_revision_header_of_the_wrong_form_is_a_field_fault(platform: Caller, value: str, prefix: str) -> None:
    with nothing_changes(platform, A):
        answer = platform.patch(f"{prefix}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": value})
        refused(answer, faults_at(prefix), "validation", "X-If-Match")


@holds("7.93", "7.28")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize(
    "value",
    ["42", 'W/"42"', '"abc"', '""', '"42', '42"', "'42'", '"42" "43"', '"-1"', '"4.0"', '"42",W/"42"', "", "nonsense"],
)
def test_campaign_tag_of_the_wrong_form_is_a_field_fault(platform: Caller, value: str, prefix: str) -> None:
    with nothing_changes(platform, A):
        answer = platform.patch(f"{prefix}/{A}", {"dialingRules": rules()}, headers={"If-Match": value})
        refused(answer, faults_at(prefix), "validation", "If-Match")


@holds("7.93", "7.123")
@pytest.mark.parametrize("raw", ["٤٢", "４２", "42²", "ü"])
def test_digits_that_are_not_ascii_are_of_the_wrong_form(platform: Caller, raw: str) -> None:
    headers: Any = {"X-If-Match": raw.encode(), "Authorization": f"Bearer {platform.token()}"}
    with nothing_changes(platform, A):
        answer = platform.http.patch(f"{OUT}/{A}", json={"dialingRules": rules()}, headers=headers)
        assert answer.status_code == 400


@holds("7.123", "7.88", "7.93")
@pytest.mark.parametrize("name", ["X-If-Match", "If-Match"])
def test_revision_of_thousands_of_digits_is_no_crash(platform: Caller, name: str) -> None:
    digits = "9" * 5000
    value = f'"{digits}"' if name == "If-Match" else digits
    with nothing_changes(platform, A):
        answer = platform.patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={name: value})
        assert answer.status_code in (400, 409)


@holds("7.92", "7.90", "7.91")
@pytest.mark.parametrize("value", ["*", '"41", "42"', '"42","1"', '"1" , "2" ,"42"'])
def test_star_or_a_list_with_the_present_tag_agrees(platform: Caller, value: str) -> None:
    for prefix in (OUT, CAM):
        revision = platform.campaign(A)["revision"]
        sent = value.replace("42", str(revision))
        answer = platform.patch(f"{prefix}/{A}", {"dialingRules": rules()}, headers={"If-Match": sent})
        assert answer.status_code == 200, answer.text
    sent = value.replace("42", "100")
    assert platform.put(f"{OUT}/{F}", weights(F), headers={"If-Match": sent}).status_code == 200


@holds("7.92", "7.90")
def test_list_without_the_present_tag_is_409(platform: Caller) -> None:
    for prefix in (OUT, CAM):
        answer = platform.patch(f"{prefix}/{A}", {"dialingRules": rules()}, headers={"If-Match": '"1", "2", "41"'})
        refused(answer, 409, "revision_conflict")


@holds("7.92")
def test_star_matches_nothing_that_does_not_exist(platform: Caller) -> None:
    answer = platform.patch(f"{OUT}/NOPE", {"dialingRules": rules()}, headers={"If-Match": "*"})
    refused(answer, 404, "not_found")


@holds("7.91", "7.94")
@pytest.mark.parametrize(
    ("headers", "version"),
    [({}, None), ({}, 100), ({"If-Match": '"100"'}, None), ({"If-Match": '"100"'}, 100), ({"X-If-Match": "100"}, None)],
)
def test_weights_that_agree_or_say_nothing_are_applied(
    platform: Caller, headers: dict[str, str], version: int | None
) -> None:
    body = weights(F) if version is None else weights(F, version=version)
    answer = platform.put(f"{OUT}/{F}", body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == answer.json()["revision"] == 101
    assert answer.headers["etag"] == '"101"'


@holds("7.91", "7.94", "7.15", "7.03")
@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({}, 99),
        ({}, 101),
        ({}, 0),
        ({}, 10**30),
        ({"If-Match": '"99"'}, None),
        ({"If-Match": '"101"'}, None),
        ({"X-If-Match": "99"}, None),
        ({"If-Match": '"99"'}, 99),
    ],
)
def test_weights_that_disagree_are_409(platform: Caller, headers: dict[str, str], version: int | None) -> None:
    body = weights(F) if version is None else weights(F, version=version)
    with nothing_changes(platform, F):
        before = platform.campaign(F)
        told(refused(platform.put(f"{OUT}/{F}", body, headers=headers), 409, "revision_conflict"), before)


@holds("7.93", "7.94")
@pytest.mark.parametrize("version", ["100", 100.0, True, None, [100]])
def test_version_of_the_wrong_type_is_a_field_fault(platform: Caller, version: Any) -> None:
    with nothing_changes(platform, F):
        refused(platform.put(f"{OUT}/{F}", weights(F, version=version)), 400, "validation", "version")


@holds("7.93")
@pytest.mark.parametrize("value", ["100", 'W/"100"', '"x"', "", "x"])
def test_tag_of_the_wrong_form_is_a_field_fault_of_weights(platform: Caller, value: str) -> None:
    with nothing_changes(platform, F):
        refused(platform.put(f"{OUT}/{F}", weights(F), headers={"If-Match": value}), 400, "validation", "If-Match")


@holds("7.95")
@pytest.mark.parametrize("tag", ['W/"1"', '"1"', "*", 'W/"0", W/"1"', '"5","1"', 'W/"initial", "1"'])
def test_schedule_takes_its_tag_in_weak_and_strong_spelling(platform: Caller, tag: str) -> None:
    answer = platform.put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == 'W/"2"'
    assert platform.get(f"{CAM}/{F}/schedule").headers["etag"] == 'W/"2"'


@holds("7.95")
@pytest.mark.parametrize("tag", ['W/"initial"', '"initial"', 'W/"1", W/"initial"'])
def test_first_schedule_takes_the_initial_tag(platform: Caller, tag: str) -> None:
    answer = platform.put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == 'W/"1"'


@holds("7.95", "7.43", "7.04")
@pytest.mark.parametrize(
    "tag", ['W/"0"', 'W/"2"', '"2"', 'W/"initial"', '"initial"', 'W/"01"', 'W/""', 'W/"0", "2"', '"100"']
)
def test_schedule_with_another_tag_is_409(platform: Caller, tag: str) -> None:
    with nothing_changes(platform, F):
        answer = platform.put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": tag})
        assert refused(answer, 409, "revision_conflict")["currentETag"] == 'W/"1"'


@holds("7.93", "7.28")
@pytest.mark.parametrize("tag", ["1", "W/1", 'w/"1"', 'W/"1', '1"', "'1'", "", 'W/"1" W/"2"', "nonsense", "W/*"])
def test_schedule_tag_of_the_wrong_form_is_a_field_fault(platform: Caller, tag: str) -> None:
    with nothing_changes(platform, F):
        answer = platform.put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": tag})
        refused(answer, 422, "validation", "If-Match")


@holds("7.14")
def test_schedule_without_a_precondition_is_428(platform: Caller) -> None:
    for campaign in (A, F):
        with nothing_changes(platform, campaign):
            answer = platform.put(f"{CAM}/{campaign}/schedule", schedule(campaign), headers={"X-If-Match": "1"})
            refused(answer, 428, "precondition_required")


@holds("7.95")
def test_schedule_tag_counts_schedules_and_not_the_campaign(platform: Caller) -> None:
    assert platform.patch(f"{OUT}/{F}", {"dialingRules": rules()}).status_code == 200
    answer = platform.put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"1"'})
    assert answer.headers["etag"] == 'W/"2"'
    assert platform.campaign(F)["revision"] == 101
