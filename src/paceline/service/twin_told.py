"""The kept twin of a campaign, for routes and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.service.problems import ProblemError

if TYPE_CHECKING:  # a twin is heavy to load, and few requests ask for one
    from paceline.bootstrap import System
    from paceline.primitives.canonical import Json
    from paceline.primitives.ids import CampaignId
    from paceline.twin.model import Twin


def kept_twin(system: System, campaign: CampaignId) -> Twin | None:
    """Return the kept twin of a campaign; None where there is none.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    from paceline.bootstrap.twins import twins_of

    return twins_of(system).of(campaign)


def no_twin(campaign: CampaignId) -> ProblemError:
    """Return the refusal to tell of a twin that there is none of."""
    return ProblemError(
        404, f"campaign {campaign} has no twin", code="no-twin", hint=f"fit one: paceline twin fit {campaign}"
    )


def twin_document(twin: Twin) -> dict[str, Json]:
    """Return what is told of a twin, as `paceline.twin.told` has it; loaded when it is asked for."""
    from paceline.twin import told

    return told.twin_document(twin)
