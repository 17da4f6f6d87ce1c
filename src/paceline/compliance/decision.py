"""Whether one person may be called at one instant, which rule says so, and what the answer was made from; pure.

Rules:
* Callable means callable in every zone where the person may be, by every rule of times that binds there.
* Two readings of the rules are asked, the tables of `calling_time` and the single verdicts of `judgement`; a yes needs
  both.
* Zone data that is older than the minimum closes everything: its local times may be an hour off.
* What is not judged here is told: caps, abandonment and ring time need a history, duties need people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from paceline.compliance.call import Call
from paceline.compliance.calling_time import next_callable
from paceline.compliance.geography.tables import digest
from paceline.compliance.judgement import Judgement, judged
from paceline.compliance.locality import Locality, Standing, locate
from paceline.compliance.rule import Banned, Blackout, ClosedDays, Hours, Obligation, Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.zonedata import MINIMUM, StaleZoneDataError, record, release
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.zones import zone, zone_data_version

_OF_TIMES = (Hours, ClosedDays, Blackout, Banned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer and all that it rests on.

    Attributes:
        at: the instant in question.
        next: the first callable instant that is not before `at`; None where there is none within a year.
        stale: why the zone data is too old to decide by; None when it is not.
        judgements: what each rule of times says, in each zone; none where nobody knows where the person may be.
        not_judged: rules in force that bind such calls and that no instant can keep or break.
        edition: names the rules and calendars.
        zone_data: version and file hashes of the zone data, as a record holds them.
    """

    is_callable: bool
    at: datetime
    next: datetime | None
    locality: Locality
    call: Call
    stale: str | None
    judgements: tuple[Judgement, ...]
    not_judged: tuple[Rule, ...]
    edition: str
    zone_data: Mapping[str, Json]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not, for people: each closing rule in each zone, or why nobody knows where the person is."""
        if self.locality.standing is not Standing.LOCATED:
            return (self.locality.why,)
        closing = [one for one in self.judgements if not one.is_open]
        told = [f"{'no rule' if one.rule is None else one.rule.id} in {one.zone}: {one.why}" for one in closing]
        return (*([] if self.stale is None else [self.stale]), *told)

    def document(self) -> dict[str, Json]:
        """Return it as JSON: `callable`, `next`, `zones` and `rules` are stable, the number is not in it."""
        return {
            "callable": self.is_callable,
            "next": None if self.next is None else utc_text(self.next),
            "zones": [*sorted(self.locality.zones)],
            "rules": [_rule_document(each) for each in by_rule(self.judgements)],
            "at": utc_text(self.at),
            "reasons": [*self.reasons],
            "where": {
                "standing": self.locality.standing.value,
                "why": self.locality.why,
                "jurisdictions": [*sorted(self.locality.jurisdictions)],
                "origins": [
                    {"signal": origin.signal, "said": origin.said, "zones": [*sorted(origin.zones)]}
                    for origin in self.locality.origins
                ],
            },
            "local_times": {key: self.at.astimezone(zone(key)).isoformat() for key in sorted(self.locality.zones)},
            "not_judged": [_untold(rule) for rule in self.not_judged],
            "call": {
                "purposes": [*sorted(self.call.purposes)],
                "modes": [*sorted(self.call.modes)],
                "lines": [*sorted(self.call.lines)],
            },
            "edition": self.edition,
            "geography": digest(),
            "zone_data": {**self.zone_data},
        }


def decide(
    rulebook: Rulebook,
    *,
    number: str,
    at: datetime,
    call: Call,
    address_zone: str | None = None,
    region: str | None = None,
) -> Decision:
    """Return whether the holder of a number may be called at an instant, and why.

    What the signals are is said at `locality.locate`; the instant is aware.

    Raises:
        ValueError: the instant has no offset.
    """
    return decided(rulebook, locate(number, address_zone=address_zone, region=region, rulebook=rulebook), at, call)


def decided(rulebook: Rulebook, locality: Locality, at: datetime, call: Call) -> Decision:
    """Return the same for a person who is located already.

    Raises:
        ValueError: the instant has no offset.
    """
    places = locality.places
    opens = next_callable(rulebook, places, call, at)
    judgements = judged(rulebook, places, call, at) if places else ()
    is_open = bool(judgements) and all(one.is_open for one in judgements)
    found = zone_data_version()
    stale = str(StaleZoneDataError(found=found, required=MINIMUM)) if release(found) < release(MINIMUM) else None
    dates = {at.astimezone(zone(key)).date() for key in locality.zones}
    bound = rulebook.binding(call, locality.jurisdictions)
    untimed = (rule for rule in bound if not isinstance(rule.terms, _OF_TIMES))
    return Decision(
        is_callable=opens is not None and opens <= at and is_open and stale is None,
        at=at,
        next=opens if stale is None else None,
        locality=locality,
        call=call,
        stale=stale,
        judgements=judgements,
        not_judged=tuple(rule for rule in untimed if any(rule.in_force(date) for date in dates)),
        edition=rulebook.edition,
        zone_data=record(locality.zones),
    )


def by_rule(judgements: Sequence[Judgement]) -> list[list[Judgement]]:
    """Return the judgements of each rule together, in the order of the rules' ids."""
    found: dict[str, list[Judgement]] = {}
    for one in judgements:
        found.setdefault("" if one.rule is None else one.rule.id, []).append(one)
    return [each for _, each in sorted(found.items())]


def _rule_document(judgements: Sequence[Judgement]) -> Json:
    rule = judgements[0].rule
    closing = [one for one in judgements if not one.is_open]
    return {
        "id": None if rule is None else rule.id,
        "citation": None if rule is None else rule.citation,
        "verdict": "closed" if closing else judgements[0].verdict,
        "zones": [{"zone": one.zone, "verdict": one.verdict, "why": one.why} for one in judgements],
    }


def _untold(rule: Rule) -> Json:
    kind = rule.terms.duty.value if isinstance(rule.terms, Obligation) else kind_of(rule.terms)
    return {"id": rule.id, "citation": rule.citation, "kind": kind, "summary": rule.summary}
