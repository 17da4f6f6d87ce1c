"""Refusals: their one body, their codes, and what a 409 tells besides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.asks import Ask, delete, get, patch, post, put
from tests.emulator.caller import Caller
from tests.emulator.documents import (
    CAM,
    HOOKS,
    OUT,
    OVERLAPPING,
    SIMULATIONS,
    pacing,
    rules,
    schedule,
    simulation,
    webhook,
    weights,
)
from tests.emulator.holds import holds
from tests.emulator.refusals import body_of, nothing_changes, refused, told

BIG = b" " * 1_100_000
TAG = {"If-Match": 'W/"1"'}
TEXT = {"Content-Type": "text/plain"}

CODES: list[tuple[str, int, Ask]] = [
    ("invalid_request", 400, patch(f"{OUT}/CMP-ACTIVE", body=b"{")),
    ("validation", 400, patch(f"{OUT}/CMP-ACTIVE", {"status": "Paused"})),
    ("unauthorized", 401, get(f"{OUT}/CMP-ACTIVE", client=None)),
    ("forbidden", 403, get(f"{OUT}/CMP-ACTIVE", client="acme-write")),
    ("forbidden", 403, get(f"{OUT}/BULK-1")),
    ("not_found", 404, get(f"{OUT}/NOPE")),
    ("not_found", 404, get("/api/v2/nothing/here")),
    ("method_not_allowed", 405, delete(f"{OUT}/CMP-ACTIVE")),
    ("too_large", 413, patch(f"{OUT}/CMP-ACTIVE", body=BIG)),
    ("unsupported_media_type", 415, patch(f"{OUT}/CMP-ACTIVE", body=b"{}", headers=TEXT)),
    ("precondition_required", 428, put(f"{CAM}/CMP-FULL/schedule", schedule("CMP-FULL"))),
    ("archived", 403, patch(f"{OUT}/CMP-ARCHIVED", {"dialingRules": rules()})),
    ("archived", 403, patch(f"{CAM}/CMP-ARCHIVED", {"predictiveDialer": pacing()})),
    ("archived", 403, put(f"{OUT}/CMP-ARCHIVED", weights("CMP-ARCHIVED"))),
    ("archived", 403, put(f"{CAM}/CMP-ARCHIVED/schedule", schedule("CMP-ARCHIVED"), headers=TAG)),
    (
        "licence",
        403,
        patch(
            f"{OUT}/SMALL-PAUSED",
            {"dialingRules": rules(dialingMethod="PREDICTIVE", maxCallsPerAgent=2)},
            client="small-all",
        ),
    ),
    ("locked", 403, patch(f"{CAM}/CMP-LOCKED", {"predictiveDialer": pacing()})),
]

CAMPAIGN_409S: list[tuple[str, str, Ask]] = [
    (
        "revision_conflict",
        "CMP-ACTIVE",
        patch(f"{OUT}/CMP-ACTIVE", {"dialingRules": rules()}, headers={"X-If-Match": "41"}),
    ),
    (
        "revision_conflict",
        "CMP-ACTIVE",
        patch(f"{CAM}/CMP-ACTIVE", {"predictiveDialer": pacing()}, headers={"If-Match": '"41"'}),
    ),
    ("revision_conflict", "CMP-FULL", put(f"{OUT}/CMP-FULL", weights("CMP-FULL", version=99))),
    ("locked", "CMP-LOCKED", patch(f"{OUT}/CMP-LOCKED", {"status": "PAUSED"})),
    ("locked", "CMP-LOCKED", put(f"{OUT}/CMP-LOCKED", weights("CMP-LOCKED"))),
    ("illegal_transition", "CMP-ACTIVE", patch(f"{OUT}/CMP-ACTIVE", {"status": "ACTIVE"})),
    ("illegal_transition", "CMP-STOPPED", patch(f"{CAM}/CMP-STOPPED", {"status": "PAUSED"})),
    ("campaign_limit", "SMALL-PAUSED", patch(f"{OUT}/SMALL-PAUSED", {"status": "ACTIVE"}, client="small-all")),
]


@holds("7.01", "7.02", "7.05", "7.06", "7.07", "7.08", "7.09", "7.10", "7.11", "7.12", "7.13", "7.14", "7.19", "7.20")
@holds("7.30")
@pytest.mark.parametrize(("code", "status", "ask"), CODES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CODES)])
def test_refusal_has_its_code_status_and_the_one_body(platform: Caller, code: str, status: int, ask: Ask) -> None:
    with nothing_changes(platform, "CMP-ACTIVE", "CMP-FULL", "CMP-LOCKED", "CMP-ARCHIVED"):
        refused(ask.send(platform), status, code)


@holds("7.01", "7.03", "7.15", "7.18", "7.21", "7.22", "7.30", "7.42", "7.43", "7.44")
@pytest.mark.parametrize(
    ("code", "campaign", "ask"), CAMPAIGN_409S, ids=[f"{c[0]}-{n}" for n, c in enumerate(CAMPAIGN_409S)]
)
def test_campaign_409_tells_revision_state_and_what_is_allowed(
    platform: Caller, code: str, campaign: str, ask: Ask
) -> None:
    assert ask.client is not None
    before = platform.campaign(campaign, ask.client)
    told(refused(ask.send(platform), 409, code), before)
    assert platform.campaign(campaign, ask.client) == before


@holds("7.03", "7.16")
def test_key_conflict_on_a_campaign_tells_its_present_state(platform: Caller) -> None:
    key = {"Idempotency-Key": "one"}
    assert platform.patch(f"{OUT}/CMP-ACTIVE", {"status": "PAUSED"}, headers=key).status_code == 200
    document = refused(
        platform.patch(f"{OUT}/CMP-ACTIVE", {"status": "STOPPED"}, headers=key), 409, "idempotency_conflict"
    )
    told(document, platform.campaign("CMP-ACTIVE"))


@holds("7.03", "7.42")
@pytest.mark.parametrize(
    ("campaign", "asked", "allowed"),
    [
        ("CMP-ACTIVE", "ACTIVE", {"PAUSED", "STOPPED"}),
        ("CMP-PAUSED", "PAUSED", {"ACTIVE", "STOPPED"}),
        ("CMP-STOPPED", "STOPPED", {"ACTIVE"}),
        ("CMP-STOPPED", "PAUSED", {"ACTIVE"}),
    ],
)
def test_illegal_transition_names_what_is_allowed(
    platform: Caller, campaign: str, asked: str, allowed: set[str]
) -> None:
    document = refused(platform.status(campaign, asked), 409, "illegal_transition")
    assert set(document["allowed"]) == allowed
    assert len(document["allowed"]) == len(allowed)


@holds("7.04", "7.15", "7.17")
@pytest.mark.parametrize(
    ("code", "tag", "changes"),
    [("revision_conflict", 'W/"0"', {}), ("overlap", 'W/"1"', {"timeWindows": OVERLAPPING})],
)
def test_schedule_409_tells_the_present_tag(platform: Caller, code: str, tag: str, changes: dict[str, Any]) -> None:
    with nothing_changes(platform, "CMP-FULL"):
        answer = platform.put(f"{CAM}/CMP-FULL/schedule", schedule("CMP-FULL", **changes), headers={"If-Match": tag})
        assert refused(answer, 409, code)["currentETag"] == 'W/"1"'


@holds("7.04", "7.16")
def test_key_conflict_on_a_schedule_tells_the_present_tag(platform: Caller) -> None:
    path, headers = f"{CAM}/CMP-FULL/schedule", {"If-Match": 'W/"1"', "Idempotency-Key": "one"}
    first = platform.put(path, schedule("CMP-FULL"), headers=headers)
    assert first.status_code == 200
    other = platform.put(path, schedule("CMP-FULL", maxConcurrentCalls=7), headers=headers)
    document = refused(other, 409, "idempotency_conflict")
    assert document["currentETag"] == first.headers["etag"]


@holds("7.04")
def test_tag_told_for_a_campaign_never_scheduled_is_the_initial_one(platform: Caller) -> None:
    answer = platform.put(f"{CAM}/CMP-PAUSED/schedule", schedule("CMP-PAUSED"), headers={"If-Match": 'W/"5"'})
    assert refused(answer, 409, "revision_conflict")["currentETag"] == 'W/"initial"'


@holds("7.24", "7.01")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_failure_of_the_platform_itself_is_internal(platform: Caller, status: int) -> None:
    platform.token()
    platform.order("status", status=status)
    refused(platform.get(f"{OUT}/CMP-ACTIVE"), status, "internal")


@holds("7.05", "7.01")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 412, 418, 422, 429, 500, 599])
def test_ordered_refusal_has_a_known_code_too(platform: Caller, status: int) -> None:
    platform.token()
    platform.order("status", status=status)
    answer = platform.get(f"{OUT}/CMP-ACTIVE")
    assert answer.status_code == status
    body_of(answer)


@holds("7.40", "7.10")
@pytest.mark.parametrize(
    "ask",
    [
        get(f"{OUT}/NOPE"),
        get(f"{CAM}/NOPE"),
        patch(f"{OUT}/NOPE", {"status": "PAUSED"}),
        patch(f"{CAM}/NOPE", {"status": "PAUSED"}),
        put(f"{OUT}/NOPE", weights("NOPE")),
        get(f"{CAM}/NOPE/schedule"),
        put(f"{CAM}/NOPE/schedule", schedule("NOPE"), headers={"If-Match": 'W/"initial"'}),
        get(f"{CAM}/NOPE/statistics"),
        get(f"{SIMULATIONS}/NOPE"),
        post(SIMULATIONS, simulation("NOPE")),
        get(f"{HOOKS}/NOPE"),
        delete(f"{HOOKS}/NOPE"),
        get(f"{OUT}/CMP-ACTIVE/nothing"),
        get(f"{CAM}/CMP-ACTIVE/schedule/more"),
        get("/api/v2"),
        get("/api/v3/campaigns/CMP-ACTIVE"),
    ],
    ids=lambda a: f"{a.method} {a.path}",
)
def test_unknown_id_or_address_is_404(platform: Caller, ask: Ask) -> None:
    refused(ask.send(platform), 404, "not_found")


@holds("7.41", "7.09", "7.112")
@pytest.mark.parametrize("foreign", ["BULK-1", "SMALL-ACTIVE", "NOBODYS"])
def test_campaign_of_another_tenant_is_403_in_every_use(platform: Caller, foreign: str) -> None:
    before = platform.control("GET", f"/campaigns/{foreign}")
    for ask in (
        get(f"{OUT}/{foreign}"),
        get(f"{CAM}/{foreign}"),
        patch(f"{OUT}/{foreign}", {"status": "ACTIVE"}),
        patch(f"{CAM}/{foreign}", {"predictiveDialer": pacing()}),
        put(f"{OUT}/{foreign}", weights(foreign)),
        get(f"{CAM}/{foreign}/schedule"),
        put(f"{CAM}/{foreign}/schedule", schedule(foreign), headers={"If-Match": 'W/"initial"'}),
        get(f"{CAM}/{foreign}/statistics"),
    ):
        refused(ask.send(platform), 403, "forbidden")
    assert platform.control("GET", f"/campaigns/{foreign}") == before


@holds("7.41")
def test_webhook_and_simulation_of_another_tenant_are_403(platform: Caller) -> None:
    hook = platform.post(HOOKS, webhook(), client="bulk-all").json()["id"]
    order = platform.post(SIMULATIONS, simulation("BULK-1"), client="bulk-all").json()["id"]
    refused(platform.get(f"{HOOKS}/{hook}"), 403, "forbidden")
    refused(platform.delete(f"{HOOKS}/{hook}"), 403, "forbidden")
    refused(platform.get(f"{SIMULATIONS}/{order}"), 403, "forbidden")
    assert platform.get(f"{HOOKS}/{hook}", client="bulk-all").status_code == 200


@holds("7.41")
def test_simulation_of_another_tenants_campaign_is_403(platform: Caller) -> None:
    refused(platform.post(SIMULATIONS, simulation("BULK-1")), 403, "forbidden")


@holds("7.44", "7.45", "7.46", "7.18")
def test_locked_campaign_refuses_each_write_by_the_status_of_its_prefix(platform: Caller) -> None:
    locked = "CMP-LOCKED"
    bodies: list[dict[str, Any]] = [
        {"status": "PAUSED"},
        {"dialingRules": rules()},
        {"predictiveDialer": pacing()},
    ]
    with nothing_changes(platform, locked):
        for body in bodies:
            refused(platform.patch(f"{OUT}/{locked}", body), 409, "locked")
            refused(platform.patch(f"{CAM}/{locked}", body), 403, "locked")
        refused(platform.put(f"{OUT}/{locked}", weights(locked)), 409, "locked")
        tag = {"If-Match": 'W/"initial"'}
        refused(platform.put(f"{CAM}/{locked}/schedule", schedule(locked), headers=tag), 403, "locked")


@holds("7.128", "7.11")
@pytest.mark.parametrize(
    ("ask", "allowed"),
    [
        (delete(f"{OUT}/CMP-ACTIVE"), {"GET", "PATCH", "PUT"}),
        (post(f"{OUT}/CMP-ACTIVE", {}), {"GET", "PATCH", "PUT"}),
        (put(f"{CAM}/CMP-ACTIVE", {}), {"GET", "PATCH"}),
        (delete(f"{CAM}/CMP-ACTIVE"), {"GET", "PATCH"}),
        (patch(f"{CAM}/CMP-ACTIVE/schedule", {}), {"GET", "PUT"}),
        (delete(f"{CAM}/CMP-ACTIVE/schedule"), {"GET", "PUT"}),
        (post(f"{CAM}/CMP-ACTIVE/statistics", {}), {"GET"}),
        (post(f"{CAM}/statistics", {}), {"GET"}),
        (post(OUT, {}), {"GET"}),
        (get(SIMULATIONS), {"POST"}),
        (put(HOOKS, {}), {"GET", "POST"}),
        (Ask("OPTIONS", f"{OUT}/CMP-ACTIVE"), {"GET", "PATCH", "PUT"}),
        (Ask("OPTIONS", OUT), {"GET"}),
        (Ask("OPTIONS", HOOKS), {"GET", "POST"}),
        (Ask("TRACE", OUT), {"GET"}),
        (Ask("BREW", OUT), {"GET"}),
    ],
    ids=lambda v: f"{v.method} {v.path}" if isinstance(v, Ask) else "",
)
def test_method_not_taken_is_405_and_allow_tells_the_others(platform: Caller, ask: Ask, allowed: set[str]) -> None:
    answer = ask.send(platform)
    refused(answer, 405, "method_not_allowed")
    assert {m.strip() for m in answer.headers["allow"].split(",")} - {"HEAD"} == allowed


@holds("7.129", "7.08")
@pytest.mark.parametrize(
    "credentials", [None, "Bearer", "bearer", "Bearer nonsense", "Basic YTpi", "nonsense", "Bearer a b", ""]
)
def test_401_asks_for_a_bearer(platform: Caller, credentials: str | None) -> None:
    headers = {} if credentials is None else {"Authorization": credentials}
    answer = platform.get(f"{OUT}/CMP-ACTIVE", headers=headers, client=None)
    refused(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@holds("7.127")
@pytest.mark.parametrize(
    "path", [OUT, f"{OUT}/CMP-FULL", f"{CAM}/CMP-FULL", f"{CAM}/CMP-FULL/schedule", f"{CAM}/statistics", HOOKS]
)
def test_head_is_answered_like_get_without_a_body(platform: Caller, path: str) -> None:
    told_by_get = platform.get(path)
    told_by_head = platform.send("HEAD", path)
    assert told_by_head.status_code == told_by_get.status_code == 200
    assert told_by_head.content == b""
    assert dict(told_by_head.headers) == dict(told_by_get.headers)
    assert platform.send("HEAD", f"{OUT}/NOPE").status_code == 404
