"""Who looks at a page, and what came with the form: a session by its cookie, or a program by its key.

What changes something wants the session's token in the form's field `csrf` or in the header; a key needs none, for no
foreign page can send it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Security
from fastapi.security import SecurityScopes
from starlette.requests import Request

from paceline.control.access.rights import Principal, Right
from paceline.ledger.entry import Actor
from paceline.service.identity import (
    TOKEN_FIELD,
    TOKEN_HEADER,
    has_token,
    hold_text,
    no_token,
    nobody,
    principal_of,
    session_of,
    too_many,
    wrong_role,
)
from paceline.service.parts import Parts, parts_of
from paceline.service.problems import ProblemError

FORM_TYPE = "application/x-www-form-urlencoded"
"""How the pages' forms are sent; nothing else is read as one."""
MOST_FIELDS = 5_000
"""How many fields a form may have: a thousand campaigns may be chosen."""
Form = Mapping[str, tuple[str, ...]]
"""The fields of a form, each with all its values."""
NO_FORM: Form = MappingProxyType({})
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who looks at a page.

    Attributes:
        token: what forms send back; empty for a program with a key.
        form: what was sent, for a POST.
    """

    principal: Principal
    token: str = field(default="", repr=False)
    form: Form = field(default_factory=lambda: NO_FORM, repr=False)

    @property
    def name(self) -> str:
        """Their name."""
        return self.principal.name

    @property
    def role(self) -> str:
        """What they are to the service."""
        return self.principal.role.value

    @property
    def is_operator(self) -> bool:
        """Whether they may change campaigns."""
        return self.principal.may(Right.OPERATE)

    @property
    def is_approver(self) -> bool:
        """Whether they may decide as a second person."""
        return self.principal.may(Right.APPROVE)

    @property
    def is_administrator(self) -> bool:
        """Whether they may say who is told."""
        return self.principal.may(Right.ADMINISTER)

    def actor(self) -> Actor:
        """Return who the ledger says it was."""
        return self.principal.actor()

    def said(self, name: str) -> str:
        """Return a field of the form without blanks around it, empty where it was not sent."""
        return self.form.get(name, ("",))[0].strip()

    def all_said(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, none where it was not sent."""
        return self.form.get(name, ())


async def form_of(request: Request) -> Form:
    """Return the form that came with a request; what is no form has no fields.

    Raises:
        ProblemError: it has more fields than any form of ours, or is no text.
    """
    if request.method in _SAFE or not request.headers.get("Content-Type", "").startswith(FORM_TYPE):
        return NO_FORM
    try:
        sent = (await request.body()).decode()
        pairs = parse_qsl(sent, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ProblemError(400, "the form cannot be read", code="bad-request") from None
    if any("\0" in value for _, value in pairs):
        raise ProblemError(400, "the form cannot be read", code="bad-request")
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in fields.items()}


def visitor(scopes: SecurityScopes, request: Request, form: Annotated[Form, Depends(form_of)]) -> Visitor:
    """Return who looks at a page, who has every right that it wants.

    Raises:
        ProblemError: nobody is known (401), not that one, or the token is missing (403), or too often (429).
    """
    parts = parts_of(request)
    found = _known(request, parts, form)
    wait_s = parts.limits.wait_s(f"{found.principal.key or ''} {found.name}")
    if wait_s:
        raise too_many(wait_s)
    for scope in scopes.scopes:
        if not found.principal.may(Right(scope)):
            raise wrong_role(found.principal, Right(scope))
    request.state.principal = found.principal
    hold_text(request)
    return found


def _known(request: Request, parts: Parts, form: Form) -> Visitor:
    if "Authorization" in request.headers:
        principal = principal_of(request, parts)
        if principal is None:
            raise nobody()
        return Visitor(principal=principal, form=form)
    session = session_of(request, parts)
    if session is None:
        raise nobody()
    told = request.headers.get(TOKEN_HEADER) or form.get(TOKEN_FIELD, ("",))[0]
    if request.method not in _SAFE and not has_token(session, told):
        raise no_token()
    return Visitor(principal=session.principal, token=session.csrf, form=form)


Viewing = Annotated[Visitor, Security(visitor, scopes=[Right.READ.value])]
"""Somebody who may look."""
Operating = Annotated[Visitor, Security(visitor, scopes=[Right.OPERATE.value])]
"""Somebody who may change campaigns."""
Approving = Annotated[Visitor, Security(visitor, scopes=[Right.APPROVE.value])]
"""Somebody who may decide as a second person."""
Administering = Annotated[Visitor, Security(visitor, scopes=[Right.ADMINISTER.value])]
"""Somebody who may say who is told."""
