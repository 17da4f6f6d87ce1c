"""A phone number that got into a reason is erased; neither the answer nor the ledger holds it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.ledger.erasing import erase
from paceline.service.bodies import Body, Ticket
from paceline.service.identity import Administrator
from paceline.service.parts import Here
from paceline.service.shapes import WRITTEN, Shape

router = APIRouter(prefix="/v1/audit", tags=["audit"])
"""The route that erases; what is erased once is erased, so that no `Idempotency-Key` need be kept.

Beside such a key the hash of the request would be kept, from which a number can be found by trying them all.
"""


class ErasureBody(Body):
    """A number to be erased."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"number": "+14155550132", "reason": "erasure request of 3 June"}]},
    )
    number: str = Field(min_length=1, max_length=40, description="As it was written: with +, or in three groups.")
    reason: str = Field(min_length=1, max_length=1000, description="Why, for the ledger; without the number.")
    ticket: Ticket = None


class ErasureShape(Shape):
    """What became of a number: its last two digits, whether the ledger knew it, and the note that it is erased."""

    number: str
    erased: bool
    entry: int | None


@router.post("/numbers:erase", responses=WRITTEN, response_model=ErasureShape)
def erase_number(parts: Here, who: Administrator, body: ErasureBody) -> Response:
    """Erase the number behind a word of the ledger, and note it; 200 too where the ledger does not know the number."""
    erased = erase(parts.system.book, body.number, actor=who.actor(), reason=body.reason, ticket=body.ticket)
    return JSONResponse(erased.document())
