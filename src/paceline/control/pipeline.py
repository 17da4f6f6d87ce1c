"""The whole path of a change, on one page: `Corridor.run`, and the walk in it.

1. open the entry: who, what, why; on disk, or nothing is attempted
2. validate: sound in itself, lawful, and, of weights, whether data say anything of them: all that costs no request
3. settle what somebody left open on this campaign
4. survey: the campaign and its version, who else is at it, the limits; the platform simulates what weights would change
5. guard: may it be done in this situation; where the policy wants a second person's approval, it waits for that here
6. intend: the exact request, on disk, before it is sent
7. apply: looked at once more, then sent, under its key and its precondition; an answer that is lost is looked for
8. verify: what the platform holds against what was wanted
9. close the entry: how it ended

A campaign that has moved on between 4 and 7 sends a pause or stop back to 4, and ends everything else as a conflict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from paceline.campaign.catalogue import AnyChange, aspect_of
from paceline.campaign.change import Lane, Rulebook, Settling
from paceline.campaign.judgement import judged, verified
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Observed, Situation, Stage
from paceline.campaign.ports import Meter, Platform, PlatformError, RevisionConflictError, WrongStateError
from paceline.compliance.fields import RuleFileError
from paceline.control.agenda.on_its_way import OnItsWay, may_come
from paceline.control.agenda.planned import Planned
from paceline.control.approving.desk import ApprovalDesk
from paceline.control.freezes import FrozenError
from paceline.control.kept import Opened, Sent
from paceline.control.last_look import LastLook
from paceline.control.law_at_hand import law_at_hand
from paceline.control.meanwhile import Meanwhile
from paceline.control.order import Order
from paceline.control.outcome import (
    Applied,
    Conflicted,
    Ending,
    Failed,
    Failure,
    Outcome,
    Refused,
    Scheduled,
    Unchanged,
)
from paceline.control.recorder import Recorder
from paceline.control.refusals import ending_of
from paceline.control.settlement import LOOK_SOON, DidNotHappen, Happened, NobodyKnows, Settlement, Untouched
from paceline.control.stopwatch import Stopwatch
from paceline.control.survey import Survey
from paceline.control.told import (
    as_it_is,
    found_again,
    frozen_meanwhile,
    heeded,
    left_open,
    not_expected,
    on_its_way,
    stands_against,
    taken_for_dead,
)
from paceline.control.walk import Judge, Walk
from paceline.control.weighing.weighing import Weighing
from paceline.ledger.failures import EntryClosedError, LedgerError
from paceline.primitives.clock import Clock
from paceline.primitives.findings import Findings, Severity

MOST_TRIES = {Lane.STOPPING: 25, Lane.CHANGING: 5, Lane.READING: 1}
"""How often a change is judged and sent again when its campaign keeps moving on."""


class Corridor:
    """Carries changes out, one at a time in each thread."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        survey: Survey,
        settlement: Settlement,
        meanwhile: Meanwhile,
        desk: ApprovalDesk,
        weighing: Weighing,
        last_look: LastLook,
        rules: Rulebook,
        clock: Clock,
    ) -> None:
        """Join the parts that a change passes."""
        self._last_look = last_look
        self._desk = desk
        self._weighing = weighing
        self._platform = platform
        self._on_its_way = OnItsWay(recorder)
        self._recorder = recorder
        self._survey = survey
        self._settlement = settlement
        self._meanwhile = meanwhile
        self._rules = rules
        self._clock = clock

    def run(self, change: AnyChange, order: Order, *, seen: Observed | None = None) -> Outcome:
        """Carry out a change and return how it ended, which is in the ledger by then.

        Args:
            change: what is wanted.
            order: who wants it, why, and how far it may go.
            seen: the campaign, when it was read, and kept, a moment ago for many changes at once.
        """
        watch, order = Stopwatch(self._clock), self._desk.marked(change, order)
        with self._recorder.at_work():
            try:
                with watch.stage("open"):
                    opened = self._recorder.open(change, order)
            except LedgerError as error:
                return Outcome(change=change, ending=Failed(Failure.of(error)), timings_ms=watch.told_ms(Meter()))
            with self._recorder.owner.at_entry(opened.entry):
                outcome = self.carried(change, order, opened, seen=seen, watch=watch)
                outcome = self._closed(outcome, opened, watch)
            self.supersede(outcome, opened)
            self._settle_after(change, opened)
        return outcome

    def carried(
        self,
        change: AnyChange,
        order: Order,
        opened: Opened,
        *,
        seen: Observed | None = None,
        watch: Stopwatch | None = None,
        judge: Judge | None = None,
    ) -> Outcome:
        """Return how a change ended whose entry is open; whoever asks closes it, or has it tried again."""
        walk = Walk(change, order, opened, watch or Stopwatch(self._clock), judge=judge)
        with self._platform.metered() as meter:
            ending = self._ended(walk, seen)
            return Outcome(
                change=change,
                ending=ending,
                findings=walk.findings,
                before=walk.before,
                after=walk.after,
                entry=opened.entry,
                requests=meter.requests,
                timings_ms=walk.watch.told_ms(meter),
                dry_run=order.dry_run,
                law=walk.law,
                forecast=walk.forecast,
                evidence=walk.evidence,
                simulation=walk.simulation,
            )

    def _ended(self, walk: Walk, seen: Observed | None) -> Ending:
        """Return how the walk ended; what fails on it is an ending too."""
        try:
            return self._walked(walk, seen)
        except PlatformError as error:
            ending, found = ending_of(error, sent=walk.is_under_way)
            walk.findings += found
            return ending
        except FrozenError as error:
            walk.findings += Findings(frozen_meanwhile(error.frozen))
            return Refused()
        except (LedgerError, RuleFileError) as error:
            return Failed(Failure.of(error))

    def _walked(self, walk: Walk, seen: Observed | None) -> Ending:
        change, order = walk.change, walk.order
        walk.findings = change.validate(self._rules) + self._weighing.at_hand(change)
        if stands_against(walk.findings):
            return Refused()
        with walk.watch.stage("settle"):
            walk.others = self._settlement.before(change, walk.opened)
        number = walk.opened.tries
        while True:
            number += 1
            with walk.watch.stage("survey"):
                situation = self._surveyed(walk, seen if number == walk.opened.tries + 1 else None)
            if self._may_be_undone(walk, situation):
                with walk.watch.stage("settle"):
                    walk.others = self._settlement.settle_all(walk.others, change.lane)
                    self._on_its_way.wait(walk.coming)
                with walk.watch.stage("survey"):
                    situation = self._surveyed(walk, None)
            if walk.simulation is None and self._weighing.simulates(change, order, situation.observed):
                with walk.watch.stage("simulate"):
                    walk.simulation = self._weighing.simulated(change, walk.opened)
            with walk.watch.stage("check"):
                ended = self._judged(walk, situation)
            if ended is not None:
                return ended
            with walk.watch.stage("intend"):
                self._weighing.announced(change)
                observed = situation.observed
                request = self._platform.prepare(change.whole_on(observed), observed.version)
                sent = self._recorder.intend(
                    walk.opened,
                    request,
                    observed,
                    number=number,
                    is_kept=observed is seen,
                    weighed=walk.weighed,
                )
            with walk.watch.stage("apply"):
                walk.moved_on = self._applied(walk, sent, number)
            if walk.moved_on is None:
                return self._verified(walk)
            if not order.rejudges(change.lane) or number - walk.opened.tries == MOST_TRIES[change.lane]:
                return self._conflicted(walk, walk.moved_on)

    def _surveyed(self, walk: Walk, seen: Observed | None) -> Situation:
        """Return the situation, and what changed since it was judged before."""
        # First who is on the way, then what has arrived: nobody is missed who goes from one to the other.
        if walk.change.lane is Lane.STOPPING and may_come(walk.opened.others):
            walk.coming = self._on_its_way.of(walk.opened.others)
            seen = None if seen is None or walk.change.already_so(seen) else seen
        situation = self._survey.situation(walk.change, walk.opened, others=walk.others, seen=seen)
        now, judged, walk.before = situation.observed, walk.before, situation.observed
        walk.law, walk.forecast, walk.evidence = law_at_hand(situation), situation.forecast, situation.evidence
        ended = {
            other.entry
            for other in walk.others
            if other.stage is Stage.SETTLING and self._settlement.look_again(other, now) is None
        }
        if ended:
            walk.others = tuple(other for other in walk.others if other.entry not in ended)
            left = tuple(other for other in situation.unfinished if other.entry not in ended)
            situation = replace(situation, unfinished=left)
        if judged is not None and walk.moved_on is not None:
            if judged.version == now.version:
                raise walk.moved_on
            walk.told += self._changed(walk, judged, now, Severity.INFO)
        return situation

    def _may_be_undone(self, walk: Walk, situation: Situation) -> bool:
        """Return whether a pause or stop that has nothing to send may be undone by a resumption that was before it.

        A stop that is sent makes another revision, which the resumption then meets; one that is not sent has to wait.
        """
        observed, abilities = situation.observed, self._platform.abilities
        walk.coming = tuple(one for one in walk.coming if one.may_arrive(observed, abilities))
        return bool(walk.coming) and walk.change.already_so(observed)

    def _judged(self, walk: Walk, situation: Situation) -> Ending | None:
        """Return how the change ends by its judgement, None when it may be sent."""
        change, order, observed = walk.change, walk.order, situation.observed
        if walk.moved_on is None and not order.expects(observed):
            rejudges = order.rejudges(change.lane)
            severity = Severity.INFO if rejudges else Severity.ERROR
            named, own = order.named_revision or "", walk.opened.entry
            self._recorder.saw([observed])
            walk.told += self._meanwhile.since(named, observed, severity=severity, own=own)
            if not rejudges:
                walk.findings += walk.told
                return Conflicted()
            walk.told += Findings(not_expected(order, observed))
        walk.findings = walk.told + change.validate(self._rules)
        if change.already_so(observed):
            if not self._may_be_undone(walk, situation):
                walk.findings += as_it_is(change, situation)
                return Unchanged()
            walk.findings += Findings(*(on_its_way(one.other) for one in walk.coming))
            return Conflicted()
        found, against = (Findings(), None) if walk.judge is None else walk.judge(situation)
        walk.findings += found
        if against is not None:
            return against
        walk.findings = heeded(walk.findings + judged(change, situation), order, situation.now)
        if stands_against(walk.findings):
            return Refused()
        missing = self._desk.missing(change, order, walk.opened.entry)
        if order.dry_run:
            walk.findings += Findings() if missing is None else self._desk.would_be_told(order)
            return Unchanged(would_apply=True)
        return None if missing is None else self._asked(walk, situation)

    def _asked(self, walk: Walk, situation: Situation) -> Ending:
        """Have the change wait for approval by a second person; then it is judged again."""
        entry = walk.opened.entry
        self._recorder.saw([situation.observed])
        payload = Planned.on(situation.observed).payload()
        until = self._desk.ask(walk.change, walk.order, entry, at=situation.now, payload=payload)
        walk.findings += self._desk.told(entry, walk.order, until=until)
        return Scheduled(None, None, approve_until=until)

    def _applied(self, walk: Walk, sent: Sent, number: int) -> PlatformError | None:
        """Send it, and return None when it took effect; else the platform's word that the campaign has moved on."""
        walk.is_under_way = True
        change = walk.change
        try:
            with self._platform.last_look(lambda: self._last_look.may_go(walk.opened, change.campaign, number=number)):
                receipt = self._platform.apply(sent.prepared, idempotency_key=sent.key, lane=change.lane)
        except (RevisionConflictError, WrongStateError) as moved_on:
            walk.is_under_way = False
            return moved_on
        except PlatformError as error:
            if not error.may_have_happened:
                raise
            return self._found_again(walk, sent, error)
        walk.after = receipt.observed
        return None

    def _found_again(self, walk: Walk, sent: Sent, lost: PlatformError) -> PlatformError | None:
        """Look for an answer that was lost; what was never taken up is sent again unless it resumes."""
        lane = walk.change.lane
        untouched = Untouched.LEAVE if isinstance(walk.change, Resume) else Untouched.SEND
        became = self._settlement.find_out(walk.change, sent, lane=lane, untouched=untouched)
        match became:
            case Happened(made):
                walk.after = made
                walk.findings += Findings(found_again(lost))
                return None
            case DidNotHappen(_, refusal) if refusal is not None:
                walk.is_under_way = False
                if isinstance(refusal, RevisionConflictError | WrongStateError):
                    return refusal
                raise refusal
            case DidNotHappen() | NobodyKnows():
                # It may still be in the network, and arrive.
                raise lost
            case _:
                assert_never(became)

    def _verified(self, walk: Walk) -> Ending:
        if walk.after is None:
            # It was accepted, and could not be read back: whether it is as wanted is for a later look.
            return Applied(Settling(LOOK_SOON))
        verdict = verified(walk.change, walk.before, walk.after)
        if walk.change.effective_at is not None and walk.after.pending is not None:
            return Scheduled(verdict, due=walk.change.effective_at)
        return Applied(verdict)

    def _conflicted(self, walk: Walk, moved_on: PlatformError) -> Ending:
        """Return the conflict with what changed; a state that was wrong at the judged version is a refusal."""
        try:
            now = self._platform.read(walk.change.campaign, part=walk.change.part, lane=walk.change.lane)
        except PlatformError:
            raise moved_on from None
        if walk.before is None or now.version == walk.before.version:
            raise moved_on
        walk.findings += self._changed(walk, walk.before, now, Severity.ERROR)
        return Conflicted()

    def _changed(self, walk: Walk, judged: Observed, now: Observed, severity: Severity) -> Findings:
        if judged.version == now.version:
            return Findings()
        self._recorder.saw([now])
        return self._meanwhile.told(judged, now, severity=severity, own=walk.opened.entry)

    def _closed(self, outcome: Outcome, opened: Opened, watch: Stopwatch) -> Outcome:
        """Close the entry; where that is not possible, say so: it stays open, and is settled by whoever comes next.

        One that waits for approval stays open.
        """
        if isinstance(outcome.ending, Scheduled) and outcome.ending.wants_approval:
            return outcome
        try:
            with watch.stage("close"):
                self._recorder.close(opened.entry, outcome)
        except EntryClosedError:
            self._say_what_happened(outcome)
            return replace(outcome, findings=outcome.findings + Findings(taken_for_dead(opened.entry)))
        except LedgerError as error:
            return replace(outcome, findings=outcome.findings + Findings(left_open(opened.entry, error)))
        return outcome

    def _say_what_happened(self, outcome: Outcome) -> None:
        """Correct an entry that was closed before its effect came, as one that did not happen."""
        if outcome.entry is None or outcome.after is None or not isinstance(outcome.ending, Applied | Scheduled):
            return
        try:
            if self._recorder.book.read(outcome.entry).outcome != outcome.word:
                verdict = outcome.change.verify(outcome.after)
                self._recorder.judge_again(outcome.entry, verdict, outcome.after, happened=True, of=outcome.change)
        except LedgerError:
            return  # the finding says that somebody has to look at it

    def supersede(self, outcome: Outcome, opened: Opened) -> None:
        """End what was settling: this change has taken its place, and nobody can judge it any more."""
        ending = outcome.ending
        if not isinstance(ending, Applied | Scheduled) or (isinstance(ending, Scheduled) and ending.wants_approval):
            return
        try:
            for other in opened.others:
                if other.stage is Stage.SETTLING and aspect_of(other.kind) == aspect_of(outcome.change.kind):
                    self._recorder.supersede(other.entry, by=opened.entry)
        except LedgerError:
            return  # whoever looks at them next sees that they were replaced

    def _settle_after(self, change: AnyChange, opened: Opened) -> None:
        """Settle what a pause or stop did not wait for; whatever keeps it from that is met by whoever comes next."""
        try:
            self._settlement.after(change, opened)
        except LedgerError:
            return
