"""Guards: what is done by itself when a campaign breaches a ceiling, or is about to, and what is said of it.

Rules:
* A guard acts once for each period and standing, and again only when the standing worsens: from an approach to a
  breach, or by `WORSE` times as many abandoned calls above the ceiling, and `WORSE_BY` more of them at least.
* What it is going to do is kept and told first (`guard.breach`, `guard.approach`), in one transaction with its latch;
  then the change goes through the corridor as any other. Killed in between, it goes on; what the platform does not
  take now is tried again, each time after twice as long.
* Where a campaign cannot be eased to progressive dialing, a breach pauses it: what nobody told how to dial, and what
  dials gently already and breaches anew all the same.
* Only campaigns that are ACTIVE are looked at: what does not dial abandons nobody.
* A breach is acted upon where it is beyond recovery, cannot be chance, or is one after enough answers
  (`remaining.cause_to_act`); one that is steered minute by minute, or under a rollout, is given the time to come back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.observed import Drain, Observed, State
from paceline.campaign.ports import NotFoundError, Platform
from paceline.control.abandonment.account import CampaignAccount, PeriodAccount
from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.abandonment.kept import Counts, KeptPeriod
from paceline.control.abandonment.policy import Does, GuardPolicy
from paceline.control.abandonment.remaining import Standing, cause_to_act, excess
from paceline.control.easing import Easing, dials_gently, to_progressive
from paceline.control.order import Order
from paceline.control.outcome import Applied, Outcome, Refused, Unchanged
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.telling.announcing import Crier
from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed, instant_from, instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId

BREACH, APPROACH = "guard.breach", "guard.approach"
"""The kinds of the notes, and the types of their news."""
GUARD = Actor(name="guard", known_by="paceline")
"""Who acts."""
WORSE, WORSE_BY = 1.5, 10
"""How much the calls above the ceiling grow until a guard acts again."""
FIRST_TRY, LONGEST_TRY = timedelta(minutes=1), timedelta(hours=1)
"""By the platform's clock, until what was not taken is tried again: at first, and at the longest."""
_RANK = {Standing.APPROACHING.value: 1, Standing.BREACHED.value: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What a guard found: the period, where it stands, why that is acted upon, and what is done."""

    account: PeriodAccount
    kept: KeptPeriod
    counts: Counts
    cause: str
    does: Does

    @property
    def standing(self) -> Standing:
        """Where the period stands."""
        return self.account.standing

    @property
    def words(self) -> str:
        """The numbers, in words."""
        ceiling, counts = self.account.ceiling, self.counts
        rate = counts.abandoned / counts.answered if counts.answered else 1.0
        start = "" if self.account.start is None else f" since {utc_text(self.account.start)}"
        side = "over" if self.standing is Standing.BREACHED else "close to"
        return (
            f"{counts.abandoned} of {counts.answered} calls that people answered ({rate:.2%}) were abandoned{start}, "
            f"{side} {ceiling.most} in {ceiling.per} ({', '.join(self.account.rules)}): {self.cause}"
        )


class Guards:
    """Acts on breaches and approaches; whoever brings the book up to date calls it, one process at a time."""

    def __init__(
        self,
        *,
        platform: Platform,
        corridor: Corridor,
        recorder: Recorder,
        book: AbandonmentBook,
        crier: Crier,
        policy: GuardPolicy,
        is_steered: Callable[[CampaignId], bool] = lambda _campaign: False,
    ) -> None:
        """Act by this policy; `is_steered` tells whether somebody keeps a campaign at its limit minute by minute."""
        self._platform = platform
        self._corridor = corridor
        self._recorder = recorder
        self._book = book
        self._crier = crier
        self._policy = policy
        self._is_steered = is_steered

    def judge(self, account: CampaignAccount) -> int:
        """Act on what stands badly with one campaign, and return how many times something was done.

        Raises:
            PlatformError: the campaign cannot be looked at; what was begun is done another time.
            LedgerUnavailableError: nothing more was done.
        """
        alarms = [alarm for alarm in map(self._alarm, account.periods) if alarm is not None and self._is_due(alarm)]
        if not alarms:
            return 0
        try:
            observed = self._platform.read(account.campaign)
        except NotFoundError:
            return 0
        self._recorder.saw([observed])
        return sum(self._act(alarm, observed) for alarm in alarms if observed.state is State.ACTIVE)

    def _alarm(self, account: PeriodAccount) -> Alarm | None:
        kept = account.kept
        if kept is None:
            return None
        if account.standing is Standing.BREACHED:
            steered = self._is_steered(kept.campaign)
            cause = cause_to_act(account.ceiling, kept.counts, account.to_come, is_steered=steered)
            does = self._policy.breach
        elif account.standing is Standing.APPROACHING:
            likely = None if account.to_come is None else account.to_come.breach
            chance = "" if likely is None else f", and it ends above with a probability of {likely:.2f}"
            cause = f"{account.used or 0.0:.0%} of the period's allowance is used{chance}"
            does = self._policy.approach
        else:
            return None
        if cause is None:
            return None
        return Alarm(account=account, kept=kept, counts=kept.counts, cause=cause, does=does)

    def _is_due(self, alarm: Alarm) -> bool:
        latch = _latch(alarm.kept.document)
        if _is_news(alarm, latch):
            return True
        return latch.get("outcome") is None and alarm.kept.told_at >= _next_try(latch)

    def _act(self, alarm: Alarm, observed: Observed) -> int:
        latch = self._begun(alarm)
        if latch is None:
            return 0
        if alarm.does is Does.TELL:
            self._ended(alarm, latch, outcome="told", entry=None)
            return 1
        if alarm.does is Does.PROGRESSIVE and dials_gently(observed) and not _is_to_be_paused(alarm, latch, observed):
            self._ended(alarm, latch, outcome="dials-gently", entry=None)
            return 1
        outcome = self._carried_out(alarm, observed)
        if isinstance(outcome.ending, Applied | Unchanged):
            self._ended(alarm, latch, outcome=outcome.word, entry=outcome.entry)
        else:
            self._again(alarm, latch)
        return 1

    def _carried_out(self, alarm: Alarm, observed: Observed) -> Outcome:
        """Return how the change ended; where a breach cannot be eased off, how the pause did."""
        reason = f"guard: {alarm.words}"
        change: AnyChange = Pause(campaign=observed.campaign, drain=Drain.FINISH)
        if alarm.does is Does.PROGRESSIVE and dials_gently(observed):
            told = "nobody told it how to dial" if _is_untold(observed) else "it dials gently already"
            reason = f"{reason}; {told}, so that it cannot be eased off"
        elif alarm.does is Does.PROGRESSIVE:
            change = to_progressive(observed)
        outcome = self._corridor.run(change, Easing.answered_for(Order(actor=GUARD, reason=reason), observed))
        is_stuck = isinstance(outcome.ending, Refused) and not isinstance(change, Pause)
        if is_stuck and alarm.standing is Standing.BREACHED:
            why = f"{reason}; it could not be eased off by itself (entry {outcome.entry})"
            return self._corridor.run(
                Pause(campaign=observed.campaign, drain=Drain.FINISH), Order(actor=GUARD, reason=why)
            )
        return outcome

    def _begun(self, alarm: Alarm) -> Mapping[str, Json] | None:
        """Return the latch: what was begun before, or a new one with its note; None where somebody was faster."""

        def latch(connection: Connection) -> Mapping[str, Json] | None:
            self._recorder.book.hold(connection)
            held = self._book.guard_of(connection, alarm.kept)
            if not _is_news(alarm, held):
                return held if held.get("outcome") is None else None
            kind = BREACH if alarm.standing is Standing.BREACHED else APPROACH
            deed = Deed(
                kind=kind, actor=GUARD, campaign=alarm.kept.campaign, reason=alarm.words, details=_details(alarm)
            )
            row = self._recorder.book.put(connection, drafts.noted(deed, at=self._recorder.book.now()))
            self._crier.noted(connection, row, kind)
            new: dict[str, Json] = {
                "standing": alarm.standing.value,
                "does": alarm.does.value,
                "excess": round(excess(alarm.account.ceiling, alarm.counts), 3),
                "note": row.entry,
                "entry": None,
                "outcome": None,
                "tries": 0,
                "again": held.get("standing") == alarm.standing.value,
                "next": instant_text(alarm.kept.told_at),
            }
            self._book.put_guard(connection, alarm.kept, new)
            return new

        found: list[Mapping[str, Json] | None] = []

        def keep(connection: Connection) -> None:
            found[:] = [latch(connection)]

        self._recorder.in_transaction(keep)
        return found[0]

    def _ended(self, alarm: Alarm, latch: Mapping[str, Json], *, outcome: str, entry: int | None) -> None:
        # What was abandoned until it was done is no news afterwards.
        now = round(excess(alarm.account.ceiling, alarm.counts), 3)
        done = {**latch, "outcome": outcome, "entry": entry, "excess": now}
        self._recorder.in_transaction(lambda connection: self._book.put_guard(connection, alarm.kept, done))

    def _again(self, alarm: Alarm, latch: Mapping[str, Json]) -> None:
        tries = int(str(latch["tries"])) + 1
        later = alarm.kept.told_at + min(FIRST_TRY * 2 ** min(tries - 1, 10), LONGEST_TRY)
        kept = {**latch, "tries": tries, "next": instant_text(later)}
        self._recorder.in_transaction(lambda connection: self._book.put_guard(connection, alarm.kept, kept))


def _latch(document: Mapping[str, Json]) -> Mapping[str, Json]:
    guard = document.get("guard")
    return guard if isinstance(guard, Mapping) else {}


def _is_news(alarm: Alarm, latch: Mapping[str, Json]) -> bool:
    """Return whether nothing was done yet about a standing as bad as this."""
    before = _RANK.get(str(latch.get("standing")), 0)
    if _RANK[alarm.standing.value] > before:
        return True
    if alarm.standing is not Standing.BREACHED or latch.get("outcome") is None:
        return False
    was, now = float(str(latch.get("excess", 0))), excess(alarm.account.ceiling, alarm.counts)
    return now >= max(WORSE * was, was + WORSE_BY)


def _is_untold(observed: Observed) -> bool:
    return observed.rules is None and observed.pacing is None


def _is_to_be_paused(alarm: Alarm, latch: Mapping[str, Json], observed: Observed) -> bool:
    """Return whether a campaign that cannot dial more gently is to be paused: on a breach, unless it was eased lately.

    What was eased off by somebody else before the guard came stays over its ceiling for a while: only where it gets
    worse all the same, nothing gentler is left than not to dial.
    """
    is_worse = latch.get("again") is True
    return alarm.standing is Standing.BREACHED and (is_worse or _is_untold(observed))


def _next_try(latch: Mapping[str, Json]) -> datetime:
    return instant_from(str(latch["next"]))


def _details(alarm: Alarm) -> dict[str, Json]:
    told = alarm.account.document()
    names = ("period", "rules", "start", "end", "anchor", "answered", "abandoned", "rate", "ceiling", "as_of")
    more = ("breach_probability", "used", "days_covered", "days_elapsed")
    return {
        "standing": alarm.standing.value,
        "does": alarm.does.value,
        "cause": alarm.cause,
        **{name: told[name] for name in (*names, *more)},
    }
