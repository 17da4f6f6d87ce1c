"""The rows of *Campaigns*: what stands in each, and what a need leads to. A row is made once for each look and role."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from paceline.campaign.observed import State
from paceline.campaign.statistics import Tally
from paceline.compliance.abandonment import Measured, allowance
from paceline.control.abandonment.remaining import Standing as Held
from paceline.control.attention import Need, Urgency, worst_of
from paceline.control.wall import WallLook, WallRow
from paceline.service.dashboard.pages import segment, templates
from paceline.service.dashboard.shown import number

STEEP = 0.06
"""The abandon rate at the upper edge of its picture."""
CEILING = 0.03
"""Where a line is drawn across: the ceiling of the law for sales in the US."""
URGENT = Urgency.BREACHED
"""As urgent as this, or more: drawn as such."""


_POSSIBLE = {
    State.ACTIVE: [("pause", "Pause"), ("stop", "Stop")],
    State.PAUSED: [("resume", "Resume"), ("stop", "Stop")],
    State.STOPPED: [("resume", "Resume")],
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where the one action of a need leads; a question opens beside what one looks at."""

    address: str
    is_question: bool = False


def row_id(campaign: str) -> str:
    """Return the id of a campaign's row on a page: one that any selector can hold."""
    return f"row-{hashlib.sha256(campaign.encode()).hexdigest()[:16]}"


def way_of(need: Need, campaign: str, *, is_operator: bool) -> Way:
    """Return where the action of a need leads."""
    page = f"/campaigns/{segment(campaign)}"
    match need.urgency:
        case Urgency.FROZEN_DIALING if is_operator:
            return Way(f"{page}/stop", is_question=True)
        case Urgency.FROZEN if is_operator:
            return Way(f"{page}/unfreeze", is_question=True)
        case Urgency.BREACHED if is_operator:
            return Way(f"{page}/ease-off", is_question=True)
        case Urgency.APPROACHING:
            return Way(f"{page}#abandonment")
        case Urgency.TAKEN_BACK:
            return Way(f"/rollouts/{segment(campaign)}")
        case Urgency.IN_DOUBT | Urgency.LATE | Urgency.APPROVAL | Urgency.CHANGED_OUTSIDE if need.entry is not None:
            return Way(f"/changes/{need.entry}")
        case _:
            return Way(page)


def verbs_of(row: WallRow) -> list[tuple[str, str]]:
    """Return what may be asked for a campaign as it is: the verb, and its label."""
    state = row.observed.state
    if state is State.ARCHIVED:
        return []
    if row.frozen:
        return [("stop", "Stop"), ("unfreeze", "Unfreeze")] if state is State.ACTIVE else [("unfreeze", "Unfreeze")]
    possible = _POSSIBLE[state]
    return [*possible, ("freeze", "Freeze")]


def row_text(row: WallRow, *, is_operator: bool) -> str:
    """Return one campaign as a row of the table."""
    return templates().get_template("campaign_row.html").render(
        row=row,
        id=row_id(row.campaign),
        page=f"/campaigns/{segment(row.campaign)}",
        needs=[(need, way_of(need, row.campaign, is_operator=is_operator)) for need in row.needs],
        verbs=verbs_of(row) if is_operator else [],
        is_operator=is_operator,
        is_urgent=row.urgency <= URGENT,
        worst=worst_of(row.account),
        left=left_of(row),
        steep=STEEP,
        ceiling=CEILING,
    )  # fmt: skip


def left_of(row: WallRow) -> str:
    """Return how many more calls may be abandoned before the period ends, in a few words; empty before any answer."""
    worst = worst_of(row.account)
    if worst is None or worst.counts is None or not worst.counts.answered:
        return ""
    if worst.standing is Held.BREACHED:
        return "over the ceiling"
    if worst.to_come is not None:
        return f"{number(worst.to_come.remaining[0])} left"
    told = Measured(abandoned=worst.counts.abandoned, answered_live=worst.counts.answered)
    return f"{number(allowance(worst.ceiling, told))} left"


class Rows:
    """Makes the rows of a look, each once for everybody who watches; serves all threads."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lock = threading.Lock()
        self._look: WallLook | None = None
        self._texts: dict[tuple[str, bool], str] = {}

    def texts(self, look: WallLook, rows: Sequence[WallRow], *, is_operator: bool) -> dict[str, str]:
        """Return the text of each of these rows, by the campaign's id, in their order."""
        with self._lock:
            if self._look is not look:
                self._look, self._texts = look, {}
            texts = self._texts
        found = {}
        for row in rows:
            key = (row.campaign, is_operator)
            if key not in texts:
                texts[key] = row_text(row, is_operator=is_operator)
            found[str(row.campaign)] = texts[key]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All campaigns in a few figures: how many need a person, how many are in which state, who is doing what."""

    needing: int
    states: dict[str, int]
    working: int
    available: int
    hour: Tally


def standing_of(look: WallLook) -> Standing:
    """Return a look in a few figures."""
    lives = [row.live for row in look.rows if row.live is not None]
    return Standing(
        needing=sum(row.urgency is not Urgency.NOTHING for row in look.rows) + len(look.unreadable),
        states={state.value: sum(row.observed.state is state for row in look.rows) for state in State},
        working=sum(live.agents_talking for live in lives),
        available=sum(live.agents_available for live in lives),
        hour=sum((row.hour for row in look.rows), Tally()),
    )
