"""What a change of dialing rules wants, and what it leaves as it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from paceline.campaign.blocks import DialingMode, DialingRules

FIELDS = (
    "mode",
    "attempt_limit",
    "retry_intervals_min",
    "abandonment_threshold",
    "cool_down_s",
    "calls_per_agent",
)
"""The fields of dialing rules, in the words of the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to become of the dialing rules; None leaves a field as it is."""

    mode: DialingMode | None = None
    attempt_limit: int | None = None
    retry_intervals_min: tuple[int, ...] | None = None
    abandonment_threshold: Decimal | None = None
    cool_down_s: int | None = None
    calls_per_agent: int | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether every field is left as it is."""
        return self == Wanted()

    def missing_on(self, live: DialingRules | None) -> tuple[str, ...]:
        """Return the fields that neither the change nor the live rules name."""
        return () if live is not None else tuple(name for name in FIELDS if getattr(self, name) is None)

    def on(self, live: DialingRules | None) -> DialingRules | None:
        """Return the whole rules that come of it; None while a field is missing."""
        mode = self.mode if self.mode is not None or live is None else live.mode
        limit = self.attempt_limit if self.attempt_limit is not None or live is None else live.attempt_limit
        intervals = self.retry_intervals_min
        intervals = intervals if intervals is not None or live is None else live.retry_intervals_min
        threshold = self.abandonment_threshold
        threshold = threshold if threshold is not None or live is None else live.abandonment_threshold
        cool_down = self.cool_down_s if self.cool_down_s is not None or live is None else live.cool_down_s
        calls = self.calls_per_agent if self.calls_per_agent is not None or live is None else live.calls_per_agent
        if (
            mode is None
            or limit is None
            or intervals is None
            or threshold is None
            or cool_down is None
            or calls is None
        ):
            return None
        return DialingRules(
            mode=mode,
            attempt_limit=limit,
            retry_intervals_min=intervals,
            abandonment_threshold=threshold,
            cool_down_s=cool_down,
            calls_per_agent=calls,
            beside={} if live is None else live.beside,
        )

    def left_on(self, live: DialingRules | None) -> Wanted:
        """Return what the change does not name, as the live rules have it: it is sent too, and so is judged."""
        if live is None:
            return Wanted()
        return Wanted(
            mode=live.mode if self.mode is None else None,
            attempt_limit=live.attempt_limit if self.attempt_limit is None else None,
            retry_intervals_min=live.retry_intervals_min if self.retry_intervals_min is None else None,
            abandonment_threshold=live.abandonment_threshold if self.abandonment_threshold is None else None,
            cool_down_s=live.cool_down_s if self.cool_down_s is None else None,
            calls_per_agent=live.calls_per_agent if self.calls_per_agent is None else None,
        )
