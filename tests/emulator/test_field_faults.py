"""Fields at fault: all of them named, by path, with the status of the prefix."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.asks import Ask, get, patch, post, put
from tests.emulator.caller import Caller
from tests.emulator.documents import (
    CAM,
    HOOKS,
    OUT,
    SIMULATIONS,
    pacing,
    rules,
    schedule,
    simulation,
    webhook,
    weights,
    window,
)
from tests.emulator.holds import holds
from tests.emulator.refusals import nothing_changes, refused

A = "CMP-ACTIVE"
F = "CMP-FULL"
TAG = {"If-Match": 'W/"1"'}


def set_at(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Put a value at a dotted path of the document, which is returned."""
    *way, last = path.split(".")
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def write(place: str, document: dict[str, Any]) -> Ask:
    """Return the write that carries the document at one of the places."""
    return {
        "rules": patch(f"{OUT}/{A}", document),
        "rules too": patch(f"{CAM}/{A}", document),
        "weights": put(f"{OUT}/{F}", document),
        "schedule": put(f"{CAM}/{F}/schedule", document, headers=TAG),
        "simulation": post(SIMULATIONS, document),
        "webhook": post(HOOKS, document),
    }[place]


def sound(place: str) -> dict[str, Any]:
    """Return a sound document for the place."""
    both = {"status": "PAUSED", "dialingRules": rules(), "predictiveDialer": pacing()}
    return {
        "rules": both,
        "rules too": both,
        "weights": weights(F),
        "schedule": schedule(F),
        "simulation": simulation(A),
        "webhook": webhook(),
    }[place]


STATUS = {"rules": 400, "rules too": 422, "weights": 400, "schedule": 422, "simulation": 400, "webhook": 400}

INTEGERS = [
    ("rules", "dialingRules.retrySettings.maxAttempts", 3),
    ("rules", "dialingRules.abandonmentRateThreshold.coolDownSec", 300),
    ("rules", "dialingRules.maxCallsPerAgent", 1),
    ("rules", "predictiveDialer.maxConcurrentCalls", 50),
    ("rules too", "predictiveDialer.callInterval", 200),
    ("rules too", "predictiveDialer.warmUpPeriod", 1),
    ("rules", "revision", 42),
    ("rules too", "revision", 42),
    ("weights", "version", 100),
    ("schedule", "maxConcurrentCalls", 1),
    ("simulation", "durationSeconds", 1),
]

DEEP = [
    ("rules", "colour"),
    ("rules", "Status"),
    ("rules", "dialingRules.colour"),
    ("rules", "dialingRules.retrySettings.colour"),
    ("rules", "dialingRules.abandonmentRateThreshold.colour"),
    ("rules", "predictiveDialer.colour"),
    ("rules too", "colour"),
    ("rules too", "predictiveDialer.colour"),
    ("weights", "colour"),
    ("weights", "predictiveDialerSettings.colour"),
    ("weights", "predictiveDialerSettings.parameterWeights.colour"),
    ("weights", "configuration.colour"),
    ("schedule", "colour"),
    ("simulation", "colour"),
    ("webhook", "colour"),
]

NULLED = [
    ("rules", "status"),
    ("rules", "dialingRules"),
    ("rules", "predictiveDialer"),
    ("rules", "drainQueue"),
    ("rules", "effectiveTime"),
    ("rules", "revision"),
    ("rules too", "dialingRules"),
    ("weights", "version"),
    ("weights", "configuration"),
    ("weights", "predictiveDialerSettings"),
    ("schedule", "scheduleId"),
    ("webhook", "name"),
    ("webhook", "enabled"),
    ("webhook", "httpMethod"),
]


@holds("7.25", "7.26", "7.27", "7.31")
def test_one_answer_lists_every_field_at_fault(platform: Caller) -> None:
    spoilt = {
        "status": "paused",
        "drainQueue": "yes",
        "effectiveTime": "tomorrow",
        "colour": "red",
        "revision": "42",
        "dialingRules": {
            "dialingMethod": "MANUAL",
            "retrySettings": {"maxAttempts": 301, "intervalMinutes": [0, 50001, "60"]},
            "abandonmentRateThreshold": {"maxRate": 0.051, "coolDownSec": -1},
        },
        "predictiveDialer": pacing(answerRate=0.39, strategy="progressive"),
    }
    with nothing_changes(platform, A):
        refused(
            platform.patch(f"{OUT}/{A}", spoilt),
            400,
            "validation",
            "status",
            "drainQueue",
            "effectiveTime",
            "colour",
            "revision",
            "dialingRules.dialingMethod",
            "dialingRules.retrySettings.maxAttempts",
            "dialingRules.retrySettings.intervalMinutes[0]",
            "dialingRules.retrySettings.intervalMinutes[1]",
            "dialingRules.retrySettings.intervalMinutes[2]",
            "dialingRules.abandonmentRateThreshold.maxRate",
            "dialingRules.abandonmentRateThreshold.coolDownSec",
            "dialingRules.maxCallsPerAgent",
            "predictiveDialer.answerRate",
            "predictiveDialer.strategy",
        )


@holds("7.25", "7.26", "7.27", "7.32")
def test_schedule_lists_every_field_at_fault_with_the_window_index(platform: Caller) -> None:
    spoilt = schedule(
        F,
        timezone="CST",
        businessHoursDirective="LOOSE",
        maxConcurrentCalls=0,
        timeWindows=[
            window("FUNDAY"),
            window(),
            window(start="9:00"),
            {"dayOfWeek": "FRIDAY", "startTime": "09:00:00"},
        ],
        colour="red",
    )
    with nothing_changes(platform, F):
        refused(
            platform.put(f"{CAM}/{F}/schedule", spoilt, headers=TAG),
            422,
            "validation",
            "timezone",
            "businessHoursDirective",
            "maxConcurrentCalls",
            "timeWindows[0].dayOfWeek",
            "timeWindows[2].startTime",
            "timeWindows[3].endTime",
            "colour",
        )


@holds("7.25", "7.26", "7.31")
def test_weights_list_every_field_at_fault(platform: Caller) -> None:
    spoilt = weights("OTHER", version=1.5)
    spoilt["predictiveDialerSettings"] |= {"validationSplit": 0.95, "parameterWeights": {"answer_rate": 1.1, "luck": 0}}
    del spoilt["configuration"]["driftProtection"]
    with nothing_changes(platform, F):
        refused(
            platform.put(f"{OUT}/{F}", spoilt),
            400,
            "validation",
            "id",
            "version",
            "predictiveDialerSettings.validationSplit",
            "predictiveDialerSettings.parameterWeights.answer_rate",
            "predictiveDialerSettings.parameterWeights.luck",
            "configuration.driftProtection",
        )


@holds("7.25", "7.33")
def test_webhook_lists_every_field_at_fault(platform: Caller) -> None:
    spoilt = {"name": 5, "url": "ftp://x", "events": [], "enabled": "yes", "httpMethod": "PUT", "colour": "red"}
    with nothing_changes(platform):
        refused(
            platform.post(HOOKS, spoilt),
            400,
            "validation",
            "name",
            "url",
            "events",
            "enabled",
            "httpMethod",
            "colour",
        )


@holds("7.25", "7.28")
def test_header_and_body_fields_at_fault_stand_in_one_answer(platform: Caller) -> None:
    headers = {"X-If-Match": "abc", "If-Match": "42", "Idempotency-Key": "k" * 256}
    refused(
        platform.patch(f"{OUT}/{A}", {"status": "paused"}, headers=headers),
        400,
        "validation",
        "X-If-Match",
        "If-Match",
        "Idempotency-Key",
        "status",
    )
    refused(
        platform.patch(f"{CAM}/{A}", {"predictiveDialer": pacing(answerRate=2)}, headers={"X-If-Match": "abc"}),
        422,
        "validation",
        "X-If-Match",
        "predictiveDialer.answerRate",
    )


@holds("7.28", "7.125", "7.31", "7.32")
@pytest.mark.parametrize(
    ("path", "status", "fields"),
    [
        (f"{OUT}?limit=0", 400, ["limit"]),
        (f"{OUT}?limit=1001", 400, ["limit"]),
        (f"{OUT}?limit=ten", 400, ["limit"]),
        (f"{OUT}?limit=", 400, ["limit"]),
        (f"{OUT}?limit=1.0", 400, ["limit"]),
        (f"{OUT}?status=paused", 400, ["status"]),
        (f"{OUT}?cursor=%00nonsense", 400, ["cursor"]),
        (f"{OUT}?colour=red", 400, ["colour"]),
        (f"{OUT}?limit=5&limit=5", 400, ["limit"]),
        (f"{OUT}?limit=0&status=x&colour=red", 400, ["limit", "status", "colour"]),
        (f"{CAM}/{A}/statistics?from=yesterday", 422, ["from"]),
        (f"{CAM}/{A}/statistics?to=2026-06-15T12:00", 422, ["to"]),
        (f"{CAM}/{A}/statistics?bucket=hour", 422, ["bucket"]),
        (f"{CAM}/{A}/statistics?colour=red", 422, ["colour"]),
        (f"{CAM}/{A}/statistics?from=2026-06-15T11:00:00Z&from=2026-06-15T11:00:00Z", 422, ["from"]),
        (f"{CAM}/{A}/statistics?from=x&to=y", 422, ["from", "to"]),
        (f"{CAM}/statistics?from=x&colour=red", 422, ["from", "colour"]),
    ],
)
def test_parameter_at_fault_is_named(platform: Caller, path: str, status: int, fields: list[str]) -> None:
    refused(platform.get(path), status, "validation", *fields)


@holds("7.125")
@pytest.mark.parametrize(
    "ask",
    [
        get(f"{OUT}/{A}?colour=red&colour=blue"),
        get(f"{CAM}/{F}/schedule?limit=x"),
        get(f"{HOOKS}?colour=red"),
        patch(f"{OUT}/{A}?colour=red", {"status": "PAUSED"}),
    ],
    ids=lambda a: f"{a.method} {a.path}",
)
def test_unknown_parameter_is_ignored_elsewhere(platform: Caller, ask: Ask) -> None:
    assert ask.send(platform).status_code == 200


@holds("7.29", "7.126", "7.31", "7.32", "7.33")
@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true", b'[{"status":"PAUSED"}]'])
@pytest.mark.parametrize("place", list(STATUS))
def test_body_of_another_type_is_itself_at_fault(platform: Caller, place: str, body: bytes) -> None:
    ask = write(place, {})
    answer = platform.send(ask.method, ask.path, body=body, headers=dict(ask.headers))
    refused(answer, STATUS[place], "validation", "")


@holds("7.48", "7.29")
@pytest.mark.parametrize("body", [{}, {"revision": 42}])
@pytest.mark.parametrize("prefix", [OUT, CAM])
def test_body_without_a_known_block_is_at_fault(platform: Caller, prefix: str, body: dict[str, Any]) -> None:
    with nothing_changes(platform, A):
        refused(platform.patch(f"{prefix}/{A}", body), 400 if prefix == OUT else 422, "validation", "")


@holds("7.48")
@pytest.mark.parametrize("body", [{"id": F}, {"id": F, "version": 100}])
def test_weights_without_either_block_are_at_fault(platform: Caller, body: dict[str, Any]) -> None:
    with nothing_changes(platform, F):
        refused(platform.put(f"{OUT}/{F}", body), 400, "validation", "")


@holds("7.49", "7.50")
@pytest.mark.parametrize("with_block", [False, True])
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize(("name", "value"), [("drainQueue", True), ("effectiveTime", "2026-06-15T13:00:00Z")])
def test_lifecycle_options_without_status_are_at_fault(
    platform: Caller, name: str, value: Any, prefix: str, with_block: bool
) -> None:
    body = {name: value} | ({"dialingRules": rules()} if with_block else {})
    with nothing_changes(platform, A):
        document = refused(platform.patch(f"{prefix}/{A}", body), 400 if prefix == OUT else 422, "validation")
    assert name in {error["field"] for error in document["errors"]}


@holds("7.51", "7.52", "7.31", "7.32")
@pytest.mark.parametrize("spelling", ["{}.0", "{}e0", "true", '"{}"', "null", "[{}]"])
@pytest.mark.parametrize(("place", "path", "value"), INTEGERS)
def test_integer_must_be_spelt_as_one(platform: Caller, place: str, path: str, value: int, spelling: str) -> None:
    ask = write(place, set_at(sound(place), path, "HERE"))
    body = json.dumps(ask.json).replace('"HERE"', spelling.format(value)).encode()
    with nothing_changes(platform, A, F):
        answer = platform.send(ask.method, ask.path, body=body, headers=dict(ask.headers))
        refused(answer, STATUS[place], "validation", path)


@holds("7.47", "7.26")
@pytest.mark.parametrize(("place", "path"), DEEP)
def test_unknown_field_is_at_fault_at_any_depth(platform: Caller, place: str, path: str) -> None:
    ask = write(place, set_at(sound(place), path, 1))
    with nothing_changes(platform, A, F):
        refused(ask.send(platform), STATUS[place], "validation", path)


@holds("7.47", "7.27")
def test_unknown_field_in_a_window_is_named_with_its_index(platform: Caller) -> None:
    body = schedule(F, timeWindows=[window(), window("TUESDAY") | {"colour": 1}])
    answer = platform.put(f"{CAM}/{F}/schedule", body, headers=TAG)
    refused(answer, 422, "validation", "timeWindows[1].colour")


@holds("7.124")
@pytest.mark.parametrize(("place", "path"), NULLED)
def test_null_for_an_optional_field_is_at_fault(platform: Caller, place: str, path: str) -> None:
    ask = write(place, set_at(sound(place), path, None))
    with nothing_changes(platform, A, F):
        document = refused(ask.send(platform), STATUS[place], "validation")
    assert path in {error["field"] for error in document["errors"]}
