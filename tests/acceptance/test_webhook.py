"""Webhooks as people use them: added, tested, delivered by a worker, down for a while, rotated, told again, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.acceptance.shift import Shift
from tests.contract.receivers import Got, Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def near(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> Shift:
    """A shift from which messages may go to this machine."""
    monkeypatch.setenv("PACELINE_WEBHOOK_ALLOW_LOOPBACK", "yes")
    return shift


def verified(got: Got, secret: str) -> dict[str, Any]:
    """Return what a receiver that knows this secret takes the message to say."""
    document: dict[str, Any] = Webhook(secret).verify(got.body, got.headers)
    return document


def added(shift: Shift, receiver: Receiver, *words: str) -> tuple[str, str]:
    told = shift.data_of("webhook", "add", receiver.url, *words)
    return told["id"], told["secret"]


def test_change_is_told_signed_by_the_next_worker(near: Shift, receiver: Receiver) -> None:
    _, secret = added(near, receiver)
    assert "no worker lives" in near.err
    near.type("pause", "ACTIVE", "--reason", "training")
    near.type("pause", "STOPPED", code=5)
    assert receiver.got == []
    near.type("work", "--once")
    told = {document["type"]: document for document in (verified(one, secret) for one in receiver.got)}
    assert set(told) == {"lifecycle.applied", "lifecycle.refused"}
    assert told["lifecycle.applied"]["data"]["reason"] == "training"
    assert told["lifecycle.applied"]["data"]["effective_at"] is not None
    near.type("work", "--once")
    assert len(receiver.got) == 2


def test_receiver_that_was_down_gets_everything_in_order_later(near: Shift, receiver: Receiver) -> None:
    name, secret = added(near, receiver, "--kinds", "lifecycle.applied,campaign.*")
    receiver.always(500)
    near.type("pause", "ACTIVE")
    near.type("work", "--once")
    near.type("resume", "ACTIVE")
    near.type("freeze", "ACTIVE", "--reason", "complaint 17")
    (listed,) = near.data_of("webhook", "list")["items"]
    assert (listed["id"], listed["host"], listed["standing"], listed["waiting"]) == (name, "127.0.0.1", "failing", 4)
    assert receiver.taken() == []
    receiver.always(200)
    assert "active" in near.type("webhook", "enable", name)
    near.type("work", "--once")
    taken = receiver.taken()
    assert [(one["sequence"], one["type"]) for one in taken] == [
        (1, "lifecycle.applied"),
        (2, "lifecycle.applied"),
        (3, "campaign.frozen"),
        (4, "lifecycle.applied"),
    ]
    assert [one["data"].get("state") for one in taken] == ["PAUSED", "ACTIVE", None, "STOPPED"]
    assert {verified(one, secret)["campaign"] for one in receiver.got} == {"ACTIVE"}
    (listed,) = near.data_of("webhook", "list")["items"]
    assert (listed["standing"], listed["waiting"]) == ("active", 0)


def test_webhook_has_the_name_that_it_was_given(near: Shift, receiver: Receiver) -> None:
    told = near.data_of("webhook", "add", receiver.url, "--name", " [bold]pager ")
    plain = near.data_of("webhook", "add", receiver.url)
    listed = {one["id"]: one["name"] for one in near.data_of("webhook", "list")["items"]}
    assert (told["name"], listed) == ("[bold]pager", {told["id"]: "[bold]pager", plain["id"]: None})
    table = near.type("webhook", "list")
    assert table.split()[:2] == ["id", "name"]
    assert "[bold]pager" in table
    for name in ("", "  ", "x" * 81, "two\nlines"):
        near.type("webhook", "add", receiver.url, "--name", name, code=64)
    (first, _) = near.data_of("audit", "list", "--kind", "webhook.add")["items"]
    assert "[bold]pager" in near.type("audit", "show", str(first["entry"]), "-o", "json")


def test_rotated_secret_is_signed_with_beside_the_one_before(near: Shift, receiver: Receiver) -> None:
    name, first = added(near, receiver)
    second = near.data_of("webhook", "rotate", name)["secret"]
    assert second != first
    near.type("webhook", "test", name)
    near.type("work", "--once")
    (got,) = receiver.got
    assert verified(got, first) == verified(got, second)
    assert verified(got, second)["type"] == "webhook.test"


def test_messages_are_told_again_with_the_same_ids(near: Shift, receiver: Receiver) -> None:
    name, _ = added(near, receiver)
    for verb in ("pause", "resume", "stop"):
        near.type(verb, "ACTIVE")
    near.type("work", "--once")
    assert near.data_of("webhook", "replay", name, "--campaign", "ACTIVE", "--first", "2")["messages"] == 2
    near.type("work", "--once")
    ids = [one.id for one in receiver.got]
    assert (len(ids), ids[3:]) == (5, ids[1:3])
    assert near.data_of("webhook", "replay", name, "--to", "2020-01-01T00:00:00Z")["messages"] == 0
    near.type("webhook", "replay", name, "--first", "2", code=64)
    assert "--campaign" in near.err


def test_removed_webhook_is_sent_nothing(near: Shift, receiver: Receiver) -> None:
    name, _ = added(near, receiver)
    near.type("pause", "ACTIVE")
    assert near.type("webhook", "remove", name, "-o", "name") == f"webhook/{name}\n"
    near.type("work", "--once")
    assert receiver.got == []
    assert near.data_of("webhook", "list") == {"items": []}
    near.type("webhook", "test", name, code=1)
    assert "`paceline webhook list`" in near.err


def test_secret_is_shown_where_it_is_made_and_nowhere_else(near: Shift, receiver: Receiver) -> None:
    shown = near.type("webhook", "add", f"{receiver.url}?key=invented")
    secret = shown.partition("secret: ")[2].split()[0]
    assert secret.startswith("whsec_")
    assert secret not in near.err
    name = shown.split()[0]
    kept = near.type("webhook", "list", "-o", "yaml") + near.type("webhook", "list")
    kept += json.dumps([near.data_of("audit", "show", str(row)) for row in (1,)])
    assert secret not in kept
    assert "invented" not in kept
    assert f"webhook/{name}\n" == near.type("webhook", "list", "-o", "name")
    assert near.type("webhook", "rotate", name, "-o", "name") == f"webhook/{name}\n"
    assert "whsec_" not in near.err


def test_this_machine_is_refused_unless_a_setting_opens_it(shift: Shift, receiver: Receiver) -> None:
    shift.type("webhook", "add", receiver.url, code=64)
    assert "no message may be sent to this url" in shift.err
    assert receiver.url not in shift.err
    shift.type("webhook", "add", "https://hooks.example.com/x", "--kinds", "Lifecycle", code=64)
    assert shift.data_of("webhook", "list") == {"items": []}
