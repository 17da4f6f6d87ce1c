from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.preflight import (
    Decision,
    Model,
    Setting,
    preflight_interval,
    preflight_lines,
    preflight_progressive,
    preflight_ratio,
)

SALES = Setting(agents=50, answer_rate=0.3, handle_s=180.0, ring_s=12.0)
settings_drawn = st.builds(
    Setting,
    agents=st.integers(1, 80),
    answer_rate=st.floats(0.05, 1.0),
    handle_s=st.floats(20, 600),
    ring_s=st.floats(2, 40),
    patience_s=st.sampled_from([0.0, 1.0, 2.0, 2.5, 20.0]),
    limit=st.sampled_from([0.0, 0.01, 0.03]),
)


@pytest.mark.parametrize(
    ("agents", "abandonment", "decision"),
    [(50, 0.57, Decision.REFUSED), (60, 0.29, Decision.REFUSED), (70, 0.011, Decision.ALLOWED)],
)
def test_eighty_lines_are_too_many_for_fifty_agents_and_right_for_seventy(
    agents: int, abandonment: float, decision: Decision
) -> None:
    setting = dataclasses.replace(SALES, agents=agents, answer_rate=0.25)
    judged = preflight_lines(setting, 80)
    assert judged.model is Model.ENGSET
    assert judged.abandonment == pytest.approx(abandonment, abs=0.005)
    assert judged.decision is decision


def test_a_call_interval_of_120_ms_offers_more_than_fifty_agents_can_take() -> None:
    judged = preflight_interval(dataclasses.replace(SALES, answer_rate=0.72), 0.120)
    assert judged.model is Model.ERLANG_B
    assert judged.abandonment == pytest.approx(1 - 50 / 1080, abs=1e-3)
    assert judged.decision is Decision.REFUSED


@given(setting=settings_drawn)
def test_the_most_lines_are_allowed_and_one_more_is_refused(setting: Setting) -> None:
    most = preflight_lines(setting, 1).most_lines
    assert most is not None
    assert preflight_lines(setting, most).decision is Decision.ALLOWED
    assert preflight_lines(setting, most + 1).decision is Decision.REFUSED


@given(setting=settings_drawn)
def test_the_shortest_interval_is_allowed_and_a_shorter_one_is_refused(setting: Setting) -> None:
    shortest = preflight_interval(setting, 60.0).shortest_interval_s
    if shortest is None:
        assert setting.limit == 0
        return
    assert preflight_interval(setting, shortest * 1.000001).decision is Decision.ALLOWED
    assert preflight_interval(setting, shortest * 0.999999).decision is Decision.REFUSED


@given(setting=settings_drawn, lines=st.integers(1, 300), interval_s=st.floats(0.01, 100))
def test_a_setting_is_allowed_only_within_its_limit(setting: Setting, lines: int, interval_s: float) -> None:
    for judged in (
        preflight_lines(setting, lines),
        preflight_interval(setting, interval_s),
        preflight_progressive(setting),
    ):
        assert (judged.decision is Decision.ALLOWED) == (judged.abandonment + judged.late <= setting.limit)
        assert 0 <= judged.utilisation <= 1 + 1e-9
        assert 0 <= judged.abandonment <= 1
        assert judged.late == 0 or setting.patience_s > 2


@pytest.mark.parametrize(
    ("ratio", "lines"), [(1.0, 50), (1.1, 55), (1.14, 57), (1.25, 63), (0.001, 1), (1.0000000001, 50)]
)
def test_a_ratio_is_judged_by_no_fewer_lines_than_it_makes(ratio: float, lines: int) -> None:
    judged = preflight_ratio(SALES, ratio)
    assert judged.lines == lines
    assert judged == preflight_lines(SALES, lines)


def test_whoever_waits_longer_than_two_seconds_counts_although_an_agent_came() -> None:
    patient = preflight_lines(dataclasses.replace(SALES, patience_s=30.0), 58)
    strict = preflight_lines(dataclasses.replace(SALES, patience_s=2.0), 58)
    assert patient.abandonment < 0.03 < strict.abandonment
    assert patient.abandonment + patient.late > 0.03
    assert patient.decision is Decision.REFUSED


def test_progressive_abandons_nobody() -> None:
    judged = preflight_progressive(dataclasses.replace(SALES, limit=0.0))
    assert (judged.abandonment, judged.decision) == (0.0, Decision.ALLOWED)
    assert judged.utilisation == pytest.approx(preflight_ratio(SALES, 1.0).utilisation)


@pytest.mark.parametrize(
    ("field", "value", "bound"),
    [
        ("agents", 0, "a whole number from 1 to 100000"),
        ("answer_rate", 30.0, "a fraction above 0 to 1"),
        ("handle_s", 0.0, "above 0 to 86400 seconds"),
        ("ring_s", math.nan, "from 0 to 86400 seconds"),
        ("ring_unanswered_s", -1.0, "from 0 to 86400 seconds"),
        ("patience_s", 601.0, "from 0 to 600 seconds"),
        ("limit", 1.0, "a fraction from 0 to below 1"),
    ],
)
def test_a_setting_out_of_bounds_names_field_value_and_bound(field: str, value: float, bound: str) -> None:
    with pytest.raises(ParameterError) as refused:
        dataclasses.replace(SALES, **{field: value})  # type: ignore[arg-type]  # the field varies, and so does its type
    assert (refused.value.field, refused.value.bound) == (field, bound)
    assert str(value) in str(refused.value)
