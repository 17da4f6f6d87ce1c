"""The documents of the platform as JSON Schema: what answers look like, for the OpenAPI document and its checks."""

from __future__ import annotations

from paceline.emulator import blocks
from paceline.emulator.forms import Schema

COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


def fields(**properties: Schema) -> Schema:
    """Return the schema of an object with exactly these fields."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listing(item: Schema) -> Schema:
    """Return the schema of a list of `item`."""
    return {"type": "array", "items": item}


def nullable(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Return a reference to a named schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


_STATUS: Schema = {"type": "string", "enum": list(blocks.STATES)}
_PENDING = fields(status=_STATUS, effectiveTime=INSTANT, drainQueue={"type": "boolean"})
_CAMPAIGN: dict[str, Schema] = {
    "id": TEXT,
    "name": TEXT,
    "status": _STATUS,
    "isLocked": {"type": "boolean"},
    "activeAgents": COUNT,
    "totalCallsAttempted": COUNT,
    "transitionTime": nullable(INSTANT),
    "queueDrained": {"type": "boolean"},
    "revision": COUNT,
    "version": COUNT,
    "pendingTransition": nullable(_PENDING),
    **{name: nullable(form.schema()) for name, form in blocks.BLOCKS.items()},
}
_LIVE = fields(
    agentsAvailable=COUNT,
    agentsTalking=COUNT,
    agentsWrapUp=COUNT,
    agentsUnavailable=COUNT,
    callsRinging=COUNT,
    callsWaiting=COUNT,
    callsConnected=COUNT,
)
_CONTACTS = fields(total=COUNT, dialable=COUNT, exhausted=COUNT)
_COUNTED: dict[str, Schema] = {
    "dials": COUNT,
    "connects": COUNT,
    "abandons": COUNT,
    "machines": COUNT,
    "noAnswers": COUNT,
    "busies": COUNT,
    "rightPartyConnects": COUNT,
    "agentSeconds": fields(talk=COUNT, wrap=COUNT, idle=COUNT, staffed=COUNT),
}
_STATISTICS: dict[str, Schema] = {
    "campaignId": TEXT,
    "from": nullable(INSTANT),
    "to": INSTANT,
    **_COUNTED,
    "live": _LIVE,
    "records": _CONTACTS,
    "serverTime": INSTANT,
}
_MEASURE = fields(value={"type": "number"}, low={"type": "number"}, high={"type": "number"})
_SIMULATION: dict[str, Schema] = {
    "id": TEXT,
    "campaignId": TEXT,
    "simulationType": TEXT,
    "durationSeconds": COUNT,
    "status": {"type": "string", "enum": ["RUNNING", "COMPLETED", "FAILED"]},
}
_WEBHOOK: dict[str, Schema] = {
    "id": TEXT,
    "name": TEXT,
    "url": TEXT,
    "events": listing(TEXT),
    "enabled": {"type": "boolean"},
    "httpMethod": {"type": "string", "enum": ["POST"]},
}


def _optional(schema: Schema, **extra: Schema) -> Schema:
    """Return an object schema with further fields that may be absent."""
    return {**schema, "properties": {**schema["properties"], **extra}}


_CONTROL = fields(
    **_CAMPAIGN,
    tenant=TEXT,
    agents=COUNT,
    callsInFlight=listing(
        fields(
            state={"type": "string", "enum": ["ringing", "waiting", "connected"]},
            secondsLeft=nullable({"type": "number", "exclusiveMinimum": 0}),
        )
    ),
    live=_LIVE,
    records=_CONTACTS,
    schedule=ref("Schedule"),
    simulations=listing(ref("Simulation")),
    lastDue=nullable(fields(status=_STATUS, at=INSTANT, applied={"type": "boolean"}, code=nullable(TEXT))),
)

SCHEMAS: dict[str, Schema] = {
    "Campaign": fields(**_CAMPAIGN),
    "CampaignList": fields(campaigns=listing(ref("Campaign")), nextCursor=nullable(TEXT)),
    "Schedule": fields(
        campaignId=TEXT,
        scheduleId=nullable({"type": "string", "format": "uuid"}),
        status=nullable({"type": "string", "enum": ["ACTIVE"]}),
        timezone=nullable(TEXT),
        businessHoursDirective=nullable({"type": "string", "enum": ["STRICT", "FLEXIBLE", "IGNORE"]}),
        timeWindows=listing(
            fields(dayOfWeek={"type": "string", "enum": list(blocks.DAYS)}, startTime=TEXT, endTime=TEXT)
        ),
        maxConcurrentCalls=nullable(COUNT),
    ),
    "SimulationAccepted": fields(**_SIMULATION),
    "Simulation": _optional(
        fields(
            **_SIMULATION,
            result=nullable(
                fields(answerRate=_MEASURE, abandonmentRate=_MEASURE, agentUtilisation=_MEASURE, calls=COUNT)
            ),
        ),
        reason=TEXT,
    ),
    "Webhook": fields(**_WEBHOOK),
    "NewWebhook": fields(**_WEBHOOK, secret=TEXT),
    "WebhookList": fields(webhooks=listing(ref("Webhook"))),
    "Statistics": _optional(fields(**_STATISTICS), buckets=listing(fields(minute=INSTANT, **_COUNTED))),
    "StatisticsList": fields(campaigns=listing(ref("Statistics")), serverTime=INSTANT),
    "Token": fields(access_token=TEXT, token_type={"const": "Bearer"}, expires_in=COUNT, scope=TEXT),
    "TokenInfo": fields(client_id=TEXT, tenant=TEXT, scope=TEXT, expires_in=COUNT),
    "TokenError": fields(error=TEXT, error_description=TEXT),
    "Error": _optional(
        fields(code=TEXT, message=TEXT, errors=listing(fields(field=TEXT, message=TEXT))),
        currentRevision=COUNT,
        currentState=_STATUS,
        allowed=listing(_STATUS),
        currentETag=TEXT,
        limit=COUNT,
        active=COUNT,
    ),
    "ControlledCampaign": _CONTROL,
}
"""Every named schema of the OpenAPI document."""
