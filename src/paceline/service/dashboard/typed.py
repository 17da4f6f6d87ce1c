"""What somebody typed into a form, as a change: only what differs from what is live; what is no value is a finding.

* `request.invalid`: a field of a form, or of a request, can be read as a value of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from paceline.campaign.change import Change, Difference, Diverged
from paceline.campaign.observed import Observed
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.service.dashboard.visitors import Visitor

T = TypeVar("T")
C = TypeVar("C", bound=Change)
LONGEST_NUMBER = 12
"""Digits that a number in a form may have."""
LONGEST_RATE = 20
"""Characters that a fraction in a form may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed(Generic[C]):
    """What a form says.

    Attributes:
        change: what it amounts to; None where something in it is no value.
        differs: whether anything is named that is not live already.
        findings: what is no value.
    """

    change: C | None
    differs: bool = False
    findings: Findings = field(default_factory=Findings)


class Reading:
    """Reads the fields of one form, and gathers what is wrong with them."""

    def __init__(self, who: Visitor) -> None:
        """Read what this visitor sent."""
        self._who = who
        self._wrong: list[Finding] = []
        self.named = 0

    @property
    def findings(self) -> Findings:
        """What is no value, so far."""
        return Findings(*self._wrong)

    def field(self, name: str, read: Callable[[str], T], live: T | None) -> T | None:
        """Return what a field says, None where it is empty, was not sent, is as live, or is no value."""
        text = self._who.said(name)
        if not text:
            return None
        try:
            value = read(text)
        except ValueError as wrong:
            self._wrong.append(not_a_value(name, text, str(wrong)))
            return None
        if value == live:
            return None
        self.named += 1
        return value


def not_a_value(name: str, text: str, why: str) -> Finding:
    """Return the finding that a field of a form cannot be read."""
    return Finding(
        rule="request.invalid",
        severity=Severity.ERROR,
        message=f"{name.replace('_', ' ')}: {why}",
        field=name,
        found=text[:80],
    )


def whole(text: str) -> int:
    """Return a whole number.

    Raises:
        ValueError: it is none, or has too many digits.
    """
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= LONGEST_NUMBER):
        raise ValueError("a whole number, such as 3")
    return int(text)


def rate(text: str) -> Decimal:
    """Return a fraction, with the digits that were typed.

    Raises:
        ValueError: it is no number, or has too many digits.
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and text.isascii() and "_" not in text and len(text) <= LONGEST_RATE):
        raise ValueError("a fraction, such as 0.03 for 3 %")
    return found


def differences(change: Change, observed: Observed) -> tuple[Difference, ...]:
    """Return what a change would make different from what was seen."""
    verdict = change.verify(observed)
    return verdict.differences if isinstance(verdict, Diverged) else ()
