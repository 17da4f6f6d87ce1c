"""Arranging campaigns from behind the platform: what its own people and its dialer would do to them.

Rules:
* Calls in flight are given one by one, each with the seconds after which it ends by itself; as a number, they are
  connected ones that end when somebody sets them anew; and by state among the `live` counts, which end likewise.
* Statistics are minutes; each that is given replaces that minute. Agent seconds may stand flat or as the statistics
  tell them.
* What is set of `callsInFlight`, `live`, `records` or `statistics` stands in the dialer's place: the campaign's dialer
  stands aside from then on, until `{"dialer": {"running": true}}` starts it afresh.
* `dialer` changes the world that the dialer calls into, key by key.
* `isLocked` and `activeAgents`, the campaign's own words, mean the same as `locked` and `agents`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from paceline.emulator import blocks
from paceline.emulator.dialer import truth
from paceline.emulator.documents import control_document
from paceline.emulator.forms import Block, Boolean, Choice, Fault, Faults, Form, Integer, Listing, Number, Schema, Text
from paceline.emulator.instants import LATEST, MINUTE, SECOND, parse_instant
from paceline.emulator.messages import Answer, answer, refusal
from paceline.emulator.operation import Exchange, Operation
from paceline.emulator.routing import RESERVED
from paceline.emulator.schemas import ref
from paceline.emulator.tenant import (
    AGENT_SECONDS,
    COUNTERS,
    LIVE_AGENTS,
    LIVE_CALLS,
    CallInFlight,
    Campaign,
    Json,
    MinuteCounts,
)
from paceline.emulator.tenants import campaign_of

_MOST = 100_000
_COUNT = Integer(0, 10**12)
_STATES = ("ringing", "waiting", "connected")


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """A list of items of a form, or something simpler in its place."""

    simple: Form
    many: Listing
    is_simple: type

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Judge as the simple form what has its type, everything else as the list."""
        form: Form = self.simple if isinstance(value, self.is_simple) else self.many
        form.judge(value, at, faults)

    def schema(self) -> Schema:
        """Return both forms as JSON Schema."""
        return {"anyOf": [self.simple.schema(), self.many.schema()]}


def _one_length(call: Json, at: str, faults: Faults) -> None:
    if ("secondsLeft" in call) == ("handleSeconds" in call):
        faults.append(Fault(at, "must have either secondsLeft or handleSeconds, which are the same"))


_SECONDS = Number(0.001, 1e7)
_CALL = Block(
    {"state": Choice(_STATES), "secondsLeft": _SECONDS, "handleSeconds": _SECONDS},
    optional=frozenset({"secondsLeft", "handleSeconds"}),
    check=_one_length,
)
_AGENT_SECONDS = Block(dict.fromkeys(AGENT_SECONDS, _COUNT), optional=frozenset(AGENT_SECONDS))
_MINUTE_FIELDS: dict[str, Form] = {
    "minute": blocks.INSTANT,
    **dict.fromkeys((*COUNTERS, *AGENT_SECONDS), _COUNT),
    "agentSeconds": _AGENT_SECONDS,
}
_MINUTE = Block(_MINUTE_FIELDS, optional=frozenset(_MINUTE_FIELDS))
_LIVE = (*LIVE_AGENTS, *LIVE_CALLS)
_LIVE_FIELDS: dict[str, Form] = {name: _COUNT if name in LIVE_AGENTS else Integer(0, _MOST) for name in _LIVE}
_DIALER: dict[str, Form] = {**truth.TABLE.fields, "running": Boolean()}
_PATCH: dict[str, Form] = {
    "locked": Boolean(),
    "isLocked": Boolean(),
    "archived": Boolean(),
    "status": Choice(("ARCHIVED",)),
    "agents": Integer(0, _MOST),
    "activeAgents": Integer(0, _MOST),
    "callsInFlight": OneOrMany(Integer(0, _MOST), Listing(_CALL, 0, _MOST), int),
    "live": Block(_LIVE_FIELDS, optional=frozenset(_LIVE_FIELDS)),
    "records": Block(dict.fromkeys(("total", "dialable", "exhausted"), _COUNT)),
    "statistics": OneOrMany(_MINUTE, Listing(_MINUTE, 0, _MOST), dict),
    "dialer": Block(_DIALER, optional=frozenset(_DIALER), least=1),
}
_BY_HAND = ("callsInFlight", "live", "records", "statistics")
_ALIASES = (("locked", "isLocked"), ("agents", "activeAgents"))
_NEW: dict[str, Form] = {
    "id": blocks.CAMPAIGN_ID,
    "name": Text(0, 256),
    "status": Choice(blocks.STATES),
    "locked": Boolean(),
    "isLocked": Boolean(),
    "revision": Integer(0, 10**15),
    "agents": Integer(0, _MOST),
    "activeAgents": Integer(0, _MOST),
    "tenant": Text(),
    **blocks.BLOCKS,
    "schedule": blocks.PRESET_SCHEDULE,
    "dialer": truth.TABLE,
}


def _alias_faults(exchange: Exchange) -> None:
    for name, alias in _ALIASES:
        document = exchange.document
        if name in document and alias in document and document[name] != document[alias]:
            exchange.faults.append(Fault(alias, f"must be the same as {name}, which is given too"))


def patch_faults(exchange: Exchange) -> None:
    """Add the faults of an arrangement that its form cannot see."""
    document = exchange.document
    if not isinstance(document, dict):
        return
    _alias_faults(exchange)
    if document.get("archived") is False and exchange.named_campaign().status == "ARCHIVED":
        exchange.faults.append(Fault("archived", "an archived campaign stays archived until a reset"))
    dialer = document.get("dialer")
    if isinstance(dialer, dict) and "running" in dialer:
        exchange.faults.extend(
            Fault(name, "must not be set beside dialer.running") for name in _BY_HAND if name in document
        )


def new_faults(exchange: Exchange) -> None:
    """Add the faults of a new campaign that its form cannot see."""
    document, world = exchange.document, exchange.world
    if not isinstance(document, dict):
        return
    _alias_faults(exchange)
    if document.get("id") in RESERVED:
        exchange.faults.append(Fault("id", f"must not be {' or '.join(RESERVED)}, which are addresses"))
    if isinstance(document.get("tenant"), str) and document["tenant"] not in world.tenants:
        exchange.faults.append(Fault("tenant", "is not a tenant of this emulator"))


def create_campaign(exchange: Exchange) -> Answer:
    """Put a new campaign; of the first tenant when none is named."""
    document, world = _in_one_word(exchange.document), exchange.world
    if document["id"] in world.campaigns:
        return refusal(409, "validation", f"there is a campaign {document['id']} already")
    tenant = document.pop("tenant", None) or next(iter(world.tenants))
    campaign = campaign_of(tenant, document, world.mint_uuid)
    world.put_campaign(campaign)
    world.dialing.heed(campaign.id, exchange.now)
    return answer(201, control_document(world, campaign, exchange.now))


def read_campaign(exchange: Exchange) -> Answer:
    """Answer with a campaign and what stands behind it."""
    return answer(200, control_document(exchange.world, exchange.named_campaign(), exchange.now))


def arrange_campaign(exchange: Exchange) -> Answer:
    """Lock, archive, staff a campaign, move its dialer's world, or set what its dialer would have done."""
    campaign, document, world = exchange.named_campaign(), _in_one_word(exchange.document), exchange.world
    after = _arranged(campaign, document, exchange.now)
    if (after.locked, after.status) != (campaign.locked, campaign.status):
        after = replace(after, revision=campaign.revision + 1)
    world.put_campaign(after)
    world.dialing.heed(after.id, exchange.now)
    minutes = document.get("statistics", [])
    for minute in [minutes] if isinstance(minutes, dict) else minutes:
        at = parse_instant(minute["minute"]) if "minute" in minute else exchange.now
        counts = {**minute, **minute.get("agentSeconds", {})}
        counts = {name: count for name, count in counts.items() if name not in ("minute", "agentSeconds")}
        world.put_minute(MinuteCounts(campaign=campaign.id, minute=at // MINUTE * MINUTE, counts=counts))
    return answer(200, control_document(world, after, exchange.now))


def _in_one_word(document: Json) -> Json:
    """Return the document with the aliases under their first names."""
    plain = dict(document)
    for name, alias in _ALIASES:
        if alias in plain:
            plain[name] = plain.pop(alias)
    return plain


def _arranged(campaign: Campaign, document: Json, now: int) -> Campaign:
    live, dialer = document.get("live", {}), dict(document.get("dialer", {}))
    by_hand = campaign.by_hand or any(name in document for name in _BY_HAND)
    running = dialer.pop("running", None)
    if running is True and by_hand:
        campaign = replace(campaign, calls=(), live={}, contacts={})
    after = replace(
        campaign,
        locked=document.get("locked", campaign.locked),
        agents=document.get("agents", campaign.agents),
        calls=_calls(campaign, document, now),
        live={**campaign.live, **{name: count for name, count in live.items() if name in LIVE_AGENTS}},
        contacts=document.get("records", campaign.contacts),
        dialer={**campaign.dialer, **dialer},
        by_hand=by_hand if running is None else not running,
    )
    if (document.get("archived", False) or "status" in document) and campaign.status != "ARCHIVED":
        after = replace(after, status="ARCHIVED", status_since=now)
    return after


def _calls(campaign: Campaign, document: Json, now: int) -> tuple[CallInFlight, ...]:
    """Return the calls in flight after an arrangement; those without a length never end by themselves."""
    calls = campaign.in_flight(now)
    given = document.get("callsInFlight")
    if isinstance(given, int):
        calls = (CallInFlight(state="connected", ends_at=LATEST),) * given
    elif given is not None:
        lengths = ((call["state"], call.get("secondsLeft", call.get("handleSeconds"))) for call in given)
        calls = tuple(CallInFlight(state=state, ends_at=now + round(s * SECOND)) for state, s in lengths)
    for name, state in LIVE_CALLS.items():
        if name in document.get("live", {}):
            others = tuple(call for call in calls if call.state != state)
            calls = (*others, *(CallInFlight(state=state, ends_at=LATEST),) * document["live"][name])
    return calls


OPERATIONS = (
    Operation(
        name="createCampaign", method="POST", path="/campaigns", summary="Create a campaign", answer=create_campaign,
        success={201: ref("ControlledCampaign")}, body=Block(_NEW, optional=frozenset(_NEW) - {"id"}),
        cross_check=new_faults, refuses=(409,),
    ),
    Operation(
        name="readControlledCampaign", method="GET", path="/campaigns/{campaign}",
        summary="Read a campaign and what stands behind it", answer=read_campaign,
        success={200: ref("ControlledCampaign")},
    ),
    Operation(
        name="arrangeCampaign", method="PATCH", path="/campaigns/{campaign}",
        summary="Lock, archive, staff; set calls, live counts, statistics", answer=arrange_campaign,
        success={200: ref("ControlledCampaign")}, body=Block(_PATCH, optional=frozenset(_PATCH)),
        cross_check=patch_faults,
    ),
)  # fmt: skip
"""Every operation on campaigns of the control surface, below its prefix."""
