"""Undo: from the entry of a change to the change that leads back, which walks the corridor as any other.

Rules:
* Only what was applied is undone, and only when the state, the pacing or the weights before and after it are known and
  differ.
* The way back is the transition to the state before; where the table has none, the change is refused, and told how.
* Of a change of pacing, it is the pacing before, whole. It was live already, so the step limit does not hold it up; all
  else does: one that loosens is projected.
* Of a change of weights, it is the weights before, whole, or all of them at 0 where there were none. They were live
  already, so that neither the deviation nor the lack of data holds them up; law and what was measured do.
* Who undoes the undoing of such a change brings back what somebody took back: where that dials more boldly, it is a
  change like any other, and judged on data.
* A switch of an experiment is not undone: what was live before it may be the new setting, which nobody judged by data.
* When somebody has changed the state, the pacing or the weights since, nothing is done and that is told: the order
  names what the change left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from paceline.campaign.blocks import Pacing, Tuning, Weights
from paceline.campaign.catalogue import CATALOGUE, AnyChange, change_of
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed, State
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.boldness import bolder
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import JUDGED, MANUAL, Ground, undo_of
from paceline.control.order import OnConflict, Order, Override
from paceline.control.outcome import Outcome
from paceline.control.pipeline import Corridor
from paceline.control.settings_shown import pacing_from, tuning_from, weights_from
from paceline.control.settlement import change_in
from paceline.ledger.book import Book
from paceline.ledger.entry import Entry, Step
from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId

_ACTING = Tuning(enabled=True, trigger=MANUAL, drift_protection=True)
"""What a platform does with weights that nobody ever said anything of."""
_SET_ANEW = {SetDialingRules.kind: "dialing rules", SetSchedule.kind: "the schedule"}
"""What is judged as a whole by the law of the day: it is set anew, and not undone."""
STEP_ANSWERED_FOR = timedelta(days=1)
"""How long whoever undoes a change of pacing answers for the size of the step: until it is approved, at most."""


class NoWayBackError(PacelineError):
    """this entry cannot be undone"""

    code = "no-way-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsLeft:
    """Weights, and what the platform was to do with them, as a change left them."""

    weights: Weights
    tuning: Tuning | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """The change that leads back.

    Attributes:
        left: the state, the pacing or the weights that the change in question left the campaign in.
        version: the version that it left.
        detour: what to do where the table does not lead straight back.
    """

    change: AnyChange
    left: State | Pacing | WeightsLeft
    version: str
    detour: str

    def is_as_left(self, observed: Observed) -> bool:
        """Return whether nobody has changed since what the change in question changed."""
        match self.left:
            case State():
                return observed.state == self.left
            case Pacing():
                return observed.pacing == self.left
            case WeightsLeft(weights=weights, tuning=tuning):
                return observed.weights == weights and observed.tuning == tuning


class Undoing:
    """Leads campaigns back to the state before a change."""

    def __init__(self, *, platform: Platform, book: Book, corridor: Corridor) -> None:
        """Read entries from the book, and lead back through the corridor."""
        self._platform = platform
        self._book = book
        self._corridor = corridor

    def undo(self, number: EntryId, order: Order) -> tuple[Outcome, WayBack]:
        """Return how the way back ended, and the way itself; the order's reason is told with the entry's number.

        Raises:
            EntryNotFoundError: there is no such entry.
            NoWayBackError: the entry did nothing that could be undone; says why.
            PlatformError: the campaign cannot be looked at.
        """
        back = way_back(self._book.read(number))
        observed = self._platform.read(back.change.campaign, part=back.change.part, lane=back.change.lane)
        # What is not as the change left it names who has changed it: by the revision that the change left.
        expected = observed.version if back.is_as_left(observed) else back.version
        reason = f"undo of entry {number}" if order.reason is None else f"{order.reason} (undo of entry {number})"
        order = replace(order, reason=reason, if_revision=expected, on_conflict=OnConflict.REPORT)
        if isinstance(back.change, SetPacing):
            step = Override(rule="pacing.step-limit", until=observed.at + STEP_ANSWERED_FOR)
            order = replace(order, overrides=(*order.overrides, step))
        return self._corridor.run(back.change, order), back


def way_back(entry: Entry) -> WayBack:
    """Return the change that leads back to the state before an entry.

    Raises:
        NoWayBackError: the entry did nothing that could be undone; says why.
    """
    number = entry.number
    if entry.rows[0].step is not Step.OPENED:
        raise NoWayBackError(f"entry {number} is no change of a campaign's state: nothing was sent for it")
    campaign = entry.campaign
    if entry.kind not in CATALOGUE or campaign is None:
        raise NoWayBackError(f"entry {number} is {entry.kind}, no change of a campaign's state")
    if entry.is_open or entry.outcome == "scheduled":
        raise NoWayBackError(
            f"entry {number} has not been made yet", hint=f"withdraw it: paceline changes cancel {number}"
        )
    if entry.outcome != "applied" or entry.closed is None:
        raise NoWayBackError(f"entry {number} ended as {entry.outcome}: there is nothing to undo")
    details = part(entry.closed.document, "details")
    before, after = part(details, "before"), part(details, "after")
    if not before or not after:
        raise NoWayBackError(f"nobody saw the campaign before and after entry {number}, so nobody knows the way back")
    if entry.kind == SetPacing.kind:
        return _to_the_pacing_before(number, campaign, before, after)
    if entry.kind == SetWeights.kind:
        ground = _ground_of(entry)
        if ground in {Ground.EXPERIMENT, Ground.RETURN}:
            raise NoWayBackError(
                f"entry {number} is a switch of an experiment, which brings its old setting back by itself",
                hint=f"end it: paceline experiment abort {campaign}",
            )
        return _to_the_weights_before(number, campaign, before, after, is_undo=ground is Ground.UNDO)
    was, left = State(str(before["state"])), State(str(after["state"]))
    if was is left:
        raise _nothing_to_lead_back(entry, left)
    return WayBack(
        change=_leading_to(was, campaign),
        left=left,
        version=str(after["version"]),
        detour=f"resume {campaign} first, then bring it to {was}" if was is State.PAUSED else f"it was {was} before",
    )


def _nothing_to_lead_back(entry: Entry, left: State) -> NoWayBackError:
    number, what = entry.number, _SET_ANEW.get(entry.kind)
    if what is None:
        return NoWayBackError(f"entry {number} left the campaign {left}, as it was before")
    return NoWayBackError(
        f"entry {number} changed {what}, and no undo leads back from that",
        hint=f"set what was there before, as the entry has it: paceline audit show {number} -o json",
    )


def _ground_of(entry: Entry) -> Ground:
    change = change_of(change_in(entry))
    return change.basis.ground if isinstance(change, SetWeights) else Ground.JUDGED


def _to_the_pacing_before(
    number: EntryId, campaign: CampaignId, before: Mapping[str, Json], after: Mapping[str, Json]
) -> WayBack:
    shown, left_shown = part(before, "pacing"), part(after, "pacing")
    if not shown:
        raise NoWayBackError(
            f"the campaign had no pacing before entry {number}, so there is none to go back to",
            hint=f"go back to progressive dialing: paceline ease-off {campaign}",
        )
    try:
        was, left = pacing_from(shown), pacing_from(left_shown)
    except ValueError as wrong:
        raise NoWayBackError(f"the pacing before and after entry {number} cannot be read: {wrong}") from wrong
    if was == left:
        raise NoWayBackError(f"entry {number} left the pacing as it was before")
    return WayBack(
        change=SetPacing.to(campaign, was), left=left, version=str(after["version"]), detour="set it by its words"
    )


def _to_the_weights_before(
    number: EntryId, campaign: CampaignId, before: Mapping[str, Json], after: Mapping[str, Json], *, is_undo: bool
) -> WayBack:
    try:
        left = weights_from(part(after, "weights"))
        was = weights_from(part(before, "weights")) if part(before, "weights") else _at_nought(left)
        tunings = [tuning_from(part(one, "tuning")) if part(one, "tuning") else None for one in (before, after)]
    except ValueError as wrong:
        raise NoWayBackError(f"the weights before and after entry {number} cannot be read: {wrong}") from wrong
    if was == left and tunings[0] == tunings[1]:
        raise NoWayBackError(f"entry {number} left the weights as they were before")
    # Where nobody had said what the platform does with weights they acted, as they do when they are enabled.
    held = tunings[0] or (None if tunings[1] is None else replace(tunings[1], enabled=True))
    is_judged = is_undo and bool(bolder(left, tunings[1], was, held or _ACTING))
    return WayBack(
        change=SetWeights.to(campaign, was, held, basis=JUDGED if is_judged else undo_of(number)),
        left=WeightsLeft(weights=left, tuning=tunings[1]),
        version=str(after["version"]),
        detour="set them by their words",
    )


def _at_nought(weights: Weights) -> Weights:
    """Return weights that do nothing: none can be taken away altogether, and one at 0 is as good as gone."""
    return replace(weights, parameters=dict.fromkeys(weights.parameters, Decimal(0)))


def _leading_to(state: State, campaign: CampaignId) -> AnyChange:
    match state:
        case State.ACTIVE:
            return Resume(campaign=campaign)
        case State.PAUSED:
            return Pause(campaign=campaign)
        case State.STOPPED:
            return Stop(campaign=campaign)
        case State.ARCHIVED:
            raise NoWayBackError("no change leads to ARCHIVED")
