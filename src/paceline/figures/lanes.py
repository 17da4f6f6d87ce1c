"""What state each of some campaigns was in over some hours, and what happened to it when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.figures.pieces import box, line, picture, text

WIDTH, ROW = 760, 78
"""The picture's own units: its width, and the height of each lane."""
_LEFT, _RIGHT, _TOP, _BOTTOM, _BAR = 92, 16, 14, 40, 22
_HOUR = timedelta(hours=1)
_TICKS = 8
_WIDE = 7.2
"""About so wide is a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one state: `[start, end)`, aware, its word, and its kind (`main`, `frozen`, `quiet`)."""

    start: datetime
    end: datetime
    word: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at an instant, in a few words; a grave one is red."""

    at: datetime
    word: str
    grave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A campaign: its states in order, and what happened to it."""

    name: str
    spans: Sequence[Span]
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """What the picture shows, from its start to its end, both aware."""

    title: str
    start: datetime
    end: datetime
    lanes: Sequence[Row]

    def x(self, at: datetime) -> float:
        """Return where an instant is drawn."""
        return _LEFT + (at - self.start) / (self.end - self.start) * (WIDTH - _LEFT - _RIGHT)


def svg_of_lanes(lanes: Lanes) -> str:
    """Return the picture, for a page whose style sheet colours it."""
    height = _TOP + ROW * len(lanes.lanes) + _BOTTOM
    told = ". ".join(
        f"{lane.name}: "
        + "; ".join(
            [f"{one.word} from {one.start:%H:%M} to {one.end:%H:%M}" for one in lane.spans]
            + [f"at {one.at:%H:%M} {one.word}" for one in lane.marks]
        )
        for lane in lanes.lanes
    )
    parts = [part for place, lane in enumerate(lanes.lanes) for part in _lane(lanes, lane, _TOP + ROW * place)]
    return picture("lanes", lanes.title, f"{told}.", (WIDTH, height), [*_hours(lanes, height), *parts])


def _hours(lanes: Lanes, height: float) -> Iterator[str]:
    every = max(1, -(-((lanes.end - lanes.start) // _HOUR) // _TICKS))
    at = lanes.start.replace(minute=0, second=0, microsecond=0)
    while at <= lanes.end:
        if at >= lanes.start:
            yield line((lanes.x(at), _TOP), (lanes.x(at), height - _BOTTOM), "grid")
            yield text(lanes.x(at), height - 18, f"{at:%H:%M}", "dim", "middle")
        at += every * _HOUR


def _lane(lanes: Lanes, lane: Row, top: float) -> Iterator[str]:
    bar = top + ROW - _BAR - 12
    yield text(0, bar + 15, lane.name, "name")
    for one in lane.spans:
        left, right = lanes.x(one.start), lanes.x(one.end)
        said = f"{one.word} from {one.start:%H:%M} to {one.end:%H:%M}"
        yield box((left, bar, max(right - left, 2.0), _BAR), one.kind, said, corner=3)
        if right - left > _WIDE * len(one.word) + 8:
            yield text((left + right) / 2, bar + 15, one.word, f"on-{one.kind}", "middle")
    for place, mark in enumerate(lane.marks):
        x = lanes.x(mark.at)
        y = bar - 8 - 17 * (place % 2)
        is_far = x + _WIDE * len(mark.word) > WIDTH - _RIGHT
        yield line((x, y - 9), (x, bar + _BAR), "event bad-line" if mark.grave else "event")
        words = f"{mark.at:%H:%M} {mark.word}"
        kind = "bad-word" if mark.grave else "dim"
        yield text(x - 5 if is_far else x + 5, y, words, kind, "end" if is_far else "start")
