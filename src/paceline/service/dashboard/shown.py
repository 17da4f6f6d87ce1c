"""How values read on a page: rates in hundredths, instants by the platform's clock, findings in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.clock import utc_text
from paceline.primitives.zones import zone, zone_keys

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


def local(at: datetime, key: str) -> str:
    """Return an instant to the minute by the clock of a zone, with its name; by UTC where nobody knows the zone.

    >>> local(datetime(2026, 6, 15, 12, 30, tzinfo=UTC), "America/New_York")
    '2026-06-15 08:30 America/New_York'
    """
    known = key if key in zone_keys() else "UTC"
    return f"{at.astimezone(zone(known)):%Y-%m-%d %H:%M} {known}"


def machine(at: datetime | str) -> str:
    """Return an instant for the attribute of a `time` element."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return utc_text(when.astimezone(UTC))


def number(value: float | None, digits: int | None = None) -> str:
    """Return a number with its thousands apart, to so many decimals where they are said; a dash where nobody knows.

    >>> number(12345).split(), number(None)
    (['12', '345'], '-')
    """
    if value is None:
        return NOTHING
    told = f"{value:,}" if digits is None else f"{value:,.{digits}f}"
    return told.replace(",", "\N{NARROW NO-BREAK SPACE}")


def ceiling(told: str) -> str:
    """Return a ceiling of the law such as 3/100 in hundredths, as people say it.

    >>> ceiling("3/100"), ceiling("5/1000")
    ('3 %', '0.5 %')
    """
    most, _, per = told.partition("/")
    return f"{100 * int(most) / int(per):g} %"


def span(time: timedelta) -> str:
    """Return a span of time in the largest whole unit that says enough.

    >>> span(timedelta(minutes=7, seconds=20)), span(timedelta(hours=1)), span(timedelta(days=3, hours=2))
    ('7 minutes', '60 minutes', '3 days')
    """
    minutes = int(time.total_seconds() // 60)
    if minutes < 180:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"


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
    >>> points({"mean": -0.0001, "low": -0.001, "high": 0.0})
    '0.0 points (-0.1 to 0.0)'
    """
    if told is None:
        return NOTHING
    mean, low, high = (_signed(told[part] * 100) for part in ("mean", "low", "high"))
    return f"{mean} points ({low} to {high})"


def about(told: Mapping[str, Any] | None, digits: int = 1) -> str:
    """Return a number with its 95 % interval.

    >>> about({"mean": 12.34, "low": 11.0, "high": 13.0}, 0)
    '12 (11 to 13)'
    >>> about({"mean": 2496.1, "low": -0.01, "high": 4526.0}, 0).replace("\N{NARROW NO-BREAK SPACE}", "_")
    '2_496 (0 to 4_526)'
    """
    if told is None:
        return NOTHING
    # What rounds to nothing has no sign.
    mean, low, high = (number(round(told[part], digits) + 0.0, digits) for part in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def _signed(value: float) -> str:
    """Return a number with its sign, to a tenth; none where it rounds to nothing."""
    rounded = round(value, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


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
    "local": local,
    "machine": machine,
    "number": number,
    "ceiling": ceiling,
    "span": span,
    "plain": plain,
    "parted": parted,
    "spread": spread,
    "points": points,
    "about": about,
    "chance": chance,
}
"""What templates may apply to a value."""
