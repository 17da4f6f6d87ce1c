"""A schedule proven: every minute of it against the law of every place where a contact may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from paceline.campaign.schedule.broken import Broken, broken_rules
from paceline.campaign.schedule.model import written
from paceline.campaign.schedule.proof import ClosedDay, Proof, closed_days, proof
from paceline.campaign.schedule.windows import local_text
from paceline.compliance.rule import Banned, Blackout, ClosedDays, Hours, Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.timetable import timetable
from paceline.compliance.zonedata import record
from paceline.control.schedules.looked import Scheduled, instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.intervals import Intervals, instant_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A schedule, the proof of it, and what was made of it.

    Attributes:
        seen: the schedule, and what it is judged by.
        proof: of its minutes, from the look on.
        broken: the rules that it breaks.
        closed: the days that a law closes and on which it is open.
    """

    seen: Scheduled
    proof: Proof
    broken: tuple[Broken, ...]
    closed: tuple[ClosedDay, ...]

    @classmethod
    def of(cls, seen: Scheduled, ahead: timedelta) -> Self:
        """Return the proof of a schedule, so far ahead: above nothing, `looked.LONGEST` at most."""
        found = proof(seen.schedule, seen.law, seen.at, ahead)
        return cls(seen=seen, proof=found, broken=broken_rules(found), closed=closed_days(found))

    @property
    def holds(self) -> bool:
        """Whether no minute is illegal, those of closed days aside where somebody declared that it is paused then."""
        paused = self.seen.facts.closed_days_paused
        open_days = not any(breach.hours for breach in self.proof.breaches)
        return self.proof.holds or (bool(self.proof.law.places) and open_days and paused)

    @property
    def illegal(self) -> Intervals:
        """Every instant that is scheduled and illegal anywhere, all places together."""
        return Intervals.of(
            span for one in self.proof.breaches for each in (one.hours, one.closed_days) for span in each.spans
        )

    def document(self) -> dict[str, Json]:
        """Return the proof as JSON: what was examined, in which places, and every violation."""
        seen, proof_of, law = self.seen, self.proof, self.seen.law
        return {
            "campaign": seen.campaign,
            "proven": self.holds,
            "paused_on_closed_days": seen.facts.closed_days_paused,
            "schedule": {
                "zone": seen.schedule.zone,
                "windows": [written(one) for one in sorted(seen.schedule.windows)],
            },
            "from": instant_text(proof_of.start),
            "until": instant_text(proof_of.end),
            "scheduled_minutes": proof_of.scheduled.total_s // 60,
            "examined_minutes": proof_of.examined_minutes,
            "violating_minutes": proof_of.violating_minutes,
            "places": [*self.places()],
            "violations": [_violation(one) for one in self.broken],
            "illegal": [[instant_text(start), instant_text(end)] for start, end in self.illegal],
            "closed_days": [closed_day_document(one) for one in self.closed],
            "assumed": [*sorted(seen.facts.assumed)],
            "unknown_regions": [*seen.unknown],
            "not_judged": [_untold(rule) for rule in not_judged(proof_of)],
            "edition": law.rulebook.edition,
            "zone_data": record({seen.schedule.zone, *(place.zone for place in law.places)}),
        }

    @property
    def closed_day_minutes(self) -> int:
        """How many of the violating minutes lie on days that a law closes, counted in each place."""
        return sum(_minutes(breach.closed_days) for breach in self.proof.breaches)

    def places(self) -> list[dict[str, Json]]:
        """Return each place with the minutes that were examined there, and those that are illegal."""
        breaches = {breach.place: breach for breach in self.proof.breaches}
        each = self.proof.scheduled.total_s // 60
        return [
            {
                "zone": place.zone,
                "jurisdictions": [*place.jurisdictions],
                "examined_minutes": each,
                "illegal_minutes": _minutes(breaches[place].hours) if place in breaches else 0,
                "closed_day_minutes": _minutes(breaches[place].closed_days) if place in breaches else 0,
            }
            for place in self.proof.law.places
        ]


def not_judged(found: Proof) -> tuple[Rule, ...]:
    """Return the rules that bind such calls at some time of the horizon, and that speak of something else than times.

    A ban of some lines is among them where nobody knows what line is called.
    """
    law = found.law
    rules: dict[str, Rule] = {}
    for jurisdictions in dict.fromkeys(place.jurisdictions for place in law.places):
        bound = law.rulebook.binding(law.call, jurisdictions)
        rules |= {rule.id: rule for rule in bound if not isinstance(rule.terms, Hours | ClosedDays | Banned | Blackout)}
        rules |= {rule.id: rule for rule in timetable(law.rulebook, jurisdictions, law.call).unjudged}
    first, last = found.start.date(), found.end.date()
    return tuple(
        rule
        for _, rule in sorted(rules.items())
        if (rule.effective_from is None or rule.effective_from <= last)
        and (rule.effective_to is None or first < rule.effective_to)
    )


def closed_day_document(day: ClosedDay) -> dict[str, Json]:
    """Return a day that a law closes as JSON: what it is, who closes it, and from when until when is dialed then."""
    return {
        "on": day.on.isoformat(),
        "name": day.name,
        "rules": [*day.rules],
        "instants": [[instant_text(start), instant_text(end)] for start, end in day.instants],
    }


def _violation(one: Broken) -> Json:
    return {
        "rules": [{"id": rule.id, "citation": rule.citation} for rule in one.rules],
        "zone": one.zone,
        "at": instant_text(instant_at(one.at_s)),
        "local": local_text(one.zone, one.at_s),
        "why": one.why,
        "places": one.places,
    }


def _minutes(instants: Intervals) -> int:
    return -(-instants.total_s // 60)


def _untold(rule: Rule) -> Json:
    return {"id": rule.id, "citation": rule.citation, "kind": kind_of(rule.terms), "summary": rule.summary}
