"""A contact list against the law: whom of it may be called now and by hour, per region and zone, and why not others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.requests import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Purpose
from paceline.compliance.list_told import DELIMITERS
from paceline.service.bodies import Instant
from paceline.service.identity import Reader
from paceline.service.list_checks import ListAsked, body_kept
from paceline.service.options import LIST_LIMIT
from paceline.service.parts import Here
from paceline.service.shapes import READ, Document, Shape, problems

router = APIRouter(prefix="/v1", tags=["law"])
"""The route of contact lists; nothing of a list is kept."""
MOST_BAD_ROWS = 10_000
"""Bad rows that one answer names at most; how many there are is told in any case."""
_EXAMPLE = "number,state\n+18505550123,FL\n+16045550123,\n12,\n"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": (
            f"CSV in UTF-8, at most {LIST_LIMIT:,} bytes, whose first row names the columns: number or phone, perhaps "
            "timezone, state or region, purpose."
        ),
        "content": {"text/csv": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}
_Column = Annotated[str | None, Field(max_length=200)]


class ListQuery(BaseModel):
    """What a list is asked about; what is not said is taken as everything that it might be, but for the mode."""

    model_config = ConfigDict(extra="forbid")
    at: Instant | None = Field(default=None, description="What counts as now; now when not said.")
    country: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="In whose national form numbers without a + are written."
    )
    purpose: list[Purpose] = Field(default_factory=list, max_length=10)
    line: list[Line] = Field(default_factory=list, max_length=10)
    mode: list[Mode] = Field(default_factory=list, max_length=10, description="Live when not said.")
    number_column: _Column = None
    zone_column: _Column = None
    region_column: _Column = None
    purpose_column: _Column = None
    delimiter: Literal["comma", "semicolon", "tab", "bar"] | None = None
    bad_rows: int = Field(default=1000, ge=0, le=MOST_BAD_ROWS, description="So many bad rows are named at most.")

    def asked(self, now: datetime) -> ListAsked:
        """Return what is asked, at this instant where none was said."""
        return ListAsked(
            at=self.at or now,
            call=Call(
                purposes=frozenset(self.purpose) or EVERY_PURPOSE,
                lines=frozenset(self.line) or EVERY_LINE,
                modes=frozenset(self.mode) or frozenset({Mode.LIVE}),
            ),
            country=self.country,
            columns={
                "number": self.number_column,
                "zone": self.zone_column,
                "region": self.region_column,
                "purpose": self.purpose_column,
            },
            delimiter=None if self.delimiter is None else DELIMITERS[self.delimiter],
        )


class ListShape(Shape):
    """Whom of a list may be called."""

    at: str
    rows: int
    contacts: int
    callable_now: int
    by_hour: list[Document]
    regions: dict[str, Document]
    zones: dict[str, Document]
    groups: list[Document]
    closed_now: dict[str, int]
    bad: Document
    columns: Document
    edition: str
    geography: str
    zone_data: Document


async def list_sent(request: Request, _: Reader) -> AsyncIterator[IO[bytes]]:
    """Yield the list that was sent, once it is known who asks.

    Raises:
        ProblemError: it is too long (413).
    """
    async with body_kept(request) as file:
        yield file


@router.post("/lists:check", responses=READ | problems(413), response_model=ListShape, openapi_extra=_BODY)
def check_list(
    parts: Here,
    file: Annotated[IO[bytes], Depends(list_sent)],
    query: Annotated[ListQuery, Query()],
) -> Response:
    """Say whom of a contact list may be called now and at each of the next 24 hours, and which rule closes the others.

    Every row counts once: in a region and a zone, or as a bad row with its reason. Nothing of the list is kept, and no
    number is in the answer.
    """
    asked = query.asked(parts.system.access.now())
    told = parts.list_checks.check(file, parts.system.law.rulebook, asked)
    return JSONResponse(told.document(most=query.bad_rows))
