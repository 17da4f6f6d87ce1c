"""The forms by which many campaigns are set at once: what is left empty stays in each as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from paceline.campaign.blocks import DialingMode, Directive
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.observed import Observed, Part
from paceline.compliance.call import Purpose
from paceline.control.facts.declared import CampaignFacts
from paceline.control.facts.known_facts import CLOSED_DAYS, MAX_CALLS, RETRY_MAX_MINUTES, RETRY_MIN_MINUTES
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard import facts_form, pacing_form, rules_form, schedule_form, weights_form
from paceline.service.dashboard.typed import Typed
from paceline.service.dashboard.visitors import Visitor

SHOWN_VALUES = 3
"""So many different live values are told beside a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One field of a form for many.

    Attributes:
        name: of the field.
        label: what stands beside it.
        told: its unit and bounds, in a few words.
        options: what can be chosen; without any it is typed.
        lines: how many lines of text it has, 0 for a single field.
    """

    name: str
    label: str
    told: str = ""
    options: tuple[str, ...] = ()
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """A block that many campaigns can be given at once.

    Attributes:
        word: in addresses.
        label: what it is called.
        part: what of a campaign it is of.
        fields: of the form.
        typed: reads what was typed as the change of one campaign, naming all that was typed; None for facts.
        values: what is live of it as text, where a list of campaigns shows it.
    """

    word: str
    label: str
    part: Part
    fields: tuple[Asked, ...]
    typed: Callable[[CampaignId, Visitor], Typed[AnyChange]] | None = None
    values: Callable[[Observed], Mapping[str, str]] | None = None


def _rules(campaign: CampaignId, who: Visitor) -> Typed[AnyChange]:
    found = rules_form.typed(campaign, who, None)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _pacing(campaign: CampaignId, who: Visitor) -> Typed[AnyChange]:
    found = pacing_form.typed(campaign, who, None)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _schedule(campaign: CampaignId, who: Visitor) -> Typed[AnyChange]:
    found = schedule_form.typed(campaign, who, None)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _weights(campaign: CampaignId, who: Visitor) -> Typed[AnyChange]:
    found = weights_form.typed(campaign, who, None, None)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _weights_live(seen: Observed) -> Mapping[str, str]:
    return weights_form.values(seen.weights, seen.tuning)


_RULES = (
    Asked(name="mode", label="Mode", options=tuple(mode.value for mode in DialingMode)),
    Asked(name="calls_per_agent", label="Calls per agent"),
    Asked(name="attempt_limit", label="Attempt limit"),
    Asked(name="retry_intervals_min", label="Retry after", told="minutes, growing"),
    Asked(name="abandonment_threshold", label="Abandon threshold", told="0.03 is 3 %"),
    Asked(name="cool_down_s", label="Cool-down", told="seconds"),
)
_PACING = (
    *(Asked(name=one.name, label=one.label, told=one.span) for one in pacing_form.NUMBERS),
    Asked(name="strategy", label="Strategy", options=pacing_form.STRATEGIES),
)
_SCHEDULE = (
    Asked(name="zone", label="Zone", told="America/New_York"),
    Asked(name="directive", label="Directive", options=tuple(one.value for one in Directive)),
    Asked(name="max_calls", label="Calls at once"),
    Asked(
        name="windows", label="Windows", told="one a line, by the zone's clock; Mon-Fri 09:00-17:00 is five", lines=6
    ),
)
_WEIGHTS = (
    *(Asked(name=one.name, label=one.label, told=one.span) for one in (*weights_form.KEYS, *weights_form.NUMBERS)),
    *(Asked(name=name, label=label, options=("on", "off")) for name, label in weights_form.LABELS.items()),
    Asked(name="algorithm", label="Algorithm"),
)
_FACTS = (
    Asked(name="purpose", label="Purpose", options=tuple(one.value for one in Purpose)),
    Asked(name="regions", label="Regions", told="US-FL, US-GA"),
    Asked(name="seller", label="Seller"),
    Asked(name="anchor", label="First dial", told="with offset"),
    Asked(name=CLOSED_DAYS, label="Closed days", options=("paused",)),
    Asked(name=MAX_CALLS, label="Most calls at once"),
    Asked(name=RETRY_MIN_MINUTES, label="Shortest retry", told="minutes"),
    Asked(name=RETRY_MAX_MINUTES, label="Longest retry", told="minutes"),
    Asked(name=facts_form.LABELS, label="Labels", told="NAME=VALUE, one a line; others stay", lines=2),
)
BULKS = {
    one.word: one
    for one in (
        Bulk(word="rules", label="dialing rules", part=Part.CAMPAIGN, fields=_RULES, typed=_rules,
             values=lambda seen: rules_form.values(seen.rules)),
        Bulk(word="pacing", label="pacing", part=Part.CAMPAIGN, fields=_PACING, typed=_pacing,
             values=lambda seen: pacing_form.values(seen.pacing)),
        Bulk(word="schedule", label="schedule", part=Part.SCHEDULE, fields=_SCHEDULE, typed=_schedule),
        Bulk(word="weights", label="weights", part=Part.CAMPAIGN, fields=_WEIGHTS, typed=_weights,
             values=_weights_live),
        Bulk(word="facts", label="facts", part=Part.CAMPAIGN, fields=_FACTS),
    )
}  # fmt: skip
"""What many campaigns can be given at once, by its word."""


def facts_live(known: CampaignFacts) -> Mapping[str, str]:
    """Return what was declared of a campaign, as text; labels are not compared."""
    return {name: value for name, value in facts_form.values(known).items() if name != facts_form.LABELS}


def live_told(values: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Return what is live of each field in these campaigns, in a few words.

    >>> live_told([{"a": "1", "b": ""}, {"a": "1", "b": "2"}])
    {'a': 'live 1', 'b': 'live none, 2'}
    """
    names = values[0] if values else {}
    return {name: _told(list(dict.fromkeys(one[name] or "none" for one in values))) for name in names}


def _told(different: list[str]) -> str:
    shown = ", ".join(one.replace("\n", "; ")[:40] for one in different[:SHOWN_VALUES])
    more = len(different) - SHOWN_VALUES
    return f"live {shown}" + (f" and {more} more" if more > 0 else "")
