"""The pictures of the demo's report: well formed, escaped, told in words, and every mark where its number says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from paceline.figures.clocks import svg_of_clocks
from paceline.figures.lanes import svg_of_lanes
from paceline.figures.quarters import svg_of_quarters
from paceline.figures.sends import svg_of_sends
from tests.unit.figures.story import CLOCKS, HOSTILE, LANES, QUARTERS, SENDS, pictures

NEW = ("clocks", "quarters", "sends", "lanes", "chain")


@pytest.mark.parametrize("name", NEW)
def test_picture_is_well_formed_escaped_and_told_in_words(name: str) -> None:
    drawn = pictures()[name]
    root = ET.fromstring(drawn)  # noqa: S314  # our own text
    assert root.get("aria-labelledby") == f"{name}-title {name}-told"
    title, told = root[0].text, root[1].text
    assert title
    assert told
    assert HOSTILE not in drawn
    assert HOSTILE in f"{title} {told}"
    assert not re.search(r"<script|<style|href|url\(", drawn)


def test_clocks_say_the_hour_and_what_comes_of_it() -> None:
    drawn = svg_of_clocks(CLOCKS)
    assert re.search(r"machine .* shows 20:30: a call is legal. paceline shows 21:30: a call is not legal<", drawn)
    needles = [float(x) for x in re.findall(r'class="needle [a-z]+-line" x1="([\d.]+)"', drawn)]
    hour = needles[1] - needles[0]
    left, width = (float(one) for one in re.findall(r'class="open" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)[0])
    assert width == pytest.approx(12.5 * hour, abs=1.0)
    assert left + width == pytest.approx(needles[1], abs=0.2)


def test_bar_is_as_high_as_its_rate_beside_the_ceiling() -> None:
    drawn = svg_of_quarters(QUARTERS)
    heights = [float(one) for one in re.findall(r'<rect class="(?:main|bad)"[^>]* height="([\d.]+)"', drawn)]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
    assert heights[2] == pytest.approx(20 * heights[0], abs=1.2)
    assert drawn.count('class="bad"') == 1
    without = replace(QUARTERS, events=())
    assert "undone" not in svg_of_quarters(without)


def test_every_request_has_its_mark_and_those_after_the_break_lie_behind_it() -> None:
    drawn = svg_of_sends(SENDS)
    marks = [float(x) for x in re.findall(r'<circle class="[a-z]+" cx="([\d.]+)" cy="[\d.]+" r="3.2"', drawn)]
    assert marks == sorted(marks)
    assert len(marks) == len(SENDS.sent)
    (band,) = (float(x) for x in re.findall(r'class="band" x="([\d.]+)"', drawn))
    assert [x < band for x in marks] == [True, True, False, False]
    assert "2 done, and answered; 1 done, and the answer never arrived; 1 asked again" in drawn


def test_lane_is_told_by_the_hour_and_a_word_that_has_no_room_is_left_to_its_title() -> None:
    drawn = svg_of_lanes(LANES)
    assert "frozen: stopped from 04:30 to 13:30" in drawn
    assert ">frozen: stopped</text>" in drawn
    assert ">dialing for a long time</text>" not in drawn
    wide = replace(LANES, end=LANES.start + timedelta(days=2))
    assert len(re.findall(r'class="grid"', svg_of_lanes(wide))) <= 9
