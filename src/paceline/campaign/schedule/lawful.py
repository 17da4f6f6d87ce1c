"""The rules of the schedule that ask the law, in the order in which they are told.

* `schedule.zone-data`: the zone data is new enough to decide by; age alone is told.
* `schedule.unknown-region`: the law is at hand, and the zones of every region where contacts may be are known.
* `schedule.calling-time`: for a year ahead, no instant of the schedule is outside the legal hours of any place where a
  contact may be; each rule that is broken is named, with the first instant at which it is.
* `schedule.closed-day`: the campaign is not open on days that a law closes, or somebody has declared that it is paused
  on them; then they are told.
* `schedule.lawful-windows`: the widest windows that would be lawful.
* `schedule.assumed`: nobody declared whom the campaign calls and what for, so the tightest was assumed.
* `schedule.directive`: no directive widens legal hours; IGNORE beside windows outside of them is refused, and wants a
  person who answers for it otherwise.
* `schedule.dst`: which hours of a window a change of the clock skips or repeats.
* `schedule.ring-room`: a window ends with the legal end where the law speaks of calls received.
"""

from __future__ import annotations

from paceline.campaign.blocks import DAY_S, Directive, Schedule
from paceline.campaign.observed import Situation
from paceline.campaign.schedule.broken import Broken, broken_rules, ringing_past
from paceline.campaign.schedule.model import PLATFORM_HOURS, time_of_day, written
from paceline.campaign.schedule.proof import BindingLaw, ClosedDay, Proof, closed_days, proof, widest_lawful
from paceline.campaign.schedule.windows import local_text, odd_hours
from paceline.compliance.zonedata import standing
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.intervals import instant_at


def lawful(schedule: Schedule, situation: Situation) -> Findings:
    """Judge a whole and sound schedule by the law of every place where a contact may be."""
    data = _zone_data(situation)
    if Findings.of([data]).refused:
        return Findings.of([data])
    law = _law(situation)
    if isinstance(law, Finding):
        return Findings.of([data, law])
    proven = proof(schedule, law, situation.now)
    broken = broken_rules(proven)
    found = [data, *(_calling_time(one, proven) for one in broken), _closed(closed_days(proven), situation)]
    if broken:
        found += [_suggestion(schedule, law, situation), _assumed(situation)]
    found += [_directive(schedule, bool(broken)), _odd(schedule, proven)]
    return Findings.of(found if broken else [*found, *_ring_room(proven)])


def _zone_data(situation: Situation) -> Finding | None:
    told = standing(today=situation.now.date())
    if told.fresh and told.warning is None:
        return None
    return Finding(
        rule="schedule.zone-data",
        severity=Severity.INFO if told.fresh else Severity.ERROR,
        message=told.warning or "the zone data is too old",
        field="zone",
        found=told.version,
        limit=told.required,
    )


def _law(situation: Situation) -> BindingLaw | Finding:
    rulebook, facts = situation.rulebook, situation.circumstances
    if rulebook is None:
        return _unknown("no rulebook is at hand: what is lawful cannot be told", ())
    unknown = tuple(sorted(facts.regions - rulebook.zones.keys()))
    if unknown:
        return _unknown(f"nobody knows the law or the zones of {', '.join(unknown)}: unknown is closed", unknown)
    if not facts.regions:
        return _unknown("nobody knows where contacts may be: unknown is closed", ())
    return BindingLaw(rulebook=rulebook, places=rulebook.places(facts.regions), call=facts.call)


def _unknown(message: str, regions: tuple[str, ...]) -> Finding:
    return Finding(
        rule="schedule.unknown-region", severity=Severity.ERROR, message=message, field="regions", found=regions or None
    )


def _calling_time(broken: Broken, proven: Proof) -> Finding:
    when = local_text(broken.zone, broken.at_s)
    more = broken.places - 1
    where = f"{broken.zone} and {more} more place{'s' if more > 1 else ''}" if more else broken.zone
    named = tuple(rule.id for rule in broken.rules)
    subject = ", ".join(named) or "nobody knows the hours"
    return Finding(
        rule="schedule.calling-time",
        severity=Severity.ERROR,
        message=f"{subject}: the campaign would dial at {when} in {where} ({_utc(broken.at_s)}); {broken.why}",
        field="windows",
        found=f"{when} {broken.zone}",
        limit=named or None,
        source="; ".join(rule.citation for rule in broken.rules) or f"rules {proven.law.rulebook.edition}",
    )


def _closed(days: tuple[ClosedDay, ...], situation: Situation) -> Finding | None:
    if not days:
        return None
    told = tuple(f"{day.on} {day.name} ({', '.join(day.rules)})" for day in days)
    named = {rule for day in days for rule in day.rules}
    rulebook, paused = situation.rulebook, situation.circumstances.closed_days_paused
    cited = {rule.citation for rule in rulebook.rules if rule.id in named} if rulebook is not None else set()
    spans = days[0].instants.spans
    first = f"{told[0]}, dialing from {_utc(spans[0][0])} to {_utc(spans[-1][1])}"
    if paused:
        message = f"{len(days)} days of the coming year are closed by law, and declared as paused; next: {first}"
    else:
        message = (
            f"the campaign would dial on {len(days)} days of the coming year that are closed by law, next: {first}; "
            f"a weekly schedule cannot leave them out: plan a pause and a resumption around each "
            f"(`paceline pause {situation.observed.campaign} --at ...`), and declare closed_days=paused"
        )
    return Finding(
        rule="schedule.closed-day",
        severity=Severity.INFO if paused else Severity.ERROR,
        message=message,
        field="windows",
        found=told,
        source="; ".join(sorted(cited)),
    )


def _suggestion(schedule: Schedule, law: BindingLaw, situation: Situation) -> Finding:
    widest = tuple(written(one) for one in widest_lawful(law, schedule.zone, situation.now, within=PLATFORM_HOURS))
    if widest:
        message = f"lawful in every place on every open day of the coming year, in {schedule.zone}: {', '.join(widest)}"
    else:
        message = (
            "no hour of the week is lawful in every place at once; declare the regions and the purpose of the "
            "campaign, or split it by region"
        )
    return Finding(
        rule="schedule.lawful-windows", severity=Severity.INFO, message=message, field="windows", limit=widest or None
    )


def _assumed(situation: Situation) -> Finding | None:
    assumed = tuple(sorted(situation.circumstances.assumed))
    if not assumed:
        return None
    message = (
        f"nobody declared {', '.join(assumed)}, so the tightest was assumed; "
        f"`paceline declare {situation.observed.campaign} ...` says what is so"
    )
    return Finding(rule="schedule.assumed", severity=Severity.INFO, message=message, found=assumed)


def _directive(schedule: Schedule, outside: bool) -> Finding | None:  # noqa: FBT001  # what was found, not a way to work
    if schedule.directive is Directive.STRICT:
        return None
    if schedule.directive is Directive.FLEXIBLE:
        severity, message = Severity.INFO, "FLEXIBLE widens no legal hours: windows are judged as with STRICT"
    elif outside:
        severity, message = Severity.ERROR, "IGNORE widens no legal hours, and some windows lie outside of them"
    else:
        severity = Severity.REVIEW
        message = "IGNORE switches off the platform's own test of hours, a second net: that wants a person's word"
    return Finding(
        rule="schedule.directive",
        severity=severity,
        message=message,
        field="directive",
        found=schedule.directive.value,
        limit=(Directive.STRICT.value,),
    )


def _odd(schedule: Schedule, proven: Proof) -> Finding | None:
    told = tuple(
        f"{odd.on} {time_of_day(odd.start_s)}-{time_of_day(odd.end_s % DAY_S or DAY_S)} "
        f"{'comes twice' if odd.is_repeated else 'does not exist'}"
        for odd in odd_hours(schedule, proven.start, proven.end)
    )
    if not told:
        return None
    message = f"the clock of {schedule.zone} changes inside a window: {', '.join(told)}"
    return Finding(rule="schedule.dst", severity=Severity.INFO, message=message, field="windows", found=told)


def _ring_room(proven: Proof) -> list[Finding | None]:
    return [
        Finding(
            rule="schedule.ring-room",
            severity=Severity.INFO,
            message=(
                f"{rule.id} speaks of calls received, and the schedule ends with its last legal minute in {zone}: "
                "a call dialed then still rings after it"
            ),
            field="windows",
            found=zone,
            source=rule.citation,
        )
        for rule, zone in ringing_past(proven)
    ]


def _utc(seconds: int) -> str:
    return utc_text(instant_at(seconds))
