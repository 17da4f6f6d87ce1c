"""One instant on two clocks of one place, beside the hours in which a call is legal there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from paceline.figures.pieces import box, line, picture, text

WIDTH, ROW = 760, 104
"""The picture's own units: its width, and the height of each clock."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 204, 24, 4, 16
_STRIP = 34
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock: whose it is and by what, what it shows (an aware instant), and what comes of it."""

    word: str
    shows: datetime
    legal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What the picture shows.

    Attributes:
        place: where the clocks stand.
        at: the instant, aware.
        clocks: from top to bottom.
        open: from when to when a call is legal, seconds of the wall clock's day.
    """

    place: str
    at: datetime
    clocks: tuple[Clock, ...]
    open: tuple[tuple[float, float], ...]


def svg_of_clocks(clocks: Clocks) -> str:
    """Return the picture, for a page whose style sheet colours it."""
    height = _TOP + ROW * len(clocks.clocks) + _BOTTOM
    title = f"{clocks.at:%Y-%m-%d %H:%M} UTC in {clocks.place}, by {len(clocks.clocks)} clocks"
    told = ". ".join(
        f"{one.word} shows {one.shows:%H:%M}: a call is {_verdict(legal=one.legal)}" for one in clocks.clocks
    )
    parts = [part for place, one in enumerate(clocks.clocks) for part in _row(clocks, one, _TOP + ROW * place)]
    return picture("clocks", title, told, (WIDTH, height), [*parts, *_hours(height)])


def _row(clocks: Clocks, one: Clock, top: float) -> Iterator[str]:
    kind = "good" if one.legal else "bad"
    yield text(0, top + 18, one.word, "dim")
    yield text(0, top + 62, f"{one.shows:%H:%M}", f"huge {kind}-word")
    yield text(136, top + 62, f"{one.shows:%a}", "dim")
    yield text(136, top + 46, f"UTC{one.shows:%z}"[:6], "dim")
    strip = top + 34
    yield box((_LEFT, strip, WIDTH - _LEFT - _RIGHT, _STRIP), "closed", corner=4)
    for start_s, end_s in clocks.open:
        yield box((_x(start_s), strip, _x(end_s) - _x(start_s), _STRIP), "open", "a call is legal", corner=4)
        yield text((_x(start_s) + _x(end_s)) / 2, strip + 22, f"legal {_hour(start_s)} to {_hour(end_s)}", "", "middle")
    x = _x(one.shows.hour * 3600 + one.shows.minute * 60 + one.shows.second)
    yield line((x, strip - 7), (x, strip + _STRIP + 7), f"needle {kind}-line")
    yield text(x, strip - 12, _verdict(legal=one.legal), f"name {kind}-word", "middle")


def _hours(height: float) -> Iterator[str]:
    for hour in range(0, 25, 3):
        yield text(_x(hour * 3600), height - 10, f"{hour:02}", "dim", "middle")


def _x(second: float) -> float:
    return _LEFT + second / _DAY_S * (WIDTH - _LEFT - _RIGHT)


def _hour(second: float) -> str:
    return f"{int(second) // 3600:02}:{int(second) // 60 % 60:02}"


def _verdict(*, legal: bool) -> str:
    return "legal" if legal else "not legal"
