"""When what a change replaced was live, and when what it made is, by the revisions that were seen; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from paceline.ledger.history import Sighting, made_in
from paceline.primitives.ids import EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """What may be compared.

    Attributes:
        before: since when what was live just before the change was live without another in between.
        at: when the change was first seen, by the platform's clock.
        until: up to when nothing else can have been live: whoever saw something else next may have looked days later.
            None while the change is live.
    """

    before: datetime
    at: datetime
    until: datetime | None


def spans_of(sightings: Sequence[Sighting], entry: EntryId, names: Iterable[str]) -> Spans | None:
    """Return when what may be compared was live; None where the change, or what was before it, was never seen.

    Args:
        sightings: of the campaign, the oldest first.
        entry: that made the change.
        names: the settings that decide how it dials.
    """
    made = next((place for place, one in enumerate(sightings) if one.made_by == entry), None)
    if made is None or made == 0:
        return None
    watched = tuple(names)

    def differs(one: Sighting, other: Sighting) -> bool:
        return any(one.settings.get(name) != other.settings.get(name) for name in watched)

    before = sightings[made - 1].first_seen
    for place in range(made - 2, -1, -1):
        if differs(sightings[place], sightings[made - 1]):
            break
        before = sightings[place].first_seen
    later = (pair for pair in pairwise(sightings[made:]) if differs(pair[1], sightings[made]))
    until = next((made_in(last, other).start for last, other in later), None)
    return Spans(before=before, at=sightings[made].first_seen, until=until)
