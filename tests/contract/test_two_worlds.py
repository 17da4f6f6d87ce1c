"""A constant never stands where a measured number belongs: in another world every number told of data is another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION, Evidence
from paceline.campaign.weigher import WeighAsked
from paceline.control.predictions.accuracy import accuracy_of
from paceline.control.predictions.measuring import blocks_of, realised
from paceline.control.predictions.prediction import Compared, Prediction, Realised, State, predicted_in
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.simulation.distributions import Duration
from paceline.twin.model import Twin
from paceline.twin.weighing import TwinWeigher
from tests.unit.control.predictions.made import MONDAY, minutes
from tests.unit.optimizer.tuner.twins import TUNING, observed, twin, weights

SEEN = observed(weights(predictive_factor="-0.1"))
HERE = twin(SEEN)
PLANNED = {
    "source",
    "blocks",
    "days",
    "since",
    "until",
    "ceiling",
    "least_worth",
    "seed",
    "split",
    "folds",
    "fitted_until",
    "data_until",
    "entry",
    "metric",
}
"""What is asked, or is of the days themselves, which both worlds have alike; no number that is measured on them."""
SMALL = {"p_value", "p_adjusted"}
"""Of a gain this plain there is none smaller in so many pairs: equal in both worlds, and bounded by the data."""


def elsewhere() -> Twin:
    """A twin of a world in which fewer people answer and talk longer."""
    days = tuple(replace(day, rates=tuple(0.8 * rate for rate in day.rates)) for day in HERE.days)
    draws = tuple(replace(one, talk=longer(one.talk)) for one in HERE.draws)
    return replace(HERE, days=days, draws=draws, best=replace(HERE.best, talk=longer(HERE.best.talk)))


def longer(talk: Duration) -> Duration:
    return replace(talk, mean_s=talk.mean_s * 1.2)


def evidence_in(world: Twin) -> Evidence:
    wanted = weights(predictive_factor="0.1")
    asked = WeighAsked(observed=SEEN, wanted=wanted, tuning=TUNING, ceiling=0.03)
    found = TwinWeigher(lambda _campaign: world).weigh(asked)
    assert isinstance(found, Evidence)
    return found


def numbers(told: Json, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield each number of a document that is told as measured or predicted, by its path."""
    if isinstance(told, Mapping):
        for name, value in told.items():
            if name not in PLANNED:
                yield from numbers(value, f"{path}.{name}")
    elif isinstance(told, list):
        for at, one in enumerate(told):
            yield from numbers(one, f"{path}.{at}")
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield path, float(told)


def alike(one: Json, other: Json) -> set[str]:
    """Return the last words of paths whose numbers are the same in both documents."""
    here, there = dict(numbers(one)), dict(numbers(other))
    assert here.keys() == there.keys()
    assert here
    return {path.rpartition(".")[2] for path, value in here.items() if there[path] == value}


def test_what_data_say_of_weights_is_another_in_another_world() -> None:
    here, there = evidence_in(HERE), evidence_in(elsewhere())
    assert alike(here.document(), there.document()) <= SMALL
    for found in (here, there):
        for one in found.metrics:
            assert 0.0 < one.p_value <= one.p_adjusted <= 1.0
            assert math.isclose(one.difference.mean, one.new - one.old, rel_tol=0.05, abs_tol=0.002)


def came_of_it(gain: float, seed: int) -> Prediction:
    """What came of a change that gained so much, predicted by the evidence of either world."""

    def used(at: datetime) -> float:
        return 0.80 + (gain if at >= MONDAY + timedelta(days=8) else 0.0)

    told = minutes(16, used, seed=seed)
    change = MONDAY + timedelta(days=8)
    before = blocks_of(told, since=MONDAY, until=change)
    after = blocks_of(told, since=change, until=MONDAY + timedelta(days=16))
    world = HERE if seed % 2 else elsewhere()
    rows = []
    for one in predicted_in(evidence_in(world).document()):
        found = realised(before, after, one.metric)
        assert isinstance(found, Realised)
        rows.append(Compared(metric=one.metric, predicted=one.predicted, realised=found))
    return Prediction(
        entry=EntryId(seed),
        campaign=CampaignId("CMP-1"),
        at=change,
        source="twin",
        metrics=tuple(rows),
        state=State.MEASURED,
    )


def test_what_came_of_weights_and_how_true_that_was_foretold_is_another_in_another_world() -> None:
    here, there = came_of_it(0.02, 1), came_of_it(0.05, 2)
    assert alike(here.document(), there.document()) == set()
    assert {one.metric for one in here.metrics} == {UTILISATION, ABANDONMENT, CONNECTS}
    one, both = accuracy_of([here], source="twin"), accuracy_of([here, there], source="twin")
    for alone, together in zip(one, both, strict=True):
        covered = [
            bool(found.covered) for told in (here, there) for found in told.metrics if found.metric == alone.metric
        ]
        assert (alone.covering.n, together.covering.n) == (1, 2)
        assert (alone.covering.held, together.covering.held) == (int(covered[0]), sum(covered))
        assert together.covering.low < together.covering.share < together.covering.high or sum(covered) in {0, 2}
    assert accuracy_of([replace(here, state=State.RUNNING), replace(there, state=State.GIVEN_UP)], source="twin") == ()
