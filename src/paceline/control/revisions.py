"""The revisions of a campaign as they were seen, in their order, and whether entries of ours explain them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from paceline.campaign.catalogue import CATALOGUE, LifecycleChange, change_of
from paceline.control.outcome import Scheduled
from paceline.control.settlement import change_in
from paceline.ledger.book import Book
from paceline.ledger.history import Sighting


def in_order(sightings: Sequence[Sighting], *, until: str) -> list[Sighting]:
    """Return each revision once, up to one of them, as they were made: by their numbers where they have any."""
    once: dict[str, Sighting] = {}
    for one in sightings:
        if one.revision not in once or once[one.revision].made_by is None:
            once[one.revision] = one
    seen = list(once.values())
    if all(one.revision.isdecimal() for one in seen):
        # The platform's clock may be set, which would mix up instants.
        seen.sort(key=lambda one: int(one.revision))
    end = next((place for place, one in enumerate(seen) if one.revision == until), -1)
    return seen[: end + 1]


def was_ordered(book: Book, before: Sighting, after: Sighting) -> bool:
    """Return whether the platform carried out then what an entry of ours had left with it for later.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    if before.made_by is None or not follows(before.revision, after.revision):
        return False
    entry = book.read(before.made_by)
    if entry.outcome != Scheduled.word or entry.kind not in CATALOGUE:
        return False
    change = change_of(change_in(entry))
    if not isinstance(change, LifecycleChange):
        return False
    became = {value for name, value in after.settings.items() if before.settings.get(name) != value}
    is_due = change.effective_at is not None and after.first_seen >= change.effective_at
    return is_due and change.state.value in became


def are_ours(book: Book, sightings: Sequence[Sighting], *, since: str, until: str) -> bool:
    """Return whether entries of ours made, or ordered, every revision after one, up to another; unsure is no.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    seen = in_order(sightings, until=until)
    place = next((place for place, one in enumerate(seen) if one.revision == since), None)
    if place is None:
        return False
    return all(
        follows(before.revision, after.revision) and (after.made_by is not None or was_ordered(book, before, after))
        for before, after in pairwise(seen[place:])
    )


def follows(earlier: str, later: str) -> bool:
    """Return whether nothing can lie between two revisions; where they have no numbers, nobody knows of any."""
    return not (earlier.isdecimal() and later.isdecimal()) or int(later) == int(earlier) + 1
