"""Who is told of what happens: a receiver's secret is shown once, in the answer that makes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.outbox.box import Range
from paceline.outbox.subscribers import Subscriber, SubscriberId
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id
from paceline.service.bodies import Instant, Noted
from paceline.service.decode import noted_order
from paceline.service.identity import Administrator, Reader
from paceline.service.parts import Here
from paceline.service.problems import ProblemError
from paceline.service.replaying import SHOWN_ONCE, OnceRoute
from paceline.service.shapes import READ, WRITTEN, ListShape, Shape

router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=OnceRoute)
"""The routes of webhooks."""
Hook = Annotated[str, Path(max_length=60, description="The id of a webhook.", examples=["sub_000000000000"])]
Count = Annotated[int, Field(ge=1, le=2**53)]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WebhookBody(Noted):
    """A receiver of messages."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://hooks.example.com/paceline", "kinds": ["lifecycle.*"]}]},
    )
    url: str = Field(min_length=1, max_length=2000, description="The whole address; it may hold a secret.")
    kinds: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, max_length=100, description="Types, or aspects such as `lifecycle.*`; all without."
    )
    name: str | None = Field(default=None, max_length=200, description="What people call it.")


class AgainBody(Noted):
    """Which messages are told again: all that fit; all of them without."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"from": "2026-06-15T00:00:00Z", "campaign": "CMP-12345"}]},
        populate_by_name=True,
    )  # fmt: skip
    campaign: str | None = Field(default=None, max_length=128)
    first: Count | None = Field(default=None, description="From this number of the campaign on.")
    last: Count | None = Field(default=None, description="Up to this number of the campaign.")
    since: Instant | None = Field(default=None, alias="from", description="Put at this instant or later.")
    until: Instant | None = Field(default=None, alias="to", description="Put before this instant.")


class NewWebhookShape(Shape):
    """A webhook and its secret, which is shown only here."""

    id: str
    host: str
    kinds: list[str]
    secret: str


class WebhookShape(Shape):
    """A webhook that something was done with."""

    id: str


@router.get("/webhooks", responses=READ, response_model=ListShape)
def list_webhooks(parts: Here, _: Reader) -> Response:
    """List who is told, how they are doing, and how many messages wait; addresses and secrets are not told."""
    items: list[Json] = [one.document() for one in parts.system.webhooks.all()]
    return JSONResponse({"items": items, "next": None})


@router.post("/webhooks", responses=WRITTEN, status_code=201, response_model=NewWebhookShape)
def add_webhook(parts: Here, who: Administrator, body: WebhookBody) -> Response:
    """Have messages sent to an address; the answer shows the secret that they are signed with, once."""
    made = parts.system.webhooks.add(body.url, body.kinds, noted_order(body, who), name=body.name)
    return _shown_once(made, 201)


@router.post("/webhooks/{webhook}:test", responses=WRITTEN, response_model=WebhookShape)
def try_webhook(webhook: Hook, parts: Here, who: Administrator, body: Noted | None = None) -> Response:
    """Put a message that only shows that messages arrive; a worker carries it."""
    message = parts.system.webhooks.test(_id(webhook), noted_order(body, who))
    return JSONResponse({"id": webhook, "message": message.id})


@router.post("/webhooks/{webhook}:replay", responses=WRITTEN, response_model=WebhookShape)
def replay_messages(webhook: Hook, parts: Here, who: Administrator, body: AgainBody) -> Response:
    """Tell again what there was, with the same ids and bodies, behind what waits already; dead letters too."""
    if body.campaign is None and (body.first is not None or body.last is not None):
        raise ProblemError(422, "`first` and `last` are numbers of a campaign", code="range", hint="name the campaign")
    wanted = Range(
        campaign=None if body.campaign is None else campaign_id(body.campaign),
        first=body.first,
        last=body.last,
        since_ns=_ns(body.since),
        until_ns=_ns(body.until),
    )
    count = parts.system.webhooks.replay(_id(webhook), wanted, noted_order(body, who))
    return JSONResponse({"id": webhook, "messages": count})


@router.post("/webhooks/{webhook}:rotate", responses=WRITTEN, response_model=NewWebhookShape)
def rotate_secret(webhook: Hook, parts: Here, who: Administrator, body: Noted | None = None) -> Response:
    """Make a new secret and show it, once; messages are signed with the one before as well for a day."""
    return _shown_once(parts.system.webhooks.rotate(_id(webhook), noted_order(body, who)), 200)


@router.post("/webhooks/{webhook}:enable", responses=WRITTEN, response_model=WebhookShape)
def enable_webhook(webhook: Hook, parts: Here, who: Administrator, body: Noted | None = None) -> Response:
    """Send again to a webhook that is disabled, or at once to one that fails: what waits for it first."""
    enabled = parts.system.webhooks.enable(_id(webhook), noted_order(body, who))
    return JSONResponse({"id": webhook, "standing": enabled.standing.value})


@router.delete("/webhooks/{webhook}", responses=WRITTEN, response_model=WebhookShape)
def remove_webhook(webhook: Hook, parts: Here, who: Administrator) -> Response:
    """Send nothing to a webhook any more, and forget what waits for it."""
    parts.system.webhooks.remove(_id(webhook), noted_order(None, who))
    return JSONResponse({"id": webhook, "removed": True})


def _shown_once(one: Subscriber, status: int) -> Response:
    told: dict[str, Json] = {"id": one.id, "name": one.name, "host": one.host, "kinds": [*one.kinds]}
    return JSONResponse({**told, "secret": one.secrets.current}, status, headers={SHOWN_ONCE: "true"})


def _id(text: str) -> SubscriberId:
    if not (text.isascii() and text.replace("_", "").replace("-", "").isalnum()):
        raise ProblemError(404, "there is no such webhook", code="subscriber-not-found")
    return SubscriberId(text)


def _ns(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // timedelta(microseconds=1) * 1000
