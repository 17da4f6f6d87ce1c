"""How well predictions agree with what came of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scipy.stats import beta

from paceline.campaign.evidence import UTILISATION
from paceline.campaign.forecast import Between
from paceline.control.predictions.accuracy import accuracy_by_source, accuracy_of
from paceline.control.predictions.prediction import Prediction, Realised
from tests.unit.control.predictions.made import prediction

TWIN = "twin"


def test_of_nothing_measured_there_is_no_accuracy() -> None:
    assert accuracy_of([], source=TWIN) == ()
    assert accuracy_of([prediction(1, 0.01)], source=TWIN) == ()


def test_coverage_counts_those_that_held_with_its_exact_interval() -> None:
    held = [prediction(n, 0.010 * n, 0.010 * n + 0.002) for n in range(1, 10)]
    missed = prediction(10, 0.01, 0.05)
    (found,) = accuracy_of([*held, missed], source=TWIN)
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
    assert accuracy_of(told, source=TWIN)[0].rank_correlation == pytest.approx(rank)


def test_sources_are_told_apart_and_none_counts_for_another() -> None:
    twin = prediction(1, 0.01, 0.011)
    missed = replace(prediction(2, 0.01, 0.05), source="experiment")
    level = replace(prediction(3, 0.9, 0.9), source="projection")
    found = accuracy_by_source([twin, missed, level, replace(prediction(4, 0.01), source="nobody")])
    told = {source: (one.covering.held, one.covering.n) for source, (one,) in found.items()}
    assert told == {"twin": (1, 1), "experiment": (0, 1), "projection": (1, 1)}


def test_ranks_of_two_changes_say_nothing() -> None:
    assert accuracy_of([prediction(1, 0.01, 0.01), prediction(2, 0.02, 0.02)], source=TWIN)[0].rank_correlation is None


def test_ranks_of_equal_predictions_say_nothing() -> None:
    assert accuracy_of([prediction(n, 0.01, n / 100) for n in range(5)], source=TWIN)[0].rank_correlation is None


def test_prediction_is_read_back_as_it_was_kept() -> None:
    levels = Realised(value=Between(mean=0.9, low=0.88, high=0.91), blocks=30, days=5, is_level=True)
    one = prediction(3, 0.9)
    of_pacing = replace(one, source="projection", metrics=(replace(one.metrics[0], realised=levels),))
    for made in (prediction(1, 0.01), prediction(2, 0.01, 0.02), of_pacing):
        assert Prediction.of(made.document()) == made
