"""The streams of the pages: counted with all others, and ended for whoever is known no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.service.identity import COOKIE
from tests.contract.systems import ACTIVE, Office
from tests.service.served import Served, serving

STREAMS = ("/live/campaigns", "/live/wall", f"/live/campaigns/{ACTIVE}", "/live/changes")
EVENTS = "/v1/events"


@pytest.fixture
def quick(desk: Office) -> Iterator[Served]:
    """A service that looks often, and has room for two streams."""
    with serving(desk.system(), look_s=0.2, streams=2) as running:
        yield running


def order(served: Served) -> Order:
    return Order(actor=served.system.actor)


def signed_in(served: Served) -> tuple[httpx2.Client, Callable[[], object]]:
    """Return somebody with a session, and how it ends."""
    entered = served.system.access.enter(served.system.access.make_link("ada", Role.VIEWER, order(served)))
    assert entered is not None
    return served.client(None, Cookie=f"{COOKIE}={entered[1]}"), lambda: served.system.access.leave(entered[1])


def with_key(served: Served) -> tuple[httpx2.Client, Callable[[], object]]:
    """Return a program with a key, and how the key is revoked."""
    key, secret = served.system.access.make_key("reports", Role.VIEWER, order(served))
    client = served.client(None, Authorization=f"Bearer {secret}")
    return client, lambda: served.system.access.revoke(key.id, order(served))


def test_streams_of_the_pages_are_counted_and_refused_where_there_is_no_room(quick: Served) -> None:
    client, requests = quick.client(Role.VIEWER), quick.app.state.parts.requests
    with client.stream("GET", "/live/campaigns") as one, client.stream("GET", "/live/changes") as other:
        read = [one.iter_lines(), other.iter_lines()]  # kept: a reader that is given up closes its stream
        assert [next(lines) for lines in read] == [": live", ": live"]
        assert requests.streams == 2
        told = client.get("/metrics").text
        assert [line for line in told.splitlines() if line.startswith("paceline_http_event_streams")] == [
            "paceline_http_event_streams 2.0"
        ]
        for path in (*STREAMS, EVENTS):
            busy = client.get(path)
            assert (busy.status_code, busy.json()["code"]) == (503, "too-many-streams"), path
            assert busy.headers["retry-after"] == "5"


@pytest.mark.parametrize("path", [*STREAMS, EVENTS])
@pytest.mark.parametrize("known", [signed_in, with_key])
def test_stream_ends_when_the_session_or_the_key_does(
    quick: Served, path: str, known: Callable[[Served], tuple[httpx2.Client, Callable[[], object]]]
) -> None:
    client, end = known(quick)
    with client.stream("GET", path) as answer:
        lines = answer.iter_lines()
        next(lines)
        end()
        rest = list(lines)
    if path == EVENTS:
        assert rest[-2].startswith(": this stream ends here")
    else:
        assert rest[-3:-1] == ["event: left", "data: the session has ended"]
    assert client.get(path).status_code == 401


def test_stream_goes_on_while_its_session_does(quick: Served) -> None:
    client, _ = signed_in(quick)
    with client.stream("GET", "/live/changes") as answer:
        quiet = (line for line in answer.iter_lines() if line.startswith(":"))
        assert [next(quiet) for _ in range(3)] == [": live", ": ping", ": ping"]
