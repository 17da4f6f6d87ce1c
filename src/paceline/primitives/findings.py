"""What was found when something was judged: refusals are values, all of them at once, each with a stable rule id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Figure = str | int | float | bool | None | tuple[str, ...]
"""What was found, or what the limit is: a value that JSON can hold; a tuple is a list of alternatives."""
LONGEST_TOLD = 40
"""So many characters of a value that was refused are told."""
_LARGEST_TOLD = 10**15


def figure_of(value: object) -> Figure:
    """Return a value of any type as one that can be recorded: numbers that JSON does not hold as text.

    >>> figure_of(2), figure_of([2]), figure_of(10**400)
    (2, 'list', 'a number of 1329 bits')
    """
    if isinstance(value, bool) or (type(value) is int and abs(value) <= _LARGEST_TOLD):
        return value
    if type(value) is int:
        return f"{'-' if value < 0 else ''}a number of {value.bit_length()} bits"
    told = str(value) if isinstance(value, str | Decimal | float) else type(value).__name__
    return told if len(told) <= LONGEST_TOLD else f"{told[:LONGEST_TOLD]}..."


def kind_told(value: object) -> str:
    """Return of which kind a value is, to stand after it, where that is what is wrong with it; else nothing."""
    return "" if isinstance(value, Decimal) or type(value) is int else f" ({type(value).__name__})"


class Severity(StrEnum):
    """How much a finding weighs: `info` is told, `review` wants a person who overrides it, `error` refuses."""

    INFO = "info"
    REVIEW = "review"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found.

    `rule` is a stable dotted id; `field` is the part of the change that it is about, in the words of the change;
    `source` names where the limit comes from (a law, the contract, a declaration), None where the reason is the rule
    itself.
    """

    rule: str
    severity: Severity
    message: str
    field: str | None = None
    found: Figure = None
    limit: Figure = None
    source: str | None = None

    def document(self) -> dict[str, str | int | float | bool | list[str] | None]:
        """Return the finding as JSON shows it, every key present."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "message": self.message,
            "field": self.field,
            "found": list(self.found) if isinstance(self.found, tuple) else self.found,
            "limit": list(self.limit) if isinstance(self.limit, tuple) else self.limit,
            "source": self.source,
        }


class Findings:
    """An immutable collection of findings, in the order in which they were found; two add up with `+`.

    >>> late = Finding(rule="lifecycle.effective-time", severity=Severity.ERROR, message="the instant is past")
    >>> (Findings() + Findings(late)).refused
    True
    """

    __slots__ = ("_found",)

    def __init__(self, *found: Finding) -> None:
        """Hold these findings."""
        self._found = found

    @classmethod
    def of(cls, found: Iterable[Finding | None]) -> Findings:
        """Return the findings among what checks returned; None stands for nothing found."""
        return cls(*(finding for finding in found if finding is not None))

    def __add__(self, other: Findings) -> Findings:
        return Findings(*self._found, *other)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._found == other._found

    def __hash__(self) -> int:
        return hash(self._found)

    def __repr__(self) -> str:
        return f"Findings({', '.join(repr(finding) for finding in self._found)})"

    @property
    def refused(self) -> bool:
        """Whether any finding is an error, which nobody may override."""
        return any(finding.severity is Severity.ERROR for finding in self._found)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule ids, in order, repeated as often as they were found."""
        return tuple(finding.rule for finding in self._found)

    def of_severity(self, severity: Severity) -> Findings:
        """Return only the findings of this severity."""
        return Findings(*(finding for finding in self._found if finding.severity is severity))
