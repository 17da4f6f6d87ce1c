"""What was found when something was looked at, for people who ask why it does not work: every room makes its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from paceline.primitives.canonical import Json


class Condition(StrEnum):
    """How a thing stands: `warning` works but wants a look, `skipped` could not, or need not, be looked at."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"
    SKIPPED = "skipped"


class Blame(StrEnum):
    """Whose fault a bad thing is, where somebody asks: the credentials', or anything else's."""

    CREDENTIALS = "credentials"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        check: a stable dotted name.
        found: what was found, in words without a secret.
        hint: what to do next, None when there is nothing to do.
        blame: what a bad state comes from.
    """

    check: str
    state: Condition
    found: str
    hint: str | None = None
    blame: Blame = Blame.OTHER

    def document(self) -> dict[str, str | None]:
        """Return it as JSON shows it."""
        return {"check": self.check, "state": self.state.value, "found": self.found, "hint": self.hint}


def fine(check: str, found: str, hint: str | None = None) -> Check:
    """Return a check of something that is as it should be."""
    return Check(check=check, state=Condition.OK, found=found, hint=hint)


def doubtful(check: str, found: str, hint: str | None = None) -> Check:
    """Return a check of something that works, but wants a look."""
    return Check(check=check, state=Condition.WARNING, found=found, hint=hint)


def bad(check: str, found: str, hint: str | None = None, *, blame: Blame = Blame.OTHER) -> Check:
    """Return a check of something that does not work."""
    return Check(check=check, state=Condition.BAD, found=found, hint=hint, blame=blame)


def skipped(check: str, why: str, hint: str | None = None) -> Check:
    """Return a check of something that was not looked at."""
    return Check(check=check, state=Condition.SKIPPED, found=why, hint=hint)


def checks_document(checks: Iterable[Check]) -> dict[str, Json]:
    """Return checks as JSON shows them, and whether none is bad."""
    found = tuple(checks)
    return {"ok": blame_of(found) is None, "checks": [{**one.document()} for one in found]}


def blame_of(checks: Iterable[Check]) -> Blame | None:
    """Return what the bad ones come from: the credentials when all of them do; None when none is bad."""
    blamed = {one.blame for one in checks if one.state is Condition.BAD}
    if not blamed:
        return None
    return Blame.CREDENTIALS if blamed == {Blame.CREDENTIALS} else Blame.OTHER
