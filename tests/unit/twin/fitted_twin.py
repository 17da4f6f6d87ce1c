"""A twin that tests share: fitted once, with little effort, on a campaign whose truth is known."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from paceline.primitives.ids import campaign_id
from paceline.twin.boldness import Boldness
from paceline.twin.effort import Effort
from paceline.twin.fitting import Material, fit_twin
from paceline.twin.model import MadeOf, Twin
from paceline.twin.vectors import platform_fitting
from tests.unit.twin.known_campaign import Truth, half_hours

if TYPE_CHECKING:
    from paceline.records.summary import HalfHours

CAMPAIGN = campaign_id("CMP-1")
SMALL = Effort(draws=12, draws_of_fold=6, replications=48, played=20, played_of_draw=3)
TRUTH = Truth(agents=10)
DAYS = 11


def material(measured: HalfHours, truth: Truth, *, told: float = 1.0, seed: int = 1) -> Material:
    """Return what a twin is fitted from; the dialer is told so many times the lines that it really has."""

    def bold(_agents: int) -> Boldness:
        return Boldness(lines=truth.lines * told, cap=truth.cap, calls_per_s=truth.calls_per_s, warm_up_s=0.0)

    return Material(
        campaign=CAMPAIGN,
        made_of=MadeOf.PLATFORM,
        half_hours=measured,
        fitting=platform_fitting(measured, seed=seed, effort=SMALL),
        embargo_s=3600.0,
        told=bold,
        effort=SMALL,
    )


@cache
def fitted() -> Twin:
    """Return the twin of eleven days; its dialer is told 0.8 times the lines that it really has."""
    found = fit_twin(material(half_hours(TRUTH, DAYS, 3), TRUTH, told=0.8), seed=1)
    assert isinstance(found, Twin)
    return found
