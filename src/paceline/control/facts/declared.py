"""The records of what was declared: who said a fact, what counts of it, what a declaration changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from paceline.compliance.call import Purpose
from paceline.control.facts.known_facts import LABEL
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId

NONE: Mapping[str, Json] = MappingProxyType({})
"""No facts."""


class Source(StrEnum):
    """Who said a fact."""

    DECLARED = "declared"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Said:
    """The value of a fact, None when it was withdrawn; by whom, and in which entry."""

    value: Json
    source: Source
    entry: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """What is known of a campaign; what nobody declared is None or empty.

    Attributes:
        regions: ISO 3166-2 codes, sorted.
        list: absolute path of its contact list, kept for people; nothing is concluded from it.
        anchor: when it first dialed, or is going to; before it comes, nothing is measured by it.
        said: each fact that has a value, by name, with who said it and in which entry.
    """

    campaign: CampaignId
    purpose: Purpose | None = None
    regions: tuple[str, ...] = ()
    list: str | None = None
    seller: str | None = None
    anchor: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    said: Mapping[str, Said] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it: None is what nobody declared; `entries` are where the others were."""
        return {
            "purpose": None if self.purpose is None else self.purpose.value,
            "regions": list(self.regions) or None,
            "list": self.list,
            "seller": self.seller,
            "anchor": None if self.anchor is None else utc_text(self.anchor),
            "labels": dict(self.labels) or None,
            "entries": {name: said.entry for name, said in self.said.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a declaration changed.

    Attributes:
        campaign: None is the whole tenant.
        facts: what is said now; None is withdrawn. Only what differs from before.
        before: what was said until then, of the same facts.
        entry: its number in the ledger; None when nothing changed, or in a dry run.
    """

    campaign: CampaignId | None
    facts: Mapping[str, Json] = field(default_factory=lambda: NONE, hash=False)
    before: Mapping[str, Json] = field(default_factory=lambda: NONE, hash=False)
    entry: EntryId | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"campaign": self.campaign, "facts": self.facts, "before": self.before, "entry": self.entry}


@dataclass(slots=True)
class Spoken:
    """What each source said of one fact, where it did."""

    by: dict[Source, Said] = field(default_factory=dict)

    @property
    def last(self) -> Said | None:
        """What counts; of two in one entry, what was declared: then the file only said the same."""
        order = sorted(self.by.values(), key=lambda said: (said.entry, said.source is Source.DECLARED))
        return order[-1] if order else None

    @property
    def value(self) -> Json:
        """What counts; None when nobody said it, or it was withdrawn."""
        return None if self.last is None else self.last.value


def facts_from(campaign: CampaignId, found: Mapping[str, Spoken]) -> CampaignFacts:
    """Return what is known of a campaign, from what was said of it."""
    said = {name: spoken.last for name, spoken in sorted(found.items()) if spoken.last is not None}
    known = {name: one for name, one in said.items() if one.value is not None}
    plain: dict[str, str] = {name: str(one.value) for name, one in known.items() if isinstance(one.value, str)}
    regions = known["regions"].value if "regions" in known else ()
    return CampaignFacts(
        campaign=campaign,
        purpose=Purpose(plain["purpose"]) if "purpose" in plain else None,
        regions=tuple(str(code) for code in regions) if isinstance(regions, list) else (),
        list=plain.get("list"),
        seller=plain.get("seller"),
        anchor=datetime.fromisoformat(plain["anchor"]) if "anchor" in plain else None,
        labels={name.removeprefix(LABEL): value for name, value in plain.items() if name.startswith(LABEL)},
        said=known,
    )
