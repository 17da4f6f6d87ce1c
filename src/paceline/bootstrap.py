"""The only place where parts are joined: settings in, a `System` out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from paceline.campaign.catalogue import CATALOGUE, AnyChange
from paceline.campaign.change import HouseRules
from paceline.campaign.ports import Platform
from paceline.control.adoption import Adopt, adopted
from paceline.control.draining import Draining
from paceline.control.explanation import Explanation, explained
from paceline.control.facts import Facts
from paceline.control.facts_file import read_facts
from paceline.control.fleet import Fleet
from paceline.control.meanwhile import Meanwhile
from paceline.control.order import OnConflict, Order
from paceline.control.outcome import Outcome
from paceline.control.owners import LEASE_S, Owner
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement
from paceline.control.survey import Survey
from paceline.control.under_way import kept_checks
from paceline.cxone.attempt import Limits
from paceline.cxone.diagnosed import platform_checks
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.cxone.retry import WITHOUT_END, Schedule
from paceline.cxone.shared_throttle import DatabaseThrottle
from paceline.cxone.throttle import Allowance, MemoryThrottle, Throttle
from paceline.cxone.throttle_look import throttle_check
from paceline.cxone.transport import Address, Patience, Transport
from paceline.ledger.book import Book, tenants_in
from paceline.ledger.entry import Actor, Query
from paceline.ledger.readings import Readings
from paceline.primitives.chance import fresh_key
from paceline.primitives.checks import Check, Condition, bad, fine, skipped
from paceline.primitives.clock import MachineClock, WaitingClock
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, TenantId
from paceline.settings import Settings, SettingsError, read_settings
from paceline.settings.record import Remote, own_tenant, sqlite_address
from paceline.settings.running import made_folder
from paceline.settings.told import settings_checks, up_check
from paceline.storage.database import Database, open_database
from paceline.storage.failures import StorageError
from paceline.storage.reading import WAIT_S, ReadDatabase, address_shown, database_checks, open_for_reading, unopened


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a system behaves.

    Attributes:
        lease_s: how long an owner of a change is taken for alive after a sign of life, seconds.
        concurrency: how many changes of a fleet go at once.
        active_limit: how many campaigns may be active at once; None asks what was declared.
        campaign: the campaign that is meant where none is named.
    """

    lease_s: float = LEASE_S
    concurrency: int = 8
    campaign: CampaignId | None = None
    active_limit: Callable[[], int | None] | None = None


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
        self.clock = clock
        self.campaign = options.campaign
        self.platform = platform
        self.database = database
        self.book = Book(database, tenant=tenant, clock=clock)
        self.readings = Readings(database, self.book)
        self.facts = Facts(database, self.book)
        self.owner = Owner(database, clock, lease_s=options.lease_s)
        self.recorder = Recorder(database, self.book, self.readings, self.owner)
        self.settlement = Settlement(platform, self.recorder, clock, by=actor.name)
        self.rules = HouseRules()
        self.survey = Survey(platform, self.recorder, active_limit=options.active_limit or self.facts.active_limit)
        self.corridor = Corridor(
            platform=platform,
            recorder=self.recorder,
            survey=self.survey,
            settlement=self.settlement,
            meanwhile=Meanwhile(self.recorder, self.readings),
            rules=self.rules,
            clock=clock,
        )
        self.draining = Draining(platform, self.recorder, clock)
        self.fleet = Fleet(platform, self.corridor, self.recorder, concurrency=options.concurrency)
        self._closing: list[Callable[[], None]] = [self.owner.close]

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
        return explained(self.survey.looked_at(campaign), self.rules, last=changes[-1] if changes else None)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The ledger alone: what was done can be read where no platform is reached."""

    database: Database
    book: Book
    readings: Readings
    actor: Actor
    data_folder: Path


@contextmanager
def ledger_of(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger that these settings name, and close it again.

    Raises:
        SettingsError: nobody can tell whose ledger it is.
        StorageError: the database cannot be opened.
    """
    with _database_of(settings) as database:
        book = Book(database, tenant=_tenant_of(settings, database), clock=MachineClock())
        yield Ledger(
            database=database,
            book=book,
            readings=Readings(database, book),
            actor=settings.actor,
            data_folder=settings.data_folder,
        )


@contextmanager
def system_of(
    settings: Settings,
    *,
    clock: WaitingClock | None = None,
    patience_s: float | None = None,
    adopt: Adopt = Adopt.MUST,
    notice: Callable[[str], None] = lambda _words: None,
) -> Iterator[System]:
    """Open the system that these settings describe, and close it again.

    Args:
        settings: what to open.
        clock: what time is told by; the machine's when None.
        patience_s: how long a request may be tried, its turn in line included; None is as the settings say, and without
            end for what stops.
        adopt: whether the file of campaigns is adopted first.
        notice: who hears what is waited for, and why the file was not adopted where that was only to be tried.

    Raises:
        SettingsError: there is no address of a platform, or no credentials for it.
        StorageError: the database cannot be opened.
        FactsFileError: the file of campaigns must be adopted, and cannot be used.
    """
    reach, clock = settings.platform, clock or MachineClock()
    with _database_of(settings) as database:
        transport = Transport(
            Address(api=reach.api_url, token=reach.token_url),
            reach.credentials,
            clock=clock,
            throttle=_throttle(settings, database, clock),
            patience=_patience(settings, patience_s),
            notice=notice,
        )
        system = System(
            platform=OutboundV2(transport, prefix=settings.prefix),
            database=database,
            tenant=settings.tenant,
            actor=settings.actor,
            clock=clock,
            options=Options(lease_s=settings.lease_s, concurrency=settings.concurrency, campaign=settings.campaign),
        )
        system.closes(transport.close)
        with system:
            file = settings.campaigns_file
            if file is not None:
                order = Order(actor=settings.actor)
                adopted(adopt, lambda: system.facts.adopt(read_facts(file), order), notice=notice)
            yield system


@contextmanager
def open_system(
    environment: Mapping[str, str] | None = None, *, folder: Path | None = None, clock: WaitingClock | None = None
) -> Iterator[System]:
    """Open the system that the settings describe, and close it again: what a program begins with.

    Args:
        environment: variables such as PACELINE_API_URL; those of this process when None.
        folder: where `paceline.toml` and `campaigns.toml` are looked for; the working folder when None.
        clock: what time is told by; the machine's when None.

    Raises:
        SettingsError: a setting is wrong or missing.
        StorageError: the database cannot be opened.
        FactsFileError: `campaigns.toml` cannot be used.
    """
    variables = os.environ if environment is None else environment
    settings = read_settings(flags={}, environment=variables, folder=folder or Path.cwd())
    with system_of(settings, clock=clock) as system:
        yield system


def diagnosis_of(settings: Settings, *, clock: WaitingClock | None = None) -> tuple[Check, ...]:
    """Return what is found when everything that these settings name is looked at, each once.

    Nothing is changed on the platform or recorded in the ledger. The one request that the platform counts takes its
    turn in the throttle, where the database has one.
    """
    clock, shown = clock or MachineClock(), address_shown(settings.database_url)
    with ExitStack() as stack:
        checks = [*settings_checks(settings, database=shown)]
        database, stored = _looked_into(settings, clock, shown)
        if database is not None:
            stack.enter_context(database)
        checks += stored
        reach = settings.reach
        if isinstance(reach, SettingsError):
            names = ("platform", "token", "scopes", "api", "time", "throttle")
            checks += [skipped(name, "there is no platform to ask") for name in names]
        else:
            throttle = None
            if database is not None:
                # Its tables are there and of this version, so to open it changes nothing.
                with suppress(StorageError):
                    writable = stack.enter_context(open_database(settings.database_url, wait_s=WAIT_S))
                    throttle = _throttle(settings, writable, clock)
            checks += platform_checks(
                Address(api=reach.api_url, token=reach.token_url),
                reach.credentials,
                target=f"{Prefix.OUTBOUND.value}?limit=1",
                clock=clock,
                throttle=throttle,
                limits=Limits(attempt_s=settings.attempt_s),
            )
            checks.append(_of_throttle(settings, database, clock))
    return (*checks, up_check(settings.data_folder, is_needed=not isinstance(settings.reach, Remote)))


def _looked_into(settings: Settings, clock: WaitingClock, shown: str) -> tuple[ReadDatabase | None, Iterable[Check]]:
    """Return the database when it is there with tables of this version, to be closed, and what was found in it."""
    unseen = "the database cannot be looked into"
    unknown = [skipped("ledger", unseen), skipped("changes", unseen)]
    try:
        database = open_for_reading(settings.database_url)
    except StorageError as failed:
        return None, [unopened(failed, settings.database_url), *unknown]
    try:
        checks = database_checks(database, place=shown)
    except StorageError as failed:
        database.close()
        return None, [unopened(failed, settings.database_url), *unknown]
    if checks[0].state is not Condition.OK:
        database.close()
        return None, [*checks, *unknown]
    try:
        tenant = _tenant_of(settings, database)
    except PacelineError as nobody:
        return database, [*checks, skipped("ledger", nobody.message), skipped("changes", nobody.message)]
    return database, [*checks, *kept_checks(database, tenant=tenant, clock=clock, lease_s=settings.lease_s)]


def _of_throttle(settings: Settings, database: Database | None, clock: WaitingClock) -> Check:
    if settings.requests_per_minute == 0:
        return fine("throttle", "no limit of our own: requests_per_minute is 0")
    if database is None:
        return skipped("throttle", f"{settings.requests_per_minute} requests are allowed, none was counted yet")
    allowance = Allowance(limit=settings.requests_per_minute, window_s=settings.request_window_s)
    try:
        return throttle_check(database, clock, allowance, client=own_tenant(settings.platform))
    except StorageError as failed:
        return bad("throttle", failed.message, failed.hint)


def _database_of(settings: Settings) -> Database:
    if settings.database_url.startswith(sqlite_address(settings.data_folder)):
        made_folder(settings.data_folder)
    return open_database(settings.database_url)


def _patience(settings: Settings, patience_s: float | None) -> Patience:
    limits = Limits(attempt_s=settings.attempt_s)
    if patience_s is None:
        return Patience(limits=limits, schedule=Schedule(total_s=settings.total_s), stopping=WITHOUT_END)
    within = Schedule(attempts=WITHOUT_END.attempts, total_s=patience_s)
    return Patience(limits=limits, schedule=within, in_line_s=patience_s, stopping=within)


def _throttle(settings: Settings, database: Database, clock: WaitingClock) -> Throttle:
    if settings.requests_per_minute == 0:
        # The platform's own word to come back later still counts, within this process.
        return MemoryThrottle(clock, Allowance(limit=1_000_000, window_s=1.0, margin_s=0.0))
    allowance = Allowance(limit=settings.requests_per_minute, window_s=settings.request_window_s)
    client = own_tenant(settings.platform)
    return DatabaseThrottle(database, clock, allowance, client=client, process=fresh_key(8).hex())


def _tenant_of(settings: Settings, database: Database) -> TenantId:
    """Return whose ledger it is; where no setting tells, the only one that the database holds."""
    try:
        return settings.tenant
    except SettingsError:
        held = tenants_in(database)
        if len(held) == 1:
            return held[0]
        if not held:
            raise
        raise SettingsError(
            f"the database holds the ledgers of {len(held)} tenants: {', '.join(held)}",
            hint="name one: set PACELINE_TENANT, or the key tenant of a profile",
        ) from None
