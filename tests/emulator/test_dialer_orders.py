"""What a campaign's blocks tell its dialer: each parameter in the dialer's terms, each weight a relative change."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from paceline.emulator.dialer.dialing import has_dialer
from paceline.emulator.dialer.hours import hours_at
from paceline.emulator.dialer.orders import Orders, orders_of
from paceline.emulator.instants import MILLISECOND, MINUTE, SECOND
from paceline.emulator.tenant import Campaign, Schedule
from tests.emulator.dialers import HOUR, START, dialer, play, total
from tests.emulator.documents import pacing, rules

PREDICTIVE = {"dialingRules": rules(dialingMethod="PREDICTIVE"), "predictiveDialer": pacing()}


def campaign(**blocks: Any) -> Campaign:
    return Campaign(id="C", tenant="t", name="", status="ACTIVE", agents=50, blocks=blocks or PREDICTIVE)


def weighted(**weights: float) -> Orders:
    return orders_of(campaign(**PREDICTIVE, predictiveDialerSettings={"parameterWeights": weights}))


def test_every_parameter_has_its_meaning() -> None:
    assert orders_of(campaign()) == Orders(
        active=True,
        agents=50,
        lines_per_idle=round((0.5 + 100 * 0.02) / 0.6, 9),
        tick=200 * MILLISECOND,
        line_cap=50,
        calls_per_agent=2,
        warm_up=60 * SECOND,
        attempts=3,
        waits_min=(60, 240),
        most_abandoned=0.03,
        cool_down=300 * SECOND,
    )


@pytest.mark.parametrize(
    ("method", "lines", "preview"), [("PROGRESSIVE", 1.0, 0), ("POWER", 2.0, 0), ("PREVIEW", 1.0, 15 * SECOND)]
)
def test_other_methods_ring_whole_lines_for_each_idle_agent(method: str, lines: float, preview: int) -> None:
    found = orders_of(campaign(dialingRules=rules(dialingMethod=method), predictiveDialer=pacing()))
    assert (found.lines_per_idle, found.preview) == (lines, preview)


@pytest.mark.parametrize(
    ("weight", "changed"),
    [
        ({"answer_rate": 0.25}, {"lines_per_idle": 2.5 / 0.75}),
        ({"answer_rate": 1.0}, {"lines_per_idle": 2.5}),  # more than all cannot answer
        ({"answer_rate": -1.0}, {"lines_per_idle": 250.0}),
        ({"call_rate": 0.25}, {"tick": 160 * MILLISECOND}),
        ({"call_rate": -0.5}, {"tick": 400 * MILLISECOND}),
        ({"call_rate": -1.0}, {"tick": 4000 * MILLISECOND}),
        ({"predictive_factor": 0.2}, {"lines_per_idle": 3.0 / 0.6}),
        ({"predictive_factor": -1.0}, {"lines_per_idle": 0.0}),
        ({"max_concurrent": -0.5}, {"line_cap": 25}),
        ({"max_concurrent": -1.0}, {"line_cap": 1}),
        ({"agent_efficiency": -0.1}, {"lines_per_idle": 0.9 * 2.5 / 0.6}),
    ],
)
def test_weight_is_a_relative_change_of_its_parameter(weight: dict[str, float], changed: dict[str, Any]) -> None:
    usual, found = asdict(orders_of(campaign())), asdict(weighted(**weight))
    assert {name: value for name, value in found.items() if value != usual[name]} == pytest.approx(changed)


def test_smaller_cap_of_parameters_and_schedule_holds() -> None:
    body = {"timezone": "UTC", "maxConcurrentCalls": 40, "timeWindows": []}
    found = orders_of(replace(campaign(), schedule=Schedule(id="s", number=1, body=body)))
    assert (found.line_cap, found.windows, found.timezone) == (40, (), "UTC")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"agents": 0}, False),
        ({"status": "STOPPED"}, True),
        ({"status": "ARCHIVED"}, False),
        ({"by_hand": True}, False),
        ({"blocks": {}}, False),
        ({"blocks": {}, "dialer": {"records": 5}}, True),
    ],
)
def test_dialer_is_for_campaigns_with_agents_that_were_told_how(changes: dict[str, Any], expected: bool) -> None:
    assert has_dialer(replace(campaign(), **changes)) is expected


@pytest.mark.parametrize("agents", [10, 100])
@pytest.mark.parametrize("rate", [0.2, 0.6])
def test_best_aim_lies_inside_the_bounds_of_the_contract(agents: int, rate: float) -> None:
    abandonment = []
    for aim in (0.0, 0.03):
        block = pacing(
            answerRate=max(0.4, rate), abandonRate=aim, maxConcurrentCalls=150, callInterval=50, warmUpPeriod=0
        )
        given = replace(orders_of(campaign(predictiveDialer=block)), agents=agents)
        counted = total(play(dialer(given, key=3, answerRate=rate), 400 / agents))
        abandonment.append(counted["abandons"] / counted["connects"])
    assert abandonment[0] < 0.03 < abandonment[1]


def test_window_opens_and_closes_to_the_second() -> None:
    windows = ((0, 12 * 3600 + 90, 12 * 3600 + 100),)
    assert hours_at(START, "UTC", windows) == (12, False, START + 90 * SECOND)
    assert hours_at(START + 90 * SECOND, "UTC", windows) == (12, True, START + 100 * SECOND)
    assert hours_at(START + 100 * SECOND, "UTC", windows) == (12, False, START + 15 * MINUTE)
    assert hours_at(START + 24 * HOUR + 95 * SECOND, "UTC", windows).open is False


def test_hours_are_local_over_the_change_of_the_clocks() -> None:
    spring = 1_772_953_200 * SECOND  # 2026-03-08T07:00:00Z, when New York goes from 02:00 to 03:00
    assert [hours_at(spring + after * HOUR, "America/New_York", None).hour for after in (-1, 0)] == [1, 3]
    assert hours_at(spring, "Asia/Kathmandu", None).hour == 12  # 12:45
