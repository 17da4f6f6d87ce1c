"""A campaign's calling times: read and replaced whole, under an ETag of their own, apart from the revision."""

from __future__ import annotations

from dataclasses import replace

from paceline.emulator.blocks import SCHEDULE, overlapping_windows
from paceline.emulator.documents import schedule_document, schedule_etag, written
from paceline.emulator.forms import Fault
from paceline.emulator.messages import Answer, Code, answer, refusal
from paceline.emulator.operation import CAMPAIGNS_FAULT, READ, WRITE, Exchange, Operation
from paceline.emulator.preconditions import schedule_condition_faults, tag_matches
from paceline.emulator.routes.campaigns import locked, not_writable
from paceline.emulator.schemas import ref
from paceline.emulator.tenant import Schedule

PATH = "/api/v2/campaigns/{campaign}/schedule"


def read_schedule(exchange: Exchange) -> Answer:
    """Answer with the schedule, empty when it was never set."""
    campaign = exchange.named_campaign()
    return answer(200, schedule_document(campaign), (("ETag", schedule_etag(campaign.schedule)),))


def schedule_faults(exchange: Exchange) -> None:
    """Add the faults of a schedule that its form cannot see."""
    document, stored = exchange.document, exchange.named_campaign().schedule
    if isinstance(document, dict):
        campaign_id, schedule_id = document.get("campaignId"), document.get("scheduleId")
        if isinstance(campaign_id, str) and campaign_id != exchange.place["campaign"]:
            exchange.faults.append(Fault("campaignId", "must equal the id in the path"))
        if isinstance(schedule_id, str) and stored is not None and schedule_id.lower() != stored.id.lower():
            exchange.faults.append(Fault("scheduleId", f"must be {stored.id}, the campaign's schedule"))
    schedule_condition_faults(exchange)


def replace_schedule(exchange: Exchange) -> Answer:
    """Replace the schedule whole; refuse a stale tag, a lock, and windows that overlap each other."""
    campaign, body = exchange.named_campaign(), dict(exchange.document)
    stored = campaign.schedule
    refused = not_writable(exchange) or _outdated(exchange) or locked(exchange)
    if refused is not None:
        return refused
    overlap = overlapping_windows(body["timeWindows"])
    if overlap is not None:
        first, second = overlap
        return _conflict(exchange, "overlap", f"timeWindows[{first}] and timeWindows[{second}] overlap")
    body.pop("campaignId")
    sent_id = body.pop("scheduleId", None)
    if stored is None:
        schedule = Schedule(id=sent_id or exchange.world.mint_uuid("schedule"), number=1, body=body)
    else:
        schedule = replace(stored, number=stored.number + 1, body=body)
    after = replace(campaign, schedule=schedule)
    exchange.world.put_campaign(after)
    return written(exchange, schedule_document(after), schedule.etag)


def _outdated(exchange: Exchange) -> Answer | None:
    etag = schedule_etag(exchange.named_campaign().schedule)
    if tag_matches(exchange.request.headers["if-match"], etag):
        return None
    return _conflict(exchange, "revision_conflict", f"the schedule's ETag is {etag}, not the one that was named")


def _conflict(exchange: Exchange, code: Code, message: str) -> Answer:
    return refusal(409, code, message, currentETag=schedule_etag(exchange.named_campaign().schedule))


OPERATIONS = (
    Operation(
        name="readSchedule", method="GET", path=PATH, summary="Read a campaign's calling times", answer=read_schedule,
        success={200: ref("Schedule")}, scopes=READ, faults=CAMPAIGNS_FAULT,
    ),
    Operation(
        name="replaceSchedule", method="PUT", path=PATH, summary="Replace a campaign's calling times",
        answer=replace_schedule, success={200: ref("Schedule"), 202: ref("Schedule"), 204: None}, scopes=WRITE,
        faults=CAMPAIGNS_FAULT, body=SCHEDULE, cross_check=schedule_faults, needs_precondition=True,
        headers={"If-Match": "the schedule's ETag, compared weakly, or *", "Prefer": "return=minimal, respond-async"},
        refuses=(409, 428),
    ),
)  # fmt: skip
"""Every operation on schedules."""
