"""What would become of new settings for each of many campaigns, asked before anything is sent or recorded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Difference
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import PlatformError
from paceline.control.facts.declared import CampaignFacts
from paceline.control.fleet.fleet import Target
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.many_fields import Bulk
from paceline.service.dashboard.many_runs import Run
from paceline.service.dashboard.questions import why_not
from paceline.service.dashboard.typed import differences
from paceline.service.parts import Parts
from paceline.service.problems import ProblemError

KEPT = 200
"""Questions that are remembered."""
NOBODY = CampaignId("-")
"""In the place of a campaign that is not named yet."""


class Comes(IntEnum):
    """What would become of a campaign; those first that are not changed though they were chosen."""

    REFUSED = 0
    REVIEW = 1
    CHANGED = 2
    SAME = 3

    @property
    def told(self) -> str:
        """It in words."""
        return ("refused", "wants a person", "will be changed", "is so already")[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What would become of one campaign.

    Attributes:
        version: of the campaign as it was judged, or of the facts; what is sent names it.
        differences: what would be different.
        findings: what stands against it, or wants a person; notes are left out.
        why: why it could not be judged at all.
    """

    campaign: CampaignId
    version: str
    comes: Comes
    differences: tuple[Difference, ...] = ()
    findings: Findings = field(default_factory=Findings)
    why: str = ""

    @property
    def documents(self) -> list[Mapping[str, object]]:
        """The findings as pages show them."""
        return [one.document() for one in self.findings]

    @property
    def reviews(self) -> frozenset[str]:
        """The rules whose findings a person may answer for."""
        return frozenset(one.rule for one in self.findings if one.severity is Severity.REVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of each campaign: a change that names no campaign yet, or facts that are to be declared."""

    part: Part
    change: AnyChange | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)

    def of(self, campaign: CampaignId) -> AnyChange:
        """Return the change of a campaign.

        Raises:
            ValueError: facts are wanted.
        """
        if self.change is None:
            raise ValueError("facts are no change of a campaign")
        return replace(self.change, campaign=campaign)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """New settings for many campaigns, judged one by one.

    Attributes:
        run: how far that is.
        bulk: what is set.
        said: what was typed, by the labels of the fields.
        wish: what that comes to.
        names: what the campaigns are called.
        rows: what was judged so far, in the order of ids; the run adds to it.
    """

    run: Run
    bulk: Bulk
    said: tuple[tuple[str, str], ...]
    wish: Wish
    names: Mapping[str, str]
    rows: list[Judged]

    def counted(self) -> dict[Comes, int]:
        """Return how many campaigns come to what."""
        return {one: sum(row.comes is one for row in self.rows) for one in Comes}

    def sorted(self) -> list[Judged]:
        """Return the rows, those first that would not be changed though they were chosen."""
        return sorted(self.rows, key=lambda row: row.comes)

    def parted(self, answered: frozenset[str]) -> tuple[list[Judged], dict[str, str]]:
        """Return what is sent when a person answers for these rules, and what is not, each with the reason."""
        sent, left = [], {}
        for row in self.rows:
            if row.comes is Comes.CHANGED or (row.comes is Comes.REVIEW and row.reviews <= answered):
                sent.append(row)
            elif row.comes is Comes.REVIEW:
                left[str(row.campaign)] = f"nobody answered for {', '.join(sorted(row.reviews - answered))}"
            elif row.comes is Comes.REFUSED:
                left[str(row.campaign)] = f"refused: {row.why or why_not(row.findings)}"
        return sent, left


class Questions:
    """The questions of this process; serves all threads."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Question] = OrderedDict()

    def keep(self, question: Question) -> None:
        """Keep a question under the id of its run."""
        with self._lock:
            self._known[question.run.id] = question
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def of(self, name: str, asker: str) -> Question:
        """Return a question of a person.

        Raises:
            ProblemError: this process knows none of that id that this person asked (404).
        """
        with self._lock:
            found = self._known.get(name)
        if found is None or found.run.by != asker:
            raise ProblemError(
                404, "this service knows no such question", code="no-question",
                hint="nothing was sent; choose the campaigns again",
            )  # fmt: skip
        return found


def judged_each(parts: Parts, names: Sequence[CampaignId], wish: Wish, rows: list[Judged]) -> Callable[[Run], None]:
    """Return what judges a wish for each campaign, in the order of their ids, and adds a row for each."""

    def facts(_run: Run) -> None:
        # First the tags, then what they are of: what is declared in between is a conflict when it is sent.
        tags = {campaign: parts.system.facts.tag(campaign) for campaign in sorted(names)}
        known = parts.system.facts.of_all(names)
        rows.extend(_of_facts(known[campaign], wish.facts, tag) for campaign, tag in tags.items())

    def settings(run: Run) -> None:
        found = parts.system.fleet.find(Target(named=tuple(names)))
        unknown = [(one.campaign, one.why) for one in found.unreadable if one.campaign is not None]
        rows.extend(_unseen(one, f"the platform shows it in an unknown form: {why}") for one, why in unknown)
        for campaign, seen in found.campaigns.items():
            rows.append(_of_settings(parts, wish.of(campaign), seen, wish.part))
            run.heed()

    return facts if wish.change is None else settings


def _of_settings(parts: Parts, change: AnyChange, listed: Observed | None, part: Part) -> Judged:
    foresight = parts.system.foresight
    try:
        is_enough = listed is not None and listed.part is part
        seen = listed if listed is not None and is_enough else foresight.seen(change.campaign, part)
        found = foresight.of_look(change, seen)
    except PlatformError as away:
        return _unseen(change.campaign, f"it cannot be looked at: {away.message}")
    against = Findings(*(one for one in found.findings if one.severity is not Severity.INFO))
    comes = (
        Comes.SAME if found.already_so
        else Comes.REFUSED if against.refused
        else Comes.REVIEW if against
        else Comes.CHANGED
    )  # fmt: skip
    return Judged(
        campaign=change.campaign,
        version=str(seen.version),
        comes=comes,
        differences=() if comes is Comes.SAME else differences(change, seen),
        findings=Findings() if comes is Comes.SAME else against,
    )


def _of_facts(known: CampaignFacts, wanted: Mapping[str, Json], tag: str) -> Judged:
    before = {name: known.said[name].value if name in known.said else None for name in wanted}
    found = tuple(
        Difference(field=name, observed=_figure(before[name]), wanted=_figure(value))
        for name, value in wanted.items()
        if before[name] != value
    )
    return Judged(
        campaign=known.campaign,
        version=tag,
        comes=Comes.CHANGED if found else Comes.SAME,
        differences=found,
    )


def _figure(value: Json) -> str:
    return "not declared" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _unseen(campaign: CampaignId, why: str) -> Judged:
    return Judged(campaign=campaign, version="", comes=Comes.REFUSED, why=why)
