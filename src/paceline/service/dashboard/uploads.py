"""What a page's form sends with a file: who sends it is known before a byte of it is read, and nothing is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Annotated

from fastapi import Security
from fastapi.security import SecurityScopes
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from paceline.control.access.rights import Right
from paceline.service.dashboard.visitors import NO_FORM, Form, Visitor, visitor
from paceline.service.identity import nobody, principal_of, session_of
from paceline.service.list_checks import too_long, within_limit
from paceline.service.options import LIST_LIMIT
from paceline.service.parts import parts_of
from paceline.service.problems import ProblemError

FILE, PASTED = "list", "pasted"
"""The fields of the form that hold the list."""
_MULTIPART = "multipart/form-data"
_AROUND = 65_536
"""Bytes of a form that are not of its file: its other fields, and what parts them."""
_MOST_FIELDS = 40
_LONGEST = 200
"""The longest text of a field that is shown again, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A form with a list in it: as a file, or pasted.

    Attributes:
        who: who sent it, with the other fields.
        file: the list; None where neither was sent.
        both: whether there was a file, and something pasted too.
        wrong: why the list is not read, where it is too long.
    """

    who: Visitor
    file: IO[bytes] | None = field(default=None, repr=False)
    both: bool = False
    wrong: ProblemError | None = None


async def uploaded(scopes: SecurityScopes, request: Request) -> AsyncIterator[Uploaded]:
    """Yield a form with its list, for somebody who has every right that the route wants.

    Raises:
        ProblemError: nobody is known (401), not that one, or the token is missing (403), too often (429), or the form
            cannot be read (400).
    """
    await run_in_threadpool(_somebody, request)
    if not request.headers.get("Content-Type", "").startswith(_MULTIPART):
        yield Uploaded(who=await run_in_threadpool(visitor, scopes, request, NO_FORM))
        return
    async with aclosing(within_limit(request, LIST_LIMIT + _AROUND)) as body:
        parser = MultiPartParser(
            request.headers, body, max_files=1, max_fields=_MOST_FIELDS, max_part_size=LIST_LIMIT + _AROUND
        )
        try:
            sent, wrong = await parser.parse(), None
        except ProblemError as refused:
            # It was too long; the fields before the file are there, and tell whether it was the page that sent it.
            sent, wrong = FormData([one for one in parser.items if isinstance(one[1], str)]), refused
        except (MultiPartException, UnicodeError):
            raise ProblemError(400, "the form cannot be read", code="bad-request") from None
    try:
        who = await run_in_threadpool(visitor, scopes, request, _fields(sent))
        yield _list_in(sent, who, wrong)
    finally:
        await sent.close()


def _somebody(request: Request) -> None:
    """Hold a request against those who are known, before its body is read.

    Raises:
        ProblemError: nobody is known (401).
    """
    parts = parts_of(request)
    if "Authorization" in request.headers:
        if principal_of(request, parts) is None:
            raise nobody()
    elif session_of(request, parts) is None:
        raise nobody()


def _fields(sent: FormData) -> Form:
    """Return the fields of a form but the list itself."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str) and name != PASTED:
            if "\0" in value:
                raise ProblemError(400, "the form cannot be read", code="bad-request")
            found[name] = (*found.get(name, ()), value[:_LONGEST])
    return found


def _list_in(sent: FormData, who: Visitor, wrong: ProblemError | None) -> Uploaded:
    """Return the list of a form: its file where there is one, else what was pasted."""
    file, pasted = sent.get(FILE), sent.get(PASTED)
    is_pasted = isinstance(pasted, str) and bool(pasted.strip())
    # A browser sends a file without a name where nobody chose one.
    chosen = file if isinstance(file, UploadFile) and file.filename else None
    if wrong is None and chosen is not None and (chosen.size or 0) > LIST_LIMIT:
        wrong = too_long(chosen.size or 0)
    if wrong is None and isinstance(pasted, str) and is_pasted and len(pasted.encode()) > LIST_LIMIT:
        wrong = too_long(len(pasted.encode()))
    if chosen is not None:
        return Uploaded(who=who, file=chosen.file, both=is_pasted, wrong=wrong)
    kept = BytesIO(pasted.encode()) if isinstance(pasted, str) and is_pasted else None
    return Uploaded(who=who, file=kept, wrong=wrong)


Uploading = Annotated[Uploaded, Security(uploaded, scopes=[Right.READ.value])]
"""Somebody who may look, and the list that they sent."""
