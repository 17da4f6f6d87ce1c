"""A part of the ledger's chain around a row that somebody changed: each row, its hash, and where it breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from paceline.figures.pieces import box, line, picture, text

WIDTH = 760
"""The picture's own width."""
_GAP, _TOP, _TALL, _SHORT = 26, 34, 96, 12
"""Between two rows; above them; how high each is; how much of a hash is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row: its number, what it says in two short lines, its hash, and whether it is as it was written."""

    row: int
    said: tuple[str, str]
    digest: str
    sound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What the picture shows: rows that follow each other, how many there are in all, and what is wrong."""

    links: Sequence[Link]
    rows: int
    wrong: str


def svg_of_chain(chain: Chain) -> str:
    """Return the picture, for a page whose style sheet colours it."""
    wide = (WIDTH - _GAP * (len(chain.links) - 1)) / len(chain.links)
    parts: list[str] = [text(0, 16, f"rows {chain.links[0].row} to {chain.links[-1].row} of {chain.rows}", "dim")]
    for place, link in enumerate(chain.links):
        left = place * (wide + _GAP)
        if place:
            kind = "link" if link.sound and chain.links[place - 1].sound else "link bad-line"
            parts.append(line((left - _GAP, _TOP + _TALL / 2), (left, _TOP + _TALL / 2), kind))
        parts += _link(link, left, wide)
    parts.append(text(0, _TOP + _TALL + 30, chain.wrong, "name bad-word"))
    told = "; ".join(f"row {one.row}, {' '.join(one.said)}, {_word(one)}" for one in chain.links)
    return picture("chain", "The ledger's chain", f"{told}. {chain.wrong}.", (WIDTH, _TOP + _TALL + 44), parts)


def _link(link: Link, left: float, wide: float) -> Iterator[str]:
    yield box((left, _TOP, wide, _TALL), "card" if link.sound else "card bad-card", _word(link), corner=8)
    yield text(left + 12, _TOP + 22, f"row {link.row}", "name" if link.sound else "name bad-word")
    yield text(left + 12, _TOP + 42, link.said[0])
    yield text(left + 12, _TOP + 60, link.said[1], "" if link.sound else "bad-word")
    yield text(left + 12, _TOP + 82, f"{link.digest[:_SHORT]}...", "mono dim")


def _word(link: Link) -> str:
    return "as it was written" if link.sound else "not as it was written"
