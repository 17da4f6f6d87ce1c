"""From a truth to what the kernel takes: tables of whole ticks, shares, and days with everybody's comings and goings.

Rules:
* Clocks change before 4 in the morning only, so that a day's hours count from twelve hours before its noon.
* Who is absent or late on a day, and the day's factor, belong to the seed, the campaign's place and the day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from paceline.primitives.zones import zone
from paceline.records.calls import HALF_HOUR_S, LineType
from paceline.records.generator.truth import Part, Roster, Truth, TruthError
from paceline.simulation.distributions import BINS, TICKS_PER_S, Duration, Family, propensities, table_of
from paceline.simulation.tracing import UNIT, WHOLE, Day, Limits, Tables

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

_NODES = 2 * BINS
_LONGEST_RING_S = 600.0
_MOST_AT_ONCE = 1 << 20
MOST_LINES = 1000.0
"""Lines for each idle agent beyond which nothing is generated."""
_SLOTS = 4
"""Groups that take a break one after another."""


def tables_of(truth: Truth) -> Tables:
    """Return what chance is looked up in."""
    spread = truth.talk_sigma**2
    talk = Duration(
        family=Family.LOGNORMAL, mean_s=math.exp(truth.talk_mu + spread / 2), cv=math.sqrt(math.expm1(spread))
    )
    wrap = Duration(family=Family.LOGNORMAL, mean_s=truth.wrap_mean_s, cv=truth.wrap_cv)
    means = [truth.mean_answer(line) for line in LineType]
    factors = np.zeros((len(LineType), 24, truth.max_attempts + 1), dtype=np.int64)
    aged = truth.ageing ** np.arange(truth.max_attempts)
    for place, mean in enumerate(means):
        if mean > 0:
            hours = np.array(truth.answers[place]) / mean
            factors[place, :, 1:] = np.rint(UNIT * np.outer(hours, aged))
    retry = [0, *(truth.retry_s[min(k, len(truth.retry_s)) - 1] for k in range(1, truth.max_attempts))]
    return Tables(
        talk=table_of(talk),
        wrap=table_of(wrap),
        ring=mixture_table(truth.ring),
        machine_ring=mixture_table(truth.machine_ring),
        propensity=np.stack([_propensity(mean, truth.concentration) for mean in means]),
        factors=factors,
        lines=np.rint(WHOLE * np.cumsum(truth.line_shares)[:3]).astype(np.int64),
        retry=np.rint(np.array(retry) * TICKS_PER_S).astype(np.int64),
    )


def limits_of(truth: Truth) -> Limits:
    """Return the numbers of the campaign."""
    return Limits(
        machine=round(WHOLE * truth.machine),
        busy=round(WHOLE * truth.busy),
        failed=round(WHOLE * truth.failed),
        timeout=round(TICKS_PER_S * truth.timeout_s),
        engaged=round(TICKS_PER_S * truth.engaged_s),
        talk_cap=round(TICKS_PER_S * truth.talk_cap_s),
        patience=round(TICKS_PER_S * truth.patience_s),
        overtime=round(TICKS_PER_S * truth.overtime_s),
        cap=truth.cap,
        calls_per_s=truth.calls_per_s,
        records=truth.records,
        shared=round(WHOLE * truth.shared),
    )


def mixture_table(parts: Sequence[Part]) -> Ticks:
    """Return the table, as of `distributions.table_of`, of a mixture of gamma distributions."""
    return _mixture(tuple(parts)).copy()


@lru_cache(maxsize=64)
def _mixture(parts: tuple[Part, ...]) -> Ticks:
    """Return it, inverted by halving; to be copied, for it is kept."""
    coarse = np.arange(BINS) / BINS
    fine = (BINS - 1 + np.arange(1, BINS + 1) / BINS) / BINS
    fine[-1] = 1 - 2.0**-25  # half a part before the end, as there: the end itself is infinite
    wanted = np.append(coarse, fine)
    below, above = np.zeros(_NODES), np.full(_NODES, _LONGEST_RING_S)
    for _ in range(60):
        middle = (below + above) / 2
        reached = sum(
            part.share * special.gammainc(1 / part.cv**2, middle / (part.mean_s * part.cv**2)) for part in parts
        )
        less = reached < wanted
        below, above = np.where(less, middle, below), np.where(less, above, middle)
    table: Ticks = np.rint((below + above) / 2 * TICKS_PER_S).astype(np.int64)
    return table


def midnight(truth: Truth, day: date) -> int:
    """Return the second, since 1970, UTC, that a local day's hours count from: twelve hours before its noon."""
    noon = datetime.combine(day, time(12), tzinfo=zone(truth.zone))
    return int(noon.timestamp()) - 12 * 3600


def day_of(truth: Truth, start: date, number: int, *, seed: int, place: int) -> Day:
    """Return a day before it is played.

    Args:
        truth: the world.
        start: the first local day.
        number: of the day, from 0.
        seed: of everything.
        place: number of the campaign among those of the seed.
    """
    chance = np.random.default_rng([seed, place, number])
    absent = chance.random(truth.agents) < truth.absence
    late = chance.random(truth.agents) * truth.late_s
    usual = math.exp(truth.day_spread * chance.standard_normal() - truth.day_spread**2 / 2)
    drifted = truth.drift_day and number + 1 >= truth.drift_day
    since = midnight(truth, start + timedelta(days=number)) - midnight(truth, start)
    steps, ends, agent = [], [], 0
    for roster in truth.rosters:
        for member in range(roster.agents):
            ends.append(roster.ends_h * 3600)
            if not absent[agent]:
                steps += [(at, agent, kind) for at, kind in _hours(roster, member, float(late[agent]))]
            agent += 1
    steps.sort()
    at_ticks = [(round(at * TICKS_PER_S), who, kind) for at, who, kind in steps]
    last = max(roster.ends_h for roster in truth.rosters) * 3600 - truth.last_dials_s
    return Day(
        at=since * TICKS_PER_S,
        last_dial=round(last * TICKS_PER_S),
        factor=round(UNIT * usual * (truth.drift_factor if drifted else 1.0)),
        first_half=since // HALF_HOUR_S,
        steps=np.array(at_ticks, dtype=np.int64).reshape(-1, 3),
        shift_ends=np.rint(np.array(ends) * TICKS_PER_S).astype(np.int64),
    )


def check(truth: Truth) -> Truth:
    """Return the truth, or say what of it is out of bounds.

    Raises:
        TruthError: naming the parameter.
    """
    shares = {name: getattr(truth, name) for name in ("absence", "machine", "busy", "failed", "shared", "second_debt")}
    positive = {name: getattr(truth, name) for name in ("concentration", "timeout_s", "talk_sigma", "wrap_mean_s")}
    problems = [
        *(f"{name} {value}: a share is from 0 to 1" for name, value in shares.items() if not 0 <= value <= 1),
        *(f"{name} {value}: above 0" for name, value in positive.items() if not value > 0),
        *_about_hours(truth),
        *_about_answers(truth),
    ]
    if truth.machine + truth.busy + truth.failed > 1:
        problems.append("machine, busy and failed together are above 1")
    if len(truth.line_shares) != len(LineType) or abs(sum(truth.line_shares) - 1) > 1e-9:
        problems.append(f"line_shares: {len(LineType)} shares that add up to 1")
    if any(abs(sum(part.share for part in parts) - 1) > 1e-9 for parts in (truth.ring, truth.machine_ring)):
        problems.append("ring, machine_ring: shares that add up to 1")
    if not 1 <= truth.max_attempts <= 20 or not truth.retry_s:
        problems.append(f"max_attempts {truth.max_attempts}: from 1 to 20, with a time to the next")
    if problems:
        raise TruthError("; ".join(problems), hint="change the truth")
    return truth


def _about_hours(truth: Truth) -> list[str]:
    problems = []
    if not truth.rosters:
        problems.append("rosters: at least one")
    for roster in truth.rosters:
        ends = [after + (_SLOTS * length) for after, length in roster.breaks]
        if not 4 <= roster.begins_h < roster.ends_h <= 24 or roster.agents < 1:
            problems.append(f"roster {roster.begins_h:g} to {roster.ends_h:g}: within 4 to 24, with agents")
        if any(end > roster.ends_h - roster.begins_h for end in ends):
            problems.append(f"breaks of {roster.begins_h:g} to {roster.ends_h:g}: within the shift")
        if any(after * 3600 <= truth.late_s for after, _ in roster.breaks):
            problems.append("late_s: before the first break")
    return problems


def _about_answers(truth: Truth) -> list[str]:
    problems = []
    if len(truth.answers) != len(LineType) or any(
        len(hours) != 24 or not all(0 <= share <= 1 for share in hours) for hours in truth.answers
    ):
        problems.append(f"answers: {len(LineType)} times 24 shares from 0 to 1")
    for name, high in (("ageing", 2.0), ("drift_factor", 10.0), ("day_spread", 1.0), ("lines", MOST_LINES)):
        value = getattr(truth, name)
        if not 0 <= value <= high:
            problems.append(f"{name} {value}: from 0 to {high:g}")
    if not (1 <= truth.cap <= _MOST_AT_ONCE and truth.calls_per_s >= 1 and truth.records >= 0):
        problems.append(f"cap, calls_per_s, records: 1 to {_MOST_AT_ONCE}, at least 1, at least 0")
    return problems


def _hours(roster: Roster, member: int, late_s: float) -> list[tuple[float, int]]:
    """Return when an agent comes (0) and goes (1), seconds of the day."""
    begins, slot = roster.begins_h * 3600, member % _SLOTS
    hours = [(begins + late_s, 0)]
    for after, length in roster.breaks:
        pause = begins + (after + slot * length) * 3600
        hours += [(pause, 1), (pause + length * 3600, 0)]
    return [*hours, (roster.ends_h * 3600, 1)]


def _propensity(mean: float, concentration: float) -> Ticks:
    if mean <= 0 or math.isinf(concentration):
        return np.full(_NODES, round(WHOLE * mean), dtype=np.int64)
    return propensities(mean, concentration)
