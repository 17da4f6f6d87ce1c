"""Drift: what was changed outside paceline, noted once, whoever saw it first.

Rules:
* The revisions that were seen of a campaign are walked through, from the one that was told last, or from the first
  that was ever seen. One that no entry of ours made is drift from the one before it.
* What the platform carries out later for an entry of ours is none.
* Who notes drift holds the ledger, and sees first that nobody has told more of this campaign meanwhile: of two who saw
  the same, one tells it. A look that was kept by somebody else hides nothing, for what is told depends on notes alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import Connection, select

from paceline.campaign.observed import Observed
from paceline.control.meanwhile import Meanwhile
from paceline.control.recorder import Recorder
from paceline.control.revisions import in_order, was_ordered
from paceline.control.telling.announcing import DRIFTED
from paceline.ledger.entry import Actor, Deed, Step
from paceline.ledger.history import Sighting
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import CampaignId, EntryId, Version
from paceline.storage.tables import LEDGER_ENTRIES

DRIFT = "campaign.drift"
"""The kind of the note of a change that was made outside paceline."""
_OF = LEDGER_ENTRIES.c
_NOBODY = EntryId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A campaign that somebody changed outside paceline: its note, and what differs."""

    campaign: CampaignId
    entry: EntryId
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """The last drift of a campaign that was told: its note, and the revision that it led to."""

    entry: EntryId
    version: str


class Drifts:
    """Tells the drift of one tenant; any number of processes may do it on one database."""

    def __init__(self, *, recorder: Recorder, readings: Readings, meanwhile: Meanwhile, actor: Actor) -> None:
        """Join what was seen and where it is noted; `actor` is who notes it."""
        self._recorder = recorder
        self._readings = readings
        self._meanwhile = meanwhile
        self._actor = actor

    def told(self, observed: Observed) -> tuple[Drift, ...]:
        """Note what nobody has told yet of a campaign, up to this look, which was kept; return it, the oldest first.

        Raises:
            LedgerUnavailableError: it is told another time.
        """
        seen = in_order(self._readings.sightings(observed.campaign), until=observed.version)
        if all(one.made_by is not None for one in seen[1:]):
            return ()
        mark = self._recorder.looked_up(lambda connection: self._mark(connection, observed.campaign))
        steps = [
            (before, after)
            for before, after in pairwise(_since(mark, seen))
            if after.made_by is None and not was_ordered(self._recorder.book, before, after)
        ]
        deeds = [self._deed(observed, before, after) for before, after in steps]
        return self._noted(observed.campaign, deeds, mark) if deeds else ()

    def _deed(self, observed: Observed, before: Sighting, after: Sighting) -> tuple[Deed, Findings]:
        was, now = _as_seen(observed, before), _as_seen(observed, after)
        findings = self._meanwhile.told(was, now, severity=Severity.REVIEW, own=_NOBODY)
        details: dict[str, Json] = {
            "findings": [found.document() for found in findings],
            "revision": now.revision,
            "version": now.version,
        }
        return Deed(kind=DRIFT, actor=self._actor, campaign=observed.campaign, details=details), findings

    def _noted(
        self, campaign: CampaignId, deeds: Sequence[tuple[Deed, Findings]], mark: _Mark | None
    ) -> tuple[Drift, ...]:
        def is_untold(connection: Connection) -> bool:
            return self._mark(connection, campaign) == mark

        numbers = self._recorder.note_all([deed for deed, _ in deeds], kind=DRIFTED, where=is_untold)
        if not numbers:
            # Somebody else has told it meanwhile.
            return ()
        return tuple(
            Drift(campaign=campaign, entry=entry, findings=findings)
            for entry, (_, findings) in zip(numbers, deeds, strict=True)
        )

    def _mark(self, connection: Connection, campaign: CampaignId) -> _Mark | None:
        ours = (_OF.tenant == self._recorder.book.tenant, _OF.campaign == campaign)
        asked = select(_OF.entry, _OF.body).where(*ours, _OF.kind == DRIFT, _OF.step == Step.NOTED.value)
        found = connection.execute(asked.order_by(_OF.sequence.desc()).limit(1)).one_or_none()
        if found is None:
            return None
        details = json.loads(found.body)["details"]
        return _Mark(entry=EntryId(found.entry), version=str(details.get("version", details["revision"])))


def _since(mark: _Mark | None, seen: Sequence[Sighting]) -> Sequence[Sighting]:
    place = next((place for place, one in enumerate(seen) if mark is not None and one.revision == mark.version), 0)
    return seen[place:]


def _as_seen(observed: Observed, seen: Sighting) -> Observed:
    number = int(seen.revision) if seen.revision.isdecimal() else None
    return replace(observed, document=seen.settings, version=Version(seen.revision), revision=number)
