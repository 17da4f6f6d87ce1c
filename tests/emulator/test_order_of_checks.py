"""The order of checks: of two checks that one request fails, the earlier answers, for every pair and kind of write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest

from paceline.testing import running_emulator
from tests.emulator.caller import START, TENANTS, Caller, secrets_in
from tests.emulator.documents import CAM, OUT, OVERLAPPING, pacing, rules, schedule, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import refused

CLIENT = "small-all"
CAMPAIGN = "ORDERED"
LIMIT = 12


@dataclass
class Write:
    """A write in the making: sound at first, then spoilt."""

    caller: Caller
    kind: str
    method: str
    campaign: str = CAMPAIGN
    token: str = ""
    content_type: str = "application/json"
    document: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    after: str = ""
    use_up: bool = False

    @property
    def path(self) -> str:
        prefix = OUT if self.kind in ("outbound", "weights") else CAM
        return f"{prefix}/{self.campaign}" + ("/schedule" if self.kind == "schedule" else "")

    def send(self) -> Any:
        headers = {"Content-Type": self.content_type, "Authorization": f"Bearer {self.token}", **self.headers}
        body = (json.dumps(self.document) + self.after).encode()
        if self.use_up:
            spend(self.caller)
        return self.caller.send(self.method, self.path, body=body, headers=headers, client=None)


def spend(caller: Caller) -> None:
    """Make requests as the client until its limit is used up."""
    token = caller.token(CLIENT)
    for _ in range(LIMIT):
        answer = caller.get(OUT, headers={"Authorization": f"Bearer {token}"}, client=None)
        if answer.status_code == 429:
            return


def fresh_token(caller: Caller, scope: str = "") -> str:
    """Return another token of the client."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": "small-secret", "scope": scope}
    token: str = caller.http.post("/oauth/token", data=form).json()["access_token"]
    return token


def sound(caller: Caller, kind: str) -> Write:
    """Return a write of the kind that succeeds."""
    caller.control("POST", "/campaigns", {"id": CAMPAIGN, "tenant": "small", "status": "STOPPED", "revision": 7})
    write = Write(caller, kind, "PATCH" if kind in ("outbound", "campaigns") else "PUT", token=caller.token(CLIENT))
    if kind in ("outbound", "campaigns"):
        write.document = {"status": "ACTIVE", "dialingRules": rules()}
        pause_the_other(caller)
    elif kind == "weights":
        write.document = weights(CAMPAIGN)
    else:
        write.document = schedule(CAMPAIGN)
        write.headers["If-Match"] = 'W/"initial"'
    return write


def pause_the_other(caller: Caller) -> None:
    """Leave a place for one more active campaign."""
    assert caller.patch(f"{OUT}/SMALL-ACTIVE", {"status": "PAUSED"}, client=CLIENT).status_code == 200


def over_the_limit(w: Write) -> None:
    w.use_up = True


def expired_bearer(w: Write) -> None:
    w.token = fresh_token(w.caller)
    w.caller.order("expired_token")
    answer = w.caller.get(OUT, headers={"Authorization": f"Bearer {w.token}"}, client=None)
    assert answer.status_code == 401


def unknown_id(w: Write) -> None:
    w.campaign = "NOPE"


def wrong_method(w: Write) -> None:
    w.method = "DELETE"


def foreign_tenant(w: Write) -> None:
    w.campaign = "BULK-3"


def missing_scope(w: Write) -> None:
    w.token = fresh_token(w.caller, "webhooks:write")


def too_large(w: Write) -> None:
    w.after += " " * 1_100_000


def not_declared_json(w: Write) -> None:
    w.content_type = "text/plain"


def unparsable(w: Write) -> None:
    w.after += "}"


def key_of_other_content(w: Write) -> None:
    w.headers["Idempotency-Key"] = "used"
    other = {
        "outbound": {"predictiveDialer": pacing()},
        "campaigns": {"predictiveDialer": pacing()},
        "weights": {"id": CAMPAIGN, "configuration": weights(CAMPAIGN)["configuration"]},
        "schedule": schedule(CAMPAIGN, maxConcurrentCalls=1),
    }[w.kind]
    path = (OUT if w.kind in ("outbound", "weights") else CAM) + f"/{CAMPAIGN}"
    headers = {"Idempotency-Key": "used"}
    if w.kind == "schedule":
        path += "/schedule"
        headers["If-Match"] = 'W/"initial"'
    method = "PATCH" if w.kind in ("outbound", "campaigns") else "PUT"
    used = w.caller.send(method, path, json=other, headers=headers, client=CLIENT)
    # A refusal of the state (403, 409) is stored under the key as well as a success.
    assert used.status_code in (200, 403, 409), used.text
    if "etag" in used.headers and w.headers.get("If-Match") == 'W/"initial"':
        w.headers["If-Match"] = used.headers["etag"]


def no_precondition(w: Write) -> None:
    del w.headers["If-Match"]


def field_at_fault(w: Write) -> None:
    w.document["colour"] = "red"


def archived(w: Write) -> None:
    w.caller.arrange(CAMPAIGN, archived=True)


def licence(w: Write) -> None:
    w.document["dialingRules"]["dialingMethod"] = "PREDICTIVE"


def stale(w: Write) -> None:
    w.headers["If-Match"] = 'W/"99"' if w.kind == "schedule" else '"99"'


def locked(w: Write) -> None:
    w.caller.arrange(CAMPAIGN, locked=True)


def illegal(w: Write) -> None:
    w.document["status"] = "PAUSED"


def one_too_many(w: Write) -> None:
    assert w.caller.patch(f"{OUT}/SMALL-ACTIVE", {"status": "ACTIVE"}, client=CLIENT).status_code == 200


def overlapping(w: Write) -> None:
    w.document["timeWindows"] = OVERLAPPING


Spoiler = Callable[[Write], None]
ORDER: list[tuple[Spoiler, str, int]] = [
    (over_the_limit, "rate_limited", 429),
    (expired_bearer, "unauthorized", 401),
    (unknown_id, "not_found", 404),
    (wrong_method, "method_not_allowed", 405),
    (foreign_tenant, "forbidden", 403),
    (missing_scope, "forbidden", 403),
    (too_large, "too_large", 413),
    (not_declared_json, "unsupported_media_type", 415),
    (unparsable, "invalid_request", 400),
    (key_of_other_content, "idempotency_conflict", 409),
    (no_precondition, "precondition_required", 428),
    (field_at_fault, "validation", 0),
    (archived, "archived", 403),
    (licence, "licence", 403),
    (stale, "revision_conflict", 409),
    (locked, "locked", 0),
    (illegal, "illegal_transition", 409),
    (one_too_many, "campaign_limit", 409),
    (overlapping, "overlap", 409),
]

LIFECYCLE_ONLY: set[Spoiler] = {licence, illegal, one_too_many}
SCHEDULE_ONLY: set[Spoiler] = {no_precondition, overlapping}
OF_THE_STATE: set[Spoiler] = {archived, licence, stale, locked, illegal, one_too_many, overlapping}
"""Checks that only mean something where the campaign is one's own and known."""

IMPOSSIBLE: list[set[Spoiler]] = [
    {expired_bearer, missing_scope},
    {unknown_id, foreign_tenant},
    {no_precondition, stale},
    {illegal, one_too_many},
]


def status_of(spoil: Spoiler, kind: str) -> int:
    """Return the status of a failed check, which for two of them depends on the prefix."""
    outbound = kind in ("outbound", "weights")
    if spoil is field_at_fault:
        return 400 if outbound else 422
    if spoil is locked:
        return 409 if outbound else 403
    return next(status for known, _, status in ORDER if known is spoil)


def pairs(kind: str) -> list[tuple[Spoiler, str, int, Spoiler]]:
    """Return for a kind of write each pair that one request can fail, with the answer of the earlier."""
    unknown = LIFECYCLE_ONLY if kind == "schedule" else SCHEDULE_ONLY
    if kind == "weights":
        unknown = LIFECYCLE_ONLY | SCHEDULE_ONLY
    found = []
    for (first, code, _), (second, _, _) in combinations(ORDER, 2):
        both = {first, second}
        if both & unknown or both in IMPOSSIBLE:
            continue
        if both & {unknown_id, foreign_tenant} and both & OF_THE_STATE:
            continue
        found.append((first, code, status_of(first, kind), second))
    return found


TABLE = [(kind, *pair) for kind in ("outbound", "campaigns", "weights", "schedule") for pair in pairs(kind)]


@holds("7.59", "7.60", "7.62", "7.63", "7.64", "7.65", "7.66", "7.67", "7.68", "7.69", "7.71", "7.72", "7.73", "7.74")
@holds("7.75", "7.76", "7.77", "7.78", "7.79", "7.80", "7.81", "7.82", "7.83")
@pytest.mark.parametrize(
    ("kind", "first", "code", "status", "second"),
    [row for row in TABLE if row[1] is not over_the_limit],
    ids=lambda v: v.__name__ if callable(v) else str(v),
)
def test_of_two_failed_checks_the_earlier_answers(
    platform: Caller, kind: str, first: Spoiler, code: str, status: int, second: Spoiler
) -> None:
    write = sound(platform, kind)
    # The later check is spoilt first: what it needs done must not meet the earlier one.
    second(write)
    first(write)
    refused(write.send(), status, code)


@pytest.fixture(scope="module")
def narrow_caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A caller of an emulator where the client's limit is quickly used up."""
    tenants = tmp_path_factory.mktemp("narrow") / "narrow.toml"
    small = "max_concurrent_campaigns = 1\nrequests_per_minute = "
    text = TENANTS.read_text(encoding="utf-8")
    assert f"{small}100" in text
    tenants.write_text(text.replace(f"{small}100", f"{small}{LIMIT}"), encoding="utf-8")
    with running_emulator(tenants, now=START, speed=0.0, seed=7) as emulator:
        caller = Caller(emulator.url, secrets_in(tenants))
        yield caller
        caller.close()


@pytest.fixture
def narrow(narrow_caller: Caller) -> Caller:
    """That caller, with nothing of the limit used and the emulator set back."""
    narrow_caller.reset()
    return narrow_caller


@holds("7.59", "7.60", "7.23")
@pytest.mark.parametrize(
    ("kind", "second"),
    [(row[0], row[4]) for row in TABLE if row[1] is over_the_limit],
    ids=lambda v: v.__name__ if callable(v) else str(v),
)
def test_request_limit_answers_before_every_other_check(narrow: Caller, kind: str, second: Spoiler) -> None:
    write = sound(narrow, kind)
    second(write)
    over_the_limit(write)
    refused(write.send(), 429, "rate_limited")


@holds("7.62", "7.63", "7.64", "7.66", "7.67", "7.68", "7.69", "7.72", "7.73", "7.76", "7.78", "7.79", "7.83")
@pytest.mark.parametrize("kind", ["outbound", "campaigns", "weights", "schedule"])
def test_sound_write_succeeds_and_each_spoilt_one_fails_by_its_own_check(platform: Caller, kind: str) -> None:
    assert sound(platform, kind).send().status_code == 200
    for spoil, code, _ in ORDER:
        known = {f for row in pairs(kind) for f in (row[0], row[3])}
        if spoil not in known or spoil is over_the_limit:
            continue
        platform.reset()
        write = sound(platform, kind)
        spoil(write)
        refused(write.send(), status_of(spoil, kind), code)


@holds("7.62")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v2/nothing"),
        ("DELETE", f"{OUT}/NOPE"),
        ("POST", f"{CAM}/NOPE/schedule"),
        ("GET", f"{OUT}/simulations/NOPE"),
        ("GET", "/api/v2/webhooks/NOPE"),
    ],
)
def test_without_a_bearer_nothing_is_told_of_what_exists(platform: Caller, method: str, path: str) -> None:
    refused(platform.send(method, path, client=None), 401, "unauthorized")


@holds("7.82")
def test_illegal_step_at_the_limit_is_an_illegal_step(platform: Caller) -> None:
    answer = platform.patch(f"{OUT}/SMALL-ACTIVE", {"status": "ACTIVE"}, client=CLIENT)
    refused(answer, 409, "illegal_transition")


@holds("7.65")
@pytest.mark.parametrize("client", ["acme-read", "acme-write"])
def test_foreign_campaign_is_forbidden_whatever_the_scope(platform: Caller, client: str) -> None:
    for method in ("GET", "PATCH"):
        refused(platform.send(method, f"{OUT}/BULK-1", body=b"{", client=client), 403, "forbidden")


@holds("7.70", "7.72", "7.73", "7.76", "7.78", "7.79")
def test_stored_answer_comes_before_every_later_check(platform: Caller) -> None:
    body, path = {"status": "PAUSED", "revision": 42}, f"{OUT}/CMP-ACTIVE"
    key = {"Idempotency-Key": "stored"}
    first = platform.patch(path, body, headers=key)
    assert first.status_code == 200
    platform.arrange("CMP-ACTIVE", locked=True)
    assert platform.patch(path, body, headers=key).content == first.content
    platform.arrange("CMP-ACTIVE", archived=True)
    again = platform.patch(path, body, headers=key | {"X-If-Match": "nonsense"})
    assert again.status_code == 200
    assert again.content == first.content


@holds("7.70", "7.66", "7.62")
def test_stored_answer_comes_after_every_earlier_check(platform: Caller) -> None:
    body, path = b'{"status":"PAUSED"}', f"{OUT}/CMP-ACTIVE"
    key = {"Idempotency-Key": "stored"}
    assert platform.patch(path, body=body, headers=key).status_code == 200
    refused(platform.patch(path, body=body, headers=key, client=None), 401, "unauthorized")
    plain = key | {"Content-Type": "text/plain"}
    refused(platform.patch(path, body=body, headers=plain), 415, "unsupported_media_type")
    refused(platform.patch(path, body=body + b"}", headers=key), 400, "invalid_request")
    refused(platform.patch(path, body=body + b" " * 1_100_000, headers=key), 413, "too_large")
    refused(platform.patch(path, body=body, headers=key, client="acme-read"), 403, "forbidden")
