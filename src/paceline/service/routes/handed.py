"""What is handed to somebody who does not have the ledger: an export, a proof, a signed checkpoint, a report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Annotated
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import ConfigDict, Field

from paceline.ledger.export_form import Form
from paceline.ledger.exporting import lines_of
from paceline.ledger.proofs import prove
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId
from paceline.service.bodies import Body, Instant
from paceline.service.identity import Reader
from paceline.service.operations import answer_within
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.changes import Number
from paceline.service.shapes import READ, READ_ONE, Document, OperationShape, Shape, problems

router = APIRouter(prefix="/v1/audit", tags=["audit"])
"""The routes of what leaves the house; phone numbers are words in all of it."""
MEDIA = {Form.JSONL: "application/jsonl", Form.CSV: "text/csv"}
"""The media types of an export."""
UNSOUND = "Paceline-Ledger"
"""What a report of a ledger that is not as it was written says in its answer's head."""
_WAIT_S = 2.0
_PIECE = 1 << 16
_SIGNED: dict[int | str, Document] = {**READ, **problems(400, 409, 413)}


class ReportBody(Body):
    """The period of a report."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"from": "2026-06-01T00:00:00Z", "to": "2026-07-01T00:00:00Z"}]},
        populate_by_name=True,
    )
    since: Instant = Field(alias="from", description="Its start.")
    until: Instant = Field(alias="to", description="Its end, not part of it.")


class ProofShape(Shape):
    """The rows of an entry, and their ways to the root of the tree."""

    entry: int
    size: int
    root: str
    rows: list[Document]


class CheckpointShape(Shape):
    """Where the ledger ends, signed: `text` is the file that `paceline audit verify --checkpoint` takes."""

    text: str
    size: int
    key: str


@router.get(
    "/export",
    responses={
        200: {
            "content": {kind: {"schema": {"type": "string"}} for kind in MEDIA.values()},
            "description": "A line for each row, or for each entry",
        },
        **READ,
    },
    response_class=Response,
)
def export_audit(parts: Here, _: Reader, form: Annotated[Form, Query(alias="format")] = Form.JSONL) -> Response:
    """Stream the ledger: every row as a line of JSON, which `paceline audit verify --export` takes, or entries as CSV.

    An answer that breaks off in between was not whole: the connection is closed without an end.
    """
    lines = lines_of(parts.system.book, form)
    name = f"ledger.{form.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(lines), media_type=MEDIA[form], headers=headers)


@router.get(
    "/{number}/proof",
    responses={200: {"model": ProofShape}, 202: {"model": OperationShape}, **READ_ONE},
)
def prove_entry(
    number: Number,
    parts: Here,
    _: Reader,
    size: Annotated[
        int | None,
        Query(ge=1, le=2**53, description="Rows of the checkpoint whose root it leads to; all without."),
    ] = None,
) -> Response:
    """Return the proof that an entry is in the ledger; 202 with an operation where that takes longer."""
    book = parts.system.book
    book.read(EntryId(number))
    if size is not None and not number <= size <= book.head().size:
        told = f"entry {number} is younger" if number > size else "the ledger has fewer rows"
        hint = "size is how many rows a checkpoint has seen"
        raise ProblemError(422, f"{told} than a checkpoint of {size} rows", code="size", hint=hint)

    def work() -> dict[str, Json]:
        return prove(book, EntryId(number), size=size)

    return answer_within(parts.operations.begin("audit.prove", work, shared=f"audit.prove {number} {size}"), _WAIT_S)


@router.post("/checkpoints", responses={**_SIGNED, 202: {"model": OperationShape}, 200: {"model": CheckpointShape}})
def sign_checkpoint(parts: Here, _: Reader) -> Response:
    """Sign where the ledger ends now, by the key of this service; keep the answer away from the ledger.

    The first signature of a key is noted in the ledger. A ledger that is not as it was written is not signed (409).
    """
    from paceline.bootstrap.signing import sealed_by

    def work() -> dict[str, Json]:
        sealed, public = sealed_by(parts.system)
        return {"text": sealed.text, "size": sealed.size, "key": public}

    return answer_within(parts.operations.begin("audit.checkpoint", work), _WAIT_S)


@router.post(
    "/reports",
    responses={
        200: {"content": {"application/zip": {}}, "description": "The files of the report, in one"},
        **_SIGNED,
    },
    response_class=Response,
)
def make_report(parts: Here, _: Reader, body: ReportBody) -> Response:
    """Return a report of a period as a zip file: a page to read and print, all rows, and how to verify them.

    Of a ledger that is not as it was written only the page is in it, and the header `Paceline-Ledger` says so.
    """
    return handed_report(parts, since=body.since, until=body.until)


def handed_report(parts: Parts, *, since: datetime, until: datetime) -> Response:
    """Return a report of a period as a zip file.

    Raises:
        ProblemError: the period is none.
        CheckpointError: there is no key that could sign.
    """
    from paceline.bootstrap.reporting import report_of

    if until <= since:
        raise ProblemError(422, "`to` must be later than `from`", code="period")
    report = report_of(parts.system, since=since, until=until)
    packed = _packed(report.files)
    headers = {"Content-Disposition": 'attachment; filename="report.zip"'}
    if not report.is_whole:
        headers[UNSOUND] = "not as it was written"
    return StreamingResponse(_read(packed), media_type="application/zip", headers=headers)


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines together, so that each is not a packet of its own."""
    held: list[bytes] = []
    length = 0
    for line in lines:
        held.append(line.encode())
        length += len(held[-1])
        if length >= _PIECE:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)


def _packed(files: Iterable[tuple[str, Iterable[str]]]) -> IO[bytes]:
    """Return the files as one, on disk where they are long: whatever fails does so before an answer has begun."""
    packed: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1 << 22)  # noqa: SIM115 # who reads it closes it
    try:
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            for name, pieces in files:
                with archive.open(_member(name), "w", force_zip64=True) as member:
                    for piece in _pieces(pieces):
                        member.write(piece)
        packed.seek(0)
    except BaseException:
        packed.close()
        raise
    return packed


def _member(name: str) -> ZipInfo:
    # A date of its own would make two reports of the same ledger differ.
    found = ZipInfo(name)
    found.compress_type = ZIP_DEFLATED
    return found


def _read(packed: IO[bytes]) -> Iterator[bytes]:
    with packed:
        while piece := packed.read(_PIECE):
            yield piece
