"""A client of the event stream: reads events until it has what it wants, and knows where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True)
class Event:
    """One event."""

    id: int
    name: str
    data: dict[str, Any]


def listen(
    client: httpx2.Client,
    enough: Callable[[list[Event]], bool],
    *,
    last: int | None = None,
    begun: Callable[[], object] = lambda: None,
    **query: Any,
) -> list[Event]:
    """Return the events that came until there were enough; `begun` is called when the stream is open."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    found: list[Event] = []
    held: dict[str, str] = {}
    with client.stream("GET", "/v1/events", params=query, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                held[name] = value
                continue
            if "data" in held:
                found.append(Event(int(held["id"]), held["event"], json.loads(held["data"])))
                if len(found) == 1:
                    begun()
            held = {}
            if enough(found):
                break
    return found


def deeds(events: list[Event]) -> list[Event]:
    """Return the events that are rows of the ledger."""
    return [one for one in events if one.name != "place"]
