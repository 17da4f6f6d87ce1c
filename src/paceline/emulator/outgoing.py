"""The platform's own events on their way to webhooks: who is told, when an attempt is due, what its end means.

Everything here is a decision about records; the network is in `delivery`. Instants are the platform's, so that a clock
that is moved moves the retries too.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace

from paceline.emulator.instants import SECOND, instant_text
from paceline.emulator.messages import json_bytes
from paceline.emulator.tenant import Campaign, Delivery, Json
from paceline.emulator.world import World

TUNED = "campaign.predictive.tuned"
"""The event of a committed change of weights."""

RETRY_AFTER_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds of the platform's clock from each failed attempt to the next; after the last one the delivery has failed."""

ENDED_KEPT = 1000
"""How many deliveries that have ended can still be looked at."""

_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What has to be sent now: the body to one webhook's URL, signed with its secret."""

    delivery: str
    webhook: str
    url: str
    secret: str = field(repr=False)
    body: str


def announce_weights(world: World, campaign: Campaign, now: int) -> None:
    """Put one delivery of `campaign.predictive.tuned` for every enabled webhook of the tenant that asked for it."""
    data: Json = {
        "campaignId": campaign.id,
        "version": campaign.revision,
        "predictiveDialerSettings": campaign.blocks.get("predictiveDialerSettings"),
    }
    body = json_bytes({"type": TUNED, "timestamp": instant_text(now), "data": data}).decode()
    for webhook in list(world.webhooks.values()):
        if webhook.enabled and webhook.tenant == campaign.tenant and TUNED in webhook.events:
            identifier = f"msg_{world.mint('delivery')[:27]}"
            number = world.minted["delivery"]
            delivery = Delivery(
                id=identifier, number=number, webhook=webhook.id, kind=TUNED, body=body, next_attempt_at=now
            )
            world.deliveries.put(identifier, delivery)


def new_secret(world: World) -> str:
    """Return a fresh signing secret, `whsec_` and 24 bytes in base64."""
    return "whsec_" + base64.b64encode(bytes.fromhex(world.mint("webhook-secret"))[:24]).decode()


def due(world: World, now: int) -> list[Attempt]:
    """Return what should be attempted now, oldest first; what has lost its webhook is gone."""
    found = []
    for delivery in sorted(world.deliveries.values(), key=lambda waiting: waiting.number):
        if delivery.state != "waiting" or delivery.next_attempt_at is None or delivery.next_attempt_at > now:
            continue
        webhook = world.webhooks.get(delivery.webhook)
        if webhook is None or not webhook.enabled:
            world.deliveries.put(delivery.id, replace(delivery, state="gone", next_attempt_at=None))
        else:
            attempt = Attempt(
                delivery=delivery.id, webhook=webhook.id, url=webhook.url, secret=webhook.secret, body=delivery.body
            )
            found.append(attempt)
    return found


def next_due(world: World, busy: frozenset[str]) -> int | None:
    """Return the instant of the earliest attempt that waits for a webhook not in `busy`, None when there is none."""
    waiting = (
        delivery.next_attempt_at
        for delivery in world.deliveries.values()
        if delivery.state == "waiting" and delivery.webhook not in busy
    )
    return min((at for at in waiting if at is not None), default=None)


def settle(world: World, delivery_id: str, now: int, *, status: int | None, error: str | None) -> None:
    """Record an attempt's end: 2xx delivers, 410 also disables the webhook, all else is retried while retries last."""
    delivery = world.deliveries.get(delivery_id)
    if delivery is None or delivery.state != "waiting":
        return
    attempts = delivery.attempts + 1
    after = replace(delivery, attempts=attempts, last_status=status, last_error=error, next_attempt_at=None)
    if status is not None and 200 <= status < 300:
        after = replace(after, state="delivered")
    elif status == _GONE:
        after = replace(after, state="gone")
        webhook = world.webhooks.get(delivery.webhook)
        if webhook is not None:
            world.webhooks.put(webhook.id, replace(webhook, enabled=False))
    elif attempts > len(RETRY_AFTER_S):
        after = replace(after, state="failed")
    else:
        after = replace(after, next_attempt_at=now + RETRY_AFTER_S[attempts - 1] * SECOND)
    world.deliveries.put(delivery_id, after)
    if after.state != "waiting":
        _forget_ended(world)


def _forget_ended(world: World) -> None:
    """Drop the oldest deliveries that have ended, beyond those that are kept to be looked at."""
    ended = sorted((d.number, d.id) for d in world.deliveries.values() if d.state != "waiting")
    for _, identifier in ended[:-ENDED_KEPT]:
        world.deliveries.drop(identifier)


def delivery_document(delivery: Delivery) -> Json:
    """Return a delivery as the control surface shows it."""
    due_at = delivery.next_attempt_at
    return {
        "id": delivery.id,
        "webhookId": delivery.webhook,
        "type": delivery.kind,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "nextAttemptAt": None if due_at is None else instant_text(due_at),
        "lastStatus": delivery.last_status,
        "lastError": delivery.last_error,
    }
