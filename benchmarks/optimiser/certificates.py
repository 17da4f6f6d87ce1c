"""How often certificates hold: each is held against a thousand days of its own that nothing has seen.

A certificate of the long run is broken when more than the limit is abandoned in those days taken together; one of
windows when more than 5 in 100 of them are above it. Of single days that is counted; spans of thirty days are drawn
from the thousand, for thirty-three in a row would tell too little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.optimiser.campaigns import LIMIT, Floats, markov, tell, unseen_days
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.optimizer.best.pacing import Wish, best_pacing
from paceline.optimizer.best.settings import as_sent, terms_for
from paceline.optimizer.best.told import Best
from paceline.simulation.scenario import Pacing, Policy, Scenario, Window

AGENTS = (10, 25, 50, 100)
CERTIFICATES = 120
MOST_BROKEN = 12
DAYS = 1000
KEPT = 0.05
_SPANS = 20_000
_OTHER_SEED = 7_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate beside the days that it is held against."""

    is_broken: bool
    abandonment: float
    above: float
    utilisation: float
    predicted: float


def study(share: float) -> Iterator[str]:
    """Print how many certificates of each kind are broken, and yield the kinds of which too many are."""
    tell(
        f"\n| certified | agents | certificates | broken by {DAYS:,} days | mean abandonment, % "
        "| mean share of windows above the limit, % | foretold, % | mean occupancy, % |\n|" + " --- |" * 8
    )
    for window in (None, Window.MONTH, Window.DAY):
        every: list[Held] = []
        for agents in AGENTS:
            seeds = max(1, round(share * CERTIFICATES / len(AGENTS) / (2 if window is None else 1)))
            held = [one for seed in range(seeds) for one in certificates(agents, window, seed)]
            every += held
            tell(row(window, str(agents), held))
        tell(row(window, "all", every))
        broken = sum(one.is_broken for one in every)
        if broken > MOST_BROKEN:
            yield f"{broken} of {len(every)} certificates of {window or 'the long run'} are broken"


def certificates(agents: int, window: Window | None, seed: int) -> Iterator[Held]:
    """Yield the certificates of one search: of what is found, and of what is to be sent."""
    scenario = markov(agents, window=window)
    best = best_pacing(scenario, Wish(seed=seed, policy=None if window is None else Policy.IDLE_LINES))
    if window is None:
        yield held_against(scenario, best.found.pacing, best, window, seed)
    terms = terms_for(scenario)
    assert best.sent is not None
    assert not isinstance(terms, str)
    pacing = Pacing(policy=Policy.IDLE_LINES, lines_per_idle=lines_per_idle(best.sent.block))
    yield held_against(as_sent(scenario, terms), pacing, best, window, seed)


def held_against(scenario: Scenario, pacing: Pacing, best: Best, window: Window | None, seed: int) -> Held:
    """Return what days that nothing has seen say of a pacing."""
    abandoned, answers = unseen_days(scenario, pacing, seed=_OTHER_SEED + seed, days=DAYS)
    rate = float(abandoned.sum() / answers.sum())
    above = 0.0 if window is None else share_above(abandoned, answers, window.days, seed)
    assert best.sent is not None
    breach = best.sent.certified.breach
    return Held(
        is_broken=rate > LIMIT or above > KEPT,
        abandonment=rate,
        above=above,
        utilisation=best.sent.certified.utilisation.mean,
        predicted=breach.per_day if window is Window.DAY else breach.per_30_days,
    )


def share_above(abandoned: Floats, answers: Floats, days: int, seed: int) -> float:
    """Return the share of windows above the limit: of the days themselves, or of spans drawn from them."""
    if days == 1:
        return float((abandoned > LIMIT * answers).mean())
    drawn = np.random.default_rng(seed).integers(0, abandoned.size, size=(_SPANS, days))
    return float((abandoned[drawn].sum(axis=1) > LIMIT * answers[drawn].sum(axis=1)).mean())


def row(window: Window | None, agents: str, held: list[Held]) -> str:
    """Return a row of the table."""

    def mean(name: str) -> float:
        return float(np.mean([getattr(one, name) for one in held]))

    kind = {None: "the long run", Window.MONTH: "and 30 days", Window.DAY: "and single days"}[window]
    windows = "" if window is None else f"{mean('above'):.2%}"
    predicted = "" if window is None else f"{mean('predicted'):.2%}"
    return (
        f"| {kind} | {agents} | {len(held)} | {sum(one.is_broken for one in held)} | {mean('abandonment'):.3%} "
        f"| {windows} | {predicted} | {mean('utilisation'):.2%} |"
    )
