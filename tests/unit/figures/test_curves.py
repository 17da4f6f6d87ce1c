"""Pictures of simulated days: what they show, that they are the same every time, and whole."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import lru_cache

import pytest

from paceline.figures.curves import Form, day_picture, frontier_picture
from paceline.figures.frontier import Frontier, frontier_of, is_solvable, optimum_of
from paceline.optimizer.chain import Instance
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation.engine import simulate
from paceline.simulation.result import Result
from paceline.simulation.scenario import Lines, Pacing, Patience, Policy, Records, Run, Scenario
from tests.unit.simulation.scenarios import exponential, lasting_always, plain

RATIO = Pacing(policy=Policy.RATIO, lines=12)
MARKOV = plain(RATIO, run=Run(days=6, hours_per_day=2))
SVG = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=2)
def played(scenario: Scenario = MARKOV) -> tuple[Frontier, Result]:
    result = simulate(scenario, seed=2, engine="exact")
    return frontier_of(scenario, result), result


def test_the_best_possible_lies_above_every_point_of_the_policy() -> None:
    frontier, result = played()
    assert frontier.optimum == tuple(sorted(frontier.optimum))
    assert [one[1] for one in frontier.optimum] == sorted(one[1] for one in frontier.optimum)
    exact = solve_optimum(Instance(agents=10, handle_s=180.0, ring_s=12.0, answer=0.3), limit=0.03)
    assert (exact.abandonment, exact.utilisation) in frontier.optimum
    for point in frontier.curve.points:
        best = max((one[1] for one in frontier.optimum if one[0] <= point.abandonment.mean), default=0.0)
        beyond = [one[1] for one in frontier.optimum if one[0] >= point.abandonment.mean]
        if best and beyond:
            assert point.utilisation.mean < min(beyond) + (point.utilisation.half_width or 0.0)
    assert (frontier.utilisation, frontier.abandonment) == (result.utilisation, result.abandonment)
    assert frontier.limit == 0.03


@pytest.mark.parametrize(
    "other",
    [
        replace(MARKOV, agents=500),
        replace(MARKOV, talk=lasting_always(180)),
        replace(MARKOV, answer=replace(MARKOV.answer, ring_unanswered=exponential(25))),
        replace(MARKOV, answer=replace(MARKOV.answer, by_day=(1.0, 0.9))),
        replace(MARKOV, patience=Patience(seconds=2)),
        replace(MARKOV, lines=Lines(cap=100)),
        replace(MARKOV, records=Records(count=100)),
        replace(MARKOV, limit=0.0),
    ],
)
def test_an_optimum_that_is_not_exact_is_not_told(other: Scenario) -> None:
    assert is_solvable(MARKOV)
    assert not is_solvable(other)
    assert optimum_of(other) == ()


@pytest.mark.parametrize("form", list(Form))
def test_the_same_days_give_the_same_bytes(form: Form) -> None:
    frontier, result = played()
    assert frontier_picture(frontier, form) == frontier_picture(frontier, form)
    day = [day_picture(result, limit=0.03, policy="ratio", form=form) for _ in range(2)]
    assert day[0] == day[1]


def test_an_svg_is_well_formed_says_what_it_shows_and_holds_no_date() -> None:
    frontier, result = played()
    for drawn in (
        frontier_picture(frontier, Form.SVG),
        day_picture(result, limit=0.03, policy="ratio", form=Form.SVG),
    ):
        root = ET.fromstring(drawn)  # noqa: S314 - drawn just above
        assert root.attrib["role"] == "img"
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert title.text
        assert description is not None
        assert "limit" in (description.text or "")
        assert b"<dc:date>" not in drawn
        assert b"http://" not in drawn.replace(b"http://www.w3.org/", b"").replace(b"http://purl.org/", b"").replace(
            b"http://creativecommons.org/", b""
        )


def test_a_png_is_one() -> None:
    frontier, _ = played()
    assert frontier_picture(frontier, Form.PNG)[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_policy_without_a_knob_and_a_single_day_are_drawn_too() -> None:
    scenario = replace(MARKOV, pacing=Pacing(policy=Policy.PROGRESSIVE), run=Run(days=1, hours_per_day=0.5))
    frontier, result = played(scenario)
    assert frontier.curve.points == ()
    assert b"progressive" in frontier_picture(frontier, Form.SVG)
    assert day_picture(result, limit=0.03, policy="progressive", form=Form.SVG).startswith(b"<?xml")
