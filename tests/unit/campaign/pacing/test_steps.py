from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Limits
from paceline.campaign.pacing.steps import STEP, steps
from paceline.primitives.findings import Findings, Severity
from tests.unit.campaign.pacing.pacings import MODERATE, around, projection, setting, whole

RATE = st.decimals(min_value=Decimal("0.40"), max_value=Decimal("0.95"), places=5)
CALLS = st.integers(5, 150)
STEPS = st.one_of(st.none(), st.decimals(min_value=Decimal("0.001"), max_value=1, places=3))


def of_steps(found: Findings) -> list[tuple[str | None, Severity]]:
    return [(one.field, one.severity) for one in found if one.rule == "pacing.step-limit"]


def test_step_from_72_to_85_in_100_is_refused_and_to_82_accepted() -> None:
    far, near = (setting(answer_rate=Decimal(rate)).guard(around()) for rate in ("0.85", "0.82"))
    (found,) = far
    assert (found.rule, found.severity, found.field) == ("pacing.step-limit", Severity.REVIEW, "answer_rate")
    assert (found.found, found.limit, found.source) == ("0.85", "0.82", None)
    assert found.message == (
        "answer_rate from 0.72 to 0.85 is a step of 0.13, more than 0.10: one change goes to 0.82 at most"
    )
    assert near == Findings()


@pytest.mark.parametrize(
    ("named", "refused"),
    [
        ({"answer_rate": Decimal("0.8200000001")}, True),
        ({"answer_rate": Decimal("0.62")}, False),
        ({"answer_rate": Decimal("0.6199999")}, True),
        ({"abandonment_aim": Decimal("0.03")}, False),
        ({"max_calls": 88}, False),
        ({"max_calls": 89}, True),
        ({"max_calls": 72}, False),
        ({"max_calls": 71}, True),
        ({"call_interval_ms": 108}, False),
        ({"call_interval_ms": 107}, True),
        ({"call_interval_ms": 132}, False),
        ({"call_interval_ms": 133}, True),
        ({"warm_up_s": 66}, False),
        ({"warm_up_s": 67}, True),
        ({"warm_up_s": 54}, False),
        ({"warm_up_s": 0}, True),
    ],
    ids=str,
)
def test_rates_go_a_tenth_and_counts_a_tenth_of_what_is_live(named: dict[str, Any], refused: bool) -> None:
    found = setting(**named).guard(around(forecast=projection()))
    assert of_steps(found) == ([(next(iter(named)), Severity.REVIEW)] if refused else [])


@given(live=RATE, wanted=RATE, step=STEPS)
def test_step_of_a_rate_is_compared_exactly(live: Decimal, wanted: Decimal, step: Decimal | None) -> None:
    most = min(Fraction(1, 10), Fraction(1, 10) if step is None else Fraction(step))
    found = steps(replace(MODERATE, answer_rate=live), replace(MODERATE, answer_rate=wanted), Limits(pacing_step=step))
    assert bool(found) == (abs(Fraction(wanted) - Fraction(live)) > most)


@given(live=CALLS, wanted=CALLS, step=STEPS)
def test_step_of_a_count_is_compared_exactly_with_the_live_one(live: int, wanted: int, step: Decimal | None) -> None:
    thousandths = min(100, 100 if step is None else int(step * 1000))
    found = steps(replace(MODERATE, max_calls=live), replace(MODERATE, max_calls=wanted), Limits(pacing_step=step))
    assert bool(found) == (abs(wanted - live) * 1000 > thousandths * live)


@given(live=CALLS, wanted=CALLS)
def test_farthest_count_that_is_named_would_be_taken_and_the_one_beyond_it_not(live: int, wanted: int) -> None:
    before = replace(MODERATE, max_calls=live)
    for found in steps(before, replace(MODERATE, max_calls=wanted), Limits()):
        end = found.limit
        assert isinstance(end, int)
        beyond = end + (1 if wanted > live else -1)
        assert steps(before, replace(MODERATE, max_calls=end), Limits()) == []
        assert steps(before, replace(MODERATE, max_calls=beyond), Limits())


def test_there_is_no_step_from_nothing() -> None:
    assert of_steps(whole().guard(around(live=None, forecast=projection(now=None, difference=None)))) == []
    assert of_steps(setting(warm_up_s=600).guard(around(live=replace(MODERATE, warm_up_s=0)))) == []


def test_declared_step_tightens_and_never_loosens() -> None:
    change = setting(answer_rate=Decimal("0.78"))
    assert of_steps(change.guard(around(limits=Limits(pacing_step=Decimal("0.06"))))) == []
    (found,) = change.guard(around(limits=Limits(pacing_step=Decimal("0.05"))))
    assert (found.rule, found.limit, found.source) == ("pacing.step-limit", "0.77", "the declared limits")
    wide = setting(answer_rate=Decimal("0.83")).guard(around(limits=Limits(pacing_step=Decimal("0.5"))))
    assert of_steps(wide) == [("answer_rate", Severity.REVIEW)]
    assert Decimal("0.10") == STEP


def test_count_so_small_that_no_step_of_it_is_small_enough_says_so() -> None:
    (found,) = steps(replace(MODERATE, max_calls=9), replace(MODERATE, max_calls=10), Limits())
    assert (found.limit, found.message.endswith("no step of it is small enough")) == (9, True)


HOUSE = Limits(
    least_answer_rate=Decimal("0.70"),
    most_abandonment_aim=Decimal("0.012"),
    max_calls=85,
    least_call_interval_ms=115,
)
BEYOND: list[tuple[str, Any, Any]] = [
    ("answer_rate", Decimal("0.69"), "0.70"),
    ("abandonment_aim", Decimal("0.013"), "0.012"),
    ("max_calls", 86, 85),
    ("call_interval_ms", 114, 115),
]


@pytest.mark.parametrize(("field", "value", "limit"), BEYOND)
def test_what_is_beyond_the_declared_limits_wants_a_person_and_what_is_at_them_does_not(
    field: str, value: Any, limit: Any
) -> None:
    def declared(found: Findings) -> list[tuple[Any, ...]]:
        return [(one.field, one.severity, one.limit, one.source) for one in found if one.rule == "pacing.declared"]

    situation = around(limits=HOUSE)
    beyond = [(field, Severity.REVIEW, limit, "the declared limits")]
    assert declared(setting(**{field: value}).guard(situation)) == beyond
    at = Decimal(limit) if isinstance(limit, str) else limit
    assert declared(setting(**{field: at}).guard(situation)) == []


@pytest.mark.parametrize(("field", "value", "limit"), BEYOND)
def test_what_is_beyond_them_already_keeps_nobody_from_tightening(field: str, value: Any, limit: Any) -> None:
    live: Pacing = replace(MODERATE, **{field: value})
    found = setting(warm_up_s=61).guard(around(live=live, limits=HOUSE))
    assert [(one.rule, one.field, one.severity, one.limit) for one in found] == [
        ("pacing.declared", field, Severity.INFO, limit)
    ]
