"""What was refused for findings that a person may answer for, ready to be sent again with the answer; without script.

Nothing is answered for by this: the form names the findings, and whoever sends it ticks each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.control.order import Override
from paceline.primitives.findings import Findings, Severity
from paceline.service.dashboard.visitors import Visitor
from paceline.service.identity import TOKEN_FIELD

UNTIL = {"1": "one hour", "8": "eight hours", "24": "a day", "168": "a week"}
"""For how long a person may answer for a finding, in hours."""
MOST = 50
"""So many findings one order may answer for."""
_NOT_AGAIN = frozenset({TOKEN_FIELD, "override", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A form that was refused, for whoever answers for it.

    Attributes:
        action: where it is sent.
        fields: what was typed, as it was.
        reviews: the rules whose findings want a person.
        answered: those that were answered for already.
        chosen: for how long.
    """

    action: str
    fields: tuple[tuple[str, str], ...]
    reviews: tuple[str, ...]
    answered: frozenset[str]
    chosen: str

    @property
    def until(self) -> Mapping[str, str]:
        """For how long one may answer, in hours, in words."""
        return UNTIL


def answering(who: Visitor, action: str, found: Iterable[Findings]) -> Answering | None:
    """Return the form to answer with; None where nothing wants an answer, or something is refused for good."""
    findings = [one for some in found for one in some]
    reviews = tuple(sorted({one.rule for one in findings if one.severity is Severity.REVIEW}))
    if not reviews or any(one.severity is Severity.ERROR for one in findings):
        return None
    fields = tuple((name, value) for name, values in who.form.items() if name not in _NOT_AGAIN for value in values)
    return Answering(
        action=action,
        fields=fields,
        reviews=reviews,
        answered=frozenset(who.all_said("override")),
        chosen=who.said("until") or "8",
    )


def overrides_of(who: Visitor, now: datetime) -> tuple[Override, ...]:
    """Return what a form answers for, from now on for as long as it says, an hour where it says nothing."""
    hours = who.said("until")
    until = now + timedelta(hours=int(hours) if hours in UNTIL else 1)
    return tuple(Override(rule=rule[:100], until=until) for rule in who.all_said("override")[:MOST])
