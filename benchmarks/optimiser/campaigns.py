"""The campaigns that are optimised, and days of them that no search and no certificate has seen."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from paceline.simulation import counters as c
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.plan import plan_of
from paceline.simulation.players import fitting_engine, player_of
from paceline.simulation.scenario import Answer, Pacing, Patience, Scenario, Window

LIMIT = 0.03
UNSEEN = 1 << 23
"""Number of the first of those days."""
Floats = npt.NDArray[np.float64]


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def markov(
    agents: int, *, handle_s: float = 180.0, ring_s: float = 12.0, answer: float = 0.3, window: Window | None = None
) -> Scenario:
    """Return eight hours of exponential times in which nobody waits: the optimum of it can be solved."""
    ring = Duration(family=Family.EXPONENTIAL, mean_s=ring_s)
    return Scenario(
        agents=agents,
        talk=Duration(family=Family.EXPONENTIAL, mean_s=handle_s),
        answer=Answer(probability=answer, ring_answered=ring, ring_unanswered=ring),
        patience=Patience(seconds=0.0),
        limit=LIMIT,
        window=window,
    )


def usual(agents: int) -> Scenario:
    """Return eight hours as a campaign has them: lognormal talk, rings that time out, two seconds of patience."""
    return Scenario(
        agents=agents,
        talk=Duration(family=Family.LOGNORMAL, mean_s=180.0, cv=1.0),
        answer=Answer(
            probability=0.3,
            ring_answered=Duration(family=Family.GAMMA, mean_s=10.0, cv=0.5),
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
        ),
        limit=LIMIT,
    )


def unseen_days(scenario: Scenario, pacing: Pacing, *, seed: int, days: int) -> tuple[Floats, Floats]:
    """Return [days] the abandoned answers, and the answers, of days that were never played before."""
    played = replace(scenario, pacing=pacing)
    rows = np.stack(player_of(fitting_engine(played), plan_of(played), seed)(UNSEEN, days, None).tallies)
    abandoned = rows[:, c.ABANDONED].astype(np.float64)
    return abandoned, abandoned + rows[:, c.CONNECTED]
