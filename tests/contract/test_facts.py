"""What is declared of campaigns, by people and by the file, on every database; each time with its entry."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.compliance.call import Purpose
from paceline.control.facts.declared import Declaration, Source
from paceline.control.facts.facts import DECLARED, Facts
from paceline.control.facts.facts_file import FactsFile
from paceline.control.facts.known_facts import FactError, Scope, judged, of_words
from paceline.control.order import Order
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Query
from paceline.ledger.verify import verify_database
from paceline.primitives.canonical import Json
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database, open_database
from tests.contract.systems import Another

EAST, WEST = CampaignId("EAST"), CampaignId("WEST")
ADA = Order(actor=Actor(name="ada", known_by="test"), reason="new list", ticket="OPS-1")
FILE = Order(actor=Actor(name="ada", known_by="test"))


@pytest.fixture
def facts(database: Database, book: Book) -> Facts:
    return Facts(database, book)


def file(said: Mapping[CampaignId | None, Mapping[str, Json]]) -> FactsFile:
    return FactsFile(name="campaigns.toml", digest="0" * 64, facts=said)


def details(book: Book, declaration: Declaration) -> dict[str, Any]:
    assert declaration.entry is not None
    found: Any = book.read(declaration.entry).rows[0].document["details"]
    return dict(found)


def test_declared_facts_are_known_with_their_entry(facts: Facts, book: Book) -> None:
    said = of_words(
        ["purpose=debt", "regions=US-GA,US-FL", "label.team=east", "seller=Acme", "anchor=2026-06-15T12:00Z"]
    )
    made = facts.declare(EAST, judged(said, scope=Scope.CAMPAIGN, folder=Path.cwd()), ADA)
    known = facts.of(EAST)
    assert (known.purpose, known.regions, known.seller) == (Purpose.DEBT, ("US-FL", "US-GA"), "Acme")
    assert (known.anchor, known.labels) == (datetime(2026, 6, 15, 12, tzinfo=UTC), {"team": "east"})
    assert {(one.source, one.entry) for one in known.said.values()} == {(Source.DECLARED, made.entry)}
    entry = book.entries(Query(campaign=EAST))[0]
    assert (entry.number, entry.kind, entry.actor, entry.is_open) == (made.entry, DECLARED, ADA.actor, False)
    assert entry.rows[0].document["reason"] == "new list"
    assert details(book, made)["before"] == dict.fromkeys(said, None)


def test_declaration_that_changes_nothing_is_no_entry(facts: Facts, book: Book) -> None:
    facts.declare(EAST, {"purpose": "sales", "seller": "Acme"}, ADA)
    again = facts.declare(EAST, {"purpose": "sales", "label.team": None}, ADA)
    assert (again.entry, again.facts, book.head().size) == (None, {}, 1)
    more = facts.declare(EAST, {"purpose": "sales", "seller": "Other"}, ADA)
    assert (more.facts, more.before) == ({"seller": "Other"}, {"seller": "Acme"})


def test_withdrawn_fact_is_known_no_longer(facts: Facts, book: Book) -> None:
    facts.declare(EAST, {"purpose": "sales", "label.team": "east"}, ADA)
    made = facts.declare(EAST, {"label.team": None}, ADA)
    assert details(book, made) == {"facts": {"label.team": None}, "before": {"label.team": "east"}}
    assert (facts.of(EAST).labels, facts.of(EAST).purpose) == ({}, Purpose.SALES)
    assert facts.labelled({"team": "east"}) == frozenset()


def test_dry_run_tells_and_writes_nothing(facts: Facts, book: Book) -> None:
    order = Order(actor=ADA.actor, dry_run=True)
    made = facts.declare(EAST, {"purpose": "sales"}, order)
    assert (made.entry, made.facts, made.before) == (None, {"purpose": "sales"}, {"purpose": None})
    assert (book.head().size, facts.of(EAST).purpose) == (0, None)


def test_campaigns_are_found_by_all_their_labels(facts: Facts) -> None:
    facts.declare(EAST, {"label.team": "east", "label.kind": "renewal"}, ADA)
    facts.declare(WEST, {"label.team": "west", "label.kind": "renewal"}, ADA)
    assert facts.labelled({"kind": "renewal"}) == {EAST, WEST}
    assert facts.labelled({"kind": "renewal", "team": "west"}) == {WEST}
    assert facts.labelled({"team": "north"}) == frozenset()
    assert facts.labelled({}) == frozenset()


def test_limit_is_of_the_whole_tenant(facts: Facts, database: Database, clock: ManualClock) -> None:
    assert facts.active_limit() is None
    facts.declare(None, {"limits.active_campaigns": 12}, ADA)
    assert facts.active_limit() == 12
    other = Facts(database, Book(database, tenant=TenantId("other"), clock=clock))
    assert (other.active_limit(), other.labelled({"team": "east"})) == (None, frozenset())


def test_unchanged_file_says_nothing(facts: Facts, book: Book) -> None:
    said = file({None: {"limits.active_campaigns": 3}, EAST: {"purpose": "sales"}, WEST: {"label.team": "west"}})
    made = facts.adopt(said, FILE)
    assert [one.campaign for one in made] == [None, EAST, WEST]
    assert details(book, made[1])["file"] == {"name": "campaigns.toml", "sha256": "0" * 64}
    assert {entry.rows[0].document["reason"] for entry in book.entries(Query(kind=DECLARED))} == {"campaigns.toml"}
    assert facts.adopt(said, FILE) == ()
    assert book.head().size == 3
    assert facts.of(EAST).said["purpose"].source is Source.FILE


def test_who_speaks_last_counts(facts: Facts) -> None:
    old, new = file({EAST: {"purpose": "sales"}}), file({EAST: {"purpose": "info"}})
    facts.adopt(old, FILE)
    facts.declare(EAST, {"purpose": "debt"}, ADA)
    assert facts.adopt(old, FILE) == ()
    assert facts.of(EAST).purpose is Purpose.DEBT
    assert len(facts.adopt(new, FILE)) == 1
    assert facts.of(EAST).purpose is Purpose.INFO
    facts.declare(EAST, {"purpose": None}, ADA)
    assert facts.adopt(new, FILE) == ()
    assert facts.of(EAST).purpose is None


def test_what_the_file_names_no_longer_is_withdrawn(facts: Facts) -> None:
    facts.adopt(file({EAST: {"purpose": "sales", "seller": "Acme"}}), FILE)
    facts.declare(EAST, {"seller": "Other"}, ADA)
    (made,) = facts.adopt(file({}), FILE)
    assert (made.facts, made.before) == ({"purpose": None}, {"purpose": "sales"})
    assert (facts.of(EAST).purpose, facts.of(EAST).seller) == (None, "Other")
    assert facts.adopt(file({}), FILE) == ()


def test_file_that_agrees_with_a_declaration_is_no_entry_and_takes_nothing_with_it(facts: Facts, book: Book) -> None:
    facts.declare(EAST, {"purpose": "sales"}, ADA)
    assert facts.adopt(file({EAST: {"purpose": "sales"}}), FILE) == ()
    assert facts.adopt(file({}), FILE) == ()
    assert (book.head().size, facts.of(EAST).purpose) == (1, Purpose.SALES)


VALUES = st.sampled_from([None, "sales", "debt", "info"])


@settings(max_examples=25)
@given(steps=st.lists(st.tuples(st.sampled_from(["declare", "adopt"]), VALUES), max_size=12))
def test_value_is_that_of_the_rules_after_any_steps(another: Another, steps: list[tuple[str, str | None]]) -> None:
    """Against the rules as they are written: a second, plain telling of who spoke last."""
    value: str | None = None
    by_file = False
    in_file: str | None = None
    with another() as database:
        facts = Facts(database, Book(database, tenant=TenantId("acme"), clock=ManualClock()))
        for verb, said in steps:
            if verb == "declare":
                facts_entries = int(facts.declare(EAST, {"purpose": said}, ADA).entry is not None)
                entries = int(said != value)
                value, by_file = (said, False) if said != value else (value, by_file)
            else:
                adopted = facts.adopt(file({EAST: {} if said is None else {"purpose": said}}), FILE)
                facts_entries = len(adopted)
                speaks = said != in_file and (said is not None or by_file)
                entries = int(speaks and said != value)
                if entries:
                    value, by_file = said, True
                in_file = said
            assert facts_entries == entries
            purpose = facts.of(EAST).purpose
            assert (None if purpose is None else purpose.value) == value


def test_of_many_that_adopt_a_file_at_once_one_does(
    url: str, database: Database, book: Book, clock: ManualClock
) -> None:
    gate = threading.Barrier(8)
    said = file({EAST: {"purpose": "sales"}, WEST: {"purpose": "debt"}})

    def adopt(_number: int) -> int:
        with open_database(url) as other:
            facts = Facts(other, Book(other, tenant=book.tenant, clock=clock))
            gate.wait()
            return len(facts.adopt(said, FILE))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(adopt, range(8))) == [0] * 7 + [2]
    assert (book.head().size, verify_database(database, tenant=book.tenant).ok) == (2, True)


@pytest.mark.parametrize(
    ("words", "scope", "says"),
    [
        (["purpos=sales"], Scope.CAMPAIGN, "did you mean purpose"),
        (["colour=red"], Scope.CAMPAIGN, "known: anchor, closed_days, label.NAME, limits.least_answer_rate"),
        (["purpose=sale"], Scope.CAMPAIGN, "sales, debt, research or info\ndid you mean sales?"),
        (["regions=FL"], Scope.CAMPAIGN, "'FL' is none"),
        (["purpose=fun"], Scope.CAMPAIGN, "\nallowed are sales, debt, research, info"),
        (["regions=US-XX"], Scope.CAMPAIGN, "'US-XX' is none"),
        (["regions=US-FL,UK-ENG"], Scope.CAMPAIGN, "'UK-ENG' is none: UK is no country\ndid you mean GB?"),
        (["regions=DX-BY"], Scope.CAMPAIGN, "DX is no country\ndid you mean "),
        (["anchor=2026-06-15T12:00:00"], Scope.CAMPAIGN, "an instant with an offset"),
        (["label.a b=x"], Scope.CAMPAIGN, "cannot be a label"),
        (["seller= Acme"], Scope.CAMPAIGN, "without blanks around it"),
        (["seller=Acme (415) 555-0132"], Scope.CAMPAIGN, "must hold no phone number"),
        (["limits.active_campaigns=3"], Scope.CAMPAIGN, "is declared of the whole tenant"),
        (["purpose=sales"], Scope.TENANT, "is declared of a campaign"),
        (["limits.active_campaigns=0"], Scope.TENANT, "from 1 to 1000000"),
        (["limits.active_campaigns=1e3"], Scope.TENANT, "from 1 to 1000000"),
        (["purpose=sales", "purpose=debt"], Scope.CAMPAIGN, "declared twice"),
        (["purpose"], Scope.CAMPAIGN, "is not NAME=VALUE"),
        ([], Scope.CAMPAIGN, "nothing is declared"),
    ],
)
def test_words_that_declare_nothing_are_refused(words: list[str], scope: Scope, says: str) -> None:
    with pytest.raises(FactError) as refused:
        judged(of_words(words), scope=scope, folder=Path.cwd())
    assert says in refused.value.report()
