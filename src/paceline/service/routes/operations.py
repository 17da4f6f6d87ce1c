"""`GET /v1/operations/{id}`: how far something is that takes longer than a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response

from paceline.service.identity import Reader
from paceline.service.operations import LOOK_AGAIN_S, operation_document
from paceline.service.parts import Here
from paceline.service.shapes import READ_ONE, OperationShape

router = APIRouter(prefix="/v1", tags=["operations"])
"""The route of operations."""
Named = Annotated[str, Path(max_length=40, description="As Location named it.", examples=["op_000000000000000000"])]


@router.get("/operations/{operation}", responses=READ_ONE, response_model=OperationShape)
def read_operation(operation: Named, parts: Here, _: Reader) -> Response:
    """Return an operation: running, done with its result, or failed with its error; ask the service that began it."""
    found = parts.operations.of(operation)
    headers = None if found.future.done() else {"Retry-After": str(LOOK_AGAIN_S)}
    return JSONResponse(operation_document(found), headers=headers)
