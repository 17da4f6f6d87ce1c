"""What answers look like, for the OpenAPI document: the same forms that tests hold every answer against."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from paceline.service.problems import MEDIA_TYPE

Document = dict[str, Any]
"""A JSON object."""


class Shape(BaseModel):
    """An answer's body; further members may come with a later version."""

    model_config = ConfigDict(extra="allow")


class FindingShape(Shape):
    """One thing that was found."""

    rule: str
    severity: str
    message: str
    field: str | None
    found: Any
    limit: Any
    source: str | None


class ProblemShape(Shape):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str | None
    findings: list[FindingShape] = Field(default_factory=list)


class ChangeShape(Shape):
    """What was to be done, and to which campaign."""

    kind: str | None
    campaign: str | None


class OutcomeShape(Shape):
    """How a change ended."""

    outcome: str
    verdict: str | None
    change: ChangeShape
    findings: list[FindingShape]
    before: Document | None
    after: Document | None
    requests: int | None
    timings_ms: dict[str, float]
    entry: int | None


class FleetShape(Shape):
    """How the changes of many campaigns ended."""

    items: list[OutcomeShape]
    summary: dict[str, int]


class ListShape(Shape):
    """A page of a list; `next` is the cursor of the page after it, null at the end."""

    items: list[Document]
    next: str | None = None


class OperationShape(Shape):
    """Something that takes longer than a request: running, done with its result, or failed with its error."""

    operation: str
    kind: str
    state: str
    result: Document | None
    error: Document | None


def problems(*statuses: int) -> dict[int | str, Document]:
    """Return the entries of these statuses in the OpenAPI document."""
    words = {
        400: "Off in form", 401: "Nobody is known to be asking", 403: "The wrong role", 404: "No such thing",
        409: "The wrong state, or a count that is off", 412: "Changed since it was looked at",
        413: "Too long a body", 422: "Refused, with all findings", 423: "Locked",
        428: "If-Match is missing", 429: "Too many requests", 500: "A fault on this side",
        501: "Not told, or not installed", 502: "The platform did not do it", 503: "Away now", 504: "In doubt",
    }  # fmt: skip
    # By its name, which `document` gives its shape: a model of its own for each of a thousand answers takes a second.
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemShape.__name__}"}}}
    return {status: {"description": words[status], "content": content} for status in statuses}


READ = problems(401, 403, 422, 429, 502, 503, 504)
"""The problems of a read."""
READ_ONE = READ | problems(404)
"""The problems of a read of one thing."""
WRITTEN = problems(400, 401, 403, 404, 409, 413, 422, 429, 502, 503, 504)
"""The problems of a write that names no tag."""
CHANGED: dict[int | str, Document] = {
    200: {"model": OutcomeShape, "description": "Done, or nothing to do"},
    202: {"model": OutcomeShape, "description": "It goes on: Location says where to look"},
    **WRITTEN,
    **problems(412, 423, 428),
}
"""The answers to a change of one campaign."""
CHANGED_MANY: dict[int | str, Document] = {
    200: {"model": FleetShape, "description": "An item each"},
    202: {"model": FleetShape, "description": "Some of them go on"},
    **WRITTEN,
}
"""The answers to a change of many campaigns."""
