"""What `paceline doctor` finds in a database, on both kinds of it; and that looking leaves it as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text

from paceline.bootstrap import diagnosis_of
from paceline.campaign.observed import Stage
from paceline.control.owners import SKEW_S
from paceline.control.under_way import kept_checks
from paceline.cxone.auth import Credentials
from paceline.cxone.diagnosis import looked_at
from paceline.cxone.throttle import Allowance
from paceline.cxone.throttle_look import throttle_check
from paceline.cxone.transport import Address
from paceline.ledger.book import Book
from paceline.ledger.ending import ending_of
from paceline.ledger.entry import Actor, Deed
from paceline.primitives.checks import Condition
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.settings import read_settings
from paceline.storage.database import Database, open_database
from paceline.storage.failures import StorageError, StorageUnavailableError
from paceline.storage.reading import (
    AbsentDatabaseError,
    OnlyReadError,
    address_shown,
    database_checks,
    open_for_reading,
    unopened,
)
from paceline.storage.tables import CONTROL_OWNERS, CONTROL_UNFINISHED, THROTTLE_CLIENTS, THROTTLE_REQUESTS
from tests.contract.emulated import SECRET, Emulated

ACME = TenantId("acme")
PAUSE = Deed(kind="lifecycle.pause", actor=Actor(name="ada", known_by="key"), campaign=CampaignId("EAST"))
SECOND = 1_000_000_000


def altered(database: Database, *statements: str) -> None:
    """Change the database as somebody does who has all rights in it."""

    def work(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            for event in ("no_update", "no_delete", "only_next"):
                connection.execute(text(f"DROP TRIGGER ledger_entries_{event}"))
        else:
            connection.execute(text("ALTER TABLE ledger_entries DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))

    database.write(work)


def versioned(database: Database, version: str) -> None:
    said = text("UPDATE alembic_version SET version_num = :version")
    database.write(lambda connection: connection.execute(said, {"version": version}))


@pytest.fixture
def filled(book: Book) -> Book:
    for _ in range(4):
        book.close(book.open(PAUSE), outcome="applied")
    return book


def test_tables_of_this_version_are_fine_and_only_read(url: str, book: Book) -> None:
    book.note(PAUSE)
    with open_for_reading(url) as looked:
        tables, durable = database_checks(looked, place="here")
        assert tables.state is Condition.OK
        # The server of the tests runs without fsync, which is what this is there to find.
        assert durable.state is (Condition.OK if looked.kind == "SQLite" else Condition.WARNING)
        with pytest.raises(OnlyReadError):
            looked.write(lambda _: None)
        with pytest.raises(StorageError):
            looked.read(lambda connection: connection.execute(text("DELETE FROM control_owners")))
    assert book.head().size == 1


@pytest.mark.parametrize(("version", "state"), [("0001", Condition.WARNING), ("9999", Condition.BAD)])
def test_tables_of_another_version_are_told_and_left(
    url: str, database: Database, version: str, state: Condition
) -> None:
    versioned(database, version)
    with open_for_reading(url) as looked:
        assert database_checks(looked, place="here")[0].state is state
        assert database_checks(looked, place="here")[0].found.find(version) > 0


def test_database_without_tables_stays_without(tmp_path: Path, url: str) -> None:
    if url.startswith("sqlite"):
        (tmp_path / "paceline.db").touch()
    for _ in range(2):
        with open_for_reading(url) as looked:
            assert database_checks(looked, place="here")[0].found.endswith("it has no tables yet")


def test_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(AbsentDatabaseError):
        open_for_reading(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_no_database_is_bad(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("plain words, and enough of them to fill a header of SQLite\n" * 40)
    with open_for_reading(f"sqlite:///{tmp_path / 'text.db'}") as looked, pytest.raises(StorageError) as failed:
        database_checks(looked, place="here")
    assert unopened(failed.value, "sqlite:///text.db").state is Condition.BAD


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://ada:pw-1@db.example.com:5433/x?password=pw-2", "ada:***@db.example.com:5433/x"),
        ("postgresql+psycopg://db.example.com/x?host=/run&password=pw-1", "db.example.com/x"),
        ("postgresql+psycopg://ada:pw-1@pw-2@db.example.com/x", "more than one @"),
        ("sqlite:///a@b@c.db", "a@b@c.db"),
    ],
)
def test_address_is_shown_without_a_secret(url: str, shown: str) -> None:
    assert shown in address_shown(url)
    assert "pw-" not in address_shown(url)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET body = replace(body, 'ada', 'eve') WHERE sequence = 7",
        "UPDATE ledger_entries SET body = 'no json' WHERE sequence = 7",
        "UPDATE ledger_entries SET previous = 'x' WHERE sequence = 7",
        "DELETE FROM ledger_entries WHERE sequence = 7",
        "DELETE FROM ledger_entries WHERE sequence > 6",
        "UPDATE ledger_heads SET hash = 'x'",
        "UPDATE ledger_heads SET size = 6, hash = (SELECT hash FROM ledger_entries WHERE sequence = 6)",
        "DELETE FROM ledger_heads",
    ],
)
def test_change_near_the_end_of_the_ledger_is_found(database: Database, filled: Book, statement: str) -> None:
    assert ending_of(filled, rows=3).fault is None
    altered(database, statement)
    assert ending_of(filled, rows=3).fault is not None


def test_only_the_last_rows_are_looked_at(database: Database, filled: Book) -> None:
    altered(database, "UPDATE ledger_entries SET body = replace(body, 'ada', 'eve') WHERE sequence = 3")
    found = ending_of(filled, rows=3)
    assert (found.size, found.seen, found.fault) == (8, 3, None)
    assert ending_of(filled, rows=8).fault == "row 3 has not the hash of its text"


@pytest.mark.parametrize(
    ("stage", "silent_s", "state", "words"),
    [
        (Stage.OPEN, 0.0, Condition.OK, "open, its owner is alive"),
        (Stage.OPEN, 10.0 + SKEW_S + 1, Condition.WARNING, "open, its owner is dead"),
        (Stage.IN_DOUBT, 0.0, Condition.WARNING, "in doubt, its owner is alive"),
        (Stage.SETTLING, 3600.0, Condition.OK, "settling"),
    ],
)
def test_changes_under_way_are_told_with_how_their_owners_are(
    database: Database, clock: ManualClock, stage: Stage, silent_s: float, state: Condition, words: str
) -> None:
    row = {
        "tenant": ACME, "entry": 1, "campaign": "EAST", "kind": "lifecycle.pause", "actor": "ada",
        "owner": "owner-1", "stage": stage.value,
    }  # fmt: skip
    beat = {"owner": "owner-1", "beats": 1, "beat_ns": clock.wall_ns()}
    database.write(lambda connection: connection.execute(insert(CONTROL_UNFINISHED).values(row)))
    database.write(lambda connection: connection.execute(insert(CONTROL_OWNERS).values(beat)))
    clock.advance(silent_s)
    ledger, changes, *_ = kept_checks(database, tenant=ACME, clock=clock, lease_s=10.0)
    assert (ledger.state, changes.state) == (Condition.OK, state)
    assert words in changes.found


def test_throttle_is_read_without_a_turn(tmp_path: Path, clock: ManualClock) -> None:
    now_ns = clock.wall_ns()
    client = {"client": "all", "went": 3, "latest_ns": now_ns, "behind_ns": 0, "shut_until_ns": now_ns + 7 * SECOND}
    rows = [
        {"client": "all", "number": number, "went_ns": now_ns - age_s * SECOND}
        for number, age_s in ((1, 90), (2, 30), (3, 1))
    ]
    with open_database(f"sqlite:///{tmp_path / 'paceline.db'}") as database:
        database.write(lambda connection: connection.execute(insert(THROTTLE_CLIENTS).values(client)))
        database.write(lambda connection: connection.execute(insert(THROTTLE_REQUESTS), rows))
        allowance = Allowance(limit=10)
        for _ in range(2):
            found = throttle_check(database, clock, allowance, client="all")
            assert found.found == (
                "the platform said to come back in 7 s; 2 of 10 requests in 60 s are used, 8 are left"
            )
        assert throttle_check(database, clock, allowance, client="new").state is Condition.OK


def test_throttle_is_read_on_both_kinds(url: str, database: Database, clock: ManualClock) -> None:
    client = {"client": "all", "went": 0, "latest_ns": 0, "behind_ns": 0, "shut_until_ns": 0}
    database.write(lambda connection: connection.execute(insert(THROTTLE_CLIENTS).values(client)))
    with open_for_reading(url) as looked:
        assert throttle_check(looked, clock, Allowance(), client="all").found.startswith("0 of 100 requests")


def test_server_that_is_away_is_bad() -> None:
    url = "postgresql+psycopg://ada:pw-1@127.0.0.1:1/x"
    with open_for_reading(url) as looked, pytest.raises(StorageUnavailableError) as failed:
        database_checks(looked, place="here")
    assert unopened(failed.value, url).state is Condition.BAD
    assert "pw-1" not in str(unopened(failed.value, url))


def test_whole_diagnosis_takes_one_turn_and_records_nothing(
    url: str, database: Database, clock: ManualClock, emulated: Emulated, tmp_path: Path
) -> None:
    book = Book(database, tenant=ACME, clock=clock)
    book.note(PAUSE)
    variables = {
        "HOME": str(tmp_path),
        "PACELINE_API_URL": emulated.emulator.url,
        "PACELINE_CLIENT_ID": "all",
        "PACELINE_CLIENT_SECRET": SECRET,
        "PACELINE_TENANT": ACME,
        "PACELINE_DATABASE_URL": url,
    }
    settings = read_settings(flags={}, environment=variables, folder=tmp_path)
    for used in (1, 2):
        checks = {one.check: one for one in diagnosis_of(settings, clock=clock)}
        assert [name for name, one in checks.items() if one.state is Condition.BAD] == []
        assert checks["api"].state is Condition.OK
        assert checks["throttle"].found.startswith(f"{used} of 100 requests")
        assert checks["ledger"].found.startswith("1 row of tenant acme")
    assert {entry["method"] for entry in emulated.entries() if "token" not in entry["path"]} == {"GET"}
    assert book.head().size == 1


def test_nothing_that_was_seen_holds_a_secret(emulated: Emulated, clock: ManualClock) -> None:
    origin = emulated.emulator.url
    looks = looked_at(
        Address(api=origin, token=f"{origin}/oauth/token"),
        Credentials(client_id="all", client_secret=SECRET),
        target="/api/v2/outbound/campaigns?limit=1",
        clock=clock,
    )
    assert looks.is_token
    assert looks.api is not None
    assert SECRET not in repr(looks)
    assert "emu_" not in repr(looks)
