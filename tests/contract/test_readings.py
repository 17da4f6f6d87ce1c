"""What is known of a campaign's settings at an instant, told from looks that were really kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from paceline.control.revisions import in_order
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Query
from paceline.ledger.history import Gap
from paceline.ledger.readings import Reading, Readings
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.database import Database

EAST, WEST = CampaignId("EAST"), CampaignId("WEST")
MINUTE = timedelta(minutes=1)
ADA = Actor(name="ada", known_by="key")
START = datetime(2026, 6, 15, 12, tzinfo=UTC)
_NUMBERS = count(1)


@pytest.fixture
def readings(database: Database, book: Book) -> Readings:
    return Readings(database, book)


def look(revision: str, at: datetime, campaign: CampaignId = EAST, made_by: EntryId | None = None) -> Reading:
    return Reading(campaign=campaign, revision=revision, at=at, settings={"is": revision}, made_by=made_by)


def test_nothing_is_known_of_what_nobody_looked_at(readings: Readings, book: Book) -> None:
    found = readings.settings_at(EAST, book.now())
    assert (found.sighting, found.since, found.gap, found.certain) == (None, None, Gap(start=None, end=None), False)
    assert found.told() == "not known: nobody has looked yet"


def test_before_the_first_look_nothing_is_known(readings: Readings, book: Book) -> None:
    start = book.now()
    readings.keep([look("42", start)])
    found = readings.settings_at(EAST, start - MINUTE)
    assert (found.sighting, found.gap) == (None, Gap(start=None, end=start))
    assert "first seen" in found.told()


def test_same_revision_seen_twice_held_in_between_and_costs_one_row(readings: Readings, book: Book) -> None:
    start = book.now()
    readings.keep([look("42", start)])
    readings.keep([look("42", start + 2 * MINUTE)])
    found = readings.settings_at(EAST, start + MINUTE)
    assert found.certain
    assert found.sighting is not None
    assert found.sighting.settings == {"is": "42"}
    assert book.head().size == 1


def test_after_the_last_look_what_was_seen_may_be_old(readings: Readings, book: Book) -> None:
    start = book.now()
    readings.keep([look("42", start)])
    found = readings.settings_at(EAST, start + MINUTE)
    assert not found.certain
    assert found.gap == Gap(start=start, end=None)
    assert "nobody looked since" in found.told()


def test_revision_that_no_entry_made_was_changed_outside_between_two_looks(readings: Readings, book: Book) -> None:
    start = book.now()
    readings.keep([look("42", start), look("43", start + 2 * MINUTE), look("43", start + 3 * MINUTE)])
    now = readings.settings_at(EAST, start + 2 * MINUTE)
    assert now.certain
    assert now.outside
    assert now.since == Gap(start=start, end=start + 2 * MINUTE)
    assert "changed outside paceline between 2026-" in now.told()
    between = readings.settings_at(EAST, start + MINUTE)
    assert between.sighting is not None
    assert between.following is not None
    assert (between.certain, between.gap) == (False, Gap(start=start, end=start + 2 * MINUTE))
    assert (between.sighting.revision, between.following.revision) == ("42", "43")


def test_revision_of_our_own_is_told_with_its_actor_and_held_until_its_intent(
    readings: Readings, book: Book, clock: ManualClock
) -> None:
    start = book.now()
    readings.keep([look("42", start)])
    clock.advance(120)
    entry = book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST))
    book.intend(entry, {})
    sent = book.now()
    clock.advance(1)
    readings.keep([look("43", book.now(), made_by=entry)])
    book.close(entry, outcome="applied")

    found = readings.settings_at(EAST, book.now())
    assert found.sighting is not None
    assert (found.certain, found.outside, found.sighting.actor, found.sighting.made_by) == (True, False, ADA, entry)
    assert found.since == Gap(start=sent, end=sent + timedelta(seconds=1))
    assert f"by ada (entry {entry})" in found.told()
    assert readings.settings_at(EAST, start + MINUTE).certain
    assert not readings.settings_at(EAST, sent + timedelta(seconds=0.5)).certain


def test_revisions_that_passed_unseen_were_made_outside_even_before_one_of_ours(
    readings: Readings, book: Book, clock: ManualClock
) -> None:
    start = book.now()
    readings.keep([look("42", start)])
    clock.advance(120)
    entry = book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST))
    book.intend(entry, {})
    readings.keep([look("45", book.now(), made_by=entry)])
    found = readings.settings_at(EAST, book.now())
    assert found.outside
    assert not readings.settings_at(EAST, start + MINUTE).certain


def test_whose_revision_it_was_may_be_learnt_after_somebody_has_seen_it(readings: Readings, book: Book) -> None:
    start = book.now()
    readings.keep([look("42", start)])
    entry = book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST))
    readings.keep([look("43", start + MINUTE)])
    assert readings.settings_at(EAST, start + MINUTE).outside
    readings.keep([look("43", start + MINUTE, made_by=entry), look("43", start + 2 * MINUTE, made_by=entry)])
    found = readings.settings_at(EAST, start + 2 * MINUTE)
    assert not found.outside
    assert len(readings.sightings(EAST)) == 2
    assert book.head().size == 4


def test_campaigns_and_entries_are_kept_apart(readings: Readings, book: Book, database: Database) -> None:
    start = book.now()
    readings.keep([look("1", start, EAST), look("1", start, WEST), look("2", start + MINUTE, WEST)])
    assert [seen.revision for seen in readings.sightings(EAST)] == ["1"]
    assert [seen.revision for seen in readings.sightings(WEST)] == ["1", "2"]
    assert book.entries(Query()) == []
    assert book.unfinished() == []
    found = verify_database(database, tenant=book.tenant)
    assert (found.ok, found.entries) == (True, 3)


def test_many_that_see_a_new_revision_at_once_keep_it_once(readings: Readings, book: Book) -> None:
    start = book.now()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: readings.keep([look("42", start + number * MINUTE)]), range(16)))
    (seen,) = readings.sightings(EAST)
    assert (seen.first_seen, seen.last_seen) == (start, start + 15 * MINUTE)
    assert book.head().size == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_told_is_what_was_whenever_it_is_certain(readings: Readings, book: Book, data: st.DataObject) -> None:
    campaign = CampaignId(f"C{book.head().size}")
    start = book.now()
    changes = sorted(data.draw(st.sets(st.integers(1, 50), max_size=5)))
    looks = data.draw(st.lists(st.integers(0, 50), min_size=1, max_size=10, unique=True))

    def true_revision(minute: int) -> str:
        return str(sum(1 for change in changes if change <= minute))

    for minute in looks:
        readings.keep([look(true_revision(minute), start + minute * MINUTE, campaign)])
    for minute in range(51):
        found = readings.settings_at(campaign, start + minute * MINUTE)
        known = any(
            early <= minute <= late and true_revision(early) == true_revision(late) for early in looks for late in looks
        )
        assert found.certain == known
        if found.certain:
            assert found.sighting is not None
            assert found.sighting.settings == {"is": true_revision(minute)}
        elif found.following is not None:
            assert found.gap is not None
            assert found.gap.end == found.following.first_seen


def test_time_in_which_a_revision_was_made_never_ends_before_it_starts(readings: Readings, book: Book) -> None:
    seen = book.now().replace(microsecond=0)
    readings.keep([look("42", seen - MINUTE)])
    entry = book.open(Deed(kind="lifecycle.pause", campaign=EAST, actor=ADA))
    sent = book.intend(entry, {}).at
    readings.keep([look("43", sent - timedelta(milliseconds=400), made_by=entry)])
    since = readings.settings_at(EAST, sent).since
    assert since == Gap(start=sent - timedelta(milliseconds=400), end=sent - timedelta(milliseconds=400))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["8", "9", "10", "a", "b"]), st.integers(0, 3)), min_size=1, max_size=8))
@example([("a", 1), ("a", 3), ("b", 2), ("a", 1)])
@example([("9", 1), ("10", 1), ("9", 1)])
def test_every_look_is_kept_in_whatever_order_they_come(readings: Readings, seen: list[tuple[str, int]]) -> None:
    campaign = CampaignId(f"K-{next(_NUMBERS)}")
    for revision, minute in seen:
        readings.keep([look(revision, START + minute * MINUTE, campaign)])
    kept = readings.sightings(campaign)
    for revision, minute in seen:
        at = START + minute * MINUTE
        assert any(one.revision == revision and one.first_seen <= at <= one.last_seen for one in kept)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["8", "9", "10", "a", "b", "9c"]), st.integers(0, 3), st.sampled_from([None, 1])),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one[:2],
    )
)
def test_campaign_that_is_not_named_has_no_unexplained_revision_after_its_first(
    readings: Readings, book: Book, seen: list[tuple[str, int, int | None]]
) -> None:
    campaign = CampaignId(f"C-{next(_NUMBERS)}")
    opened = book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=campaign))
    for revision, minute, made_by in seen:
        made = None if made_by is None else opened
        readings.keep([look(revision, START + minute * MINUTE, campaign, made)])
    kept = readings.sightings(campaign)
    orders = {revision: in_order(kept, until=revision) for revision, _, _ in seen}
    if any(one.made_by is None for order in orders.values() for one in order[1:]):
        assert campaign in readings.unexplained()


def test_campaign_that_only_we_changed_is_not_named_though_its_clock_stands_still(
    readings: Readings, book: Book
) -> None:
    opened = book.open(Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST))
    readings.keep([look("9", START)])
    readings.keep([look("10", START, made_by=opened)])
    assert readings.unexplained() == frozenset()
    readings.keep([look("11", START)])
    assert readings.unexplained() == {EAST}
