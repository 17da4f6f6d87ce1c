"""The form of pacing: its fields with their units and bounds, what is live as text, and what was typed as a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paceline.campaign.blocks import Pacing
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.checks import COUNTS, RATES, STRATEGY
from paceline.campaign.pacing.model import FIELDS
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.typed import Reading, Typed, rate, whole
from paceline.service.dashboard.visitors import Visitor

STRATEGIES = (STRATEGY,)
"""The strategies that the platform has."""
LONGEST = 40
"""Characters that a field may have."""
_NO_END = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One number of the form.

    Attributes:
        name: in the words of the change.
        word: the id of the word that says what it means.
        label: what stands beside it.
        least, most: what the platform takes, None where it sets no bound.
        step: from one position of a slider to the next.
        unit: in words; empty for a plain number.
    """

    name: str
    word: str
    label: str
    least: str
    most: str | None
    step: str
    unit: str = ""

    @property
    def span(self) -> str:
        """Its unit and its bounds, in words.

        >>> NUMBERS[0].span
        'fraction, 0.40 to 0.95'
        """
        between = f"{self.least} to {self.most}" if self.most is not None else f"at least {self.least}"
        return ", ".join(part for part in (self.unit, between) if part)


def _field(name: str, word: str, label: str, *, step: str = "1", unit: str = "") -> Field:
    least, most = RATES[name] if name in RATES else COUNTS[name]
    return Field(
        name=name, word=word, label=label, least=str(least), most=None if most > _NO_END else str(most), step=step,
        unit=unit,
    )  # fmt: skip


NUMBERS = (
    _field("answer_rate", "belief", "Answer rate", step="0.001", unit="fraction"),
    _field("abandonment_aim", "aim", "Abandon rate", step="0.0001", unit="fraction"),
    _field("max_calls", "lines", "Calls at once"),
    _field("call_interval_ms", "call-interval", "Call interval", unit="milliseconds"),
    _field("warm_up_s", "warm-up", "Warm-up", unit="seconds"),
)
"""The numbers of the form, in its order."""
SLIDERS = NUMBERS[:3]
"""What can be moved on *What if*."""


def values(pacing: Pacing | None) -> Mapping[str, str]:
    """Return what stands in the form: the live pacing as text; empty where there is none."""
    if pacing is None:
        return {**dict.fromkeys(FIELDS, ""), "strategy": STRATEGIES[0]}
    return {name: str(getattr(pacing, name)) for name in FIELDS}


def tried(said: Mapping[str, str], live: Mapping[str, str]) -> Mapping[str, str]:
    """Return what stands in the form where an address names other values than those that are live."""
    return {name: said.get(name, "").strip()[:LONGEST] or shown for name, shown in live.items()}


def typed(campaign: CampaignId, who: Visitor, live: Pacing | None) -> Typed[SetPacing]:
    """Return what was typed, as the change of what differs from the live pacing."""
    reading = Reading(who)
    change = SetPacing(
        campaign=campaign,
        answer_rate=reading.field("answer_rate", rate, None if live is None else live.answer_rate),
        abandonment_aim=reading.field("abandonment_aim", rate, None if live is None else live.abandonment_aim),
        max_calls=reading.field("max_calls", whole, None if live is None else live.max_calls),
        call_interval_ms=reading.field("call_interval_ms", whole, None if live is None else live.call_interval_ms),
        warm_up_s=reading.field("warm_up_s", whole, None if live is None else live.warm_up_s),
        strategy=reading.field("strategy", _strategy, None if live is None else live.strategy),
    )
    found = reading.findings
    return Typed(change=None if found.refused else change, differs=reading.named > 0, findings=found)


def _strategy(text: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError(f"one of {', '.join(STRATEGIES)}")
    return text
