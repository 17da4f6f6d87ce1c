"""How many calls dialing rules may put in flight, and whether one set of rules dials faster than another."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from paceline.campaign.blocks import DialingMode, DialingRules

BOLDNESS: Mapping[DialingMode, int] = MappingProxyType(
    {DialingMode.PREVIEW: 0, DialingMode.PROGRESSIVE: 1, DialingMode.POWER: 2, DialingMode.PREDICTIVE: 3}
)
"""Each mode by how far it dials ahead of its agents; a higher one abandons more calls."""


def most_calls(agents: int, rules: DialingRules) -> int:
    """Return how many calls may be in flight at once: the worst case, in which every agent is free.

    Args:
        agents: how many work on the campaign, at least 0.
        rules: in PREVIEW an agent has one call, whatever they say.

    References:
        contract.md section 4: calls per free agent; an agent who talks holds one call.
    """
    return agents if rules.mode is DialingMode.PREVIEW else agents * max(rules.calls_per_agent, 1)


def may_abandon(rules: DialingRules) -> bool:
    """Return whether more calls may be answered than there are agents for them."""
    match rules.mode:
        case DialingMode.PREVIEW:
            return False
        case DialingMode.PROGRESSIVE:
            return rules.calls_per_agent > 1
        case DialingMode.POWER | DialingMode.PREDICTIVE:
            return True


def loosening(live: DialingRules | None, wanted: DialingRules) -> tuple[str, ...]:
    """Return the fields by which the wanted rules let more calls be abandoned than the live ones; none is tighter.

    What cannot be compared, because no rules are live, loosens whenever it may abandon at all.
    """
    if not may_abandon(wanted):
        return ()
    if live is None:
        return ("mode",)
    bolder = {
        "mode": BOLDNESS[wanted.mode] > BOLDNESS[live.mode],
        "abandonment_threshold": wanted.abandonment_threshold > live.abandonment_threshold,
        "cool_down_s": wanted.cool_down_s < live.cool_down_s,
        "calls_per_agent": wanted.calls_per_agent > live.calls_per_agent,
    }
    return tuple(name for name, is_bolder in bolder.items() if is_bolder)
