"""One change on its way through the corridor: what is known of it so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.forecast import Forecast
from paceline.campaign.observed import Observed, Situation
from paceline.campaign.ports import PlatformError
from paceline.campaign.simulations import SimulationStarted
from paceline.control.agenda.on_its_way import Coming
from paceline.control.kept import Opened, Unended
from paceline.control.law_at_hand import LawAtHand
from paceline.control.order import Order
from paceline.control.outcome import Ending
from paceline.control.stopwatch import Stopwatch
from paceline.control.weighing.weighed import weighed
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings

Judge = Callable[[Situation], tuple[Findings, Ending | None]]
"""Judges a change in the situation of now: what is to be told, and how it ends, None when nothing stands against it."""


@dataclass(slots=True)
class Walk:
    """One change on its way: what is known of it so far."""

    change: AnyChange
    order: Order
    opened: Opened
    watch: Stopwatch
    findings: Findings = field(default_factory=Findings)
    before: Observed | None = None
    after: Observed | None = None
    others: tuple[Unended, ...] = ()
    told: Findings = field(default_factory=Findings)
    coming: tuple[Coming, ...] = ()
    judge: Judge | None = None
    moved_on: PlatformError | None = None
    is_under_way: bool = False
    law: LawAtHand | None = None
    forecast: Forecast | None = None
    evidence: Evidence | NoEvidence | None = None
    simulation: SimulationStarted | None = None

    @property
    def weighed(self) -> dict[str, Json]:
        """What was expected of it, and what data and the platform said of new weights, as the ledger holds it."""
        return weighed(self.evidence, self.simulation, self.forecast)
