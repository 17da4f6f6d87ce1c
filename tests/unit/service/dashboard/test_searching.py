"""What is typed into the search of the audit trail is asked of the ledger, or told to be wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from paceline.ledger.entry import Query
from paceline.service.dashboard.searching import Search


def test_fields_that_are_empty_let_everything_through() -> None:
    assert Search().query(limit=51) == Query(limit=51)
    assert Search().is_empty


def test_times_are_utc_unless_they_say_otherwise() -> None:
    query = Search(since="2026-06-15T12:00", until="2026-06-15T12:00-04:00").query(limit=1)
    assert isinstance(query, Query)
    assert query.since == datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert query.until == datetime(2026, 6, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("search", "told"),
    [
        (Search(since="soon"), "a time reads such as"),
        (Search(since="2026-06-15T12:00", until="2026-06-15T12:00"), "the end must be later"),
        (Search(campaign="../etc"), "cannot be the id"),
        (Search(outcome="fine"), "an outcome is one of"),
    ],
)
def test_what_cannot_be_asked_is_told(search: Search, told: str) -> None:
    found = search.query(limit=1)
    assert isinstance(found, str)
    assert told in found


def test_address_names_the_same_search_on_another_page() -> None:
    search = Search(campaign="CMP-1", kind="lifecycle.*", since="2026-06-15T12:00", before=40)
    assert dict(parse_qsl(search.address(before=17))) == {
        "campaign": "CMP-1",
        "kind": "lifecycle.*",
        "from": "2026-06-15T12:00",
        "before": "17",
    }


def test_only_what_a_field_for_local_times_can_hold_is_put_into_one() -> None:
    assert Search(since="yesterday", until="2026-06-15T12:00:30Z").times == ("", "2026-06-15T12:00")
