"""The rule by which a zone file goes on after its last line: the POSIX TZ string, with the extensions of RFC 9636.

Such as `EST5EDT,M3.2.0,M11.1.0`, or `<-02>2<-01>,M3.5.0/-1,M10.5.0/0`: signs west of Greenwich are positive there, and
here, as everywhere in paceline, negative.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NAME = r"(?:<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})"
_TIME = r"[+-]?\d{1,3}(?::\d{1,2}(?::\d{1,2})?)?"
_DAY = r"(?:M\d{1,2}\.\d\.\d|J?\d{1,3})"
_RULE = re.compile(
    rf"{_NAME}(?P<standard>{_TIME})"
    rf"(?:{_NAME}(?P<saving>{_TIME})?"
    rf",(?P<start>{_DAY})(?:/(?P<start_at>{_TIME}))?,(?P<end>{_DAY})(?:/(?P<end_at>{_TIME}))?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When a rule changes the clock in each year.

    Attributes:
        day: `M3.2.0` is the second Sunday of March (5 is the last), `J60` always 1 March, `59` the 60th day.
        at_s: seconds of the wall clock from midnight of that day on, from -167 to 167 hours.
    """

    day: str
    at_s: int

    def local_s(self, year: int) -> int:
        """Return the seconds since 1970 on the wall clock as it stands before the turn."""
        return (_day_of(self.day, year) - _EPOCH_DAY) * 86_400 + self.at_s


@dataclass(frozen=True, slots=True, kw_only=True)
class PosixRule:
    """An offset, and where the clock is changed, the other one and the two turns of each year.

    Attributes:
        standard_s, saving_s: seconds east of Greenwich; `saving_s` may be the lesser one (Ireland).
        start, end: of `saving_s`; None where the clock is never changed.
    """

    standard_s: int
    saving_s: int = 0
    start: Turn | None = None
    end: Turn | None = None


def read_rule(text: str) -> PosixRule:
    """Return the rule that the text says.

    Raises:
        ValueError: it says none.
    """
    found = _RULE.fullmatch(text)
    if found is None:
        raise ValueError(f"no rule: {text!r}")
    standard_s = -_seconds(found["standard"])
    if found["start"] is None:
        return PosixRule(standard_s=standard_s)
    return PosixRule(
        standard_s=standard_s,
        saving_s=standard_s + 3600 if found["saving"] is None else -_seconds(found["saving"]),
        start=Turn(day=found["start"], at_s=_seconds(found["start_at"] or "2")),
        end=Turn(day=found["end"], at_s=_seconds(found["end_at"] or "2")),
    )


@lru_cache(maxsize=8192)
def turns_in(rule: PosixRule, year: int) -> tuple[tuple[int, int], ...]:
    """Return the two turns of a year, 1 to 9999, as seconds since 1970 and the offset from then on."""
    if rule.start is None or rule.end is None:
        return ()
    start = rule.start.local_s(year) - rule.standard_s
    end = rule.end.local_s(year) - rule.saving_s
    return ((start, rule.saving_s), (end, rule.standard_s))


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = ([int(part) for part in text.lstrip("+-").split(":")] + [0, 0])[:3]
    return sign * (hours * 3600 + minutes * 60 + seconds)


def _day_of(day: str, year: int) -> int:
    """Return the proleptic ordinal of the day."""
    new_year = date(year, 1, 1).toordinal()
    if day.startswith("J"):
        leaps = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        number = int(day[1:])
        return new_year + number - 1 + (leaps and number >= 60)
    if not day.startswith("M"):
        return new_year + int(day)
    month, week, weekday = (int(part) for part in day[1:].split("."))
    first = date(year, month, 1).toordinal()
    # An ordinal that 7 divides is a Sunday.
    found = first + (weekday - first) % 7 + (week - 1) * 7
    after = new_year + 365 if month == 12 else date(year, month + 1, 1).toordinal()
    return found if found < after else found - 7
