"""Predicted against measured: on the line where they agree, a square where an interval did not hold, words for all."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as some

from paceline.campaign.forecast import Between
from paceline.figures.agreement import SIDE, Agreement, Dot, svg_of_agreement

NUMBERS = some.floats(-0.2, 0.2)


def dot(predicted: float, measured: float, *, held: bool = True, half: float = 0.01) -> Dot:
    def around(mean: float) -> Between:
        return Between(mean=mean, low=mean - half, high=mean + half)

    return Dot(said="<entry 7>", predicted=around(predicted), measured=around(measured), held=held)


def picture(*dots: Dot) -> str:
    return svg_of_agreement(Agreement(name="u", title="Occupancy <b>", unit="points", factor=100.0, dots=dots))


def marks(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle[^>]* cx="([\d.]+)" cy="([\d.]+)"', text)]


@given(some.lists(NUMBERS, min_size=1, max_size=6))
def test_what_was_measured_as_predicted_lies_on_the_line(values: list[float]) -> None:
    text = picture(*(dot(one, one) for one in values))
    line = re.search(r'class="equal" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', text)
    assert line is not None
    left, floor, right, top = map(float, line.groups())
    for x, y in marks(text):
        along, up = (x - left) / (right - left), (floor - y) / (floor - top)
        assert abs(along - up) < 0.01


@given(some.lists(some.tuples(NUMBERS, NUMBERS, some.booleans()), min_size=1, max_size=6))
def test_every_mark_is_within_and_its_form_says_whether_it_held(rows: list[tuple[float, float, bool]]) -> None:
    text = picture(*(dot(predicted, measured, held=held) for predicted, measured, held in rows))
    held = sum(one for *_, one in rows)
    assert (text.count("<circle"), text.count("<rect")) == (held, len(rows) - held)
    assert all(0 < x < SIDE and 0 < y < SIDE for x, y in marks(text))
    assert f"{held} of them within what was predicted" in text
    assert "<entry" not in text
    assert "<b>" not in text
