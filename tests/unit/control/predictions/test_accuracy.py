"""How well predictions agree with what came of them."""

from __future__ import annotations

import pytest
from scipy.stats import beta

from paceline.campaign.evidence import UTILISATION
from paceline.control.predictions.accuracy import accuracy_of
from paceline.control.predictions.prediction import Prediction
from tests.unit.control.predictions.made import prediction


def test_of_nothing_measured_there_is_no_accuracy() -> None:
    assert accuracy_of([]) == ()
    assert accuracy_of([prediction(1, 0.01)]) == ()


def test_coverage_counts_those_that_held_with_its_exact_interval() -> None:
    held = [prediction(n, 0.010 * n, 0.010 * n + 0.002) for n in range(1, 10)]
    missed = prediction(10, 0.01, 0.05)
    (found,) = accuracy_of([*held, missed])
    assert (found.metric, found.covering.held, found.covering.n) == (UTILISATION, 9, 10)
    assert found.covering.share == pytest.approx(0.9)
    assert found.covering.low == pytest.approx(beta.ppf(0.025, 9, 2))
    assert found.covering.high == pytest.approx(beta.ppf(0.975, 10, 1))


def test_error_of_the_measuring_widens_what_counts_as_held() -> None:
    narrow, wide = prediction(1, 0.01, 0.02, half=0.004), prediction(1, 0.01, 0.02, half=0.008)
    assert narrow.metrics[0].covered is False
    assert wide.metrics[0].covered is True


@pytest.mark.parametrize(("realised", "rank"), [((1, 2, 3, 4), 1.0), ((4, 3, 2, 1), -1.0), ((1, 3, 2, 4), 0.8)])
def test_ranks_agree_where_greater_was_greater(realised: tuple[int, ...], rank: float) -> None:
    told = [prediction(n, n / 100, came / 100) for n, came in enumerate(realised, start=1)]
    assert accuracy_of(told)[0].rank_correlation == pytest.approx(rank)


def test_ranks_of_two_changes_say_nothing() -> None:
    assert accuracy_of([prediction(1, 0.01, 0.01), prediction(2, 0.02, 0.02)])[0].rank_correlation is None


def test_ranks_of_equal_predictions_say_nothing() -> None:
    assert accuracy_of([prediction(n, 0.01, n / 100) for n in range(5)])[0].rank_correlation is None


def test_prediction_is_read_back_as_it_was_kept() -> None:
    for made in (prediction(1, 0.01), prediction(2, 0.01, 0.02)):
        assert Prediction.of(made.document()) == made
