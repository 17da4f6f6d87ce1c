"""How many calls may be abandoned: the ceilings of the law, what was measured, and over which periods; pure.

Rules:
* A call is abandoned when nobody speaks within the ceiling's seconds of the end of the called person's greeting.
* It is measured against calls that a person answered, the abandoned ones among them; machines are none, and a person
  taken for a machine is one.
* Integers are compared as integers: `abandoned * per <= most * answered_live`. Abandoned calls without any answered
  one are over every ceiling.
* A setting is not a measurement: what the platform aims at, what the law allows and what happened have types of their
  own, and only the last two say whether a ceiling holds.
* Thirty days are counted from the instant of the first dial, 24 hours each; days and months are those of a zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from paceline.compliance.call import Call
from paceline.compliance.rule import AbandonmentCeiling, Period, Rule
from paceline.compliance.rulebook import Rulebook
from paceline.primitives.intervals import Intervals, seconds_of
from paceline.primitives.zones import segments

BLOCK_S = 30 * 86_400
"""A block of 30 days, seconds."""
_EPOCH = date(1970, 1, 1)
_FARTHEST_S = 26 * 3600
"""No offset is larger (RFC 9636)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The rate that a platform is told to stay under; it proves nothing of what happens.

    Attributes:
        rate: a fraction, 0 to 1.
    """

    rate: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no fraction, above all 3 where 0.03 is meant."""
        if not 0 <= self.rate <= 1:
            raise ValueError(f"a rate is a fraction from 0 to 1, not {self.rate}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What happened in one period.

    Attributes:
        abandoned: calls that a person answered and nobody spoke to in time, at least 0.
        answered_live: calls that a person answered, the abandoned ones among them, at least 0.
    """

    abandoned: int
    answered_live: int

    def __post_init__(self) -> None:
        """Refuse counts below zero; more abandoned than answered is counted wrongly, and over every ceiling."""
        if self.abandoned < 0 or self.answered_live < 0:
            raise ValueError("nothing is counted below zero")

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            abandoned=self.abandoned + other.abandoned, answered_live=self.answered_live + other.answered_live
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingCeiling:
    """A ceiling with the rule that sets it."""

    rule: Rule
    ceiling: AbandonmentCeiling


def within(ceiling: AbandonmentCeiling, measured: Measured) -> bool:
    """Return whether a ceiling holds.

    >>> from paceline.compliance.rule import Denominator
    >>> ceiling = AbandonmentCeiling(
    ...     most=3, per=100, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=Period.BLOCKS_30D
    ... )
    >>> (
    ...     within(ceiling, Measured(abandoned=3, answered_live=100)),
    ...     within(ceiling, Measured(abandoned=3, answered_live=99)),
    ... )
    (True, False)
    """
    return measured.abandoned * ceiling.per <= ceiling.most * measured.answered_live


def allowance(ceiling: AbandonmentCeiling, measured: Measured) -> int:
    """Return how many of the very next answered calls may be abandoned, each of them, before the ceiling breaks.

    Each counts on both sides, for it was answered. 0 when the ceiling is reached or broken.
    """
    spare = ceiling.most * measured.answered_live - ceiling.per * measured.abandoned
    return max(spare // (ceiling.per - ceiling.most), 0)


def may_be_set(ceiling: AbandonmentCeiling, setting: Setting) -> bool:
    """Return whether a platform that stays under this setting would stay under the ceiling."""
    return setting.rate * ceiling.per <= ceiling.most


def ceilings(rulebook: Rulebook, jurisdictions: Iterable[str], call: Call, *, on: date) -> tuple[BindingCeiling, ...]:
    """Return every ceiling that binds such calls on this date, the lowest rate first; all of them have to hold.

    Ceilings of one rate over different periods are not the same: none makes another one needless.
    """
    found = [
        BindingCeiling(rule=rule, ceiling=rule.terms)
        for rule in rulebook.binding(call, jurisdictions)
        if isinstance(rule.terms, AbandonmentCeiling) and rule.in_force(on)
    ]
    return tuple(sorted(found, key=lambda one: (_rate(one.ceiling), one.ceiling.within_s, one.rule.id)))


def strictest(rulebook: Rulebook, jurisdictions: Iterable[str], call: Call, *, on: date) -> BindingCeiling | None:
    """Return the ceiling of the lowest rate that binds such calls on this date; None where no law sets one."""
    return next(iter(ceilings(rulebook, jurisdictions, call, on=on)), None)


def period_at(period: Period, at: datetime, *, anchor: datetime, zone: str) -> Intervals:
    """Return the whole period of measurement that an instant falls in; what lies before the anchor is in none.

    Args:
        period: how the law measures.
        at: the instant, aware.
        anchor: the instant of the campaign's first dial, aware; blocks are counted from it.
        zone: the campaign's zone, whose days and months count.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
        ValueError: an instant has no offset.
    """
    begun, now = seconds_of(anchor), seconds_of(at)
    if now < begun:
        return Intervals()
    match period:
        case Period.BLOCKS_30D:
            start = begun + block_number(at, anchor=anchor) * BLOCK_S
            return Intervals.of([(start, start + BLOCK_S)])
        case Period.DAY:
            today = _local_date(now, zone)
            return local_days(zone, today, today + timedelta(days=1))
        case Period.CALENDAR_MONTH:
            first = _local_date(now, zone).replace(day=1)
            return local_days(zone, first, (first + timedelta(days=31)).replace(day=1))
        case _:
            assert_never(period)


def block_number(at: datetime, *, anchor: datetime) -> int:
    """Return which block of 30 days an instant is in, 0 being the one that begins at the anchor; negative before it.

    Raises:
        ValueError: an instant has no offset.
    """
    return (seconds_of(at) - seconds_of(anchor)) // BLOCK_S


def local_days(zone: str, first: date, until: date) -> Intervals:
    """Return the instants whose local date in the zone is from `first` to before `until`.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    start, end = ((day - _EPOCH) // timedelta(seconds=1) for day in (first, until))
    return Intervals.of(
        (max(part.start_s, start - part.offset_s), min(part.end_s, end - part.offset_s))
        for part in segments(zone, start - _FARTHEST_S, end + _FARTHEST_S)
    )


def _local_date(at_s: int, zone: str) -> date:
    (now,) = segments(zone, at_s, at_s + 1)
    return _EPOCH + timedelta(seconds=at_s + now.offset_s)


def _rate(ceiling: AbandonmentCeiling) -> Fraction:
    return Fraction(ceiling.most, ceiling.per)
