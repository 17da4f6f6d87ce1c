"""What the platform tells its webhooks: one signed message for every committed weights PUT, to those who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds
from tests.emulator.receiver import Received, Receiver, attempted, deliveries, receiving
from tests.emulator.schedules import put as put_schedule
from tests.emulator.tuning import TUNED, WEBHOOKS, algorithm, configuration, register, simulate, tune


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def told(receiver: Receiver, count: int, path: str = "/hook") -> list[Any]:
    """Return the bodies that arrived at a path, once there are this many."""
    return [one.document for one in receiver.wait_for(count, path)]


def verify(one: Received, secret: str) -> Any:
    """Return the body as the reference library reads it; a signature that does not hold fails the test."""
    return Webhook(secret).verify(one.body, one.headers)


@holds("6.40", "6.42", "6.43", "6.44")
def test_committed_put_is_told_with_a_signature_that_holds(platform: Caller, receiver: Receiver) -> None:
    secret = register(platform, f"{receiver.url}/hook").json()["secret"]
    assert tune(platform, "CMP-ACTIVE").status_code == 200
    (one,) = receiver.wait_for(1)
    assert (one.method, one.path) == ("POST", "/hook")
    assert one.headers["content-type"].split(";")[0] == "application/json"
    document = verify(one, secret)
    assert set(document) == {"type", "timestamp", "data"}
    assert document["type"] == TUNED
    assert document["data"] == {"campaignId": "CMP-ACTIVE", "version": 43, "predictiveDialerSettings": algorithm()}


@holds("6.42")
def test_signature_covers_id_timestamp_and_body(platform: Caller, receiver: Receiver) -> None:
    secret = register(platform, f"{receiver.url}/hook").json()["secret"]
    tune(platform, "CMP-ACTIVE")
    (one,) = receiver.wait_for(1)
    verifier = Webhook(secret)
    verifier.verify(one.body, one.headers)
    later = str(int(one.headers["webhook-timestamp"]) + 1)
    for headers, sent in [
        ({**one.headers, "webhook-id": "msg_other"}, one.body),
        ({**one.headers, "webhook-timestamp": later}, one.body),
        (one.headers, one.body.replace(b"43", b"44")),
    ]:
        with pytest.raises(WebhookVerificationError):
            verifier.verify(sent, headers)


@holds("6.42")
def test_each_webhook_is_told_under_its_own_secret(platform: Caller, receiver: Receiver) -> None:
    secrets = {path: register(platform, receiver.url + path).json()["secret"] for path in ("/a", "/b")}
    tune(platform, "CMP-ACTIVE")
    arrived = {one.path: one for one in receiver.wait_for(2)}
    assert set(arrived) == set(secrets)
    for path, secret in secrets.items():
        verify(arrived[path], secret)
    with pytest.raises(WebhookVerificationError):
        verify(arrived["/a"], secrets["/b"])


@holds("6.47", "6.43")
def test_header_tells_real_time_and_the_body_the_platforms(platform: Caller, receiver: Receiver) -> None:
    secret = register(platform, f"{receiver.url}/hook").json()["secret"]
    tune(platform, "CMP-ACTIVE")
    (one,) = receiver.wait_for(1)
    verify(one, secret)  # refuses a timestamp more than five minutes from the machine's own time
    assert abs(int(one.headers["webhook-timestamp"]) - datetime.fromisoformat(START).timestamp()) > 600
    assert one.document["timestamp"].endswith("Z")
    assert datetime.fromisoformat(one.document["timestamp"]) == datetime.fromisoformat(START)


@holds("6.40", "6.44")
def test_every_committed_put_is_told_once_with_its_own_version(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    for _ in range(3):
        assert tune(platform, "CMP-ACTIVE").status_code == 200
    documents = told(receiver, 3)
    assert sorted(one["data"]["version"] for one in documents) == [43, 44, 45]
    assert len({one.delivery for one in receiver.received}) == 3
    assert len(deliveries(platform)) == 3


@holds("6.44")
def test_settings_told_are_those_stored_when_it_was_committed(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    first = algorithm(parameterWeights={"call_rate": 1})
    tune(platform, "CMP-ACTIVE", predictiveDialerSettings=first)
    tune(platform, "CMP-ACTIVE", predictiveDialerSettings=algorithm())
    documents = {one["data"]["version"]: one["data"]["predictiveDialerSettings"] for one in told(receiver, 2)}
    assert documents == {43: first, 44: algorithm()}


@holds("6.44", "6.40")
def test_put_of_the_configuration_alone_tells_the_stored_settings(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    stored = platform.campaign("CMP-FULL")["predictiveDialerSettings"]
    assert tune(platform, "CMP-FULL", configuration=configuration()).status_code == 200
    (document,) = told(receiver, 1)
    assert document["data"] == {"campaignId": "CMP-FULL", "version": 101, "predictiveDialerSettings": stored}


@holds("6.40")
def test_put_that_wants_a_minimal_answer_is_told_too(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    assert tune(platform, "CMP-ACTIVE", headers={"Prefer": "return=minimal"}).status_code == 204
    assert told(receiver, 1)[0]["data"]["version"] == 43


@holds("6.41")
def test_refused_put_is_not_told(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    settings = algorithm()
    assert tune(platform, "CMP-ACTIVE", predictiveDialerSettings=settings, version=41).status_code == 409
    assert tune(platform, "CMP-ACTIVE", predictiveDialerSettings={**settings, "validationSplit": 2}).status_code == 400
    assert tune(platform, "CMP-LOCKED").status_code == 409
    assert tune(platform, "CMP-ARCHIVED").status_code == 403
    assert tune(platform, "CMP-ACTIVE", client="acme-read").status_code == 403
    assert deliveries(platform) == []
    assert tune(platform, "CMP-ACTIVE").status_code == 200
    assert [one["data"]["version"] for one in told(receiver, 1)] == [43]


@holds("6.41")
def test_put_answered_from_store_is_not_told_again(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    headers = {"Idempotency-Key": "tuning-1"}
    for _ in range(2):
        assert tune(platform, "CMP-ACTIVE", headers=headers).json()["version"] == 43
    told(receiver, 1)
    assert len(deliveries(platform)) == 1


@holds("6.40")
def test_other_changes_are_not_told(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    assert platform.status("CMP-ACTIVE", "PAUSED").status_code == 200
    assert put_schedule(platform, "CMP-ACTIVE").status_code == 200
    assert simulate(platform, "CMP-ACTIVE").status_code == 202
    platform.arrange("CMP-ACTIVE", locked=True)
    assert deliveries(platform) == []


@holds("6.45", "6.40")
def test_only_enabled_webhooks_of_the_tenant_that_asked_are_told(platform: Caller, receiver: Receiver) -> None:
    told_id = register(platform, f"{receiver.url}/told").json()["id"]
    both_id = register(platform, f"{receiver.url}/both", events=["campaign.other", TUNED]).json()["id"]
    register(platform, f"{receiver.url}/disabled", enabled=False)
    register(platform, f"{receiver.url}/other", events=["campaign.other"])
    register(platform, f"{receiver.url}/foreign", client="bulk-all")
    deleted = register(platform, f"{receiver.url}/deleted").json()["id"]
    platform.delete(f"{WEBHOOKS}/{deleted}")
    tune(platform, "CMP-ACTIVE")
    assert {one["webhookId"] for one in deliveries(platform)} == {told_id, both_id}
    assert sorted(one.path for one in receiver.wait_for(2)) == ["/both", "/told"]


@holds("6.46")
def test_delivery_does_not_move_the_revision(platform: Caller, receiver: Receiver) -> None:
    register(platform, f"{receiver.url}/hook")
    receiver.answer_with(500)
    committed = tune(platform, "CMP-ACTIVE").json()
    attempted(platform, receiver, 1)
    platform.advance(5)
    attempted(platform, receiver, 2)
    assert platform.campaign("CMP-ACTIVE") == committed


@holds("6.40")
def test_delivery_is_listed_as_delivered_once_it_was_accepted(platform: Caller, receiver: Receiver) -> None:
    webhook = register(platform, f"{receiver.url}/hook").json()["id"]
    receiver.answer_with(204)
    tune(platform, "CMP-ACTIVE")
    one = attempted(platform, receiver, 1)
    assert one == {
        "id": receiver.received[0].delivery,
        "webhookId": webhook,
        "type": TUNED,
        "state": "delivered",
        "attempts": 1,
        "nextAttemptAt": None,
        "lastStatus": 204,
        "lastError": None,
    }


@holds("6.40")
def test_put_is_answered_while_the_receiver_is_away(platform: Caller) -> None:
    with receiving() as gone:
        register(platform, f"{gone.url}/hook")
    assert tune(platform, "CMP-ACTIVE").status_code == 200
    assert len(deliveries(platform)) == 1
