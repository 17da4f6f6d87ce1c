"""Rows before they are in the chain: what a body says, and which of it is searched for. Pure.

Every body says `v` (the version of this form), `step` and `at`; all but those that open an entry say `entry`.

* `opened`, `noted`: `kind`, `campaign`, `actor` {`name`, `known_by`}, `reason`, `ticket`, `details`
* `intent`: `request`
* `closed`: `outcome`, `verdict`, `details`
* `verdict`: `verdict`, `details`
* `reading`: `campaign`, `revision`, `settings`, `made_by`; it opens an entry of its own
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from paceline.ledger.entry import FORM, NOTHING, Deed, Step, instant_text
from paceline.ledger.numbers import holds_number, may_hold_number
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import CampaignId, EntryId

FREE_TEXT = frozenset({"actor", "reason", "ticket", "details", "request", "settings"})
"""Parts of a body in which anything may stand, phone numbers too; the others are words and ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row that waits for its place in the chain.

    Attributes:
        entry: the entry that it continues; None when it opens one.
        body: the canonical JSON of the document; None while phone numbers have to be taken out of it.
    """

    step: Step
    at: datetime
    document: Mapping[str, Json]
    body: str | None
    entry: EntryId | None = None
    campaign: CampaignId | None = None
    actor: str | None = None
    kind: str | None = None
    outcome: str | None = None


def opened(deed: Deed, *, at: datetime) -> Draft:
    """Return the first row of an entry that has to be closed."""
    return _first(Step.OPENED, deed, at)


def noted(deed: Deed, *, at: datetime) -> Draft:
    """Return the only row of an entry with nothing to wait for."""
    return _first(Step.NOTED, deed, at)


def intent(entry: EntryId, request: Mapping[str, Json], *, at: datetime) -> Draft:
    """Return the row that holds the exact request before it is sent."""
    document = _said(Step.INTENT, at, {"entry": entry, "request": request})
    return Draft(step=Step.INTENT, at=at, document=document, body=_body(document), entry=entry)


def closed(
    entry: EntryId, *, outcome: str, at: datetime, verdict: str | None = None, details: Mapping[str, Json] = NOTHING
) -> Draft:
    """Return the row that says how the entry ended, in the words of whoever closes it."""
    document = _said(Step.CLOSED, at, {"entry": entry, "outcome": outcome, "verdict": verdict, "details": {**details}})
    return Draft(step=Step.CLOSED, at=at, document=document, body=_body(document), entry=entry, outcome=outcome)


def later_verdict(entry: EntryId, *, verdict: str, at: datetime, details: Mapping[str, Json] = NOTHING) -> Draft:
    """Return the row that says what a later look showed."""
    document = _said(Step.VERDICT, at, {"entry": entry, "verdict": verdict, "details": {**details}})
    return Draft(step=Step.VERDICT, at=at, document=document, body=_body(document), entry=entry)


def reading(
    *,
    campaign: CampaignId,
    part: str | None = None,
    revision: str,
    settings: Mapping[str, Json],
    made_by: EntryId | None,
    at: datetime,
) -> Draft:
    """Return the row that keeps what the platform reported."""
    said: dict[str, Json] = {
        "campaign": campaign,
        "revision": revision,
        "settings": settings,
        "made_by": made_by,
    }
    if part is not None:
        said["part"] = part
    document = _said(Step.READING, at, said)
    return Draft(step=Step.READING, at=at, document=document, body=_body(document), campaign=campaign)


def _first(step: Step, deed: Deed, at: datetime) -> Draft:
    said: dict[str, Json] = {
        "kind": deed.kind,
        "campaign": deed.campaign,
        "actor": {"name": deed.actor.name, "known_by": deed.actor.known_by},
        "reason": deed.reason,
        "ticket": deed.ticket,
        "details": {**deed.details},
    }
    document = _said(step, at, said)
    return Draft(
        step=step,
        at=at,
        document=document,
        body=_body(document),
        campaign=deed.campaign,
        actor=deed.actor.name,
        kind=deed.kind,
    )


def _said(step: Step, at: datetime, more: Mapping[str, Json]) -> dict[str, Json]:
    return {"v": FORM, "step": step.value, "at": instant_text(at), **more}


def _body(document: Mapping[str, Json]) -> str | None:
    body = canonical_json(document)
    private = may_hold_number(body) and any(holds_number(document[part]) for part in FREE_TEXT & document.keys())
    return None if private else body
