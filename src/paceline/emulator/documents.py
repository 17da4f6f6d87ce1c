"""Records as the documents that clients read, and the refusals that tell a campaign's state."""

from __future__ import annotations

from paceline.emulator.dialer.engine import DIALLED
from paceline.emulator.instants import LATEST, SECOND, instant_text
from paceline.emulator.lifecycle import TRANSITIONS
from paceline.emulator.messages import Answer, Code, answer, refusal
from paceline.emulator.operation import Exchange
from paceline.emulator.simulating import result_of, why_failed
from paceline.emulator.tenant import CallInFlight, Campaign, Json, Schedule, Simulation, Webhook
from paceline.emulator.world import World

UNSCHEDULED_ETAG = 'W/"initial"'
"""The tag of a schedule that was never set."""


def campaign_document(world: World, campaign: Campaign, now: int) -> Json:
    """Return a campaign with every field of the contract."""
    pending, dialer = campaign.pending, world.dialing.of(campaign.id)
    takes_effect = pending.effective_at if pending else campaign.status_since
    return {
        "id": campaign.id,
        "name": campaign.name,
        "status": campaign.status,
        "isLocked": campaign.locked,
        "activeAgents": _active_agents(world, campaign),
        "totalCallsAttempted": world.totals[campaign.id]["dials"],
        "transitionTime": None if takes_effect is None else instant_text(takes_effect),
        "queueDrained": not campaign.in_flight(now) and (dialer is None or dialer.in_flight == 0),
        "revision": campaign.revision,
        "version": campaign.revision,
        "pendingTransition": None
        if pending is None
        else {
            "status": pending.status,
            "effectiveTime": instant_text(pending.effective_at),
            "drainQueue": pending.drain_queue,
        },
        "dialingRules": campaign.blocks.get("dialingRules"),
        "predictiveDialer": campaign.blocks.get("predictiveDialer"),
        "predictiveDialerSettings": campaign.blocks.get("predictiveDialerSettings"),
        "configuration": campaign.blocks.get("configuration"),
    }


def schedule_document(campaign: Campaign) -> Json:
    """Return a campaign's schedule; empty windows and nulls when it was never set."""
    schedule = campaign.schedule
    body = {} if schedule is None else schedule.body
    return {
        "campaignId": campaign.id,
        "scheduleId": None if schedule is None else schedule.id,
        "status": None if schedule is None else "ACTIVE",
        "timezone": body.get("timezone"),
        "businessHoursDirective": body.get("businessHoursDirective"),
        "timeWindows": body.get("timeWindows", []),
        "maxConcurrentCalls": body.get("maxConcurrentCalls"),
    }


def schedule_etag(schedule: Schedule | None) -> str:
    """Return the tag that a schedule has now."""
    return UNSCHEDULED_ETAG if schedule is None else schedule.etag


def control_document(world: World, campaign: Campaign, now: int) -> Json:
    """Return a campaign as the control surface shows it: the contract's fields and what stands behind them."""
    last = campaign.last_due
    return {
        **campaign_document(world, campaign, now),
        "tenant": campaign.tenant,
        "agents": campaign.agents,
        "callsInFlight": [
            {"state": call.state, "secondsLeft": None if call.ends_at == LATEST else (call.ends_at - now) / SECOND}
            for call in (*campaign.in_flight(now), *_dialled_calls(world, campaign))
        ],
        "live": live_counts(world, campaign, now),
        "records": contact_counts(world, campaign),
        "schedule": schedule_document(campaign),
        "simulations": [
            simulation_document(world, s, now) for s in list(world.simulations.values()) if s.campaign == campaign.id
        ],
        "lastDue": None
        if last is None
        else {"status": last.status, "at": instant_text(last.at), "applied": last.applied, "code": last.code},
    }


def _active_agents(world: World, campaign: Campaign) -> int:
    """Return the campaign's agents, where a dialer runs those of this hour; none unless it is active."""
    if campaign.status != "ACTIVE":
        return 0
    dialer = world.dialing.of(campaign.id)
    return campaign.agents if dialer is None else dialer.rostered


def _dialled_calls(world: World, campaign: Campaign) -> list[CallInFlight]:
    """Return the calls that the campaign's dialer has in flight."""
    dialer = world.dialing.of(campaign.id)
    if dialer is None:
        return []
    return [
        CallInFlight(state=state, ends_at=at)
        for state, kinds in DIALLED.items()
        for at in dialer.endings(kinds)[-len(dialer.waiting) if state == "waiting" else 0 :]
        if state != "waiting" or dialer.waiting
    ]


def live_counts(world: World, campaign: Campaign, now: int) -> Json:
    """Return agents and calls by state: those of the running dialer, or those that were set and are in flight."""
    dialer = world.dialing.of(campaign.id)
    if dialer is not None:
        rostered = dialer.rostered if campaign.status == "ACTIVE" else 0
        return {
            "agentsAvailable": dialer.idle,
            "agentsTalking": dialer.talking,
            "agentsWrapUp": dialer.wrapping,
            "agentsUnavailable": max(0, rostered - dialer.staffed),
            "callsRinging": dialer.ringing,
            "callsWaiting": len(dialer.waiting),
            "callsConnected": dialer.talking,
        }
    calls = [call.state for call in campaign.in_flight(now)]
    return {
        "agentsAvailable": campaign.live.get("agentsAvailable", 0),
        "agentsTalking": campaign.live.get("agentsTalking", 0),
        "agentsWrapUp": campaign.live.get("agentsWrapUp", 0),
        "agentsUnavailable": campaign.live.get("agentsUnavailable", 0),
        "callsRinging": calls.count("ringing"),
        "callsWaiting": calls.count("waiting"),
        "callsConnected": calls.count("connected"),
    }


def contact_counts(world: World, campaign: Campaign) -> Json:
    """Return the counts of the campaign's contact records: those of the running dialer, or those that were set."""
    dialer = world.dialing.of(campaign.id)
    if dialer is not None:
        total, exhausted = dialer.truth.records, dialer.exhausted
        return {"total": total, "dialable": total - exhausted, "exhausted": exhausted}
    return {name: campaign.contacts.get(name, 0) for name in ("total", "dialable", "exhausted")}


def simulation_document(world: World, simulation: Simulation, now: int) -> Json:
    """Return a simulation as it stands: running, completed with its result, or failed with its reason."""
    document = {
        "id": simulation.id,
        "campaignId": simulation.campaign,
        "simulationType": simulation.kind,
        "durationSeconds": simulation.duration_s,
    }
    reason = why_failed(simulation)
    if reason is not None:
        return {**document, "status": "FAILED", "result": None, "reason": reason}
    result = result_of(world, simulation, now)
    return {**document, "status": "RUNNING" if result is None else "COMPLETED", "result": result}


def webhook_document(webhook: Webhook) -> Json:
    """Return a webhook without its secret."""
    return {
        "id": webhook.id,
        "name": webhook.name,
        "url": webhook.url,
        "events": list(webhook.events),
        "enabled": webhook.enabled,
        "httpMethod": "POST",
    }


def campaign_conflict(campaign: Campaign, code: Code, message: str, **more: object) -> Answer:
    """Return a 409 that tells the campaign's revision and state, and what may follow it."""
    return refusal(
        409,
        code,
        message,
        currentRevision=campaign.revision,
        currentState=campaign.status,
        allowed=list(TRANSITIONS[campaign.status]),
        **more,
    )


def written(exchange: Exchange, document: Json, etag: str) -> Answer:
    """Return the answer to a committed write in the form that `Prefer` asks for: 200, 204 or 202."""
    asked = {_preference(part) for part in exchange.request.headers.get("prefer", "").split(",")}
    if "return=minimal" in asked:
        return Answer(204, b"", (("ETag", etag), ("Preference-Applied", "return=minimal")))
    if "respond-async" in asked:
        return answer(202, document, (("ETag", etag), ("Preference-Applied", "respond-async")))
    return answer(200, document, (("ETag", etag),))


def _preference(part: str) -> str:
    """Return one preference of a `Prefer` header without its parameters, white space and quotes."""
    return "".join(part.partition(";")[0].split()).replace('"', "").lower()
