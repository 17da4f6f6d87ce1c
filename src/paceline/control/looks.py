"""From a campaign as it was seen to the reading that the ledger keeps of it. Pure."""

from __future__ import annotations

from paceline.campaign.observed import Observed, Part
from paceline.control.outcome import Outcome
from paceline.ledger.readings import Reading
from paceline.primitives.ids import EntryId


def last_look(entry: EntryId, outcome: Outcome) -> Reading | None:
    """Return what was seen last; what was judged is kept with its intent already when something was applied."""
    if outcome.after is None:
        return None if outcome.before is None else reading_of(outcome.before)
    ours = outcome.before is None or outcome.before.version != outcome.after.version
    return reading_of(outcome.after, made_by=entry if ours else None)


def reading_of(observed: Observed, *, made_by: EntryId | None = None) -> Reading:
    """Return the reading of a campaign; `made_by` is the entry that made this revision."""
    return Reading(
        campaign=observed.campaign,
        revision=observed.version,
        at=observed.at,
        settings=observed.document,
        made_by=made_by,
        part=part_of(observed),
    )


def part_of(observed: Observed) -> str | None:
    """Return the part of the campaign that was read, as the ledger names it."""
    return None if observed.part is Part.CAMPAIGN else observed.part.value
