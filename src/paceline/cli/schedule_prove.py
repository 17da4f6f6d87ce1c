"""`paceline schedule prove`: every minute of a schedule against the law of every place where a contact may be."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.scheduled import Scheduled, horizon_said, instant_text, scheduled
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.campaign.schedule.broken import Broken
    from paceline.campaign.schedule.proof import ClosedDay, Proof
    from paceline.compliance.rule import Rule
    from paceline.primitives.intervals import Intervals

PLACE_COLUMNS = ("ZONE", "MINUTES", "ILLEGAL", "ON CLOSED DAYS")
BROKEN_COLUMNS = ("RULE", "WHERE", "FIRST, LOCALLY", "WHY", "CITATION")
DAY_COLUMNS = ("CLOSED", "WHAT", "RULES", "DIALS FROM", "UNTIL")


def prove_schedule(
    campaign: str | None = None, /, *, horizon: str = "365d", everywhere: Everywhere | None = None
) -> int:
    """Prove that a schedule places no call outside legal hours, or show every violation: exit 0 or 3.

    Each minute from now on, by the platform's clock, at which the campaign is open is judged in every place where a
    contact may be. Days that a law closes count as violations, unless somebody declared that the campaign is paused on
    them (closed_days=paused): then the proof names them, and holds on that condition only. What the file of campaigns
    says newly is adopted first.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    horizon
        How far ahead is judged, such as 365d.
    """
    everywhere = everywhere or Everywhere()
    seen = scheduled(campaign, everywhere)
    found = _Judged.of(seen, horizon)
    if everywhere.output is Output.TABLE:
        _show_for_people(found)
    else:
        show_data(found.document(), everywhere.output, names=["proven" if found.proven else "not proven"])
    return exits.DONE if found.proven else exits.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A schedule, the proof of it, and what was made of it."""

    seen: Scheduled
    proof: Proof
    broken: tuple[Broken, ...]
    closed: tuple[ClosedDay, ...]

    @classmethod
    def of(cls, seen: Scheduled, horizon: str) -> _Judged:
        from paceline.campaign.schedule.broken import broken_rules
        from paceline.campaign.schedule.proof import closed_days, proof

        found = proof(seen.schedule, seen.law, seen.at, horizon_said(horizon))
        return cls(seen=seen, proof=found, broken=broken_rules(found), closed=closed_days(found))

    @property
    def proven(self) -> bool:
        """Whether no minute is illegal, those of closed days aside where somebody declared that it is paused then."""
        paused = self.seen.facts.closed_days_paused
        open_days = not any(breach.hours for breach in self.proof.breaches)
        return self.proof.holds or (bool(self.proof.law.places) and open_days and paused)

    @property
    def illegal(self) -> Intervals:
        """Every instant that is scheduled and illegal anywhere, all places together."""
        from paceline.primitives.intervals import Intervals

        return Intervals.of(
            span for one in self.proof.breaches for each in (one.hours, one.closed_days) for span in each.spans
        )

    def document(self) -> dict[str, Json]:
        """Return the proof as JSON: what was examined, in which places, and every violation."""
        from paceline.campaign.schedule.model import written
        from paceline.compliance.zonedata import record

        seen, proof, law = self.seen, self.proof, self.seen.law
        return {
            "campaign": seen.campaign,
            "proven": self.proven,
            "paused_on_closed_days": seen.facts.closed_days_paused,
            "schedule": {
                "zone": seen.schedule.zone,
                "windows": [written(one) for one in sorted(seen.schedule.windows)],
            },
            "from": instant_text(proof.start),
            "until": instant_text(proof.end),
            "scheduled_minutes": proof.scheduled.total_s // 60,
            "examined_minutes": proof.examined_minutes,
            "violating_minutes": proof.violating_minutes,
            "places": self._places(),
            "violations": [self._violation(one) for one in self.broken],
            "illegal": [[instant_text(start), instant_text(end)] for start, end in self.illegal],
            "closed_days": [closed_day_document(one) for one in self.closed],
            "assumed": [*sorted(seen.facts.assumed)],
            "unknown_regions": [*seen.unknown],
            "not_judged": [_untold(rule) for rule in not_judged(proof)],
            "edition": law.rulebook.edition,
            "zone_data": record({seen.schedule.zone, *(place.zone for place in law.places)}),
        }

    def _places(self) -> list[Json]:
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

    def _violation(self, one: Broken) -> Json:
        from paceline.campaign.schedule.windows import local_text
        from paceline.primitives.intervals import instant_at

        return {
            "rules": [{"id": rule.id, "citation": rule.citation} for rule in one.rules],
            "zone": one.zone,
            "at": instant_text(instant_at(one.at_s)),
            "local": local_text(one.zone, one.at_s),
            "why": one.why,
            "places": one.places,
        }


def not_judged(proof: Proof) -> tuple[Rule, ...]:
    """Return the rules that bind such calls at some time of the horizon, and that speak of something else than times.

    A ban of some lines is among them where nobody knows what line is called.
    """
    from paceline.compliance.rule import Banned, Blackout, ClosedDays, Hours
    from paceline.compliance.timetable import timetable

    law = proof.law
    found: dict[str, Rule] = {}
    for jurisdictions in dict.fromkeys(place.jurisdictions for place in law.places):
        bound = law.rulebook.binding(law.call, jurisdictions)
        found |= {rule.id: rule for rule in bound if not isinstance(rule.terms, Hours | ClosedDays | Banned | Blackout)}
        found |= {rule.id: rule for rule in timetable(law.rulebook, jurisdictions, law.call).unjudged}
    first, last = proof.start.date(), proof.end.date()
    return tuple(
        rule
        for _, rule in sorted(found.items())
        if (rule.effective_from is None or rule.effective_from <= last)
        and (rule.effective_to is None or first < rule.effective_to)
    )


def closed_day_document(day: ClosedDay) -> Json:
    """Return a day that a law closes as JSON: what it is, who closes it, and from when until when is dialed then."""
    return {
        "on": day.on.isoformat(),
        "name": day.name,
        "rules": [*day.rules],
        "instants": [[instant_text(start), instant_text(end)] for start, end in day.instants],
    }


def day_rows(days: Iterable[ClosedDay]) -> list[tuple[object, ...]]:
    """Return rows of a table of days that a law closes, under `DAY_COLUMNS`."""
    rows: list[tuple[object, ...]] = []
    for day in days:
        instants = [*day.instants]
        rows.append(
            (day.on, day.name, ", ".join(day.rules), instant_text(instants[0][0]), instant_text(instants[-1][1]))
        )
    return rows


def _minutes(instants: Intervals) -> int:
    return -(-instants.total_s // 60)


def _untold(rule: Rule) -> Json:
    from paceline.compliance.rule_terms import kind_of

    return {"id": rule.id, "citation": rule.citation, "kind": kind_of(rule.terms), "summary": rule.summary}


def _show_for_people(found: _Judged) -> None:
    from paceline.compliance.rule_terms import kind_of

    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    seen, proof = found.seen, found.proof
    if found.proven:
        say(
            f"{seen.campaign}  proven{': if it is paused on the closed days below' if found.closed else ''}",
            "bold green",
        )
    else:
        say(f"{seen.campaign}  NOT proven", "bold red")
    say(
        f"  {proof.examined_minutes} minutes examined, {proof.violating_minutes} of them illegal: "
        f"{proof.scheduled.total_s // 60} scheduled from {instant_text(proof.start)} to {instant_text(proof.end)}, "
        f"in {len(seen.law.places)} places"
    )
    if seen.unknown:
        say(f"  nobody knows the law of {', '.join(seen.unknown)}: unknown is closed", "red")
    if seen.facts.assumed:
        say(f"  nobody declared {', '.join(sorted(seen.facts.assumed))}, so the tightest was assumed", "yellow")
    rows = {place["zone"]: place for place in found._places() if isinstance(place, dict)}  # noqa: SLF001 - its own
    if rows:
        keys = ("zone", "examined_minutes", "illegal_minutes", "closed_day_minutes")
        show_table(PLACE_COLUMNS, [[row[key] for key in keys] for row in rows.values()])
    if found.broken:
        show_table(BROKEN_COLUMNS, [row for one in found.broken for row in _broken_rows(one)])
    if found.closed:
        show_table(DAY_COLUMNS, day_rows(found.closed))
    kinds = Counter(kind_of(rule.terms) for rule in not_judged(proof))
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    say(f"not judged here, by kind of rule: {told or 'none'}; -o json names them, paceline law list all", "dim")
    say(f"rules {seen.law.rulebook.edition}, zone data {proof.zone_data}", "dim")


def _broken_rows(one: Broken) -> Iterable[tuple[object, ...]]:
    from paceline.campaign.schedule.windows import local_text

    where = one.zone if one.places == 1 else f"{one.zone} and {one.places - 1} more"
    at = local_text(one.zone, one.at_s)
    for rule in one.rules:
        yield rule.id, where, at, one.why, rule.citation
    if not one.rules:
        yield "no rule", where, at, one.why, None
