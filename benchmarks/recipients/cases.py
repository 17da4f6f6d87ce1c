"""Numbers and instants to ask about: four of five from North America, given out or not, at hours that matter or not."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from paceline.compliance.geography.tables import area_codes

Numbers = npt.NDArray[np.int64]
COUNTRIES = {33: 9, 34: 9, 44: 10, 49: 10, 52: 10, 55: 11, 61: 9, 64: 9, 91: 10, 353: 9}
"""Countries that have rules, and how many digits most of their numbers have after the country code."""
TURNS = tuple(
    datetime.fromisoformat(text)
    for text in (
        "2026-03-08T10:00:00+00:00",
        "2026-03-29T01:00:00+00:00",
        "2026-04-04T15:30:00+00:00",
        "2026-11-01T06:00:00+00:00",
        "2026-11-26T15:00:00+00:00",
        "2026-12-25T15:00:00+00:00",
        "2027-01-01T15:00:00+00:00",
    )
)
"""Nights in which clocks change, and holidays."""


def numbers_for_calls(count: int, dice: np.random.Generator) -> Numbers:
    """Return numbers as a list holds them: 80 of 100 of North America's area codes, the others of ten countries."""
    areas = np.array([int(code) for code in sorted(area_codes())], dtype=np.int64)
    american = 10**10 + dice.choice(areas, count) * 10**7 + dice.integers(2 * 10**6, 10**7, count)
    codes = np.array(list(COUNTRIES), dtype=np.int64)
    lengths = np.array(list(COUNTRIES.values()), dtype=np.int64)
    which = dice.integers(0, codes.size, count)
    others = codes[which] * 10 ** lengths[which] + dice.integers(10**8, 10 ** lengths[which])
    return np.where(dice.random(count) < 0.8, american, others).astype(np.int64)


def numbers_of_any_kind(count: int, dice: np.random.Generator) -> Numbers:
    """Return the same, every fifth of them of any length and any country, toll-free or none at all."""
    any_area = 10**10 + dice.integers(200 * 10**7, 10**10, count)
    any_length = dice.integers(1, 10 ** dice.integers(3, 16, count))
    kind = dice.random(count)
    strange = np.where(kind < 0.1, any_area, any_length)
    return np.where(kind < 0.2, strange, numbers_for_calls(count, dice)).astype(np.int64)


def instants(count: int, dice: np.random.Generator) -> list[datetime]:
    """Return instants of two years in order: every third around a turn, every third at a full half hour."""
    begin = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    found = []
    for number in range(count):
        anywhere = begin + timedelta(seconds=int(dice.integers(0, 730 * 86_400)))
        turn = TURNS[int(dice.integers(0, len(TURNS)))] + timedelta(minutes=15 * int(dice.integers(-96, 96)))
        found.append((anywhere, turn, anywhere.replace(minute=30 * (number % 2), second=0))[number % 3])
    return sorted(found)
