"""What a run does to many campaigns: a verb, settings or facts, now or kept for an hour; each campaign by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import PlatformError
from paceline.control.facts.facts import FactsMovedError
from paceline.control.fleet.fleet import Found, Target
from paceline.control.fleet.freeze import FreezeOutcome
from paceline.control.order import Order
from paceline.control.work.later import Makes
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.later_form import When, moved_on
from paceline.service.dashboard.many_runs import Line, Run
from paceline.service.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What is sent to many campaigns.

    Attributes:
        names: the campaigns.
        make: makes the change of each; the instant is the platform's own, for an hour that is off.
        lane: in which lane it is read.
        part: what of a campaign it changes.
        order: who wants it, and why.
        under: the versions that were shown; empty where they do not matter.
        answers: for which rules, of those that were shown, somebody answered in each; none where none was. What the
            order answers for holds nowhere else: what comes up in a campaign later is for a person to see first.
    """

    names: Sequence[CampaignId]
    make: Makes
    lane: Lane
    order: Order
    under: Mapping[CampaignId, str]
    part: Part = Part.CAMPAIGN
    answers: Mapping[CampaignId, frozenset[str]] = field(default_factory=dict)

    def order_for(self, rules: frozenset[str], campaigns: int) -> Order:
        """Return the order for campaigns in which a person answered for these rules, of so many in all."""
        answered = tuple(one for one in self.order.overrides if one.rule in rules)
        return replace(self.order, overrides=answered, campaigns=max(1, campaigns))

    def alike(self, found: Found) -> dict[frozenset[str], dict[CampaignId, Observed | None]]:
        """Return the campaigns by the rules that a person answered for in them, each with how the list showed it."""
        groups: dict[frozenset[str], dict[CampaignId, Observed | None]] = {}
        for campaign, listed in found.campaigns.items():
            groups.setdefault(self.answers.get(campaign, frozenset()), {})[campaign] = listed
        return groups


def now(parts: Parts, sent: Sent) -> Callable[[Run], None]:
    """Return what carries it out at once, in the order of ids, within the limit of requests."""

    def work(run: Run) -> None:
        found = parts.system.fleet.find(Target(named=tuple(sent.names)), lane=sent.lane)
        _unreadable(run, found)
        for rules, some in sent.alike(found).items():
            order = sent.order_for(rules, len(found))
            parts.system.fleet.run(
                Found(campaigns=some), lambda one: sent.make(one, None), order, under=sent.under, told=run.hear
            )

    return work


def at_an_hour(parts: Parts, sent: Sent, when: When) -> Callable[[Run], None]:
    """Return what keeps it for an hour; a campaign that is not as it was shown is left out.

    Raises:
        ValueError: `when` names no hour.
    """
    if when.at is None:
        raise ValueError("what is wanted now is not kept for later")
    due = when.at

    def work(run: Run) -> None:
        later = parts.system.later
        found, away = later.find(Target(named=tuple(sent.names)), lane=sent.lane)
        _unreadable(run, found)
        for rules, some in sent.alike(found).items():
            keep = later.keeper(sent.make, when.order(sent.order_for(rules, len(found))), due, lane=sent.lane)
            for campaign, listed in some.items():
                seen = listed
                if sent.under and away is None:
                    seen = _as_shown(parts, run, sent, campaign, listed)
                    if seen is None:
                        continue
                run.hear(keep(campaign, seen if seen is not None and seen.part is sent.part else away))

    return work


def frozen(
    parts: Parts, found: Found, order: Order, told: Callable[[FreezeOutcome], Mapping[str, Any]]
) -> Callable[[Run], None]:
    """Return what freezes campaigns and stops them; `told` says what it came to, as a page names it."""

    def work(run: Run) -> None:
        run.result = told(parts.system.freeze.freeze(found, order, told=run.hear))

    return work


def declared(
    parts: Parts, tags: Mapping[CampaignId, str], facts: Mapping[str, Json], order: Order
) -> Callable[[Run], None]:
    """Return what declares facts of each campaign that are still as their tag says."""

    def work(run: Run) -> None:
        for campaign, tag in tags.items():
            try:
                said = parts.system.facts.declare(campaign, facts, replace(order, if_revision=tag))
            except FactsMovedError as moved:
                words = "Somebody else declared it since you looked: nothing was declared"
                run.say(Line(campaign=campaign, told=words, good=False, outcome={"error": moved_told(moved)}))
                continue
            told = "Declared" if said.entry else "Nothing to do: it was declared so already"
            run.say(Line(campaign=campaign, told=told, good=True, entry=said.entry))

    return work


def moved_told(moved: FactsMovedError) -> Mapping[str, object]:
    """Return why facts were not declared, as a page names it."""
    return {"message": moved.message, "hint": moved.hint}


def _unreadable(run: Run, found: Found) -> None:
    run.total = len(found)
    for one in found.unreadable:
        why = {"message": f"the platform shows it in an unknown form: {one.why}", "hint": None}
        run.say(Line(campaign=one.campaign or "?", told="It could not be read", good=False, outcome={"error": why}))


def _as_shown(parts: Parts, run: Run, sent: Sent, campaign: CampaignId, listed: Observed | None) -> Observed | None:
    """Return a campaign that is as it was shown; None for another one, and for what cannot be told: the run says it."""
    try:
        is_enough = listed is not None and listed.part is sent.part
        seen = listed if listed is not None and is_enough else parts.system.platform.read(campaign, part=sent.part)
    except PlatformError as away:
        why = {"message": away.message, "hint": away.hint}
        run.say(Line(campaign=campaign, told="It could not be looked at", good=False, outcome={"error": why}))
        return None
    shown = sent.under.get(campaign)
    if shown is None or str(seen.version) == shown:
        return seen
    words = "Somebody else changed it since you looked: nothing was kept"
    finding = moved_on(shown, seen).document()
    run.say(Line(campaign=campaign, told=words, good=False, outcome={"findings": [finding]}))
    return None


def changes_of(make: Callable[[CampaignId], AnyChange]) -> Makes:
    """Return what makes changes that name no instant of their own."""
    return lambda campaign, _at: make(campaign)
