"""Campaigns: reading one and many, PATCH for lifecycle, dialing rules and predictive parameters, PUT for weights.

A write is judged in this order after its fields: archived, licence, precondition, lock, transition and limit; then it
is committed whole, and the revision rises by one.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from paceline.emulator import blocks
from paceline.emulator.documents import campaign_conflict, campaign_document, written
from paceline.emulator.forms import Block, Boolean, Choice, Fault, Form, Integer, Parsed, judge
from paceline.emulator.instants import parse_instant
from paceline.emulator.lifecycle import TRANSITIONS, Wish, moved, settled, waiting
from paceline.emulator.messages import Answer, answer, refusal
from paceline.emulator.operation import CAMPAIGNS_FAULT, OUTBOUND_FAULT, READ, WRITE, Exchange, Operation
from paceline.emulator.outgoing import announce_weights
from paceline.emulator.preconditions import campaign_condition_faults, stale
from paceline.emulator.routes.simulations import begin_automatic
from paceline.emulator.schemas import ref
from paceline.emulator.tenant import Campaign, Json

MOST_LISTED = 1000
LISTED = 100

_PATCH_BLOCKS = ("dialingRules", "predictiveDialer")
_PUT_BLOCKS = ("predictiveDialerSettings", "configuration")
_PATCH_FIELDS: dict[str, Form] = {
    "status": Choice(blocks.STATES),
    "effectiveTime": blocks.INSTANT,
    "drainQueue": Boolean(),
    "dialingRules": blocks.DIALING_RULES,
    "predictiveDialer": blocks.PREDICTIVE_DIALER,
    "revision": Integer(0),
}
PATCH_BODY = Block(_PATCH_FIELDS, optional=frozenset(_PATCH_FIELDS))
PUT_BODY = Block(
    {
        "id": blocks.CAMPAIGN_ID,
        "predictiveDialerSettings": blocks.PREDICTIVE_DIALER_SETTINGS,
        "configuration": blocks.CONFIGURATION,
        "version": Integer(0),
    },
    optional=frozenset({"predictiveDialerSettings", "configuration", "version"}),
)


def _page_size(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= MOST_LISTED:
        raise ValueError(f"must be an integer from 1 to {MOST_LISTED}")
    return int(text)


def _after(cursor: str) -> str:
    """Return the id after which a page begins."""
    try:
        begin = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        begin = ""
    if judge(blocks.CAMPAIGN_ID, begin):
        raise ValueError("must be a nextCursor of this list")
    return begin


LIST_QUERY: dict[str, Form] = {
    "cursor": Parsed(_after, {"maxLength": 512}),
    "limit": Parsed(
        _page_size, {"pattern": "^[0-9]{1,4}$", "description": f"1 to {MOST_LISTED}, {LISTED} when absent"}
    ),
    "status": Choice(blocks.STATES),
}


def list_campaigns(exchange: Exchange) -> Answer:
    """Answer with a page of the tenant's campaigns in the order of their ids."""
    client, query = exchange.client, exchange.query
    begin = _after(query["cursor"]) if "cursor" in query else ""
    most = int(query.get("limit", LISTED))
    names = sorted(
        name
        for name, campaign in exchange.world.campaigns.items()
        if client is not None
        and campaign.tenant == client.tenant
        and name > begin
        and query.get("status", campaign.status) == campaign.status
    )
    for name in names[:most]:
        exchange.world.dialing.keep_up(name, exchange.now)
    page = [campaign_document(exchange.world, exchange.world.campaigns[name], exchange.now) for name in names[:most]]
    cursor = base64.urlsafe_b64encode(names[most - 1].encode()).decode() if len(names) > most else None
    return answer(200, {"campaigns": page, "nextCursor": cursor})


def read_campaign(exchange: Exchange) -> Answer:
    """Answer with one campaign."""
    campaign = exchange.named_campaign()
    return answer(200, campaign_document(exchange.world, campaign, exchange.now), (("ETag", campaign.etag),))


def patch_faults(exchange: Exchange) -> None:
    """Add the faults of a PATCH that its form cannot see."""
    document, faults = exchange.document, exchange.faults
    if isinstance(document, dict):
        if "status" not in document:
            faults.extend(
                Fault(name, "must come with status") for name in ("effectiveTime", "drainQueue") if name in document
            )
            if not any(name in document for name in _PATCH_BLOCKS):
                faults.append(Fault("", "must have status, dialingRules or predictiveDialer"))
        campaign_condition_faults(exchange)


def put_faults(exchange: Exchange) -> None:
    """Add the faults of a PUT that its form cannot see."""
    document, faults = exchange.document, exchange.faults
    if isinstance(document, dict):
        if isinstance(document.get("id"), str) and document["id"] != exchange.place["campaign"]:
            faults.append(Fault("id", "must equal the id in the path"))
        if not any(name in document for name in _PUT_BLOCKS):
            faults.append(Fault("", "must have predictiveDialerSettings or configuration"))
        campaign_condition_faults(exchange)


def patch_campaign(exchange: Exchange) -> Answer:
    """Apply a lifecycle change, dialing rules, predictive parameters, or several of them, wholly or not at all."""
    campaign, document = exchange.named_campaign(), exchange.document
    refused = not_writable(exchange) or _unlicensed(exchange) or _outdated(exchange) or locked(exchange)
    if refused is not None:
        return refused
    sent = {name: document[name] for name in _PATCH_BLOCKS if name in document}
    after = replace(campaign, blocks={**campaign.blocks, **sent})
    wish = _wish(document)
    if wish is not None and not (sent and wish.status == campaign.status):
        decided = _lifecycle(exchange, after, wish)
        if isinstance(decided, Answer):
            return decided
        after = decided
    return _commit(exchange, after)


def put_weights(exchange: Exchange) -> Answer:
    """Replace the blocks that are sent, keep the others, tell the webhooks, and simulate when that is automatic."""
    campaign, document = exchange.named_campaign(), exchange.document
    refused = not_writable(exchange) or _outdated(exchange) or locked(exchange)
    if refused is not None:
        return refused
    sent = {name: document[name] for name in _PUT_BLOCKS if name in document}
    done = _commit(exchange, replace(campaign, blocks={**campaign.blocks, **sent}))
    after = exchange.world.campaigns[campaign.id]
    announce_weights(exchange.world, after, exchange.now)
    begin_automatic(exchange.world, after, exchange.now)
    return done


def not_writable(exchange: Exchange) -> Answer | None:
    """Refuse a write to an archived campaign."""
    campaign = exchange.named_campaign()
    if campaign.status == "ARCHIVED":
        return refusal(403, "archived", f"campaign {campaign.id} is archived and takes no changes")
    return None


def locked(exchange: Exchange) -> Answer | None:
    """Refuse a write to a locked campaign: 409 under `/outbound`, 403 elsewhere."""
    campaign = exchange.named_campaign()
    if not campaign.locked:
        return None
    message = f"campaign {campaign.id} is locked"
    if exchange.operation is not None and exchange.operation.faults == OUTBOUND_FAULT:
        return campaign_conflict(campaign, "locked", message)
    return refusal(403, "locked", message)


def _unlicensed(exchange: Exchange) -> Answer | None:
    rules = exchange.document.get("dialingRules", {})
    tier = exchange.world.tenants[exchange.named_campaign().tenant].license_tier
    if rules.get("dialingMethod") == "PREDICTIVE" and tier != "ENTERPRISE":
        return refusal(403, "licence", f"PREDICTIVE needs the ENTERPRISE tier, the tenant has {tier}")
    return None


def _outdated(exchange: Exchange) -> Answer | None:
    campaign = exchange.named_campaign()
    if not stale(exchange):
        return None
    message = f"campaign {campaign.id} is at revision {campaign.revision}, not at the one that was named"
    return campaign_conflict(campaign, "revision_conflict", message)


def _wish(document: Json) -> Wish | None:
    if "status" not in document:
        return None
    effective = document.get("effectiveTime")
    at = None if effective is None else parse_instant(effective)
    return Wish(document["status"], at, document.get("drainQueue", True))


def _lifecycle(exchange: Exchange, campaign: Campaign, wish: Wish) -> Campaign | Answer:
    """Return the campaign after the wish, or the refusal of an illegal transition or of too many active campaigns."""
    world, now = exchange.world, exchange.now
    if wish.status == campaign.status and campaign.pending is not None:
        return settled(campaign, now)
    allowed = TRANSITIONS[campaign.status]
    if wish.status not in allowed:
        impossible = f"campaign {campaign.id} is {campaign.status}, which cannot become {wish.status}"
        message = f"{impossible}; allowed: {', '.join(allowed)}"
        return campaign_conflict(campaign, "illegal_transition", message)
    if wish.effective_at is not None and wish.waits(now):
        return waiting(campaign, wish, wish.effective_at)
    if wish.status == "ACTIVE" and not world.room_for_active(campaign.tenant):
        most, active = world.tenants[campaign.tenant].max_concurrent_campaigns, world.active[campaign.tenant]
        message = f"the tenant may have {most} active campaigns and has {active}"
        return campaign_conflict(campaign, "campaign_limit", message, limit=most, active=active)
    return moved(world, campaign, wish, now)


def _commit(exchange: Exchange, campaign: Campaign) -> Answer:
    after = replace(campaign, revision=campaign.revision + 1)
    exchange.world.put_campaign(after)
    return written(exchange, campaign_document(exchange.world, after, exchange.now), after.etag)


_WRITTEN = {200: ref("Campaign"), 202: ref("Campaign"), 204: None}
_CONDITIONS = {
    "X-If-Match": "the revision that the change was judged on, in plain decimal",
    "If-Match": 'the same as an entity tag, "<revision>", or *',
    "Prefer": "return=minimal answers 204, respond-async 202",
}


def _at(prefix: str, faults: int, suffix: str) -> tuple[Operation, Operation]:
    path = f"{prefix}/{{campaign}}"
    read = Operation(
        name=f"readCampaign{suffix}", method="GET", path=path, summary="Read a campaign", answer=read_campaign,
        success={200: ref("Campaign")}, scopes=READ, faults=faults,
    )  # fmt: skip
    patch = Operation(
        name=f"changeCampaign{suffix}", method="PATCH", path=path,
        summary="Change lifecycle, dialing rules, predictive parameters", answer=patch_campaign, success=_WRITTEN,
        scopes=WRITE, faults=faults, body=PATCH_BODY, cross_check=patch_faults, headers=_CONDITIONS, refuses=(409,),
    )  # fmt: skip
    return read, patch


OPERATIONS = (
    Operation(
        name="listCampaigns", method="GET", path="/api/v2/outbound/campaigns", summary="List the tenant's campaigns",
        answer=list_campaigns, success={200: ref("CampaignList")}, scopes=READ, query=LIST_QUERY,
    ),
    *_at("/api/v2/outbound/campaigns", OUTBOUND_FAULT, ""),
    *_at("/api/v2/campaigns", CAMPAIGNS_FAULT, "Short"),
    Operation(
        name="replaceWeights", method="PUT", path="/api/v2/outbound/campaigns/{campaign}",
        summary="Replace weights and tuning configuration", answer=put_weights, success=_WRITTEN, scopes=WRITE,
        body=PUT_BODY, cross_check=put_faults, headers=_CONDITIONS, refuses=(409,),
    ),
)  # fmt: skip
"""Every operation on campaigns themselves."""
