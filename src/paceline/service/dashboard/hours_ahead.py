"""The hours of one campaign beside the law: open now or when next, what binds where, what comes in thirty days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from paceline.campaign.blocks import Schedule
from paceline.campaign.observed import Circumstances, Observed
from paceline.campaign.schedule.proof import BindingLaw, ClosedDay, closed_days, lawful_instants, proof
from paceline.campaign.schedule.windows import intervals_between
from paceline.compliance.call import Place
from paceline.compliance.calling_time import legal
from paceline.compliance.clock_changes import changes_ahead
from paceline.compliance.rule import Rule
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.told import is_judged, terms_words
from paceline.control.schedules.looked import binding_law
from paceline.figures.named import title_of
from paceline.figures.svg import inline_svg_of
from paceline.figures.week import Panel, Week, today_in, week_of
from paceline.primitives.intervals import Intervals, instant_at
from paceline.primitives.zones import zone

AHEAD = timedelta(days=30)
"""How far ahead changes are told."""
FARTHEST = timedelta(days=366)
"""How far ahead the next opening is looked for."""
_SOON = timedelta(days=9)
"""Law that is closed for longer than a week is closed by more than its hours."""
_FEW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Whether something is open at an instant, until when; or from when on it is again, None for not in sight."""

    is_open: bool
    until: datetime | None
    opens: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The law in the places of one clock.

    Attributes:
        zone: whose clock it is.
        alike: other zones with the same clock and law.
        here: what that clock shows now.
    """

    zone: str
    alike: tuple[str, ...]
    here: datetime
    law: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that comes within `AHEAD`: when, what, where, by which rule, and whether it is judged here."""

    on: str
    what: str
    where: str
    citation: str = ""
    judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursAhead:
    """A campaign's hours.

    Attributes:
        unknown: the regions of which nobody knows the law: then nothing is lawful.
        schedule: whether its own hours are open.
        both: whether it may dial: its hours are open, and anybody it calls may be called.
        holds: whether no minute of the next thirty days is outside the law.
        paused_on_closed_days: whether somebody declared that it is paused on days that a law closes.
    """

    at: datetime
    unknown: tuple[str, ...]
    schedule: Stretch
    both: Stretch
    clocks: tuple[Clock, ...]
    coming: tuple[Coming, ...]
    holds: bool
    illegal_minutes: int
    paused_on_closed_days: bool
    picture: Markup
    edition: str
    zone_data: str


def hours_ahead(observed: Observed, schedule: Schedule, facts: Circumstances, rulebook: Rulebook) -> HoursAhead:
    """Return the hours of a campaign as it was observed, from then on.

    Raises:
        UnknownZoneError: the pinned zone data lacks the zone of its schedule.
    """
    at = observed.at
    law, unknown = binding_law(facts, rulebook)
    week = week_of(title_of(observed.campaign, observed.name), schedule, law, today_in(schedule.zone, at))
    month = proof(schedule, law, at, AHEAD)
    days = closed_days(month)
    return HoursAhead(
        at=at,
        unknown=unknown,
        schedule=_stretch(intervals_between(schedule, at, at + _SOON), at),
        both=_both(schedule, law, at),
        clocks=tuple(_clocks(week, law, at)),
        coming=tuple(_coming(schedule, law, days, at)),
        holds=month.holds,
        illegal_minutes=month.violating_minutes,
        paused_on_closed_days=facts.closed_days_paused,
        picture=Markup(inline_svg_of(week)),  # noqa: S704  # every text in it was escaped where it was drawn
        edition=rulebook.edition,
        zone_data=month.zone_data,
    )


def _both(schedule: Schedule, law: BindingLaw, at: datetime) -> Stretch:
    """Return when it may dial: most open within days, so the year is looked through only where one does not."""
    soon = _stretch(lawful_instants(schedule, law, at, at + _SOON), at)
    if soon.is_open or soon.opens is not None:
        return soon
    return _stretch(lawful_instants(schedule, law, at, at + FARTHEST), at)


def _stretch(instants: Intervals, at: datetime) -> Stretch:
    opens = instants.next_from(at)
    if opens is None:
        return Stretch(is_open=False, until=None, opens=None)
    ((_, end), *_) = instants & Intervals.between(opens, at + FARTHEST)
    return Stretch(is_open=opens <= at, until=end, opens=opens)


def _clocks(week: Week, law: BindingLaw, at: datetime) -> Iterator[Clock]:
    for panel in week.panels:
        place = next(one for one in law.places if one.zone == panel.zone)
        yield _clock(panel, place, law, at)


def _clock(panel: Panel, place: Place, law: BindingLaw, at: datetime) -> Clock:
    lawful = legal(law.rulebook, place, law.call, (at, at + _SOON))
    return Clock(zone=panel.zone, alike=panel.alike, here=at.astimezone(zone(panel.zone)), law=_stretch(lawful, at))


def _coming(schedule: Schedule, law: BindingLaw, days: tuple[ClosedDay, ...], at: datetime) -> list[Coming]:
    found = [
        Coming(on=day.on.isoformat(), what=f"closed by law: {day.name}", where="wherever it is that date",
               citation=", ".join(day.rules))
        for day in days
    ]  # fmt: skip
    found += _clock_changes(schedule, law, at)
    found += _turns(law, at.date())
    return sorted(found, key=lambda one: one.on)


def _clock_changes(schedule: Schedule, law: BindingLaw, at: datetime) -> Iterator[Coming]:
    """Yield each change of clocks once, with the zones whose clocks change so."""
    zones = sorted({schedule.zone, *(place.zone for place in law.places)})
    gathered: dict[tuple[int, str], list[str]] = {}
    for name in zones:
        for change in changes_ahead(name, at, AHEAD):
            gathered.setdefault((change.at_s, change.told()), []).append(name)
    for (at_s, told), named in gathered.items():
        more = f" and {len(named) - _FEW} more" if len(named) > _FEW else ""
        yield Coming(on=f"{instant_at(at_s):%Y-%m-%d %H:%M UTC}", what=told, where=f"{', '.join(named[:_FEW])}{more}")


def _turns(law: BindingLaw, first: date) -> Iterator[Coming]:
    """Yield the rules among those that bind that take effect or end, each on its local date."""
    jurisdictions = {one for place in law.places for one in place.jurisdictions}
    for rule in law.rulebook.binding(law.call, jurisdictions):
        for on, word in ((rule.effective_from, "takes effect"), (rule.effective_to, "ends")):
            if on is not None and first <= on <= first + AHEAD:
                yield _turn(rule, on, word)


def _turn(rule: Rule, on: date, word: str) -> Coming:
    return Coming(
        on=on.isoformat(),
        what=f"{rule.id} {word}: {terms_words(rule.terms)}",
        where=rule.jurisdiction,
        citation=rule.citation,
        judged=is_judged(rule),
    )
