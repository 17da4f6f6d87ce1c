"""How predictions of changes stand in the database: how many intervals held, and whether greater meant greater."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from paceline.control.predictions.accuracy import FEWEST_RANKED
from paceline.control.predictions.prediction import Prediction, State
from paceline.storage.weights_tables import CONTROL_PREDICTIONS

MOST = 500
"""So many measured predictions count, the newest."""
_OF = CONTROL_PREDICTIONS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """How predictions stand.

    Attributes:
        states: how many there are, every state named.
        held, missed: intervals of measured predictions that held, and that did not, by metric.
        ranks: rank correlation of predicted and realised differences, by metric; of too few there is none.
    """

    states: Mapping[str, int] = field(hash=False)
    held: Mapping[str, int] = field(hash=False)
    missed: Mapping[str, int] = field(hash=False)
    ranks: Mapping[str, float] = field(hash=False)


NOTHING = Foretold(states=dict.fromkeys((one.value for one in State), 0), held={}, missed={}, ranks={})
"""Where nothing was ever predicted."""


def foretold_in(connection: Connection, tenant: str) -> Foretold:
    """Return how predictions stand, in a transaction of the caller's own."""
    counted = select(_OF.state, func.count()).where(_OF.tenant == tenant).group_by(_OF.state)
    states = {**NOTHING.states, **{row[0]: row[1] for row in connection.execute(counted)}}
    if not states[State.MEASURED.value]:
        return Foretold(states=states, held={}, missed={}, ranks={})
    asked = select(_OF.document).where(_OF.tenant == tenant, _OF.state == State.MEASURED.value)
    found = connection.execute(asked.order_by(_OF.entry.desc()).limit(MOST)).scalars()
    held, missed, pairs = Counter[str](), Counter[str](), dict[str, list[tuple[float, float]]]()
    for one in (compared for text in found for compared in Prediction.of(json.loads(text)).metrics):
        if one.realised is not None:
            (held if one.covered else missed)[one.metric] += 1
            pairs.setdefault(one.metric, []).append((one.predicted.mean, one.realised.difference.mean))
    return Foretold(states=states, held=dict(held), missed=dict(missed), ranks=_ranks(pairs))


def _ranks(pairs: Mapping[str, list[tuple[float, float]]]) -> dict[str, float]:
    ranks = dict[str, float]()
    # Whoever only shows metrics may not have what numbers are computed with; the others tell.
    with suppress(ModuleNotFoundError):
        from paceline.inference.ranks import rank_correlation

        for metric, rows in pairs.items():
            if len(rows) >= FEWEST_RANKED:
                found = rank_correlation([one for one, _ in rows], [other for _, other in rows])
                ranks |= {} if found is None else {metric: found}
    return ranks
