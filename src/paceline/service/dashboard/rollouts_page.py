"""*Rollouts*: pacings that are applied in steps, with the evidence for each decision and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Part
from paceline.control.order import Order
from paceline.control.rollout.evidence import Block
from paceline.control.rollout.plan import MOST_STEPS, Plan
from paceline.control.rollout.rollouts import NoRolloutError
from paceline.control.rollout.standing import Phase, Rollout
from paceline.control.rollout.starting import Started, Terms
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import pacing_form
from paceline.service.dashboard.answering import answering
from paceline.service.dashboard.awaiting import unseen_for
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.endings import headline
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named, order_under
from paceline.service.dashboard.typed import not_a_value, whole
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Viewing, Visitor
from paceline.service.evidence import blocks_of
from paceline.service.parts import Here, Parts
from paceline.service.problems import named_one
from paceline.service.routes.rollouts import against_it

router = APIRouter(include_in_schema=False)
"""The routes of rollouts."""
SHOWN = 100
"""So many rollouts are listed at most."""
BLOCKS = 96
"""So many blocks of a step are shown at most, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What a person can do to a rollout: its word, label and what it does, in which phases, and whether it is grave."""

    word: str
    label: str
    what: str
    phases: frozenset[Phase]
    grave: bool = False


_GOING = frozenset({Phase.RUNNING, Phase.PAUSED})
VERBS = {
    verb.word: verb
    for verb in (
        Verb(word="pause", label="Pause", phases=frozenset({Phase.RUNNING}),
             what="It stays at its step until a person says otherwise. What harms is undone all the same."),
        Verb(word="resume", label="Resume", phases=frozenset({Phase.PAUSED}), what="It goes on by evidence."),
        Verb(word="promote", label="Promote", phases=_GOING,
             what="It goes to its next step on your word, without waiting for evidence. The step is judged as any "
             "change is. After the last step it is over, and what was wanted stays."),
        Verb(word="undo", label="Undo", phases=_GOING | {Phase.COMPLETED},
             what="What was live before is made live again. Where somebody changed the pacing since, that is told, and "
             "nothing is sent."),
        Verb(word="abort", label="Abort", phases=_GOING | {Phase.UNDOING}, grave=True,
             what="It is taken back, and no other rollout of this campaign begins before a person clears that."),
        Verb(word="clear", label="Clear", phases=frozenset({Phase.UNDONE, Phase.ABORTED, Phase.CONFLICTED}),
             what="Rollouts of this campaign may begin again. Nothing is sent by this."),
    )
}  # fmt: skip
"""What can be done, by its word."""


def possible(rollout: Rollout) -> list[Verb]:
    """Return what can be done to a rollout as it stands."""
    return [
        verb
        for verb in VERBS.values()
        if rollout.phase in verb.phases and (verb.word != "clear" or rollout.latch is not None)
    ]


@router.get("/rollouts")
def show_rollouts(request: Request, parts: Here, who: Viewing) -> Response:
    """Show all rollouts: those under way and those that want a person first."""
    found = parts.system.rollouts.listed()
    found.sort(key=lambda one: (not one.phase.is_under_way, one.latch is None, -one.entry))
    shown = [(one, address_of(one.campaign)) for one in found[:SHOWN]]
    return render(request, "rollouts.html", who, shown=shown, more=max(len(found) - SHOWN, 0))


@router.get("/rollouts/{campaign}")
def show_rollout(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show the last rollout of a campaign, step by step."""
    return render(request, "rollout.html", who, **_shown(parts, who, campaign_id(campaign)))


@router.get("/rollouts/{campaign}/now")
def show_standing(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show where a rollout stands: the part of its page that is asked for again."""
    return render(request, "rollout_inside.html", who, **_shown(parts, who, campaign_id(campaign)))


@router.get("/rollouts/{campaign}/evidence")
def show_evidence(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show what was measured of the step that is live, block by block."""
    rollout, blocks, away = parts.system.rollouts.of(campaign_id(campaign)), tuple[Block, ...](), None
    try:
        blocks = blocks_of(parts.system, rollout)
    except PacelineError as error:
        away = error.message
    return render(request, "rollout_evidence.html", who, one=rollout, blocks=blocks[-BLOCKS:], away=away,
                  length=rollout.plan.block)  # fmt: skip


@router.get("/rollouts/{campaign}/start")
def ask_to_start(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show the form of a rollout, with the pacing that the address names."""
    named = campaign_id(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    live = pacing_form.values(seen.pacing)
    return render(
        request,
        "rollout_start.html",
        who,
        observed=seen,
        page=address_of(named),
        campaign_page=f"/campaigns/{segment(named)}",
        numbers=pacing_form.NUMBERS,
        live=live,
        values=pacing_form.tried(request.query_params, live),
        most_steps=MOST_STEPS,
        plan=Plan.__dataclass_fields__,
    )


@router.post("/rollouts/{campaign}/start")
def start(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Begin a rollout, and show what came of it."""
    named, back = campaign_id(campaign), address_of(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    typed, wrong = pacing_form.typed(named, who, seen.pacing), list[Finding]()
    terms = _terms(who, wrong)
    found = typed.findings + Findings(*wrong)
    if typed.change is None or terms is None:
        findings = [one.document() for one in found]
        return render(request, "not_sent.html", who, findings=findings, back=f"{back}/start")
    try:
        started = parts.system.rollout_desk.start(typed.change, terms, order_under(who, seen.at))
    except PacelineError as error:
        return not_done(request, who, error, back=f"{back}/start")
    return _ended(request, who, started, back)


@router.get("/rollouts/{campaign}/{verb}")
def ask(
    campaign: Named, verb: Annotated[str, Path(max_length=20)], request: Request, parts: Here, who: Operating
) -> Response:
    """Show what will happen to a rollout, and ask."""
    asked, rollout = verb_of(verb), parts.system.rollouts.of(campaign_id(campaign))
    may = asked in possible(rollout)
    return render(request, "rollout_ask.html", who, verb=asked, one=rollout, may=may, page=address_of(campaign))


@router.post("/rollouts/{campaign}/{verb}")
def do(
    campaign: Named, verb: Annotated[str, Path(max_length=20)], request: Request, parts: Here, who: Operating
) -> Response:
    """Do it, and show where the rollout stands then."""
    asked, named, back, desk = verb_of(verb), campaign_id(campaign), address_of(campaign), parts.system.rollout_desk
    shown = who.said("step")
    step = int(shown) if shown.isascii() and shown.isdigit() and len(shown) <= 3 else None
    done: dict[str, Callable[[CampaignId, Order], Rollout]] = {
        "pause": desk.pause, "resume": desk.resume, "promote": partial(desk.promote, step=step), "undo": desk.undo,
        "abort": desk.abort, "clear": desk.clear,
    }  # fmt: skip
    try:
        rollout = done[asked.word](named, order_of(who))
    except PacelineError as error:
        return not_done(request, who, error, back=back)
    return render(request, "rollout_done.html", who, verb=asked, one=rollout, back=back)


def verb_of(word: str) -> Verb:
    """Return what can be done under a word.

    Raises:
        ProblemError: there is nothing of that name.
    """
    return named_one(word, VERBS)


def address_of(campaign: str) -> str:
    """Return the address of a campaign's rollout."""
    return f"/rollouts/{segment(campaign)}"


def _shown(parts: Parts, who: Visitor, campaign: CampaignId) -> dict[str, Any]:
    rollout: Rollout | None = None
    try:
        rollout = parts.system.rollouts.of(campaign)
    except NoRolloutError:
        parts.system.foresight.seen(campaign, Part.CAMPAIGN)  # a campaign that there is none of is said to be none
    return {
        "one": rollout,
        "campaign": campaign,
        "unseen": None if rollout is None or not rollout.phase.is_under_way else unseen_for(parts, _last_look(rollout)),
        "page": address_of(campaign),
        "campaign_page": f"/campaigns/{segment(campaign)}",
        "steps": [] if rollout is None else [(step, rollout.pacing_at(step)) for step in range(rollout.last + 1)],
        "verbs": possible(rollout) if rollout is not None and who.is_operator else [],
    }


def _last_look(rollout: Rollout) -> datetime:
    return max(one for one in (rollout.looked, rollout.seen, rollout.began) if one is not None)


def _ended(request: Request, who: Visitor, started: Started, back: str) -> Response:
    against = against_it(started.findings)
    if started.rollout is not None:
        told, good = "The rollout has begun", True
    elif against:
        told, good = "Refused: no rollout begins", False
    else:
        told, good = headline(started.judged), False
    findings = [one.document() for one in (*started.findings, *started.judged.findings)]
    one = started.rollout
    asked = answering(who, f"{back}/start", [started.findings, started.judged.findings]) if one is None else None
    return render(
        request, "rollout_started.html", who, told=told, good=good, one=one, findings=findings, back=back,
        answering=asked,
    )  # fmt: skip


def _terms(who: Visitor, wrong: list[Finding]) -> Terms | None:
    """Return how the rollout is to go, None where something of it is no value: `wrong` says what."""
    steps = _number(who, "steps", 1, MOST_STEPS, wrong)
    interval, blind = _number(who, "interval_min", 0, 525_600, wrong), _number(who, "blind_min", 1, 525_600, wrong)
    answers, gain = _number(who, "least_answers", 1, 10**9, wrong), _gain(who, wrong)
    if steps is None and not wrong:
        wrong.append(not_a_value("steps", "", f"1 to {MOST_STEPS}"))
    if steps is None or wrong:
        return None
    return Terms(
        steps=steps,
        interval=None if interval is None else timedelta(minutes=interval),
        least_answers=answers,
        least_gain=gain,
        blind=None if blind is None else timedelta(minutes=blind),
    )


def _number(who: Visitor, name: str, least: int, most: int, wrong: list[Finding]) -> int | None:
    text = who.said(name)
    if not text:
        return None
    try:
        found = whole(text)
    except ValueError as error:
        wrong.append(not_a_value(name, text, str(error)))
        return None
    if not least <= found <= most:
        wrong.append(not_a_value(name, text, f"{least} to {most}"))
        return None
    return found


def _gain(who: Visitor, wrong: list[Finding]) -> float | None:
    text = who.said("least_gain_points")
    if not text:
        return None
    try:
        points = Decimal(text) if len(text) <= 20 and text.isascii() else Decimal("NaN")
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points < 100:
        wrong.append(not_a_value("least_gain_points", text, "points of occupancy, such as 0.5"))
        return None
    return float(points / 100)
