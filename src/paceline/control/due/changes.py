"""Makes the changes of the agenda whose hour has come.

Rules:
* The hour is the platform's, asked for or reckoned anew before each change. When it has come, the change is judged as
  any other: state, revision, who else is at it. What changed meanwhile is told, and nothing is forced
  (`judgement`).
* A pause or stop is tried until it is made, however late; how late is told. Everything else expires when it is later
  than its order allows.
* Pauses and stops go before everything else that is due. When one finds the platform away, the others wait too, and
  come back together. One that is not made yet for a reason of its own (`endings`) holds what else is due of its
  campaign, and no other.
* A resumption gives way to a pause or stop that was planned for later than it, or ordered since: it ends as a conflict.
* What wants approval by a second person, and has it not, is not made: it expires when its time is over.
* What cannot be made for a fault that nobody foresaw holds up no other: it ends as failed. A pause or stop, and what a
  newer paceline may know, is tried again instead, and says why. Only work without an entry is put aside, with a note.
* What a worker had sent when it died, or what was never answered, is looked for before anything else is said of it: a
  resumption that took effect is told as such, whatever came since.
* Who is told to end gives back what it has not begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event
from typing import assert_never

from paceline.campaign.catalogue import UnknownChangeError, change_of, ends_dialing
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Observed, Stage
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.agenda.agenda import ROOM
from paceline.control.agenda.planned import Planned
from paceline.control.approving.desk import ApprovalDesk
from paceline.control.approving.findings import approval_expired
from paceline.control.due.closing import DueClosing, Left
from paceline.control.due.endings import may_succeed_later
from paceline.control.due.judgement import Due, DueJudgement
from paceline.control.kept import Opened
from paceline.control.order import order_of
from paceline.control.outcome import Applied, Conflicted, Expired, Failed, Failure, InDoubt, Outcome
from paceline.control.pipeline import Corridor
from paceline.control.platform_time import PlatformTime
from paceline.control.recorder import Recorder
from paceline.control.settlement import (
    Became,
    DidNotHappen,
    Happened,
    NobodyKnows,
    Settlement,
    Untouched,
    change_in,
)
from paceline.control.told import stopped_since
from paceline.control.weighing.weighed import weighed_in
from paceline.ledger.entry import Step
from paceline.ledger.failures import EntryNotFoundError, LedgerUnavailableError
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.leases import Claim, Leases

AT_ONCE = 50
"""How many due changes are claimed together."""
READ_SINGLY = 10
"""Up to so many pauses and stops that are due together are read one by one; more are read by the list."""
_PLATFORM_AWAY = Failure(code="platform-away", message="the platform is away; a pause or stop goes first")
_NOTHING: Mapping[CampaignId, Observed] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of the changes that were due: those that ended, how many wait on, and the work that was put aside."""

    ended: tuple[Outcome, ...] = ()
    waiting: int = 0
    aside: tuple[str, ...] = ()


class DueChanges:
    """Makes what is due of one tenant; any number of processes may work on it."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        corridor: Corridor,
        settlement: Settlement,
        judgement: DueJudgement,
        closing: DueClosing,
        leases: Leases,
        desk: ApprovalDesk,
    ) -> None:
        """Join what keeps changes and what makes them."""
        self._closing = closing
        self._platform = platform
        self._desk = desk
        self._recorder = recorder
        self._corridor = corridor
        self._settlement = settlement
        self._judgement = judgement
        self._leases = leases
        self._tenant = recorder.book.tenant

    def run(self, time: PlatformTime, *, is_fresh: bool, told_to_end: Event | None = None) -> Ran:
        """Make what is due by the platform's time, pauses and stops first.

        Args:
            time: the platform's time; asking it shows too whether the platform is away for everybody.
            is_fresh: whether it was asked for just now; else it is before anything is made by it.
            told_to_end: when it is set, nothing more is begun.

        Raises:
            LedgerUnavailableError: what was claimed comes back after its lease.
        """
        now = time.now()
        if now is None:
            return Ran()
        claims = self._leases.claim(self._tenant, ROOM, now_ns=ns_of(now), limit=AT_ONCE)
        if not claims:
            return Ran()
        # A stop is tried all the same; for everything else an estimate is not good enough.
        away = not is_fresh and not _answers(time)
        ended: list[Outcome] = []
        aside: list[str] = []
        waiting = 0
        # All of them are kept from the start: the last may wait long for its turn.
        with self._leases.kept(claims):
            listed = _NOTHING if away else self._listed(claims)
            for place, claim in enumerate(claims):
                if told_to_end is not None and told_to_end.is_set():
                    self._closing.give_back(claims[place:])
                    break
                if claim.is_over() and not self._leases.extend([claim]):
                    continue
                away = away or (time.is_old and not _answers(time))
                with self._recorder.owner.at_entry(int(claim.work.key)):
                    # Whoever asks a platform that is away for everybody makes a storm of it.
                    is_held = away and claim.work.lane != Lane.STOPPING
                    outcome = self._tried(claim, time.now() or now, is_held=is_held, listed=listed)
                # One campaign that nobody can look at is no reason to hold the others.
                away = away or (outcome is Left.AWAY and not _answers(time))
                if isinstance(outcome, Outcome):
                    ended.append(outcome)
                elif outcome is Left.ASIDE:
                    aside.append(f"work {claim.work.key} belongs to no entry")
                elif outcome is not Left.TO_OTHERS:
                    waiting += 1
        return Ran(ended=tuple(ended), waiting=waiting, aside=tuple(aside))

    def run_claimed(self, claim: Claim, now: datetime) -> Outcome | Left:
        """Make one change that was claimed because it was approved, and is due by this instant of the platform.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with self._leases.kept([claim]), self._recorder.owner.at_entry(int(claim.work.key)):
            return self._tried(claim, now, is_held=False, listed=_NOTHING)

    def _listed(self, claims: Sequence[Claim]) -> Mapping[CampaignId, Observed]:
        """Return the campaigns of pauses and stops by one list, where they are many; what it showed is kept."""
        wanted = {claim.work.campaign for claim in claims if claim.work.lane == Lane.STOPPING}
        if len(wanted) <= READ_SINGLY:
            return _NOTHING
        try:
            shown = [one for one in self._platform.list(lane=Lane.STOPPING) if isinstance(one, Observed)]
        except PlatformError:
            return _NOTHING
        self._recorder.saw(shown)
        return {one.campaign: one for one in shown if one.campaign in wanted}

    def _tried(
        self, claim: Claim, now: datetime, *, is_held: bool, listed: Mapping[CampaignId, Observed]
    ) -> Outcome | Left:
        """Return what came of one change; a fault in it holds up no other."""
        try:
            try:
                return self._held(claim, now, _PLATFORM_AWAY) if is_held else self._made(claim, now, listed)
            except (LedgerUnavailableError, EntryNotFoundError, UnknownChangeError):
                raise
            except (PacelineError, KeyError, TypeError, ValueError) as fault:
                if claim.work.lane == Lane.STOPPING:
                    raise
                return self._failed(claim, fault, now)
        except LedgerUnavailableError:
            raise
        except EntryNotFoundError as gone:
            return self._closing.put_aside(claim, gone)
        except (PacelineError, KeyError, TypeError, ValueError) as fault:
            return self._closing.tried_again(claim, fault, now)

    def _failed(self, claim: Claim, fault: Exception, now: datetime) -> Outcome | Left:
        """Close a change that stops nothing, and cannot be made for a fault in it; what was sent is in doubt."""
        due = self._due(claim)
        failure = Failure.of(fault) if isinstance(fault, PacelineError) else None
        # What another error says may hold what a ledger must not.
        failure = failure or Failure(code="fault", message=f"it could not be made for a fault: {type(fault).__name__}")
        ending = Failed(failure) if due.entry.intent is None else InDoubt(failure)
        return self._closing.close(claim, due, Outcome(change=due.change, ending=ending), now)

    def _made(self, claim: Claim, now: datetime, listed: Mapping[CampaignId, Observed]) -> Outcome | Left:
        """Return how a change that is due ended, or that it did not."""
        due = self._due(claim)
        if due.order.approval is not None and (due.asked is None or due.asked.given is None):
            return self._unapproved(claim, due, now)
        if due.order.due is not None and now < due.order.due:
            return self._closing.back(claim, due.order.due)
        became = self._became(due)
        outcome = self._ended_by_now(due, became, now)
        if outcome is None:
            first = self._goes_first(due, now)
            if first is not None:
                return self._held(claim, now, _goes_first(first))
            outcome = self._carried(due, listed if became is None else _NOTHING)
        if may_succeed_later(outcome, due.order) and not due.is_too_late(now):
            return self._closing.postponed(claim, due, outcome, now)
        return self._closing.close(claim, due, outcome, now)

    def _due(self, claim: Claim) -> Due:
        """Return what was claimed: what was approved without an hour is due since it was approved."""
        entry = self._recorder.book.read(EntryId(int(claim.work.key)))
        change, order = change_of(change_in(entry)), order_of(entry)
        asked = None if order.approval is None else self._desk.of(entry.number)
        # What was to be made at once was planned for when it was asked for, whenever it was approved.
        planned_for = order.due if asked is None or order.due is not None else asked.at
        if order.due is None and asked is not None and asked.given is not None:
            order = replace(order, due=asked.given.at)
        return Due(
            entry=entry,
            change=change,
            order=order,
            planned_for=planned_for,
            planned_on=Planned.of(claim.work.payload),
            asked=asked,
        )

    def _unapproved(self, claim: Claim, due: Due, now: datetime) -> Outcome | Left:
        """Return that a change expires for which approval never came; before that time it waits on."""
        asked = due.asked
        if asked is not None and now < asked.until:
            return self._closing.back(claim, asked.until)
        found = Findings(approval_expired(None if asked is None else asked.until))
        outcome = Outcome(change=due.change, ending=Expired(), findings=found)
        return self._closing.close(claim, replace(due, order=replace(due.order, due=None)), outcome, now)

    def _became(self, due: Due) -> Became | None:
        """Return what became of what was sent for a change when a worker died, or was not answered; None of nothing.

        A stop is sent again as it was; everything else is judged again where it has not happened.
        """
        sent = self._settlement.sent_of(due.entry, due.change)
        if sent is None:
            return None
        lane = due.change.lane
        untouched = Untouched.SEND if lane is Lane.STOPPING else Untouched.LEAVE
        return self._settlement.find_out(due.change, sent, lane=lane, untouched=untouched)

    def _ended_by_now(self, due: Due, became: Became | None, now: datetime) -> Outcome | None:
        """Return how a change has ended before it is tried: by what was sent of it, or by what stands against it."""
        before = None
        match became:
            case Happened(made):
                ending, said = Applied(became.verdict_on(due.change)), weighed_in(due.entry)
                return Outcome(change=due.change, ending=ending, after=made, weighed=said)
            case NobodyKnows(observed, error):
                said = weighed_in(due.entry)
                return Outcome(change=due.change, ending=_unknown(error), before=observed, weighed=said)
            case DidNotHappen(observed):
                before = observed
            case None:
                pass
            case _:
                assert_never(became)
        stop = self._judgement.stopped_since(due)
        if stop is not None:
            found = Findings(stopped_since(stop))
            return Outcome(change=due.change, ending=Conflicted(), findings=found, before=before)
        return Outcome(change=due.change, ending=Expired(), before=before) if due.is_too_late(now) else None

    def _goes_first(self, due: Due, now: datetime) -> EntryId | None:
        """Return the pause or stop of the same campaign that is due, and not made yet."""
        if due.change.lane is Lane.STOPPING:
            return None
        for other in self._recorder.unended(campaigns=[due.change.campaign], stage=Stage.WAITING):
            if other.entry == due.entry.number or not ends_dialing(other.kind):
                continue
            planned = order_of(self._recorder.book.read(other.entry)).due
            if planned is not None and planned <= now:
                return other.entry
        return None

    def _held(self, claim: Claim, now: datetime, why: Failure) -> Outcome | Left:
        """Return how a change ended that is not tried now."""
        due = self._due(claim)
        outcome = self._ended_by_now(due, self._became(due), now) if due.is_too_late(now) else None
        if outcome is not None:
            return self._closing.close(claim, due, outcome, now)
        return self._closing.postponed(claim, due, Outcome(change=due.change, ending=Failed(why)), now)

    def _carried(self, due: Due, listed: Mapping[CampaignId, Observed]) -> Outcome:
        change, entry = due.change, due.entry
        unended = self._recorder.unended(campaigns=[change.campaign])
        opened = Opened(
            entry=entry.number,
            mark=entry.rows[0].hash,
            others=tuple(one for one in unended if one.entry != entry.number),
            stops=change.lane is Lane.STOPPING,
            resumes=isinstance(change, Resume),
            tries=sum(row.step is Step.INTENT for row in entry.rows),
        )
        seen = listed.get(change.campaign)
        # What would not be sent has to be so now, not when the list was read.
        seen = None if seen is None or change.already_so(seen) else seen
        return self._corridor.carried(change, due.order, opened, seen=seen, judge=self._judgement.judge(due))


def _answers(time: PlatformTime) -> bool:
    try:
        time.look()
    except PlatformError:
        return False
    return True


def _goes_first(entry: EntryId) -> Failure:
    why = f"entry {entry} goes first: a pause or stop of this campaign that is due and has not come to its end"
    return Failure(code="goes-first", message=why)


def _unknown(error: PlatformError | None) -> InDoubt:
    unknown = Failure(code="in-doubt", message="it was sent and never answered")
    return InDoubt(unknown if error is None else Failure.of(error))
