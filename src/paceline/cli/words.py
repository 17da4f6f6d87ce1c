"""What people type for instants, spans, labels and what they answer for, and errors that say how it is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from paceline.primitives.errors import PacelineError

if TYPE_CHECKING:
    from paceline.control.order import Override

_SPAN = re.compile(r"(?P<count>\d{1,7})(?P<unit>[smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class UsageError(PacelineError):
    """the words of the command are off"""

    code = "usage"


def instant(text: str, *, option: str) -> datetime:
    """Return the instant in UTC.

    Raises:
        UsageError: it is none, or has no offset: nobody knows when that is.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is no instant", hint=_INSTANT) from None
    if found.utcoffset() is None:
        raise UsageError(f"{option}: {text!r} has no offset, so nobody knows when it is", hint=_INSTANT)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{option}: {text!r} is no instant", hint=_INSTANT) from None


_INSTANT = "write it with an offset: 2026-06-15T17:00:00-04:00, or 2026-06-15T21:00:00Z"


def span(text: str, *, option: str) -> timedelta:
    """Return a span of time such as `90s`, `10m`, `2h`, `1d`.

    Raises:
        UsageError: it is none.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise UsageError(f"{option}: {text!r} is no span of time", hint="write 90s, 10m, 2h or 1d")
    return timedelta(**{_UNITS[found["unit"]]: int(found["count"])})


def labels(texts: tuple[str, ...]) -> dict[str, str]:
    """Return labels by their names.

    Raises:
        UsageError: one is not NAME=VALUE.
    """
    pairs = [text.partition("=") for text in texts]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise UsageError(f"--label: {name + equals + value!r} is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


def overrides_said(rules: Sequence[str], until: str | None, *, such_as: str) -> tuple[Override, ...]:
    """Return what a person answers for by --override and --until; nothing where neither is said.

    Raises:
        UsageError: one of the two is missing, or the instant is none; the hint names `such_as`, a rule.
    """
    from paceline.control.order import Override

    if not rules and until is None:
        return ()
    if not rules or until is None:
        raise UsageError(
            "--override and --until go together: what is overridden, and until when",
            hint=f"such as --override {such_as} --until 2026-12-31T00:00:00Z",
        )
    end = instant(until, option="--until")
    return tuple(Override(rule=rule, until=end) for rule in rules)
