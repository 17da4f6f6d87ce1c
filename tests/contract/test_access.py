"""Keys, links and sessions on each database: what lets in, what does no longer, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from paceline.control.access.access import Access, AccessError, KeyNotFoundError, Principal, Role, Session
from paceline.control.access.keys import KeyStanding
from paceline.control.order import Order
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor
from paceline.ledger.failures import LedgerUnavailableError
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database
from paceline.storage.failures import StorageUnavailableError
from paceline.storage.tables import ACCESS_KEYS, ACCESS_LINKS, ACCESS_SESSIONS

ROOT = Order(actor=Actor(name="root", known_by="its own word"), reason="first day", ticket="OPS-1")
HOUR = 3600


@pytest.fixture
def access(database: Database, book: Book, clock: ManualClock) -> Iterator[Access]:
    yield Access(database, book, clock)
    assert verify_database(database, tenant=book.tenant).ok


def notes(book: Book) -> list[dict[str, Any]]:
    """What the ledger says was done, without its frame."""
    told = ("kind", "actor", "reason", "ticket", "details")
    return [{name: row.document[name] for name in told} for row in book.rows()]


def kept(database: Database) -> str:
    """All that lies in the tables of access, as text."""
    tables = (ACCESS_KEYS, ACCESS_LINKS, ACCESS_SESSIONS)
    found = database.read(lambda connection: [connection.execute(select(one)).all() for one in tables])
    return str(found)


def entered(found: tuple[Session, str] | None) -> tuple[Session, str]:
    assert found is not None
    return found


def test_key_is_good_for_who_it_was_made_for(access: Access) -> None:
    key, secret = access.make_key(" ada ", Role.OPERATOR, ROOT)
    assert secret.startswith(f"{key.id}_")
    assert access.known_by_key(secret) == Principal(name="ada", role=Role.OPERATOR, key=key.id)
    (listed,) = access.keys()
    assert (listed.id, listed.name, listed.role, listed.made_by) == (key.id, "ada", Role.OPERATOR, "root")


def test_what_is_no_key_is_nobody(access: Access) -> None:
    key, secret = access.make_key("ada", Role.ADMINISTRATOR, ROOT)
    other, _ = access.make_key("bob", Role.VIEWER, ROOT)
    last = "A" if secret[-1] != "A" else "Q"
    wrong = [
        "", " ", "pk_", key.id, secret[:-1], secret[:-1] + last, f"{secret} ", secret.upper(), "\x00", "\udc80",
        "é" * 59, secret.replace(key.id, other.id), secret.replace(key.id, "pk_000000000000"), "x" * 100_000,
    ]  # fmt: skip
    assert [one for one in wrong if access.known_by_key(one) is not None] == []
    assert [one for one in wrong if access.enter_with_key(one) is not None] == []
    assert [one for one in wrong if access.enter(one) is not None] == []
    assert [one for one in wrong if access.session(one) is not None] == []
    for one in wrong:
        access.leave(one)


def test_secrets_are_kept_nowhere(access: Access, database: Database, book: Book) -> None:
    _, secret = access.make_key("ada", Role.APPROVER, ROOT)
    link = access.make_link("ada", Role.APPROVER, ROOT)
    session, cookie = entered(access.enter_with_key(secret))
    _, other = entered(access.enter(access.make_link("bob", Role.VIEWER, ROOT)))
    everything = kept(database) + "".join(row.body for row in book.rows())
    for one in (secret, link, cookie, other, session.csrf):
        assert one[-43:] not in everything
    assert session.csrf not in repr(session)


def test_making_and_revoking_are_notes_with_who_and_why(access: Access, book: Book) -> None:
    key, secret = access.make_key("ada", Role.OPERATOR, ROOT, expires_at=access.now() + timedelta(days=90))
    access.make_link("bob", Role.VIEWER, ROOT)
    access.enter_with_key(secret)
    access.revoke(key.id, ROOT)
    made, linked, came, revoked = notes(book)
    who = {"name": "root", "known_by": "its own word"}
    same = {"actor": who, "reason": "first day", "ticket": "OPS-1"}
    expires = "2027-02-16T11:06:40.000000Z"
    of_key = {"key": key.id, "name": "ada", "role": "operator"}
    assert made == {"kind": "access.add", **same, "details": {**of_key, "expires_at": expires}}
    assert linked["kind"] == "access.link"
    assert linked["details"] == {"name": "bob", "role": "viewer", "until": "2026-11-18T11:16:40.000000Z"}
    assert came["kind"] == "access.enter"
    assert came["actor"] == {"name": "ada", "known_by": f"session of api-key {key.id}"}
    assert revoked == {"kind": "access.revoke", **same, "details": {**of_key, "sessions_ended": 1}}


def test_expired_key_is_nobody_from_its_instant_on(access: Access, clock: ManualClock) -> None:
    key, secret = access.make_key("ada", Role.VIEWER, ROOT, expires_at=access.now() + timedelta(seconds=90))
    _, cookie = entered(access.enter_with_key(secret))
    clock.advance(89)
    assert access.known_by_key(secret) is not None
    assert access.session(cookie) is not None
    clock.advance(1)
    assert access.known_by_key(secret) is None
    assert access.enter_with_key(secret) is None
    assert access.session(cookie) is None
    (listed,) = access.keys()
    assert (listed.id, listed.standing(access.now())) == (key.id, KeyStanding.EXPIRED)


def test_revoked_key_ends_its_sessions_and_no_others(access: Access, book: Book) -> None:
    key, secret = access.make_key("ada", Role.VIEWER, ROOT)
    again, other = access.make_key("ada", Role.VIEWER, ROOT)
    _, cookie = entered(access.enter_with_key(secret))
    _, stays = entered(access.enter_with_key(other))
    _, linked = entered(access.enter(access.make_link("ada", Role.VIEWER, ROOT)))
    assert access.revoke(key.id, ROOT).standing(access.now()) is KeyStanding.REVOKED
    assert access.known_by_key(secret) is None
    assert access.enter_with_key(secret) is None
    assert access.session(cookie) is None
    assert access.session(stays) is not None
    assert access.session(linked) is not None
    told = len(notes(book))
    listed = access.keys()
    assert access.revoke(key.id, ROOT) in listed
    assert len(notes(book)) == told
    assert again.id != key.id


def test_session_of_a_key_that_is_not_good_is_over_though_it_lies_there(access: Access, database: Database) -> None:
    _, secret = access.make_key("ada", Role.VIEWER, ROOT)
    _, cookie = entered(access.enter_with_key(secret))
    for gone in (update(ACCESS_KEYS).values(revoked_ns=1), delete(ACCESS_KEYS)):
        assert access.session(cookie) is not None
        database.write(lambda connection, gone=gone: connection.execute(gone))  # type: ignore[misc]  # bound at once
        assert access.session(cookie) is None
        database.write(lambda connection: connection.execute(update(ACCESS_KEYS).values(revoked_ns=None)))


def test_key_that_there_is_not_cannot_be_revoked(access: Access) -> None:
    for name in ("pk_0123456789ab", "pk_000000000000", "", "\x00", "\udc80", "x" * 10_000):
        with pytest.raises(KeyNotFoundError, match="there is no key") as told:
            access.revoke(name, ROOT)
        assert len(told.value.message) < 600


def test_name_that_cannot_be_one_gets_nothing(access: Access, book: Book) -> None:
    for name in ("", "  ", "x" * 81, "two\nlines", "nul\x00", "right\u202eleft", "\udc80"):
        with pytest.raises(AccessError):
            access.make_key(name, Role.VIEWER, ROOT)
        with pytest.raises(AccessError):
            access.make_link(name, Role.VIEWER, ROOT)
        with pytest.raises(AccessError):
            access.sign_out(name, ROOT)
    for make in (access.make_key, access.make_link):
        with pytest.raises(AccessError, match="no phone number"):
            make("ada (415) 555-0132", Role.VIEWER, ROOT)
    assert access.make_key("<b>Ада</b> & co", Role.VIEWER, ROOT)[0].name == "<b>Ада</b> & co"
    assert len(notes(book)) == 1


def test_time_that_cannot_be_gets_nothing(access: Access, book: Book) -> None:
    with pytest.raises(AccessError, match="expired already"):
        access.make_key("ada", Role.VIEWER, ROOT, expires_at=access.now())
    for valid_s in (0, -1, 86_401, float("nan"), float("inf")):
        with pytest.raises(AccessError, match="link"):
            access.make_link("ada", Role.VIEWER, ROOT, valid_s=valid_s)
    assert notes(book) == []


def test_link_signs_in_once(access: Access) -> None:
    link = access.make_link("ada", Role.APPROVER, ROOT)
    session, cookie = entered(access.enter(link))
    assert session.principal == Principal(name="ada", role=Role.APPROVER, signed_in=True)
    assert access.session(cookie) == session
    assert access.enter(link) is None
    assert access.session(link) is None
    assert access.known_by_key(link) is None


def test_link_is_over_after_its_time(access: Access, clock: ManualClock) -> None:
    short, long = (access.make_link("ada", Role.VIEWER, ROOT, valid_s=valid_s) for valid_s in (60, 61))
    clock.advance(60)
    assert access.enter(short) is None
    assert access.enter(long) is not None


def test_of_many_who_come_with_one_link_at_once_one_enters(database: Database, book: Book, clock: ManualClock) -> None:
    many = 8
    doors = [Access(database, book, clock) for _ in range(many)]
    link, together = doors[0].make_link("ada", Role.VIEWER, ROOT), Barrier(many)

    def come(door: Access) -> tuple[Session, str] | None:
        together.wait()
        return door.enter(link)

    with ThreadPoolExecutor(many) as pool:
        came = [one for one in pool.map(come, doors) if one is not None]
    assert len(came) == 1
    assert [one["kind"] for one in notes(book)] == ["access.link", "access.enter"]
    assert verify_database(database, tenant=book.tenant).ok


def test_session_is_new_each_time_somebody_signs_in(access: Access) -> None:
    _, secret = access.make_key("ada", Role.VIEWER, ROOT)
    (one, first), (other, second) = (entered(access.enter_with_key(secret)) for _ in range(2))
    assert first != second
    assert one.csrf != other.csrf
    assert one.is_ours(one.csrf)
    assert not one.is_ours(other.csrf)
    assert not one.is_ours("")
    access.leave(first)
    assert access.session(first) is None
    assert access.session(second) is not None


def test_session_ends_after_an_hour_without_a_request(access: Access, clock: ManualClock) -> None:
    _, cookie = entered(access.enter(access.make_link("ada", Role.VIEWER, ROOT)))
    clock.advance(HOUR - 1)
    assert access.session(cookie) is not None
    clock.advance(HOUR - 1)
    assert access.session(cookie) is not None
    clock.advance(HOUR)
    assert access.session(cookie) is None


def test_session_ends_twelve_hours_after_it_began_though_it_be_used(access: Access, clock: ManualClock) -> None:
    session, cookie = entered(access.enter(access.make_link("ada", Role.VIEWER, ROOT)))
    assert session.expires_at == access.now() + timedelta(hours=12)
    for _ in range(23):
        clock.advance(HOUR / 2)
        assert access.session(cookie) is not None
    clock.advance(HOUR / 2)
    assert access.session(cookie) is None


def test_what_has_ended_is_forgotten(access: Access, clock: ManualClock, database: Database) -> None:
    access.make_link("ada", Role.VIEWER, ROOT)
    entered(access.enter(access.make_link("ada", Role.VIEWER, ROOT)))
    assert "'ada'" in kept(database)
    clock.advance(HOUR)
    access.enter(access.make_link("bob", Role.VIEWER, ROOT))
    assert "'ada'" not in kept(database)


def test_name_that_is_signed_out_keeps_its_keys_only(access: Access, book: Book) -> None:
    _, secret = access.make_key("ada", Role.VIEWER, ROOT)
    cookies = [entered(access.enter_with_key(secret))[1] for _ in range(2)]
    link, bobs = (access.make_link(name, Role.VIEWER, ROOT) for name in ("ada", "bob"))
    assert access.sign_out("ada", ROOT) == (2, 1)
    assert [access.session(one) for one in cookies] == [None, None]
    assert access.enter(link) is None
    assert access.enter(bobs) is not None
    assert access.known_by_key(secret) is not None
    told = [one["details"] for one in notes(book) if one["kind"] == "access.sign_out"]
    assert told == [{"name": "ada", "sessions_ended": 2, "links_ended": 1}]
    assert access.sign_out("ada", ROOT) == (0, 0)
    assert len([one for one in notes(book) if one["kind"] == "access.sign_out"]) == 1


def test_tenants_do_not_know_each_others_keys(access: Access, database: Database, clock: ManualClock) -> None:
    other = Access(database, Book(database, tenant=TenantId("other"), clock=clock), clock)
    key, secret = access.make_key("ada", Role.ADMINISTRATOR, ROOT)
    _, cookie = entered(access.enter_with_key(secret))
    link = access.make_link("ada", Role.VIEWER, ROOT)
    assert other.known_by_key(secret) is None
    assert other.session(cookie) is None
    assert other.enter(link) is None
    assert other.keys() == []
    other.leave(cookie)
    assert other.sign_out("ada", ROOT) == (0, 0)
    with pytest.raises(KeyNotFoundError):
        other.revoke(key.id, ROOT)
    assert access.session(cookie) is not None


def test_use_is_written_down_once_a_minute(access: Access, clock: ManualClock) -> None:
    _, secret = access.make_key("ada", Role.VIEWER, ROOT)
    _, cookie = entered(access.enter(access.make_link("ada", Role.VIEWER, ROOT)))
    assert access.keys()[0].used_at is None
    seen = []
    for _ in range(5):
        access.known_by_key(secret)
        session = access.session(cookie)
        assert session is not None
        seen.append((access.keys()[0].used_at, session.seen_at))
        clock.advance(30)
    used = [one for one, _ in seen]
    assert used[0] == used[1] != used[2] == used[3] != used[4]
    assert len({one for _, one in seen}) == 3


def test_who_is_known_is_known_though_nothing_can_be_written(access: Access, database: Database, book: Book) -> None:
    _, secret = access.make_key("ada", Role.VIEWER, ROOT)
    _, cookie = entered(access.enter(access.make_link("ada", Role.VIEWER, ROOT)))

    class Full:
        """The same database with no room on its disk."""

        read, close = database.read, database.close

        def write(self, _work: object) -> Any:
            raise StorageUnavailableError

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_problem: object) -> None: ...

    clock = ManualClock(wall_ns=1_795_000_100_000_000_000)
    full = Access(Full(), Book(Full(), tenant=book.tenant, clock=clock), clock)
    assert full.known_by_key(secret) is not None
    assert full.session(cookie) is not None
    with pytest.raises(LedgerUnavailableError):
        full.make_key("bob", Role.VIEWER, ROOT)
    with pytest.raises(LedgerUnavailableError):
        full.enter_with_key(secret)
