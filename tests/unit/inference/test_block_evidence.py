from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.inference.block_evidence import STAKES, block_evidence, block_interval, evidence_by_block
from paceline.inference.confidence_sequence import Claim, evidence_path
from paceline.inference.errors import InputError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import generator
from tests.unit.inference.days import beta_binomial_days

BLOCKS = st.lists(
    st.integers(0, 100).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30
).filter(lambda blocks: any(n for _, n in blocks))


@given(blocks=BLOCKS, claim=st.sampled_from(Claim), limit=st.sampled_from((0.03, 0.5)))
def test_evidence_is_the_mean_of_the_products_written_out(
    blocks: list[tuple[int, int]], claim: Claim, limit: float
) -> None:
    products = [1.0] * len(STAKES)
    for events, answers in blocks:
        gain = events - limit * answers
        share = gain / (limit * 120) if claim is Claim.ABOVE else -gain / ((1 - limit) * 120)
        products = [product * (1 + stake * share) for product, stake in zip(products, STAKES, strict=True)]
    found = block_evidence(*zip(*blocks, strict=True), limit=limit, claim=claim, most_answers=120)
    assert found.log_evidence == pytest.approx(math.log(sum(products) / len(products)), abs=1e-9)
    assert found.log_peak >= max(0.0, found.log_evidence)
    assert found.estimate == pytest.approx(sum(e for e, _ in blocks) / sum(n for _, n in blocks))


@pytest.mark.parametrize(
    ("claim", "truth"), [(Claim.ABOVE, 0.03), (Claim.BELOW, 0.03), (Claim.ABOVE, 0.025), (Claim.BELOW, 0.035)]
)
def test_false_claim_is_shown_at_any_look_in_at_most_one_run_in_twenty(claim: Claim, truth: float) -> None:
    blocks = beta_binomial_days(generator(31), rate=truth, answers=100, effect=3.0, shape=(2000, 60))
    shown = [block_evidence(row, np.full(60, 100), limit=0.03, claim=claim, most_answers=110).shown() for row in blocks]
    assert np.mean(shown) <= 0.05


def bursts(chance: np.random.Generator, blocks: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return [blocks, 200] abandoned calls, three in a hundred over time, all of them in states that last 25 calls."""
    crowded = chance.random((blocks, 8)) < 0.15
    return np.repeat(crowded, 25, axis=1) & (chance.random((blocks, 200)) < 0.2)


def test_blocks_hold_where_single_calls_of_the_same_bursts_prove_a_breach_that_is_none() -> None:
    chance = generator(32)
    by_call, by_block = [], []
    for _ in range(300):
        calls = bursts(chance, 40)
        by_call.append(bool((evidence_path(calls.ravel(), rate=0.03) >= math.log(20)).any()))
        by_block.append(
            block_evidence(calls.sum(axis=1), [200] * 40, limit=0.03, claim=Claim.ABOVE, most_answers=200).shown()
        )
    assert np.mean(by_call) > 0.1
    assert np.mean(by_block) <= 0.05


def test_breach_of_a_limit_is_shown_and_its_opposite_is_not() -> None:
    blocks = beta_binomial_days(generator(33), rate=0.05, answers=400, effect=3.0, shape=(80,))
    above = block_evidence(blocks, np.full(80, 400), limit=0.03, claim=Claim.ABOVE, most_answers=450)
    below = block_evidence(blocks, np.full(80, 400), limit=0.03, claim=Claim.BELOW, most_answers=450)
    assert (above.shown(), below.shown()) == (True, False)
    assert above.shown(0.9)


def test_interval_covers_the_rate_at_all_looks_together() -> None:
    blocks = beta_binomial_days(generator(34), rate=0.03, answers=100, effect=3.0, shape=(200, 80))
    missed = 0
    for row in blocks:
        found = block_interval(row, np.full(80, 100), most_answers=120)
        missed += not found.low <= 0.03 <= found.high
    assert missed / 200 <= 0.05


def test_interval_ends_where_the_evidence_has_once_been_enough() -> None:
    row = beta_binomial_days(generator(35), rate=0.05, answers=400, effect=3.0, shape=(80,))
    answers = np.full(80, 400)
    found = block_interval(row, answers, most_answers=450, sides=Sides.LOWER)
    peak = evidence_by_block(row, answers, limit=found.low, claim=Claim.ABOVE, most_answers=450).max()
    assert peak == pytest.approx(math.log(20), abs=1e-6)
    assert found.high == 1.0


def test_blocks_that_no_single_rate_explains_have_bounds_that_cross() -> None:
    found = block_interval([90] * 60 + [0] * 400, [100] * 460, most_answers=100)
    assert found.low > found.high


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"answers\[1\] is 130; it must be at most most_answers, 120"):
        block_evidence([1, 2], [100, 130], limit=0.03, claim=Claim.ABOVE, most_answers=120)
    with pytest.raises(InputError, match="limit is 3"):
        block_evidence([1], [100], limit=3, claim=Claim.ABOVE, most_answers=120)
    with pytest.raises(InputError, match=r"events\[0\] is 101"):
        block_evidence([101], [100], limit=0.03, claim=Claim.ABOVE, most_answers=120)
