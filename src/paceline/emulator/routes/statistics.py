"""What the dialer measured: integers over a span, the live picture, and the counts by minute.

A minute counts when it begins at `from` or later and before `to`; without `to`, the minute that begins now counts too.

They are what the campaign's dialer measured, or what the control surface set in its place, and zero where neither did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paceline.emulator import blocks
from paceline.emulator.documents import contact_counts, live_counts
from paceline.emulator.forms import Choice, Fault, Form
from paceline.emulator.instants import SECOND, instant_text
from paceline.emulator.messages import Answer, answer
from paceline.emulator.operation import CAMPAIGNS_FAULT, READ, Exchange, Operation
from paceline.emulator.schemas import ref
from paceline.emulator.tenant import AGENT_SECONDS, COUNTERS, Campaign, Json, MinuteCounts

QUERY: dict[str, Form] = {"from": blocks.QUERY_INSTANT, "to": blocks.QUERY_INSTANT, "bucket": Choice(("minute",))}


def span_faults(exchange: Exchange) -> None:
    """Add the fault of a span that ends before it begins."""
    query, at_fault = exchange.query, {fault.field for fault in exchange.faults}
    sound = {"from", "to"} <= query.keys() and not {"from", "to"} & at_fault
    if sound and blocks.instant_of_query(query["from"]) > blocks.instant_of_query(query["to"]):
        exchange.faults.append(Fault("from", "must not be after to"))


def campaign_statistics(exchange: Exchange) -> Answer:
    """Answer with what one campaign's dialer measured."""
    return answer(200, _statistics(exchange, exchange.named_campaign()))


def tenant_statistics(exchange: Exchange) -> Answer:
    """Answer with what was measured for every campaign of the tenant."""
    tenant = exchange.client.tenant if exchange.client is not None else ""
    for name, campaign in exchange.world.campaigns.items():
        if campaign.tenant == tenant:
            exchange.world.dialing.keep_up(name, exchange.now)
    campaigns = [campaign for _, campaign in sorted(exchange.world.campaigns.items()) if campaign.tenant == tenant]
    told = [_statistics(exchange, campaign) for campaign in campaigns]
    return answer(200, {"campaigns": told, "serverTime": _server_time(exchange)})


def _statistics(exchange: Exchange, campaign: Campaign) -> Json:
    begin = blocks.instant_of_query(exchange.query["from"]) if "from" in exchange.query else None
    end = blocks.instant_of_query(exchange.query["to"]) if "to" in exchange.query else exchange.now
    total = None if exchange.query else exchange.world.total_of(campaign.id, exchange.now)
    inside = [] if total is not None else _inside(exchange, campaign, begin, end)
    told: Json = {
        "campaignId": campaign.id,
        "from": None if begin is None else instant_text(begin),
        "to": instant_text(end),
        **_counted([minute.counts for minute in inside] if total is None else [total]),
        "live": live_counts(exchange.world, campaign, exchange.now),
        "records": contact_counts(exchange.world, campaign),
        "serverTime": _server_time(exchange),
    }
    if exchange.query.get("bucket") == "minute":
        told["buckets"] = [{"minute": instant_text(minute.minute), **_counted([minute.counts])} for minute in inside]
    return told


def _inside(exchange: Exchange, campaign: Campaign, begin: int | None, end: int) -> list[MinuteCounts]:
    return [
        minute
        for minute in exchange.world.minutes_of(campaign.id)
        if (begin is None or minute.minute >= begin)
        and (minute.minute < end or (minute.minute == end and "to" not in exchange.query))
    ]


def _counted(minutes: Sequence[Mapping[str, int]]) -> Json:
    if len(minutes) == 1:
        total = minutes[0]
    else:
        total = {name: sum([counts.get(name, 0) for counts in minutes]) for name in (*COUNTERS, *AGENT_SECONDS)}
    counted: Mapping[str, int] = {name: total.get(name, 0) for name in COUNTERS}
    return {**counted, "agentSeconds": {name: total.get(name, 0) for name in AGENT_SECONDS}}


def _server_time(exchange: Exchange) -> str:
    return instant_text(exchange.now + round(exchange.skew_s * SECOND))


OPERATIONS = (
    Operation(
        name="readStatistics", method="GET", path="/api/v2/campaigns/{campaign}/statistics",
        summary="Read what a campaign's dialer measured", answer=campaign_statistics, success={200: ref("Statistics")},
        scopes=READ, faults=CAMPAIGNS_FAULT, query=QUERY, cross_check=span_faults,
    ),
    Operation(
        name="readAllStatistics", method="GET", path="/api/v2/campaigns/statistics",
        summary="Read what was measured for every campaign", answer=tenant_statistics,
        success={200: ref("StatisticsList")}, scopes=READ, faults=CAMPAIGNS_FAULT, query=QUERY, cross_check=span_faults,
    ),
)  # fmt: skip
"""Every operation on statistics."""
