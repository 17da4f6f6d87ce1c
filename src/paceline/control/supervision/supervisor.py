"""The supervisor: begins and ends supervisions, and as a worker's task looks at each once a minute of the platform's.

Rules:
* Whoever begins one answers for the certificate: it is made anew each time, and kept in the note that begins it.
* All looks of a worker together make at most their share of the requests that are allowed in a minute; who was looked
  at longest ago comes first, and a campaign where nobody dials is looked at every other minute.
* What cannot be looked at now is looked at later, and its minutes are accounted then.

Findings against the wish to supervise:

* `supervision.ready`: the campaign has pacing, dials predictively, and is neither locked, archived, frozen, rolled out
  nor supervised already; no second person has to approve each change of its pacing.
* `supervision.certificate`: enough was measured, the legal periods are known, and the certificate holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from paceline.campaign.blocks import DialingMode
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Ability, Observed, State
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform
from paceline.compliance.fields import RuleFileError
from paceline.control.allowance import Allowance
from paceline.control.approving.policy import Policy
from paceline.control.facts.law import Law
from paceline.control.freezes import Freezes
from paceline.control.order import Order
from paceline.control.platform_time import PlatformTime
from paceline.control.projecting import LOOKED_BACK
from paceline.control.recorder import Recorder
from paceline.control.supervision.envelope import Certificate, NotCertifiedError, certified
from paceline.control.supervision.leaving import Leaving
from paceline.control.supervision.looking import BLIND, MINUTE, Looking
from paceline.control.supervision.rehearsal import DAYS
from paceline.control.supervision.standing import Standing
from paceline.control.supervision.supervisions import RolledOutError, Supervisions
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import CampaignId, EntryId

SHARE = 4
"""One part in so many of the requests that are allowed may go into looks."""
UNLIMITED = 600
"""Requests in a minute where nobody limits them."""
A_LOOK = 4
"""So many requests a look may make that steers; none is begun for which fewer are left."""
EVERY_S = 0.5
"""Between two turns of a worker, seconds of ours: where the platform's clock runs fast, a minute is short."""
EARLY = timedelta(seconds=30)
"""No two looks at a campaign are nearer than this, of the platform's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What became of the wish to supervise a campaign.

    Attributes:
        campaign: which.
        findings: what stands against it, or is to be told.
        certificate: what was certified; None where it came to no certificate.
        standing: the supervision as it begins; None where it does not begin, or only would.
        dry_run: whether only a certificate was wanted.
    """

    campaign: CampaignId
    findings: Findings = field(default_factory=Findings)
    certificate: Certificate | None = None
    standing: Standing | None = None
    dry_run: bool = False

    @property
    def outcome(self) -> str:
        """Return it in a word: `started`, `certified` (a dry run) or `refused`."""
        if self.standing is not None:
            return "started"
        return "certified" if self.dry_run and self.certificate is not None else "refused"

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "outcome": self.outcome,
            "campaign": self.campaign,
            "findings": [one.document() for one in self.findings],
            "certificate": None if self.certificate is None else self.certificate.document(),
            "supervision": None if self.standing is None else self.standing.document(),
            "entry": None if self.standing is None else self.standing.entry,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The supervision that was ended, as it was left; None where there was none.

    Attributes:
        campaign: which.
        standing: as it was kept last.
        left: how its pacing is left, in words; empty where there was none.
    """

    campaign: CampaignId
    standing: Standing | None
    left: str = ""

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "outcome": "ended" if self.standing is not None else "unchanged",
            "campaign": self.campaign,
            "supervision": None if self.standing is None else self.standing.document(),
            "left": self.left or None,
        }


class Supervisor:
    """Supervises the campaigns of one tenant; any number of processes share the work."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        freezes: Freezes,
        law: Law,
        allowance: Allowance,
        approvals: Policy,
        supervisions: Supervisions,
        looking: Looking,
        leaving: Leaving,
        requests_per_minute: int,
        in_the_way: Callable[[CampaignId], str | None] = lambda _campaign: None,
    ) -> None:
        """Join what is asked and what looks.

        Args:
            platform: where the campaigns are.
            recorder: keeps what was read.
            freezes: tells what is frozen.
            law: tells what binds a campaign.
            allowance: tells what was measured in the legal periods.
            approvals: which changes want a second person; where each step would, nobody can steer.
            supervisions: where they are kept.
            looking: looks at one campaign.
            leaving: eases off what nobody steers any more.
            requests_per_minute: that are allowed; 0 is no limit.
            in_the_way: what else steers the pacing of a campaign, in words; None where nothing does.
        """
        self._platform = platform
        self._recorder = recorder
        self._freezes = freezes
        self._law = law
        self._allowance = allowance
        self._approvals = approvals
        self._supervisions = supervisions
        self._looking = looking
        self._leaving = leaving
        self._in_the_way = in_the_way
        self._allowed = max(A_LOOK, UNLIMITED if requests_per_minute == 0 else requests_per_minute // SHARE)
        self._minute: datetime | None = None
        self._spent = 0

    def of(self, campaign: CampaignId) -> Standing | None:
        """Return where the supervision of a campaign stands; None where there is none.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return self._supervisions.of(campaign)

    def all(self) -> tuple[Standing, ...]:
        """Return every supervision, by campaign.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return self._supervisions.all()

    def steers(self, campaign: CampaignId) -> bool:
        """Return whether a campaign is steered now.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        standing = self._supervisions.of(campaign)
        return standing is not None and standing.is_running

    def start(self, campaign: CampaignId, order: Order, *, target: Decimal | None = None, days: int = DAYS) -> Begun:
        """Certify the supervision of a campaign, and begin it; a dry run only certifies.

        Args:
            campaign: which.
            order: who wants it, and why.
            target: abandonment to aim at, a fraction; None is the highest that can be certified, 2.95 % at most under
                a ceiling of 3 in 100.
            days: that are played for the certificate, at most.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: it did not begin.
        """
        observed = self._platform.read(campaign)
        self._recorder.saw([observed])
        against = self._against(observed, order)
        if against.refused:
            return Begun(campaign=campaign, findings=against)
        try:
            periods, made = self._certified(observed, target, days)
        except (NotCertifiedError, RuleFileError) as missing:
            return Begun(campaign=campaign, findings=Findings(_uncertified(missing)))
        if order.dry_run:
            return Begun(campaign=campaign, certificate=made, dry_run=True)
        standing = _begun(observed, made, periods, order)
        try:
            kept, is_new = self._supervisions.begin(standing, order, made.document())
        except RolledOutError as other:
            return Begun(campaign=campaign, findings=Findings(_unready(other.message)), certificate=made)
        if not is_new:
            return Begun(campaign=campaign, findings=Findings(_running(kept)), certificate=made)
        return Begun(campaign=campaign, certificate=made, standing=kept)

    def end(self, campaign: CampaignId, order: Order) -> Ended:
        """End a supervision; one line for each idle agent is left, or what somebody else has set.

        Raises:
            LedgerUnavailableError: it goes on.
        """
        standing = self._supervisions.of(campaign)
        left = "" if standing is None else self._leaving.leave(standing, order)
        ended = self._supervisions.end(campaign, order, lambda one: {**one.document(), "left": left})
        return Ended(campaign=campaign, standing=ended, left=left)

    @property
    def every_s(self) -> float:
        """Return how long a worker leaves between two turns, seconds of ours."""
        return EVERY_S

    def run(self, time: PlatformTime) -> int:
        """Look at what is due, within the share of the requests, and return how many campaigns were looked at.

        Raises:
            PlatformError: the platform is away.
            LedgerUnavailableError: the database is away.
        """
        now = time.now()
        if now is None:
            return 0
        running = [one for one in self._supervisions.all() if one.is_running]
        done = 0
        for standing in sorted(running, key=lambda one: one.looked):
            if not _is_due(standing, now):
                continue
            if not self._has_room(now):
                break
            with self._platform.metered() as meter:
                try:
                    done += self._looking.look(standing, now) is not None
                finally:
                    self._spent += meter.requests
        return done

    def _has_room(self, now: datetime) -> bool:
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._spent = minute, 0
        return self._spent + A_LOOK <= self._allowed

    def _against(self, observed: Observed, order: Order) -> Findings:
        """Return what keeps a campaign from being supervised."""
        campaign = observed.campaign
        found: list[Finding] = []
        missing = {Ability.STATISTICS, Ability.PACING} - self._platform.abilities
        if missing:
            found.append(_unready("this platform does not tell what it measures, or takes no pacing"))
        if observed.pacing is None:
            found.append(_unready("the campaign has no pacing yet: set one first"))
        elif self._approvals.wanted(SetPacing.to(campaign, observed.pacing), order) is not None:
            word = "the policy wants a second person for each change of pacing, and a step every minute cannot wait"
            found.append(_unready(word))
        if observed.rules is not None and observed.rules.mode is not DialingMode.PREDICTIVE:
            word = f"the campaign dials in mode {observed.rules.mode}: pacing has no effect"
            found.append(_unready(word))
        if observed.locked or observed.state is State.ARCHIVED:
            found.append(_unready("the campaign is locked or archived, and takes no change"))
        frozen, other = self._freezes.of(campaign), self._in_the_way(campaign)
        if frozen is not None:
            found.append(_unready(f"{frozen.by} froze the campaign"))
        if other is not None:
            found.append(_unready(other))
        standing = self._supervisions.of(campaign)
        if standing is not None and standing.is_running:
            found.append(_running(standing))
        return Findings(*found)

    def _certified(
        self, observed: Observed, target: Decimal | None, days: int
    ) -> tuple[tuple[LegalPeriod, ...], Certificate]:
        """Return the legal periods that are running, and the certificate.

        Raises:
            NotCertifiedError: there is none; the message says why.
        """
        circumstances = self._law.circumstances(observed.campaign)
        periods = self._allowance.periods(observed, circumstances, self._law.rulebook)
        if periods is None:
            raise NotCertifiedError(
                "nobody can tell what was measured in the legal period that is running",
                hint=f"declare when the campaign first dialed: paceline declare {observed.campaign} anchor=INSTANT",
            )
        if not periods:
            raise NotCertifiedError("no ceiling of the law binds this campaign: there is nothing to steer by")
        history = self._platform.measured(observed.campaign, since=observed.at - LOOKED_BACK, by_minute=True)
        if observed.pacing is None:
            raise NotCertifiedError("the campaign has no pacing yet")
        made = certified(history, observed.pacing, circumstances.limits, periods, target=target, days=days)
        return periods, made


def _begun(observed: Observed, made: Certificate, periods: tuple[LegalPeriod, ...], order: Order) -> Standing:
    """Return the supervision that begins at the minute of a look; what was before is in its periods."""
    minute = observed.at.replace(second=0, microsecond=0)
    return Standing(
        campaign=observed.campaign,
        entry=EntryId(0),
        actor=(order.actor.name, order.actor.known_by),
        reason=order.reason,
        ticket=order.ticket,
        began=observed.at,
        terms=made.terms,
        bounds=made.bounds,
        account=made.account,
        periods=periods,
        asked_at=observed.at,
        looked=observed.at - MINUTE,
        counted=minute,
        live=observed.pacing,
        version=observed.version,
        at_once=made.at_once,
        answers_a_day=made.world.answers_a_day,
        days_in_30=made.world.days,
        note="begun",
    )


def _is_due(standing: Standing, now: datetime) -> bool:
    if standing.counted - now > BLIND:  # the platform's clock was set back
        return True
    wait = 2 * MINUTE if standing.resting else MINUTE
    return now - standing.counted >= wait and now - standing.looked >= EARLY


def _running(standing: Standing) -> Finding:
    message = f"{standing.actor[0]} supervises it since {standing.began:%d %b %H:%M} (entry {standing.entry})"
    return replace(_unready(message), found=standing.entry, source=standing.actor[0])


def _unready(message: str) -> Finding:
    return Finding(rule="supervision.ready", severity=Severity.ERROR, message=message)


def _uncertified(missing: PacelineError) -> Finding:
    return Finding(rule="supervision.certificate", severity=Severity.ERROR, message=missing.report())
