"""Somebody with all rights in the database changes it behind our back: the verifier says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.failures import ChainBrokenError
from paceline.ledger.keys import Signer
from paceline.ledger.proofs import exported, prove, prove_growth, seal
from paceline.ledger.tree import shows_consistency
from paceline.ledger.verify import proves, rows_of_export, verify, verify_database
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, EntryId, TenantId
from paceline.storage.database import Database, open_database

PAUSE = Deed(kind="lifecycle.pause", actor=Actor(name="ada", known_by="key"), campaign=CampaignId("EAST"))


def without_guards(database: Database, *statements: str) -> None:
    def work(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            for event in ("no_update", "no_delete", "only_next"):
                connection.execute(text(f"DROP TRIGGER ledger_entries_{event}"))
        else:
            connection.execute(text("ALTER TABLE ledger_entries DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))

    database.write(work)


@pytest.fixture
def filled(book: Book) -> Book:
    for _ in range(4):
        book.close(book.open(PAUSE), outcome="applied")
    return book


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE ledger_entries SET body = replace(body, 'ada', 'eve') WHERE sequence = 3", 3),
        ("UPDATE ledger_entries SET actor = 'eve' WHERE sequence = 3", 3),
        ("UPDATE ledger_entries SET outcome = 'refused' WHERE sequence = 4", 4),
        ("UPDATE ledger_entries SET campaign = NULL WHERE sequence = 5", 5),
        ("UPDATE ledger_entries SET entry = 9 WHERE sequence = 6", 6),
        ("UPDATE ledger_entries SET at = '2020' WHERE sequence = 7", 7),
        ("DELETE FROM ledger_entries WHERE sequence = 5", 5),
        ("DELETE FROM ledger_entries WHERE sequence > 6", 7),
        ("DELETE FROM ledger_entries", 1),
        ("UPDATE ledger_heads SET hash = 'x'", 8),
        ("DELETE FROM ledger_heads", 1),
    ],
)
def test_change_in_the_database_is_named(database: Database, filled: Book, statement: str, first_bad: int) -> None:
    without_guards(database, statement)
    found = verify_database(database, tenant=filled.tenant)
    assert (found.ok, found.first_bad) == (False, first_bad)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET body = replace(body, 'ada', 'eve') WHERE sequence = 3",
        "UPDATE ledger_entries SET previous = hash WHERE sequence = 4",
        "DELETE FROM ledger_entries WHERE sequence = 5",
        "DELETE FROM ledger_entries WHERE sequence > 6",
        "UPDATE ledger_heads SET size = 6",
        "DELETE FROM ledger_heads",
    ],
)
def test_chain_that_was_changed_is_not_signed(database: Database, filled: Book, statement: str) -> None:
    without_guards(database, statement)
    with pytest.raises(ChainBrokenError):
        seal(filled, Signer.fresh())


def test_tail_cut_off_with_its_head_is_found_by_the_checkpoint_alone(database: Database, filled: Book) -> None:
    signer = Signer.fresh()
    kept = seal(filled, signer).text
    without_guards(
        database,
        "DELETE FROM ledger_entries WHERE sequence > 6",
        "UPDATE ledger_heads SET size = 6, hash = (SELECT hash FROM ledger_entries WHERE sequence = 6)",
    )
    assert verify_database(database, tenant=filled.tenant).ok
    keys = {signer.id: signer.public}
    found = verify_database(database, tenant=filled.tenant, checkpoints=[kept], keys=keys)
    assert (found.ok, found.first_bad, found.entries) == (False, 7, 6)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET body = CAST(x'7b22ff227d' AS TEXT) WHERE sequence = 2",
        "UPDATE ledger_entries SET body = x'7b7d' WHERE sequence = 2",
        "UPDATE ledger_entries SET sequence = 'two' WHERE sequence = 2",
    ],
)
def test_value_of_another_kind_is_named(tmp_path: Path, clock: ManualClock, statement: str) -> None:
    # Only SQLite takes such values at all.
    with open_database(f"sqlite:///{tmp_path / 'other.db'}") as database:
        book = Book(database, tenant=TenantId("acme"), clock=clock)
        for _ in range(3):
            book.open(PAUSE)
        without_guards(database, statement)
        assert verify_database(database, tenant="acme").first_bad == 2


def test_export_says_what_the_database_says(database: Database, filled: Book) -> None:
    signer = Signer.fresh()
    kept, keys = seal(filled, signer).text, {signer.id: signer.public}
    offline = verify(rows_of_export(exported(filled)), tenant=filled.tenant, checkpoints=[kept], keys=keys)
    assert offline == verify_database(database, tenant=filled.tenant, checkpoints=[kept], keys=keys)
    assert offline.ok


def test_entry_is_proven_by_a_checkpoint_without_the_ledger(filled: Book) -> None:
    checkpoint = seal(filled, Signer.fresh())
    for number in (1, 3, 5, 7):
        proof = prove(filled, EntryId(number))
        assert proves(proof, root=checkpoint.root)
        assert proves(json.loads(json.dumps(proof)), root=checkpoint.root)
        changed = json.loads(json.dumps(proof).replace("applied", "refused"))
        assert not proves(changed, root=checkpoint.root)
        moved = json.loads(json.dumps(proof))
        moved["rows"][0]["proof"].reverse()
        assert not proves(moved, root=checkpoint.root)


def test_older_checkpoint_is_shown_to_be_the_beginning_of_a_newer_one(filled: Book) -> None:
    signer = Signer.fresh()
    older = seal(filled, signer)
    filled.open(PAUSE)
    newer = seal(filled, signer)
    proof = [bytes.fromhex(node) for node in prove_growth(filled, older.size, newer.size)]
    roots = {"old_root": bytes.fromhex(older.root), "new_root": bytes.fromhex(newer.root)}
    assert shows_consistency(first=older.size, second=newer.size, proof=proof, **roots)
    assert not shows_consistency(first=older.size, second=newer.size, proof=proof[1:], **roots)
