"""How settings fail: which one, where its value came from, what is allowed; never the value, which may be a secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from paceline.primitives.errors import PacelineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One setting that is wrong; `source` says in words where it stands, `wrong` completes the sentence."""

    setting: str
    source: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.setting}, from {self.source}, {self.wrong}"


class SettingsError(PacelineError):
    """a setting cannot be used"""

    code = "settings"

    def __init__(self, message: str | None = None, *, hint: str | None = None, faults: Sequence[Fault] = ()) -> None:
        """Keep the message, what to do next, and the settings at fault as data."""
        super().__init__(message, hint=hint)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, faults: Sequence[Fault], *, hint: str | None = None) -> SettingsError:
        """Return one error for all these faults, at least one; several stand on a line each."""
        if len(faults) == 1:
            return cls(str(faults[0]), hint=hint, faults=faults)
        told = "\n".join(f"  {fault}" for fault in faults)
        return cls(f"{len(faults)} settings cannot be used:\n{told}", hint=hint, faults=faults)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return advice that names the known name nearest to this one; None when none is near.

    >>> nearest("leese_s", ["lease_s", "actor"])
    'did you mean lease_s?'
    """
    found = get_close_matches(name, sorted(known), n=1)
    return f"did you mean {found[0]}?" if found else None
