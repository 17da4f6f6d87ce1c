"""What data and the platform said of new weights, kept with the request that was made of it.

A process may be killed once its request is out. Whoever ends its entry then ends it with what was predicted all the
same, so that what comes of the change can be compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.simulations import SimulationStarted
from paceline.ledger.entry import Entry, Step
from paceline.primitives.canonical import Json

EVIDENCE, SIMULATION = "evidence", "simulation"
"""Under which words the ledger holds them: in an intent, and in how the entry ended."""


def weighed(evidence: Evidence | NoEvidence | None, simulation: SimulationStarted | None) -> dict[str, Json]:
    """Return what there is of both, as the ledger holds it."""
    said = {EVIDENCE: evidence, SIMULATION: simulation}
    return {name: one.document() for name, one in said.items() if one is not None}


def weighed_in(entry: Entry) -> dict[str, Json]:
    """Return what the last intent of an entry holds of both; nothing where it has none."""
    intent = entry.intent or {}
    return {name: intent[name] for name in (EVIDENCE, SIMULATION) if isinstance(intent.get(name), Mapping)}


def said_of(entry: Entry) -> dict[str, Json]:
    """Return what the end of an entry holds of both, or its last intent where whoever ended it knew neither."""
    details = None if entry.closed is None else entry.closed.document.get("details")
    ended = details if isinstance(details, Mapping) else {}
    return {**weighed_in(entry), **{name: ended[name] for name in (EVIDENCE, SIMULATION) if name in ended}}


def took_effect(entry: Entry) -> bool:
    """Return whether a change was applied, also where a later look has told that first."""
    looks = [row.document.get("details") for row in entry.rows if row.step is Step.VERDICT]
    return entry.outcome == "applied" or any(isinstance(one, Mapping) and one.get("happened") is True for one in looks)
