"""From the platform's answers to what was observed; an answer of another form is an error, never a guess."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from paceline.campaign.observed import Document, Drain, LiveCalls, Observed, Pending, Unreadable
from paceline.campaign.ports import UnexpectedAnswerError
from paceline.cxone.exchange import Answer
from paceline.cxone.outbound_v2.wire import (
    CampaignAnswer,
    CampaignPage,
    MisfitError,
    SoundPage,
    StatisticsAnswer,
    parsed,
    raw,
)
from paceline.primitives.ids import CampaignId, MalformedIdError, Version, campaign_id

_Read = TypeVar("_Read")

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
    )
