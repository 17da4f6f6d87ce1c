"""Who is asking, and the keys of programs: a key is shown once, in the answer that makes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.control.access.access import LINK_S, LONGEST_LINK_S
from paceline.control.access.rights import ENTRANCE, RIGHTS, Role
from paceline.ledger.entry import instant_text
from paceline.primitives.canonical import Json
from paceline.service.bodies import Instant, Noted
from paceline.service.decode import noted_order
from paceline.service.identity import Administrator, Reader
from paceline.service.parts import Here
from paceline.service.replaying import SHOWN_ONCE, OnceRoute
from paceline.service.shapes import READ, WRITTEN, ListShape, Shape

router = APIRouter(prefix="/v1", tags=["access"], route_class=OnceRoute)
"""The routes of keys."""
KeyId = Annotated[str, Path(max_length=60, description="The id of a key, never the key.", examples=["pk_000000000000"])]


class KeyBody(Noted):
    """A key to be made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "workforce-management", "role": "operator"}]}
    )
    name: str = Field(min_length=1, max_length=200, description="Whose deeds are done with it.")
    role: Role
    expires_at: Instant | None = Field(default=None, description="From then on it is good for nothing.")


class LinkBody(Noted):
    """A link that signs somebody in to the pages."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "ada", "role": "operator", "valid_for_s": 600}]}
    )
    name: str = Field(min_length=1, max_length=200, description="Whose deeds are done in that session.")
    role: Role
    valid_for_s: Annotated[int, Field(ge=1, le=LONGEST_LINK_S)] = LINK_S


class SignOutBody(Noted):
    """Whose sessions end."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "ada"}]})
    name: str = Field(min_length=1, max_length=200)


class LinkShape(Shape):
    """A link, which is shown only here: `path` goes behind the address of the service."""

    name: str
    role: str
    path: str
    until: str


class SignedOutShape(Shape):
    """How many sessions ended, and how many links were withdrawn."""

    name: str
    sessions_ended: int
    links_ended: int


class KeyShape(Shape):
    """A key, without its secret."""

    id: str
    name: str
    role: str
    standing: str


class NewKeyShape(KeyShape):
    """A key and its secret, which is shown only here."""

    secret: str


class MeShape(Shape):
    """Who is asking."""

    name: str
    role: str
    rights: list[str]
    known_by: str


@router.get("/me", responses=READ, response_model=MeShape)
def read_me(who: Reader) -> Response:
    """Return who is asking, as the ledger would name them, and what they may do."""
    rights: list[Json] = [*sorted(right.value for right in RIGHTS[who.role])]
    return JSONResponse({"name": who.name, "role": who.role.value, "rights": rights, "known_by": who.known_by})


@router.get("/keys", responses=READ, response_model=ListShape)
def list_keys(parts: Here, _: Administrator) -> Response:
    """List every key there ever was: who has it, what it may do, whether it is good, when it was used last."""
    now = parts.system.access.now()
    held = parts.system.access.keys()
    items: list[Json] = [one.document(now) for one in held]
    return JSONResponse({"items": items, "next": None})


@router.post("/keys", responses=WRITTEN, status_code=201, response_model=NewKeyShape)
def add_key(parts: Here, who: Administrator, body: KeyBody) -> Response:
    """Make a key; the answer shows it, once."""
    key, secret = parts.system.access.make_key(body.name, body.role, noted_order(body, who), expires_at=body.expires_at)
    told = {**key.document(parts.system.access.now()), "secret": secret}
    return JSONResponse(told, 201, headers={SHOWN_ONCE: "true"})


@router.post("/keys:link", responses=WRITTEN, status_code=201, response_model=LinkShape)
def make_link(parts: Here, who: Administrator, body: LinkBody) -> Response:
    """Make a link that signs somebody in to the pages, once; the answer shows it, once."""
    access = parts.system.access
    until = access.now() + timedelta(seconds=body.valid_for_s)
    secret = access.make_link(body.name, body.role, noted_order(body, who), valid_s=body.valid_for_s)
    told = {"name": body.name.strip(), "role": body.role.value, "path": f"{ENTRANCE}#{secret}"}
    return JSONResponse({**told, "until": instant_text(until)}, 201, headers={SHOWN_ONCE: "true"})


@router.post("/keys:sign-out", responses=WRITTEN, response_model=SignedOutShape)
def sign_out(parts: Here, who: Administrator, body: SignOutBody) -> Response:
    """End every session of a name, and its links that nobody has used; keys stay good until they are revoked."""
    sessions, links = parts.system.access.sign_out(body.name, noted_order(body, who))
    return JSONResponse({"name": body.name.strip(), "sessions_ended": sessions, "links_ended": links})


@router.delete("/keys/{key}", responses=WRITTEN, response_model=KeyShape)
def revoke_key(key: KeyId, parts: Here, who: Administrator) -> Response:
    """Make a key good for nothing, at once and for ever, and end the sessions that were begun with it."""
    revoked = parts.system.access.revoke(key, noted_order(None, who))
    return JSONResponse(revoked.document(parts.system.access.now()))
