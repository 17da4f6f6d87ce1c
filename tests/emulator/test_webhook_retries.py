"""What the platform does when a webhook's receiver fails: the same message again, later and later, then no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds
from tests.emulator.receiver import Receiver, attempted, deliveries, receiving
from tests.emulator.tuning import TUNED, WEBHOOKS, register, tune

HOUR = 3600
DELAYS = [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def due_after(one: dict[str, Any], since: str) -> timedelta:
    """Return how long after an instant the next attempt is due."""
    return datetime.fromisoformat(one["nextAttemptAt"]) - datetime.fromisoformat(since)


def now(platform: Caller) -> str:
    instant: str = platform.control("GET", "/clock")["now"]
    return instant


@holds("6.48", "6.49")
def test_failed_delivery_is_tried_again_with_the_same_id_and_body(platform: Caller, receiver: Receiver) -> None:
    secret = register(platform, f"{receiver.url}/hook").json()["secret"]
    receiver.answer_with(500, 503)
    tune(platform, "CMP-ACTIVE")
    for attempt, seconds in enumerate((5, 300), start=1):
        attempted(platform, receiver, attempt)
        platform.advance(seconds)
    final = attempted(platform, receiver, 3)
    assert (final["state"], final["lastStatus"], final["nextAttemptAt"]) == ("delivered", 200, None)
    arrived = receiver.wait_for(3)
    assert len(arrived) == 3
    assert {one.delivery for one in arrived} == {final["id"]}
    assert len({one.body for one in arrived}) == 1
    for one in arrived:
        Webhook(secret).verify(one.body, one.headers)


@holds("6.48")
def test_delays_grow_from_five_seconds_to_a_day_and_then_it_has_failed(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(*[500] * 20)
    tune(platform, "CMP-ACTIVE")
    waited = []
    for attempt in range(1, len(DELAYS) + 1):
        one = attempted(platform, receiver, attempt)
        assert (one["state"], one["lastStatus"]) == ("waiting", 500)
        wait = due_after(one, now(platform)).total_seconds()
        waited.append(wait)
        platform.advance(wait)
    final = attempted(platform, receiver, len(DELAYS) + 1)
    assert waited == DELAYS
    assert (final["state"], final["nextAttemptAt"], final["lastStatus"]) == ("failed", None, 500)
    platform.advance(10 * 24 * HOUR)
    platform.tokens.clear()
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(len(DELAYS) + 2)
    assert sorted(len(group) for group in by_delivery(receiver).values()) == [1, len(DELAYS) + 1]


def by_delivery(receiver: Receiver) -> dict[str, list[bytes]]:
    """Return the bodies that arrived, by the delivery they belong to."""
    groups: dict[str, list[bytes]] = {}
    for one in receiver.received:
        groups.setdefault(one.delivery, []).append(one.body)
    return groups


@holds("6.48")
def test_delivery_is_not_tried_again_before_it_is_due(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(500)
    tune(platform, "CMP-ACTIVE")
    first = attempted(platform, receiver, 1)
    assert due_after(first, START) == timedelta(seconds=5)
    platform.advance(4)
    tune(platform, "CMP-PAUSED")
    receiver.wait_for(2)
    assert sorted(len(group) for group in by_delivery(receiver).values()) == [1, 1]
    platform.advance(1)
    receiver.wait_for(3)
    assert sorted(len(group) for group in by_delivery(receiver).values()) == [1, 2]


@holds("6.48")
def test_retry_long_due_is_made_once_and_counted_from_then(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(500, 500)
    tune(platform, "CMP-ACTIVE")
    attempted(platform, receiver, 1)
    platform.advance(HOUR)
    second = attempted(platform, receiver, 2)
    assert second["state"] == "waiting"
    assert due_after(second, now(platform)) == timedelta(minutes=5)


@holds("6.48")
@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_answer_outside_2xx_is_a_failure(platform: Caller, receiver: Receiver, status: int) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(status)
    tune(platform, "CMP-ACTIVE")
    one = attempted(platform, receiver, 1)
    assert (one["state"], one["lastStatus"]) == ("waiting", status)
    assert [arrived.path for arrived in receiver.received] == ["/hook"]


@holds("6.48")
@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_a_success(platform: Caller, receiver: Receiver, status: int) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(status)
    tune(platform, "CMP-ACTIVE")
    one = attempted(platform, receiver, 1)
    assert (one["state"], one["lastStatus"], one["nextAttemptAt"]) == ("delivered", status, None)


@holds("6.48")
def test_receiver_that_cannot_be_reached_is_a_failure(platform: Caller, receiver: Receiver) -> None:
    with receiving() as gone:
        register(platform, f"{gone.url}/hook")
    tune(platform, "CMP-ACTIVE")
    one = attempted(platform, receiver, 1)
    assert (one["state"], one["lastStatus"]) == ("waiting", None)
    assert one["lastError"]
    assert due_after(one, START) == timedelta(seconds=5)


@holds("6.48")
@pytest.mark.parametrize("host", ["a..b", "x" * 64, "[v1.x]"])
def test_address_that_cannot_be_dialled_does_not_stop_the_others(
    launch: Callable[..., Caller], receiver: Receiver, host: str
) -> None:
    platform = launch()
    first = register(platform, f"http://{host}/hook")
    assert first.status_code in {201, 400}
    register(platform, f"{receiver.url}/hook")
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(1)
    receiver.wait_until(lambda: {one["attempts"] for one in deliveries(platform)} == {1})
    states = sorted(one["state"] for one in deliveries(platform))
    assert states == (["delivered", "waiting"] if first.status_code == 201 else ["delivered"])


@holds("6.40", "6.48")
def test_receiver_that_does_not_answer_does_not_hold_up_the_platform(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answering.clear()
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(1)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43
    assert tune(platform, "CMP-ACTIVE").json()["revision"] == 44
    platform.advance(1)
    receiver.answering.set()
    receiver.wait_until(lambda: [one["state"] for one in deliveries(platform)] == ["delivered"] * 2)


@holds("6.48")
def test_clock_that_runs_makes_retries_due_by_itself(launch: Callable[..., Caller], receiver: Receiver) -> None:
    platform = launch(speed=1000.0)
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(500, 500)
    tune(platform, "CMP-ACTIVE")
    assert len({one.delivery for one in receiver.wait_for(3)}) == 1


@holds("6.48")
def test_delivery_that_waits_is_forgotten_by_a_reset(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/before")
    receiver.answer_with(500)
    tune(platform, "CMP-ACTIVE")
    attempted(platform, receiver, 1)
    platform.reset()
    assert deliveries(platform) == []
    platform.advance(HOUR)
    register(platform, f"{receiver.url}/after")
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(1, "/after")
    assert [one.path for one in receiver.received] == ["/before", "/after"]


@holds("6.45", "6.48")
def test_delivery_to_a_deleted_webhook_is_not_tried_again(platform: Caller, receiver: Receiver) -> None:
    webhook = register(platform, f"{receiver.url}/deleted").json()["id"]
    receiver.answer_with(500)
    tune(platform, "CMP-ACTIVE")
    attempted(platform, receiver, 1)
    platform.delete(f"{WEBHOOKS}/{webhook}")
    platform.advance(5)
    register(platform, f"{receiver.url}/there")
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(1, "/there")
    assert [one.path for one in receiver.received] == ["/deleted", "/there"]
    assert "waiting" not in {one["state"] for one in deliveries(platform) if one["webhookId"] == webhook}


@holds("6.48")
def test_failure_of_one_webhook_does_not_hold_up_another(platform: Caller, receiver: Receiver) -> None:
    with receiving() as gone:
        away = register(platform, f"{gone.url}/hook").json()["id"]
    there = register(platform, f"{receiver.url}/hook").json()["id"]
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(1)
    receiver.wait_until(lambda: {one["attempts"] for one in deliveries(platform)} == {1})
    assert {one["webhookId"]: one["state"] for one in deliveries(platform)} == {away: "waiting", there: "delivered"}


@holds("6.50", "6.45")
def test_410_ends_the_delivery_and_disables_the_webhook(platform: Caller, receiver: Receiver) -> None:
    webhook = register(platform, f"{receiver.url}/gone").json()["id"]
    receiver.answer_with(410)
    tune(platform, "CMP-ACTIVE")
    one = attempted(platform, receiver, 1)
    assert (one["state"], one["lastStatus"], one["nextAttemptAt"]) == ("gone", 410, None)
    assert platform.get(f"{WEBHOOKS}/{webhook}").json()["enabled"] is False
    register(platform, f"{receiver.url}/there")
    platform.advance(24 * HOUR)
    platform.tokens.clear()
    tune(platform, "CMP-ACTIVE")
    receiver.wait_for(1, "/there")
    assert [arrived.path for arrived in receiver.received] == ["/gone", "/there"]


@holds("6.50", "6.26")
def test_webhook_disabled_by_410_is_still_the_existing_one(platform: Caller, receiver: Receiver) -> None:
    created = register(platform, f"{receiver.url}/gone").json()
    receiver.answer_with(410)
    tune(platform, "CMP-ACTIVE")
    attempted(platform, receiver, 1)
    again = register(platform, f"{receiver.url}/gone")
    assert (again.status_code, again.json()["id"], again.json()["enabled"]) == (200, created["id"], False)


@holds("6.49", "6.48")
def test_two_waiting_deliveries_keep_their_own_ids(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(500, 500)
    tune(platform, "CMP-ACTIVE")
    tune(platform, "CMP-ACTIVE")
    receiver.wait_until(lambda: [one["attempts"] for one in deliveries(platform)] == [1, 1])
    platform.advance(5)
    receiver.wait_until(lambda: [one["state"] for one in deliveries(platform)] == ["delivered", "delivered"])
    groups = by_delivery(receiver)
    assert [len(group) for group in groups.values()] == [2, 2]
    assert all(len(set(group)) == 1 for group in groups.values())
    assert {one["type"] for one in deliveries(platform)} == {TUNED}
