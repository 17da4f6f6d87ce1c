"""Signing in and out: by a link that is good once, or with a key; nobody else gets further than this page.

Rules:
* A link's secret stands behind the `#`, which no browser sends: a script puts it into a form, which is posted.
* A foreign page can make a browser post this form, and would sign somebody in under a name that is not his: the form
  holds what a cookie of this page holds, which no foreign page can read or set.
* Wrong secrets are counted by address, like wrong keys.
"""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse, Response

from paceline.primitives.chance import fresh_key
from paceline.service.dashboard.pages import local, render
from paceline.service.dashboard.visitors import Form, Viewing, form_of
from paceline.service.identity import cookie_of, session_of, too_many
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The routes by which people come and go."""
PROOF, SECURE_PROOF = "paceline_enter", "__Host-paceline_enter"
"""The name of the cookie that says that the form is this page's."""
_PROOF_S = 3600


@router.get("/enter")
def show_entrance(request: Request, parts: Here, to: str = "/") -> Response:
    """Show how to sign in; who is signed in already is sent on, unless a link is in the address."""
    return _entrance(request, parts, to=local(to), status=200, told=None)


@router.post("/enter")
def enter(request: Request, parts: Here, form: Annotated[Form, Depends(form_of)]) -> Response:
    """Sign in by a link or with a key, and go where one wanted to go."""
    said = {name: values[0].strip() for name, values in form.items()}
    to = local(said.get("to", "/"))
    shown = request.cookies.get(_proof_of(parts), "")
    if not shown or not hmac.compare_digest(shown.encode(), said.get("proof", "").encode()):
        return _entrance(request, parts, to=to, status=403, told="the page was too old: try once more")
    address = f"wrong-key {request.client.host if request.client else '?'}"
    if parts.wrong_keys.is_over(address):
        raise too_many(parts.wrong_keys.wait_s(address))
    access, link, key = parts.system.access, said.get("link", ""), said.get("key", "")
    begun = access.enter(link) if link else access.enter_with_key(key)
    if begun is None:
        parts.wrong_keys.wait_s(address)
        told = "this link is not good: it was used, or is too old" if link else "this key is not good"
        return _entrance(request, parts, to=to, status=403, told=told)
    _session, cookie = begun
    answer = RedirectResponse(to, 303)
    _keep(answer, parts, cookie_of(parts), cookie, same_site="lax", longest_s=None)
    answer.delete_cookie(_proof_of(parts), path="/", secure=parts.options.behind_tls, httponly=True)
    return answer


@router.post("/leave")
def leave(request: Request, parts: Here, _: Viewing) -> Response:
    """Sign out."""
    parts.system.access.leave(request.cookies.get(cookie_of(parts), ""))
    answer = RedirectResponse("/enter", 303)
    answer.delete_cookie(cookie_of(parts), path="/", secure=parts.options.behind_tls, httponly=True)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _entrance(request: Request, parts: Parts, *, to: str, status: int, told: str | None) -> Response:
    proof = request.cookies.get(_proof_of(parts), "")
    fresh = len(proof) != 32 or not proof.isalnum()  # somebody may have set it to anything
    proof = fresh_key(16).hex() if fresh else proof
    is_in = session_of(request, parts) is not None
    answer = render(request, "enter.html", None, status=status, to=to, told=told, proof=proof, is_in=is_in)
    if fresh:
        _keep(answer, parts, _proof_of(parts), proof, same_site="strict", longest_s=_PROOF_S)
    return answer


def _proof_of(parts: Parts) -> str:
    return SECURE_PROOF if parts.options.behind_tls else PROOF


def _keep(answer: Response, parts: Parts, name: str, value: str, *, same_site: str, longest_s: int | None) -> None:
    if same_site not in {"lax", "strict"}:
        raise ProblemError(500, "a cookie goes to this site only", code="internal")
    answer.set_cookie(
        name,
        value,
        max_age=longest_s,
        path="/",
        secure=parts.options.behind_tls,
        httponly=True,
        samesite="lax" if same_site == "lax" else "strict",
    )
