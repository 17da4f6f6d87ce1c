"""`paceline keys`: keys and links are made without a platform, shown once, and written down without their secrets."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from paceline.control.access.access import Access, Principal, Role
from paceline.ledger.book import Book
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database
from tests.acceptance.audited import Desk


def access_of(desk: Desk) -> Any:
    """The same keys and links as a service on this database sees them."""
    database = open_database(f"sqlite:///{desk.data / 'paceline.db'}")
    clock = MachineClock()
    access = Access(database, Book(database, tenant=TenantId("acme"), clock=clock), clock)
    return closing(database), access


def known(desk: Desk, secret: str) -> Principal | None:
    opened, access = access_of(desk)
    with opened:
        found: Principal | None = access.known_by_key(secret)
        return found


def test_key_is_shown_once_and_lets_in_who_it_was_made_for(desk: Desk) -> None:
    told = desk.data_of("keys", "add", "ada", "--role", "operator", "--expires-in", "90d", "--reason", "wallboard")
    assert (told["name"], told["role"], told["standing"], told["made_by"]) == ("ada", "operator", "good", "bob")
    lasts = datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["made_at"])
    assert timedelta(days=90) - timedelta(minutes=1) < lasts <= timedelta(days=90, minutes=1)
    assert known(desk, told["secret"]) == Principal(name="ada", role=Role.OPERATOR, key=told["id"])
    shown = (
        desk.type("keys", "list") + desk.type("keys", "list", "-o", "yaml") + json.dumps(desk.data_of("keys", "list"))
    )
    (entry,) = desk.data_of("audit", "list", "--kind", "access.*")["items"]
    shown += desk.type("audit", "show", str(entry["entry"]), "-o", "json") + desk.err
    assert told["secret"] not in shown
    assert told["id"] in shown
    assert "wallboard" in shown


def test_key_for_people_is_on_standard_output_alone(desk: Desk) -> None:
    shown = desk.type("keys", "add", "ada", "--role", "viewer")
    secret = shown.partition("key: ")[2].split()[0]
    assert known(desk, secret) is not None
    assert secret not in desk.err
    assert "until it is revoked" in desk.err
    name = desk.type("keys", "add", "ada", "--role", "viewer", "-o", "name")
    assert name.startswith("key/pk_")
    assert len(name.strip()) == len("key/pk_0123456789ab")
    assert "shown only once" in desk.err


def test_revoked_key_is_nobody(desk: Desk) -> None:
    told = desk.data_of("keys", "add", "ada", "--role", "administrator")
    assert "revoked" in desk.type("keys", "revoke", told["id"], "--reason", "left")
    assert known(desk, told["secret"]) is None
    (listed,) = desk.data_of("keys", "list")["items"]
    assert listed["standing"] == "revoked"
    assert desk.data_of("keys", "revoke", told["id"])["revoked_at"] == listed["revoked_at"]
    desk.type("keys", "revoke", "pk_0123456789ab", code=1)
    assert "paceline keys list" in desk.err


def test_key_typed_where_its_id_belongs_is_not_repeated(desk: Desk) -> None:
    secret = desk.data_of("keys", "add", "ada", "--role", "viewer")["secret"]
    desk.type("keys", "revoke", secret, code=1)
    assert secret not in desk.err
    told = desk.data_of("keys", "revoke", secret, code=1)
    assert secret not in json.dumps(told)
    assert known(desk, secret) is not None


def test_link_leads_to_the_entrance_with_its_secret_behind_the_hash(desk: Desk) -> None:
    told = desk.data_of("keys", "link", "ada", "--role", "approver", "--valid-for", "5m")
    path, _, secret = told["path"].partition("#")
    assert path == "/enter"
    opened, access = access_of(desk)
    with opened:
        assert access.enter(secret) is not None
        assert access.enter(secret) is None
    assert "1 sessions ended" in desk.type("keys", "sign-out", "ada")
    kinds = [one["kind"] for one in desk.data_of("audit", "list", "--kind", "access.*")["items"]]
    assert kinds == ["access.link", "access.enter", "access.sign_out"]
    assert secret not in desk.err
    shown = desk.type("keys", "link", "ada", "--role", "viewer")
    assert shown.startswith("/enter#pl_")
    assert "within 10m" in shown
    assert desk.type("keys", "link", "ada", "--role", "viewer", "-o", "name") == "link/ada\n"


@pytest.mark.parametrize(
    "words",
    [
        ("add", "ada"),
        ("add", "ada", "--role", "king"),
        ("add", "", "--role", "viewer"),
        ("add", "x" * 81, "--role", "viewer"),
        ("add", "ada", "--role", "viewer", "--expires-in", "0d"),
        ("add", "ada", "--role", "viewer", "--expires-in", "9999999d"),
        ("add", "ada", "--role", "viewer", "--expires-in", "soon"),
        ("link", "ada", "--role", "viewer", "--valid-for", "0s"),
        ("link", "ada", "--role", "viewer", "--valid-for", "2d"),
        ("link", "ada"),
        ("sign-out", ""),
    ],
)
def test_words_that_cannot_be_make_nothing(desk: Desk, words: tuple[str, ...]) -> None:
    desk.type("keys", *words, code=64)
    assert desk.data_of("keys", "list") == {"items": []}
    assert desk.data_of("audit", "list", "--kind", "access.*") == {"items": []}
