"""The legal periods of a campaign that something is done to, and the lowest of their ceilings."""

from __future__ import annotations

from collections.abc import Sequence

from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Observed
from paceline.campaign.ports import PlatformError
from paceline.compliance.fields import RuleFileError
from paceline.control.allowance import Allowance
from paceline.control.facts.law import Law


def running_periods(observed: Observed, *, law: Law, allowance: Allowance) -> tuple[LegalPeriod, ...] | None:
    """Return the legal periods that are running, with what was measured in them; None where nobody can tell.

    Raises:
        LedgerUnavailableError: what was declared cannot be read.
    """
    try:
        return allowance.periods(observed, law.circumstances(observed.campaign), law.rulebook)
    except (PlatformError, RuleFileError):
        return None


def lowest_ceiling(periods: Sequence[LegalPeriod], *, otherwise: float) -> float:
    """Return the lowest ceiling of the periods, a fraction; what a plan says itself where no law sets one."""
    return min((period.most / period.per for period in periods), default=otherwise)
