"""Where many things happen at one instant the fast engine still does as the exact one, look by look."""

from __future__ import annotations

import numpy as np

from paceline.simulation import counters as c
from paceline.simulation.engine import simulate
from paceline.simulation.scenario import Answer, Pacing, Patience, Policy, Run
from tests.unit.simulation.scenarios import exponential, lasting_always, plain

COMPARED = (c.DIALS, c.ANSWERS, c.CONNECTED, c.ABANDONED, c.WAITED, c.BUSY_AREA, c.RINGING_AREA)


def test_a_mixed_pacing_draws_anew_for_each_of_the_lines_that_end_together() -> None:
    scenario = plain(
        Pacing(policy=Policy.OPTIMAL, table=(0, 2, 4), table_above=(1, 3, 5), mixing=0.4),
        agents=1,
        answer=Answer(probability=0.3, ring_answered=exponential(10), ring_unanswered=lasting_always(25)),
        patience=Patience(seconds=2.0),
        run=Run(days=1, hours_per_day=3),
    )
    fast = simulate(scenario, seed=21, days=4000, engine="fast").tallies.astype(float)
    exact = simulate(scenario, seed=22, days=4000, engine="exact").tallies.astype(float)
    for place in COMPARED:
        apart = fast[:, place].mean() - exact[:, place].mean()
        error = np.sqrt((fast[:, place].var(ddof=1) + exact[:, place].var(ddof=1)) / 4000)
        assert abs(apart) <= 4 * error, (place, apart, error)
