"""Webhooks: who is told of the platform's own events."""

from __future__ import annotations

from urllib.parse import urlsplit

from paceline.emulator.documents import webhook_document
from paceline.emulator.forms import Block, Boolean, Choice, Listing, Parsed, Text
from paceline.emulator.messages import Answer, answer
from paceline.emulator.operation import WEBHOOKS, Exchange, Operation
from paceline.emulator.outgoing import new_secret
from paceline.emulator.schemas import ref
from paceline.emulator.tenant import Webhook

PATH = "/api/v2/webhooks"
_LONGEST_URL = 2048


def _absolute_url(text: str) -> str:
    wrong = ValueError("must be an absolute http or https URL")
    if len(text) > _LONGEST_URL or not text.isascii() or any(c <= " " or c == "\x7f" for c in text):
        raise wrong
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise wrong from None
    if not sound:
        raise wrong
    return text


_EVENT = Text(1, 128, r"[a-z0-9_]+(\.[a-z0-9_]+)*", "an event such as campaign.predictive.tuned")
BODY = Block(
    {
        "name": Text(0, 256),
        "url": Parsed(_absolute_url, {"format": "uri", "maxLength": _LONGEST_URL}),
        "events": Listing(_EVENT, 1, 100),
        "enabled": Boolean(),
        "httpMethod": Choice(("POST",)),
    },
    optional=frozenset({"name", "enabled", "httpMethod"}),
)


def register(exchange: Exchange) -> Answer:
    """Register a webhook, or answer with the one that has the same URL and events already."""
    document, world = exchange.document, exchange.world
    events = tuple(dict.fromkeys(document["events"]))
    tenant = exchange.client.tenant if exchange.client is not None else ""
    for known in world.webhooks.values():
        if known.tenant == tenant and known.url == document["url"] and set(known.events) == set(events):
            return answer(200, webhook_document(known))
    webhook = Webhook(
        id=world.mint_uuid("webhook"),
        tenant=tenant,
        name=document.get("name", ""),
        url=document["url"],
        events=events,
        enabled=document.get("enabled", True),
        secret=new_secret(world),
    )
    world.webhooks.put(webhook.id, webhook)
    told = {**webhook_document(webhook), "secret": webhook.secret}
    return answer(201, told, (("Location", f"{PATH}/{webhook.id}"),))


def list_webhooks(exchange: Exchange) -> Answer:
    """Answer with the tenant's webhooks."""
    tenant = exchange.client.tenant if exchange.client is not None else ""
    return answer(
        200, {"webhooks": [webhook_document(w) for w in exchange.world.webhooks.values() if w.tenant == tenant]}
    )


def read_webhook(exchange: Exchange) -> Answer:
    """Answer with one webhook."""
    return answer(200, webhook_document(_present(exchange)))


def delete_webhook(exchange: Exchange) -> Answer:
    """Remove a webhook; what still waits for it is not delivered."""
    exchange.world.webhooks.drop(_present(exchange).id)
    return Answer(204)


def _present(exchange: Exchange) -> Webhook:
    """Return the webhook that the address names; admission has found it."""
    if exchange.webhook is None:
        raise LookupError("the address names no webhook")
    return exchange.webhook


OPERATIONS = (
    Operation(
        name="registerWebhook", method="POST", path=PATH, summary="Register a webhook", answer=register,
        success={201: ref("NewWebhook"), 200: ref("Webhook")}, scopes=WEBHOOKS, body=BODY, refuses=(409,),
    ),
    Operation(
        name="listWebhooks", method="GET", path=PATH, summary="List the tenant's webhooks", answer=list_webhooks,
        success={200: ref("WebhookList")}, scopes=WEBHOOKS,
    ),
    Operation(
        name="readWebhook", method="GET", path=PATH + "/{webhook}", summary="Read a webhook", answer=read_webhook,
        success={200: ref("Webhook")}, scopes=WEBHOOKS,
    ),
    Operation(
        name="deleteWebhook", method="DELETE", path=PATH + "/{webhook}", summary="Remove a webhook",
        answer=delete_webhook, success={204: None}, scopes=WEBHOOKS,
    ),
)  # fmt: skip
"""Every operation on webhooks."""
