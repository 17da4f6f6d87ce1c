"""The list of campaigns: its pages, its cursor and its filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.blocks import FIELDS, OUTBOUND, accepted, faulty, travel
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

ACME = ["CMP-ACTIVE", "CMP-ARCHIVED", "CMP-FULL", "CMP-LOCKED", "CMP-PAUSED", "CMP-STOPPED"]


def listing(platform: Caller, query: str = "", client: str = "acme-all") -> dict[str, Any]:
    """Return one answer of the list, having checked its shape."""
    document = accepted(platform.get(f"{OUTBOUND}{query}", client=client))
    assert set(document) == {"campaigns", "nextCursor"}
    return document


def names(document: dict[str, Any]) -> list[str]:
    return [campaign["id"] for campaign in document["campaigns"]]


def pages(platform: Caller, query: str, client: str = "acme-all") -> Iterator[list[str]]:
    """Walk the list from its start to its end, page by page."""
    document = listing(platform, f"?{query}", client)
    yield names(document)
    while document["nextCursor"] is not None:
        assert isinstance(document["nextCursor"], str)
        document = listing(platform, f"?{query}&cursor={document['nextCursor']}", client)
        yield names(document)


def fill(platform: Caller, count: int, status: str = "STOPPED") -> None:
    """Add campaigns to the tenant that has hardly a limit."""
    for number in range(count):
        platform.control("POST", "/campaigns", {"id": f"FILL-{number:04}", "tenant": "bulk", "status": status})


@holds("3.01")
def test_list_holds_the_campaigns_of_the_tenant(platform: Caller) -> None:
    document = listing(platform)
    assert sorted(names(document)) == ACME
    assert document["nextCursor"] is None
    assert sorted(names(listing(platform, client="small-all"))) == ["SMALL-ACTIVE", "SMALL-PAUSED"]


@holds("3.02")
def test_list_shows_every_field_of_each_campaign(platform: Caller) -> None:
    platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-06-15T13:00Z")
    for campaign in listing(platform)["campaigns"]:
        assert set(campaign) == FIELDS
        assert campaign == platform.campaign(campaign["id"])


@holds("3.01")
def test_list_is_in_the_same_order_every_time(platform: Caller) -> None:
    first = names(listing(platform))
    platform.status("CMP-STOPPED", "ACTIVE")
    assert names(listing(platform)) == first


@holds("3.03", "3.06")
def test_page_holds_a_hundred_campaigns_when_nothing_is_asked(platform: Caller) -> None:
    fill(platform, 98)  # beside the three that the tenants file gives
    first = listing(platform, client="bulk-all")
    assert len(first["campaigns"]) == 100
    assert first["nextCursor"] is not None
    last = listing(platform, f"?cursor={first['nextCursor']}", client="bulk-all")
    assert len(last["campaigns"]) == 1
    assert last["nextCursor"] is None
    assert len({*names(first), *names(last)}) == 101


@holds("3.03")
def test_exactly_a_hundred_campaigns_are_one_page(platform: Caller) -> None:
    fill(platform, 97)
    document = listing(platform, client="bulk-all")
    assert len(document["campaigns"]) == 100
    assert document["nextCursor"] is None


@holds("3.04", "3.05")
def test_thousand_campaigns_fit_into_one_page_at_most(platform: Caller) -> None:
    fill(platform, 1000)
    first = listing(platform, "?limit=1000", client="bulk-all")
    assert len(first["campaigns"]) == 1000
    assert len(listing(platform, f"?limit=1000&cursor={first['nextCursor']}", client="bulk-all")["campaigns"]) == 3


@holds("3.04")
@pytest.mark.parametrize(
    "value", ["0", "-1", "1001", "9" * 5000, "1.0", "ten", "", "%2B5", "5%20", "1e2", "true", "%D9%A3", "1_0"]
)
def test_limit_that_is_no_number_from_1_to_1000_is_a_fault(platform: Caller, value: str) -> None:
    assert faulty(platform.get(f"{OUTBOUND}?limit={value}")) == {"limit"}


@holds("3.05", "3.06")
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 1000])
def test_pages_hold_every_campaign_once(platform: Caller, size: int) -> None:
    walked = list(pages(platform, f"limit={size}"))
    assert [len(page) for page in walked[:-1]] == [size] * (len(walked) - 1)
    assert 0 < len(walked[-1]) <= size
    assert [name for page in walked for name in page] == names(listing(platform))


@holds("3.06", "3.07")
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_and_filter_go_together(platform: Caller, size: int) -> None:
    walked = [name for page in pages(platform, f"status=ACTIVE&limit={size}") for name in page]
    assert sorted(walked) == ["CMP-ACTIVE", "CMP-FULL", "CMP-LOCKED"]


@holds("3.06")
def test_campaign_made_between_two_pages_disturbs_no_other(platform: Caller) -> None:
    first = listing(platform, "?limit=3")
    platform.control("POST", "/campaigns", {"id": "AAA", "tenant": "acme"})
    platform.control("POST", "/campaigns", {"id": "ZZZ", "tenant": "acme"})
    rest = listing(platform, f"?limit=100&cursor={first['nextCursor']}")
    seen = [*names(first), *names(rest)]
    assert set(ACME) <= set(seen)
    assert len(seen) == len(set(seen))


@holds("3.06")
@pytest.mark.parametrize("value", ["nonsense", "%00", "-1", "a" * 2000, "%FF"])
def test_cursor_that_no_answer_gave_is_a_fault(platform: Caller, value: str) -> None:
    assert faulty(platform.get(f"{OUTBOUND}?cursor={value}")) == {"cursor"}


@holds("3.07")
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("ACTIVE", ["CMP-ACTIVE", "CMP-FULL", "CMP-LOCKED"]),
        ("PAUSED", ["CMP-PAUSED"]),
        ("STOPPED", ["CMP-STOPPED"]),
        ("ARCHIVED", ["CMP-ARCHIVED"]),
    ],
)
def test_filter_keeps_the_campaigns_in_that_status(platform: Caller, status: str, expected: list[str]) -> None:
    assert sorted(names(listing(platform, f"?status={status}"))) == expected


@holds("3.07")
def test_filter_that_fits_nothing_gives_an_empty_list(platform: Caller) -> None:
    platform.status("CMP-PAUSED", "STOPPED")
    assert listing(platform, "?status=PAUSED") == {"campaigns": [], "nextCursor": None}


@holds("3.07")
def test_filter_sees_a_transition_that_came_due(platform: Caller) -> None:
    platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-06-15T13:00Z")
    assert "CMP-ACTIVE" in names(listing(platform, "?status=ACTIVE"))
    travel(platform, "2026-06-15T13:00:00Z")
    assert sorted(names(listing(platform, "?status=PAUSED"))) == ["CMP-ACTIVE", "CMP-PAUSED"]


@holds("3.07")
@pytest.mark.parametrize("value", ["active", "RUNNING", "", "ACTIVE,PAUSED", "%20ACTIVE"])
def test_filter_by_what_is_no_status_is_a_fault(platform: Caller, value: str) -> None:
    assert faulty(platform.get(f"{OUTBOUND}?status={value}")) == {"status"}


@holds("3.01")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("offset=5", "offset"),
        ("Limit=5", "Limit"),
        ("limit=5&limit=5", "limit"),
        ("status=ACTIVE&status=PAUSED", "status"),
    ],
)
def test_unknown_or_repeated_parameter_is_a_fault(platform: Caller, query: str, field: str) -> None:
    assert faulty(platform.get(f"{OUTBOUND}?{query}")) == {field}


@holds("3.04", "3.06", "3.07")
def test_every_parameter_at_fault_is_told(platform: Caller) -> None:
    answer = platform.get(f"{OUTBOUND}?limit=0&status=running&cursor=nonsense&page=2")
    assert faulty(answer) == {"limit", "status", "cursor", "page"}


@holds("3.01")
def test_list_is_on_the_outbound_prefix_only(platform: Caller) -> None:
    assert platform.get("/api/v2/campaigns").status_code in (404, 405)
    answer = platform.post(OUTBOUND, {"id": "NEW"})
    assert answer.status_code == 405
    assert {"GET"} <= set(answer.headers["Allow"].split(", ")) <= {"GET", "HEAD"}
