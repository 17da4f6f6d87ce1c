"""Experiments: two settings of one campaign, changed over from block to block by coins; planned, started, looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.control.experiments.plan import Balanced
from paceline.control.experiments.planning import Terms
from paceline.control.experiments.settings import Switch
from paceline.control.experiments.standing import Experiment
from paceline.control.experiments.starting import Began
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Severity
from paceline.primitives.ids import campaign_id
from paceline.service.answers import LOOK_AGAIN_S, answer_of
from paceline.service.bodies import (
    ConfigurationBody,
    Noted,
    OverrideBody,
    PacingBody,
    PredictiveDialerBody,
    PredictiveSettingsBody,
    WeightsBody,
)
from paceline.service.decode import noted_order, pacing_change, weights_change
from paceline.service.identity import Operator, Reader
from paceline.service.parts import Here
from paceline.service.preconditions import Looked
from paceline.service.problems import ProblemError, problem
from paceline.service.replaying import OnceRoute
from paceline.service.shapes import CHANGED, READ, READ_ONE, WRITTEN, Document, FindingShape, ListShape, Shape

router = APIRouter(prefix="/v1", tags=["experiments"], route_class=OnceRoute)
"""The routes of experiments."""
Named = Annotated[str, Path(description="The id of a campaign.", max_length=128, examples=["CMP-12345"])]
"""A campaign in an address."""
IN_THE_WAY = frozenset(f"experiment.{word}" for word in ("under-way", "steered", "not-dialing", "late", "moved"))
"""Rules whose refusal says that the campaign is not where an experiment could be planned or started."""


class PlanBody(Noted):
    """The new setting in the contract's words, weights or pacing, and how it is compared with what is live."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "campaign": "CMP-12345",
                    "predictiveDialerSettings": {"parameterWeights": {"predictive_factor": 0.2}},
                    "days": 10,
                    "reason": "is a bolder factor worth it",
                }
            ]
        },
    )
    campaign: str = Field(max_length=128)
    predictiveDialerSettings: PredictiveSettingsBody | None = None  # noqa: N815  # the contract's word
    configuration: ConfigurationBody | None = None
    predictiveDialer: PredictiveDialerBody | None = None  # noqa: N815  # the contract's word
    days: Annotated[int, Field(ge=5, le=100, description="On how many open days there are blocks.")] = 10
    block_s: Annotated[int, Field(ge=120, le=86_400, description="How long each is, whole minutes.")] = 3600
    guard_handles: Annotated[float, Field(ge=3, le=100, description="Mean handle times dropped of each.")] = 4.0
    balanced: Annotated[Literal["hour-of-day", "hour-of-week"], Field(description="Which times are the same.")] = (
        "hour-of-day"
    )
    since: Annotated[datetime, Field(description="Not before this instant.")] | None = None
    hours_s: (
        Annotated[tuple[int, int], Field(description="Only within these seconds of the schedule's local day.")] | None
    ) = None
    seed: Annotated[int, Field(ge=0, lt=2**53, description="Throws the coins; null has it made.")] | None = None
    level: Annotated[float, Field(gt=0.5, lt=1, description="How surely all looks make no mistake.")] = 0.95
    least_gain: Annotated[float, Field(ge=0, lt=1, description="Utilisation worth having, a fraction.")] = 0.0025
    ends_early: bool = Field(default=True, description="End at the look that shows a gain worth having.")
    overrides: list[OverrideBody] = Field(default_factory=list, max_length=50)
    dry_run: bool = Field(default=False, description="Judge and plan only; nothing is kept.")

    @property
    def terms(self) -> Terms:
        """How it is to go."""
        return Terms(
            seed=self.seed,
            days=self.days,
            block=timedelta(seconds=self.block_s),
            guard_handles=self.guard_handles,
            balanced=Balanced(self.balanced),
            hours=self.hours_s,
            since=_aware(self.since),
            level=self.level,
            least_gain=self.least_gain,
            ends_early=self.ends_early,
        )

    def wish(self) -> Switch:
        """Return the new setting.

        Raises:
            ProblemError: neither or both of weights and pacing are named.
        """
        campaign = campaign_id(self.campaign)
        is_weights = self.predictiveDialerSettings is not None or self.configuration is not None
        if is_weights is (self.predictiveDialer is not None):
            raise ProblemError(
                422,
                "an experiment compares weights (predictiveDialerSettings) or pacing (predictiveDialer), one of both",
                code="request-invalid",
            )
        if self.predictiveDialer is not None:
            return pacing_change(campaign, PacingBody(predictiveDialer=self.predictiveDialer))
        body = WeightsBody(
            predictiveDialerSettings=self.predictiveDialerSettings,
            configuration=self.configuration,
        )
        return weights_change(campaign, body)


class ExperimentShape(Shape):
    """An experiment: where it stands, its plan with every coin, what became of its blocks, what its looks showed."""

    experiment: int
    campaign: str
    phase: str
    live: str
    plan: Document
    old: Document
    new: Document
    power: Document | None
    blocks: list[Document]
    looks: list[Document]
    outcome: str | None
    history: list[Document]


class BeganShape(Shape):
    """What came of the wish to plan or start one."""

    kept: bool
    experiment: Document | None
    plan: Document | None
    judged: Document | None
    findings: list[FindingShape]


class LookShape(Shape):
    """The last planned look, computed anew from the blocks; null before the first."""

    experiment: int
    look: Document | None


STEERED: dict[int | str, Document] = {200: {"model": ExperimentShape, "description": "Kept, and begun"}, **WRITTEN}
"""The answers to what is done to an experiment."""


@router.get("/experiments", responses=READ, response_model=ListShape)
def list_experiments(
    parts: Here,
    _: Reader,
    under_way: Annotated[bool | None, Query(description="Only those that something may be sent for yet.")] = None,
) -> Response:
    """List experiments, the newest first."""
    found = parts.system.experiments.listed(under_way=under_way or False)
    items: list[Json] = [one.document() for one in reversed(found)]
    return JSONResponse({"items": items, "next": None})


@router.post(
    "/experiments",
    responses={
        **CHANGED,
        200: {"model": BeganShape, "description": "A dry run: so it would go"},
        201: {"model": BeganShape, "description": "It is planned, its coins are kept: Location says where"},
    },
)
def plan_experiment(parts: Here, who: Operator, looked: Looked, body: PlanBody) -> Response:
    """Plan an experiment: the new setting is judged, the coins are thrown, all of it is kept; nothing is sent."""
    order = replace(noted_order(body, who, answered=body.overrides, if_revision=looked), dry_run=body.dry_run)
    began = parts.system.experiment_desk.plan(body.wish(), body.terms, order)
    return _answer_of(began, 201)


@router.get("/experiments/{campaign}", responses=READ_ONE, response_model=ExperimentShape)
def read_experiment(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return where the experiment of a campaign stands."""
    return JSONResponse(parts.system.experiment_desk.status(campaign_id(campaign)).document())


@router.get("/experiments/{campaign}/analysis", responses=READ_ONE, response_model=LookShape)
def analyse_experiment(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return what the last planned look says; between two looks nothing is told."""
    experiment, look = parts.system.experiment_desk.analyse(campaign_id(campaign))
    told = None if look is None else look.document()
    return JSONResponse({"experiment": experiment.entry, "look": told})


@router.post(
    "/experiments/{campaign}:start",
    responses={**CHANGED, 202: {"model": BeganShape, "description": "A worker changes over at the edges of blocks"}},
)
def start_experiment(campaign: Named, parts: Here, who: Operator, body: Noted | None = None) -> Response:
    """Start what is planned, or what is paused."""
    began = parts.system.experiment_desk.start(campaign_id(campaign), noted_order(body, who))
    return _answer_of(began, 202)


@router.post("/experiments/{campaign}:pause", responses=STEERED)
def pause_experiment(campaign: Named, parts: Here, who: Operator, body: Noted | None = None) -> Response:
    """Have the old setting live until it is started again; blocks go by meanwhile."""
    return _told(parts.system.experiment_desk.pause(campaign_id(campaign), noted_order(body, who)))


@router.post("/experiments/{campaign}:abort", responses=STEERED)
def abort_experiment(campaign: Named, parts: Here, who: Operator, body: Noted | None = None) -> Response:
    """End an experiment, with the old setting live."""
    return _told(parts.system.experiment_desk.abort(campaign_id(campaign), noted_order(body, who)))


def _answer_of(began: Began, status: int) -> Response:
    if began.experiment is not None:
        place = f"/v1/experiments/{began.experiment.campaign}"
        headers = {"Location": place, "Retry-After": str(LOOK_AGAIN_S), "Paceline-Entry": str(began.experiment.entry)}
        return JSONResponse(began.document(), status, headers=headers)
    against = [one for one in began.findings if one.severity is not Severity.INFO]
    if not against and began.plan is not None:
        return JSONResponse(began.document())
    if not against and began.judged is not None:
        return answer_of(began.judged)
    rules = {one.rule for one in against}
    return problem(
        409 if rules <= IN_THE_WAY else 422,
        f"no experiment is planned or started: {'; '.join(one.message for one in against)}",
        code="refused",
        more=began.document(),
    )


def _told(experiment: Experiment) -> Response:
    return JSONResponse(experiment.document(), headers={"Paceline-Entry": str(experiment.entry)})


def _aware(instant: datetime | None) -> datetime | None:
    if instant is not None and instant.utcoffset() is None:
        raise ProblemError(422, "since has no offset, so nobody knows when it is", code="request-invalid")
    return instant
