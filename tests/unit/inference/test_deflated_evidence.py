from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.inference.clusters import design_effect
from paceline.inference.confidence_sequence import Claim, limit_evidence, mixture_interval
from paceline.inference.deflated_evidence import deflated_evidence, deflated_interval, running_effect
from paceline.inference.errors import InputError
from paceline.inference.inputs import generator
from tests.unit.inference.days import beta_binomial_days

BLOCKS = st.lists(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=20
)


@given(blocks=BLOCKS, claim=st.sampled_from(Claim))
def test_evidence_at_a_design_effect_of_one_is_that_of_single_trials(
    blocks: list[tuple[int, int]], claim: Claim
) -> None:
    events, trials = (list(row) for row in zip(*blocks, strict=True))
    path = deflated_evidence(events, trials, effects=[1.0] * len(blocks), limit=0.03, claim=claim)
    for at in range(len(blocks)):
        whole = limit_evidence(sum(events[: at + 1]), sum(trials[: at + 1]), limit=0.03, claim=claim)
        assert path[at] == pytest.approx(whole, abs=1e-6) or (path[at] < -30 and whole < -30)


@given(events=st.integers(0, 200), others=st.integers(1, 5000))
def test_interval_at_a_design_effect_of_one_is_the_mixture_interval(events: int, others: int) -> None:
    found = deflated_interval(events, events + others, effect=1.0)
    plain = mixture_interval(events, events + others)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    wider = deflated_interval(events, events + others, effect=3.0)
    assert wider.low <= found.low
    assert wider.high >= found.high


@given(blocks=BLOCKS, weight=st.sampled_from((0.5, 6.0)))
def test_running_effect_is_the_design_effect_of_what_was_seen_mixed_with_what_was_supposed(
    blocks: list[tuple[int, int]], weight: float
) -> None:
    events, trials = (list(row) for row in zip(*blocks, strict=True))
    path = running_effect(events, trials, supposed=2.0, weight=weight)
    for at in range(len(blocks)):
        some, tried = events[: at + 1], trials[: at + 1]
        seen = 2.0
        if at > 0 and 0 < sum(some) < sum(tried):
            seen = design_effect(some, tried).estimate
        assert path[at] == pytest.approx(max(1.0, (weight * 2.0 + at * seen) / (weight + at)), rel=1e-6)


@pytest.mark.parametrize("claim", list(Claim))
def test_bursts_show_a_false_claim_at_any_look_in_about_one_run_in_twenty_at_most(claim: Claim) -> None:
    runs, blocks, shown = 400, 160, 0
    for events in beta_binomial_days(generator(9), rate=0.03, answers=240, effect=2.0, shape=(runs, blocks)):
        trials = [240] * blocks
        effects = running_effect(events, trials)
        path = deflated_evidence(events, trials, effects=effects, limit=0.03, claim=claim)
        shown += bool(path.max() >= math.log(20.0))
    assert shown <= 0.05 * runs + 3 * math.sqrt(0.05 * 0.95 * runs)


def test_six_in_a_hundred_is_shown_above_three_within_three_blocks_of_bursts_in_the_median() -> None:
    needed = []
    for events in beta_binomial_days(generator(7), rate=0.06, answers=240, effect=2.0, shape=(200, 40)):
        trials = [240] * 40
        path = deflated_evidence(events, trials, effects=running_effect(events, trials), limit=0.03, claim=Claim.ABOVE)
        crossed = np.flatnonzero(path >= math.log(20.0))
        needed.append(240 * (crossed[0] + 1) if crossed.size else np.inf)
    assert np.median(needed) <= 720


def test_what_makes_no_sense_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match="effects"):
        deflated_evidence([1], [10], effects=[0.5], limit=0.03, claim=Claim.ABOVE)
    with pytest.raises(InputError, match="effects"):
        deflated_evidence([1], [10], effects=[1.0, 1.0], limit=0.03, claim=Claim.ABOVE)
    with pytest.raises(InputError, match="effect"):
        deflated_interval(1, 10, effect=math.nan)
    with pytest.raises(InputError, match="supposed"):
        running_effect([1], [10], supposed=0.9)
    with pytest.raises(InputError, match="events"):
        running_effect([11], [10])
