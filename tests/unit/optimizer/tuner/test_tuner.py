"""What a tuner finds on a twin that is known, and what it refuses to find."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paceline.campaign.blocks import WEIGHT_KEYS, DialingMode, DialingRules
from paceline.campaign.evidence import Evidence
from paceline.optimizer.tuner.search import box_of
from paceline.optimizer.tuner.told import QUIET, TuneAsked, Tuned
from paceline.optimizer.tuner.trials import Trials, spread
from paceline.optimizer.tuner.tuner import tuned
from paceline.twin.weighing import TwinWeigher
from tests.unit.optimizer.tuner.twins import TUNING, observed, twin, weights

BAD = observed(weights(predictive_factor="-0.3"))
TWIN = twin(BAD)
LIVE = weights(predictive_factor="-0.3")


def asked(*, ceiling: float = 0.03, seed: int = 3, most: int = 100) -> TuneAsked:
    """Return the question for a campaign whose weights are badly set."""
    return TuneAsked(observed=BAD, twin=TWIN, ceiling=ceiling, seed=seed, most_trials=most)


def found(question: TuneAsked) -> Tuned:
    """Return what is found; something is."""
    answer = tuned(question, TwinWeigher(lambda _campaign: question.twin))
    assert isinstance(answer, Tuned)
    return answer


@pytest.fixture(scope="module")
def best() -> Tuned:
    """What is found for the campaign."""
    return found(asked())


def test_badly_set_weights_are_found_out_and_bettered(best: Tuned) -> None:
    assert best.changed
    assert best.fit.utilisation > best.live_fit.utilisation + 0.01
    assert isinstance(best.evidence, Evidence)
    assert best.evidence.worth_having


def test_no_weight_goes_further_than_one_change_may(best: Tuned) -> None:
    for key, value in best.changed.items():
        assert abs(value - best.live.of(key)) <= best.live.deviation_limit
        assert -1 <= value <= 1


def test_weights_that_do_as_well_together_are_told_as_few_keys(best: Tuned) -> None:
    """Three keys pull at the same lines here: one of them is enough."""
    assert len(best.changed) == 1


def test_keys_that_cannot_act_are_not_searched(best: Tuned) -> None:
    """150 lines and 20 looks a second hold nobody back here."""
    assert "max_concurrent" not in best.searched
    assert {"predictive_factor", "answer_rate", "agent_efficiency"} <= set(best.searched)


def test_the_bound_of_what_is_found_is_below_the_ceiling(best: Tuned) -> None:
    assert best.fit.bound < 0.03
    assert best.fit.abandonment < best.fit.bound


def test_a_lower_ceiling_finds_gentler_weights(best: Tuned) -> None:
    gentler = found(asked(ceiling=0.015, most=0))
    assert gentler.fit.bound < 0.015
    assert gentler.fit.utilisation < best.fit.utilisation


def test_the_same_seed_finds_the_same(best: Tuned) -> None:
    again = found(asked())
    assert (again.changed, again.path, again.evaluated) == (best.changed, best.path, best.evaluated)


def test_convergence_is_told_with_its_precision_or_denied(best: Tuned) -> None:
    quiet = [one.is_quiet for one in best.path[-QUIET:]]
    assert best.converged == (len(quiet) == QUIET and all(quiet))
    cut = found(asked(most=0))
    assert not cut.converged
    assert "ended after" in cut.convergence


def test_certified_by_days_that_the_search_has_not_seen(best: Tuned) -> None:
    assert isinstance(best.evidence, Evidence)
    assert best.evidence.since >= TWIN.standing.fitted_until
    days = Trials(asked(), LIVE).days
    assert all(day in TWIN.training for day in days)


def test_the_first_of_some_equal_steps_is_a_change_of_its_own(best: Tuned) -> None:
    (key,) = best.changed
    change = best.change(steps=4)
    quarter = best.live.of(key) + (best.changed[key] - best.live.of(key)) / 4
    assert change.adjusted == {key: quarter.quantize(Decimal("0.001"))}
    assert best.step(4, 4) == best.changed
    assert best.change().adjusted == best.changed


def test_well_set_weights_stay_as_they_are(best: Tuned) -> None:
    seen = observed(best.weights)
    again = tuned(
        TuneAsked(observed=seen, twin=twin(seen), ceiling=0.03, seed=3, most_trials=0),
        TwinWeigher(lambda _campaign: TWIN),
    )
    assert isinstance(again, Tuned)
    assert again.changed == {}
    assert again.weights == best.weights
    assert again.evidence is None
    with pytest.raises(ValueError, match="better"):
        again.change()


def test_weights_that_abandon_too_many_are_set_back_though_that_gains_nothing() -> None:
    seen = observed(weights(predictive_factor="0.05"))
    made = twin(seen)
    question = TuneAsked(observed=seen, twin=made, ceiling=0.03, seed=3, most_trials=0)
    answer = tuned(question, TwinWeigher(lambda _campaign: made))
    assert isinstance(answer, Tuned)
    assert answer.live_fit.bound > 0.03 > answer.fit.bound
    assert isinstance(answer.evidence, Evidence)
    assert not answer.evidence.worth_having
    assert answer.is_borne_out == (answer.evidence.abandonment_high < 0.03)


def test_no_weights_within_reach_may_be_lawful() -> None:
    question = found(asked(ceiling=0.0001, most=0))
    assert question.changed == {}
    assert "ceiling" in question.why


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (observed(None), "no weights"),
        (observed(LIVE, tuning=replace(TUNING, enabled=False)), "tuning is off"),
        (observed(LIVE, pacing=None), "no pacing"),
    ],
)
def test_what_cannot_be_tuned_is_told_why(seen: object, why: str) -> None:
    question = replace(asked(), observed=seen)  # type: ignore[arg-type]  # the parameters are campaigns
    answer = tuned(question, TwinWeigher(lambda _campaign: TWIN))
    assert isinstance(answer, str)
    assert why in answer


def test_weights_of_a_prediction_cannot_act_where_none_decides() -> None:
    rules = DialingRules(
        mode=DialingMode.PROGRESSIVE,
        attempt_limit=3,
        retry_intervals_min=(60,),
        abandonment_threshold=Decimal("0.03"),
        cool_down_s=60,
        calls_per_agent=3,
    )
    seen = replace(BAD, rules=rules)
    answer = tuned(replace(asked(), observed=seen, twin=twin(seen)), TwinWeigher(lambda _campaign: TWIN))
    assert isinstance(answer, Tuned | str)
    if isinstance(answer, Tuned):
        assert "predictive_factor" not in answer.searched


def test_the_box_is_one_deviation_within_the_bounds() -> None:
    box = box_of(weights(predictive_factor="0.9", answer_rate="-0.25"))
    assert box["predictive_factor"] == (Decimal("0.600"), Decimal("1.000"))
    assert box["answer_rate"] == (Decimal("-0.550"), Decimal("0.050"))
    assert set(box) == set(WEIGHT_KEYS)


def test_many_days_are_tried_on_evenly() -> None:
    days = twin(BAD, days=40).days
    some = spread(days, 10)
    assert [days.index(day) for day in some] == [2, 6, 10, 14, 18, 22, 26, 30, 34, 38]
    assert spread(days[:7], 10) == days[:7]
