"""Whose records they are: numbers that nobody can have, where they are, and debts.

A number is an area code of the truth's zone, an exchange that the North American plan gives to no subscriber (555, or
one that ends in 11), and four digits. It looks like a number of its region, and rings at nobody's.

References:
    ATIS, Central Office Code (NXX) Assignment Guidelines (N11 is not given out), and 555 NXX Assignment Guidelines.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.geography.tables import area_codes
from paceline.records.generator.truth import TruthError
from paceline.simulation.draws import GOLDEN, Purpose, stream

if TYPE_CHECKING:
    from paceline.records.summary import Counts

EXCHANGES = (555, 211, 311, 411, 511, 611, 711, 811, 911)
"""Exchanges that no subscriber has."""
_SCATTER = 7919
"""Prime to 10,000, so that neighbours in the list have numbers far apart."""
_OWN = 26
"""Bits of a person's number that count within a campaign; above them is the campaign's place."""


@cache
def areas_of(zone: str) -> tuple[tuple[int, str], ...]:
    """Return the area codes of one region that lie wholly in a zone, each with its region; in order.

    Raises:
        TruthError: when there is none.
    """
    found = sorted(
        (int(code), min(area.regions))
        for code, area in area_codes().items()
        if area.zones == {zone} and len(area.regions) == 1 and not area.newer
    )
    if not found:
        raise TruthError(f"no area code lies wholly in {zone}", hint="name a zone such as America/New_York")
    return tuple(found)


def numbers_of(persons: Counts, zone: str, campaigns: int = 1) -> tuple[Counts, Counts]:
    """Return the numbers of persons, digits without the plus, and the place of each one's area in `areas_of`.

    Raises:
        TruthError: when the zone has too few numbers.
    """
    areas = areas_of(zone)
    slot = (persons & ((1 << _OWN) - 1)) * campaigns + (persons >> _OWN)
    room = len(areas) * len(EXCHANGES) * 10_000
    if slot.size and int(slot.max()) >= room:
        raise TruthError(
            f"{zone} has {room:,} numbers that nobody can have, and more persons are needed",
            hint="fewer days or agents, or a list (records) of a certain length",
        )
    area, rest = slot % len(areas), slot // len(areas)
    codes = np.array([code for code, _ in areas], dtype=np.int64)[area]
    exchange = np.array(EXCHANGES, dtype=np.int64)[rest % len(EXCHANGES)]
    digits = (rest // len(EXCHANGES)) * _SCATTER % 10_000
    return (1000 + codes) * 10_000_000 + exchange * 10_000 + digits, area


def debts_of(persons: Counts, seed: int, place: int, second: float) -> Counts:
    """Return the debts that a campaign's records are about: persons have one, a share of them a second one."""
    two = _drawn(persons, stream(seed, 0, Purpose.DETECTION)) < second
    other = _drawn(persons, stream(seed, place, Purpose.SPACING)) < 0.5
    return np.asarray(2 * persons + 1 + (two & other), dtype=np.int64)


def _drawn(index: Counts, key: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return numbers from 0 to 1 of a stream, as `simulation.draws.draw`."""
    value = np.uint64(key) + index.astype(np.uint64) * np.uint64(GOLDEN)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((value ^ (value >> np.uint64(31))) / 2.0**64)
