"""Fits twins and keeps them, and checks kept ones: from kept call records, or from what the platform measured.

Call records go first where some are kept: they tell more than statistics do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from paceline.bootstrap.twins import (
    DAYS,
    Parts,
    Whole,
    kept_records,
    newer_measured,
    newer_records,
    platform_material,
    records_material,
    twins_of,
)
from paceline.campaign.evidence import NoEvidence
from paceline.primitives.ids import CampaignId
from paceline.twin.checking import Checked, check_twin
from paceline.twin.fitting import Material, fit_twin
from paceline.twin.kept import By
from paceline.twin.model import MadeOf, Twin

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HowFitted:
    """How a twin is fitted.

    Attributes:
        days: the last so many: of dialing in records, all where None; of the calendar on the platform, 28 where None.
        split: share of the days that is fitted on, 0.1 to 0.9; the rest is predicted once, at the end.
        zone: of local hours in records.
        seed: the same seed and data give the same twin.
    """

    days: int | None = None
    split: float = 0.8
    zone: str = "UTC"
    seed: int = 0


def fitted_on_records(
    keeper: Parts, folder: Path, campaign: CampaignId, how: HowFitted, by: By, *, tell: Tell
) -> Twin | str | None:
    """Return a twin of call records, kept; in words why there is none; or None where no records are kept.

    Raises:
        LedgerUnavailableError: it cannot be kept.
    """
    with kept_records(folder, keeper.book.tenant, campaign) as records:
        if records is None:
            return None
        material = records_material(records, campaign, zone=how.zone, split=how.split, days=how.days, seed=how.seed)
        return _kept(material, how, keeper, by, tell)


def fitted_on_statistics(system: Whole, campaign: CampaignId, how: HowFitted, by: By, *, tell: Tell) -> Twin | str:
    """Return a twin of what the platform measured, kept; or in words why there is none.

    Raises:
        PlatformError: it cannot be asked now.
        LedgerUnavailableError: it cannot be kept.
    """
    measured = platform_material(system, campaign, seed=how.seed, days=how.days or DAYS)
    return _kept(measured, how, system, by, tell)


def checked_twin(
    keeper: Parts,
    folder: Path | None,
    campaign: CampaignId,
    by: By,
    *,
    opened: Callable[[], AbstractContextManager[Whole]],
) -> tuple[Twin, Checked] | None:
    """Return the kept twin with what newer data say of it, drift marked; None where there is none.

    Args:
        keeper: the ledger.
        folder: where call records are kept; None where nobody knows.
        campaign: whose.
        by: who marks a drift, and why.
        opened: opens what asks the platform, where that is needed.

    Raises:
        PlatformError: it cannot be asked now.
        LedgerUnavailableError: what is kept cannot be read, or a drift cannot be marked.
    """
    twins = twins_of(keeper)
    twin = twins.of(campaign)
    if twin is None:
        return None
    newer = None
    if twin.made_of is MadeOf.RECORDS and folder is not None:
        with kept_records(folder, keeper.book.tenant, campaign) as records:
            newer = None if records is None else newer_records(twin, records)
    if newer is None:
        with opened() as system:
            newer = newer_measured(system, twin)
    checked = check_twin(twin, newer)
    if checked.drifted is not None and twin.drifted is None and twin.standing.entry is not None:
        twins.drifted(campaign, checked.drifted, by, of=twin.standing.entry)
    return twin, checked


def _kept(material: Material | NoEvidence, how: HowFitted, keeper: Parts, by: By, tell: Tell) -> Twin | str:
    """Fit a twin and keep it; or say why there is none."""
    if isinstance(material, NoEvidence):
        return f"{material.why}; {material.advice}"
    made = fit_twin(material, split=how.split, seed=how.seed, tell=tell)
    if isinstance(made, NoEvidence):
        return f"{made.why}; {made.advice}"
    return twins_of(keeper).keep(made, by)
