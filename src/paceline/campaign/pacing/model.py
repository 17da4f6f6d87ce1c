"""What a change of pacing wants, and what it leaves as it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from paceline.campaign.blocks import Pacing

FIELDS = ("answer_rate", "abandonment_aim", "max_calls", "call_interval_ms", "warm_up_s", "strategy")
"""The fields of pacing, in the words of the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to become of the pacing; None leaves a field as it is."""

    answer_rate: Decimal | None = None
    abandonment_aim: Decimal | None = None
    max_calls: int | None = None
    call_interval_ms: int | None = None
    warm_up_s: int | None = None
    strategy: str | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether every field is left as it is."""
        return all(getattr(self, name) is None for name in FIELDS)

    def missing_on(self, live: Pacing | None) -> tuple[str, ...]:
        """Return the fields that neither the change nor the live pacing names."""
        return () if live is not None else tuple(name for name in FIELDS if getattr(self, name) is None)

    def on(self, live: Pacing | None) -> Pacing | None:
        """Return the whole pacing that comes of it; None while a field is missing."""
        rate = self.answer_rate if self.answer_rate is not None or live is None else live.answer_rate
        aim = self.abandonment_aim if self.abandonment_aim is not None or live is None else live.abandonment_aim
        calls = self.max_calls if self.max_calls is not None or live is None else live.max_calls
        interval = self.call_interval_ms
        interval = interval if interval is not None or live is None else live.call_interval_ms
        warm_up = self.warm_up_s if self.warm_up_s is not None or live is None else live.warm_up_s
        strategy = self.strategy if self.strategy is not None or live is None else live.strategy
        if rate is None or aim is None or calls is None or interval is None or warm_up is None or strategy is None:
            return None
        return Pacing(
            answer_rate=rate,
            abandonment_aim=aim,
            max_calls=calls,
            call_interval_ms=interval,
            warm_up_s=warm_up,
            strategy=strategy,
            beside={} if live is None else live.beside,
        )

    def left_on(self, live: Pacing | None) -> Wanted:
        """Return what the change does not name, as the live pacing has it: it is sent too, and so is judged."""
        if live is None:
            return Wanted()
        return Wanted(
            answer_rate=live.answer_rate if self.answer_rate is None else None,
            abandonment_aim=live.abandonment_aim if self.abandonment_aim is None else None,
            max_calls=live.max_calls if self.max_calls is None else None,
            call_interval_ms=live.call_interval_ms if self.call_interval_ms is None else None,
            warm_up_s=live.warm_up_s if self.warm_up_s is None else None,
            strategy=live.strategy if self.strategy is None else None,
        )
