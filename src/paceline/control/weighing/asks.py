"""How often the held-out days of a twin were asked about other weights before, by the ledger.

Who tries many weights on the same days finds some that look good by chance. So the error is shared among the questions
(`twin.weighing`), and each has its share by how many others came first. Counted is what was ordered, dry runs too, and
what a tuner asked: each is in the ledger with what data said. The same question again keeps its place, so that its
answer stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from paceline.campaign.weights.changes import SetWeights
from paceline.control.weighing.weighed import EVIDENCE, said_of
from paceline.ledger.entry import Deed, Query

if TYPE_CHECKING:
    from paceline.campaign.evidence import Evidence
    from paceline.ledger.book import Book
    from paceline.ledger.entry import Actor, Entry
    from paceline.primitives.canonical import Json
    from paceline.primitives.ids import CampaignId, EntryId

TUNED = "weights.tuned"
"""The kind of the entry of what a tuner asked the held-out days."""
MOST = 500
"""So many orders are looked back at."""
_DIGITS = 12
Question = tuple[tuple[str, float, float], ...]
"""What tells one question from another: each metric with what it comes to under the old and the new setting."""


def asked_before(book: Book, campaign: CampaignId, evidence: Evidence) -> int:
    """Return how many other questions days were asked, of which evidence has at least one, before this one was.

    Args:
        book: the ledger.
        campaign: whose.
        evidence: of a twin, to the question that is asked now.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    mine = evidence.document()
    asked, earlier = _question(mine), set[Question]()
    for told in _told(book, campaign):
        if not isinstance(told, Mapping) or not _same_days(told, mine):
            continue
        question = _question(told)
        if question == asked:
            break
        earlier.add(question)
    return len(earlier)


def note_tuned(book: Book, campaign: CampaignId, evidence: Evidence, actor: Actor) -> EntryId:
    """Note what a tuner asked, so that it counts; return the note's number.

    Raises:
        LedgerUnavailableError: it cannot be noted now.
    """
    return book.note(Deed(kind=TUNED, campaign=campaign, actor=actor, details={EVIDENCE: evidence.document()}))


def _told(book: Book, campaign: CampaignId) -> list[Json]:
    """Return what data said to each who asked, the oldest first."""
    asked = [
        entry
        for kind in (SetWeights.kind, TUNED)
        for entry in book.entries(Query(campaign=campaign, kind=kind, limit=MOST))
    ]
    return [_evidence_in(entry) for entry in sorted(asked, key=lambda entry: entry.number)]


def _evidence_in(entry: Entry) -> Json:
    if entry.kind != TUNED:
        return said_of(entry).get(EVIDENCE)
    details = entry.rows[0].document.get("details")
    return details.get(EVIDENCE) if isinstance(details, Mapping) else None


def _same_days(told: Mapping[str, Json], mine: Mapping[str, Json]) -> bool:
    """Return whether both are of a twin, and of days that overlap: a twin fitted anew has most of its days again."""
    if told.get("source") != mine["source"]:
        return False
    return str(told["since"]) < str(mine["until"]) and str(mine["since"]) < str(told["until"])


def _question(told: Mapping[str, Json]) -> Question:
    metrics = told.get("metrics")
    rows = metrics if isinstance(metrics, list) else []
    return tuple(
        (str(one["metric"]), round(float(str(one["old"])), _DIGITS), round(float(str(one["new"])), _DIGITS))
        for one in rows
        if isinstance(one, Mapping)
    )
