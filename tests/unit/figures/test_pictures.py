from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from paceline.campaign.blocks import DAY_S
from paceline.figures.svg import svg_of, told
from paceline.figures.terminal import LETTERS, lines_of
from paceline.figures.week import Shade, Week
from tests.unit.campaign.laws import FEDERAL, PENNSYLVANIA
from tests.unit.campaign.schedule.schedules import schedule, weekly, window
from tests.unit.figures.weeks import binding, week

SVG = "{http://www.w3.org/2000/svg}"


def text(found: Week) -> list[str]:
    return ["".join(piece.text for piece in line) for line in lines_of(found)]


def test_each_half_hour_has_a_letter_in_the_terminal() -> None:
    shown = text(week(weekly(8.25, 20, range(5))))
    (monday, *_) = [line for line in shown if line.startswith("Mon")]
    # From 08:00 on half an hour with an illegal moment, half an hour of one more, then lawful ones to 20:00.
    assert monday == "Mon 11-23  " + "·" * 16 + "XX" + "█" * 22 + "·" * 8
    (saturday, *_) = [line for line in shown if line.startswith("Sat")]
    assert saturday == "Sat 11-28  " + "·" * 18 + "░" * 22 + "·" * 8


def test_letters_tell_shades_apart_without_colours() -> None:
    assert len(set(LETTERS.values())) == len(Shade)
    found = week(weekly(8, 20))
    for line in lines_of(found):
        assert all(set(piece.text) == {LETTERS[piece.shade]} for piece in line if piece.shade and len(piece.text) > 4)


def test_single_illegal_minute_is_seen_in_both_pictures() -> None:
    found = week(schedule(windows=(window(0, 20 * 60, 20 * 60 + 1),)))
    assert "X" in next(line for line in text(found) if line.startswith("Mon"))
    (box, *_) = [
        one for one in drawn(svg_of(found)) if one.get("class") == "illegal" and one.find(f"{SVG}title") is not None
    ]
    assert float(box.get("width") or 0) >= 3
    assert str(box.findtext(f"{SVG}title")) == "Mon 2026-11-23 20:00-20:01: SCHEDULED AND ILLEGAL"


def test_closed_day_is_named_in_both_pictures() -> None:
    found = week(bound=binding(("US-PA",), FEDERAL, PENNSYLVANIA))
    assert any(line.startswith("Thu") and line.endswith("closed: Thanksgiving Day") for line in text(found))
    assert "closed: Thanksgiving Day" in svg_of(found)


def test_next_changes_of_the_clock_stand_below_each_panel() -> None:
    shown = text(week())
    assert sum("next clock changes: 2027-03-14 02:00" in line for line in shown) == 3
    assert any("the clock does not change" in line for line in text(week(schedule(zone="America/Phoenix"))))


def test_picture_is_well_formed_and_says_in_words_what_it_shows() -> None:
    found = week(weekly(8, 20))
    root = ET.fromstring(svg_of(found))  # noqa: S314 - our own text
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    labels = {one.get("id"): one.text for one in root.iter() if one.get("id")}
    assert labels["title"] == "CMP-1 <Fall & Co>: the week from 2026-11-23"
    assert root.get("aria-labelledby") == "title description"
    assert labels["description"] == told(found)
    assert "Scheduled: 84 hours; of these legal in every place: 77; illegal somewhere: 7." in told(found)
    assert "Illegal on the clock of America/Chicago." in told(found)


def test_picture_needs_nothing_from_elsewhere_and_suits_dark_ground() -> None:
    made = svg_of(week())
    assert re.findall(r"https?://[^\"'\s<]+", made) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in made
    assert "prefers-color-scheme: dark" in made


def test_boxes_lie_within_the_day_and_cover_what_the_week_says() -> None:
    found = week(weekly(8, 20))
    panels = (found.together, *found.panels)
    told_s = [one.end_s - one.start_s for panel in panels for one in panel.stretches]
    boxes = [one for one in drawn(svg_of(found)) if one.find(f"{SVG}title") is not None]
    assert len(boxes) == len(told_s)
    assert [round(float(one.get("width") or 0) * 150) for one in boxes] == told_s
    for one in boxes:
        left = float(one.get("x") or 0)
        assert 112 <= left <= left + float(one.get("width") or 0) <= 112 + DAY_S / 150


def test_same_week_makes_the_same_picture() -> None:
    assert svg_of(week()) == svg_of(week())


def drawn(made: str) -> list[ET.Element]:
    return list(ET.fromstring(made).iter(f"{SVG}rect"))  # noqa: S314 - our own text
