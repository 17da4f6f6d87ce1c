from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import integrate, stats

from paceline.inference.confidence_sequence import (
    Claim,
    Prior,
    chance_to_see,
    evidence_path,
    limit_evidence,
    log_evidence,
    mixture_interval,
)
from paceline.inference.errors import InputError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import generator
from paceline.inference.rate_bounds import clopper_pearson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def integrated(events: int, trials: int, limit: float, low: float, high: float) -> float:
    """Return the mean likelihood ratio over the prior restricted to a range, by quadrature."""
    prior = stats.beta(3, 97)

    def ratio(q: float) -> float:
        odds = events * math.log(q / limit) + (trials - events) * math.log((1 - q) / (1 - limit))
        return float(prior.pdf(q)) * math.exp(odds)

    points = [one for one in (0.01, 0.03, 0.06, events / trials) if low < one < high]
    return float(integrate.quad(ratio, low, high, points=points, limit=200)[0] / (prior.cdf(high) - prior.cdf(low)))


@pytest.mark.parametrize(
    ("events", "trials", "limit"), [(0, 40, 0.03), (9, 200, 0.03), (50, 1000, 0.03), (3, 900, 0.02)]
)
def test_evidence_is_the_mean_likelihood_ratio_over_the_prior(events: int, trials: int, limit: float) -> None:
    assert log_evidence(events, trials, rate=limit) == pytest.approx(
        math.log(integrated(events, trials, limit, 1e-12, 1 - 1e-12)), abs=1e-5
    )
    above = limit_evidence(events, trials, limit=limit, claim=Claim.ABOVE)
    assert above == pytest.approx(math.log(integrated(events, trials, limit, limit, 1 - 1e-12)), abs=1e-5)
    below = limit_evidence(events, trials, limit=limit, claim=Claim.BELOW)
    assert below == pytest.approx(math.log(integrated(events, trials, limit, 1e-12, limit)), abs=1e-5)


def test_published_interval_at_ten_thousand_answers() -> None:
    found = mixture_interval(300, 10_000)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0248, 0.0359)
    single = clopper_pearson(300, 10_000)
    assert (round(single.low, 4), round(single.high, 4)) == (0.0267, 0.0335)


def test_truth_is_excluded_at_any_look_in_at_most_one_run_in_twenty() -> None:
    outcomes = generator(21).random((2000, 1500)) < 0.03
    ever = (evidence_path(outcomes, rate=0.03) >= math.log(20)).any(axis=1)
    assert np.mean(ever) <= 0.05


def test_repeated_fixed_looks_exclude_the_truth_far_more_often() -> None:
    outcomes = generator(22).random((400, 10_000)) < 0.03
    counts = np.cumsum(outcomes, axis=1)[:, 99::100]
    trials = np.arange(100, 10_001, 100)
    p_values = 2 * np.minimum(stats.binom.cdf(counts, trials, 0.03), stats.binom.sf(counts - 1, trials, 0.03))
    peeked = np.mean((p_values <= 0.05).any(axis=1))
    sequence = np.mean((evidence_path(outcomes, rate=0.03)[:, 99::100] >= math.log(20)).any(axis=1))
    assert peeked > 0.2
    assert sequence <= 0.05


@pytest.mark.parametrize(
    ("claim", "truth"), [(Claim.ABOVE, 0.03), (Claim.ABOVE, 0.02), (Claim.BELOW, 0.03), (Claim.BELOW, 0.04)]
)
def test_false_claim_about_a_limit_is_shown_at_any_look_in_at_most_one_run_in_twenty(
    claim: Claim, truth: float
) -> None:
    counts = np.cumsum(generator(23).random((300, 1200)) < truth, axis=1)[:, 39::40]
    ever = [
        any(
            limit_evidence(int(x), 40 * (look + 1), limit=0.03, claim=claim) >= math.log(20)
            for look, x in enumerate(row)
        )
        for row in counts
    ]
    assert np.mean(ever) <= 0.05


@given(counts=COUNTS, level=st.sampled_from((0.8, 0.95)))
@example((85, 89), 0.8)
def test_bounds_are_where_the_evidence_begins_to_reject(counts: tuple[int, int], level: float) -> None:
    events, trials = counts
    found = mixture_interval(events, trials, level=level)
    assert found.low <= found.estimate <= found.high
    enough = -math.log(1 - level)
    for bound in (found.low, found.high):
        if 0.0 < bound < 1.0:
            assert log_evidence(events, trials, rate=bound) >= enough - 1e-9
            # Near 1 a double has few digits left: the next one within is as near as one can look.
            within = math.nextafter(bound, found.estimate)
            assert log_evidence(events, trials, rate=within) <= enough + 1e-3


@pytest.mark.parametrize("counts", [(3, 100), (30, 1000), (300, 10_000), (3000, 100_000)])
def test_looking_early_costs_width(counts: tuple[int, int]) -> None:
    ours, single = mixture_interval(*counts), clopper_pearson(*counts)
    assert ours.low < single.low
    assert ours.high > single.high


@given(outcomes=st.lists(st.integers(0, 1), min_size=1, max_size=60), rate=st.sampled_from((0.02, 0.3)))
def test_path_is_the_evidence_after_each_trial(outcomes: list[int], rate: float) -> None:
    path = evidence_path(outcomes, rate=rate)
    for n in range(1, len(outcomes) + 1):
        assert path[n - 1] == pytest.approx(log_evidence(sum(outcomes[:n]), n, rate=rate), abs=1e-9)


def test_evidence_starts_at_one_and_a_peak_is_a_p_value() -> None:
    assert log_evidence(0, 0, rate=0.2) == 0.0
    assert limit_evidence(0, 0, limit=0.2, claim=Claim.BELOW) == 0.0
    assert chance_to_see(math.log(40)) == pytest.approx(0.025)
    assert chance_to_see(-3.0) == 1.0


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="rate is 0"):
        log_evidence(1, 2, rate=0.0)
    with pytest.raises(InputError, match="events is 3; it must be from 0 to 2"):
        mixture_interval(3, 2)
    with pytest.raises(InputError, match="trials is 0"):
        mixture_interval(0, 0)
    with pytest.raises(InputError, match=r"prior\.others is 0"):
        Prior(events=1.0, others=0.0)
    with pytest.raises(InputError, match="0 or 1 each"):
        evidence_path([0, 2], rate=0.1)


def test_prior_without_weight_where_the_claim_is_makes_no_evidence() -> None:
    with pytest.raises(InputError, match="possible above"):
        limit_evidence(10, 10, limit=0.9999, claim=Claim.ABOVE, prior=Prior(events=3, others=997))


def test_one_sided_statement_is_the_same_bound() -> None:
    both = mixture_interval(30, 1000)
    upper = mixture_interval(30, 1000, sides=Sides.UPPER)
    assert (upper.low, upper.high) == (0.0, both.high)
