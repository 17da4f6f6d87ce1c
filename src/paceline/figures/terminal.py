"""The picture of a week in a terminal: a row for each date, a letter for each half hour, legible without colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paceline.compliance.clock_changes import ClockChange
from paceline.figures.week import Panel, Shade, Week

CELL_S = 1800
"""What one letter stands for: a half hour."""
LETTERS = {Shade.CLOSED: "·", Shade.LEGAL: "░", Shade.CALLABLE: "█", Shade.ILLEGAL: "X"}
"""The letter of each shade; a half hour has that of its worst moment."""
MEANINGS = {
    Shade.CLOSED: "closed by law, not scheduled",
    Shade.LEGAL: "legal, not scheduled",
    Shade.CALLABLE: "scheduled and legal",
    Shade.ILLEGAL: "SCHEDULED AND ILLEGAL",
}
"""What the shades mean, for people."""
_MARGIN = 11
_MOST_NAMED = 3


class Piece(NamedTuple):
    """A part of a line; `shade` is None for text."""

    text: str
    shade: Shade | None = None


def lines_of(week: Week) -> Iterator[tuple[Piece, ...]]:
    """Yield the picture line by line, at most 59 letters wide but for the notes and the names."""
    yield (Piece(f"{week.campaign}: the week from {week.together.dates[0]}"),)
    for shade, letter in LETTERS.items():
        yield Piece(f"  {letter} ", shade), Piece(MEANINGS[shade])
    yield ()
    yield (Piece(f"all places together, on the schedule's clock: {week.together.zone}"),)
    yield from _panel(week.together)
    for panel in week.panels:
        yield ()
        yield (Piece(f"{panel.zone}{also(panel)}"),)
        yield from _panel(panel)
    yield ()
    yield (Piece(f"rules {week.edition}, zone data {week.zone_data}"),)


def also(panel: Panel) -> str:
    """Return which other zones a panel is of, for people; a few of them by name."""
    if not panel.alike:
        return ""
    named = ", ".join(panel.alike[:_MOST_NAMED])
    more = len(panel.alike) - _MOST_NAMED
    return f" (also {named}{f' and {more} more' if more > 0 else ''})"


def next_changes(panel: Panel) -> str:
    """Return when the clock of a panel changes next, for people."""
    if not panel.changes:
        return "the clock does not change in the year ahead"
    return "next clock changes: " + "; ".join(_change(one) for one in panel.changes[:2])


def _change(one: ClockChange) -> str:
    return one.told()


def _panel(panel: Panel) -> Iterator[tuple[Piece, ...]]:
    yield (Piece(" " * _MARGIN + "".join(f"{hour:<4}" for hour in range(0, 24, 2))),)
    for day, on in enumerate(panel.dates):
        note = panel.notes.get(day)
        row = [Piece(f"{on:%a %m-%d}  ".ljust(_MARGIN)), *_cells(panel, day)]
        yield (*row, *([Piece(f"  {note}")] if note else []))
    yield (Piece(" " * _MARGIN + next_changes(panel)),)


def _cells(panel: Panel, day: int) -> Iterator[Piece]:
    """Yield the letters of a date, those of the same shade together."""
    shades = [panel.shade_at(day, start_s, start_s + CELL_S) for start_s in range(0, 86_400, CELL_S)]
    begun = 0
    for at in range(1, len(shades) + 1):
        if at == len(shades) or shades[at] is not shades[begun]:
            yield Piece(LETTERS[shades[begun]] * (at - begun), shades[begun])
            begun = at
