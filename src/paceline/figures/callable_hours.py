"""How many of a contact list may be called at the beginning of each hour ahead, as SVG for a page that colours it.

Every bar says on its own what it is; the whole has a title and a description for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape

_WIDTH, _HEIGHT = 960, 250
_LEFT, _RIGHT, _TOP, _FLOOR = 62, 12, 34, 208
_GAP = 4
_EVERY_H = 3
"""So many hours lie between two that are named."""


def hours_svg(by_hour: Sequence[int], contacts: int, at: datetime) -> str:
    """Return the picture.

    Args:
        by_hour: how many may be called at the beginning of each hour, the first is now.
        contacts: how many there are.
        at: now, aware.
    """
    ceiling = max(contacts, 1)
    wide = (_WIDTH - _LEFT - _RIGHT) / len(by_hour)
    head = (
        f'<svg class="hours" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="hours-title hours-told">'
        f'<title id="hours-title">Callable by hour</title><desc id="hours-told">{escape(told(by_hour, at))}</desc>'
    )
    return "".join((head, *_grid(ceiling), *_bars(by_hour, ceiling, at, wide), *_hours(by_hour, at, wide), "</svg>"))


def told(by_hour: Sequence[int], at: datetime) -> str:
    """Return what the picture shows, in words.

    >>> told([5, 7, 0], datetime(2026, 6, 15, 14, tzinfo=UTC))
    'now 5; the most 7 at 15:00 UTC on 15 June; the fewest 0 at 16:00 UTC on 15 June'
    """
    most, fewest = max(by_hour), min(by_hour)
    named = [(word, count, by_hour.index(count)) for word, count in (("most", most), ("fewest", fewest))]
    parts = [f"the {word} {count} at {_clock(at, hour)}" for word, count, hour in named]
    return "; ".join((f"now {by_hour[0]}", *parts))


def _grid(ceiling: int) -> Iterator[str]:
    for count in dict.fromkeys((0, ceiling // 2, ceiling)):
        y = _y(count, ceiling)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>'
        yield f'<text class="dim" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_thousands(count)}</text>'
    yield '<text class="dim" x="0" y="16">contacts that may be called</text>'


def _bars(by_hour: Sequence[int], ceiling: int, at: datetime, wide: float) -> Iterator[str]:
    for hour, count in enumerate(by_hour):
        x, y = _LEFT + hour * wide + _GAP / 2, _y(count, ceiling)
        kind = "now" if hour == 0 else "later"
        yield (
            f'<rect class="whole" x="{x:.1f}" y="{_TOP}" width="{wide - _GAP:.1f}" height="{_FLOOR - _TOP}"/>'
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide - _GAP:.1f}" height="{_FLOOR - y:.1f}">'
            f"<title>{escape(_clock(at, hour))}: {_thousands(count)}</title></rect>"
        )


def _hours(by_hour: Sequence[int], at: datetime, wide: float) -> Iterator[str]:
    yield f'<text class="name" x="{_LEFT}" y="{_FLOOR + 18}">now</text>'
    for hour in range(_EVERY_H, len(by_hour), _EVERY_H):
        x = _LEFT + hour * wide
        yield f'<text x="{x:.1f}" y="{_FLOOR + 18}">{_then(at, hour):%H:%M}</text>'
    days = [hour for hour in range(1, len(by_hour)) if _then(at, hour).date() != _then(at, hour - 1).date()]
    for hour in (0, *days):
        x = _LEFT + hour * wide
        if hour:
            yield f'<line class="day" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - 4}"/>'
        if hour or not days or days[0] * wide > _LEFT:
            yield f'<text class="dim" x="{x + (5 if hour else 0):.1f}" y="{_FLOOR + 36}">{_day(_then(at, hour))}</text>'


def _y(count: int, ceiling: int) -> float:
    return _FLOOR - (_FLOOR - _TOP) * count / ceiling


def _then(at: datetime, hour: int) -> datetime:
    return at.astimezone(UTC) + timedelta(hours=hour)


def _clock(at: datetime, hour: int) -> str:
    then = _then(at, hour)
    return f"{then:%H:%M} UTC on {then.day} {then:%B}"


def _day(then: datetime) -> str:
    return f"{then:%a} {then.day} {then:%b}, UTC"


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
