"""What was expected of a change, and what data and the platform said of new weights, kept with its request.

A process may be killed once its request is out. Whoever ends its entry then ends it with what was predicted all the
same, so that what comes of the change can be compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.forecast import Forecast
from paceline.campaign.simulations import SimulationStarted
from paceline.ledger.entry import Entry, Step
from paceline.primitives.canonical import Json

EVIDENCE, SIMULATION, FORECAST = "evidence", "simulation", "forecast"
"""Under which words the ledger holds them: in an intent, and in how the entry ended."""
_NAMES = (FORECAST, EVIDENCE, SIMULATION)


def weighed(
    evidence: Evidence | NoEvidence | None, simulation: SimulationStarted | None, forecast: Forecast | None = None
) -> dict[str, Json]:
    """Return what there is of them, as the ledger holds it."""
    said = {FORECAST: forecast, EVIDENCE: evidence, SIMULATION: simulation}
    return {name: one.document() for name, one in said.items() if one is not None}


def weighed_in(entry: Entry) -> dict[str, Json]:
    """Return what the last intent of an entry holds of them; nothing where it has none."""
    intent = entry.intent or {}
    return {name: intent[name] for name in _NAMES if isinstance(intent.get(name), Mapping)}


def said_of(entry: Entry) -> dict[str, Json]:
    """Return what the end of an entry holds of them, or its last intent where whoever ended it knew neither."""
    details = None if entry.closed is None else entry.closed.document.get("details")
    ended = details if isinstance(details, Mapping) else {}
    return {**weighed_in(entry), **{name: ended[name] for name in _NAMES if name in ended}}


def took_effect(entry: Entry) -> bool:
    """Return whether a change was applied, also where a later look has told that first."""
    looks = [row.document.get("details") for row in entry.rows if row.step is Step.VERDICT]
    return entry.outcome == "applied" or any(isinstance(one, Mapping) and one.get("happened") is True for one in looks)
