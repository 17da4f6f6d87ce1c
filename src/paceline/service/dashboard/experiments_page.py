"""*Experiments*: two settings of a campaign compared block by block, what the planned looks showed, and who may end it.

What is between two looks is not told: whoever looks more often than was planned errs more often.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Part
from paceline.control.experiments.engine import CALM, RESTS
from paceline.control.experiments.experiments import NoExperimentError, OvertakenError
from paceline.control.experiments.looking import last_evidence
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.settings import in_words
from paceline.control.experiments.standing import Experiment, Phase
from paceline.control.experiments.starting import Began
from paceline.control.order import Order
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard.awaiting import UNSEEN, unseen_for
from paceline.service.dashboard.blocks_picture import drawn
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.evidence_shown import rows_of
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import named_one

router = APIRouter(include_in_schema=False)
"""The routes of experiments."""
SHOWN = 100
"""So many experiments are listed at most."""
BLOCKS = 96
"""So many blocks that are over are told in numbers at most, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What a person can do to an experiment: word, label, what it does, in which phases, and whether it is grave."""

    word: str
    label: str
    what: str
    phases: frozenset[Phase]
    grave: bool = False


VERBS = {
    verb.word: verb
    for verb in (
        Verb(word="start", label="Start", phases=frozenset({Phase.PLANNED, Phase.PAUSED}),
             what="Blocks get their settings from now on, each by a change of its own. Blocks that went by are "
             "dropped with their pair."),
        Verb(word="pause", label="Pause", phases=frozenset({Phase.RUNNING}),
             what="The old setting is made live until somebody starts it again. Blocks go by meanwhile, and are "
             "dropped with their pair."),
        Verb(word="abort", label="Abort", phases=frozenset({Phase.PLANNED, Phase.RUNNING, Phase.PAUSED}), grave=True,
             what="It ends for good, with the old setting live. What it measured so far stays in the ledger, and "
             "speaks for nothing."),
    )
}  # fmt: skip
"""What can be done, by its word."""


@router.get("/experiments")
def show_experiments(request: Request, parts: Here, who: Viewing) -> Response:
    """Show all experiments, those under way first."""
    found = parts.system.experiments.listed()
    found.sort(key=lambda one: (not one.phase.is_under_way, one.phase is not Phase.PLANNED, -one.entry))
    shown = [(one, address_of(one.campaign), in_words(one.new)) for one in found[:SHOWN]]
    return render(
        request, "experiments.html", who, shown=shown, more=max(len(found) - SHOWN, 0), campaigns=_known(parts)
    )


@router.get("/experiments/{campaign}")
def show_experiment(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show the last experiment of a campaign, block by block."""
    return render(request, "experiment.html", who, **_shown(parts, who, campaign_id(campaign)))


@router.get("/experiments/{campaign}/now")
def show_standing(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show where an experiment stands: the part of its page that is asked for again."""
    return render(request, "experiment_inside.html", who, **_shown(parts, who, campaign_id(campaign)))


@router.get("/experiments/{campaign}/{verb}")
def ask(
    campaign: Named, verb: Annotated[str, Path(max_length=20)], request: Request, parts: Here, who: Operating
) -> Response:
    """Show what will happen to an experiment, and ask."""
    asked, experiment = verb_of(verb), parts.system.experiments.of(campaign_id(campaign))
    may = experiment.phase in asked.phases
    return render(request, "experiment_ask.html", who, verb=asked, one=experiment, may=may, page=address_of(campaign))


@router.post("/experiments/{campaign}/{verb}")
def do(
    campaign: Named, verb: Annotated[str, Path(max_length=20)], request: Request, parts: Here, who: Operating
) -> Response:
    """Do it, and show where the experiment stands then."""
    asked, named, back, desk = verb_of(verb), campaign_id(campaign), address_of(campaign), parts.system.experiment_desk
    done: dict[str, Callable[[CampaignId, Order], Experiment | Began]] = {
        "start": desk.start, "pause": desk.pause, "abort": desk.abort,
    }  # fmt: skip
    try:
        _hold_to_what_was_shown(parts, named, who)
        came = done[asked.word](named, order_of(who))
    except PacelineError as error:
        return not_done(request, who, error, back=back)
    one = came.experiment if isinstance(came, Began) else came
    findings = _findings(came) if isinstance(came, Began) else []
    return render(request, "experiment_done.html", who, verb=asked, one=one, findings=findings, back=back)


def verb_of(word: str) -> Verb:
    """Return what can be done under a word.

    Raises:
        ProblemError: there is nothing of that name.
    """
    return named_one(word, VERBS)


def address_of(campaign: str) -> str:
    """Return the address of a campaign's experiment."""
    return f"/experiments/{segment(campaign)}"


def _known(parts: Parts) -> list[str]:
    """Return campaigns that an experiment may be planned for, the first hundred; none while the platform is away."""
    try:
        return [str(row.campaign) for row in parts.live.look().rows[:SHOWN]]
    except PacelineError:
        return []


def _shown(parts: Parts, who: Visitor, campaign: CampaignId) -> dict[str, Any]:
    around = {
        "campaign": campaign, "page": address_of(campaign), "campaign_page": f"/campaigns/{segment(campaign)}",
    }  # fmt: skip
    try:
        one = parts.system.experiments.of(campaign)
    except NoExperimentError:
        parts.system.foresight.seen(campaign, Part.CAMPAIGN)  # a campaign that there is none of is said to be none
        return {**around, "one": None}
    look = last_evidence(one)
    evidence = None if look is None else look["evidence"]
    known = {record.number: record for record in one.blocks}
    over = [(block, known[block.number]) for block in one.plan.blocks if block.number in known]
    return {
        **around,
        "one": one,
        "old": in_words(one.old),
        "new": in_words(one.new),
        "unseen": _unseen(parts, one),
        "blocks": drawn(one.plan, one.blocks, here=_here(one)),
        "over": over[-BLOCKS:],
        "look": look,
        "evidence": evidence,
        "rows": [] if not isinstance(evidence, dict) else rows_of(evidence),
        "verbs": [verb for verb in VERBS.values() if one.phase in verb.phases] if who.is_operator else [],
    }


def _unseen(parts: Parts, one: Experiment) -> timedelta | None:
    """Return how long nobody has looked at an experiment that is under way; None where it is not long."""
    if not one.phase.is_under_way or one.looked is None:
        return None
    is_watched = one.live is Setting.NEW or one.going is not None or one.phase is Phase.ENDING
    pause = timedelta(0) if is_watched else RESTS if one.plan.at(one.looked) is None else CALM
    return unseen_for(parts, one.looked, longest=pause + UNSEEN)


def _here(one: Experiment) -> int | None:
    """Return the number of the block that was under way when somebody looked last."""
    if one.phase is not Phase.RUNNING or one.looked is None:
        return None
    block = one.plan.at(one.looked)
    return None if block is None else block.number


def _hold_to_what_was_shown(parts: Parts, campaign: CampaignId, who: Visitor) -> None:
    """Hold what is sent to the experiment that the question was about.

    Raises:
        OvertakenError: another one was planned since.
    """
    shown = who.said("experiment")
    if shown and shown != str(parts.system.experiments.of(campaign).entry):
        raise OvertakenError("another experiment was planned since you looked", hint="look at it first")


def _findings(came: Began) -> list[dict[str, object]]:
    judged = () if came.judged is None else came.judged.findings
    return [dict(one.document()) for one in (*came.findings, *judged)]
