"""Pictures of fits: whole, told in words, with every hour and attempt in them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import lru_cache

from benchmarks.fits.sampler import World, sampled
from paceline.figures.fits import bars, lines_of_fits, pictures_of
from paceline.figures.plot import steps_of
from paceline.records.fits.fitted import FittedRecords, fit_records

SVG = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=1)
def fitted() -> FittedRecords:
    return fit_records(sampled(World(persons=3000, days=12), 1), draws=2)


def test_every_picture_is_whole_and_says_what_it_shows() -> None:
    pictures = pictures_of(fitted())
    assert set(pictures) == {
        *("talk", "wrap", "ring-answered", "ring-machine"),
        *("answers-landline", "answers-cell", "answers-by-attempt"),
    }
    for name, svg in pictures.items():
        whole = ET.fromstring(svg)  # noqa: S314  # our own text
        assert whole.get("role") == "img", name
        assert len(whole.findtext(f"{SVG}desc") or "") > 30
        assert "href" not in svg
        assert "<script" not in svg


def test_hours_and_attempts_are_marked_and_say_their_counts() -> None:
    pictures = pictures_of(fitted())
    hours = ET.fromstring(pictures["answers-cell"])  # noqa: S314  # our own text
    said = [one.findtext(f"{SVG}title") for one in hours.iter(f"{SVG}rect") if one.findtext(f"{SVG}title")]
    assert len(said) == 12
    assert all("dials were answered" in str(one) for one in said)
    attempts = ET.fromstring(pictures["answers-by-attempt"])  # noqa: S314  # our own text
    assert len([one for one in attempts.iter(f"{SVG}circle") if one.findtext(f"{SVG}title")]) == 4


def test_the_terminal_shows_the_same() -> None:
    lines = list(lines_of_fits(fitted()))
    assert any(line.startswith("talk: lognormal") for line in lines)
    assert any(line.startswith("ring.unanswered: always 25 s or longer") for line in lines)
    assert any(line.startswith("answers, landline: ") for line in lines)
    assert max(len(line) for line in lines) <= 140


def test_bars_go_from_nothing_to_the_top() -> None:
    assert bars([0.0, 1.0]) == "▁█"
    assert bars([0.2, 0.2], top=0.2) == "██"
    assert bars([1.0], top=0.0) == "▁"
    assert len(bars([0.5] * 500)) == 48


def test_axes_are_told_at_round_numbers() -> None:
    assert steps_of(0.0, 1.0, most=5) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert steps_of(8.5, 20.5, most=8) == [10.0, 12.0, 14.0, 16.0, 18.0, 20.0]
