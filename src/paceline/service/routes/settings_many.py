"""`PUT /v1/campaigns:rules` and kin: the same settings for many campaigns, each judged on its own, an item each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict, model_validator

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.changes import SetWeights
from paceline.control.work.later import Makes
from paceline.primitives.ids import CampaignId
from paceline.service.bodies import BulkOrdered, PacingBody, RulesBody, ScheduleBody, WeightsBody
from paceline.service.decode import pacing_change, rules_change, schedule_change, weights_change
from paceline.service.identity import Operator
from paceline.service.many import change_many
from paceline.service.parts import Here
from paceline.service.replaying import OnceRoute
from paceline.service.shapes import CHANGED_MANY

router = APIRouter(prefix="/v1", tags=["campaigns"], route_class=OnceRoute)
"""The routes of settings for many campaigns."""


class SettingsManyBody(BulkOrdered):
    """Settings for many campaigns: which, the block under `settings`, and how the change is ordered."""

    @model_validator(mode="after")
    def _made_here(self) -> Self:
        if self.by is not None:
            raise ValueError("the platform itself carries out pauses, resumptions and stops only: leave `by` out")
        return self


class RulesManyBody(SettingsManyBody):
    """Dialing rules for many campaigns."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"campaigns": ["CMP-12345"], "settings": {"dialingRules": {"maxCallsPerAgent": 2}}, "dry_run": True}
            ]
        },
    )
    settings: RulesBody


class PacingManyBody(SettingsManyBody):
    """Pacing for many campaigns."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"campaigns": ["CMP-12345"], "settings": {"predictiveDialer": {"answerRate": 0.6}}, "dry_run": True}
            ]
        },
    )
    settings: PacingBody


class ScheduleManyBody(SettingsManyBody):
    """A schedule for many campaigns."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"campaigns": ["CMP-12345"], "settings": {"timezone": "America/New_York"}, "dry_run": True},
            ]
        },
    )
    settings: ScheduleBody

    @model_validator(mode="after")
    def _of_nobody(self) -> Self:
        if self.settings.campaignId is not None or self.settings.scheduleId is not None:
            raise ValueError("campaignId and scheduleId are of one campaign: leave them out")
        return self


class WeightsManyBody(SettingsManyBody):
    """Algorithm weights for many campaigns."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "campaigns": ["CMP-12345"],
                    "settings": {"predictiveDialerSettings": {"parameterWeights": {"call_rate": 0.1}}},
                    "dry_run": True,
                }
            ]
        },
    )
    settings: WeightsBody


@router.put("/campaigns:rules", responses=CHANGED_MANY)
def write_rules_of_many(parts: Here, who: Operator, body: RulesManyBody) -> Response:
    """Set dialing rules of many campaigns; in each what is left out stays as live."""
    make = _made(lambda campaign: rules_change(campaign, body.settings))
    return change_many(parts, who, body, make, lane=SetDialingRules.lane)


@router.put("/campaigns:pacing", responses=CHANGED_MANY)
def write_pacing_of_many(parts: Here, who: Operator, body: PacingManyBody) -> Response:
    """Set predictive pacing of many campaigns; in each what is left out stays as live. Each is projected first."""
    make = _made(lambda campaign: pacing_change(campaign, body.settings))
    return change_many(parts, who, body, make, lane=SetPacing.lane)


@router.put("/campaigns:schedule", responses=CHANGED_MANY)
def write_schedule_of_many(parts: Here, who: Operator, body: ScheduleManyBody) -> Response:
    """Set when many campaigns may dial; in each what is left out stays as live. Each is proved against its own law."""
    make = _made(lambda campaign: schedule_change(campaign, body.settings))
    return change_many(parts, who, body, make, lane=SetSchedule.lane)


@router.put("/campaigns:weights", responses=CHANGED_MANY)
def write_weights_of_many(parts: Here, who: Operator, body: WeightsManyBody) -> Response:
    """Set algorithm weights of many campaigns; in each what is left out stays as live, and wants data of its own."""
    make = _made(lambda campaign: weights_change(campaign, body.settings))
    return change_many(parts, who, body, make, lane=SetWeights.lane)


def _made(change_of: Callable[[CampaignId], AnyChange]) -> Makes:
    """Return what makes a change that the platform never carries out at an hour by itself."""

    def make(campaign: CampaignId, _at: datetime | None) -> AnyChange:
        return change_of(campaign)

    return make
