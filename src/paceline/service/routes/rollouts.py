"""Rollouts: a pacing applied in steps under watch; begun, looked at, and steered by persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.control.access.rights import Principal
from paceline.control.order import Order
from paceline.control.rollout.plan import MOST_STEPS
from paceline.control.rollout.standing import Rollout
from paceline.control.rollout.starting import Started, Terms
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import campaign_id
from paceline.service.answers import LOOK_AGAIN_S, answer_of
from paceline.service.bodies import Noted, OverrideBody, PacingBody, PredictiveDialerBody
from paceline.service.decode import noted_order, pacing_change
from paceline.service.evidence import evidence_of
from paceline.service.identity import Operator, Reader
from paceline.service.parts import Here
from paceline.service.preconditions import Looked
from paceline.service.problems import problem
from paceline.service.replaying import OnceRoute
from paceline.service.shapes import CHANGED, READ, READ_ONE, WRITTEN, Document, FindingShape, ListShape, Shape

router = APIRouter(prefix="/v1", tags=["rollouts"], route_class=OnceRoute)
"""The routes of rollouts."""
Named = Annotated[str, Path(description="The id of a campaign.", max_length=128, examples=["CMP-12345"])]
"""A campaign in an address."""
IN_THE_WAY = frozenset({"rollout.under-way", "rollout.latched", "rollout.supervised", "rollout.experiment"})
"""Rules whose refusal says that the campaign is not where a rollout could begin."""
_YEAR_S = 31_536_000


class StartBody(Noted):
    """The pacing that is wanted, in the contract's words, and how it is to be led there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "campaign": "CMP-12345",
                    "predictiveDialer": {"abandonRate": 0.01},
                    "steps": 3,
                    "reason": "evening shift",
                }
            ]
        },
    )
    campaign: str = Field(max_length=128)
    predictiveDialer: PredictiveDialerBody  # noqa: N815  # the contract's word
    steps: int = Field(ge=1, le=MOST_STEPS)
    interval_s: Annotated[int, Field(ge=0, le=_YEAR_S, description="Least time at a step.")] | None = None
    least_answers: Annotated[int, Field(ge=1, le=10**9, description="Answers at a step before the next.")] | None = None
    least_gain: (
        Annotated[float, Field(ge=0, lt=1, description="Occupancy that a step must gain, a fraction.")] | None
    ) = None
    blind_s: (
        Annotated[int, Field(ge=60, le=_YEAR_S, description="So long without data before it steps back.")] | None
    ) = None
    level: Annotated[float, Field(gt=0.5, lt=1, description="How surely it makes no false step.")] | None = None
    overrides: list[OverrideBody] = Field(default_factory=list, max_length=50)
    dry_run: bool = Field(default=False, description="Judge the wish and plan its steps; nothing begins.")

    @property
    def terms(self) -> Terms:
        """How it is to go."""
        return Terms(
            steps=self.steps,
            interval=_span(self.interval_s),
            least_answers=self.least_answers,
            least_gain=self.least_gain,
            blind=_span(self.blind_s),
            level=self.level,
        )


class SteerBody(Noted):
    """Why a rollout is steered; what is promoted may answer for findings of its steps."""

    overrides: list[OverrideBody] = Field(default_factory=list, max_length=50)


class PromoteBody(SteerBody):
    """Why a rollout goes on, and from which step: where it has moved on since, nothing is done (409)."""

    step: Annotated[int, Field(ge=0, le=MOST_STEPS, description="The step that was looked at; null is any.")] | None = (
        None
    )


class RolloutShape(Shape):
    """A rollout: where it stands, its steps, what was decided last and why, and what became of it."""

    rollout: int
    campaign: str
    phase: str
    step: int
    steps: int
    pacing: Document
    wanted: Document
    plan: Document
    judgement: Document | None
    latch: Document | None
    history: list[Document]
    way_back: str | None


class StartedShape(Shape):
    """What came of the wish to begin one."""

    started: bool
    rollout: Document | None
    plan: Document | None
    judged: Document
    findings: list[FindingShape]


STEERED: dict[int | str, Document] = {200: {"model": RolloutShape, "description": "Kept, and begun"}, **WRITTEN}
"""The answers to what is done to a rollout."""


@router.get("/rollouts", responses=READ, response_model=ListShape)
def list_rollouts(
    parts: Here,
    _: Reader,
    under_way: Annotated[bool | None, Query(description="Only those that something may be sent for yet.")] = None,
) -> Response:
    """List rollouts, the newest first."""
    found = parts.system.rollouts.listed(under_way=under_way or False)
    items: list[Json] = [one.document() for one in reversed(found)]
    return JSONResponse({"items": items, "next": None})


@router.post(
    "/rollouts",
    responses={
        **CHANGED,
        200: {"model": StartedShape, "description": "A dry run: so it would go; or nothing to do"},
        202: {"model": StartedShape, "description": "It has begun: Location says where to look"},
    },
)
def start_rollout(parts: Here, who: Operator, looked: Looked, body: StartBody) -> Response:
    """Begin a rollout: the whole wish is judged first, then its first step is made; a worker leads it on."""
    wish = pacing_change(campaign_id(body.campaign), PacingBody(predictiveDialer=body.predictiveDialer))
    order = replace(noted_order(body, who, answered=body.overrides, if_revision=looked), dry_run=body.dry_run)
    return answer_of_start(parts.system.rollout_desk.start(wish, body.terms, order))


@router.get("/rollouts/{campaign}", responses=READ_ONE, response_model=RolloutShape)
def read_rollout(
    campaign: Named,
    parts: Here,
    _: Reader,
    further: Annotated[
        Literal["evidence"] | None,
        Query(alias="with", description="`evidence`: also what was measured of the live step, block by block."),
    ] = None,
) -> Response:
    """Return where the last rollout of a campaign stands."""
    rollout = parts.system.rollout_desk.status(campaign_id(campaign))
    evidence = None if further is None else evidence_of(parts.system, rollout)
    return JSONResponse({**rollout.document(), "evidence": evidence})


@router.post("/rollouts/{campaign}:pause", responses=STEERED)
def pause_rollout(campaign: Named, parts: Here, who: Operator, body: SteerBody | None = None) -> Response:
    """Have a rollout stay at its step; what harms is undone all the same."""
    return _told(parts.system.rollout_desk.pause(campaign_id(campaign), _steering(body, who)))


@router.post("/rollouts/{campaign}:resume", responses=STEERED)
def resume_rollout(campaign: Named, parts: Here, who: Operator, body: SteerBody | None = None) -> Response:
    """Have a paused rollout go on."""
    return _told(parts.system.rollout_desk.resume(campaign_id(campaign), _steering(body, who)))


@router.post("/rollouts/{campaign}:promote", responses=STEERED)
def promote_rollout(campaign: Named, parts: Here, who: Operator, body: PromoteBody | None = None) -> Response:
    """Go to the next step on a person's word; it is judged as any change is."""
    step = None if body is None else body.step
    return _told(parts.system.rollout_desk.promote(campaign_id(campaign), _steering(body, who), step=step))


@router.post("/rollouts/{campaign}:abort", responses=STEERED)
def abort_rollout(campaign: Named, parts: Here, who: Operator, body: SteerBody | None = None) -> Response:
    """Take a rollout back, and let no other begin before a person clears that."""
    return _told(parts.system.rollout_desk.abort(campaign_id(campaign), _steering(body, who)))


@router.post("/rollouts/{campaign}:undo", responses=STEERED)
def undo_rollout(campaign: Named, parts: Here, who: Operator, body: SteerBody | None = None) -> Response:
    """Take a rollout back that goes on or is completed: what was live before is to be live again."""
    return _told(parts.system.rollout_desk.undo(campaign_id(campaign), _steering(body, who)))


@router.post("/rollouts/{campaign}:clear", responses=STEERED)
def clear_rollout(campaign: Named, parts: Here, who: Operator, body: SteerBody | None = None) -> Response:
    """Let rollouts of a campaign begin again after one was taken back."""
    return _told(parts.system.rollout_desk.clear(campaign_id(campaign), _steering(body, who)))


def answer_of_start(started: Started) -> Response:
    """Return the answer to a wish to begin: begun, refused as the change it stands for, or refused as a rollout."""
    if started.rollout is not None:
        place = f"/v1/rollouts/{started.rollout.campaign}"
        headers = {"Location": place, "Retry-After": str(LOOK_AGAIN_S), "Paceline-Entry": str(started.rollout.entry)}
        return JSONResponse(started.document(), 202, headers=headers)
    against = against_it(started.findings)
    if not against and started.plan is not None:
        return JSONResponse(started.document())
    if not against:
        return answer_of(started.judged)
    rules = {one.rule for one in against}
    return problem(
        409 if rules <= IN_THE_WAY else 422,
        f"no rollout begins: {'; '.join(one.message for one in against)}",
        code="refused",
        more=started.document(),
    )


def against_it(found: Findings) -> Findings:
    """Return the findings that refuse."""
    return Findings(*(one for one in found if one.severity is not Severity.INFO))


def _steering(body: SteerBody | None, who: Principal) -> Order:
    body = body or SteerBody()
    return noted_order(body, who, answered=body.overrides)


def _told(rollout: Rollout) -> Response:
    return JSONResponse(rollout.document(), headers={"Paceline-Entry": str(rollout.entry)})


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
