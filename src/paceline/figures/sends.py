"""Requests in the order in which they reached the platform, one row for each campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from paceline.figures.pieces import box, dot, line, picture, text

WIDTH = 760
"""The picture's own width; it is as high as it has campaigns."""
_LEFT, _RIGHT, _TOP, _BOTTOM, _ROW = 92, 16, 106, 12, 5.4
_NAMED_EVERY = 10


class Sending(StrEnum):
    """What became of a request."""

    ANSWERED = "done, and answered"
    LOST = "done, and the answer never arrived"
    AGAIN = "asked again by the same key: answered from memory, nothing done"


_KINDS = {Sending.ANSWERED: "main", Sending.LOST: "bad", Sending.AGAIN: "hollow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request: for which campaign, and what became of it."""

    campaign: str
    became: Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """What the picture shows.

    Attributes:
        title: of the whole.
        campaigns: the rows, from top to bottom.
        sent: the requests, in order.
        broken: after so many of them something happened.
        what: what that was.
    """

    title: str
    campaigns: Sequence[str]
    sent: Sequence[Sent]
    broken: int
    what: str


def svg_of_sends(sends: Sends) -> str:
    """Return the picture, for a page whose style sheet colours it."""
    height = _TOP + len(sends.campaigns) * _ROW + _BOTTOM
    counts = {became: sum(one.became is became for one in sends.sent) for became in Sending}
    told = "; ".join(f"{count} {became.value}" for became, count in counts.items() if count)
    told = f"{told}. After {sends.broken} of {len(sends.sent)} requests: {sends.what}."
    parts = [*_legend(counts), *_rows(sends), *_break(sends, height), *_dots(sends)]
    return picture("sends", sends.title, told, (WIDTH, height), parts)


def _legend(counts: dict[Sending, int]) -> Iterator[str]:
    for place, (became, count) in enumerate(counts.items()):
        y = 12 + 19 * place
        yield dot(8, y, 4, _KINDS[became])
        yield text(20, y + 4, f"{count} {became.value}")


def _rows(sends: Sends) -> Iterator[str]:
    for place, campaign in enumerate(sends.campaigns):
        y = _TOP + place * _ROW
        if place % _NAMED_EVERY == 0 or place == len(sends.campaigns) - 1:
            yield line((_LEFT, y), (WIDTH - _RIGHT, y), "grid")
            yield text(_LEFT - 10, y + 4, campaign, "dim", "end")


def _break(sends: Sends, height: float) -> Iterator[str]:
    x = _x(sends, sends.broken - 0.5)
    yield box((x, _TOP - 8, WIDTH - _RIGHT - x, height - _TOP - _BOTTOM + 16), "band")
    yield line((x, _TOP - 18), (x, height - _BOTTOM + 8), "event bad-line")
    yield text(x, _TOP - 24, sends.what, "name bad-word", "middle")


def _dots(sends: Sends) -> Iterator[str]:
    rows = {campaign: place for place, campaign in enumerate(sends.campaigns)}
    for place, one in enumerate(sends.sent):
        y = _TOP + rows[one.campaign] * _ROW
        yield dot(_x(sends, place), y, 3.2, _KINDS[one.became], f"{one.campaign}: {one.became.value}")


def _x(sends: Sends, place: float) -> float:
    return _LEFT + 8 + place / max(len(sends.sent) - 1, 1) * (WIDTH - _LEFT - _RIGHT - 16)
