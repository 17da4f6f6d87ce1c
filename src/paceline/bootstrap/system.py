"""All of paceline for one tenant, joined from its parts."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from paceline.bootstrap.drifting import drift_watch_of
from paceline.bootstrap.options import Options
from paceline.bootstrap.told_elsewhere import tasks_beside, tuning_news
from paceline.bootstrap.watching import easing_of, polling_of
from paceline.bootstrap.weighing import weigher_of
from paceline.campaign.catalogue import CATALOGUE, AnyChange
from paceline.campaign.change import HouseRules
from paceline.campaign.ports import Platform
from paceline.control.abandonment.accounts import Accounts
from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.access.access import Access
from paceline.control.access.replays import Replays
from paceline.control.agenda.agenda import ROOM, Agenda
from paceline.control.allowance import Allowance
from paceline.control.approving.desk import ApprovalDesk
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.draining import Draining
from paceline.control.due.approvals import Approvals
from paceline.control.due.changes import DueChanges
from paceline.control.due.closing import DueClosing
from paceline.control.due.judgement import DueJudgement
from paceline.control.experiments.experiments import Experiments
from paceline.control.experiments.joining import experiment_desk
from paceline.control.facts.facts import Facts
from paceline.control.facts.law import Law
from paceline.control.fleet.enforcement import Enforcement
from paceline.control.fleet.fleet import Fleet
from paceline.control.fleet.freeze import Freeze
from paceline.control.foresight import Foresight
from paceline.control.freezes import Freezes
from paceline.control.last_look import LastLook
from paceline.control.meanwhile import Meanwhile
from paceline.control.order import OnConflict, Order
from paceline.control.outcome import Outcome
from paceline.control.owners import Owner
from paceline.control.pipeline import Corridor
from paceline.control.platform_time import PlatformTime
from paceline.control.predictions.kept import Predictions
from paceline.control.projecting import Projecting
from paceline.control.recorder import Recorder
from paceline.control.reviewing.explanation import Explanation, explained
from paceline.control.reviewing.settings_explained import SettingsLook
from paceline.control.rollout.joining import rollout_desk
from paceline.control.rollout.rollouts import Rollouts
from paceline.control.settlement import Settlement
from paceline.control.supervision.envelope import CertifiedSteps
from paceline.control.supervision.joining import supervisor_of
from paceline.control.survey import Survey
from paceline.control.telling.announcing import Announcer, Undelivered
from paceline.control.telling.webhooks import Webhooks
from paceline.control.undoing import Undoing
from paceline.control.unended import UnendedChanges
from paceline.control.wall import Wall
from paceline.control.weighing.weighing import Weighing
from paceline.control.work.carrying import Carrying
from paceline.control.work.later import Later
from paceline.control.work.watch import Watch
from paceline.control.work.worker import Worker
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Query
from paceline.ledger.readings import Readings
from paceline.outbox.box import Box
from paceline.outbox.relay import Relay
from paceline.outbox.sending import Sender
from paceline.outbox.streams import Streams
from paceline.outbox.subscribers import Subscribers
from paceline.primitives.clock import MachineClock, WaitingClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database
from paceline.storage.leases import Leases


class System:
    """All of paceline for one tenant: changes go in, outcomes come out. To be closed; a `with` block does."""

    def __init__(
        self,
        *,
        platform: Platform,
        database: Database,
        tenant: TenantId,
        actor: Actor,
        clock: WaitingClock | None = None,
        options: Options | None = None,
    ) -> None:
        """Join these parts.

        Args:
            platform: what campaigns are changed on.
            database: where the ledger is; stays the caller's to close.
            tenant: whose ledger.
            actor: who gives the orders that name nobody else.
            clock: what time is told by; the machine's when None.
            options: how it behaves.
        """
        options = options or Options()
        clock = clock or MachineClock()
        self.actor = actor
        self._tracker = options.tracker
        self.clock = clock
        self.campaign = options.campaign
        self.data_folder = options.data_folder
        self.records = options.records
        self.platform = platform
        self.database = database
        self.book = Book(database, tenant=tenant, clock=clock)
        self.readings = Readings(database, self.book)
        self.facts = Facts(database, self.book)
        self.owner = Owner(database, clock, lease_s=options.lease_s)
        self.access = Access(database, self.book, clock)
        self.replays = Replays(database, tenant=tenant, owner=self.owner, clock=clock)
        self._join_outbox(options)
        self.crier = crier = Announcer(self.book, self.box)
        self.freezes = Freezes(database, self.book, crier)
        self.recorder = Recorder(database, self.book, self.readings, self.owner, self.freezes, crier=crier)
        self._closing: list[Callable[[], None]] = [self.owner.close, self.leases.close]
        self.desk = self._approval_desk(options, crier)
        self.abandonment_book = AbandonmentBook(database, self.book)
        self.rollouts = Rollouts(self.recorder, self.leases, crier)
        self.experiments = Experiments(self.recorder, self.leases, crier)
        self.predictions = Predictions(self.recorder, crier)
        self._join_corridor(options)
        self._join_pacing(options)
        self._join_later()
        self._join_approvals()

    def _join_outbox(self, options: Options) -> None:
        """Join what tells others, and what is due for it."""
        database, tenant, clock = self.database, self.book.tenant, self.clock
        self.leases = Leases(database, clock, owner=self.owner.name, lease_s=options.lease_s)
        subscribers = Subscribers(tenant, clock, reach=options.webhook_reach, hosts=options.webhook_hosts)
        streams = Streams(tenant, self.leases)
        self.box = Box(database, tenant=tenant, clock=clock, subscribers=subscribers, streams=streams)
        self.relay = Relay(
            database,
            box=self.box,
            leases=self.leases,
            post=Sender(reach=options.webhook_reach),
            witness=Undelivered(self.book),
            clock=clock,
        )
        self.webhooks = Webhooks(database, self.book, self.box)

    def _approval_desk(self, options: Options, crier: Announcer) -> ApprovalDesk:
        return ApprovalDesk(
            policy=options.approvals,
            recorder=self.recorder,
            freezes=self.freezes,
            leases=self.leases,
            crier=crier,
            room=ROOM,
        )

    def _join_corridor(self, options: Options) -> None:
        """Join what carries changes out now."""
        platform, clock = self.platform, self.clock
        self.settlement = Settlement(platform, self.recorder, clock, by=self.actor.name)
        self.rules = HouseRules()
        self.meanwhile = Meanwhile(self.recorder, self.readings)
        self.law = Law(self.facts, countries=options.countries, read=options.rulebook)
        self.settings_look = SettingsLook(platform, self.recorder, self.law)
        self.allowance = Allowance(platform, seen=self.abandonment_book)
        self.abandonment = Accounts(platform, self.abandonment_book, self.law)
        self._join_evidence(options)
        self.survey = Survey(
            platform,
            self.recorder,
            self.freezes,
            law=self.law,
            allowance=self.allowance,
            projecting=self.projecting,
            weighing=self.weighing,
            active_limit=options.active_limit or self.facts.active_limit,
        )
        self.corridor = Corridor(
            platform=platform,
            recorder=self.recorder,
            survey=self.survey,
            settlement=self.settlement,
            meanwhile=self.meanwhile,
            desk=self.desk,
            weighing=self.weighing,
            last_look=LastLook(self.recorder, self.freezes),
            rules=self.rules,
            clock=clock,
        )
        self.draining = Draining(platform, self.recorder, clock)
        self.fleet = Fleet(platform, self.corridor, self.recorder, concurrency=options.concurrency)
        self.undoing = Undoing(platform=platform, book=self.book, corridor=self.corridor)
        self.unended = UnendedChanges(recorder=self.recorder, book=self.book, desk=self.desk)
        self.foresight = Foresight(platform, self.recorder, self.survey, rules=self.rules, clock=clock)
        self.wall = Wall(
            platform,
            book=self.book,
            unended=self.unended,
            freezes=self.freezes,
            accounts=self.abandonment,
            rollouts=self.rollouts,
        )

    def _join_evidence(self, options: Options) -> None:
        """Join what tells of a change before it is made: what is expected of a pacing, what data say of weights."""
        self.projecting = Projecting(
            self.platform,
            self.allowance,
            readings=self.readings,
            forecaster=options.forecaster,
            envelopes=CertifiedSteps(),
        )
        self.weighing = Weighing(
            self.platform,
            weigher=options.weigher or weigher_of(self),
            news=tuning_news(self, options.receiver),
        )

    def _join_pacing(self, options: Options) -> None:
        """Join what steers pacing, eases it off, and watches what is abandoned."""
        self.easing = easing_of(self)
        self.supervision = supervisor_of(self, options.approvals, options.watching.requests_per_minute)
        self.rollout_desk = rollout_desk(
            self, is_supervised=self.supervision.steers, experiment_of=self.experiments.entry_under_way
        )
        self.experiment_desk = experiment_desk(self, options.approvals, is_supervised=self.supervision.steers)
        self._polling = polling_of(
            self,
            options.watching,
            is_steered=lambda one: self.supervision.steers(one) or self.rollouts.under_way(one) is not None,
        )

    def _join_later(self) -> None:
        """Join what waits for its hour, what stays stopped, and who returns to it."""
        platform = self.platform
        self.agenda = Agenda(
            platform=platform,
            recorder=self.recorder,
            freezes=self.freezes,
            rules=self.rules,
            leases=self.leases,
            desk=self.desk,
            law=self.law,
        )
        self.due_changes = DueChanges(
            platform=platform,
            recorder=self.recorder,
            corridor=self.corridor,
            settlement=self.settlement,
            judgement=DueJudgement(recorder=self.recorder, readings=self.readings, meanwhile=self.meanwhile),
            closing=DueClosing(recorder=self.recorder, leases=self.leases),
            leases=self.leases,
            desk=self.desk,
        )
        self.enforcement = Enforcement(
            platform=platform,
            fleet=self.fleet,
            recorder=self.recorder,
            freezes=self.freezes,
            leases=self.leases,
            clock=self.clock,
        )
        self.freeze = Freeze(
            platform=platform,
            fleet=self.fleet,
            recorder=self.recorder,
            freezes=self.freezes,
            readings=self.readings,
            settlement=self.settlement,
            agenda=self.agenda,
            enforcement=self.enforcement,
        )
        self._join_worker()

    def _join_worker(self) -> None:
        """Join who does what has no person in front of it."""
        platform, clock, actor = self.platform, self.clock, self.actor
        self.time = PlatformTime(platform, clock)
        self.watch = Watch(
            platform=platform,
            recorder=self.recorder,
            readings=self.readings,
            settlement=self.settlement,
            meanwhile=self.meanwhile,
            actor=actor,
        )
        self.worker = Worker(
            time=self.time,
            due_changes=self.due_changes,
            watch=self.watch,
            enforcement=self.enforcement,
            carrying=Carrying(self.relay, self.leases, clock),
            leases=self.leases,
            recorder=self.recorder,
            actor=actor,
            clock=clock,
            tasks=(
                *(self.supervision, self.rollout_desk.turns, self.experiment_desk.turns, self._polling),
                *tasks_beside(self, self._tracker),
                drift_watch_of(self),
            ),
        )
        self.later = Later(
            platform=platform,
            fleet=self.fleet,
            corridor=self.corridor,
            agenda=self.agenda,
            worker=self.worker,
            recorder=self.recorder,
        )

    def _join_approvals(self) -> None:
        """Join what lets a second person decide."""
        self.approvals = Approvals(
            platform=self.platform,
            recorder=self.recorder,
            desk=self.desk,
            due_changes=self.due_changes,
            withdrawal=Withdrawal(recorder=self.recorder, leases=self.leases, room=ROOM),
        )

    def run(
        self,
        change: AnyChange,
        *,
        reason: str | None = None,
        ticket: str | None = None,
        if_revision: str | None = None,
        on_conflict: OnConflict | None = None,
        dry_run: bool = False,
    ) -> Outcome:
        """Carry out one change and return how it ended; it is in the ledger by then.

        Args:
            change: such as `Pause(campaign=campaign_id("CMP-12345"))`.
            reason: why, for whoever reads the ledger.
            ticket: where it is discussed.
            if_revision: the revision that you looked at.
            on_conflict: what becomes of it when the campaign has moved on.
            dry_run: judge it to the end, record it, and send nothing.
        """
        order = Order(
            actor=self.actor,
            reason=reason,
            ticket=ticket,
            if_revision=if_revision,
            on_conflict=on_conflict,
            dry_run=dry_run,
        )
        return self.corridor.run(change, order)

    def explain(self, campaign: CampaignId) -> Explanation:
        """Return why a campaign is, or is not, dialing, and what may be done to it now.

        Raises:
            PlatformError: it cannot be looked at.
            LedgerUnavailableError: nobody can tell what was done to it.
        """
        last = self.book.entries(Query(campaign=campaign, limit=10))
        changes = [entry for entry in last if entry.kind in CATALOGUE]
        situation = self.survey.looked_at(campaign)
        return explained(
            situation,
            self.rules,
            last=changes[-1] if changes else None,
            settings=self.settings_look.explained(situation),
            measured=self.abandonment.told(campaign, now=situation.now),
        )

    def closes(self, close: Callable[[], None]) -> None:
        """Have something else closed with this system, after all that was there already."""
        self._closing.insert(0, close)

    def close(self) -> None:
        """Let go of everything; a second time does nothing."""
        closing, self._closing = self._closing, []
        for close in reversed(closing):
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
