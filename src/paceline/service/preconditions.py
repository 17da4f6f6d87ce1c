"""`If-Match` and `If-None-Match`: a write says what was looked at; a read is spared what is known already."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header
from fastapi.requests import Request

from paceline.service.problems import ProblemError


def if_match(
    tag: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=200,
            description="The ETag of what was looked at; * is whatever there is.",
            examples=["*"],
        ),
    ] = None,
) -> str:
    """Return the tag that a write names.

    Raises:
        ProblemError: it names none (428), or several.
    """
    if tag is None or not tag.strip():
        raise ProblemError(
            428,
            "a write says what was looked at",
            code="precondition-required",
            hint="send If-Match with the ETag of the read, or If-Match: * for whatever there is",
        )
    if "," in tag:
        raise ProblemError(400, "If-Match names one tag", code="several-tags")
    return tag


Looked = Annotated[str, Depends(if_match)]
"""The tag of what was looked at, for a write."""


def is_known(request: Request, tag: str) -> bool:
    """Return whether the reader has what the tag names already."""
    named = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tag in named or "*" in named
