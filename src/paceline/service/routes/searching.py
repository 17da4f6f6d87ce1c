"""What is looked for over many seconds: the best pacing, better weights, a twin; as operations, one at a time."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Literal, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict, Field, model_validator

from paceline.campaign.forecast import NoProjection
from paceline.campaign.weights.steps import MOST_STEPS
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.primitives.zones import UnknownZoneError, zone
from paceline.service.bodies import Body, Noted
from paceline.service.computing import searchable_scenario
from paceline.service.identity import Operator, Reader
from paceline.service.operations import Work, answer_within
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ, Document, OperationShape, Shape, problems
from paceline.service.twin_told import no_twin, twin_document
from paceline.twin.effort import MOST_DAYS

if TYPE_CHECKING:  # what searches is heavy to load, and few requests ask for it
    from paceline.ledger.entry import Actor
    from paceline.optimizer.best.settings import Terms
    from paceline.optimizer.best.told import Best
    from paceline.simulation.scenario import Scenario

router = APIRouter(prefix="/v1", tags=["searching"])
"""The routes of searches; none of them sends anything to the platform, and the same that runs already is not begun."""
_WAIT_S = 2.0
_BEGUN: dict[int | str, Document] = {
    202: {"model": OperationShape, "description": "It is being looked for: Location says where to look"},
    **READ,
    **problems(400, 404, 409, 413, 501),
}


class OptimisationBody(Body):
    """For what the best pacing is looked for: a scenario, or a campaign as its platform measured it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"campaign": "CMP-12345"}]})
    scenario: Document | None = Field(default=None, description="As `paceline optimise --scenario` reads it.")
    campaign: str | None = Field(default=None, max_length=128)
    policy: Literal["idle_lines", "ratio", "interval", "certainty", "telescoping", "optimal", "best"] | None = Field(
        default=None, description="One alone, or `best` of all; the contract's first when not said."
    )
    seed: Annotated[int, Field(ge=0, le=2**53)] | None = Field(default=None, description="The same finds the same.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.scenario is None) == (self.campaign is None):
            raise ValueError("say either scenario or campaign")
        return self


class TuningBody(Body):
    """In how many steps better weights would be reached."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"steps": 2}]})
    steps: int = Field(default=1, ge=1, le=MOST_STEPS, description="`first` of the answer is the first of so many.")
    seed: Annotated[int, Field(ge=0, lt=1 << 48)] | None = Field(default=None, description="The same finds the same.")


class TwinBody(Noted):
    """What a twin is fitted from, and how."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"from": "platform", "days": 7}]})
    source: Literal["records", "platform"] | None = Field(
        default=None, alias="from", description="Imported call records where some are kept, else statistics."
    )
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = Field(default=None, description="The last so many.")
    split: float = Field(default=0.8, ge=0.1, le=0.9, description="Share of the days that is fitted on.")
    zone: str = Field(default="UTC", max_length=64, description="Of local hours in call records.")
    seed: int = Field(default=0, ge=0, lt=1 << 48)


class BestShape(Shape):
    """The best pacing, with its certificate."""

    utilisation: Document
    abandonment: Document
    policy: str
    settings: Document | None


class TunedShape(Shape):
    """Better weights, and what the days that were held out say of them."""

    campaign: str
    changed: dict[str, str]
    first: dict[str, str]
    why: str


class TwinShape(Shape):
    """A twin, and whether it has earned its say."""

    campaign: str
    standing: Document
    measures: list[Document]
    parameters: list[Document]


@router.post("/optimisations", responses={200: {"model": BestShape, "description": "Found"}, **_BEGUN})
def optimise(parts: Here, _: Reader, body: OptimisationBody) -> Response:
    """Find the best pacing under the abandonment limit, with a certificate from days that no choice has seen.

    Nothing is sent. For a campaign, `findings` are what the corridor would find of it now.
    """
    if body.scenario is not None:
        scenario = searchable_scenario(body.scenario)

        def work_alone() -> dict[str, Json]:
            return _search(body, scenario, None, body.seed or 0).document()

        return _begun(parts, "optimisation", work_alone, shared=body.model_dump_json())
    campaign = campaign_id(body.campaign or "")
    parts.system.survey.looked_at(campaign)  # one that is not there is said to be none, before it waits its turn

    def work() -> dict[str, Json]:
        from paceline.bootstrap.best_pacing import best_for_campaign

        def search(scenario: Scenario, terms: Terms, seed: int) -> Best:
            return _search(body, scenario, terms, seed)

        found = best_for_campaign(parts.system, campaign, search, seed=body.seed)
        if isinstance(found, NoProjection):
            why = f"no scenario can be made of campaign {campaign}: {found.why}"
            raise ProblemError(422, why, code="no-projection")
        return found.document()

    return _begun(parts, "optimisation", work, shared=body.model_dump_json())


@router.post(
    "/campaigns/{campaign}/weights:tune", responses={200: {"model": TunedShape, "description": "Found"}, **_BEGUN}
)
def tune_weights(campaign: Named, parts: Here, _: Reader, body: TuningBody | None = None) -> Response:
    """Look for better weights on a campaign's twin; nothing is sent: `first` is what a write of the weights takes.

    `borne_out` says whether the days that were held out agree; a write asks them again.
    """
    named, asked = campaign_id(campaign), body or TuningBody()
    work = tuning(parts, named, seed=asked.seed, steps=asked.steps)
    return _begun(parts, "tuning", work, shared=f"{named} {asked.model_dump_json()}")


def tuning(parts: Parts, campaign: CampaignId, *, seed: int | None = None, steps: int = 1) -> Work:
    """Return the work that looks for better weights on a campaign's twin, for whoever begins it."""

    def work() -> dict[str, Json]:
        from paceline.bootstrap.tuning import tuned_document, tuned_for

        found = tuned_for(parts.system, campaign, seed=seed)
        if isinstance(found, str):
            raise ProblemError(422, f"no weights can be proposed: {found}", code="no-proposal")
        return tuned_document(found, steps)

    return work


@router.post("/campaigns/{campaign}/twin", responses={200: {"model": TwinShape, "description": "Kept"}, **_BEGUN})
def fit_twin(campaign: Named, parts: Here, who: Operator, body: TwinBody | None = None) -> Response:
    """Fit a twin, check it on half-hours that no fit has seen, and keep it, whether it has earned its say or not."""
    named, how = campaign_id(campaign), body or TwinBody()
    try:
        zone(how.zone)
    except UnknownZoneError as unknown:
        raise ProblemError(422, unknown.message, code="unknown-zone") from None
    shared = f"{who.name} {named} {how.model_dump_json()}"
    return _begun(parts, "twin.fit", _fitting(parts, who.actor(), named, how), shared=shared)


@router.post(
    "/campaigns/{campaign}/twin:check", responses={200: {"model": TwinShape, "description": "Checked"}, **_BEGUN}
)
def check_twin(campaign: Named, parts: Here, who: Operator) -> Response:
    """Hold the kept twin against what was measured after its data; a drift that is found is kept with it."""
    named = campaign_id(campaign)

    def work() -> dict[str, Json]:
        from paceline.bootstrap.twin_fitting import checked_twin
        from paceline.twin.kept import By

        system, by = parts.system, By(actor=who.actor(), reason="twin:check")
        found = checked_twin(system, system.records, named, by, opened=lambda: nullcontext(system))
        if found is None:
            raise no_twin(named)
        twin, checked = found
        return {**twin_document(twin), "newer": checked.document()}

    return _begun(parts, "twin.check", work, shared=f"{who.name} {named}")


def _begun(parts: Parts, kind: str, work: Work, *, shared: str) -> Response:
    return answer_within(parts.operations.begin_search(kind, work, shared=f"{kind} {shared}"), _WAIT_S)


def _search(body: OptimisationBody, scenario: Scenario, terms: Terms | None, seed: int) -> Best:
    """Return the best pacing for a scenario, looked for in this thread alone."""
    from paceline.optimizer.best.pacing import Wish, best_pacing
    from paceline.simulation.scenario import Policy

    compares = body.policy == "best"
    policy = None if compares or body.policy is None else Policy(body.policy)
    return best_pacing(scenario, Wish(policy=policy, compare=compares, terms=terms, seed=seed))


def _fitting(parts: Parts, actor: Actor, campaign: CampaignId, how: TwinBody) -> Work:
    def work() -> dict[str, Json]:
        from paceline.bootstrap.twin_fitting import HowFitted, fitted_on_records, fitted_on_statistics
        from paceline.twin.kept import By

        system, by = parts.system, By(actor=actor, reason=how.reason, ticket=how.ticket)
        fitting = HowFitted(days=how.days, split=how.split, zone=how.zone, seed=how.seed)
        found = None
        if how.source != "platform" and system.records is not None:
            found = fitted_on_records(system, system.records, campaign, fitting, by, tell=_unheard)
        if found is None and how.source == "records":
            found = f"no call records are kept; import some: paceline data import FILE --campaign {campaign}"
        if found is None:
            found = fitted_on_statistics(system, campaign, fitting, by, tell=_unheard)
        if isinstance(found, str):
            raise ProblemError(422, f"no twin of campaign {campaign}: {found}", code="no-data")
        return twin_document(found)

    return work


def _unheard(_words: str) -> None:
    """Hear what is told meanwhile: whoever asked looks at the operation."""
