"""How well predictions agree with what came of them: how many intervals held, and whether greater meant greater.

Both are of changes that were measured; of none there is nothing to tell, and nothing is put in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

from paceline.campaign.evidence import Accuracy, Covering
from paceline.control.predictions.prediction import Prediction, State

FEWEST_RANKED = 3
"""Changes below which ranks say nothing."""


def accuracy_of(predictions: Iterable[Prediction]) -> tuple[Accuracy, ...]:
    """Return how well predictions agree, by metric; without one that was measured, nothing."""
    measured = [one for one in predictions if one.state is State.MEASURED]
    rows: dict[str, list[tuple[float, float, bool]]] = {}
    for prediction in measured:
        for one in prediction.metrics:
            if one.realised is not None:
                told = (one.predicted.mean, one.realised.difference.mean, bool(one.covered))
                rows.setdefault(one.metric, []).append(told)
    return tuple(
        Accuracy(metric=metric, covering=_covering(found), rank_correlation=_ranked(found))
        for metric, found in rows.items()
    )


def _covering(rows: list[tuple[float, float, bool]]) -> Covering:
    from paceline.inference.rate_bounds import clopper_pearson

    held = sum(covered for _, _, covered in rows)
    found = clopper_pearson(held, len(rows))
    return Covering(held=held, n=len(rows), low=found.low, high=found.high)


def _ranked(rows: list[tuple[float, float, bool]]) -> float | None:
    from paceline.inference.ranks import rank_correlation

    return None if len(rows) < FEWEST_RANKED else rank_correlation([one[0] for one in rows], [one[1] for one in rows])
