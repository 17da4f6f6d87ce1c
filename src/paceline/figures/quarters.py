"""A rate block by block over some hours, beside its ceiling, with what happened when: bars, a line, and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.figures.pieces import box, line, picture, text
from paceline.figures.plot import steps_of

WIDTH, HEIGHT = 760, 320
"""The picture's own units."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 72, 52
_STEP, _CLEAR = 20, 12
"""Between two words above the bars, and beside the upright axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of time: when it began (aware), its rate as a fraction, what it was counted from; a grave one is red."""

    start: datetime
    rate: float
    said: str
    grave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at an instant, in a word or two; a grave one is red."""

    at: datetime
    word: str
    grave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarters:
    """What the picture shows.

    Attributes:
        title: what the rate is of.
        length: of each block.
        blocks: in order, not empty.
        ceiling: as a fraction.
        events: in order.
    """

    title: str
    length: timedelta
    blocks: Sequence[Block]
    ceiling: float
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    start: datetime
    span_s: float
    highest: float

    def x(self, at: datetime) -> float:
        share = min(max((at - self.start).total_seconds() / self.span_s, 0.0), 1.0)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, rate: float) -> float:
        return HEIGHT - _BOTTOM - min(rate / self.highest, 1.0) * (HEIGHT - _TOP - _BOTTOM)


def svg_of_quarters(quarters: Quarters) -> str:
    """Return the picture, for a page whose style sheet colours it."""
    start = quarters.blocks[0].start
    span = quarters.blocks[-1].start + quarters.length - start
    highest = max(*(one.rate for one in quarters.blocks), quarters.ceiling) * 1.1
    frame = _Frame(start, span.total_seconds(), highest)
    told = [f"{one.start:%H:%M}: {one.rate:.1%}" for one in quarters.blocks]
    told += [f"at {one.at:%H:%M} {one.word}" for one in quarters.events]
    parts = [*_axes(quarters, frame), *_bars(quarters, frame), *_ceiling(quarters, frame), *_events(quarters, frame)]
    return picture("quarters", quarters.title, f"{'; '.join(told)}.", (WIDTH, HEIGHT), parts)


def _axes(quarters: Quarters, frame: _Frame) -> Iterator[str]:
    for value in steps_of(0.0, frame.highest, most=5):
        y = frame.y(value)
        yield line((_LEFT, y), (WIDTH - _RIGHT, y), "grid")
        if abs(y - frame.y(quarters.ceiling)) > _CLEAR:
            yield text(_LEFT - 8, y + 4, f"{value * 100:g} %", "dim", "end")
    every = max(1, len(quarters.blocks) // 10)
    for one in quarters.blocks[::every]:
        yield text(frame.x(one.start), HEIGHT - _BOTTOM + 18, f"{one.start:%H:%M}", "dim", "middle")
    minutes = quarters.length // timedelta(minutes=1)
    words = f"blocks of {minutes} minutes, UTC; the ceiling of {quarters.ceiling * 100:g} % is dashed"
    yield text((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 10, words, "dim", "middle")


def _bars(quarters: Quarters, frame: _Frame) -> Iterator[str]:
    for one in quarters.blocks:
        left, right = frame.x(one.start), frame.x(one.start + quarters.length)
        y, kind = frame.y(one.rate), "bad" if one.grave else "main"
        yield box((left + 2, y, right - left - 4, HEIGHT - _BOTTOM - y), kind, f"{one.start:%H:%M}: {one.said}")


def _ceiling(quarters: Quarters, frame: _Frame) -> Iterator[str]:
    y = frame.y(quarters.ceiling)
    yield line((_LEFT, y), (WIDTH - _RIGHT, y), "limit")
    yield text(_LEFT - 8, y + 4, f"{quarters.ceiling * 100:g} %", "name bad-word", "end")


def _events(quarters: Quarters, frame: _Frame) -> Iterator[str]:
    for place, one in enumerate(quarters.events):
        x, y = frame.x(one.at), 18 + _STEP * place
        side, shift = ("end", -6) if x > WIDTH / 2 else ("start", 6)
        yield line((x, y - 10), (x, HEIGHT - _BOTTOM), "event bad-line" if one.grave else "event")
        yield text(x + shift, y, f"{one.at:%H:%M} {one.word}", "name halo bad-word" if one.grave else "name halo", side)
