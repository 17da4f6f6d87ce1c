"""Many requests at one time: each is wholly before or wholly after every other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS, OUT, SIMULATIONS, pacing, rules, schedule, simulation, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import told
from tests.trust import http_client

MANY = 100
BULK = "bulk-all"
PATH = f"{OUT}/BULK-1"


def all_at_once(count: int, ask: Callable[[int], httpx2.Response]) -> list[httpx2.Response]:
    """Make so many requests through a pool of threads."""
    with ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(ask, range(count)))


def from_separate_connections(
    platform: Caller, count: int, ask: Callable[[httpx2.Client, int], httpx2.Response]
) -> list[httpx2.Response]:
    """Make so many requests, each on its own open connection, in real threads let loose together."""
    headers = {"Authorization": f"Bearer {platform.token(BULK)}"}
    gate = Barrier(count)
    answers: list[httpx2.Response] = []

    def run(number: int) -> None:
        with http_client(base_url=platform.url, headers=headers, timeout=60.0) as client:
            client.get("/_emulator/clock").raise_for_status()
            gate.wait()
            answers.append(ask(client, number))

    threads = [Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return answers


def one_of_many(answers: list[httpx2.Response], code: str = "revision_conflict") -> httpx2.Response:
    """Check that one succeeded and all others were 409, and return the one."""
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: len(answers) - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {code}
    return next(answer for answer in answers if answer.status_code == 200)


STYLES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "X-If-Match": ({"X-If-Match": "1"}, {}),
    "revision": ({}, {"revision": 1}),
    "both": ({"X-If-Match": "1"}, {"revision": 1}),
    "If-Match": ({"If-Match": '"1"'}, {}),
}


@holds("7.96", "7.88", "7.15", "7.03")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize("style", STYLES)
def test_of_100_patches_with_one_revision_exactly_one_is_applied(platform: Caller, style: str, prefix: str) -> None:
    headers, body = STYLES[style]
    platform.token(BULK)

    def ask(number: int) -> httpx2.Response:
        block = {"dialingRules": rules(abandonmentRateThreshold={"maxRate": 0.03, "coolDownSec": number})}
        return platform.patch(f"{prefix}/BULK-1", block | body, headers=headers, client=BULK)

    answers = all_at_once(MANY, ask)
    applied = one_of_many(answers)
    campaign = platform.campaign("BULK-1", BULK)
    assert campaign == applied.json()
    assert campaign["revision"] == 2
    for answer in answers:
        if answer.status_code == 409:
            told(answer.json(), campaign)


@holds("7.96", "7.88")
def test_of_100_patches_on_separate_connections_exactly_one_is_applied(platform: Caller) -> None:
    answers = from_separate_connections(
        platform,
        MANY,
        lambda client, n: client.patch(
            PATH, json={"predictiveDialer": pacing(warmUpPeriod=n)}, headers={"X-If-Match": "1"}
        ),
    )
    applied = one_of_many(answers)
    assert platform.campaign("BULK-1", BULK) == applied.json()
    assert platform.campaign("BULK-1", BULK)["revision"] == 2


@holds("7.96", "7.94")
def test_of_many_weights_with_one_version_exactly_one_is_applied(platform: Caller) -> None:
    platform.token(BULK)
    answers = all_at_once(50, lambda _: platform.put(f"{OUT}/BULK-2", weights("BULK-2", version=1), client=BULK))
    assert one_of_many(answers).json()["version"] == 2
    assert platform.campaign("BULK-2", BULK)["version"] == 2


@holds("7.96", "7.95")
def test_of_many_schedules_with_one_tag_exactly_one_is_applied(platform: Caller) -> None:
    platform.token(BULK)
    answers = all_at_once(
        50,
        lambda n: platform.put(
            f"{CAM}/BULK-1/schedule",
            schedule("BULK-1", maxConcurrentCalls=n + 1),
            headers={"If-Match": 'W/"initial"'},
            client=BULK,
        ),
    )
    applied = one_of_many(answers)
    seen = platform.get(f"{CAM}/BULK-1/schedule", client=BULK)
    assert seen.json() == applied.json()
    assert seen.headers["etag"] == applied.headers["etag"] == 'W/"1"'
    assert {answer.json()["currentETag"] for answer in answers if answer.status_code == 409} == {'W/"1"'}


@holds("7.96", "7.42")
def test_of_many_pauses_exactly_one_is_legal(platform: Caller) -> None:
    platform.token(BULK)
    answers = all_at_once(50, lambda _: platform.patch(PATH, {"status": "PAUSED"}, client=BULK))
    one_of_many(answers, "illegal_transition")
    assert platform.campaign("BULK-1", BULK)["revision"] == 2


@holds("7.54", "7.96")
def test_of_many_activations_the_limit_admits_exactly_as_many_as_there_are_places(platform: Caller) -> None:
    assert platform.patch(f"{OUT}/SMALL-ACTIVE", {"status": "PAUSED"}, client="small-all").status_code == 200
    names = [f"RACE-{n}" for n in range(30)]
    for name in names:
        platform.control("POST", "/campaigns", {"id": name, "tenant": "small", "status": "STOPPED"})
    answers = all_at_once(30, lambda n: platform.patch(f"{OUT}/{names[n]}", {"status": "ACTIVE"}, client="small-all"))
    one_of_many(answers, "campaign_limit")
    states = [platform.campaign(name, "small-all")["status"] for name in names]
    assert Counter(states) == {"ACTIVE": 1, "STOPPED": 29}


@holds("7.89", "7.111")
def test_unconditional_writes_are_all_applied_one_after_the_other(platform: Caller) -> None:
    platform.token(BULK)
    answers = all_at_once(
        MANY, lambda n: platform.patch(PATH, {"predictiveDialer": pacing(warmUpPeriod=n)}, client=BULK)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["revision"] for answer in answers) == list(range(2, MANY + 2))
    last = max(answers, key=lambda answer: int(answer.json()["revision"]))
    assert platform.campaign("BULK-1", BULK) == last.json()


@holds("7.97", "7.98", "7.110")
def test_one_key_sent_many_times_at_once_has_one_effect_and_one_answer(platform: Caller) -> None:
    answers = from_separate_connections(
        platform,
        50,
        lambda client, _: client.patch(PATH, json={"dialingRules": rules()}, headers={"Idempotency-Key": "once"}),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Counter(answer.headers.get("idempotent-replayed") for answer in answers) == {"true": 49, None: 1}
    assert platform.campaign("BULK-1", BULK)["revision"] == 2


@holds("7.97", "7.98")
def test_one_key_has_one_effect_though_the_first_answer_is_held_back(platform: Caller) -> None:
    platform.token(BULK)
    platform.order("delay", delayMs=300, method="PATCH")
    headers = {"Idempotency-Key": "once"}
    answers = all_at_once(10, lambda _: platform.patch(PATH, {"dialingRules": rules()}, headers=headers, client=BULK))
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert platform.campaign("BULK-1", BULK)["revision"] == 2


@holds("7.99", "7.98")
def test_one_key_with_different_bodies_at_once_has_one_effect(platform: Caller) -> None:
    platform.token(BULK)
    answers = all_at_once(
        50,
        lambda n: platform.patch(
            PATH, {"predictiveDialer": pacing(warmUpPeriod=n)}, headers={"Idempotency-Key": "once"}, client=BULK
        ),
    )
    one_of_many(answers, "idempotency_conflict")
    assert platform.campaign("BULK-1", BULK)["revision"] == 2


@holds("7.98", "7.107")
def test_one_webhook_registered_many_times_at_once_is_one(platform: Caller) -> None:
    platform.token(BULK)
    answers = all_at_once(30, lambda _: platform.post(HOOKS, webhook(), client=BULK))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 29}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(platform.get(HOOKS, client=BULK).json()["webhooks"]) == 1


@holds("7.113", "7.61")
def test_of_150_requests_at_once_100_are_admitted(platform: Caller) -> None:
    platform.token()
    answers = all_at_once(150, lambda _: platform.get(f"{OUT}/CMP-ACTIVE"))
    assert Counter(answer.status_code for answer in answers) == {200: 100, 429: 50}
    assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 429} == {"60"}


@holds("7.111")
def test_reader_never_sees_half_a_write(platform: Caller) -> None:
    platform.token(BULK)

    def body(number: int) -> dict[str, Any]:
        return {
            "dialingRules": rules(maxCallsPerAgent=number % 10 + 1),
            "predictiveDialer": pacing(warmUpPeriod=number % 10 + 1),
        }

    assert platform.patch(PATH, body(0), client=BULK).status_code == 200

    def ask(number: int) -> httpx2.Response:
        if number % 2:
            return platform.patch(PATH, body(number), client=BULK)
        return platform.get(PATH if number % 4 else OUT, client=BULK)

    for answer in all_at_once(200, ask):
        assert answer.status_code == 200
        document = answer.json()
        for campaign in document.get("campaigns", [document]):
            if campaign["id"] == "BULK-1":
                calls = campaign["dialingRules"]["maxCallsPerAgent"]
                assert calls == campaign["predictiveDialer"]["warmUpPeriod"]
                assert campaign["revision"] == campaign["version"]


@holds("7.97", "7.123")
def test_everything_at_once_leaves_every_count_right(platform: Caller) -> None:
    platform.token(BULK)
    asks: list[Callable[[int], httpx2.Response]] = [
        lambda _: platform.patch(PATH, {"dialingRules": rules()}, client=BULK),
        lambda _: platform.put(f"{OUT}/BULK-2", weights("BULK-2"), client=BULK),
        lambda _: platform.post(SIMULATIONS, simulation("BULK-3"), client=BULK),
        lambda _: platform.patch(f"{OUT}/BULK-3", body=b"{", client=BULK),
        lambda _: platform.get(f"{CAM}/statistics", client=BULK),
    ]
    total = platform.journal()["total"]
    answers = all_at_once(200, lambda n: asks[n % len(asks)](n))
    assert Counter(answer.status_code for answer in answers) == {200: 120, 202: 40, 400: 40}
    assert platform.campaign("BULK-1", BULK)["revision"] == 41
    assert platform.campaign("BULK-2", BULK)["revision"] == 41
    assert platform.campaign("BULK-3", BULK)["revision"] == 1
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 40
    assert platform.journal()["total"] == total + 200 + 3
