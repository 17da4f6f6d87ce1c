"""Who is asking, and whether that one may: a key in the header, or a session's cookie from a page.

Rules:
* `Authorization: Bearer KEY` is for programs. It counts alone: a wrong key is refused though a cookie is good.
* A cookie is for pages. What changes something wants the session's token beside it, in `X-CSRF-Token` or the form's
  field `csrf`: a foreign page can send the cookie, and cannot know the token.
* Nobody is 401, and the wrong role 403, which says what right is missing. Wrong keys are counted by address, and too
  many of them are answered with 429; a good key from the same address is let through.
"""

from __future__ import annotations

import hmac
import math
from typing import Annotated

from fastapi import Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.requests import HTTPConnection, Request

from paceline.control.access.rights import Principal, Right
from paceline.control.access.sessions import Session
from paceline.service.parts import Parts, parts_of
from paceline.service.problems import ProblemError

COOKIE, SECURE_COOKIE = "paceline_session", "__Host-paceline_session"
"""The name of the session's cookie: over https browsers take the second from this host only, and for all of it."""
TOKEN_HEADER, TOKEN_FIELD = "X-CSRF-Token", "csrf"
"""Where the session's token may stand."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="An API key: `paceline keys add NAME --role ROLE`."
)
_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="The session of a page.")


def cookie_of(parts: Parts) -> str:
    """Return the name of the session's cookie, as this service is reached."""
    return SECURE_COOKIE if parts.options.behind_tls else COOKIE


def session_of(connection: HTTPConnection, parts: Parts) -> Session | None:
    """Return the session that a request's cookie names, None when it names none that is good."""
    cookie = connection.cookies.get(cookie_of(parts))
    return None if not cookie else parts.system.access.session(cookie)


def principal_of(connection: HTTPConnection, parts: Parts) -> Principal | None:
    """Return who is asking by the request's headers, None when nobody is; the form's token is not looked at.

    Raises:
        ProblemError: too many wrong keys came from this address, or the session's token is missing.
    """
    scheme, _, secret = connection.headers.get("Authorization", "").partition(" ")
    if scheme:
        return _by_key(connection, parts, secret.strip() if scheme.lower() == "bearer" else "")
    session = session_of(connection, parts)
    if session is None:
        return None
    method = connection.scope.get("method", "GET")
    if method not in _SAFE and not has_token(session, connection.headers.get(TOKEN_HEADER)):
        raise no_token()
    return session.principal


def has_token(session: Session, told: str | None) -> bool:
    """Return whether this is the session's token, in the same time whatever it is."""
    return told is not None and hmac.compare_digest(told.encode(), session.csrf.encode())


def no_token() -> ProblemError:
    """Return the refusal of a change that comes with a cookie alone."""
    return ProblemError(
        403,
        f"a change from a page wants the session's token in {TOKEN_HEADER}",
        code="csrf",
        hint="programs use an API key: Authorization: Bearer KEY",
    )


def _by_key(connection: HTTPConnection, parts: Parts, secret: str) -> Principal | None:
    address = f"wrong-key {connection.client.host if connection.client else '?'}"
    # A good key is let through whatever its neighbours show: who guesses must not keep others from stopping.
    found = parts.system.access.known_by_key(secret)
    if found is None:
        wait_s = parts.wrong_keys.wait_s(address)
        if wait_s:
            raise too_many(wait_s)
    return found


def too_many(wait_s: float) -> ProblemError:
    """Return the refusal of a caller that asks too often."""
    whole = str(math.ceil(wait_s))
    return ProblemError(
        429,
        "too many requests in a minute",
        code="too-many-requests",
        hint=f"ask again in {whole} s",
        headers={"Retry-After": whole},
    )


def known(
    scopes: SecurityScopes,
    request: Request,
    _key: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    _cookie: Annotated[str | None, Security(_COOKIE)],
) -> Principal:
    """Return who is asking, who has every right that a route wants.

    Raises:
        ProblemError: nobody is asking (401), not that one (403), or too often (429).
    """
    parts = parts_of(request)
    found = principal_of(request, parts)
    if found is None:
        raise nobody()
    wait_s = parts.limits.wait_s(f"{found.key or ''} {found.name}")
    if wait_s:
        raise too_many(wait_s)
    for scope in scopes.scopes:
        right = Right(scope)
        if not found.may(right):
            raise wrong_role(found, right)
    request.state.principal = found
    hold_text(request)
    return found


def hold_text(request: Request) -> None:
    """Hold an address against what no database keeps.

    Raises:
        ProblemError: it has a null character (422).
    """
    if "\0" in request.url.path or "%00" in request.url.query:
        raise ProblemError(422, "this text holds characters that cannot be printed", code="text")


def nobody() -> ProblemError:
    """Return the refusal of a request of which nobody knows whose it is."""
    return ProblemError(
        401,
        "nobody is known to be asking",
        code="unauthenticated",
        hint="send Authorization: Bearer KEY; an administrator makes a key: paceline keys add NAME --role ROLE",
        headers={"WWW-Authenticate": 'Bearer realm="paceline"'},
    )


def wrong_role(who: Principal, right: Right) -> ProblemError:
    """Return the refusal of somebody who has not this right."""
    return ProblemError(
        403,
        f"the role {who.role} has not the right to {right}",
        code="wrong-role",
        hint="an administrator gives roles: paceline keys add NAME --role ROLE",
        more={"role": who.role.value, "missing": right.value},
    )


Reader = Annotated[Principal, Security(known, scopes=[Right.READ.value])]
"""Somebody who may read."""
Operator = Annotated[Principal, Security(known, scopes=[Right.OPERATE.value])]
"""Somebody who may change campaigns."""
Approver = Annotated[Principal, Security(known, scopes=[Right.APPROVE.value])]
"""Somebody who may approve."""
Administrator = Annotated[Principal, Security(known, scopes=[Right.ADMINISTER.value])]
"""Somebody who may say who is told, and who may do what."""
