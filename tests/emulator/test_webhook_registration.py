"""Platform webhooks: how one is registered, found again, listed and taken away."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.schedules import fields, without
from tests.emulator.tuning import TUNED, WEBHOOKS, register

URL = "https://hooks.example.test/tuned"


@holds("6.20", "6.24", "6.25")
def test_new_webhook_is_answered_with_201_and_its_fields(platform: Caller) -> None:
    sent = {"name": "ML monitoring", "url": URL, "events": [TUNED], "enabled": False, "httpMethod": "POST"}
    answer = platform.post(WEBHOOKS, sent)
    assert answer.status_code == 201
    document = answer.json()
    assert isinstance(document["id"], str)
    assert document["id"]
    assert without(document, "id", "secret") == sent


@holds("6.23", "6.24", "6.25")
def test_webhook_of_url_and_events_alone_is_enabled_and_posts(platform: Caller) -> None:
    answer = register(platform, URL)
    assert answer.status_code == 201
    document = answer.json()
    assert (document["url"], document["events"]) == (URL, [TUNED])
    assert (document["enabled"], document["httpMethod"]) == (True, "POST")


@holds("6.28")
def test_created_webhook_tells_a_secret_of_at_least_24_bytes(platform: Caller) -> None:
    secret = register(platform, URL).json()["secret"]
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64


@holds("6.28")
def test_two_webhooks_have_different_secrets(platform: Caller) -> None:
    assert register(platform, URL).json()["secret"] != register(platform, f"{URL}/2").json()["secret"]


@holds("6.26", "6.29")
def test_same_url_and_events_again_are_answered_with_the_existing_one(platform: Caller) -> None:
    created = register(platform, URL, name="first").json()
    again = register(platform, URL, name="second", enabled=False)
    assert again.status_code == 200
    assert again.json() == without(created, "secret")
    assert len(platform.get(WEBHOOKS).json()["webhooks"]) == 1


@holds("6.26", "6.27")
def test_same_events_in_another_order_are_the_same_webhook(platform: Caller) -> None:
    created = register(platform, URL, events=[TUNED, "campaign.other"])
    again = register(platform, URL, events=["campaign.other", TUNED])
    assert (created.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == created.json()["id"]


@holds("6.26")
def test_another_url_or_other_events_are_another_webhook(platform: Caller) -> None:
    answers = [
        register(platform, URL),
        register(platform, f"{URL}/"),
        register(platform, URL, events=["campaign.other"]),
        register(platform, URL, events=[TUNED, "campaign.other"]),
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4


@holds("6.27", "6.33")
def test_tenants_do_not_share_webhooks(platform: Caller) -> None:
    ours = register(platform, URL)
    theirs = register(platform, URL, client="bulk-all")
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["id"] != theirs.json()["id"]
    assert [one["id"] for one in platform.get(WEBHOOKS).json()["webhooks"]] == [ours.json()["id"]]
    assert [one["id"] for one in platform.get(WEBHOOKS, client="bulk-all").json()["webhooks"]] == [theirs.json()["id"]]


@holds("6.30", "6.29")
def test_list_is_an_object_of_webhooks_without_secrets(platform: Caller) -> None:
    assert platform.get(WEBHOOKS).json() == {"webhooks": []}
    created = [register(platform, f"{URL}/{number}").json() for number in range(3)]
    answer = platform.get(WEBHOOKS)
    assert answer.status_code == 200
    assert set(answer.json()) == {"webhooks"}
    listed = sorted(answer.json()["webhooks"], key=lambda one: one["url"])
    assert listed == [without(one, "secret") for one in created]
    assert "whsec_" not in answer.text


@holds("6.29")
def test_one_webhook_is_read_without_its_secret(platform: Caller) -> None:
    created = register(platform, URL, name="one").json()
    answer = platform.get(f"{WEBHOOKS}/{created['id']}")
    assert (answer.status_code, answer.json()) == (200, without(created, "secret"))


@holds("6.31")
def test_deleted_webhook_is_gone(platform: Caller) -> None:
    created = register(platform, URL).json()
    answer = platform.delete(f"{WEBHOOKS}/{created['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert platform.get(f"{WEBHOOKS}/{created['id']}").status_code == 404
    assert platform.delete(f"{WEBHOOKS}/{created['id']}").status_code == 404
    assert platform.get(WEBHOOKS).json() == {"webhooks": []}


@holds("6.31", "6.26")
def test_deleted_webhook_can_be_registered_anew_under_another_id_and_secret(platform: Caller) -> None:
    first = register(platform, URL).json()
    platform.delete(f"{WEBHOOKS}/{first['id']}")
    answer = register(platform, URL)
    assert answer.status_code == 201
    assert answer.json()["id"] != first["id"]
    assert answer.json()["secret"] != first["secret"]


@holds("6.21", "6.22", "6.32")
@pytest.mark.parametrize("name", ["url", "events"])
def test_required_webhook_field_left_out_is_a_field_fault(platform: Caller, name: str) -> None:
    sent = without({"url": URL, "events": [TUNED]}, name)
    assert fields(platform.post(WEBHOOKS, sent), 400) == {name}


@holds("6.21")
@pytest.mark.parametrize(
    "url", ["http://h", "https://h.example.test:8443/a?b=c", "http://127.0.0.1:1/", "http://[::1]:9/x"]
)
def test_absolute_http_address_is_accepted(platform: Caller, url: str) -> None:
    answer = register(platform, url)
    assert (answer.status_code, answer.json()["url"]) == (201, url)


@holds("6.21", "6.32")
@pytest.mark.parametrize(
    "url",
    [
        "/tuned",
        "hooks.example.test/tuned",
        "//hooks.example.test/tuned",
        "ftp://hooks.example.test/tuned",
        "mailto:ml@example.test",
        "http:hooks.example.test",
        "http://",
        "https:///tuned",
        "http://:80/",
        "http://h:99999/",
        "http://h:port/",
        "http://[::1/",
        "http://h/a b",
        "",
        5,
        None,
        [URL],
    ],
)
def test_address_that_is_not_absolute_http_is_a_field_fault(platform: Caller, url: Any) -> None:
    assert fields(register(platform, url), 400) == {"url"}


@holds("6.22", "6.32")
@pytest.mark.parametrize("events", [[], None, TUNED, {}, 5])
def test_events_that_are_no_filled_list_are_a_field_fault(platform: Caller, events: Any) -> None:
    assert fields(register(platform, URL, events=events), 400) == {"events"}


@holds("6.22", "6.32")
@pytest.mark.parametrize(
    "event", ["", "Campaign.Tuned", "campaign..tuned", ".tuned", "a b", "tuned.", 5, None, [TUNED]]
)
def test_event_of_another_form_is_a_field_fault(platform: Caller, event: Any) -> None:
    assert fields(register(platform, URL, events=[TUNED, event]), 400) == {"events[1]"}


@holds("6.25", "6.32")
@pytest.mark.parametrize("method", ["PUT", "GET", "post", "", 1, None])
def test_other_method_than_post_is_a_field_fault(platform: Caller, method: Any) -> None:
    assert fields(register(platform, URL, httpMethod=method), 400) == {"httpMethod"}


@holds("6.24", "6.32")
@pytest.mark.parametrize("enabled", ["true", 1, 0, None, []])
def test_enabled_that_is_no_boolean_is_a_field_fault(platform: Caller, enabled: Any) -> None:
    assert fields(register(platform, URL, enabled=enabled), 400) == {"enabled"}


@holds("6.23", "6.32")
@pytest.mark.parametrize("name", [5, None, True, ["x"]])
def test_name_that_is_no_string_is_a_field_fault(platform: Caller, name: Any) -> None:
    assert fields(register(platform, URL, name=name), 400) == {"name"}


@holds("6.32")
def test_one_answer_lists_every_fault_of_a_webhook(platform: Caller) -> None:
    assert fields(platform.post(WEBHOOKS, {}), 400) == {"url", "events"}
    assert fields(platform.post(WEBHOOKS, []), 400) == {""}
    sent = {"name": 1, "url": "x", "events": [], "enabled": "yes", "httpMethod": "GET", "secret": "whsec_x"}
    assert fields(platform.post(WEBHOOKS, sent), 400) == set(sent)
    assert platform.get(WEBHOOKS).json() == {"webhooks": []}


@holds("6.33")
@pytest.mark.parametrize("client", ["acme-read", "acme-write", "acme-odd"])
def test_registering_a_webhook_needs_its_scope(platform: Caller, client: str) -> None:
    answer = register(platform, URL, client=client)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@holds("6.33")
def test_another_tenants_webhook_is_forbidden(platform: Caller) -> None:
    created = register(platform, URL).json()
    for method in ("GET", "DELETE"):
        answer = platform.send(method, f"{WEBHOOKS}/{created['id']}", client="bulk-all")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert platform.get(f"{WEBHOOKS}/{created['id']}").status_code == 200


@holds("6.33")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_webhook_is_not_found(platform: Caller, method: str) -> None:
    answer = platform.send(method, f"{WEBHOOKS}/no-such-webhook")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@holds("6.28", "6.26")
def test_webhook_registered_again_with_its_key_is_answered_from_store(platform: Caller) -> None:
    headers = {"Idempotency-Key": "webhook-1"}
    sent = {"url": URL, "events": [TUNED]}
    first = platform.post(WEBHOOKS, sent, headers=headers)
    again = platform.post(WEBHOOKS, sent, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


@holds("6.31")
def test_reset_takes_every_webhook_away(platform: Caller) -> None:
    register(platform, URL)
    platform.reset()
    assert platform.get(WEBHOOKS).json() == {"webhooks": []}
