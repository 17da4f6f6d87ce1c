"""What kind of call a form asks about, and at which instant: as somebody typed it."""

from __future__ import annotations

from datetime import datetime

from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Purpose
from paceline.primitives.clock import instant_of
from paceline.primitives.errors import PacelineError
from paceline.service.dashboard.visitors import Visitor
from paceline.service.parts import Parts

KINDS = (
    ("purpose", "What for", tuple(one.value for one in Purpose)),
    ("line", "What line", tuple(one.value for one in Line)),
    ("mode", "Who speaks", tuple(one.value for one in Mode)),
)
"""The kinds of a call that a form lets somebody tick: the field, its title, its choices."""
_YEARS = range(1970, 2501)


class AskedWrongError(PacelineError):
    """nobody can be told from this whether a person may be called"""

    code = "parameter"


def call_said(who: Visitor) -> Call:
    """Return the kind of calls that was ticked; what was not is taken as everything that it might be, but live.

    Raises:
        AskedWrongError: nobody knows such a kind.
    """
    try:
        return Call(
            purposes=frozenset(Purpose(one) for one in who.all_said("purpose")) or EVERY_PURPOSE,
            lines=frozenset(Line(one) for one in who.all_said("line")) or EVERY_LINE,
            modes=frozenset(Mode(one) for one in who.all_said("mode")) or frozenset({Mode.LIVE}),
        )
    except ValueError:
        raise AskedWrongError("nobody knows this kind of call") from None


def instant_said(parts: Parts, text: str) -> datetime:
    """Return the instant that was typed; now, by this machine's clock, where none was.

    Raises:
        AskedWrongError: it is none, has no offset, or is of a time whose clocks nobody knows.
    """
    if not text:
        return instant_of(parts.system.clock.wall_ns())
    hint = "write 2026-11-20T09:00:00-05:00, with the offset"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise AskedWrongError("that is no instant", hint=hint) from None
    if found.utcoffset() is None:
        raise AskedWrongError("the instant has no offset: nobody knows on whose clock it is", hint=hint)
    if found.year not in _YEARS:
        raise AskedWrongError(f"the clocks of {found.year} are not known", hint="years are 1970 to 2500")
    return found
