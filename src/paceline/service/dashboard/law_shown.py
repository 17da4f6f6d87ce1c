"""What the page of the law shows: rules that fit, what changes soon, and which campaigns break when it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from paceline.campaign.observed import Circumstances
from paceline.compliance.coming import Coming, Kind, coming, concerns
from paceline.compliance.rule import Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.told import is_judged, terms_words
from paceline.control.law.ahead import Judged
from paceline.control.law.looks import Standing
from paceline.control.wall import WallLook
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.law_asked import Filters
from paceline.service.dashboard.pages import segment

AHEAD = timedelta(days=365)
"""How far ahead rules and clocks are shown."""
CLOSED_AHEAD = timedelta(days=56)
"""How far ahead days that a law closes are shown: eight weeks."""
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A campaign as pages name it: its id, its name, and the address of its page."""

    campaign: CampaignId
    name: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that changes, and whom it concerns.

    Attributes:
        in_days: how many days after the date that is looked from.
        bound: how many campaigns call where it changes; None where nobody can tell which campaigns there are.
        rules: those of its rules that bind any of them; all of its rules where none does.
        breaking: those that break the law by it.
        unseen: how many of those that it binds nobody looked at.
        bare: how many of them were looked at and have nothing that it could make unlawful.
    """

    coming: Coming
    in_days: int
    bound: int | None
    rules: tuple[Rule, ...] = ()
    breaking: tuple[Named, ...] = ()
    unseen: int = 0
    bare: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What changes, and how the campaigns stand.

    Attributes:
        away: why the campaigns are not known; None where they are.
        live: how many campaigns there are that are not archived.
        circumstances: what they are judged by; None where nobody knows them.
        at: the platform's time of the look at the list of campaigns.
        standing: None where no campaign can be judged: nobody knows them, or the date is past.
        breaking: those that break the law, with what breaks.
        without_settings: those that were judged and have neither a schedule nor dialing rules: nothing of them was.
        why: what could not be read, with the reason.
        stopped: the zones whose clocks were moved a year ago, and are not any more.
    """

    first: date
    changes: tuple[Change, ...]
    standing: Standing | None = None
    live: int = 0
    circumstances: Mapping[CampaignId, Circumstances] | None = None
    at: datetime | None = None
    away: str | None = None
    is_past: bool = False
    breaking: tuple[tuple[Named, Judged], ...] = ()
    without_settings: tuple[Named, ...] = ()
    why: tuple[tuple[Named, str], ...] = ()
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule as the page lists it.

    Attributes:
        bound: how many campaigns it binds, whatever the date; None where nobody knows the campaigns.
    """

    rule: Rule
    kind: str
    says: str
    in_force: bool
    is_judged: bool
    bound: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where campaigns of the same law call, and what law that is."""

    jurisdictions: frozenset[str]
    zones: frozenset[str]
    circumstances: Circumstances
    campaigns: list[CampaignId] = field(default_factory=list)


def names_of(look: WallLook) -> dict[CampaignId, Named]:
    """Return how the campaigns of a look are named, by their ids."""
    return {
        row.campaign: Named(
            campaign=row.campaign,
            name=row.observed.name or row.campaign,
            page=f"/campaigns/{segment(row.campaign)}",
        )
        for row in look.rows
    }


def changes_of(
    rulebook: Rulebook,
    first: date,
    *,
    where: str = "",
    circumstances: Mapping[CampaignId, Circumstances] | None,
    standing: Standing | None,
    names: Mapping[CampaignId, Named],
) -> tuple[Change, ...]:
    """Return what changes from a date on, each with the campaigns that it concerns.

    Args:
        rulebook: whose rules.
        first: the date.
        where: only what changes there, ISO 3166; all when empty.
        circumstances: of the campaigns that are not archived; None where nobody knows them.
        standing: how those stand that somebody looked at; None where none is judged.
        names: of the campaigns.
    """
    found = coming(rulebook, first, ahead=AHEAD, closed_ahead=CLOSED_AHEAD)
    places = None if circumstances is None else _by_places(circumstances, rulebook)
    return tuple(
        _change(one, first, places, standing, names) for one in found if not where or concerns(one.where, where)
    )


def rules_of(
    rulebook: Rulebook,
    filters: Filters,
    today: date,
    circumstances: Mapping[CampaignId, Circumstances] | None,
) -> list[Row]:
    """Return the rules that fit, those that bind a campaign first; by their ids where nobody knows the campaigns."""
    on, fold = filters.on or today, filters.text.strip().casefold()[:_LONGEST]
    groups = None if circumstances is None else _by_places(circumstances, rulebook)
    found = []
    for rule in rulebook.rules:
        kind, says = kind_of(rule.terms), terms_words(rule.terms)
        if filters.where and rule.jurisdiction not in {filters.where, filters.where[:2]}:
            continue
        if (filters.kind and kind != filters.kind) or (filters.only and not rule.in_force(on)):
            continue
        if fold and fold not in f"{rule.id} {rule.citation} {rule.summary} {says}".casefold():
            continue
        bound = None if groups is None else sum(len(one.campaigns) for one in groups if _binds(rule, one))
        found.append(
            Row(rule=rule, kind=kind, says=says, in_force=rule.in_force(on), is_judged=is_judged(rule), bound=bound)
        )
    return sorted(found, key=lambda one: (one.bound == 0, one.rule.id))


def bound_by(
    rule: Rule, circumstances: Mapping[CampaignId, Circumstances], rulebook: Rulebook
) -> tuple[CampaignId, ...]:
    """Return the campaigns whose calls a rule binds, whatever the date."""
    groups = _by_places(circumstances, rulebook)
    return tuple(sorted(one for group in groups if _binds(rule, group) for one in group.campaigns))


def _by_places(circumstances: Mapping[CampaignId, Circumstances], rulebook: Rulebook) -> list[_Places]:
    """Return the campaigns by where they call and what for: many were declared alike, or not at all."""
    groups: dict[object, _Places] = {}
    for campaign, facts in circumstances.items():
        key = (facts.regions, facts.call)
        if key not in groups:
            known = [region for region in facts.regions if region in rulebook.zones]
            groups[key] = _Places(
                jurisdictions=facts.regions | {region[:2] for region in facts.regions},
                zones=frozenset(zone for region in known for zone in rulebook.zones[region]),
                circumstances=facts,
            )
        groups[key].campaigns.append(campaign)
    return list(groups.values())


def _binds(rule: Rule, group: _Places) -> bool:
    return rule.jurisdiction in group.jurisdictions and rule.binds(group.circumstances.call)


def _concerned(one: Coming, groups: Iterable[_Places]) -> list[CampaignId]:
    return [
        campaign
        for group in groups
        if any(_binds(rule, group) for rule in one.rules) or not group.zones.isdisjoint(one.zones)
        for campaign in group.campaigns
    ]


def _change(
    one: Coming,
    first: date,
    places: Sequence[_Places] | None,
    standing: Standing | None,
    names: Mapping[CampaignId, Named],
) -> Change:
    in_days = (one.on - first).days
    if places is None:
        return Change(coming=one, in_days=in_days, bound=None, rules=one.rules)
    concerned = _concerned(one, places)
    rules = tuple(rule for rule in one.rules if any(_binds(rule, group) for group in places)) or one.rules
    if standing is None or one.kind is Kind.CLOCKS or not one.is_judged:
        return Change(coming=one, in_days=in_days, bound=len(concerned), rules=rules)
    breaking = sorted(name for name in concerned if _breaks(one, name, standing))
    known = _known(concerned, standing)
    return Change(
        coming=one,
        in_days=in_days,
        bound=len(concerned),
        rules=rules,
        breaking=tuple(names[name] for name in breaking if name in names),
        unseen=len(concerned) - len(known),
        bare=sum(not _has_what_it_is_about(one, standing.judged[name][0]) for name in known),
    )


def _known(concerned: Collection[CampaignId], standing: Standing) -> list[CampaignId]:
    return [name for name in concerned if name in standing.judged]


def _has_what_it_is_about(one: Coming, judged: Judged) -> bool:
    """Return whether a campaign has settings that the change could make unlawful: a closed day is about schedules."""
    return "schedule" in judged.has if one.kind is Kind.CLOSED else bool(judged.has)


def _breaks(one: Coming, campaign: CampaignId, standing: Standing) -> bool:
    """Return whether a campaign breaks the law by a change: what ends breaks nothing."""
    if campaign not in standing.judged:
        return False
    judged, _ = standing.judged[campaign]
    if one.kind is Kind.CLOSED:
        return judged.breaks_on_closed(one.on)
    return one.kind is Kind.BEGINS and any(judged.breaks_by(rule.id) for rule in one.rules)
