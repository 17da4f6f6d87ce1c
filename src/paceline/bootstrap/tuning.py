"""Joins the search for better weights with a campaign: its twin, its live weights, and the ceiling that binds it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from paceline.bootstrap.system import System
from paceline.bootstrap.twins import twins_of
from paceline.campaign.ceilings import tightest
from paceline.campaign.evidence import Evidence
from paceline.campaign.weights.changes import SetWeights
from paceline.control.weighing.asks import asked_before, note_tuned
from paceline.optimizer.tuner.told import TuneAsked, Tuned
from paceline.optimizer.tuner.tuner import tuned
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId
from paceline.twin.weighing import TwinWeigher, seed_of


def tuned_for(
    system: System,
    campaign: CampaignId,
    *,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda _words: None,
) -> Tuned | str:
    """Return the best weights for a campaign, or in words why none can be looked for; nothing is sent.

    What the held-out days were asked is noted in the ledger: whoever asks with many seeds shares their error too.

    Args:
        system: whose twins and platform are asked.
        campaign: which.
        seed: of the search; None is one of the twin's data.
        tell: hears that the search begins, which takes a while.

    Raises:
        PlatformError: the campaign cannot be looked at.
        LedgerUnavailableError: what is known of it cannot be read now.
    """
    twin = twins_of(system).of(campaign)
    weigher = TwinWeigher(lambda _campaign: twin, asked_before=partial(asked_before, system.book))
    lacking = weigher.at_hand(campaign, split=None)
    if lacking is not None or twin is None:
        return "it has no twin" if lacking is None else f"{lacking.why}; {lacking.advice}"
    observed = system.survey.looked_at(campaign).observed
    if observed.weights is None:
        return "it has no weights: paceline set weights takes them whole"
    if (lacking := weigher.at_hand(campaign, split=observed.weights.validation_split)) is not None:
        return f"{lacking.why}; {lacking.advice}"
    situation = system.survey.foreseen(
        SetWeights(campaign=campaign, convergence=observed.weights.convergence), observed
    )
    asked = TuneAsked(
        observed=observed,
        twin=twin,
        ceiling=float(tightest(situation)),
        seed=seed_of(twin) if seed is None else seed,
    )
    tell("looking for weights on the days that the twin was fitted on")
    found = tuned(asked, weigher)
    if isinstance(found, Tuned) and isinstance(found.evidence, Evidence):
        note_tuned(system.book, campaign, found.evidence, system.actor)
    return found


def tuned_document(found: Tuned, steps: int) -> dict[str, Json]:
    """Return what was found as JSON shows it, with the first of so many steps: the weights that are sent first."""
    first: dict[str, Json] = {key: str(value) for key, value in found.step(1, steps).items()}
    return {**found.document(), "steps": steps, "first": first}
