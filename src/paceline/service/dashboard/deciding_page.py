"""Approve, reject, withdraw, undo: what will happen is shown first, then it is done and told how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.catalogue import AnyChange, SettingsChange
from paceline.control.approving.asked import Asked
from paceline.control.foresight import Foreseen
from paceline.control.outcome import Outcome
from paceline.control.undoing import way_back
from paceline.control.unended import due_of
from paceline.ledger.failures import EntryClosedError, EntryNotFoundError
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId
from paceline.service.dashboard.change_shown import change_shown
from paceline.service.dashboard.changes_page import Number
from paceline.service.dashboard.endings import headline, is_good
from paceline.service.dashboard.evidence_shown import rows_of
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.questions import calls_of
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Approving, Operating, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError, status_of
from paceline.service.routes.changes import not_waiting

router = APIRouter(include_in_schema=False)
"""The routes of what is done about changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that a person can do about a change: its word, its label, what it does, and how."""

    word: str
    label: str
    what: str
    do: Callable[[Parts, EntryId, Visitor], Outcome]


def _approve(parts: Parts, number: EntryId, who: Visitor) -> Outcome:
    return parts.system.approvals.approve(number, order_of(who))


def _reject(parts: Parts, number: EntryId, who: Visitor) -> Outcome:
    return parts.system.approvals.reject(number, order_of(who))


def _cancel(parts: Parts, number: EntryId, who: Visitor) -> Outcome:
    try:
        return parts.system.agenda.cancel(number, order_of(who))
    except (EntryNotFoundError, EntryClosedError) as late:
        raise not_waiting(parts, parts.system.book.read(number)) from late


def _undo(parts: Parts, number: EntryId, who: Visitor) -> Outcome:
    outcome, _back = parts.system.undoing.undo(number, order_of(who))
    return outcome


APPROVE = Decision(
    word="approve",
    label="Approve",
    what="It is judged again on what is there now, and made at once, or at its hour where it has one.",
    do=_approve,
)
REJECT = Decision(word="reject", label="Reject", what="It ends as refused, and nothing is sent.", do=_reject)
CANCEL = Decision(word="cancel", label="Withdraw", what="It is not made, and nothing is sent.", do=_cancel)
UNDO = Decision(
    word="undo",
    label="Undo",
    what="A new change leads back to the state before. Nothing is done where somebody has changed the state since.",
    do=_undo,
)
_WANTED = {"reject": "refused", "cancel": "expired"}
"""How what was decided ends when all is well, where that is no good end for a change that somebody wanted."""


@router.get("/changes/{number}/approve")
def ask_to_approve(number: Number, request: Request, parts: Here, who: Approving) -> Response:
    """Show what is approved, and ask."""
    return _asked(request, parts, who, APPROVE, EntryId(number))


@router.post("/changes/{number}/approve")
def approve(number: Number, request: Request, parts: Here, who: Approving) -> Response:
    """Approve a change as a second person."""
    return _done(request, parts, who, APPROVE, EntryId(number))


@router.get("/changes/{number}/reject")
def ask_to_reject(number: Number, request: Request, parts: Here, who: Approving) -> Response:
    """Show what is rejected, and ask."""
    return _asked(request, parts, who, REJECT, EntryId(number))


@router.post("/changes/{number}/reject")
def reject(number: Number, request: Request, parts: Here, who: Approving) -> Response:
    """Reject a change as a second person."""
    return _done(request, parts, who, REJECT, EntryId(number))


@router.get("/changes/{number}/cancel")
def ask_to_cancel(number: Number, request: Request, parts: Here, who: Operating) -> Response:
    """Show what is withdrawn, and ask."""
    return _asked(request, parts, who, CANCEL, EntryId(number))


@router.post("/changes/{number}/cancel")
def cancel(number: Number, request: Request, parts: Here, who: Operating) -> Response:
    """Withdraw a change that waits."""
    return _done(request, parts, who, CANCEL, EntryId(number))


@router.get("/changes/{number}/undo")
def ask_to_undo(number: Number, request: Request, parts: Here, who: Operating) -> Response:
    """Show the way back, and ask."""
    return _asked(request, parts, who, UNDO, EntryId(number))


@router.post("/changes/{number}/undo")
def undo(number: Number, request: Request, parts: Here, who: Operating) -> Response:
    """Lead a campaign back to the state before a change."""
    return _done(request, parts, who, UNDO, EntryId(number))


def _asked(request: Request, parts: Parts, who: Visitor, decision: Decision, number: EntryId) -> Response:
    """Show what will happen, or why it cannot be."""
    try:
        shown = change_shown(parts, number, who)
        entry = parts.system.book.read(number)
        asked: Asked | None = None
        change: AnyChange | None = None
        if decision in {APPROVE, REJECT}:
            asked, change = parts.system.approvals.asked(number), parts.system.approvals.change(number)
        elif decision is CANCEL and shown.stage is None:
            raise not_waiting(parts, entry)
        elif decision is UNDO:
            change = way_back(entry).change
        foreseen, unseen = (None, None) if decision is REJECT else _foreseen(parts, change)
    except PacelineError as error:
        return not_done(request, who, error, back=f"/changes/{number}")
    forecast = None if foreseen is None else foreseen.situation.forecast
    data = None if foreseen is None else foreseen.situation.evidence
    evidence = None if data is None else data.document()
    against = None if asked is None or decision is REJECT else asked.against(who.name)
    return render(
        request,
        "decide.html",
        who,
        decision=decision,
        one=shown,
        number=number,
        due=due_of(entry),
        asked=asked,
        way=change if decision is UNDO else None,
        unseen=unseen,
        foreseen=foreseen,
        findings=[] if foreseen is None else [one.document() for one in foreseen.findings],
        against=against,
        forecast=None if forecast is None else forecast.document(),
        evidence=evidence,
        rows=[] if evidence is None else rows_of(evidence),
    )


def _done(request: Request, parts: Parts, who: Visitor, decision: Decision, number: EntryId) -> Response:
    """Do it, and show how it ended."""
    back = f"/changes/{number}"
    try:
        outcome = decision.do(parts, number, who)
    except PacelineError as error:
        return not_done(request, who, error, back=back)
    as_wanted = outcome.word == _WANTED.get(decision.word)
    told = f"{decision.label}: as wanted, it ended as {outcome.word}" if as_wanted else headline(outcome)
    good = as_wanted or is_good(outcome)
    return render(request, "outcome.html", who, outcome=outcome.document(), told=told, good=good, back=back)


def not_done(request: Request, who: Visitor, error: PacelineError, *, back: str) -> Response:
    """Show in the dialog why something was not done, with the status that a program would be answered with."""
    told: Mapping[str, str | None] = {"message": error.message, "hint": error.hint, "code": error.code}
    status = error.status if isinstance(error, ProblemError) else status_of(error)
    return render(request, "not_done.html", who, status=status, error=told, back=back)


def _foreseen(parts: Parts, change: AnyChange | None) -> tuple[Foreseen | None, str | None]:
    """Return what would become of a change now, or why nobody can tell."""
    if change is None:
        return None, None
    try:
        # Seen now: by a look of a moment ago, what was changed since would be so already.
        observed = parts.system.platform.read(change.campaign, part=change.part, lane=change.lane)
        if isinstance(change, SettingsChange):
            return parts.system.foresight.of_look(change, observed), None
        row = parts.live.row(change.campaign)
        live = calls_of(None if row is None else row.live)
        [found] = parts.system.foresight.of_many(lambda _campaign: change, [observed], lambda _campaign: live)
    except PacelineError as away:
        return None, away.message
    return found, None
