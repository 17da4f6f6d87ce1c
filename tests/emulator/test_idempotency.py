"""`Idempotency-Key`: the stored answer, its conflict, its 24 hours, and what is never stored."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx2
import pytest

from tests.emulator.asks import Ask, delete, get, patch, post, put
from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS, OUT, SIMULATIONS, pacing, rules, schedule, simulation, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import nothing_changes, refused

A = "CMP-ACTIVE"
F = "CMP-FULL"
REPLAYED = "idempotent-replayed"
DAY = 24 * 3600


def keyed(ask: Ask, key: str = "key-1") -> Ask:
    """Return the request with a key."""
    return Ask(ask.method, ask.path, ask.json, ask.body, {**ask.headers, "Idempotency-Key": key}, ask.client)


def is_replay_of(first: httpx2.Response, second: httpx2.Response) -> bool:
    """Tell whether the second answer is the first, marked as replayed."""
    assert REPLAYED not in first.headers
    same = (first.status_code, first.content, first.headers.get("etag")) == (
        second.status_code,
        second.content,
        second.headers.get("etag"),
    )
    return same and second.headers.get(REPLAYED) == "true"


WRITES = {
    "lifecycle": patch(f"{OUT}/{A}", {"status": "PAUSED"}),
    "lifecycle, campaigns prefix": patch(f"{CAM}/{A}", {"status": "PAUSED"}),
    "pending": patch(f"{OUT}/{A}", {"status": "PAUSED", "effectiveTime": "2026-06-18T12:00:00Z"}),
    "rules": patch(f"{OUT}/{A}", {"dialingRules": rules(), "revision": 42}),
    "rules by header": patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": "42"}),
    "pacing": patch(f"{CAM}/{A}", {"predictiveDialer": pacing()}, headers={"If-Match": '"42"'}),
    "weights": put(f"{OUT}/{F}", weights(F, version=100)),
    "weights, by tag": put(f"{OUT}/{F}", weights(F), headers={"If-Match": '"100"'}),
    "schedule": put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"1"'}),
    "first schedule": put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": 'W/"initial"'}),
    "simulation": post(SIMULATIONS, simulation(A)),
    "webhook": post(HOOKS, webhook()),
    "minimal": patch(f"{OUT}/{A}", {"status": "PAUSED"}, headers={"Prefer": "return=minimal"}),
    "async": patch(f"{OUT}/{A}", {"status": "PAUSED"}, headers={"Prefer": "respond-async"}),
}


@holds("7.97", "7.98", "7.107", "7.110")
@pytest.mark.parametrize("name", WRITES)
def test_repeated_write_gets_the_stored_answer_and_has_no_second_effect(platform: Caller, name: str) -> None:
    ask = keyed(WRITES[name])
    first = ask.send(platform)
    assert first.is_success, first.text
    with nothing_changes(platform, A, F):
        for _ in range(3):
            assert is_replay_of(first, ask.send(platform))


@holds("7.108")
@pytest.mark.parametrize("name", WRITES)
def test_no_write_needs_a_key(platform: Caller, name: str) -> None:
    answer = WRITES[name].send(platform)
    assert answer.is_success
    assert REPLAYED not in answer.headers


@holds("7.107", "7.98")
def test_repeated_deletion_deletes_nothing_else(platform: Caller) -> None:
    hook = platform.post(HOOKS, webhook()).json()["id"]
    ask = keyed(delete(f"{HOOKS}/{hook}"))
    assert ask.send(platform).status_code == 204
    other = platform.post(HOOKS, webhook()).json()["id"]
    # The order of checks has 404 before the stored answer, the key's own rule asks for that answer: either will do.
    assert ask.send(platform).status_code in (204, 404)
    assert [one["id"] for one in platform.get(HOOKS).json()["webhooks"]] == [other]


@holds("7.107", "7.99")
def test_deletion_takes_no_key_of_another_request(platform: Caller) -> None:
    hook = keyed(post(HOOKS, webhook())).send(platform).json()["id"]
    with nothing_changes(platform):
        refused(keyed(delete(f"{HOOKS}/{hook}")).send(platform), 409, "idempotency_conflict")
    assert keyed(delete(f"{HOOKS}/{hook}"), "key-2").send(platform).status_code == 204


@holds("7.97", "7.98")
def test_repeated_order_of_a_simulation_is_the_same_simulation(platform: Caller) -> None:
    ask = post(SIMULATIONS, simulation(A))
    first = keyed(ask).send(platform).json()["id"]
    assert keyed(ask).send(platform).json()["id"] == first
    assert keyed(ask, "key-2").send(platform).json()["id"] != first
    assert ask.send(platform).json()["id"] != first


@holds("7.97", "7.98")
def test_stored_answer_is_given_after_the_campaign_has_moved_on(platform: Caller) -> None:
    ask = keyed(WRITES["rules by header"])
    first = ask.send(platform)
    for calls in (3, 4, 5):
        assert platform.patch(f"{OUT}/{A}", {"dialingRules": rules(maxCallsPerAgent=calls)}).status_code == 200
    assert platform.status(A, "STOPPED").status_code == 200
    with nothing_changes(platform, A):
        assert is_replay_of(first, ask.send(platform))
    assert platform.campaign(A)["revision"] == 47
    assert platform.campaign(A)["dialingRules"]["maxCallsPerAgent"] == 5


@holds("7.97")
def test_stored_answer_is_given_to_another_token_of_the_client(platform: Caller) -> None:
    ask = keyed(WRITES["lifecycle"])
    first = ask.send(platform)
    old = platform.tokens.pop("acme-all")
    assert platform.token() != old
    assert is_replay_of(first, ask.send(platform))


@holds("7.97")
def test_two_keys_are_two_requests(platform: Caller) -> None:
    ask = patch(f"{OUT}/{A}", {"dialingRules": rules()})
    assert [keyed(ask, f"k{n}").send(platform).json()["revision"] for n in range(4)] == [43, 44, 45, 46]
    assert [keyed(ask, f"K{n}").send(platform).json()["revision"] for n in range(2)] == [47, 48]


@holds("7.99", "7.16")
@pytest.mark.parametrize(
    ("ask", "other"),
    [
        (WRITES["lifecycle"], {"status": "STOPPED"}),
        (WRITES["lifecycle"], {"status": "PAUSED", "drainQueue": False}),
        (WRITES["lifecycle"], {"status": "nonsense"}),
        (WRITES["rules"], {"dialingRules": rules(), "revision": 43}),
        (WRITES["weights"], weights(F, version=101)),
        (WRITES["schedule"], schedule(F, maxConcurrentCalls=1)),
        (WRITES["simulation"], simulation(A, durationSeconds=61)),
        (WRITES["webhook"], webhook(name="other")),
        (WRITES["webhook"], webhook(url="http://127.0.0.1:9/other")),
    ],
)
def test_key_with_another_body_is_409(platform: Caller, ask: Ask, other: dict[str, Any]) -> None:
    first = keyed(ask).send(platform)
    assert first.is_success
    with nothing_changes(platform, A, F):
        changed = keyed(Ask(ask.method, ask.path, other, headers=ask.headers))
        refused(changed.send(platform), 409, "idempotency_conflict")
    assert is_replay_of(first, keyed(ask).send(platform))


@holds("7.100", "7.16")
@pytest.mark.parametrize(
    "other",
    [
        patch(f"{OUT}/CMP-PAUSED", {"status": "STOPPED"}),
        patch(f"{CAM}/{A}", {"status": "STOPPED"}),
        put(f"{OUT}/{A}", {"status": "STOPPED"}),
        put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": 'W/"initial"'}),
        post(SIMULATIONS, simulation(A)),
        post(HOOKS, webhook()),
    ],
    ids=lambda a: f"{a.method} {a.path}",
)
def test_key_with_another_method_or_path_is_409(platform: Caller, other: Ask) -> None:
    first = keyed(patch(f"{OUT}/{A}", {"status": "STOPPED"})).send(platform)
    assert first.status_code == 200
    with nothing_changes(platform, A, "CMP-PAUSED"):
        refused(keyed(other).send(platform), 409, "idempotency_conflict")


@holds("7.101")
def test_key_of_another_client_is_another_matter(platform: Caller) -> None:
    body = {"dialingRules": rules()}
    first = keyed(patch(f"{OUT}/{A}", body)).send(platform)
    second = keyed(patch(f"{OUT}/{A}", body, client="acme-java")).send(platform)
    assert (first.json()["revision"], second.json()["revision"]) == (43, 44)
    assert REPLAYED not in second.headers
    other = keyed(patch(f"{OUT}/{A}", {"status": "PAUSED"}, client="acme-odd")).send(platform)
    assert other.status_code == 200
    foreign = keyed(patch(f"{OUT}/BULK-1", {"status": "PAUSED"}, client="bulk-all")).send(platform)
    assert foreign.status_code == 200


@holds("7.102")
@pytest.mark.parametrize("elapsed", [1, 3600, DAY - 1])
def test_key_is_remembered_for_24_hours(platform: Caller, elapsed: int) -> None:
    ask = keyed(WRITES["rules"])
    first = ask.send(platform)
    platform.advance(elapsed)
    platform.tokens.clear()
    assert is_replay_of(first, ask.send(platform))
    assert platform.campaign(A)["revision"] == 43


@holds("7.102")
def test_key_is_forgotten_after_24_hours(platform: Caller) -> None:
    ask = keyed(patch(f"{OUT}/{A}", {"dialingRules": rules()}))
    assert ask.send(platform).json()["revision"] == 43
    platform.advance(DAY + 1)
    platform.tokens.clear()
    fresh = ask.send(platform)
    assert REPLAYED not in fresh.headers
    assert fresh.json()["revision"] == 44
    platform.advance(DAY - 1)
    platform.tokens.clear()
    assert is_replay_of(fresh, ask.send(platform))


@holds("7.102")
def test_replay_does_not_lengthen_the_24_hours(platform: Caller) -> None:
    ask = keyed(patch(f"{OUT}/{A}", {"dialingRules": rules()}))
    ask.send(platform)
    platform.advance(DAY - 1)
    platform.tokens.clear()
    assert ask.send(platform).headers[REPLAYED] == "true"
    platform.advance(2)
    platform.tokens.clear()
    assert ask.send(platform).json()["revision"] == 44


@holds("7.102", "7.99")
def test_forgotten_key_takes_other_content(platform: Caller) -> None:
    assert keyed(patch(f"{OUT}/{A}", {"status": "PAUSED"})).send(platform).status_code == 200
    platform.advance(DAY + 1)
    platform.tokens.clear()
    assert keyed(patch(f"{OUT}/{A}", {"status": "STOPPED"})).send(platform).status_code == 200


STORED_REFUSALS = {
    "illegal": (patch(f"{OUT}/{A}", {"status": "ACTIVE"}), 409),
    "field": (patch(f"{OUT}/{A}", {"status": "active"}), 400),
    "field, campaigns prefix": (patch(f"{CAM}/{A}", {"status": "active"}), 422),
    "stale": (patch(f"{OUT}/{A}", {"dialingRules": rules(), "revision": 43}), 409),
    "stale weights": (put(f"{OUT}/{F}", weights(F, version=101)), 409),
    "locked": (patch(f"{OUT}/CMP-LOCKED", {"status": "PAUSED"}), 409),
    "archived": (patch(f"{OUT}/CMP-ARCHIVED", {"status": "ACTIVE"}), 403),
    "no precondition": (put(f"{CAM}/{F}/schedule", schedule(F)), 428),
    "stale schedule": (put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"2"'}), 409),
    "webhook": (post(HOOKS, webhook(url="nonsense")), 400),
}


@holds("7.106", "7.110", "7.107")
@pytest.mark.parametrize("name", STORED_REFUSALS)
def test_refusal_is_stored_and_replayed(platform: Caller, name: str) -> None:
    ask, status = STORED_REFUSALS[name]
    first = keyed(ask).send(platform)
    assert first.status_code == status, first.text
    # Now the present state would answer otherwise: revision, state, lock and tag are others.
    assert platform.patch(f"{OUT}/{A}", {"status": "PAUSED"}).status_code == 200
    platform.arrange("CMP-LOCKED", locked=False)
    assert platform.patch(f"{OUT}/{F}", {"dialingRules": rules()}).status_code == 200
    answer = platform.put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"1"'})
    assert answer.status_code == 200
    with nothing_changes(platform, A, F, "CMP-LOCKED"):
        assert is_replay_of(first, keyed(ask).send(platform))


@holds("7.106")
@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (patch(f"{OUT}/{A}", body=b"{"), 400),
        (patch(f"{OUT}/{A}", body=b"{}", headers={"Content-Type": "text/plain"}), 415),
        (patch(f"{OUT}/{A}", body=b" " * 1_100_000), 413),
        (patch(f"{OUT}/NOPE", {"status": "PAUSED"}), 404),
        (patch(f"{OUT}/BULK-1", {"status": "PAUSED"}), 403),
        (delete(f"{OUT}/{A}"), 405),
    ],
    ids=["unparsable", "type", "size", "unknown", "foreign", "method"],
)
def test_refusal_before_the_key_leaves_the_key_free(platform: Caller, ask: Ask, status: int) -> None:
    assert keyed(ask).send(platform).status_code == status
    answer = keyed(WRITES["lifecycle"]).send(platform)
    assert answer.status_code == 200
    assert REPLAYED not in answer.headers


@holds("7.103")
def test_401_is_not_stored(platform: Caller) -> None:
    ask = WRITES["lifecycle"]
    platform.token()
    platform.order("expired_token")
    refused(keyed(ask).send(platform), 401, "unauthorized")
    refused(keyed(ask).send(platform), 401, "unauthorized")
    platform.tokens.clear()
    answer = keyed(ask).send(platform)
    assert answer.status_code == 200
    assert REPLAYED not in answer.headers


@holds("7.104")
def test_429_is_not_stored(platform: Caller) -> None:
    ask = patch(f"{OUT}/SMALL-ACTIVE", {"status": "PAUSED"}, client="small-all")
    for _ in range(100):
        assert platform.get(f"{OUT}/SMALL-ACTIVE", client="small-all").status_code == 200
    refused(keyed(ask).send(platform), 429, "rate_limited")
    platform.advance(60)
    answer = keyed(ask).send(platform)
    assert answer.status_code == 200
    assert REPLAYED not in answer.headers


@holds("7.105", "7.98")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_5xx_is_not_stored(platform: Caller, status: int) -> None:
    ask = WRITES["rules"]
    platform.token()
    platform.order("status", status=status, times=2)
    assert keyed(ask).send(platform).status_code == status
    assert keyed(ask).send(platform).status_code == status
    answer = keyed(ask).send(platform)
    assert answer.status_code == 200
    assert REPLAYED not in answer.headers
    assert answer.json()["revision"] == 43
    assert is_replay_of(answer, keyed(ask).send(platform))


@holds("7.103", "7.104", "7.105")
@pytest.mark.parametrize("status", [401, 429, 503])
def test_key_of_an_answer_that_is_not_stored_may_take_other_content(platform: Caller, status: int) -> None:
    platform.token()
    platform.order("status", status=status)
    assert keyed(patch(f"{OUT}/{A}", {"status": "STOPPED"})).send(platform).status_code == status
    assert keyed(WRITES["lifecycle"]).send(platform).status_code == 200


@holds("7.97", "7.98")
@pytest.mark.parametrize("kind", ["reset_after", "truncate", "malformed"])
def test_answer_that_never_arrived_whole_is_given_to_the_repetition(platform: Caller, kind: str) -> None:
    ask = keyed(WRITES["rules"])
    platform.token()
    platform.order(kind)
    with suppress(httpx2.TransportError, ValueError):
        ask.send(platform).json()
    again = ask.send(platform)
    assert again.status_code == 200
    assert again.headers[REPLAYED] == "true"
    assert again.json()["revision"] == 43
    assert platform.campaign(A)["revision"] == 43


@holds("7.109", "7.28")
@pytest.mark.parametrize("key", ["k" * 256, "a b", "a\tb", "", "k" * 5000])
@pytest.mark.parametrize(
    ("ask", "status"),
    [(WRITES["lifecycle"], 400), (WRITES["pacing"], 422), (WRITES["schedule"], 422), (WRITES["webhook"], 400)],
    ids=["outbound", "campaigns", "schedule", "webhook"],
)
def test_key_of_the_wrong_form_is_a_field_fault(platform: Caller, ask: Ask, status: int, key: str) -> None:
    with nothing_changes(platform, A, F):
        refused(keyed(ask, key).send(platform), status, "validation", "Idempotency-Key")


@holds("7.109", "7.28")
def test_key_that_is_not_ascii_is_a_field_fault(platform: Caller) -> None:
    headers: Any = {"Idempotency-Key": "schlüssel".encode(), "Authorization": f"Bearer {platform.token()}"}
    with nothing_changes(platform, A):
        answer = platform.http.patch(f"{OUT}/{A}", json={"status": "PAUSED"}, headers=headers)
        refused(answer, 400, "validation", "Idempotency-Key")


@holds("7.109")
@pytest.mark.parametrize(
    "key", ["k", "k" * 255, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", "123e4567-e89b-12d3-a456-426614174000"]
)
def test_any_visible_ascii_up_to_255_is_a_key(platform: Caller, key: str) -> None:
    ask = keyed(WRITES["lifecycle"], key)
    first = ask.send(platform)
    assert first.status_code == 200
    assert is_replay_of(first, ask.send(platform))


@holds("7.107")
def test_reading_takes_no_notice_of_a_key(platform: Caller) -> None:
    assert keyed(WRITES["lifecycle"]).send(platform).status_code == 200
    for path in (f"{OUT}/{A}", OUT, f"{CAM}/{F}/schedule", HOOKS):
        answer = keyed(get(path)).send(platform)
        assert answer.status_code == 200
        assert REPLAYED not in answer.headers
