"""The form of weights: its fields with their bounds, what is live as text, and what was typed as a change.

The platform's simulation trigger is no field of it: `manual` is what is sent, whatever is live.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from paceline.campaign.blocks import WEIGHT_KEYS, Tuning, Weights
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.checks import LONGEST_NAME, RATES, WEIGHT
from paceline.campaign.weights.model import SETTINGS, SWITCHES
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.typed import Reading, Typed, rate
from paceline.service.dashboard.visitors import Visitor

ON, OFF = "on", "off"
"""What a switch is told as."""
_PREFIX = "weight_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One number of the form.

    Attributes:
        name: of the field.
        label: what stands beside it.
        least, most: what the platform takes.
        told: what it is, in a few words.
    """

    name: str
    label: str
    least: str
    most: str
    told: str = ""

    @property
    def span(self) -> str:
        """What it is, and its bounds, in words.

        >>> KEYS[0].span, NUMBERS[2].span
        ('-1 to 1', 'relative half-width, 0.001 to 0.1')
        """
        between = f"{self.least} to {self.most}"
        return ", ".join(part for part in (self.told, between) if part)


def _weight_field(key: str) -> Field:
    least, most = WEIGHT
    return Field(name=f"{_PREFIX}{key}", label=key.replace("_", " ").capitalize(), least=str(least), most=str(most))


def _number_field(name: str, label: str, told: str) -> Field:
    least, most = RATES[name]
    return Field(name=name, label=label, least=str(least), most=str(most), told=told)


KEYS = tuple(_weight_field(key) for key in WEIGHT_KEYS)
"""A field for each weight, in the platform's order."""
NUMBERS = (
    _number_field("deviation_limit", "Deviation limit", "from the live weight"),
    _number_field("validation_split", "Validation split", "share of days fitted on"),
    _number_field("convergence", "Convergence", "relative half-width"),
)
"""The numbers beside the weights."""
LABELS = {"enabled": "Tuning", "drift_protection": "Drift protection"}
"""The switches, with what stands beside them."""


def values(weights: Weights | None, tuning: Tuning | None) -> Mapping[str, str]:
    """Return what stands in the form: what is live as text, an absent weight as 0; empty where nothing is live."""
    found = dict.fromkeys((*(one.name for one in (*KEYS, *NUMBERS)), *SWITCHES, "algorithm"), "")
    if weights is not None:
        found |= {f"{_PREFIX}{key}": str(weights.of(key)) for key in WEIGHT_KEYS}
        found |= {name: str(getattr(weights, name)) for name in SETTINGS}
    if tuning is not None:
        found |= {name: _told(getattr(tuning, name)) for name in SWITCHES}
    return found


def typed(campaign: CampaignId, who: Visitor, live: Weights | None, tuning: Tuning | None) -> Typed[SetWeights]:
    """Return what was typed, as the change of what differs from the live weights."""
    reading = Reading(who)
    found = {
        key: reading.field(f"{_PREFIX}{key}", _weight, None if live is None else live.of(key)) for key in WEIGHT_KEYS
    }
    change = SetWeights(
        campaign=campaign,
        adjusted={key: value for key, value in found.items() if value is not None},
        algorithm=reading.field("algorithm", _word, None if live is None else live.algorithm),
        deviation_limit=reading.field("deviation_limit", rate, None if live is None else live.deviation_limit),
        validation_split=reading.field("validation_split", rate, None if live is None else live.validation_split),
        convergence=reading.field("convergence", rate, None if live is None else live.convergence),
        enabled=reading.field("enabled", _switch, None if tuning is None else tuning.enabled),
        drift_protection=reading.field(
            "drift_protection", _switch, None if tuning is None else tuning.drift_protection
        ),
    )
    wrong = reading.findings
    return Typed(change=None if wrong.refused else change, differs=reading.named > 0, findings=wrong)


def _told(switch: object) -> str:
    return ON if switch is True else OFF


def _weight(text: str) -> Decimal:
    try:
        return rate(text)
    except ValueError:
        raise ValueError("a number, such as 0.25 or -0.1") from None


def _switch(text: str) -> bool:
    if text not in {ON, OFF}:
        raise ValueError(f"{ON} or {OFF}")
    return text == ON


def _word(text: str) -> str:
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise ValueError(f"a word of at most {LONGEST_NAME} characters")
    return text
