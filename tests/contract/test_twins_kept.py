"""Twins are kept with their entry, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Query
from paceline.primitives.canonical import canonical_json
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, EntryId, TenantId
from paceline.storage.database import Database
from paceline.twin.kept import DRIFTED, FITTED, By, Twins
from paceline.twin.model import Drifted, Twin
from tests.unit.twin.fitted_twin import fitted

BY = By(actor=Actor(name="ada", known_by="test"), reason="new data", ticket="OPS-7")


@pytest.fixture
def twins(database: Database, book: Book) -> Twins:
    return Twins(database, book)


def drifted(twin: Twin) -> Drifted:
    """Return that fewer answer since the end of a twin's data."""
    until = twin.standing.data_until
    return Drifted(
        quantity="answers", toward="fewer", since=until, found=until + timedelta(hours=4), run_length_days=250.0
    )


def test_kept_twin_is_the_one_that_was_fitted_with_its_entry(twins: Twins, book: Book) -> None:
    kept = twins.keep(fitted(), BY)
    again = twins.of(fitted().campaign)
    assert again is not None
    assert canonical_json(again.document()) == canonical_json(kept.document())
    assert again.standing.entry == kept.standing.entry is not None
    entry = book.entries(Query(campaign=fitted().campaign))[0]
    assert (entry.number, entry.kind, entry.actor) == (kept.standing.entry, FITTED, BY.actor)
    details = entry.rows[0].document["details"]
    assert isinstance(details, dict)
    assert (details["data"], details["made_of"], details["days"]) == (fitted().data, "platform", len(fitted().days))
    assert "draws" not in details


def test_last_twin_takes_the_place_of_the_one_before(twins: Twins) -> None:
    first, second = twins.keep(fitted(), BY), twins.keep(fitted(), BY)
    found = twins.of(fitted().campaign)
    assert found is not None
    assert found.standing.entry == second.standing.entry != first.standing.entry
    assert [(one.campaign, one.entry) for one in twins.all()] == [(fitted().campaign, second.standing.entry)]


def test_nobody_has_a_twin_that_was_not_kept(twins: Twins, database: Database) -> None:
    assert twins.of(CampaignId("OTHER")) is None
    twins.keep(fitted(), BY)
    other = Twins(database, Book(database, tenant=TenantId("other"), clock=ManualClock()))
    assert (other.of(fitted().campaign), other.all()) == (None, ())


def test_drift_is_marked_once_and_only_on_the_twin_that_was_looked_at(twins: Twins, book: Book) -> None:
    kept = twins.keep(fitted(), BY)
    entry = kept.standing.entry
    assert entry is not None
    assert twins.drifted(kept.campaign, drifted(kept), BY, of=EntryId(entry + 1)) is None
    marked = twins.drifted(kept.campaign, drifted(kept), BY, of=entry)
    assert marked is not None
    assert twins.drifted(kept.campaign, drifted(kept), BY, of=entry) is None
    again = twins.of(kept.campaign)
    assert again is not None
    assert again.drifted is not None
    assert (again.drifted.entry, again.standing.entry) == (marked, entry)
    assert [one.kind for one in book.entries(Query(campaign=kept.campaign))] == [FITTED, DRIFTED]
    assert twins.drifted(CampaignId("OTHER"), drifted(kept), BY, of=entry) is None
