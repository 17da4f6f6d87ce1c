"""How values read on a page: rates in hundredths, instants by the platform's clock, findings in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from paceline.primitives.canonical import Json, canonical_json

NOTHING = "-"
"""What stands where nothing is known."""


def share(fraction: float | None, digits: int = 0) -> str:
    """Return a fraction in hundredths; a dash where nobody knows.

    >>> share(0.8349), share(0.0312, 1), share(None)
    ('83 %', '3.1 %', '-')
    """
    return NOTHING if fraction is None else f"{fraction * 100:.{digits}f} %"


def clock(at: datetime) -> str:
    """Return the time of day of an instant, UTC.

    >>> clock(datetime(2026, 6, 15, 12, 30, 5, tzinfo=UTC))
    '12:30:05 UTC'
    """
    return at.astimezone(UTC).strftime("%H:%M:%S UTC")


def instant(at: datetime | str | None) -> str:
    """Return an instant to the second, UTC; a dash where there is none.

    >>> instant("2026-06-15T12:30:05.25Z")
    '2026-06-15 12:30:05 UTC'
    """
    if at is None:
        return NOTHING
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def machine(at: datetime | str) -> str:
    """Return an instant for the attribute of a `time` element."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def number(value: float | None) -> str:
    """Return a number with its thousands apart; a dash where nobody knows.

    >>> number(12345).split(), number(None)
    (['12', '345'], '-')
    """
    return NOTHING if value is None else f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def plain(value: Json) -> str:
    """Return any value of a finding or a block in one line.

    >>> plain(["a", "b"]), plain(None), plain({"b": 1})
    ('a, b', '-', '{"b":1}')
    """
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list() | tuple():
            return ", ".join(plain(one) for one in value)
        case Mapping():
            return canonical_json(value)
        case _:
            return str(value)


def parted(finding: Mapping[str, Json]) -> list[str]:
    """Return what differs within a block that somebody else changed, a line each; nothing where it is no block.

    >>> parted({"rule": "change.conflict", "limit": '{"a":1,"b":{"c":2}}', "found": '{"a":1,"b":{"c":3}}'})
    ['b.c: 2 → 3']
    """
    if finding["rule"] != "change.conflict":
        return []
    was, now = _leaves(finding["limit"]), _leaves(finding["found"])
    names = [*was, *(name for name in now if name not in was)]
    return [
        f"{name}: {plain(was.get(name))} → {plain(now.get(name))}" for name in names if was.get(name) != now.get(name)
    ]


def _leaves(told: Json) -> dict[str, Json]:
    """Return the values within a JSON object that was kept as text, by their dotted names."""
    try:
        value = json.loads(told) if isinstance(told, str) and told.startswith("{") else None
    except ValueError:
        return {}
    found: dict[str, Json] = {}
    rest = [("", value)] if isinstance(value, dict) else []
    while rest:
        prefix, inside = rest.pop()
        for name, one in inside.items():
            if isinstance(one, dict):
                rest.append((f"{prefix}{name}.", one))
            else:
                found[f"{prefix}{name}"] = one
    return found


FILTERS: Mapping[str, Callable[..., Any]] = {
    "share": share,
    "clock": clock,
    "instant": instant,
    "machine": machine,
    "number": number,
    "plain": plain,
    "parted": parted,
}
"""What templates may apply to a value."""
