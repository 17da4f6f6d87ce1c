"""The kinds of terms that a rule may have, each with the fields that a file says it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType

from paceline.compliance.fields import Fields
from paceline.compliance.rule import (
    AbandonmentCeiling,
    AttemptCap,
    Banned,
    Blackout,
    ClosedDays,
    Counted,
    Denominator,
    Duty,
    GapAfter,
    Hours,
    Obligation,
    Opening,
    Period,
    RingTime,
    Terms,
)
from paceline.primitives.intervals import seconds_of
from paceline.primitives.zones import zone_keys

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVENTS = ("conversation", "abandoned", "machine", "refusal")
"""After what a rule may forbid to call again."""
COUNTED_FOR = ("person", "subject", "debt", "number")
"""Whom or what a cap may count for."""
_WINDOW = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def terms_of(fields: Fields) -> Terms:
    """Take the kind of a rule and the fields of that kind.

    Raises:
        RuleFileError: the kind is none, or a field is missing or wrong.
    """
    kind = fields.text("kind")
    if kind not in KINDS:
        raise fields.wrong(f"{kind!r} is none of {', '.join(KINDS)}", "kind")
    return KINDS[kind](fields)


def kind_of(terms: Terms) -> str:
    """Return the word for this kind of terms."""
    return _KIND_OF[type(terms)]


def _hours(fields: Fields) -> Hours:
    openings: list[Opening] = []
    for days, windows in fields.table("open").items():
        weekdays = _weekdays(days)
        if weekdays is None:
            raise fields.wrong(f"{days!r} is no weekday and no span of weekdays such as mon-fri", "open")
        if not isinstance(windows, list) or not windows:
            raise fields.wrong(f"{days}: a list of windows such as 08:00-20:00 is expected", "open")
        opened = sorted(_window(fields, window) for window in windows)
        openings += [Opening(weekday=day, start=start, end=end) for day in weekdays for start, end in opened]
    openings.sort(key=lambda one: (one.weekday, one.start))
    if not openings:
        raise fields.wrong("no hours are open: a ban says that better", "open")
    for one, after in pairwise(openings):
        if one.weekday == after.weekday and after.start < one.end:
            raise fields.wrong(f"windows of {WEEKDAYS[one.weekday]} overlap", "open")
    also_in = fields.texts("also_in")
    for key in also_in:
        if key not in zone_keys():
            raise fields.wrong(f"the zone data knows no zone {key!r}", "also_in")
    return Hours(openings=tuple(openings), also_in=also_in, received=fields.truth("received"))


def _weekdays(text: str) -> range | None:
    """Return the weekdays from the first to the last that is named; None when the text is no such span."""
    first, _, last = text.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return None
    found = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    return found if found and text == (f"{first}-{last}" if last else first) else None


def _window(fields: Fields, text: object) -> tuple[int, int]:
    found = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise fields.wrong(f"{text!r} is no window such as 08:00-20:00", "open")
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not start < end <= 1440:
        raise fields.wrong(f"{text!r} has to end after it starts, at 24:00 at the latest", "open")
    return start, end


def _attempts(fields: Fields) -> AttemptCap:
    counted = fields.word("counted", Counted)
    return AttemptCap(
        most=fields.whole("most", least=1),
        period=_counted_span(fields, "period", counted),
        counted=counted,
        per=_one_of(fields, "each", COUNTED_FOR),
    )


def _gap(fields: Fields) -> GapAfter:
    counted = fields.word("counted", Counted)
    return GapAfter(event=_one_of(fields, "event", EVENTS), gap=_counted_span(fields, "gap", counted), counted=counted)


def _counted_span(fields: Fields, field: str, counted: Counted) -> timedelta:
    found = fields.span(field)
    if counted is Counted.LEGAL_DAYS and found % timedelta(days=1):
        raise fields.wrong("legal days are counted in whole days", field)
    return found


def _one_of(fields: Fields, field: str, words: tuple[str, ...]) -> str:
    found = fields.text(field)
    if found not in words:
        raise fields.wrong(f"{found!r} is none of {', '.join(words)}", field)
    return found


def _abandonment(fields: Fields) -> AbandonmentCeiling:
    most, per = fields.whole("most"), fields.whole("per", least=1)
    if most >= per:
        raise fields.wrong(f"{most} of {per} is no ceiling", "most")
    return AbandonmentCeiling(
        most=most,
        per=per,
        within_s=fields.whole("within_s", least=1),
        denominator=fields.word("denominator", Denominator),
        period=fields.word("period", Period),
    )


def _ring(fields: Fields) -> RingTime:
    return RingTime(least_s=fields.whole("least_s", least=1), least_rings=fields.whole_or_none("least_rings"))


def _blackout(fields: Fields) -> Blackout:
    start = seconds_of(fields.instant("from"))
    end = seconds_of(fields.instant("until")) if fields.has("until") else None
    if end is not None and end <= start:
        raise fields.wrong("it has to be after `from`", "until")
    return Blackout(start_s=start, end_s=end)


def _duty(fields: Fields) -> Obligation:
    return Obligation(
        duty=fields.word("duty", Duty), days=fields.whole_or_none("days"), years=fields.whole_or_none("years")
    )


KINDS: Mapping[str, Callable[[Fields], Terms]] = MappingProxyType(
    {
        "hours": _hours,
        "closed-days": lambda fields: ClosedDays(calendar=fields.text("calendar")),
        "attempts": _attempts,
        "gap": _gap,
        "abandonment": _abandonment,
        "ring": _ring,
        "blackout": _blackout,
        "ban": lambda _: Banned(),
        "duty": _duty,
    }
)
"""The word for each kind, and what reads its fields."""

_KIND_OF: Mapping[type[Terms], str] = MappingProxyType(
    {
        Hours: "hours",
        ClosedDays: "closed-days",
        AttemptCap: "attempts",
        GapAfter: "gap",
        AbandonmentCeiling: "abandonment",
        RingTime: "ring",
        Blackout: "blackout",
        Banned: "ban",
        Obligation: "duty",
    }
)

JUDGED = frozenset({"hours", "closed-days", "attempts", "abandonment", "blackout", "ban"})
"""The kinds that decisions take into account; all others are told, and somebody else has to keep them."""
