"""*Wall*: sixty campaigns on one screen across the room, the worst first; a tile for each, live by one event stream.

What must be read is as large as its distance asks: `static/wall.css` says by which rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import State
from paceline.control.abandonment.remaining import Standing
from paceline.control.attention import Urgency, worst_of
from paceline.control.wall import WallLook, WallRow
from paceline.service.dashboard.following import QUIET_S, Texts, changed, followed, part
from paceline.service.dashboard.pages import render, segment, templates
from paceline.service.dashboard.rows import URGENT, row_id, standing_of
from paceline.service.dashboard.visitors import Viewing
from paceline.service.parts import Here, Parts

router = APIRouter(include_in_schema=False)
"""The routes of the wall."""
MOST = 60
"""So many campaigns are shown at most, the worst ones."""
GRIDS = ((2, 4), (4, 4), (4, 8), (6, 9), (6, 12))
"""Columns and rows that a screen is parted into; the first that has a place for everything is taken."""
SHORT: Mapping[Urgency, str] = {
    Urgency.FROZEN_DIALING: "Frozen, dials",
    Urgency.IN_DOUBT: "In doubt",
    Urgency.FROZEN: "Frozen",
    Urgency.LATE: "Late",
    Urgency.BREACHED: "Breached",
    Urgency.TAKEN_BACK: "Taken back",
    Urgency.CHANGED_OUTSIDE: "Changed",
    Urgency.LOCKED: "Locked",
    Urgency.NOT_DIALING: "Not dialing",
    Urgency.APPROACHING: "Approaching",
    Urgency.APPROVAL: "Approval",
}
"""What needs a person, in a word that a tile has room for."""
NARROW = "\N{NARROW NO-BREAK SPACE}"
"""What stands before the sign of hundredths."""
_STATES = tuple(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One campaign on the wall.

    Attributes:
        is_wide: whether it has two places, so that state and reason stand side by side.
        rate: the abandon rate of the legal period that is running, None while nothing was answered in it.
        used: the share of that period's allowance that is used; 1 is all of it.
    """

    row: WallRow
    is_wide: bool
    rate: float | None
    used: float | None

    @property
    def is_over(self) -> bool:
        """Whether more is abandoned already than the ceiling allows for what was answered."""
        worst = worst_of(self.row.account)
        return worst is not None and worst.standing is Standing.BREACHED

    @property
    def why(self) -> str:
        """The one reason that needs a person, as a word; empty where none does."""
        return SHORT.get(self.row.urgency, "")

    @property
    def kind(self) -> str:
        """How loudly it is drawn."""
        if self.row.urgency is Urgency.NOTHING:
            return "well"
        return "urgent" if self.row.urgency <= URGENT else "needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the wall shows of a look.

    Attributes:
        grid: columns and rows of the screen.
        more: how many campaigns are not shown, and how many of these need a person.
    """

    look: WallLook
    tiles: tuple[Tile, ...]
    grid: tuple[int, int]
    more: tuple[int, int]


def face_of(look: WallLook) -> Face:
    """Return what the wall shows: the worst campaigns, those that need a person twice as wide while there is room.

    A campaign that is archived is not among them, nor counted, unless it needs a person.
    """
    rows = [row for row in look.rows if row.observed.state is not State.ARCHIVED or row.needs]
    rows.sort(key=_worst_first)
    shown, hidden = rows[:MOST], rows[MOST:]
    needing = sum(row.urgency is not Urgency.NOTHING for row in shown)
    grid = next((one for one in GRIDS if len(shown) + needing <= one[0] * one[1]), GRIDS[-1])
    wide = min(needing, grid[0] * grid[1] - len(shown))
    more = (len(hidden), sum(row.urgency is not Urgency.NOTHING for row in hidden))
    tiles = tuple(_tile(row, is_wide=place < wide) for place, row in enumerate(shown))
    return Face(look=look, tiles=tiles, grid=grid, more=more)


def _worst_first(row: WallRow) -> tuple[int, int, float, str]:
    worst = worst_of(row.account)
    used = 0.0 if worst is None or worst.used is None else worst.used
    return row.urgency, _STATES.index(row.observed.state), -used, row.campaign


def _tile(row: WallRow, *, is_wide: bool) -> Tile:
    worst = worst_of(row.account)
    counts = None if worst is None else worst.counts
    rate = None if counts is None or not counts.answered else counts.abandoned / counts.answered
    return Tile(row=row, is_wide=is_wide, rate=rate, used=None if worst is None or rate is None else worst.used)


def tile_texts(tiles: Sequence[Tile]) -> Texts:
    """Return the tiles by the ids of their elements, in their order."""
    template = templates().get_template("wall_tile.html")
    return {
        row_id(tile.row.campaign): template.render(
            tile=tile,
            row=tile.row,
            id=row_id(tile.row.campaign),
            page=f"/campaigns/{segment(tile.row.campaign)}",
            narrow=NARROW,
        )
        for tile in tiles
    }


@router.get("/wall")
def show_wall(request: Request, parts: Here, who: Viewing, colours: str = "") -> Response:
    """Show the wall; dark, unless light is asked for."""
    face = face_of(parts.live.look())
    silent_s = round(3 * parts.options.look_s + QUIET_S)
    light, around = colours == "light", _around(parts, face)
    text = _text("wall_inside.html", texts=tile_texts(face.tiles), **around)
    return render(request, "wall.html", who, inside=text, standing=around["standing"], light=light, silent_s=silent_s)


@router.get("/live/wall")
def stream_wall(request: Request, parts: Here, _: Viewing) -> Response:
    """Stream what changes on the wall, as parts of the page."""
    at: datetime | None = None

    def told(look: WallLook, seen: Texts) -> tuple[str, Texts]:
        nonlocal at
        face, at = face_of(look), look.at
        texts = tile_texts(face.tiles)
        now = {"wall": "x".join(map(str, face.grid)), **texts}
        around = _around(parts, face)
        if list(seen) != list(now) or seen["wall"] != now["wall"]:
            return part("wall", _text("wall_inside.html", texts=texts, **around)), now
        return part("around", _text("wall_around.html", **around)) + changed(seen, now, within="tiles", none=""), now

    def away() -> str:
        return part("stale", _text("wall_stale.html", away=parts.live.away, at=at), "outerMorph")

    return followed(request, parts, told, away)


def _around(parts: Parts, face: Face) -> dict[str, object]:
    look = face.look
    return {"face": face, "standing": standing_of(look), "at": look.at, "away": parts.live.away}


def _text(template: str, **context: object) -> str:
    return templates().get_template(template).render(context)
