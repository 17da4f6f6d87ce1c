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


def spread(told: Mapping[str, Any] | None, digits: int = 1) -> str:
    """Return a fraction with its 95 % interval, in hundredths; a dash where nobody knows.

    >>> spread({"mean": 0.0412, "low": 0.036, "high": 0.0464})
    '4.1 % (3.6 to 4.6)'
    """
    if told is None:
        return NOTHING
    low, high = (f"{told[end] * 100:.{digits}f}" for end in ("low", "high"))
    return f"{told['mean'] * 100:.{digits}f} % ({low} to {high})"


def points(told: Mapping[str, Any] | None) -> str:
    """Return the difference of two fractions with its 95 % interval, in points.

    >>> points({"mean": 0.012, "low": -0.001, "high": 0.025})
    '+1.2 points (-0.1 to +2.5)'
    """
    if told is None:
        return NOTHING
    mean, low, high = (f"{told[part] * 100:+.1f}" for part in ("mean", "low", "high"))
    return f"{mean} points ({low} to {high})"


def about(told: Mapping[str, Any] | None, digits: int = 1) -> str:
    """Return a number with its 95 % interval.

    >>> about({"mean": 12.34, "low": 11.0, "high": 13.0}, 0)
    '12 (11 to 13)'
    """
    if told is None:
        return NOTHING
    return f"{told['mean']:.{digits}f} ({told['low']:.{digits}f} to {told['high']:.{digits}f})"


def chance(probability: float | None) -> str:
    """Return a probability in hundredths; what was seen of finitely many days is never told as sure.

    >>> chance(0.034), chance(0.0), chance(1.0)
    ('3 %', 'under 1 %', 'over 99 %')
    """
    if probability is None:
        return NOTHING
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{probability * 100:.0f} %"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "share": share,
    "clock": clock,
    "instant": instant,
    "machine": machine,
    "number": number,
    "plain": plain,
    "parted": parted,
    "spread": spread,
    "points": points,
    "about": about,
    "chance": chance,
}
"""What templates may apply to a value."""
