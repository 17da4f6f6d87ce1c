"""What is kept of a campaign's abandonment, as values: counts, hours, legal periods, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from paceline.campaign.statistics import Tally
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

HOUR = timedelta(hours=1)
"""What minutes are summed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Dials, calls that a person answered (the abandoned ones included), and those of them that were abandoned."""

    dials: int = 0
    answered: int = 0
    abandoned: int = 0

    @classmethod
    def of(cls, tally: Tally) -> Counts:
        """Return what was counted in a tally."""
        return cls(dials=tally.dials, answered=tally.connects, abandoned=tally.abandons)

    def is_less_than(self, other: Counts) -> bool:
        """Return whether less was counted of anything."""
        return self.dials < other.dials or self.answered < other.answered or self.abandoned < other.abandoned

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            dials=self.dials + other.dials,
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
        )

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            dials=self.dials - other.dials,
            answered=self.answered - other.answered,
            abandoned=self.abandoned - other.abandoned,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one campaign.

    Attributes:
        total: all that was ever counted.
        told_at: when that was told, by the platform's clock.
        first_dial: the first minute in which it dialed; None while nobody has looked, or nobody can tell.
        read_from, read_until: between these the hours were read; None before the first was.
        bases: what was counted before the beginning of a period, by that instant.
        searched: between which instants the first dial is looked for; None while it is not.
        is_lost: whether the first dial was looked for, and the platform's figures do not show it.
    """

    campaign: CampaignId
    total: Counts
    told_at: datetime
    first_dial: datetime | None = None
    read_from: datetime | None = None
    read_until: datetime | None = None
    bases: Mapping[datetime, Counts] = field(default_factory=dict, hash=False)
    searched: tuple[datetime, datetime] | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of a campaign as it was told; `at` is its beginning."""

    at: datetime
    counts: Counts
    talk_s: int = 0
    wrap_s: int = 0
    idle_s: int = 0
    staffed_s: int = 0
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPeriod:
    """A legal period as it was last measured.

    Attributes:
        period: how the law measures, such as `30-day-blocks`.
        document: how its beginning is known (`anchor`), what a guard did about it (`guard`), what was told last where
            that is less than was told before (`less`), and the entry with its final figures (`ended`).
    """

    campaign: CampaignId
    period: str
    start: datetime
    end: datetime
    counts: Counts
    told_at: datetime
    document: Mapping[str, Json] = field(default_factory=dict, hash=False)
