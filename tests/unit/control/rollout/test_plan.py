from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Limits
from paceline.campaign.pacing.steps import STEP, steps
from paceline.control.rollout.plan import MOST_STEPS, Plan, PlanError, block_for, divided, settle_for
from paceline.primitives.canonical import canonical_json
from tests.unit.control.rollout.weeks_told import pacing

PACINGS = st.builds(
    pacing,
    aim=st.integers(0, 300).map(lambda parts: str(Decimal(parts) / 10_000)),
    answer_rate=st.integers(4000, 9500).map(lambda parts: Decimal(parts) / 10_000),
    max_calls=st.integers(5, 150),
    call_interval_ms=st.integers(50, 500),
    warm_up_s=st.integers(0, 600),
)


@given(live=PACINGS, wanted=PACINGS, count=st.integers(1, MOST_STEPS))
def test_steps_go_evenly_and_never_back_and_end_at_the_wish(live: Pacing, wanted: Pacing, count: int) -> None:
    way = divided(live, wanted, count)
    assert len(way) == count
    assert way[-1] == wanted
    for name in ("answer_rate", "abandonment_aim", "max_calls", "call_interval_ms", "warm_up_s"):
        begin, end = getattr(live, name), getattr(wanted, name)
        grain = Decimal("0.0001") if isinstance(begin, Decimal) else 1
        for at, step in enumerate(way[:-1], 1):
            exact = Decimal(begin) + (Decimal(end) - Decimal(begin)) * at / count
            assert abs(Decimal(getattr(step, name)) - exact) < grain
            assert abs(getattr(step, name) - begin) <= abs(exact - Decimal(begin)) + Decimal("1e-20")
        values = [begin, *(getattr(step, name) for step in way)]
        assert values in (sorted(values), sorted(values, reverse=True))


def test_steps_are_exact_decimals() -> None:
    live, wanted = pacing("0.01", answer_rate=Decimal("0.72")), pacing("0.02", answer_rate=Decimal("0.60"))
    way = divided(live, wanted, 3)
    assert [step.answer_rate for step in way] == [Decimal("0.68"), Decimal("0.64"), Decimal("0.60")]
    assert [step.abandonment_aim for step in way] == [Decimal("0.0133"), Decimal("0.0166"), Decimal("0.02")]


@given(live=PACINGS, wanted=PACINGS, count=st.integers(1, MOST_STEPS))
def test_no_step_of_a_plan_goes_further_than_one_change_may(live: Pacing, wanted: Pacing, count: int) -> None:
    limits = Limits(pacing_step=STEP)
    assume(all(a != b for a, b in pairwise((live, *divided(live, wanted, count)))))
    if any(steps(a, b, limits) for a, b in pairwise((live, *divided(live, wanted, count)))):
        with pytest.raises(PlanError, match="further"):
            Plan.between(live, wanted, steps=count, step_limit=STEP)
    else:
        assert Plan.between(live, wanted, steps=count, step_limit=STEP).steps == divided(live, wanted, count)


def test_steps_that_are_too_long_are_refused_with_how_many_would_do() -> None:
    live, wanted = pacing(answer_rate=Decimal("0.85")), pacing(answer_rate=Decimal("0.60"))
    with pytest.raises(PlanError, match="answer_rate goes further") as refused:
        Plan.between(live, wanted, steps=2, step_limit=Decimal("0.10"))
    assert refused.value.hint == "3 steps would do"
    assert len(Plan.between(live, wanted, steps=3, step_limit=Decimal("0.10")).steps) == 3
    with pytest.raises(PlanError) as never:
        Plan.between(pacing(max_calls=5), pacing(max_calls=150), steps=20, step_limit=Decimal("0.10"))
    assert "would not do either" in (never.value.hint or "")


def test_steps_that_would_change_nothing_are_refused_with_how_many_would_do() -> None:
    live, wanted = pacing(max_calls=60), pacing(max_calls=63)
    with pytest.raises(PlanError, match="with 5 steps, step 1 changes nothing") as refused:
        Plan.between(live, wanted, steps=5)
    assert refused.value.hint == "3 steps would do"
    assert len(Plan.between(live, wanted, steps=3).steps) == 3
    with pytest.raises(PlanError, match="step 1 changes nothing"):
        Plan.between(live, live, steps=1)


@given(handle_s=st.floats(5.0, 20_000.0))
def test_block_is_five_handle_times_or_more_and_divides_a_day(handle_s: float) -> None:
    block = block_for(handle_s)
    assert block >= min(timedelta(days=1), timedelta(seconds=5 * handle_s))
    assert block >= timedelta(minutes=15)
    assert timedelta(days=1) % block == timedelta(0)
    assert settle_for(handle_s, 12.0) >= timedelta(seconds=handle_s)


def test_plan_made_with_a_handle_time_has_its_block_and_settling() -> None:
    made = Plan.between(pacing("0.005"), pacing(), steps=2, handle_s=300.0, ring_s=20.0, least_answers=500)
    assert made.block == timedelta(minutes=30)
    assert made.settle == timedelta(minutes=6)
    assert made.least_answers == 500
    assert made.error == pytest.approx(0.025)


@given(live=PACINGS, wanted=PACINGS)
def test_plan_is_read_back_from_its_document(live: Pacing, wanted: Pacing) -> None:
    assume(all(a != b for a, b in pairwise((live, *divided(live, wanted, 4)))))
    made = Plan.between(live, wanted, steps=4, handle_s=200.0, least_gain=0.002, level=0.9)
    text = canonical_json(made.document())
    assert Plan.of(json.loads(text)) == made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", ()),
        ("interval", timedelta(seconds=-1)),
        ("least_answers", 0),
        ("least_blocks", 3),
        ("block", timedelta(minutes=7)),
        ("block", timedelta(seconds=90)),
        ("settle", timedelta(seconds=-1)),
        ("level", 0.5),
        ("level", float("nan")),
        ("least_gain", -0.01),
        ("blind", timedelta(minutes=4)),
        ("ceiling", 0.0),
    ],
)
def test_plan_that_could_not_be_judged_is_refused_by_the_name_of_its_part(field: str, value: object) -> None:
    with pytest.raises(PlanError, match=field):
        Plan(**{"steps": (pacing(),), field: value})  # type: ignore[arg-type]  # one of them is wrong


def test_what_is_no_document_of_a_plan_is_refused() -> None:
    document = dict(Plan(steps=(pacing(),)).document())
    for broken in ({}, {**document, "block_s": "soon"}, {**document, "steps": [{"answer_rate": "x"}]}):
        with pytest.raises(PlanError, match="not the document"):
            Plan.of(broken)
    with pytest.raises(PlanError, match="steps cannot be 0"):
        Plan.between(pacing(), pacing("0.02"), steps=0)
