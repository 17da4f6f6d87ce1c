"""Violations of one minute, planted in a lawful schedule and in the law, and whether the proof sees each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from random import Random  # noqa: TID251 - a seeded choice of places to plant

from paceline.campaign.blocks import Schedule
from paceline.campaign.schedule.proof import HORIZON, BindingLaw, Proof, proof
from paceline.campaign.schedule.windows import intervals_between
from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Mode
from paceline.compliance.rule import Blackout, Confidence, Rule
from paceline.primitives.intervals import Intervals, instant_at

_MINUTE_S = 60
_EMERGENCIES = 40

Tried = tuple[str, bool]
"""What was planted, and whether exactly that was found."""


def a_minute_on_each_side(asked: Schedule, law: BindingLaw, start: datetime) -> Iterator[Tried]:
    """Make each window a minute longer at its start, then at its end, and look for exactly the minutes added.

    The windows are the widest lawful ones, so a longer one is illegal somewhere on some date; an added minute may be
    legal on other dates, so what is found lies within what was added.
    """
    lawful = intervals_between(asked, start, start + HORIZON)
    for number, one in enumerate(asked.windows):
        for longer in (replace(one, start_s=one.start_s - _MINUTE_S), replace(one, end_s=one.end_s + _MINUTE_S)):
            windows = (*asked.windows[:number], longer, *asked.windows[number + 1 :])
            wider = replace(asked, windows=windows)
            found = _hours(proof(wider, law, start))
            added = intervals_between(wider, start, start + HORIZON) - lawful
            yield f"{longer}", bool(found) and not found - added


def a_minute_somewhere(asked: Schedule, law: BindingLaw, start: datetime, dice: Random) -> Iterator[Tried]:
    """Close one scheduled minute of the year by an emergency in one country, again and again, and look for that one."""
    spans = _open_days(asked, law, start)
    for _ in range(_EMERGENCIES):
        first, last = dice.choice(spans)
        begins = first + dice.randrange((last - first) // _MINUTE_S) * _MINUTE_S
        country = dice.choice(["CA", "MX", "US"])
        dark = _emergency(country, begins)
        closed = replace(law, rulebook=replace(law.rulebook, rules=(*law.rulebook.rules, dark)))
        breaches = [one for one in proof(asked, closed, start).breaches if one.hours]
        there = {place for place in law.places if country in place.jurisdictions}
        only = Intervals.of([(begins, begins + _MINUTE_S)])
        exact = {one.place for one in breaches} == there and all(one.hours == only for one in breaches)
        yield f"{country} at {instant_at(begins)}", exact


def _open_days(asked: Schedule, law: BindingLaw, start: datetime) -> list[tuple[int, int]]:
    """Return the openings on dates that no calendar closes anywhere: on the others a minute would not stand out."""
    lawful = proof(asked, law, start)
    closed = Intervals.of(span for one in lawful.breaches for span in one.closed_days.spans)
    return [span for span in (lawful.scheduled - closed).spans if span[1] - span[0] >= _MINUTE_S]


def _hours(found: Proof) -> Intervals:
    return Intervals.of(span for one in found.breaches for span in one.hours.spans)


def _emergency(country: str, begins: int) -> Rule:
    return Rule(
        id=f"{country}-planted",
        jurisdiction=country,
        citation="none",
        summary="Planted for a benchmark.",
        terms=Blackout(start_s=begins, end_s=begins + _MINUTE_S),
        purposes=EVERY_PURPOSE,
        modes=frozenset(Mode),
        lines=EVERY_LINE,
        confidence=Confidence.HIGH,
        source="none",
        verified_on=date(2026, 11, 20),
    )
