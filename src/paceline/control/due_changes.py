"""Makes the changes of the agenda whose hour has come.

Rules:
* The hour is the platform's. When it has come, the change is judged as any other: state, revision, who else is at it.
  What changed meanwhile is told, and nothing is forced.
* When the platform is away, a pause or stop is tried until it is made, however late; how late is told. Everything else
  expires when it is later than its order allows.
* Pauses and stops go before everything else that is due. When one finds the platform away, the others wait too, and
  come back together. One that is not made yet for a reason of its own (nobody knows what became of it, its campaign is
  locked) holds what else is due of its campaign, and no other.
* A resumption gives way to a pause or stop that was planned for later than it, or ordered since: it ends as a conflict.
* A stop that meets a lock is tried until the campaign yields, or somebody withdraws it.
* What wants approval by a second person, and has it not, is not made: it expires when its time is over.
* A change that nobody can read is put aside, and holds up no other.
* What a worker had sent when it died, or what was never answered, is looked for before anything is sent anew, or
  called expired.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import assert_never

from paceline.campaign.catalogue import AnyChange, change_of, ends_dialing
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Stage
from paceline.campaign.ports import PlatformError
from paceline.control.agenda import ROOM
from paceline.control.approval_desk import ApprovalDesk
from paceline.control.approval_findings import approval_expired, approved_by
from paceline.control.asked import Asked
from paceline.control.kept import Opened
from paceline.control.order import Order, order_of
from paceline.control.outcome import Applied, Conflicted, Expired, Failed, Failure, InDoubt, Outcome, Refused
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.refusals import is_away
from paceline.control.settlement import DidNotHappen, Happened, NobodyKnows, Settlement, Untouched, change_in
from paceline.control.told import late_by, stopped_since
from paceline.ledger.entry import Entry, Query, Step
from paceline.ledger.failures import EntryClosedError, LedgerUnavailableError
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import EntryId
from paceline.storage.due_work import FencedError
from paceline.storage.leases import Claim, Leases

AGAIN = timedelta(seconds=20)
"""How long a change waits, by the platform's clock, before it is tried again when the platform is away."""
MOST_LOOKED_AT = 500
"""How many of a campaign's last entries are looked through for a stop that came since."""
STANDS = frozenset({"applied", "unchanged", "in_doubt"})
"""Outcomes of a pause or stop that a resumption of an older plan must not undo."""
AT_ONCE = 50
"""How many due changes are claimed together."""
_GOES_FIRST = "goes-first"
_PLATFORM_AWAY = Failure(code="platform-away", message="the platform is away; a pause or stop goes first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of the changes that were due: those that ended, and how many wait on because the platform is away."""

    ended: tuple[Outcome, ...] = ()
    waiting: int = 0


class Left(Enum):
    """Why a change that was claimed did not end here."""

    WAITING = "waiting"
    """It is tried again."""
    AWAY = "away"
    """It is tried again, and got no answer when it looked at its campaign."""
    TO_OTHERS = "to-others"
    """Somebody else has it, or has ended it."""


class DueChanges:
    """Makes what is due of one tenant; any number of processes may work on it."""

    def __init__(
        self,
        *,
        recorder: Recorder,
        corridor: Corridor,
        settlement: Settlement,
        leases: Leases,
        desk: ApprovalDesk,
    ) -> None:
        """Join what keeps changes and what makes them."""
        self._desk = desk
        self._recorder = recorder
        self._corridor = corridor
        self._settlement = settlement
        self._leases = leases
        self._tenant = recorder.book.tenant

    def run(self, now: datetime, *, asked_now: Callable[[], datetime], is_estimate: bool) -> Ran:
        """Make what is due by this instant of the platform, pauses and stops first.

        Args:
            now: the platform's time.
            asked_now: asks the platform what time it is, which shows too whether it is away for everybody.
            is_estimate: whether `now` was reckoned, so that it is asked for before anything is made by it.

        Raises:
            LedgerUnavailableError: what was claimed comes back after its lease.
        """
        ended: list[Outcome] = []
        waiting, away = 0, False
        claims = self._leases.claim(self._tenant, ROOM, now_ns=ns_of(now), limit=AT_ONCE)
        if claims and is_estimate:
            try:
                now = asked_now()
            except PlatformError:
                # A stop is tried all the same; for everything else an estimate is not good enough.
                away = True
        # All of them are kept from the start: the last may wait long for its turn.
        with self._leases.kept(claims):
            for claim in claims:
                if claim.is_over() and not self._leases.extend([claim]):
                    continue
                with self._recorder.owner.at_entry(int(claim.work.key)):
                    # Whoever asks a platform that is away for everybody makes a storm of it.
                    outcome = self._tried(claim, now, is_held=away and claim.work.lane != Lane.STOPPING)
                # One campaign that nobody can look at is no reason to hold the others.
                away = away or (outcome is Left.AWAY and not _answers(asked_now))
                if isinstance(outcome, Outcome):
                    ended.append(outcome)
                elif outcome is not Left.TO_OTHERS:
                    waiting += 1
        return Ran(ended=tuple(ended), waiting=waiting)

    def run_claimed(self, claim: Claim, now: datetime) -> Outcome | Left:
        """Make one change that was claimed because it was approved, and is due by this instant of the platform.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with self._leases.kept([claim]), self._recorder.owner.at_entry(int(claim.work.key)):
            return self._tried(claim, now, is_held=False)

    def _tried(self, claim: Claim, now: datetime, *, is_held: bool) -> Outcome | Left:
        """Return what came of one change; one that nobody can read is put aside, and holds up no other."""
        try:
            return self._held(claim, now, _PLATFORM_AWAY) if is_held else self._made(claim, now)
        except LedgerUnavailableError:
            raise
        except (PacelineError, KeyError, TypeError, ValueError) as unreadable:
            why = f"{type(unreadable).__name__}: {unreadable}"
            with suppress(FencedError):
                self._recorder.in_transaction(lambda connection: self._leases.bury(connection, claim, why))
            return Left.TO_OTHERS

    def _made(self, claim: Claim, now: datetime) -> Outcome | Left:
        """Return how a change that is due ended, or that it did not."""
        entry, change, order, asked = self._planned(claim)
        if order.approval is not None and (asked is None or asked.given is None):
            return self._unapproved(claim, entry, change, asked, now)
        if order.due is not None and now < order.due:
            return self._back(claim, order.due)
        # What was to be made at once was planned for when it was asked for, whenever it was approved.
        planned = order.due if asked is None or order_of(entry).due is not None else asked.at
        later = self._stopped_since(entry, change, planned)
        if later is not None:
            outcome = Outcome(change=change, ending=Conflicted(), findings=Findings(stopped_since(later)))
            return self._close(claim, entry, outcome, order, now)
        if self._is_too_late(change, order, now):
            return self._close(claim, entry, self._given_up(entry, change), order, now)
        first = self._goes_first(entry, change, now)
        if first is not None:
            why = f"entry {first} goes first: a pause or stop of this campaign that is due and has not come to its end"
            return self._held(claim, now, Failure(code=_GOES_FIRST, message=why))
        outcome = self._carried(entry, change, order)
        if asked is not None and asked.given is not None:
            found = outcome.findings + Findings(approved_by(asked.given.by, asked.given.note))
            outcome = replace(outcome, findings=found)
        if _may_succeed_later(outcome):
            return self._postponed(claim, entry, outcome, order, now)
        return self._close(claim, entry, outcome, order, now)

    def _planned(self, claim: Claim) -> tuple[Entry, AnyChange, Order, Asked | None]:
        """Return what was claimed: what was approved without an hour is due since it was approved."""
        entry = self._recorder.book.read(EntryId(int(claim.work.key)))
        change, order = change_of(change_in(entry)), order_of(entry)
        asked = None if order.approval is None else self._desk.of(entry.number)
        if order.due is None and asked is not None and asked.given is not None:
            order = replace(order, due=asked.given.at)
        return entry, change, order, asked

    def _unapproved(
        self, claim: Claim, entry: Entry, change: AnyChange, asked: Asked | None, now: datetime
    ) -> Outcome | Left:
        """Return that a change expires for which approval never came; before that time it waits on."""
        if asked is not None and now < asked.until:
            return self._back(claim, asked.until)
        found = Findings(approval_expired(None if asked is None else asked.until))
        outcome = Outcome(change=change, ending=Expired(), findings=found)
        return self._close(claim, entry, outcome, replace(order_of(entry), due=None), now)

    def _back(self, claim: Claim, due: datetime) -> Left:
        """Give back what was claimed too early, by an estimate."""
        with suppress(FencedError):
            self._recorder.in_transaction(lambda connection: self._leases.postpone(connection, claim, ns_of(due)))
        return Left.TO_OTHERS

    def _stopped_since(self, entry: Entry, change: AnyChange, due: datetime | None) -> Entry | None:
        """Return the pause or stop that a resumption must not undo: planned for later than it, or ordered since.

        A stop that was planned for an earlier hour than the resumption is the other half of one plan.
        """
        if change.lane is Lane.STOPPING or due is None:
            return None
        for other in reversed(self._recorder.book.entries(Query(campaign=change.campaign, limit=MOST_LOOKED_AT))):
            if not ends_dialing(other.kind) or other.outcome not in STANDS:
                continue
            planned = order_of(other).due
            if planned >= due if planned is not None else other.number > entry.number:
                return other
        return None

    def _goes_first(self, entry: Entry, change: AnyChange, now: datetime) -> EntryId | None:
        """Return the pause or stop of the same campaign that is due, and not made yet."""
        if change.lane is Lane.STOPPING:
            return None
        for other in self._recorder.unended(campaigns=[change.campaign], stage=Stage.WAITING):
            if other.entry == entry.number or not ends_dialing(other.kind):
                continue
            planned = order_of(self._recorder.book.read(other.entry)).due
            if planned is not None and planned <= now:
                return other.entry
        return None

    def _held(self, claim: Claim, now: datetime, why: Failure) -> Outcome | Left:
        """Return how a change ended that is not tried now."""
        entry, change, order, _ = self._planned(claim)
        if self._is_too_late(change, order, now):
            return self._close(claim, entry, self._given_up(entry, change), order, now)
        outcome = Outcome(change=change, ending=Failed(why), entry=entry.number)
        return self._postponed(claim, entry, outcome, order, now)

    def _given_up(self, entry: Entry, change: AnyChange) -> Outcome:
        """Return how a change ends that is too late: expired, unless it was sent and may have happened in time."""
        sent = self._settlement.sent_of(entry, change)
        if sent is None:
            return Outcome(change=change, ending=Expired())
        became = self._settlement.find_out(change, sent, lane=change.lane, untouched=Untouched.LEAVE)
        match became:
            case Happened(made):
                return Outcome(change=change, ending=Applied(became.verdict_on(change)), after=made)
            case DidNotHappen(observed):
                return Outcome(change=change, ending=Expired(), before=observed)
            case NobodyKnows(observed, error):
                return Outcome(change=change, ending=_unknown(error), before=observed)
            case _:
                assert_never(became)

    def _carried(self, entry: Entry, change: AnyChange, order: Order) -> Outcome:
        tries = sum(row.step is Step.INTENT for row in entry.rows)
        sent = self._settlement.sent_of(entry, change)
        if sent is not None:
            # It was under way when a worker died, or was never answered: what became of it comes first.
            # A stop is sent again as it was; everything else is judged again where it has not happened.
            untouched = Untouched.SEND if change.lane is Lane.STOPPING else Untouched.LEAVE
            became = self._settlement.find_out(change, sent, lane=change.lane, untouched=untouched)
            match became:
                case Happened(made):
                    return Outcome(
                        change=change, ending=Applied(became.verdict_on(change)), after=made, entry=entry.number
                    )
                case NobodyKnows(_, error):
                    return Outcome(change=change, ending=_unknown(error), entry=entry.number)
                case DidNotHappen():
                    pass  # it is judged as if it were due only now
                case _:
                    assert_never(became)
        unended = self._recorder.unended(campaigns=[change.campaign])
        opened = Opened(
            entry=entry.number,
            mark=entry.rows[0].hash,
            others=tuple(one for one in unended if one.entry != entry.number),
            resumes=isinstance(change, Resume),
            tries=tries,
        )
        return self._corridor.carried(change, order, opened)

    def _postponed(self, claim: Claim, entry: Entry, outcome: Outcome, order: Order, now: datetime) -> Outcome | Left:
        error = None if outcome.failure is None else outcome.failure.message
        due = now + AGAIN
        if outcome.change.lane is not Lane.STOPPING and order.due is not None:
            due = min(due, order.due + order.not_after + timedelta(seconds=1))
        try:
            self._recorder.in_transaction(
                lambda connection: self._leases.postpone(connection, claim, ns_of(due), error=error)
            )
        except FencedError:
            return self._ended_if_left_to_us(entry, outcome)
        # What was sent says nothing of the platform for others; what could not even be looked at does.
        unanswered = isinstance(outcome.ending, Failed) and outcome.ending.failure.code != _GOES_FIRST
        return Left.AWAY if unanswered else Left.WAITING

    def _close(self, claim: Claim, entry: Entry, outcome: Outcome, order: Order, now: datetime) -> Outcome | Left:
        """Close the entry and settle its work in one transaction."""
        late = timedelta() if order.due is None else now - order.due
        found = late_by(late)
        told = replace(outcome, entry=entry.number, findings=outcome.findings + Findings.of([found]))
        try:
            self._recorder.close(entry.number, told, also=lambda connection: self._leases.settle(connection, claim))
        except FencedError:
            return self._ended_if_left_to_us(entry, told)
        except EntryClosedError:
            return Left.TO_OTHERS
        return told

    def _ended_if_left_to_us(self, entry: Entry, outcome: Outcome) -> Outcome | Left:
        """Close an entry that was withdrawn while it was being sent, and so was left to whoever was at it."""
        unended = self._recorder.unended(stage=Stage.OPEN)
        if not any(one.entry == entry.number and one.owner == self._recorder.owner.name for one in unended):
            return Left.TO_OTHERS
        try:
            self._recorder.close(entry.number, outcome)
        except EntryClosedError:
            return Left.TO_OTHERS
        return outcome

    def _is_too_late(self, change: AnyChange, order: Order, now: datetime) -> bool:
        if change.lane is Lane.STOPPING or order.due is None:
            return False
        return now > order.due + order.not_after


def _answers(asked_now: Callable[[], datetime]) -> bool:
    try:
        asked_now()
    except PlatformError:
        return False
    return True


def _unknown(error: PlatformError | None) -> InDoubt:
    unknown = Failure(code="in-doubt", message="it was sent and never answered")
    return InDoubt(unknown if error is None else Failure.of(error))


def _may_succeed_later(outcome: Outcome) -> bool:
    """Return whether what failed may succeed later: the platform was away, nobody knows, or a stop met a lock."""
    if outcome.change.lane is Lane.STOPPING and isinstance(outcome.ending, Refused):
        return set(outcome.findings.of_severity(Severity.ERROR).rules) == {"lifecycle.locked"}
    failure = outcome.failure
    return isinstance(outcome.ending, InDoubt) or (failure is not None and is_away(failure))
