"""Campaigns whose truth is known, in the simulator: what the platform would have told, and what comes of a change.

The twin is told what a platform tells: counts and seconds by half-hour. It does not know the rings, the shapes of
times, nor how many lines the dialer really has for those it is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from paceline.bootstrap.twins import told_of
from paceline.campaign.blocks import WEIGHT_KEYS, Pacing, Tuning, Weights
from paceline.campaign.observed import Observed, State
from paceline.campaign.weigher import WeighAsked
from paceline.inference.promotion import Block
from paceline.primitives.ids import Version, campaign_id
from paceline.records.summary import HalfHours
from paceline.simulation.distributions import Duration, Family
from paceline.twin.boldness import Boldness
from paceline.twin.effort import Effort
from paceline.twin.fitting import Material, twin_days, unchecked_twin
from paceline.twin.folds import TooLittle, folds_of
from paceline.twin.halves import day_spans, sums_of
from paceline.twin.matching import Matching
from paceline.twin.model import Draw, MadeOf, Twin, TwinDay, half_hour_of, instant_of
from paceline.twin.play import PlayedDay, play_day
from paceline.twin.vectors import platform_fitting
from paceline.twin.weighing import half_hours

CAMPAIGN = campaign_id("CMP-12345")
START = datetime(2026, 1, 5, 14, tzinfo=UTC)
SPLIT, CEILING, DEVIATION = 0.7, 0.03, Decimal("0.5")
HALVES, CAP = 16, 500
TUNING = Tuning(enabled=True, trigger="manual", drift_protection=True)
DAYS = (14, 17, 20, 28)
LONG, AFTER = 60, 20
"""Days that tell the truth of a setting, and days that come after a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A campaign as it really is.

    Attributes:
        seed: of everything.
        agents: in the middle of the day; a tenth fewer in its first and last two hours.
        answer_rate: of dials, a fraction.
        spread: standard deviation of the logarithm of a day's answer rate.
        days: that were measured.
        draw: times and shares.
        really: lines that the dialer has for each line it is told.
        told: lines for each idle agent that it is told.
    """

    seed: int
    agents: int
    answer_rate: float
    spread: float
    days: int
    draw: Draw
    really: float
    told: float

    def day(self, number: int) -> TwinDay:
        """Return a day as it is staffed and answered, without what it differs by."""
        few = max(1, round(self.agents * 0.9))
        staffed = [1800.0 * (few if at < 4 or at >= HALVES - 4 else self.agents) for at in range(HALVES)]
        rates = [self.answer_rate * (1 + 0.15 * math.sin(at / HALVES * 2 * math.pi)) for at in range(HALVES)]
        start = half_hour_of(START) + 48 * number
        return TwinDay(start=start, staffed_s=tuple(staffed), rates=tuple(rates), log_factor=0.0, answers=0)

    def played(self, number: int, lines: float) -> PlayedDay:
        """Return a day as it comes when the dialer really has so many lines for each idle agent."""
        chance = np.random.default_rng([self.seed, number])
        bold = Boldness(lines=lines, cap=CAP, calls_per_s=20, warm_up_s=0.0)
        log = self.spread * float(chance.standard_normal())
        return play_day(self.draw, self.day(number), bold, seed=self.seed, replication=number, log_factor=log)

    def blocks(self, first: int, count: int, lines: float) -> list[Block]:
        """Return the half-hours of days that come under a setting."""
        days = (self.played(first + at, lines) for at in range(count))
        return [one for day in days for one in half_hours(day, is_new=True)]

    def observed(self) -> Observed:
        """Return the campaign as it was seen: all weights 0."""
        return Observed(
            campaign=CAMPAIGN,
            state=State.ACTIVE,
            version=Version("7"),
            at=START + timedelta(days=self.days),
            weights=weights(0.0),
            tuning=TUNING,
            pacing=Pacing(
                answer_rate=Decimal("0.5"),
                abandonment_aim=Decimal(repr(round((self.told * 0.5 - 0.5) / 100.0, 9))),
                max_calls=CAP,
                call_interval_ms=50,
                warm_up_s=0,
            ),
        )

    def asked(self, factor: float, *, level: float = 0.95) -> WeighAsked:
        """Return the question whether so many more lines may be told."""
        return WeighAsked(observed=self.observed(), wanted=weights(factor), tuning=TUNING, ceiling=CEILING, level=level)


def weights(factor: float) -> Weights:
    """Return weights that tell so many more lines; all others are 0."""
    named = {"predictive_factor": Decimal(repr(round(factor, 4)))}
    return Weights(
        algorithm="predictive-v2",
        parameters={key: named.get(key, Decimal(0)) for key in WEIGHT_KEYS},
        validation_split=Decimal(repr(SPLIT)),
        deviation_limit=DEVIATION,
        convergence=Decimal("0.1"),
    )


def abandonment(blocks: list[Block]) -> float:
    """Return the abandonment of blocks, all together."""
    answered = sum(one.answered for one in blocks)
    return sum(one.abandoned for one in blocks) / answered if answered else 0.0


def utilisation(blocks: list[Block]) -> float:
    """Return how busy agents are in blocks, all together."""
    return sum(one.busy_s for one in blocks) / sum(one.available_s for one in blocks)


def truth_of(seed: int) -> Truth:
    """Return the campaign of a seed, its live lines from much too few to a few too many."""
    chance = np.random.default_rng([seed, 4])

    def uniform(low: float, high: float) -> float:
        return float(chance.uniform(low, high))

    ring = Duration(family=Family.LOGNORMAL, mean_s=uniform(6.0, 15.0), cv=0.4)
    truth = Truth(
        seed=seed,
        agents=round(math.exp(uniform(math.log(10), math.log(60)))),
        answer_rate=uniform(0.2, 0.6),
        spread=(0.02, 0.05, 0.10)[int(chance.integers(3))],
        days=DAYS[int(chance.integers(len(DAYS)))],
        draw=Draw(
            answer=1.0,
            talk=Duration(family=Family.LOGNORMAL, mean_s=uniform(90.0, 240.0), cv=uniform(0.8, 1.2)),
            wrap=Duration(family=Family.LOGNORMAL, mean_s=uniform(10.0, 40.0), cv=0.6),
            ring_answered=ring,
            ring_machine=ring,
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=uniform(15.0, 30.0)),
            timeout_s=None,
            machine=0.3,
            busy=0.05,
            failed=0.0,
            lines=1.0,
        ),
        really=1.0 if seed % 2 else uniform(0.9, 1.1),
        told=1.0,
    )
    lawful = lawful_lines(truth)
    return replace(truth, told=max(1.01, lawful * uniform(0.65, 1.05)) / truth.really)


def lawful_lines(truth: Truth) -> float:
    """Return about the most lines for each idle agent that keep the ceiling."""
    low, high = 1.0, 20.0
    for _ in range(7):
        middle = math.sqrt(low * high)
        blocks = truth.blocks(1000, 6, middle)
        low, high = (middle, high) if abandonment(blocks) < CEILING else (low, middle)
    return low


def measured(truth: Truth) -> HalfHours:
    """Return what a platform tells of the days that were measured."""
    days = [truth.played(number, truth.told * truth.really) for number in range(truth.days)]

    def column(name: str) -> np.ndarray:
        return np.concatenate([getattr(day, name) for day in days])

    dials, answers, busy = column("dials"), column("answers"), column("busy_s")
    others = np.maximum(dials - answers, 0)
    talk = truth.draw.talk.mean_s
    share = talk / (talk + (truth.draw.wrap.mean_s if truth.draw.wrap else 0.0))
    machines = np.round(others * truth.draw.machine)
    busies = np.round(others * truth.draw.busy)
    nothing = np.zeros(dials.size, dtype=np.int64)
    return HalfHours(
        start=np.concatenate([day.start + np.arange(HALVES) for day in days]).astype(np.int64),
        dials=dials.astype(np.int64),
        answered=answers.astype(np.int64),
        abandoned=column("abandons").astype(np.int64),
        machines=machines.astype(np.int64),
        no_answers=(others - machines - busies).astype(np.int64),
        busies=busies.astype(np.int64),
        failed=nothing,
        talk_s=busy * share,
        wrap_s=busy * (1.0 - share),
        staffed_s=column("staffed_s"),
        wait_s=np.zeros(dials.size),
    )


def fitted(truth: Truth, effort: Effort | None = None) -> Twin:
    """Return the twin that is fitted to what the platform tells, with a say without its check, which costs most.

    Raises:
        ValueError: there are too few days.
    """
    half, spent, told = measured(truth), effort or Effort(), told_of(truth.observed())
    material = Material(
        campaign=CAMPAIGN,
        made_of=MadeOf.PLATFORM,
        half_hours=half,
        fitting=platform_fitting(half, seed=truth.seed, effort=spent),
        embargo_s=3600.0,
        told=told,
        effort=spent,
    )
    folds = folds_of(day_spans(half), split=SPLIT, embargo_s=3600.0)
    if isinstance(folds, TooLittle) or told is None:
        raise ValueError("too few days")
    vectors, days = material.fitting(folds[-1]), folds[-1].fitted
    own = twin_days(half, days, vectors.rate)
    matching = Matching(own, sums_of(half, days), material.bold, seed=truth.seed, rings_known=False, effort=spent)
    matched = matching.matched(vectors.best, vectors.draws, vectors.drawn_days, guess=told(truth.agents).lines)
    before = replace(material, half_hours=_until(half, folds[-1].predicted[0].start))
    found = unchecked_twin(before, seed=truth.seed)
    if not isinstance(found, Twin):
        raise TypeError(found.why)
    standing = replace(
        found.standing, passed=True, why="", split=SPLIT, fitted_until=instant_of(folds[-1].predicted[0].start)
    )
    return replace(
        found,
        best=matched.best,
        draws=matched.draws,
        told=told(truth.agents).lines,
        days=twin_days(half, day_spans(half), vectors.rate),
        half_hours=half,
        standing=standing,
    )


def _until(half: HalfHours, end: int) -> HalfHours:
    chosen = half.start < end
    return HalfHours(**{name: getattr(half, name)[chosen] for name in half.__slots__})
