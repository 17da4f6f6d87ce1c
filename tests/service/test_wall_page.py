"""The wall and the list of abandonment over HTTP: what changed is streamed, what is old says so, pages are parted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from paceline.campaign.lifecycle.changes import Pause
from paceline.control.abandonment.kept import Counts, Known
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.ledger.entry import Actor
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.rows import row_id
from tests.contract.emulated import Emulated
from tests.contract.systems import ACTIVE, PAUSED, Office
from tests.service.served import Served, serving

AWAY: dict[str, Any] = {"kind": "status", "status": 503, "times": None}


@pytest.fixture
def watched(desk: Office) -> Iterator[Served]:
    """A service that looks often."""
    with serving(desk.system(), look_s=0.05) as running:
        yield running


def page(served: Served) -> httpx2.Client:
    return served.client(Role.VIEWER, Accept="text/html")


def told(lines: Iterator[str]) -> str:
    """Return what the next event of a stream brings."""
    data = [next(line for line in lines if line.startswith("data: "))]
    for line in lines:
        if not line:
            break
        data.append(line)
    return "\n".join(data)


def test_wall_is_streamed_by_the_tiles_that_changed(watched: Served, desk: Office) -> None:
    client = page(watched)
    old = client.get("/?wall=1")
    assert (old.status_code, old.headers["location"]) == (303, "/wall")
    shown = client.get("/wall").text
    tile = f'id="{row_id(ACTIVE)}"'
    assert tile in shown
    assert '<p id="stale"></p>' in shown
    with client.stream("GET", "/live/wall") as answer:
        lines = answer.iter_lines()
        assert 'hx-target="#wall"' in told(lines)
        desk.outside(Pause(campaign=ACTIVE))
        desk.clock.advance(1)
        changed = told(lines)
        assert 'hx-target="#around"' in changed
        assert tile in changed
        assert "Paused" in changed
        assert row_id(PAUSED) not in changed


def test_wall_says_since_when_it_is_old_and_keeps_what_was_seen(served: Served, emulated: Emulated) -> None:
    client = page(served)
    seen = client.get("/wall").text
    at = re.search(r'<time datetime="[^"]+">([\d:]+)</time>', seen)
    assert at is not None
    assert 'id="stale" class="loud"' not in seen
    emulated.order(**AWAY)
    served.app.state.parts.live.look(within_s=-1.0)  # whatever was seen is too old
    stale = client.get("/wall").text
    assert f'id="stale" class="loud" role="alert">Stale since {at[1]} UTC: the platform cannot be asked.' in stale
    assert row_id(ACTIVE) in stale


def test_list_of_abandonment_has_pages_a_search_and_the_count_of_all(served: Served) -> None:
    book, at = served.system.abandonment.book, served.system.wall.look().at
    for number in range(60):
        counts = Counts(dials=1000, answered=400, abandoned=number % 9)
        book.keep(Known(campaign=CampaignId(f"OLD-{number:02}"), total=counts, told_at=at, first_dial=at))
    client = page(served)
    first = client.get("/abandonment").text
    assert "60 campaigns, the worst first" in first
    assert (first.count("<small>OLD-"), "Page 1 of 2" in first) == (50, True)
    second = client.get("/abandonment", params={"page": 2}).text
    names = [re.findall(r"<small>(OLD-\d+)</small>", one) for one in (first, second)]
    assert sorted(names[0] + names[1]) == [f"OLD-{number:02}" for number in range(60)]
    assert client.get("/abandonment", params={"page": 99}).text.count("<small>OLD-") == 10
    found = client.get("/abandonment", params={"text": "old-5"}).text
    assert re.findall(r"<small>(OLD-\d+)</small>", found) == sorted(f"OLD-5{number}" for number in range(10))
    assert "No campaign fits." in client.get("/abandonment", params={"text": "<script>"}).text


def test_what_is_declared_of_a_campaign_counts_at_the_next_look(served: Served) -> None:
    book, look = served.system.abandonment.book, served.system.wall.look
    counts = Counts(dials=1000, answered=400, abandoned=1)
    at = look().at
    book.keep(Known(campaign=ACTIVE, total=counts, told_at=at, first_dial=at))
    order = Order(actor=Actor(name="ada", known_by="test"))

    def assumed() -> tuple[str, ...]:
        row = next(one for one in look().rows if one.campaign == ACTIVE)
        assert row.account is not None
        return row.account.assumed

    served.system.facts.declare(ACTIVE, {"regions": ["US-NY"]}, order)
    assert "purpose" in assumed()
    served.system.facts.declare(ACTIVE, {"purpose": "sales"}, order)
    assert "purpose" not in assumed()
