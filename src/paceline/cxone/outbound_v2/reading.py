"""From the platform's answers to what was observed; an answer of another form is an error, never a guess."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from paceline.campaign.forecast import Between
from paceline.campaign.observed import (
    PACING,
    RULES,
    WEIGHTS,
    WINDOWS,
    Document,
    Drain,
    LiveCalls,
    Observed,
    Part,
    Pending,
    Unreadable,
)
from paceline.campaign.ports import Counted, UnexpectedAnswerError
from paceline.campaign.simulations import PlatformSimulation, PlatformWebhook, SimulationStarted, SimulationStatus
from paceline.campaign.statistics import LivePicture, Records, Statistics, Tally
from paceline.cxone.exchange import Answer
from paceline.cxone.outbound_v2.settings import (
    BlocksRead,
    pacing_read,
    rules_read,
    schedule_shown,
    tuning_read,
    weights_read,
)
from paceline.cxone.outbound_v2.wire import (
    AllStatisticsAnswer,
    CampaignAnswer,
    CampaignPage,
    CampaignStatisticsAnswer,
    IntervalAnswer,
    LiveAnswer,
    MisfitError,
    ScheduleAnswer,
    SimulationAccepted,
    SimulationAnswer,
    SoundPage,
    StatisticsAnswer,
    TallyAnswer,
    WebhookAnswer,
    parsed,
    raw,
)
from paceline.primitives.ids import CampaignId, MalformedIdError, Version, campaign_id

_Read = TypeVar("_Read")

_TAG = re.compile(r'(?:W/)?"(?P<mark>[^"]*)"', re.ASCII)

MOVING = frozenset({"activeAgents", "totalCallsAttempted", "queueDrained", "revision", "version", "transitionTime"})
"""Fields of a campaign that move by themselves, or with every change."""


def campaign_read(answer: Answer, *, campaign: CampaignId, operation: str, now: datetime) -> Observed:
    """Return the campaign that an answer shows.

    Args:
        answer: a 2xx answer with a campaign.
        campaign: the one that was asked for.
        operation: what was asked, in words.
        now: our own time, where the answer tells none.

    Raises:
        UnexpectedAnswerError: when it shows none, or another.
    """
    shown, document = _fitting(lambda: (parsed(CampaignAnswer, answer.body), raw(answer.body)), answer, operation)
    if shown.id != campaign:
        raise unexpected(answer, operation, f"it shows campaign {shown.id[:140]!r} instead of {campaign}")
    return _observed(shown, document, answer.at or now)


def page_read(answer: Answer, *, operation: str, now: datetime) -> tuple[Sequence[Observed | Unreadable], str | None]:
    """Return the campaigns of a page, and the cursor of the next page or None.

    A campaign of an unknown form is told as such; it does not hide those beside it.

    Raises:
        UnexpectedAnswerError: when it is no such page.
    """
    at = answer.at or now
    whole = _fitting(lambda: raw(answer.body), answer, operation)
    try:
        sound = parsed(SoundPage, answer.body)
    except MisfitError:
        page = _fitting(lambda: parsed(CampaignPage, answer.body), answer, operation)
    else:
        shown = [
            _observed(one, document, at) for one, document in zip(sound.campaigns, whole["campaigns"], strict=True)
        ]
        return [_named(one) for one in shown], sound.next_cursor
    return [_listed(document, at) for document in whole["campaigns"]], page.next_cursor


def live_read(answer: Answer, *, operation: str) -> LiveCalls:
    """Return the calls in flight that an answer with statistics shows.

    Raises:
        UnexpectedAnswerError: when it shows none.
    """
    live = _fitting(lambda: parsed(StatisticsAnswer, answer.body), answer, operation).live
    return LiveCalls(ringing=live.calls_ringing, waiting=live.calls_waiting, connected=live.calls_connected)


def counted_read(answer: Answer, *, operation: str, now: datetime) -> Counted:
    """Return what was counted, as an answer with statistics shows it.

    Raises:
        UnexpectedAnswerError: when it shows none, or fewer answers than calls that were abandoned.
    """
    told = _fitting(lambda: parsed(StatisticsAnswer, answer.body), answer, operation)
    if told.abandons > told.connects:
        raise unexpected(answer, operation, f"it counts {told.abandons} abandoned of {told.connects} answered calls")
    at = told.server_time or answer.at or now
    return Counted(dials=told.dials, answered=told.connects, abandoned=told.abandons, at=at.astimezone(UTC))


def statistics_read(answer: Answer, *, operation: str, now: datetime) -> tuple[Statistics, ...]:
    """Return what the dialers of all campaigns measured, as an answer shows it.

    Raises:
        UnexpectedAnswerError: when it shows none, or fewer answers than calls that were abandoned.
    """
    told = _fitting(lambda: parsed(AllStatisticsAnswer, answer.body), answer, operation)
    at = (told.server_time or answer.at or now).astimezone(UTC)
    return tuple(_statistics(one, at, answer, operation) for one in told.campaigns)


def measured_read(answer: Answer, *, campaign: CampaignId, operation: str, now: datetime) -> Statistics:
    """Return what the dialer of one campaign measured, as an answer shows it.

    Raises:
        UnexpectedAnswerError: when it shows none, that of another, or fewer answers than calls that were abandoned.
    """
    told = _fitting(lambda: parsed(CampaignStatisticsAnswer, answer.body), answer, operation)
    if told.campaign_id != campaign:
        raise unexpected(answer, operation, f"it shows campaign {told.campaign_id[:140]!r} instead of {campaign}")
    return _statistics(told, (told.server_time or answer.at or now).astimezone(UTC), answer, operation)


def _statistics(one: CampaignStatisticsAnswer, at: datetime, answer: Answer, operation: str) -> Statistics:
    # Within a span more may be abandoned than answered: who answers at the end of a minute is abandoned in the next.
    begins = (one.model_extra or {}).get("from")
    if begins is None and one.abandons > one.connects:
        told = f"it counts {one.abandons} abandoned of {one.connects} answered calls"
        raise unexpected(answer, operation, told)
    return Statistics(
        campaign=CampaignId(one.campaign_id),
        at=at,
        tally=_tally(one),
        live=_live(one.live),
        minutes=tuple((bucket.minute.astimezone(UTC), _tally(bucket)) for bucket in one.buckets),
        records=None
        if one.records is None
        else Records(total=one.records.total, dialable=one.records.dialable, exhausted=one.records.exhausted),
    )


def _tally(told: TallyAnswer) -> Tally:
    spent = told.agent_seconds
    return Tally(
        dials=told.dials,
        connects=told.connects,
        abandons=told.abandons,
        right_parties=told.right_party_connects,
        machines=told.machines,
        no_answers=told.no_answers,
        busies=told.busies,
        talk_s=spent.talk,
        wrap_s=spent.wrap,
        idle_s=spent.idle,
        staffed_s=spent.staffed,
    )


def _live(told: LiveAnswer) -> LivePicture:
    return LivePicture(
        agents_available=told.agents_available,
        agents_talking=told.agents_talking,
        agents_wrap_up=told.agents_wrap_up,
        agents_unavailable=told.agents_unavailable,
        calls_ringing=told.calls_ringing,
        calls_waiting=told.calls_waiting,
        calls_connected=told.calls_connected,
    )


def accepted_read(answer: Answer, *, campaign: CampaignId, operation: str, now: datetime) -> SimulationStarted:
    """Return the simulation that an answer says was taken.

    Raises:
        UnexpectedAnswerError: when it says nothing of the kind, or of another campaign.
    """
    told = _fitting(lambda: parsed(SimulationAccepted, answer.body), answer, operation)
    if told.campaign_id != campaign:
        raise unexpected(answer, operation, f"it simulates campaign {told.campaign_id[:140]!r} instead of {campaign}")
    at = (answer.at or now).astimezone(UTC)
    return SimulationStarted(id=told.id, at=at, duration_s=told.duration_seconds)


def webhook_read(answer: Answer, *, operation: str) -> PlatformWebhook:
    """Return the platform's webhook that an answer shows.

    Raises:
        UnexpectedAnswerError: when it shows none.
    """
    told = _fitting(lambda: parsed(WebhookAnswer, answer.body), answer, operation)
    return PlatformWebhook(id=told.id, secret=told.secret)


def simulation_read(answer: Answer, *, simulation: str, operation: str) -> PlatformSimulation:
    """Return how a simulation stands, as an answer shows it.

    Raises:
        UnexpectedAnswerError: when it shows none, another, or one that is completed without a result.
    """
    told = _fitting(lambda: parsed(SimulationAnswer, answer.body), answer, operation)
    if told.id != simulation:
        raise unexpected(answer, operation, f"it shows simulation {told.id[:140]!r} instead of {simulation}")
    result = told.result
    if (told.status == "COMPLETED") != (result is not None):
        raise unexpected(answer, operation, f"a simulation that is {told.status} and its result do not go together")
    return PlatformSimulation(
        id=told.id,
        campaign=CampaignId(told.campaign_id),
        status=SimulationStatus(told.status.lower()),
        duration_s=told.duration_seconds,
        answer_rate=None if result is None else _between(result.answer_rate),
        abandonment=None if result is None else _between(result.abandonment_rate),
        utilisation=None if result is None else _between(result.agent_utilisation),
        calls=None if result is None else result.calls,
    )


def _between(told: IntervalAnswer) -> Between:
    return Between(mean=told.value, low=told.low, high=told.high)


def schedule_read(answer: Answer, *, of: Observed, operation: str) -> Observed:
    """Return the campaign with the schedule that an answer shows, at the version of that.

    Windows with fields that nobody here knows are named among `unknown_blocks`: a write would lose them.

    Args:
        answer: a 2xx answer with a schedule.
        of: the campaign, read just before or after.
        operation: what was asked, in words.

    Raises:
        UnexpectedAnswerError: when it shows none, or not at which version.
    """
    shown, document = _fitting(lambda: (parsed(ScheduleAnswer, answer.body), raw(answer.body)), answer, operation)
    tag = _TAG.fullmatch(answer.headers.get("etag", ""))
    if tag is None:
        raise unexpected(answer, operation, "it has no ETag")
    number = tag["mark"]
    try:
        schedule = schedule_shown(shown)
    except ValueError as wrong:
        raise unexpected(answer, operation, str(wrong)) from None
    return replace(
        of,
        part=Part.SCHEDULE,
        version=Version(number),
        revision=int(number) if number.isdecimal() else None,
        document=document,
        moving=frozenset(),
        schedule=schedule,
        unknown_blocks=of.unknown_blocks | ({WINDOWS} if any(one.model_extra for one in shown.time_windows) else set()),
        at=answer.at or of.at,
    )


def unexpected(answer: Answer, operation: str, why: str) -> UnexpectedAnswerError:
    """Return the error of an answer that does not fit; what was asked may have happened, for it was answered."""
    error = UnexpectedAnswerError(
        f"the platform's answer does not fit: {why}",
        operation=operation,
        status=answer.status,
        request_id=answer.request_id,
        hint="check that the address is the platform's API; if it is, its form has changed",
    )
    error.may_have_happened = True
    return error


def _fitting(made: Callable[[], _Read], answer: Answer, operation: str) -> _Read:
    try:
        return made()
    except MisfitError as wrong:
        raise unexpected(answer, operation, str(wrong)) from None


def _named(observed: Observed) -> Observed | Unreadable:
    try:
        campaign_id(observed.campaign)
    except MalformedIdError as wrong:
        return Unreadable(campaign=None, why=wrong.message)
    return observed


def _listed(document: Document, at: datetime) -> Observed | Unreadable:
    try:
        return _named(_observed(parsed(CampaignAnswer, json.dumps(document)), document, at))
    except MisfitError as wrong:
        told = document.get("id")
        try:
            return Unreadable(campaign=campaign_id(told) if isinstance(told, str) else None, why=str(wrong))
        except MalformedIdError:
            return Unreadable(campaign=None, why=str(wrong))


def _observed(shown: CampaignAnswer, document: Document, at: datetime) -> Observed:
    pending = shown.pending_transition
    blocks = BlocksRead(document)
    return Observed(
        campaign=CampaignId(shown.id),
        state=shown.status,
        version=Version(str(shown.revision)),
        at=at,
        locked=shown.is_locked,
        name=shown.name,
        revision=shown.revision,
        effective_at=None if shown.transition_time is None else shown.transition_time.astimezone(UTC),
        pending=None
        if pending is None
        else Pending(
            state=pending.status,
            effective_at=pending.effective_time.astimezone(UTC),
            drain=Drain.FINISH if pending.drain_queue else Drain.DROP,
        ),
        drained=shown.queue_drained,
        agents=shown.active_agents,
        attempts=shown.total_calls_attempted,
        document=document,
        moving=MOVING,
        rules=blocks.read(RULES, rules_read),
        pacing=blocks.read(PACING, pacing_read),
        weights=blocks.read(WEIGHTS, weights_read),
        tuning=blocks.read(WEIGHTS, tuning_read),
        unknown_blocks=frozenset(blocks.unknown),
    )
