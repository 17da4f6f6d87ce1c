"""Realistic call records with known truth: a dialer plays days of a campaign with identities, one row for each dial.

Everything comes from the seed: the same truth, days and seed give the same records to the byte, and what happens to an
attempt (who answers, how long it rings and is talked) belongs to the record and the attempt, not to the pacing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from paceline.records.calls import HALF_HOUR_S
from paceline.records.generator.numbers import areas_of, debts_of, numbers_of
from paceline.records.generator.plan import MOST_LINES, check, day_of, limits_of, midnight, tables_of
from paceline.records.generator.rows import Logins, Rows, joined
from paceline.records.generator.summary import half_hours_of_rows, summary_of_rows
from paceline.records.generator.truth import Part, Roster, Truth, TruthError, demo_truth, flat_truth
from paceline.simulation.compiled import trace_places as t
from paceline.simulation.distributions import TICKS_PER_S
from paceline.simulation.tracing import UNIT, Traced, Tracer

if TYPE_CHECKING:
    from paceline.records.summary import Counts, Floats, HalfHours, Summary

__all__ = [
    "Logins",
    "Part",
    "Roster",
    "Rows",
    "Truth",
    "TruthError",
    "demo_truth",
    "flat_truth",
    "half_hours_of_rows",
    "joined",
    "summary_of_rows",
]

START = date(2026, 9, 7)
"""First local day of generated records where none is named; a Monday."""
CAMPAIGN = "CMP-12345"
"""Whose records they are where nobody is named."""
_TICK_US = 100
_SPARE = 8
"""Half-hours after the last one, which a day with a clock change may reach."""


def generated(
    truth: Truth, days: int, seed: int, *, campaign: str = CAMPAIGN, start: date = START, lines: Floats | None = None
) -> Rows:
    """Return the call records of some days.

    Args:
        truth: the campaign's world.
        days: local days, at least 1.
        seed: any 64-bit number, at least 0.
        campaign: whose records they are.
        start: the first local day.
        lines: [`half_hours_of(...)`] lines per idle agent by half-hour, the first being `first_half_hour(...)`; those
            of the truth where None.

    Raises:
        TruthError: a parameter is out of bounds.
    """
    return joined(list(generated_days(truth, days, seed, campaign=campaign, start=start, lines=lines)))


def generated_days(
    truth: Truth,
    days: int,
    seed: int,
    *,
    campaign: str = CAMPAIGN,
    start: date = START,
    lines: Floats | None = None,
    place: int = 0,
    campaigns: int = 1,
) -> Iterator[Rows]:
    """Return the same a day at a time, so that no more than a day is held.

    Args:
        truth: the campaign's world.
        days: local days, at least 1.
        seed: any 64-bit number, at least 0.
        campaign: whose records they are.
        start: the first local day.
        lines: as of `generated`.
        place: number of the campaign among those of the seed, from 0.
        campaigns: how many campaigns of the seed there are; numbers depend on it.

    Raises:
        TruthError: a parameter is out of bounds.
    """
    check(truth)
    if days < 1 or not 0 <= seed < 1 << 64:
        raise TruthError(f"{days} days, seed {seed}", hint="at least one day, and a seed from 0 to 2^64 - 1")
    dialed = _lines(truth, days, start, lines)
    tracer = Tracer(tables_of(truth), limits_of(truth), agents=truth.agents, seed=seed, place=place)
    for number in range(days):
        day = day_of(truth, start, number, seed=seed, place=place)
        traced = tracer.play(day, dialed)
        midnight_us = midnight(truth, start + timedelta(days=number)) * 1_000_000
        yield _rows(traced, truth, midnight_us, campaign=campaign, seed=seed, place=place, campaigns=campaigns)


def generated_campaigns(
    truth: Truth, days: int, seed: int, *, campaigns: Sequence[str], start: date = START
) -> tuple[Rows, ...]:
    """Return the records of several campaigns of one world, each with its own agents and its own list.

    The share `truth.shared` of each list is the same persons, who have the same debts and line types.
    """
    return tuple(
        joined(
            list(generated_days(truth, days, seed, campaign=name, start=start, place=place, campaigns=len(campaigns)))
        )
        for place, name in enumerate(campaigns)
    )


def first_half_hour(truth: Truth, start: date = START) -> int:
    """Return the half-hour, since 1970, UTC, that the first local day begins with."""
    return midnight(truth, start) // HALF_HOUR_S


def half_hours_of(truth: Truth, days: int, start: date = START) -> int:
    """Return how many half-hours so many local days have."""
    return midnight(truth, start + timedelta(days=days)) // HALF_HOUR_S - first_half_hour(truth, start)


def generated_half_hours(
    truth: Truth, days: int, seed: int, *, start: date = START, lines: Floats | None = None
) -> HalfHours:
    """Return what happened by half-hour, without files; arguments as of `generated`."""
    return half_hours_of_rows(generated(truth, days, seed, start=start, lines=lines))


def generated_summary(
    truth: Truth, days: int, seed: int, *, start: date = START, lines: Floats | None = None
) -> Summary:
    """Return everything that is fitted from, without files; arguments as of `generated`."""
    return summary_of_rows(generated(truth, days, seed, start=start, lines=lines), truth.zone)


def _lines(truth: Truth, days: int, start: date, lines: Floats | None) -> Counts:
    """Return lines per idle agent in the kernel's unit, rounded up lest a line be lost, with hours to spare."""
    needed = half_hours_of(truth, days, start)
    told = np.full(needed, truth.lines) if lines is None else np.asarray(lines, dtype=np.float64)
    if told.size < needed or not np.all((told >= 0) & (told <= MOST_LINES)):
        raise TruthError(
            f"lines of {told.size} half-hours, where {days} days have {needed}",
            hint=f"one for each half-hour, from 0 to {MOST_LINES:g}",
        )
    return np.ceil(np.append(told, np.full(_SPARE, told[-1])) * UNIT - 1e-6).astype(np.int64)


def _rows(
    traced: Traced, truth: Truth, midnight_us: int, *, campaign: str, seed: int, place: int, campaigns: int
) -> Rows:
    rows, logins = traced.rows, traced.logins
    persons = rows[:, t.PERSON].copy()
    numbers, area = numbers_of(persons, truth.zone, campaigns)
    regions, of_area = np.unique([region for _, region in areas_of(truth.zone)], return_inverse=True)
    return Rows(
        campaign=campaign,
        regions=tuple(str(region) for region in regions),
        logins=Logins(
            agent=logins[:, 0].copy(),
            since_us=midnight_us + logins[:, 1] * _TICK_US,
            until_us=midnight_us + logins[:, 2] * _TICK_US,
        ),
        at_us=midnight_us + rows[:, t.AT] * _TICK_US,
        person=persons,
        number=numbers,
        ending=rows[:, t.ENDING].astype(np.int8),
        line=rows[:, t.LINE].astype(np.int8),
        attempt=rows[:, t.ATTEMPT].astype(np.int16),
        ring_s=_seconds(rows[:, t.RANG]),
        wait_s=_seconds(rows[:, t.WAITED]),
        talk_s=_seconds(rows[:, t.TALKED]),
        wrap_s=_seconds(rows[:, t.WRAPPED]),
        agent=rows[:, t.BY].astype(np.int32),
        debt=debts_of(persons, seed, place, truth.second_debt),
        region=of_area[area].astype(np.int16),
        cut=rows[:, t.CUT] == 1,
    )


def _seconds(ticks: Counts) -> Floats:
    """Return ticks as seconds, NaN where there is no time."""
    return np.where(ticks < 0, np.nan, ticks / TICKS_PER_S)
