"""Which campaigns break the law on a date: each is looked at and judged; what commands, pages and programs ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from paceline.campaign.observed import Observed, Part, State
from paceline.campaign.ports import Platform
from paceline.control.facts.law import Law
from paceline.control.fleet.fleet import Found
from paceline.control.law.ahead import AHEAD, Judged, judged_from
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from paceline.compliance.coming import Turn
    from paceline.compliance.rulebook import Rulebook

REQUESTS_EACH = 2
"""So many requests it costs to look at one campaign: itself, and its schedule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCheck:
    """What was judged from a date on, and what could not be.

    Attributes:
        first: the local date.
        unjudged: campaigns, or what stands for one without an id, each with the reason; a judged one may be among them.
    """

    first: date
    edition: str
    judged: tuple[Judged, ...]
    unjudged: tuple[tuple[str, str], ...]

    @property
    def breaking(self) -> tuple[Judged, ...]:
        """Those that break the law."""
        return tuple(one for one in self.judged if one.breaks)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The dated rules that bind any of them, the earliest first."""
        found = {(turn.on, turn.rule.id, turn.begins): turn for one in self.judged for turn in one.turns}
        return tuple(turn for _, turn in sorted(found.items()))

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "on": self.first.isoformat(),
            "until": (self.first + AHEAD).isoformat(),
            "campaigns": [_document(one) for one in self.judged],
            "breaking": [one.campaign for one in self.breaking],
            "turns": [_turn(turn) for turn in self.turns],
            "unjudged": [{"campaign": campaign, "why": why} for campaign, why in self.unjudged],
            "edition": self.edition,
        }


def checked(
    platform: Platform,
    law: Law,
    found: Found,
    first: date,
    *,
    archived: bool = False,
    rulebook: Rulebook | None = None,
    saw: Callable[[Observed], None] = lambda _observed: None,
) -> LawCheck:
    """Look at each campaign of a target, two requests each, and judge it from a date on.

    Args:
        platform: what is asked.
        law: what is known of each campaign, and the rules.
        found: the target, as the list showed it.
        first: the local date.
        archived: whether those that are archived count; without, they are left out.
        rulebook: other rules than those of `law`.
        saw: hears of each campaign that was looked at.
    """
    rules = rulebook or law.rulebook
    judged: list[Judged] = []
    unjudged = [(one.campaign or "a campaign without an id", one.why) for one in found.unreadable]
    for campaign in _wanted(found, archived=archived):
        try:
            observed = platform.read(campaign, part=Part.SCHEDULE)
            circumstances = law.circumstances(campaign)
        except PacelineError as failed:
            unjudged.append((campaign, failed.message))
            continue
        saw(observed)
        judged.append(judged_from(observed, circumstances, rules, first))
        unjudged += [(campaign, why) for why in unknown_in(observed)]
    return LawCheck(first=first, edition=rules.edition, judged=tuple(judged), unjudged=tuple(unjudged))


def unknown_in(observed: Observed) -> Sequence[str]:
    """Return why parts of a campaign cannot be judged."""
    return [f"its {block} are in a form that nobody here knows" for block in sorted(observed.unknown_blocks)]


def _wanted(found: Found, *, archived: bool) -> Iterator[CampaignId]:
    for campaign, seen in found.campaigns.items():
        if archived or seen is None or seen.state is not State.ARCHIVED:
            yield campaign


def _document(one: Judged) -> Json:
    return {
        "campaign": one.campaign,
        "state": one.state.value,
        "judged": [*one.has],
        "breaks": [*_breaks(one.breaks)],
    }


def _breaks(breaks: Iterable[tuple[date, Finding]]) -> Iterator[Json]:
    for day, found in breaks:
        document: dict[str, Json] = {"on": day.isoformat()}
        for name, value in found.document().items():
            document[name] = [*value] if isinstance(value, list) else value
        yield document


def _turn(turn: Turn) -> Json:
    from paceline.compliance.told import is_judged

    return {
        "on": turn.on.isoformat(),
        "rule": turn.rule.id,
        "begins": turn.begins,
        "jurisdiction": turn.rule.jurisdiction,
        "judged": is_judged(turn.rule),
        "citation": turn.rule.citation,
    }
