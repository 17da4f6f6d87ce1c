"""What a rule decides here, and what nobody here knows of it: in sentences for people; pure."""

from __future__ import annotations

from typing import assert_never

from paceline.compliance.call import Line, Mode, Purpose
from paceline.compliance.rule import (
    AbandonmentCeiling,
    AttemptCap,
    Banned,
    Blackout,
    ClosedDays,
    Confidence,
    GapAfter,
    Hours,
    Obligation,
    RingTime,
    Rule,
)

SOURCES = {
    "P": "the primary text or the regulator's own page was read, often an excerpt",
    "R1": "a table of state laws in a public repository that quotes the operative words",
    "R2": "a compliance memo in a public repository that quotes the regulations",
    "S": "a law firm's, trade or vendor page",
    "K": "recalled, and not read",
}
"""What the tags mean that say where a rule was read."""


def decides(rule: Rule) -> tuple[str, ...]:
    """Return what is decided by a rule here, sentences without full stops."""
    match rule.terms:
        case Hours() | Blackout():
            return (
                "whether a person may be called at an instant",
                "whom of a contact list may be called, now and by hour",
                "whether a schedule is lawful: one minute outside of it, within a year, and the schedule is refused",
            )
        case ClosedDays():
            return (
                "whether a person may be called at an instant, and whom of a contact list",
                "on which days a campaign has to be paused: its schedule is refused until somebody declares that it is",
            )
        case Banned():
            return ("whether such a call may be placed at all: a person, a contact list, a schedule",)
        case AttemptCap():
            return ("how many calls, at which intervals, dialing rules may make to one person: more are refused",)
        case AbandonmentCeiling():
            return (
                "how high the threshold and the aim of abandonment may be set",
                "whether pacing may get bolder, by what was measured and what is projected for the legal period",
                "how many more calls may be abandoned before the legal period is above it",
            )
        case GapAfter():
            return ("nothing: it is told beside dialing rules whose first retry comes sooner",)
        case RingTime() | Obligation():
            return ("nothing: it is told, and somebody else has to keep it",)
        case _:
            assert_never(rule.terms)


def not_known(rule: Rule) -> tuple[str, ...]:
    """Return what nobody here knows of a rule, or of the calls that it binds, sentences without full stops."""
    found = [*_of_its_kind(rule)]
    if rule.exemptions:
        found.append(f"whether an exemption holds ({'; '.join(rule.exemptions)}): it is told, and never applied")
    if rule.lines < frozenset(Line) and not isinstance(rule.terms, Banned):
        lines = " or ".join(sorted(rule.lines))
        found.append(f"what line a number is: it speaks of {lines}, and is held to bind every line")
    if rule.purposes < frozenset(Purpose):
        found.append("what a campaign calls for, unless that is declared: until then it is held to bind")
    if rule.modes < frozenset(Mode) and Mode.LIVE not in rule.modes:
        found.append("whether a recording speaks: campaigns are held to have people speak")
    if rule.confidence is not Confidence.HIGH:
        sure = "one good secondary source" if rule.confidence is Confidence.MEDIUM else "memory"
        found.append(f"whether the reading is exact: it rests on {sure}, so it may only make a decision stricter")
    return tuple(found)


def _of_its_kind(rule: Rule) -> tuple[str, ...]:
    match rule.terms:
        case Hours(received=True):
            return ("how long a call rings: it speaks of calls received, and no second is taken off the last minute",)
        case Hours():
            return ("where a person really is: every zone that the number, address and region allow has to be open",)
        case ClosedDays():
            return ("days that are proclaimed after the calendar was read; dates it does not reach are closed",)
        case Banned():
            return ("what line is called, unless it is said: the ban binds where every line that may be called is its",)
        case AttemptCap():
            return ("calls that other campaigns and other systems made to the same person",)
        case AbandonmentCeiling():
            return ("when a greeting ends: the platform's own count of abandoned calls is taken",)
        case GapAfter() | RingTime():
            return ("what the platform does between two calls, and how long it lets a call ring",)
        case Blackout():
            return ("whether the emergency has ended since the rule was written",)
        case Obligation():
            return ("whether it is kept",)
        case _:
            assert_never(rule.terms)
