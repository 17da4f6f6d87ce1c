"""From what a request holds to a change and to the order to make it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from paceline.campaign.blocks import DAY_S, Window
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Drain
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.changes import SetWeights
from paceline.control.access.rights import Principal
from paceline.control.order import NOT_AFTER, OnConflict, Order, Override
from paceline.primitives.ids import CampaignId
from paceline.service.bodies import (
    ConfigurationBody,
    Noted,
    Ordered,
    OverrideBody,
    PacingBody,
    PredictiveSettingsBody,
    RulesBody,
    ScheduleBody,
    WeightsBody,
    WindowBody,
)
from paceline.service.problems import ProblemError

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
"""The days in the contract's words, from Monday on."""


def verb_change(verb: str, campaign: CampaignId, drain: Drain, at: datetime | None) -> AnyChange:
    """Return the change that a verb stands for; `at` is when the platform itself is to act."""
    match verb:
        case "pause":
            return Pause(campaign=campaign, drain=drain, effective_at=at)
        case "stop":
            return Stop(campaign=campaign, drain=drain, effective_at=at)
        case "resume" | "start":
            return Resume(campaign=campaign, effective_at=at)
        case _:
            raise ValueError(f"{verb} is no verb")


def rules_change(campaign: CampaignId, body: RulesBody) -> SetDialingRules:
    """Return the change of dialing rules that a body names."""
    block = body.dialingRules
    retry, threshold = block.retrySettings, block.abandonmentRateThreshold
    intervals = None if retry is None else retry.intervalMinutes
    return SetDialingRules(
        campaign=campaign,
        mode=block.dialingMethod,
        attempt_limit=None if retry is None else retry.maxAttempts,
        retry_intervals_min=None if intervals is None else tuple(intervals),
        abandonment_threshold=None if threshold is None else threshold.maxRate,
        cool_down_s=None if threshold is None else threshold.coolDownSec,
        calls_per_agent=block.maxCallsPerAgent,
    )


def pacing_change(campaign: CampaignId, body: PacingBody) -> SetPacing:
    """Return the change of pacing that a body names."""
    block = body.predictiveDialer
    return SetPacing(
        campaign=campaign,
        answer_rate=block.answerRate,
        abandonment_aim=block.abandonRate,
        max_calls=block.maxConcurrentCalls,
        call_interval_ms=block.callInterval,
        warm_up_s=block.warmUpPeriod,
        strategy=block.strategy,
    )


def weights_change(campaign: CampaignId, body: WeightsBody) -> SetWeights:
    """Return the change of weights that a body names."""
    block = body.predictiveDialerSettings or PredictiveSettingsBody()
    tuning = body.configuration or ConfigurationBody()
    return SetWeights(
        campaign=campaign,
        algorithm=block.algorithmId,
        parameters=block.parameterWeights,
        validation_split=block.validationSplit,
        deviation_limit=block.maxDeviationLimit,
        convergence=block.convergenceThreshold,
        enabled=tuning.enablePredictiveTuning,
        drift_protection=tuning.driftProtection,
        trigger=tuning.simulationTrigger,
    )


def schedule_change(campaign: CampaignId, body: ScheduleBody) -> SetSchedule:
    """Return the change of a schedule that a body names.

    Raises:
        ProblemError: a time is none, or the body is of another campaign.
    """
    if body.campaignId is not None and body.campaignId != campaign:
        raise ProblemError(422, f"the body is of campaign {body.campaignId}", code="other-campaign")
    windows = body.timeWindows
    return SetSchedule(
        campaign=campaign,
        zone=body.timezone,
        directive=body.businessHoursDirective,
        windows=None if windows is None else tuple(one for told in windows for one in windows_of(told)),
        max_calls=body.maxConcurrentCalls,
    )


def windows_of(told: WindowBody) -> list[Window]:
    """Return the window, or the two that one across midnight becomes.

    Raises:
        ProblemError: a time is none, or the window is empty.
    """
    weekday = DAYS.index(told.dayOfWeek)
    start, end = _seconds(told.startTime, "startTime"), _seconds(told.endTime, "endTime")
    if start in {DAY_S, end}:
        raise ProblemError(
            422,
            f"the window {told.dayOfWeek} {told.startTime} to {told.endTime} is none",
            code="window",
            hint="24:00 is an end, never a start; a whole day is 00:00 to 24:00",
        )
    if end > start:
        return [Window(weekday=weekday, start_s=start, end_s=end)]
    first = Window(weekday=weekday, start_s=start, end_s=DAY_S)
    return [first, *([Window(weekday=(weekday + 1) % 7, start_s=0, end_s=end)] if end else [])]


def _seconds(text: str, field: str) -> int:
    hour, minute, second = (*(int(part) for part in text.split(":")), 0)[:3]
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_S:
        raise ProblemError(422, f"{field}: {text} is no time of day such as 09:00", code="time-of-day")
    return seconds


def order_of(body: Ordered, principal: Principal, *, if_revision: str | None = None) -> Order:
    """Return the order of somebody, as a body says it."""
    return Order(
        actor=principal.actor(),
        reason=body.reason,
        ticket=body.ticket,
        dry_run=body.dry_run,
        if_revision=if_revision,
        on_conflict=None if body.on_conflict is None else OnConflict(body.on_conflict),
        not_after=NOT_AFTER if body.not_after is None or body.at is None else body.not_after,
        approve_within=_approve_within(body),
        overrides=tuple(Override(rule=one.rule, until=one.until) for one in body.overrides),
    )


def noted_order(
    body: Noted | None, principal: Principal, *, answered: Sequence[OverrideBody] = (), if_revision: str | None = None
) -> Order:
    """Return the order of somebody who says why, or does not; `answered` is what they answer for."""
    body = body or Noted()
    overrides = tuple(Override(rule=one.rule, until=one.until) for one in answered)
    return Order(
        actor=principal.actor(), reason=body.reason, ticket=body.ticket, if_revision=if_revision, overrides=overrides
    )


def _approve_within(body: Ordered) -> timedelta | None:
    return body.not_after if body.at is None else None
