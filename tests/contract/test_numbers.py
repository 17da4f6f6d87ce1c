"""Phone numbers stay out of the chain, and can be erased."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Query
from paceline.ledger.erasing import NumberTextError, ReasonHoldsNumberError, erase
from paceline.ledger.verify import verify_database
from paceline.primitives.canonical import canonical_json
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database, open_database
from paceline.storage.pacing_tables import CONTROL_ROLLOUTS, CONTROL_SUPERVISIONS
from paceline.storage.weights_tables import CONTROL_EXPERIMENTS

NUMBER = "+14155550132"
ADA = Actor(name="ada", known_by="key")
CALLED = Deed(
    kind="lifecycle.stop",
    actor=ADA,
    campaign=CampaignId("EAST"),
    reason="(415) 555-0132 complained",
    details={"numbers": [NUMBER, {"+1 415 555 0132": "and again"}], "at": "2026-11-20T12:00:00+00:00"},
)


def stored_text(database: Database) -> str:
    asked = text("SELECT * FROM ledger_entries")
    return str(database.read(lambda connection: connection.execute(asked).all()))


def test_number_is_in_no_row_in_any_spelling(database: Database, book: Book) -> None:
    entry = book.open(CALLED)
    book.intend(entry, {"to": NUMBER})
    book.close(entry, outcome="failed", details={"said": f"no answer from {NUMBER}."})
    lying = stored_text(database)
    assert "5550132" not in lying
    assert "555-0132" not in lying
    assert "555 0132" not in lying
    assert verify_database(database, tenant="acme").ok


def test_same_number_is_the_same_word_in_every_spelling(book: Book) -> None:
    entry = book.read(book.open(CALLED))
    words = {word for word in entry.rows[0].body.replace('"', " ").split() if word.startswith("number:")}
    assert len(words) == 1
    assert json.loads(entry.rows[0].body)["details"]["at"] == "2026-11-20T12:00:00+00:00"


def test_number_can_be_told_until_it_is_erased(database: Database, book: Book) -> None:
    book.intend(entry := book.open(CALLED), {"to": NUMBER, "n": 3})
    head = book.head()
    assert book.revealed(book.read(entry).intent) == {"to": NUMBER, "n": 3}

    note = book.erase_number("415-555-0132", Deed(kind="ledger.erased", actor=ADA, reason="asked to"))
    assert note == head.size + 1
    told = book.read(entry).intent
    assert told is not None
    assert book.revealed(told) == told
    assert book.read(note).rows[0].document["details"] == {"erased": told["to"]}
    assert verify_database(database, tenant="acme").ok
    assert book.erase_number(NUMBER, Deed(kind="ledger.erased", actor=ADA)) is None


def test_number_seen_again_after_it_was_erased_is_another_word(book: Book) -> None:
    first = book.read(book.open(CALLED)).rows[0].document["reason"]
    book.erase_number(NUMBER, Deed(kind="ledger.erased", actor=ADA))
    assert book.read(book.open(CALLED)).rows[0].document["reason"] != first


def test_actor_that_is_a_number_is_found_by_no_column(database: Database, book: Book) -> None:
    book.open(Deed(kind="lifecycle.stop", actor=Actor(name=NUMBER, known_by="telephone")))
    assert NUMBER not in stored_text(database)
    assert verify_database(database, tenant="acme").ok


@pytest.mark.parametrize(
    "harmless",
    [
        "CMP-12345",
        "2026-11-20T12:00:00.000000+0000",
        "1795000000",
        "1.2.3+20261120",
        "0f3a-4155-5501-32ab",
        "+1",
        "1e+21",
    ],
)
def test_what_is_no_number_stays(book: Book, harmless: str) -> None:
    deed = Deed(kind="lifecycle.stop", actor=ADA, reason=harmless)
    assert book.read(book.open(deed)).rows[0].document["reason"] == harmless


def test_erased_number_is_gone_from_the_files(tmp_path: Path, book: Book) -> None:
    place = tmp_path / "erased.db"
    with open_database(f"sqlite:///{place}") as database:
        ours = Book(database, tenant=book.tenant, clock=book._clock)  # noqa: SLF001 - the same still clock
        ours.open(CALLED)
        ours.erase_number(NUMBER, Deed(kind="ledger.erased", actor=ADA))
        assert ours.entries(Query())
    assert [file.name for file in tmp_path.glob("erased.db*")] == ["erased.db"]
    assert NUMBER.encode() not in place.read_bytes()


def test_erasure_is_noted_by_the_word_and_shows_two_digits(database: Database, book: Book) -> None:
    entry = book.read(book.open(CALLED))
    erased = erase(book, " (415) 555-0132 ", actor=ADA, reason="asked to", ticket="DSR-7")
    assert erased.entry is not None
    assert erased.document() == {"number": "+..32", "erased": True, "entry": erased.entry}
    note = book.read(erased.entry)
    assert (note.kind, *map(note.rows[0].document.get, ("reason", "ticket"))) == ("ledger.erase", "asked to", "DSR-7")
    assert book.revealed(entry.rows[0].document["reason"]) == entry.rows[0].document["reason"]
    assert "5550132" not in stored_text(database)
    head = book.head()
    assert erase(book, NUMBER, actor=ADA, reason="asked to").entry is None
    assert book.head() == head


@pytest.mark.parametrize("text", ["4155550132", "CMP-12345", "", "+1", f"{NUMBER} and {NUMBER}"])
def test_what_the_ledger_would_not_take_for_a_number_is_not_erased(book: Book, text: str) -> None:
    with pytest.raises(NumberTextError) as refused:
        erase(book, text, actor=ADA, reason="asked to")
    assert "555" not in refused.value.message


@pytest.mark.parametrize("told", [{"reason": f"{NUMBER} asked"}, {"reason": "asked", "ticket": "call 415-555-0132"}])
def test_reason_that_would_bring_the_number_back_is_refused(book: Book, told: dict[str, str]) -> None:
    entry = book.read(book.open(CALLED))
    with pytest.raises(ReasonHoldsNumberError):
        erase(book, NUMBER, actor=ADA, **told)
    assert book.revealed(entry.rows[0].document["reason"]) == f"{NUMBER} complained"


def test_number_is_erased_from_what_goes_on_too_and_raises_its_fence(database: Database, book: Book) -> None:
    book.open(CALLED)
    document = canonical_json({"reason": "415-555-0132 complained", "why": "4155550132 and +1 415 555 0199 stay"})
    rows = {"tenant": "acme", "entry": 1, "campaign": "EAST", "state": "running", "document": document, "fence": 7}
    tables = (CONTROL_ROLLOUTS, CONTROL_EXPERIMENTS, CONTROL_SUPERVISIONS)

    def put(connection: Connection) -> None:
        for table in tables:
            connection.execute(insert(table), {name: rows[name] for name in table.c.keys()})  # noqa: SIM118 # columns

    database.write(put)
    erase(book, NUMBER, actor=ADA, reason="request 5")
    for found in database.read(lambda connection: [connection.execute(select(one)).one() for one in tables]):
        told = json.loads(found.document)
        assert told["reason"].startswith("number:")
        assert (told["why"], found.fence) == ("4155550132 and +1 415 555 0199 stay", 8)
