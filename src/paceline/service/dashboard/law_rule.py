"""What the page of one rule of the law shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from paceline.campaign.observed import Circumstances
from paceline.compliance.reach import SOURCES, decides, not_known
from paceline.compliance.rule import ClosedDays, Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.rulebook import Calendar, Rulebook
from paceline.compliance.told import document_of, is_judged, terms_document, terms_words
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.law_shown import Named, bound_by

CAMPAIGNS_SHOWN = 50
"""So many of the campaigns that a rule binds are named."""
DAYS_SHOWN = 40
"""So many days of its calendar are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """A rule with all that is known of it.

    Attributes:
        on: the date asked for.
        in_force: whether it is, then.
        instead: what is in force in its place then.
        history: the rules of the same kind and place that are dated, in their order, itself among them.
        values: what it says, in the words of its file.
        sources: what the tags mean that say where it was read.
        bound: the campaigns whose calls it binds; None where nobody knows the campaigns.
        more: how many more it binds than are named.
        days: the coming days of its calendar.
    """

    rule: Rule
    kind: str
    says: str
    on: date
    in_force: bool
    is_judged: bool
    binds: tuple[tuple[str, str], ...]
    instead: tuple[Rule, ...]
    history: tuple[tuple[Rule, str, bool], ...]
    values: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    decides: tuple[str, ...]
    not_known: tuple[str, ...]
    bound: tuple[Named, ...] | None
    more: int
    calendar: Calendar | None
    days: tuple[tuple[date, str], ...]


def rule_shown(
    rulebook: Rulebook,
    rule: Rule,
    on: date,
    *,
    names: Mapping[CampaignId, Named] | None,
    circumstances: Mapping[CampaignId, Circumstances] | None,
) -> RuleShown:
    """Return what is shown of a rule on a date.

    Args:
        rulebook: that it is in.
        rule: the rule.
        on: a local date.
        names: of the campaigns; None where nobody knows them.
        circumstances: of those that are not archived; None where nobody knows them.
    """
    bound = () if circumstances is None else bound_by(rule, circumstances, rulebook)
    document = document_of(rule, on=on)
    calendar = rulebook.calendars[rule.terms.calendar] if isinstance(rule.terms, ClosedDays) else None
    coming = () if calendar is None else sorted((day, name) for day, name in calendar.days.items() if day >= on)
    return RuleShown(
        rule=rule,
        kind=kind_of(rule.terms),
        says=terms_words(rule.terms),
        on=on,
        in_force=rule.in_force(on),
        is_judged=is_judged(rule),
        binds=tuple((title, _words(document[name])) for name, title in _BINDS),
        instead=rulebook.instead_of(rule, on),
        history=_history(rulebook, rule, on),
        values=tuple(
            (name.replace("_", " "), _words(value))
            for name, value in terms_document(rule.terms).items()
            if value not in (None, [], {}, False)
        ),
        sources=tuple((tag, meaning) for tag, meaning in SOURCES.items() if _has_tag(rule.source, tag)),
        decides=decides(rule),
        not_known=not_known(rule),
        bound=None if names is None else tuple(names[one] for one in bound[:CAMPAIGNS_SHOWN] if one in names),
        more=max(len(bound) - CAMPAIGNS_SHOWN, 0),
        calendar=calendar,
        days=tuple(coming[:DAYS_SHOWN]),
    )


_BINDS = (("purposes", "Calls for"), ("modes", "Spoken by"), ("lines", "Lines"))


def _history(rulebook: Rulebook, rule: Rule, on: date) -> tuple[tuple[Rule, str, bool], ...]:
    """Return the rules of the same kind, place and purpose of which any is dated; nothing where it stands alone."""
    alike = [
        one
        for one in rulebook.by_jurisdiction[rule.jurisdiction]
        if type(one.terms) is type(rule.terms) and one.purposes & rule.purposes
    ]
    dated = [one for one in alike if one is rule or one.effective_from is not None or one.effective_to is not None]
    if len(dated) == 1 and rule.effective_from is None and rule.effective_to is None:
        return ()
    dated.sort(key=lambda one: (one.effective_from or date.min, one.effective_to or date.max, one.id))
    return tuple((one, terms_words(one.terms), one.in_force(on)) for one in dated)


def _has_tag(source: str, tag: str) -> bool:
    words = "".join(letter if letter.isalnum() else " " for letter in source).split()
    return tag in words


def _words(value: Json) -> str:
    """Return a value of a rule's file in words."""
    if isinstance(value, dict):
        return "; ".join(f"{name} {_words(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_words(one) for one in value)
    return "yes" if value is True else str(value)
