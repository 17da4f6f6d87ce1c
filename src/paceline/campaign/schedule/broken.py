"""Which rules a schedule breaks, and where its last dials ring into closed hours: what a refusal names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from paceline.campaign.blocks import DAY_S
from paceline.campaign.schedule.proof import Breach, Proof, clock_key
from paceline.campaign.schedule.windows import local_reading, weekday_of
from paceline.compliance.judgement import judged
from paceline.compliance.rule import Hours, Rule
from paceline.primitives.intervals import instant_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Rules that the schedule breaks, at the same instant first and for the same reason.

    Attributes:
        rules: in the order of their ids; none where something is closed because no rule is known.
        zone, at_s: where and when first in the horizon, seconds since 1970.
        why: what they say of that instant, for people.
        places: in how many places they are broken.
    """

    rules: tuple[Rule, ...]
    zone: str
    at_s: int
    why: str
    places: int


def broken_rules(proven: Proof) -> tuple[Broken, ...]:
    """Return every rule that closes an instant of the schedule on a day that is open, each once, the earliest first.

    Of breaches that come again every week only the first is looked at, at its first and at its last second.
    """
    first: dict[str, _First] = {}
    seen: dict[tuple[object, ...], dict[str, _First]] = {}
    counted: Counter[str] = Counter()
    for breach in proven.breaches:
        key = clock_key(breach.place, proven.start, proven.end)
        if key not in seen:
            seen[key] = _broken_in(breach, proven)
        counted.update(seen[key].keys())
        for name, here in seen[key].items():
            first[name] = min(first.get(name, here), here, key=lambda one: one[:2])
    groups: dict[tuple[int, str, str, int], list[Rule]] = {}
    for name, (at_s, zone, why, rule) in sorted(first.items()):
        groups.setdefault((at_s, zone, why, counted[name]), []).extend([] if rule is None else [rule])
    return tuple(
        Broken(rules=tuple(rules), zone=zone, at_s=at_s, why=why, places=places)
        for (at_s, zone, why, places), rules in sorted(groups.items())
    )


def ringing_past(proven: Proof) -> tuple[tuple[Rule, str], ...]:
    """Return the rules about calls received whose last legal minute the schedule uses, each with a zone where."""
    found: dict[str, tuple[Rule, str]] = {}
    for place in proven.law.places:
        bound = proven.law.rulebook.binding(proven.law.call, place.jurisdictions)
        received = [(rule, rule.terms) for rule in bound if isinstance(rule.terms, Hours) and rule.terms.received]
        if all(rule.id in found for rule, _ in received):
            continue
        ends = _ends(proven, place.zone)
        for rule, hours in received:
            if ends & {(opening.weekday, opening.end * 60) for opening in hours.openings}:
                found.setdefault(rule.id, (rule, place.zone))
    return tuple(found[name] for name in sorted(found))


_First = tuple[int, str, str, Rule | None]
"""When, where and why something is closed first, and by which rule."""


def _broken_in(breach: Breach, proven: Proof) -> dict[str, _First]:
    """Return what closes the schedule in one place, by the id of the rule, the empty one where no rule is known."""
    law, found = proven.law, dict[str, _First]()
    for at_s in sorted(_looked_at(breach)):
        for said in judged(law.rulebook, breach.place, law.call, instant_at(at_s)):
            name = "" if said.rule is None else said.rule.id
            if not said.is_open:
                found.setdefault(name, (at_s, breach.place.zone, said.why, said.rule))
    return found


def _looked_at(breach: Breach) -> Iterator[int]:
    """Yield the first and the last second of each breach of the week, at the first time that it comes."""
    known = set()
    for start, end in breach.hours.spans:
        local = local_reading(breach.place.zone, start)
        of_the_week = (weekday_of(local), local % DAY_S, end - start)
        if of_the_week not in known:
            known.add(of_the_week)
            yield start
            yield end - 1


def _ends(proven: Proof, zone: str) -> set[tuple[int, int]]:
    """Return where the schedule ends on the zone's wall clock: weekday, and seconds of that day, at most 24:00."""
    found = set()
    for _, end in proven.scheduled.spans:
        last = local_reading(zone, end - 1)
        found.add((weekday_of(last), last % DAY_S + 1))
    return found
