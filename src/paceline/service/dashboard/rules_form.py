"""The form of dialing rules: what is live as text, and what was typed as a change."""

from __future__ import annotations

from collections.abc import Mapping

from paceline.campaign.blocks import DialingMode, DialingRules
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.typed import Reading, Typed, rate, whole
from paceline.service.dashboard.visitors import Visitor

_MOST_INTERVALS = 300


def values(rules: DialingRules | None) -> Mapping[str, str]:
    """Return what stands in the form: the live rules as text; empty where there are none."""
    if rules is None:
        names = ("mode", "attempt_limit", "retry_intervals_min", "abandonment_threshold", "cool_down_s")
        return dict.fromkeys((*names, "calls_per_agent"), "")
    return {
        "mode": rules.mode.value,
        "attempt_limit": str(rules.attempt_limit),
        "retry_intervals_min": ", ".join(map(str, rules.retry_intervals_min)),
        "abandonment_threshold": str(rules.abandonment_threshold),
        "cool_down_s": str(rules.cool_down_s),
        "calls_per_agent": str(rules.calls_per_agent),
    }


def typed(campaign: CampaignId, who: Visitor, live: DialingRules | None) -> Typed[SetDialingRules]:
    """Return what was typed, as the change of what differs from the live rules."""
    reading = Reading(who)
    change = SetDialingRules(
        campaign=campaign,
        mode=reading.field("mode", _mode, None if live is None else live.mode),
        attempt_limit=reading.field("attempt_limit", whole, None if live is None else live.attempt_limit),
        retry_intervals_min=reading.field(
            "retry_intervals_min", _intervals, None if live is None else live.retry_intervals_min
        ),
        abandonment_threshold=reading.field(
            "abandonment_threshold", rate, None if live is None else live.abandonment_threshold
        ),
        cool_down_s=reading.field("cool_down_s", whole, None if live is None else live.cool_down_s),
        calls_per_agent=reading.field("calls_per_agent", whole, None if live is None else live.calls_per_agent),
    )
    found = reading.findings
    return Typed(change=None if found.refused else change, differs=reading.named > 0, findings=found)


def _mode(text: str) -> DialingMode:
    if text not in DialingMode.__members__:
        raise ValueError(f"one of {', '.join(DialingMode.__members__)}")
    return DialingMode(text)


def _intervals(text: str) -> tuple[int, ...]:
    parts = text.replace(",", " ").split()
    if len(parts) > _MOST_INTERVALS:
        raise ValueError(f"at most {_MOST_INTERVALS} of them")
    try:
        return tuple(whole(part) for part in parts)
    except ValueError:
        raise ValueError("minutes, such as 60, 240") from None
