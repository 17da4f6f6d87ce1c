"""The options that say what kind of calls is meant, and when; every command about calling time has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from paceline.cli.words import UsageError, instant
from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Purpose

_YEARS = range(1970, 2501)
"""Before, there were no rules; long after, nobody knows what clocks will follow."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """What kind of calls is meant; what is not said is everything that it might be, but for the mode."""

    purpose: Annotated[tuple[Purpose, ...], Parameter(negative=())] = ()
    """What for; several are given one by one; all of them when none is said."""
    line: Annotated[tuple[Line, ...], Parameter(negative=())] = ()
    """What kind of line is called; all of them when none is said."""
    mode: Annotated[tuple[Mode, ...], Parameter(negative=())] = ()
    """Who speaks; live when not said."""

    def call(self) -> Call:
        """Return the kind of calls that is meant."""
        return Call(
            purposes=frozenset(self.purpose) or EVERY_PURPOSE,
            lines=frozenset(self.line) or EVERY_LINE,
            modes=frozenset(self.mode) or frozenset({Mode.LIVE}),
        )


def instant_said(at: str | None) -> datetime:
    """Return the instant that somebody typed with `--at`, now where nobody did.

    Raises:
        UsageError: it is none, has no offset, or is of a time whose clocks nobody knows.
    """
    from paceline.primitives.clock import MachineClock, instant_of

    if at is None:
        return instant_of(MachineClock().wall_ns())
    found = instant(at, option="--at")
    if found.year not in _YEARS:
        raise UsageError(f"--at: the clocks of {found.year} are not known", hint="years are 1970 to 2500")
    return found
