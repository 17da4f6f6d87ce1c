"""One rule of law, dated and sourced, and the terms it may have; pure.

A rule only ever closes instants or lowers caps, so a doubtful one makes a decision stricter and never looser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from paceline.compliance.call import Call, Line, Mode, Purpose


class Confidence(StrEnum):
    """How sure the reading is: `high` is primary or two that agree, `medium` one good secondary, `low` recalled."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When one weekday is open, in minutes of the local day: `[start, end)`, `0 <= start < end <= 1440`.

    Attributes:
        weekday: 0 is Monday, 6 is Sunday.
    """

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours in which calls may be placed; a weekday without an opening is closed.

    Attributes:
        also_in: zones in which the same wall clock must be open as well, such as the fixed offset a statute names.
        received: whether the law speaks of calls received, so that the last dial needs room to ring.
    """

    openings: tuple[Opening, ...]
    also_in: tuple[str, ...] = ()
    received: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDays:
    """Local dates on which no call may be placed: those of a calendar; a date it does not reach is closed."""

    calendar: str


class Counted(StrEnum):
    """What a cap counts over."""

    ROLLING = "rolling"
    """Any span of that many seconds."""
    LEGAL_DAYS = "legal-days"
    """Consecutive local calendar days, the first one whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCap:
    """At most `most` attempts to one person in any `period`; attempts that were not answered count.

    Attributes:
        per: whom it counts for: `person`, `subject`, `debt`, `number`.
    """

    most: int
    period: timedelta
    counted: Counted
    per: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapAfter:
    """No attempt for `gap` after an event: `conversation`, `abandoned`, `machine`, `refusal`."""

    event: str
    gap: timedelta
    counted: Counted = Counted.ROLLING


class Denominator(StrEnum):
    """What abandoned calls are measured against."""

    ANSWERED_LIVE = "answered-live"
    """Calls that a person answered; machines are none."""


class Period(StrEnum):
    """The time over which abandonment is measured."""

    BLOCKS_30D = "30-day-blocks"
    """Successive 30 days, counted from the first dial of the campaign; the last one may be partial."""
    DAY = "24-hours"
    """Each 24 hours from midnight of the campaign's zone."""
    CALENDAR_MONTH = "calendar-month"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonmentCeiling:
    """At most `most` of `per` calls abandoned: integers, compared as integers.

    A call is abandoned when nobody speaks within `within_s` seconds of the end of the called person's greeting.
    """

    most: int
    per: int
    within_s: int
    denominator: Denominator
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class RingTime:
    """An unanswered call rings at least `least_s` seconds, or `least_rings` rings, before it is given up."""

    least_s: int
    least_rings: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blackout:
    """No calls from one instant to another, seconds since 1970, while an emergency lasts; `end_s` None is still on."""

    start_s: int
    end_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Banned:
    """No such call at all, where its conditions are known to hold (`Rule.binds`)."""


class Duty(StrEnum):
    """What the law asks beyond times, counts and rates: told, and not judged here."""

    CONSENT = "consent"
    DO_NOT_CALL = "do-not-call"
    REASSIGNED_NUMBERS = "reassigned-numbers"
    RETENTION = "retention"
    REGISTRATION = "registration"
    IDENTIFICATION = "identification"
    CONDUCT = "conduct"
    """What a call must or must not do: a message, a prefix, a wish that was stated."""
    EMERGENCY = "emergency"
    """Somebody has to learn of a declared emergency, and to add the blackout as a rule."""
    CALLER_CLOCK = "caller-clock"
    """The hours may bind by the caller's clock as well, and nobody knows where the caller is."""
    PENDING = "pending"
    """Not law yet: told, so that nobody is surprised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A duty that paceline does not check; `days` or `years` where the law names a number."""

    duty: Duty
    days: int | None = None
    years: int | None = None


Terms = Hours | ClosedDays | AttemptCap | GapAfter | AbandonmentCeiling | RingTime | Blackout | Banned | Obligation
"""What a rule may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One testable constraint.

    Attributes:
        id: stable, such as `US-FL-hours`.
        jurisdiction: ISO 3166, a country or a part of one.
        citation: where the law says so.
        summary: one sentence for people.
        purposes, modes, lines: what calls it binds; whoever knows less about a call is bound.
        effective_from, effective_to: local dates, `[from, to)`; None is without bound.
        confidence: how sure the reading is.
        source: source tags of the reading.
        verified_on: when somebody last looked.
        exemptions: told, never applied: an exemption may only be relied on by whoever can prove it.
    """

    id: str
    jurisdiction: str
    citation: str
    summary: str
    terms: Terms
    purposes: frozenset[Purpose]
    modes: frozenset[Mode]
    lines: frozenset[Line]
    confidence: Confidence
    source: str
    verified_on: date
    effective_from: date | None = None
    effective_to: date | None = None
    exemptions: tuple[str, ...] = ()

    def in_force(self, on: date) -> bool:
        """Return whether it holds on this local date."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on < self.effective_to
        )

    def binds(self, call: Call) -> bool:
        """Return whether it binds calls of this kind.

        A ban needs to be known to apply: it binds only where every line the call may go to is one that it names.
        """
        if not (self.purposes & call.purposes and self.modes & call.modes):
            return False
        if isinstance(self.terms, Banned):
            return call.lines <= self.lines
        return bool(self.lines & call.lines)
