"""Numbers of every kind: of each area code, toll-free, of other countries, too short, too long, given out to nobody."""

from __future__ import annotations

from random import Random  # noqa: TID251 - the caller's seeded dice

from paceline.compliance.geography.tables import area_codes

CODES = ("33", "34", "44", "49", "52", "55", "61", "64", "91", "262", "353", "508", "590", "594", "596", "687", "689")
STRANGE = ("7", "20", "39", "86", "212", "800", "883", "970", "999")
ISLANDS = ("441624", "447624", "441534", "447797", "441481", "447781")
"""Numbers like those of Great Britain, of islands that are none of it."""
NUMBERS = (
    "+18002340123",
    "+19002340123",
    "+442079460018",
    "+34922123456",
    "+61412345678",
    "+525512345678",
    "+18766060123",
)


def drawn(count: int, dice: Random) -> list[str]:
    """Return so many numbers; about half of them are given out somewhere."""
    areas = sorted(area_codes())
    return [_one(dice, areas) for _ in range(count)]


def _one(dice: Random, areas: list[str]) -> str:
    kind = dice.random()
    if kind < 0.5:
        return f"+1{dice.choice(areas)}{dice.randrange(10_000_000):07}"
    if kind < 0.6:
        return f"+1{dice.randrange(200, 1000)}{dice.randrange(10_000_000):07}"
    if kind < 0.62:
        return dice.choice(NUMBERS)
    if kind < 0.63:
        return f"+{dice.choice(ISLANDS)}{dice.randrange(10**6):06}"
    if kind < 0.65:
        return f"+1{''.join(dice.choices('0123456789', k=dice.choice((2, 7, 9, 11))))}"
    code = dice.choice(STRANGE if kind < 0.68 else CODES)
    # Most plans have nine or ten digits.
    length = dice.choice((9, 10)) if kind < 0.95 else dice.randint(2, 15 - len(code))
    return f"+{code}{dice.choice('123456789')}{''.join(dice.choices('0123456789', k=length - 1))}"
