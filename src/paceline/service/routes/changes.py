"""Changes that wait, are being made or have ended: looked at, withdrawn, decided by a second person, led back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from paceline.campaign.observed import Stage
from paceline.control.order import Order
from paceline.control.unended import due_of
from paceline.ledger.entry import Entry
from paceline.ledger.failures import EntryClosedError, EntryNotFoundError
from paceline.ledger.shown import entry_document, rows_document
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId, campaign_id
from paceline.service.answers import LOOK_AGAIN_S, answer_of
from paceline.service.bodies import Noted
from paceline.service.cursors import LONGEST_PAGE, PAGE, cursor_of, numbered
from paceline.service.decode import noted_order
from paceline.service.identity import Approver, Operator, Reader
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.replaying import OnceRoute
from paceline.service.shapes import CHANGED, READ, READ_ONE, ListShape

router = APIRouter(prefix="/v1", tags=["changes"], route_class=OnceRoute)
"""The routes of changes."""
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of the change's entry in the ledger.")]
"""A change in an address."""


class Undo(Noted):
    """How a change is led back."""

    dry_run: bool = False


@router.get("/changes", responses=READ, response_model=ListShape)
def list_changes(
    parts: Here,
    _: Reader,
    campaign: str | None = None,
    status: Stage | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    cursor: str | None = None,
) -> Response:
    """List the changes that wait, are being made, settle, or are in doubt; the oldest first."""
    named = None if campaign is None else [campaign_id(campaign)]
    after = numbered(cursor) or 0
    found = [one for one in parts.system.unended.documents(campaigns=named, stage=status) if _number(one) > after]
    further = cursor_of(str(found[limit - 1]["entry"])) if len(found) > limit else None
    return JSONResponse({"items": found[:limit], "next": further})


@router.get("/changes/{number}", responses=READ_ONE)
def read_change(number: Number, parts: Here, _: Reader) -> Response:
    """Return one change with all its rows; while it goes on, `Retry-After` says when to look again."""
    document, goes_on = change_document(parts, EntryId(number))
    return JSONResponse(document, headers={"Retry-After": str(LOOK_AGAIN_S)} if goes_on else None)


@router.post("/changes/{number}:cancel", responses=CHANGED)
def cancel_change(number: Number, parts: Here, who: Operator, body: Noted | None = None) -> Response:
    """Withdraw a change that waits for its hour or for approval."""
    try:
        return answer_of(parts.system.agenda.cancel(EntryId(number), noted_order(body, who)))
    except (EntryNotFoundError, EntryClosedError) as late:
        raise not_waiting(parts, parts.system.book.read(EntryId(number))) from late


@router.post("/changes/{number}:approve", responses=CHANGED)
def approve_change(number: Number, parts: Here, who: Approver, body: Noted | None = None) -> Response:
    """Approve a change as a second person: it is judged again, and made at once or at its hour."""
    return answer_of(parts.system.approvals.approve(EntryId(number), noted_order(body, who)))


@router.post("/changes/{number}:reject", responses=CHANGED)
def reject_change(number: Number, parts: Here, who: Approver, body: Noted | None = None) -> Response:
    """Reject a change as a second person: it ends as refused, which is what was wanted."""
    outcome = parts.system.approvals.reject(EntryId(number), noted_order(body, who))
    return JSONResponse(outcome.document()) if outcome.word == "refused" else answer_of(outcome)


@router.post("/changes/{number}:undo", responses=CHANGED)
def undo_change(number: Number, parts: Here, who: Operator, body: Undo | None = None) -> Response:
    """Lead a campaign back to the state before a change, by a new change; not where somebody changed it since."""
    body = body or Undo()
    order = Order(actor=who.actor(), reason=body.reason, ticket=body.ticket, dry_run=body.dry_run)
    outcome, _back = parts.system.undoing.undo(EntryId(number), order)
    return answer_of(outcome)


def change_document(parts: Parts, number: EntryId) -> tuple[dict[str, Json], bool]:
    """Return a change as JSON shows it, and whether it goes on.

    Raises:
        EntryNotFoundError: there is none.
    """
    system = parts.system
    entry = system.book.read(number)
    stage, asked = system.unended.stage_of(entry), system.desk.of(number)
    told: dict[str, Json] = {
        **entry_document(entry),
        "status": "ended" if stage is None else stage.value,
        "due": due_of(entry),
        "rows": rows_document(entry),
    }
    if asked is not None:
        told["approval"] = asked.document()
    return told, stage is not None


def not_waiting(parts: Parts, entry: Entry) -> ProblemError:
    """Return the refusal to withdraw what does not wait."""
    stage = parts.system.unended.stage_of(entry)
    if stage is Stage.SETTLING and entry.outcome == "scheduled":
        told, hint = "waits on the platform, not here", "ask for the state that the campaign has now"
    else:
        told = f"is {stage.value}" if stage is not None else f"has ended: {entry.outcome or 'it was only noted'}"
        hint = "GET /v1/changes?status=waiting says what waits"
    return ProblemError(409, f"entry {entry.number} {told}", code="not-waiting", hint=hint)


def _number(document: dict[str, Json]) -> int:
    number = document["entry"]
    return number if isinstance(number, int) else 0
