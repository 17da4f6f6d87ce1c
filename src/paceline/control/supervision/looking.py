"""One look at a supervised campaign: what was measured since the last, and at most one step of its pacing.

Rules:
* Whole minutes are accounted, each once; those that an outage hid are read and accounted with the next look.
* Where nobody looked for longer than `BLIND`, one line for each idle agent is set before anything else, for one look.
* The step stands in the row before it is sent, so that whoever comes after a kill knows whose pacing is live.
* A step is judged on the version that was seen: somebody else's change of the pacing suspends the supervision, with who
  and what; a change of anything else is looked at, and the next look goes on.
* What may not be made bolder now waits; what has to be made gentler is tried at every look, and where it is refused for
  `BLIND` the supervision is suspended: nobody steers, and guards that left it to the supervisor take over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from paceline.campaign.blocks import DialingMode, Pacing
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Observed, State
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import (
    NoAnswerError,
    NotFoundError,
    Platform,
    PlatformError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from paceline.campaign.statistics import Tally
from paceline.control.allowance import Allowance
from paceline.control.facts.law import Law
from paceline.control.meanwhile import Meanwhile
from paceline.control.order import OnConflict, Order, Override
from paceline.control.outcome import Applied, Conflicted, Outcome, Refused, Scheduled, Unchanged
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.settings_shown import pacing_shown
from paceline.control.supervision.controller import (
    KNOWN_OVERNIGHT,
    Counts,
    asked,
    doubted,
    is_progressive,
    pacing_of,
    updated,
)
from paceline.control.supervision.envelope import CertifiedSteps
from paceline.control.supervision.leaving import STEP_LIMIT
from paceline.control.supervision.standing import Standing
from paceline.control.supervision.supervisions import Supervisions, order_of_step
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId, EntryId

MINUTE = timedelta(minutes=1)
BLIND = timedelta(minutes=10)
"""Without a look for so long, one line for each idle agent comes first."""
ASKED_AGAIN = timedelta(hours=1)
"""So often the legal periods are asked for, and the campaign is read whatever else happens."""
PATIENCE = timedelta(minutes=5)
"""A bolder step that was refused is tried again after this."""
AWAY = (UnavailableError, NoAnswerError, RateLimitedError, UnauthorizedError)
"""Failures of the platform itself, not of one campaign."""
_NOBODY = EntryId(0)


@dataclass(slots=True)
class _Look:
    """One look under way: where it stands, and the campaign as far as it was seen."""

    standing: Standing
    at: datetime
    seen: Observed | None = None
    over: bool = field(default=False)

    def goes_on(self) -> bool:
        """Return whether nobody else has it, and nothing suspended it."""
        return not self.over and self.standing.is_running


class Looking:
    """Looks at supervised campaigns, and steers; serves one thread."""

    def __init__(
        self,
        *,
        platform: Platform,
        corridor: Corridor,
        recorder: Recorder,
        law: Law,
        allowance: Allowance,
        meanwhile: Meanwhile,
        supervisions: Supervisions,
        steps: CertifiedSteps,
    ) -> None:
        """Join what is asked, what carries a step, and where it is kept."""
        self._platform = platform
        self._corridor = corridor
        self._recorder = recorder
        self._law = law
        self._allowance = allowance
        self._meanwhile = meanwhile
        self._supervisions = supervisions
        self._steps = steps
        self._seen: dict[CampaignId, Observed] = {}

    def look(self, standing: Standing, now: datetime) -> Standing | None:
        """Look at a campaign and steer it; return where it stands, None when somebody else is at it.

        Raises:
            PlatformError: it cannot be looked at now; the minutes are accounted by the next look.
            LedgerUnavailableError: nothing was kept.
        """
        claimed = self._supervisions.claim(standing, now)
        if claimed is None:
            self._seen.pop(standing.campaign, None)
            return None
        look = _Look(claimed, now, self._seen.pop(claimed.campaign, None))
        with self._platform.metered() as meter:
            try:
                self._look(look)
            except NotFoundError as missing:
                self._suspend(look, f"the platform has no such campaign any more: {missing.message}", None)
            except PlatformError as error:
                if isinstance(error, AWAY):
                    raise
                look.standing = replace(look.standing, note=f"it cannot be looked at: {error.message}")
            if look.over:
                return None
            after = replace(look.standing, requests=look.standing.requests + meter.requests)
        if look.seen is not None and look.standing.is_running:
            self._seen[standing.campaign] = look.seen
        return self._supervisions.keep(after)

    def _look(self, look: _Look) -> None:
        # A clock that was set back hides what happens as a look that is missing does.
        is_blind = abs(look.at - look.standing.counted) > BLIND
        if is_blind:
            look.seen = None
            self._step(look, pacing_of(1.0, look.standing.account.answer_rate, look.standing.bounds), "nobody looked")
        if not look.goes_on() or not self._count(look, is_blind=is_blind) or is_blind:
            return
        # What became of the last step is not known (whoever sent it was killed, or had no answer), or somebody has set
        # the pacing by this ledger: then the campaign is looked at before anything else.
        if (look.standing.wanted is not None or self._supervisions.is_met(look.standing)) and not self._fresh(look):
            return
        self._ask_periods(look)
        standing = look.standing
        if not look.goes_on() or standing.resting:
            return
        wanted = asked(standing.terms, standing.account, standing.running(), standing.bounds, standing.live)
        if wanted is None:
            look.standing = replace(standing, note=_told(standing, "left as it is"))
        elif not self._waits(standing, wanted, look.at):
            self._step(look, wanted, _why(standing))

    def _count(self, look: _Look, *, is_blind: bool) -> bool:
        """Account for the whole minutes since the last look, and return whether there were any."""
        before = look.standing
        told = self._platform.measured(before.campaign, since=before.counted, by_minute=True)
        until = told.at.replace(second=0, microsecond=0)
        look.at = told.at
        if until <= before.counted:
            if before.counted - until > BLIND:
                told_at = until - ASKED_AGAIN  # so that the legal periods are asked anew
                note = "the platform's clock was set back"
                look.standing = replace(look.standing, counted=until, asked_at=told_at, blind=True, note=note)
            return False
        total = Tally()
        for start, one in told.minutes:
            if before.counted <= start < until:
                total += one
        ended = total.connects + total.machines + total.no_answers + total.busies
        counts = Counts(ended=ended, answered=total.connects, abandoned=total.abandons)
        # What was learned before a night says little of the morning.
        account = doubted(before.account, KNOWN_OVERNIGHT) if before.resting else before.account
        look.standing = replace(
            before,
            account=updated(before.terms, account, counts),
            periods=before.counting(total.connects, total.abandons),
            counted=until,
            resting=total.dials == 0 and ended == 0,
            blind=is_blind,
            answered=before.answered + total.connects,
            abandoned=before.abandoned + total.abandons,
            busy_s=before.busy_s + total.talk_s + total.wrap_s,
            staffed_s=before.staffed_s + total.staffed_s,
            worst_at_once=max(before.worst_at_once, total.abandons),
            note="nobody dials" if total.dials == 0 and ended == 0 else before.note,
        )
        return True

    def _ask_periods(self, look: _Look) -> None:
        """Ask anew what was measured in the legal periods, where that is old or one is over; and see the campaign."""
        standing = look.standing
        is_over = any(one.end <= look.at for one in standing.periods)
        if not is_over and look.at - standing.asked_at < ASKED_AGAIN:
            return
        if not self._fresh(look) or look.seen is None:
            return
        circumstances = self._law.circumstances(standing.campaign)
        told = self._allowance.periods(look.seen, circumstances, self._law.rulebook)
        periods = _unended(look.standing.periods, look.at) if told is None else told
        look.standing = replace(look.standing, periods=periods, asked_at=look.at)

    def _fresh(self, look: _Look) -> bool:
        """Read the campaign, suspend where somebody else has set its pacing, and return whether a step may be made."""
        look.seen = observed = self._platform.read(look.standing.campaign)
        self._recorder.saw([observed])
        standing = look.standing
        if observed.state is State.ARCHIVED:
            self._suspend(look, "the campaign was archived", observed)
        elif observed.pacing not in {standing.live, standing.wanted} or observed.pacing is None:
            self._suspend(look, self._who(standing, observed), observed)
        elif observed.rules is not None and observed.rules.mode is not DialingMode.PREDICTIVE:
            look.standing = replace(
                standing,
                live=observed.pacing,
                version=observed.version,
                resting=True,
                note=f"the campaign dials in mode {observed.rules.mode}: pacing has no effect",
            )
        else:
            look.standing = replace(standing, live=observed.pacing, wanted=None, version=observed.version)
            return True
        return False

    def _who(self, standing: Standing, observed: Observed) -> str:
        """Return in words who set the pacing to what."""
        version = standing.version
        if version is not None and version != observed.version:
            found = self._meanwhile.since(version, observed, severity=Severity.INFO, own=_NOBODY)
            told = [one.message for one in found if one.field == "predictiveDialer"] or [one.message for one in found]
        else:
            told = []
        now = "none" if observed.pacing is None else str(pacing_shown(observed.pacing))
        return "somebody else set the pacing: " + ("; ".join(told) or f"it is {now} now")

    def _step(self, look: _Look, wanted: Pacing, why: str, *, is_again: bool = False) -> None:
        """Set a pacing, kept as wanted before it is sent."""
        if (look.seen is None and not self._fresh(look)) or look.seen is None:
            return
        standing = look.standing
        if look.seen.state is not State.ACTIVE:
            look.standing = replace(standing, resting=True, note=f"the campaign is {look.seen.state.value}")
            # While it rests it may be resumed at any time: what is gentler is set all the same.
            if standing.live is not None and lines_per_idle(wanted) >= lines_per_idle(standing.live):
                look.seen = None
                return
        kept = self._supervisions.keep(replace(look.standing, wanted=wanted))
        if kept is None:
            look.over = True
            return
        look.standing, seen = kept, replace(look.seen, at=max(look.seen.at, look.at))
        look.seen = None
        with self._steps.stepping(kept.campaign, kept.entry, kept.bounds):
            outcome = self._corridor.run(
                SetPacing.to(kept.campaign, wanted), _order(kept, wanted, why, seen), seen=seen
            )
        self._came(look, outcome, wanted, why, is_again=is_again)

    def _came(self, look: _Look, outcome: Outcome, wanted: Pacing, why: str, *, is_again: bool) -> None:
        """Keep what became of a step."""
        standing = look.standing
        match outcome.ending:
            case Applied() | Unchanged():
                after = outcome.after or outcome.before
                look.seen = after if after is not None and after.pacing == wanted else None
                version = standing.version if look.seen is None else look.seen.version
                look.standing = replace(
                    standing,
                    live=wanted,
                    wanted=None,
                    version=version,
                    steps=standing.steps + isinstance(outcome.ending, Applied),
                    refused=None,
                    again=None,
                    stuck_since=None,
                    note=_told(standing, why),
                )
            case Conflicted():
                # Somebody was at it: of our pacing, which suspends; or of something else, and it is tried once more.
                if self._fresh(look) and not is_again:
                    self._step(look, wanted, why, is_again=True)
            case Scheduled():
                against = "each step waits for approval by a second person: nobody can steer so"
                # What eases off waits for nobody: a pacing that nobody steers is not left to abandon.
                if not is_again:
                    gentle = pacing_of(1.0, standing.account.answer_rate, standing.bounds)
                    self._step(look, gentle, against, is_again=True)
                if not look.over:
                    self._suspend(look, against, look.seen)
            case Refused():
                self._was_refused(look, outcome, wanted)
            case _:
                # Nobody knows yet what became of it: it stays wanted, and the campaign is read before the next step.
                failure = "no answer" if outcome.failure is None else outcome.failure.message
                look.standing = replace(standing, note=_told(standing, f"{outcome.word}: {failure}"))

    def _was_refused(self, look: _Look, outcome: Outcome, wanted: Pacing) -> None:
        """Keep why a step may not be; one that had to be gentler, and may not be for long, ends the steering."""
        standing = look.standing
        told = "; ".join(one.message for one in outcome.findings if one.severity is not Severity.INFO) or "refused"
        is_gentler = standing.live is None or lines_per_idle(wanted) <= lines_per_idle(standing.live)
        since = (standing.stuck_since or look.at) if is_gentler else None
        look.standing = replace(
            standing,
            wanted=None,
            refused=told,
            again=None if is_gentler else look.at + PATIENCE,
            stuck_since=since,
            note=_told(standing, f"refused: {told}"),
        )
        if since is not None and look.at - since >= BLIND:
            self._suspend(look, f"what has to be gentler is refused since {since:%d %b %H:%M}: {told}", None)

    def _waits(self, standing: Standing, wanted: Pacing, at: datetime) -> bool:
        """Return whether a bolder step was refused so lately that it is not tried again yet."""
        if standing.again is None or at >= standing.again or standing.live is None:
            return False
        return lines_per_idle(wanted) > lines_per_idle(standing.live)

    def _suspend(self, look: _Look, why: str, observed: Observed | None) -> None:
        details = {
            "why": why,
            "left": None if observed is None or observed.pacing is None else pacing_shown(observed.pacing),
            "came_to": look.standing.document(),
        }
        after = self._supervisions.suspend(look.standing, why, details)
        if after is None:
            look.over = True
        else:
            look.standing = after
        look.seen = None


def _order(standing: Standing, wanted: Pacing, why: str, seen: Observed) -> Order:
    """Return the order of one step, as far as it has to go; one that only eases off waits for nobody."""
    is_gentler = standing.live is not None and lines_per_idle(wanted) <= lines_per_idle(standing.live)
    until = seen.at + timedelta(days=1)
    return replace(
        order_of_step(standing, why),
        if_revision=seen.version,
        on_conflict=OnConflict.REPORT,
        overrides=(Override(rule=STEP_LIMIT, until=until),),
        takes_back=is_gentler,
    )


def _why(standing: Standing) -> str:
    account = standing.account
    word = "one line for each idle agent" if is_progressive(standing.terms, account, standing.running()) else "steered"
    side = "over" if account.owed >= 0 else "under"
    return f"{word}: {abs(account.owed):.1f} calls {side} the target, {100 * account.answer_rate:.0f} % answer"


def _told(standing: Standing, what: str) -> str:
    rate = f", {100 * standing.abandoned / standing.answered:.2f} % abandoned" if standing.answered else ""
    return f"{what}{rate}"


def _unended(periods: tuple[LegalPeriod, ...], at: datetime) -> tuple[LegalPeriod, ...]:
    """Return the periods with those begun anew that have ended; what was counted since is not known, and over.

    Nobody could tell what the new one holds: until it is asked again, it is taken for one that is just at its ceiling.
    """
    return tuple(
        one if one.end > at else replace(one, answered=one.per, abandoned=one.most, end=at + ASKED_AGAIN)
        for one in periods
    )
