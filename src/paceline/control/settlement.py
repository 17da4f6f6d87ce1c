"""Finds out what became of a request whose end nobody saw, and ends the entries of those who are gone.

What became of it, in this order:
1. The campaign is read. Still at the version that was judged: it has not happened (yet).
2. It has moved on: the request is sent again under its key, with its precondition. It can have no second effect then,
   for the version is over; where it had its effect, the platform gives the answer of then.
3. Where a platform has no keys, or the key is too old for it to remember: the next version in the wanted state is taken
   for ours, anything else stays in doubt.

Whose owner is gone, the entry is closed: as failed when nothing was sent or it has not happened. An entry that this
version cannot read, because a newer one wrote it, is left to that one: it keeps nobody from settling the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import assert_never

from paceline.campaign.catalogue import AnyChange, SettingsChange, UnknownChangeError, change_of, ends_dialing
from paceline.campaign.change import Diverged, Lane, Settling, Verdict
from paceline.campaign.observed import WAITS_HERE, Ability, Observed, Stage
from paceline.campaign.ports import (
    CampaignLockedError,
    FleetLimitError,
    Platform,
    PlatformError,
    Prepared,
    RejectedError,
    RevisionConflictError,
    WrongStateError,
)
from paceline.control.kept import Opened, Sent, Unended
from paceline.control.outcome import Applied, Failed, Failure, InDoubt, Outcome
from paceline.control.owners import Standing
from paceline.control.recorder import Recorder
from paceline.control.weighing.weighed import weighed_in
from paceline.ledger.entry import Entry, Step, instant_from
from paceline.ledger.failures import EntryClosedError, EntryOpenError, at_the_ledger
from paceline.ledger.numbers import without_numbers
from paceline.primitives.canonical import Json
from paceline.primitives.clock import Clock, instant_of
from paceline.primitives.ids import CampaignId, EntryId, Version

REMEMBERED = timedelta(hours=23)
"""How long the platform is relied on to remember a key: an hour less than it promises."""

_REFUSALS = (RevisionConflictError, WrongStateError, CampaignLockedError, FleetLimitError, RejectedError)
LOOK_SOON = timedelta(seconds=1)
"""After how long to look at what was accepted and could not be read back."""
INTERRUPTED = "interrupted"
"""The code of a failure whose cause is that the process ended."""


class Untouched(Enum):
    """What to do when the campaign is still at the version that was judged."""

    SEND = "send"
    """Send the request again: the change is still wanted."""
    LEAVE = "leave"
    """Leave it: whoever wanted the change is gone."""


@dataclass(frozen=True, slots=True)
class Happened:
    """It took effect; `made` is the campaign as it left it, None when nobody could look."""

    made: Observed | None

    def verdict_on(self, change: AnyChange) -> Verdict:
        """Return what the change came to; where nobody could look, a later look tells."""
        return Settling(LOOK_SOON) if self.made is None else change.verify(self.made)


@dataclass(frozen=True, slots=True)
class DidNotHappen:
    """It did not take effect; `refusal` is the platform's reason, None when the request never arrived."""

    observed: Observed
    refusal: PlatformError | None = None


@dataclass(frozen=True, slots=True)
class NobodyKnows:
    """It may have taken effect; `observed` is the campaign now, None when it cannot be read."""

    observed: Observed | None
    error: PlatformError | None = None


Became = Happened | DidNotHappen | NobodyKnows


class Settlement:
    """Settles what others left open, and finds out what became of requests without an answer."""

    def __init__(self, platform: Platform, recorder: Recorder, clock: Clock, *, by: str) -> None:
        """Ask this platform, and end entries in this ledger; `by` is the name of who does."""
        self._by = by
        self._platform = platform
        self._recorder = recorder
        self._clock = clock

    def find_out(
        self, change: AnyChange, sent: Sent, *, lane: Lane, untouched: Untouched, age: timedelta = timedelta()
    ) -> Became:
        """Return what became of a request; `age` is how long ago it was first sent."""
        try:
            observed = self._platform.read(change.campaign, part=change.part, lane=lane)
        except PlatformError as error:
            return NobodyKnows(None, error)
        if observed.version == sent.judged and untouched is Untouched.LEAVE:
            return DidNotHappen(observed)
        # A platform forgets by its own clock, which may run faster than ours.
        if not self._can_repeat(sent, max(age, observed.at - sent.judged_at)):
            return _by_looking(change, sent, observed)
        try:
            receipt = self._platform.apply(sent.prepared, idempotency_key=sent.key, lane=lane)
        except _REFUSALS as refusal:
            return DidNotHappen(observed, refusal)
        except PlatformError as error:
            return NobodyKnows(observed, error)
        made = receipt.observed
        if made is None:
            # The look from before it was sent says nothing of its effect.
            return Happened(None if observed.version == sent.judged else observed)
        # What was answered then is old when nobody has changed the campaign since: its drain has gone on.
        return Happened(observed if made.version == observed.version else made)

    def before(self, change: AnyChange, opened: Opened) -> tuple[Unended, ...]:
        """Settle what stood open before this entry, waiting for leases to run out; return what is not at its end.

        A pause or stop does not wait for somebody who resumes: `after` settles that.

        Raises:
            LedgerUnavailableError: nobody can tell who else is at it.
        """
        with at_the_ledger():
            self._recorder.owner.watch(other.owner for other in opened.others if other.stage is Stage.OPEN)
        left = [self._settled(other, change.lane) for other in opened.others if not _can_wait(change, other)]
        left += [other for other in opened.others if _can_wait(change, other)]
        return tuple(other for other in left if other is not None)

    def after(self, change: AnyChange, opened: Opened) -> None:
        """Settle what `before` did not wait for."""
        for other in opened.others:
            if _can_wait(change, other):
                self._settled(other, change.lane)

    def settle_all(self, others: Iterable[Unended], lane: Lane = Lane.READING) -> tuple[Unended, ...]:
        """Settle these entries as far as it is possible now; return those that are left."""
        return tuple(other for other in [self._settled(one, lane) for one in others] if other is not None)

    def look_again(self, other: Unended, observed: Observed) -> Unended | None:
        """Judge an entry that was settling by a fresh look; return it when it settles still.

        Where the campaign is not as wanted any more because somebody has changed it since, the entry was superseded.
        """
        entry = self._recorder.book.read(other.entry)
        change = _readable(entry)
        if change is None:
            return other
        if observed.part is not change.part:
            try:
                observed = self._platform.read(other.campaign, part=change.part)
            except PlatformError:
                return other
        verdict = change.verify(observed)
        if isinstance(verdict, Settling):
            return other
        if isinstance(verdict, Diverged) and made_in(entry) not in {None, observed.version}:
            self._recorder.supersede(other.entry, by=None)
        else:
            made = _made_unseen(entry, verdict, observed)
            self._recorder.judge_again(other.entry, verdict, observed, was=other.stage, made=made, of=change)
        return None

    def _settled(self, other: Unended, lane: Lane) -> Unended | None:
        """Return None when the entry has come to its end, by itself or now."""
        if other.stage in {Stage.SETTLING, *WAITS_HERE}:
            return other
        if other.stage is Stage.IN_DOUBT:
            return self._cleared_up(other, lane)
        with at_the_ledger():
            standing = self._recorder.owner.waited_for(
                other.owner, other.entry, has_ended=lambda: not self._recorder.is_open(other.entry)
            )
        if standing is Standing.ALIVE:
            return other
        if standing is Standing.DEAD:
            return self._ended_for(other, lane)
        return None

    def _ended_for(self, other: Unended, lane: Lane) -> Unended | None:
        """Close the entry of an owner who is gone; None when that is done."""
        entry = self._recorder.book.read(other.entry)
        change = _readable(entry)
        if change is None:
            return other
        sent = self.sent_of(entry, change)
        if sent is None:
            outcome = Outcome(change=change, ending=_interrupted("before anything was sent"), entry=entry.number)
        else:
            became = self.find_out(change, sent, lane=lane, untouched=Untouched.LEAVE, age=self._age(entry))
            if isinstance(became, NobodyKnows) and became.observed is None:
                return other
            outcome = replace(_outcome(change, entry.number, became), weighed=weighed_in(entry))
        try:
            self._recorder.close(entry.number, replace(outcome, settled_by=self._by))
        except EntryClosedError:
            return None  # somebody else was quicker
        return None

    def _cleared_up(self, other: Unended, lane: Lane) -> Unended | None:
        """Judge again what was in doubt; None when it no longer is."""
        entry = self._recorder.book.read(other.entry)
        change = _readable(entry)
        if change is None:
            return other
        sent = self.sent_of(entry, change)
        if sent is None:
            return other
        became = self.find_out(change, sent, lane=lane, untouched=Untouched.LEAVE, age=self._age(entry))
        try:
            match became:
                case NobodyKnows():
                    return other
                case Happened(made):
                    if made is None:
                        return other
                    verdict = change.verify(made)
                    self._recorder.judge_again(other.entry, verdict, made, happened=True, was=other.stage, of=change)
                case DidNotHappen(observed):
                    missed = _not_as_wanted(change, observed)
                    self._recorder.judge_again(
                        other.entry, missed, observed, happened=False, was=other.stage, of=change
                    )
        except EntryOpenError:
            return other
        return None

    def sent_of(self, entry: Entry, change: AnyChange) -> Sent | None:
        """Return the last request that was going to be sent for an entry; None when there was none."""
        intent = entry.intent
        if intent is None:
            return None
        # Phone numbers stand in the chain as words; what goes out again must be the very bytes.
        told = _with_its_campaign(self._recorder.book.revealed(intent), change.campaign)
        if not isinstance(told, dict):
            raise TypeError("an intent is an object")
        judged = Version(str(told["judged"]))
        return Sent(
            prepared=self._as_sent(told, change, judged),
            key=str(told["key"]),
            judged=judged,
            judged_at=instant_from(str(told["judged_at"])),
        )

    def _as_sent(self, told: dict[str, Json], change: AnyChange, judged: Version) -> Prepared:
        """Return the request that was sent, in its own spelling where that of the ledger differs by phone numbers."""
        if told["dialect"] == self._platform.dialect and not isinstance(change, SettingsChange):
            # The others leave things as they are, which stand in the record alone.
            again = self._platform.prepare(change, judged)
            plain = without_numbers(again.document(), lambda number: number)
            if isinstance(plain, dict) and all(told.get(name) == value for name, value in plain.items()):
                return again
        return Prepared.of(told)

    def _age(self, entry: Entry) -> timedelta:
        # The platform remembers a key from when it was sent, however often the entry was written to since.
        sent_at = max(row.at for row in entry.rows if row.step is Step.INTENT)
        return instant_of(self._clock.wall_ns()) - sent_at

    def _can_repeat(self, sent: Sent, age: timedelta) -> bool:
        needed = {Ability.IDEMPOTENCY_KEY, Ability.PRECONDITION}
        return (
            needed <= self._platform.abilities and age < REMEMBERED and sent.prepared.dialect == self._platform.dialect
        )


def _with_its_campaign(told: Json, campaign: CampaignId) -> Json:
    """Return the record with the campaign's id as it is, where the ledger took it for a phone number."""
    taken = without_numbers(campaign, lambda number: number)
    if taken == campaign or not isinstance(taken, str):
        return told
    return _replaced(told, taken, campaign)


def _replaced(told: Json, old: str, new: str) -> Json:
    if isinstance(told, str):
        return told.replace(old, new)
    if isinstance(told, Mapping):
        return {name: _replaced(value, old, new) for name, value in told.items()}
    return [_replaced(one, old, new) for one in told] if isinstance(told, list | tuple) else told


def made_in(entry: Entry) -> str | None:
    """Return the version that an entry is known to have made."""
    details = {} if entry.closed is None else entry.closed.document["details"]
    after = details.get("after") if isinstance(details, dict) else None
    return str(after["version"]) if isinstance(after, dict) else None


def _made_unseen(entry: Entry, verdict: Verdict, observed: Observed) -> bool:
    """Return whether this is what an entry made whose answer could not be read back: the next version, as wanted."""
    if made_in(entry) is not None or entry.intent is None or isinstance(verdict, Diverged):
        return False
    judged = str(entry.intent["judged"])
    return judged.isdecimal() and observed.version == str(int(judged) + 1)


def _can_wait(change: AnyChange, other: Unended) -> bool:
    return change.lane is Lane.STOPPING and not ends_dialing(other.kind)


def _by_looking(change: AnyChange, sent: Sent, observed: Observed) -> Became:
    as_wanted = not isinstance(change.verify(observed), Diverged)
    following = sent.judged.isdecimal() and observed.version == str(int(sent.judged) + 1)
    return Happened(observed) if as_wanted and following else NobodyKnows(observed)


def _outcome(change: AnyChange, entry: EntryId, became: Became) -> Outcome:
    match became:
        case Happened(made):
            return Outcome(change=change, ending=Applied(became.verdict_on(change)), after=made, entry=entry)
        case DidNotHappen(observed):
            ending = _interrupted("before the platform took it")
            return Outcome(change=change, ending=ending, before=observed, entry=entry)
        case NobodyKnows(observed):
            failure = Failure(code=INTERRUPTED, message="the process that carried it out ended; it may have happened")
            return Outcome(change=change, ending=InDoubt(failure), before=observed, entry=entry)
        case _:
            assert_never(became)


def _interrupted(when: str) -> Failed:
    return Failed(Failure(code=INTERRUPTED, message=f"the process that carried it out ended {when}", retryable=True))


def _not_as_wanted(change: AnyChange, observed: Observed) -> Diverged:
    verdict = change.verify(observed)
    # Somebody else may have made it so: then it is as wanted, though not by this change.
    return verdict if isinstance(verdict, Diverged) else Diverged(())


def _readable(entry: Entry) -> AnyChange | None:
    """Return the change of an entry, None when this version does not know it."""
    try:
        return change_of(change_in(entry))
    except UnknownChangeError:
        return None


def change_in(entry: Entry) -> dict[str, Json]:
    """Return the record of the change that an entry was opened for."""
    details = entry.rows[0].document["details"]
    told = details["change"] if isinstance(details, dict) else None
    # An id may look like a phone number, and only the entry's own is never replaced by a word.
    return {**told, "campaign": entry.campaign} if isinstance(told, dict) else {}
