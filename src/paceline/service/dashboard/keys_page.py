"""*Keys*: who may ask the service, and as what; for administrators. A key or a link is shown once, where it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.control.access.access import KeyNotFoundError
from paceline.control.access.keys import KeyStanding
from paceline.control.access.rights import ENTRANCE, Role
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Administering
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The routes of the page of keys."""
BACK = "/keys"
LASTS = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until it is revoked"))
"""How long a new key may be good for, in days; empty is without end."""
LINK_LASTS = (("600", "10 minutes"), ("3600", "an hour"), ("28800", "8 hours"), ("86400", "a day"))
"""How long a link may wait for whom it is, in seconds."""
ROLES = {
    Role.VIEWER: "looks",
    Role.OPERATOR: "also orders changes",
    Role.APPROVER: "also approves as a second person",
    Role.ADMINISTRATOR: "may do all, this too",
}
"""What each role may do, in words."""


@router.get("/keys")
def show_keys(request: Request, parts: Here, who: Administering) -> Response:
    """Show every key there ever was."""
    return render(request, "keys.html", who, keys=_keys(parts), good=KeyStanding.GOOD.value)


@router.get("/live/keys/list")
def show_list(request: Request, parts: Here, who: Administering) -> Response:
    """Show the list alone, for whoever has the page and did something to it."""
    return render(request, "keys_list.html", who, keys=_keys(parts), good=KeyStanding.GOOD.value)


@router.get("/keys/add")
def ask_to_add(request: Request, who: Administering) -> Response:
    """Ask for whom a key is."""
    return render(request, "key_add.html", who, roles=ROLES, lasts=LASTS, back=BACK)


@router.post("/keys/add")
def add_key(request: Request, parts: Here, who: Administering) -> Response:
    """Make a key, and show it, once."""
    access = parts.system.access
    try:
        role, lasts = _role(who.said("role")), _days(who.said("lasts"))
        expires_at = None if lasts is None else access.now() + lasts
        key, secret = access.make_key(who.said("name"), role, order_of(who), expires_at=expires_at)
    except PacelineError as error:
        return not_done(request, who, error, back=BACK)
    told = f"{key.name} has the key {key.id}"
    return render(
        request, "shown_once.html", who, told=told, what="The key, whole", secret=secret, note=None, back=BACK
    )  # fmt: skip


@router.get("/keys/{key}/revoke")
def ask_to_revoke(
    key: Annotated[str, Path(max_length=64)], request: Request, parts: Here, who: Administering
) -> Response:
    """Show which key is revoked, and ask."""
    found = next((one for one in _keys(parts) if one["id"] == key), None)
    if found is None:
        return not_done(request, who, KeyNotFoundError("there is no such key"), back=BACK)
    return render(request, "key_revoke.html", who, key=found, is_own=who.principal.key == key, back=BACK)


@router.post("/keys/{key}/revoke")
def revoke_key(key: Annotated[str, Path(max_length=64)], request: Request, parts: Here, who: Administering) -> Response:
    """Make a key good for nothing, and end the sessions that were begun with it."""
    try:
        revoked = parts.system.access.revoke(key, order_of(who))
    except PacelineError as error:
        return not_done(request, who, error, back=BACK)
    told = f"{revoked.id} of {revoked.name} is revoked"
    return render(request, "shown_once.html", who, told=told, what="", secret=None, note=None, back=BACK)


@router.get("/keys/link")
def ask_for_link(request: Request, who: Administering) -> Response:
    """Ask whom a link is for."""
    return render(request, "key_link.html", who, roles=ROLES, lasts=LINK_LASTS, back=BACK)


@router.post("/keys/link")
def make_link(request: Request, parts: Here, who: Administering) -> Response:
    """Make a link that signs somebody in once, and show it, once."""
    try:
        role, (seconds, within) = _role(who.said("role")), _waits(who.said("lasts"))
        secret = parts.system.access.make_link(who.said("name"), role, order_of(who), valid_s=float(seconds))
    except PacelineError as error:
        return not_done(request, who, error, back=BACK)
    scheme = "https" if parts.options.behind_tls else request.url.scheme
    told = f"{who.said('name')} may sign in with this link once, within {within}"
    link = f"{scheme}://{request.url.netloc}{ENTRANCE}#{secret}"
    return render(
        request, "shown_once.html", who, told=told, what="The link, whole", secret=link, note=None, back=BACK
    )  # fmt: skip


@router.get("/keys/sign-out")
def ask_to_sign_out(request: Request, who: Administering) -> Response:
    """Ask whose sessions are ended."""
    return render(request, "sign_out.html", who, back=BACK)


@router.post("/keys/sign-out")
def sign_out(request: Request, parts: Here, who: Administering) -> Response:
    """End every session of a name, and its links that nobody has used."""
    try:
        sessions, links = parts.system.access.sign_out(who.said("name"), order_of(who))
    except PacelineError as error:
        return not_done(request, who, error, back=BACK)
    told = f"{sessions} sessions ended, {links} links withdrawn"
    return render(request, "shown_once.html", who, told=told, what="", secret=None, note=None, back=BACK)


def _keys(parts: Parts) -> list[dict[str, Json]]:
    now = parts.system.access.now()
    every = parts.system.access.keys()
    found = [key.document(now) for key in every]
    return sorted(found, key=lambda one: one["standing"] != KeyStanding.GOOD.value)


def _role(word: str) -> Role:
    if word not in set(Role):
        raise ProblemError(422, "a key needs a role", code="access")
    return Role(word)


def _days(text: str) -> timedelta | None:
    if text not in {days for days, _label in LASTS}:
        raise ProblemError(422, "that is no time that a key can be good for", code="access")
    return timedelta(days=int(text)) if text else None


def _waits(text: str) -> tuple[str, str]:
    found = next((one for one in LINK_LASTS if one[0] == text), None)
    if found is None:
        raise ProblemError(422, "that is no time that a link can wait", code="access")
    return found
