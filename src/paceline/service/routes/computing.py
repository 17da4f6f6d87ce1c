"""`POST /v1/preflight` and `/v1/simulations`: what a setting would do, computed before anything is sent."""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field, model_validator

from paceline.primitives.canonical import Json
from paceline.service.bodies import Body
from paceline.service.computing import bounded_scenario
from paceline.service.identity import Reader
from paceline.service.operations import answer_within
from paceline.service.parts import Here
from paceline.service.problems import ProblemError
from paceline.service.shapes import READ, Document, OperationShape, Shape, problems
from paceline.simulation import engine as engines
from paceline.simulation.players import Engine
from paceline.simulation.scenario import Scenario
from paceline.teletraffic import preflight as forms
from paceline.teletraffic.preflight import LIMIT, Setting

router = APIRouter(prefix="/v1", tags=["computing"])
"""The routes of what is computed; nothing is read from the platform and nothing is recorded."""
MOST_AGENTS, MOST_LINES = 2_000, 20_000
"""What one request may compute with, so that it costs a fraction of a second."""
_WAIT_S = 1.0
_LONGEST_MS = 86_400_000


class PreflightBody(Body):
    """A setting of a dialer; `lines`, `ratio` or `interval_ms`, or none: one line for each idle agent."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"agents": 50, "answer_rate": 0.3, "handle_s": 180.0, "ring_s": 10.0, "lines": 61}]
        },
    )
    agents: int = Field(ge=1, le=MOST_AGENTS, description="Agents logged in.")
    answer_rate: float = Field(ge=0.0001, le=1, description="Share of dials that a person answers.")
    handle_s: float = Field(ge=0.1, le=86_400, description="Mean talk plus wrap-up, seconds.")
    ring_s: float = Field(ge=0, le=3_600, description="Mean ringing of a dial that is answered, seconds.")
    ring_unanswered_s: float | None = Field(default=None, ge=0, le=3_600, description="As `ring_s` without.")
    patience_s: float = Field(default=0.0, ge=0, le=600, description="How long an answer waits for an agent, seconds.")
    limit: float = Field(default=LIMIT, ge=0, le=LIMIT, description="Share of answers that may be abandoned.")
    lines: Annotated[int, Field(ge=1, le=MOST_LINES)] | None = None
    ratio: Annotated[float, Field(ge=0.01, le=100)] | None = None
    interval_ms: Annotated[float, Field(ge=0.1, le=_LONGEST_MS)] | None = None

    @model_validator(mode="after")
    def _one_setting(self) -> Self:
        if sum(said is not None for said in (self.lines, self.ratio, self.interval_ms)) > 1:
            raise ValueError("lines, ratio and interval_ms go one at a time")
        return self


class SimulationBody(Body):
    """A scenario in the words of a scenario file, as JSON."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "scenario": {
                        "agents": {"count": 10},
                        "handle": {"distribution": "exponential", "mean_s": 180},
                        "answer": {"probability": 0.3, "ring_answered_s": 10, "ring_unanswered_s": 25},
                        "pacing": {"policy": "ratio", "lines": 12},
                        "run": {"days": 2, "hours_per_day": 1},
                    },
                    "seed": 7,
                    "engine": "reference",
                }
            ]
        },
    )
    scenario: Document = Field(description="As `paceline simulate --scenario` reads it.")
    seed: int = Field(default=0, ge=0, le=2**53)
    engine: Literal["fast", "exact", "reference"] | None = Field(
        default=None, description="The fast one unless the scenario needs to know who is who."
    )


class PreflightShape(Shape):
    """What a setting would do; fractions."""

    model: str
    utilisation: float
    abandonment: float
    decision: str


class SimulationShape(Shape):
    """What the days came to, each measure with its 95 % interval over the days."""

    utilisation: Document
    abandonment: Document
    connects_per_agent_hour: Document
    dials: int


@router.post("/preflight", responses=READ, response_model=PreflightShape)
def preflight(_: Reader, body: PreflightBody) -> Response:
    """Say what a setting would do: occupancy, abandoned calls, and whether it stays within the limit."""
    setting = Setting(
        agents=body.agents,
        answer_rate=body.answer_rate,
        handle_s=body.handle_s,
        ring_s=body.ring_s,
        ring_unanswered_s=body.ring_unanswered_s,
        patience_s=body.patience_s,
        limit=body.limit,
    )
    told = forms.preflight(setting, lines=body.lines, interval_ms=body.interval_ms, ratio=body.ratio).document()
    if not all(math.isfinite(value) for value in told.values() if isinstance(value, float)):
        raise ProblemError(422, "these values lie too far apart to compute with", code="parameter")
    return JSONResponse(told)


@router.post(
    "/simulations",
    responses={
        200: {"model": SimulationShape, "description": "Played"},
        202: {"model": OperationShape, "description": "Being played: Location says where to look"},
        **READ,
        **problems(400, 413),
    },
)
def simulate(parts: Here, _: Reader, body: SimulationBody) -> Response:
    """Play days of a scenario; 202 with an operation where that takes longer than a second."""
    scenario, engine = bounded_scenario(body.scenario, None if body.engine is None else Engine(body.engine))
    running = parts.operations.begin("simulation", partial(_played, scenario, body.seed, engine))
    return answer_within(running, _WAIT_S)


def _played(scenario: Scenario, seed: int, engine: Engine) -> dict[str, Json]:
    return dict(engines.simulate(scenario, seed=seed, engine=engine).document())
