"""The trade-off of a pacing as a picture: every mark where its numbers put it, and told in words beside."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as some

from paceline.campaign.forecast import Between
from paceline.figures.tradeoff import HEIGHT, WIDTH, Spot, Tradeoff, svg_of_tradeoff, told

RATES = some.floats(0, 1)


def between(*ends: float) -> Between:
    low, mean, high = sorted(ends)
    return Between(mean=mean, low=low, high=high)


def spot(word: str, abandonment: float, utilisation: float) -> Spot:
    return Spot(
        word=word,
        abandonment=between(max(abandonment - 0.005, 0), abandonment, abandonment + 0.005),
        utilisation=between(utilisation - 0.01, utilisation, utilisation + 0.01),
    )


PICTURE = Tradeoff(
    campaign='C <1> & "co"',
    live=spot("live", 0.015, 0.85),
    wanted=spot("tried", 0.04, 0.9),
    curve=((0.0, 0.7), (0.01, 0.82), (0.03, 0.88), (0.05, 0.91)),
    ceiling=0.03,
    optimum=0.93,
)


def numbers(text: str | None) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text or "")]


def test_picture_is_one_sound_document_without_script_or_style() -> None:
    text = svg_of_tradeoff(PICTURE)
    assert "<script" not in text
    assert "style" not in text
    assert "C &lt;1&gt; &amp; &quot;co&quot;" in text
    root = ET.fromstring(text)  # noqa: S314  # our own text
    assert [one.tag for one in root][:2] == ["title", "desc"]


def test_marks_lie_where_their_numbers_put_them() -> None:
    root = ET.fromstring(svg_of_tradeoff(PICTURE))  # noqa: S314  # our own text
    line = next(one for one in root.iter("line") if one.get("class") == "ceiling")
    ceiling = float(line.get("x1", "0"))
    live = next(root.iter("circle"))
    tried = next(one for one in root.iter("g") if one.get("class") == "spot wanted")
    x = numbers(next(tried.iter("path")).get("d"))[2 + 1]
    assert float(live.get("cx", "0")) < ceiling < x
    best = next(one for one in root.iter("line") if one.get("class") == "optimum")
    assert float(best.get("y1", "0")) < float(live.get("cy", "0"))
    points = numbers(next(root.iter("polyline")).get("points"))
    across, up = points[::2], points[1::2]
    assert across == sorted(across)
    assert up == sorted(up, reverse=True)


def test_words_say_what_the_picture_shows() -> None:
    assert told(PICTURE) == (
        "live: occupancy 85.0 %, abandonment 1.5 % (1.0 to 2.0). "
        "tried: occupancy 90.0 %, abandonment 4.0 % (3.5 to 4.5). "
        "The ceiling of the law is 3 %. At it no dialer keeps agents busier than 93.0 %."
    )


@given(
    some.lists(some.tuples(RATES, RATES), max_size=8),
    some.none() | some.tuples(RATES, RATES, RATES, RATES, RATES, RATES),
    some.none() | some.floats(0.001, 1),
    some.none() | RATES,
)
def test_whatever_is_shown_lies_within_the_picture(
    curve: list[tuple[float, float]], live: tuple[float, ...] | None, ceiling: float | None, optimum: float | None
) -> None:
    shown = None if live is None else Spot(word="live", abandonment=between(*live[:3]), utilisation=between(*live[3:]))
    picture = Tradeoff(
        campaign="C", live=shown, wanted=None, curve=tuple(sorted(curve)), ceiling=ceiling, optimum=optimum
    )
    root = ET.fromstring(svg_of_tradeoff(picture))  # noqa: S314  # our own text
    for one in root.iter("polyline"):
        points = numbers(one.get("points"))
        assert all(0 <= x <= WIDTH for x in points[::2])
        assert all(0 <= y <= HEIGHT for y in points[1::2])
    for one in root.iter("circle"):
        assert 0 <= float(one.get("cx", "-1")) <= WIDTH
        assert 0 <= float(one.get("cy", "-1")) <= HEIGHT
