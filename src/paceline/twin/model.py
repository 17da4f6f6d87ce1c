"""A twin: a campaign as data show it, with how little is known of it, and whether it has earned its say.

A twin is made of days: who was there, and which share of the dials of each half-hour a person was to be expected to
answer. What else a day needs is the same for all: how long people talk, ring and wrap up, and how boldly the dialer
dials. Of these there is a best vector, and draws of the bootstrap that carry how little is known of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from paceline.campaign.evidence import TwinStanding
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.twin import document as kept_as
from paceline.twin.parts import DaySpread, Draw, Drifted, Fitted, MadeOf, TwinDay, half_hour_of, instant_of

if TYPE_CHECKING:
    from paceline.primitives.canonical import Json
    from paceline.records.fits.fitted import FittedRecords
    from paceline.records.summary import HalfHours
    from paceline.twin.boldness import Boldness
    from paceline.twin.results import FoldResult

__all__ = [
    "DaySpread",
    "Draw",
    "Drifted",
    "Fitted",
    "MadeOf",
    "Twin",
    "TwinDay",
    "half_hour_of",
    "instant_of",
]
VERSION = 1
"""Of the document; another one is read by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A campaign as data show it.

    Attributes:
        campaign: whose it is.
        made_of: records, or statistics.
        data: SHA-256 of the data, hexadecimal.
        zone: of local hours; `UTC` where nobody said.
        parameters: what was fitted, with intervals, for people.
        best: the best vector.
        draws: of the bootstrap, each as likely as any other.
        spread: how days to come differ.
        told: lines for each idle agent that pacing, rules and weights told the dialer in the days fitted on; None
            where nobody knows.
        cap, calls_per_s: the most calls in flight, and dials a second; 0 where nothing holds them.
        days: all of them, the held-out ones included.
        half_hours: what was measured, whole.
        results: of each fold, and of the held-out days as the last.
        standing: whether it has earned its say.
        seed: of everything that was drawn.
        misfit: by measure, how many times wider than any parameter explains half-hours are; 1 at least.
        fitted_records: what was fitted to call records, without its draws; None where it is made of statistics.
        drifted: that it no longer holds; None while it does.
        assumed: what was taken for granted, in words.
    """

    campaign: CampaignId
    made_of: MadeOf
    data: str
    zone: str
    parameters: tuple[Fitted, ...]
    best: Draw
    draws: tuple[Draw, ...]
    spread: DaySpread
    told: float | None
    cap: int
    calls_per_s: int
    days: tuple[TwinDay, ...]
    half_hours: HalfHours
    results: tuple[FoldResult, ...]
    standing: TwinStanding
    seed: int
    misfit: tuple[tuple[str, float], ...] = ()
    fitted_records: FittedRecords | None = None
    drifted: Drifted | None = None
    assumed: tuple[str, ...] = ()

    @property
    def training(self) -> tuple[TwinDay, ...]:
        """Return the days that it was fitted on, and those of the embargo after them."""
        until = half_hour_of(self.standing.fitted_until)
        return tuple(day for day in self.days if day.end <= until)

    @property
    def held_out(self) -> tuple[TwinDay, ...]:
        """Return the days that no fit has seen, the oldest first."""
        until = half_hour_of(self.standing.fitted_until)
        return tuple(day for day in self.days if day.end > until)

    def effective(self, told: Boldness, draw: Draw, live: Boldness | None = None) -> Boldness:
        """Return how the dialer really dials when it is told this.

        Args:
            told: what pacing, rules and weights come to.
            draw: whose lines were effective in the days fitted on.
            live: what it was told in those days, where the twin does not know it; `told` itself when None.
        """
        before = self.told if self.told is not None else (live or told).lines
        return told.scaled(draw.lines / before)

    def document(self) -> dict[str, Json]:
        """Return all of it as JSON, as it is kept; no person is in it."""
        found = {
            "version": VERSION,
            "campaign": self.campaign,
            "made_of": self.made_of.value,
            "data": self.data,
            "zone": self.zone,
            "parameters": [one.document() for one in self.parameters],
            "best": kept_as.draw_document(self.best),
            "draws": [kept_as.draw_document(one) for one in self.draws],
            "spread": asdict(self.spread),
            "told": self.told,
            "cap": self.cap,
            "calls_per_s": self.calls_per_s,
            "days": [kept_as.listed(asdict(one)) for one in self.days],
            "half_hours": kept_as.half_hours_document(self.half_hours),
            "results": [kept_as.result_document(one) for one in self.results],
            "standing": self.standing.document(),
            "seed": self.seed,
            "misfit": dict(self.misfit),
            "fitted_records": None if self.fitted_records is None else self.fitted_records.document(),
            "drifted": None if self.drifted is None else self.drifted.document(),
            "assumed": list(self.assumed),
        }
        return cast("dict[str, Json]", found)

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Self:
        """Return the twin that was kept.

        Raises:
            ValueError: the document is no twin's, or one of another version.
        """
        kept = cast("dict[str, Any]", dict(document))
        if kept.get("version") != VERSION:
            message = f"a twin of version {kept.get('version')} was kept, and {VERSION} is read"
            raise ValueError(message)
        try:
            return cls._read(kept)
        except (KeyError, TypeError) as fault:
            message = f"what was kept is no twin: {fault}"
            raise ValueError(message) from fault

    @classmethod
    def _read(cls, kept: dict[str, Any]) -> Self:
        drifted = kept["drifted"]
        return cls(
            campaign=campaign_id(kept["campaign"]),
            made_of=MadeOf(kept["made_of"]),
            data=kept["data"],
            zone=kept["zone"],
            parameters=tuple(Fitted(**one) for one in kept["parameters"]),
            best=kept_as.draw(kept["best"]),
            draws=tuple(kept_as.draw(one) for one in kept["draws"]),
            spread=DaySpread(**kept["spread"]),
            told=kept["told"],
            cap=int(kept["cap"]),
            calls_per_s=int(kept["calls_per_s"]),
            days=tuple(kept_as.day(one) for one in kept["days"]),
            half_hours=kept_as.half_hours(kept["half_hours"]),
            results=tuple(kept_as.result(one) for one in kept["results"]),
            standing=kept_as.standing_of(kept["standing"]),
            seed=int(kept["seed"]),
            misfit=tuple(sorted((name, float(value)) for name, value in kept["misfit"].items())),
            fitted_records=kept_as.fitted_records(kept["fitted_records"]),
            drifted=None if drifted is None else kept_as.drifted_of(drifted),
            assumed=tuple(kept["assumed"]),
        )
