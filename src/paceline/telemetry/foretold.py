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

Of = tuple[str, str]
"""Whose predictions of what: source and metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """How predictions stand.

    Attributes:
        states: how many there are, every state named.
        held, missed: intervals of measured predictions that held, and that did not, by source and metric.
        ranks: rank correlation of predicted and realised values, by source and metric; of too few there is none.
    """

    states: Mapping[str, int] = field(hash=False)
    held: Mapping[Of, int] = field(hash=False)
    missed: Mapping[Of, int] = field(hash=False)
    ranks: Mapping[Of, float] = field(hash=False)


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
    held, missed, pairs = Counter[Of](), Counter[Of](), dict[Of, list[tuple[float, float]]]()
    predictions = (Prediction.of(json.loads(text)) for text in found)
    for source, one in ((prediction.source, one) for prediction in predictions for one in prediction.metrics):
        if one.realised is not None:
            of = (source, one.metric)
            (held if one.covered else missed)[of] += 1
            pairs.setdefault(of, []).append((one.predicted.mean, one.realised.value.mean))
    return Foretold(states=states, held=dict(held), missed=dict(missed), ranks=_ranks(pairs))


def _ranks(pairs: Mapping[Of, list[tuple[float, float]]]) -> dict[Of, float]:
    ranks = dict[Of, float]()
    # Whoever only shows metrics may not have what numbers are computed with; the others tell.
    with suppress(ModuleNotFoundError):
        from paceline.inference.ranks import rank_correlation

        for of, rows in pairs.items():
            if len(rows) >= FEWEST_RANKED:
                found = rank_correlation([one for one, _ in rows], [other for _, other in rows])
                ranks |= {} if found is None else {of: found}
    return ranks
