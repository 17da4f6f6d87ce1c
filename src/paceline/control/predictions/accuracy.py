"""How well predictions agree with what came of them: how many intervals held, and whether greater meant greater.

Both are of changes that were measured, those of one source by themselves; of none there is nothing to tell, and nothing
is put in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

from paceline.campaign.evidence import Accuracy, Covering
from paceline.control.predictions.prediction import Prediction, State

FEWEST_RANKED = 3
"""Changes below which ranks say nothing."""


def accuracy_of(predictions: Iterable[Prediction], *, source: str) -> tuple[Accuracy, ...]:
    """Return how well predictions of one source agree, by metric; without one that was measured, nothing.

    Args:
        predictions: of any source; what a twin foretold says nothing of what an experiment did.
        source: as `Prediction.source` has it.
    """
    measured = [one for one in predictions if one.state is State.MEASURED and one.source == source]
    rows: dict[str, list[tuple[float, float, bool]]] = {}
    for prediction in measured:
        for one in prediction.metrics:
            if one.realised is not None:
                told = (one.predicted.mean, one.realised.value.mean, bool(one.covered))
                rows.setdefault(one.metric, []).append(told)
    return tuple(
        Accuracy(metric=metric, covering=_covering(found), rank_correlation=_ranked(found))
        for metric, found in rows.items()
    )


def accuracy_by_source(predictions: Iterable[Prediction]) -> dict[str, tuple[Accuracy, ...]]:
    """Return how well predictions of each source agree, by its name; none of a source without a measured one."""
    known = tuple(predictions)
    found = {source: accuracy_of(known, source=source) for source in sorted({one.source for one in known})}
    return {source: told for source, told in found.items() if told}


def _covering(rows: list[tuple[float, float, bool]]) -> Covering:
    from paceline.inference.rate_bounds import clopper_pearson

    held = sum(covered for _, _, covered in rows)
    found = clopper_pearson(held, len(rows))
    return Covering(held=held, n=len(rows), low=found.low, high=found.high)


def _ranked(rows: list[tuple[float, float, bool]]) -> float | None:
    from paceline.inference.ranks import rank_correlation

    return None if len(rows) < FEWEST_RANKED else rank_correlation([one[0] for one in rows], [one[1] for one in rows])
