"""From settings to an open system, or the ledger alone; closed again when the block ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paceline.bootstrap.options import Options
from paceline.bootstrap.system import System
from paceline.bootstrap.telling import crier_of
from paceline.bootstrap.told_elsewhere import receiver_of, tracker_of
from paceline.bootstrap.watching import Watching
from paceline.compliance.shelf import the_rulebook
from paceline.control.access.access import Access
from paceline.control.adoption import Adopt, adopted
from paceline.control.facts.facts_file import read_facts
from paceline.control.order import Order
from paceline.control.telling.announcing import Announcer
from paceline.cxone.attempt import Limits
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.retry import WITHOUT_END, Schedule
from paceline.cxone.shared_throttle import DatabaseThrottle
from paceline.cxone.throttle import Allowance, MemoryThrottle, Throttle
from paceline.cxone.transport import Address, Patience, Transport
from paceline.ledger.book import Book, tenants_in
from paceline.ledger.entry import Actor
from paceline.ledger.readings import Readings
from paceline.outbox.addresses import Reach
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import MachineClock, WaitingClock
from paceline.primitives.ids import TenantId
from paceline.settings import Settings, SettingsError, read_settings
from paceline.settings.record import own_tenant, sqlite_address
from paceline.settings.running import made_folder
from paceline.storage.database import Database, open_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The ledger alone, and who has access: what can be read, and said, where no platform is reached."""

    database: Database
    book: Book
    readings: Readings
    access: Access
    crier: Announcer
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
        clock = MachineClock()
        book = Book(database, tenant=tenant_of(settings, database), clock=clock)
        yield Ledger(
            database=database,
            book=book,
            readings=Readings(database, book),
            access=Access(database, book, clock),
            crier=crier_of(database, book, clock),
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
    heard: Callable[[str | None, float], None] = lambda _code, _seconds: None,
) -> Iterator[System]:
    """Open the system that these settings describe, and close it again.

    Args:
        settings: what to open.
        clock: what time is told by; the machine's when None.
        patience_s: how long a request may be tried, its turn in line included; None is as the settings say, and without
            end for what stops.
        adopt: whether the file of campaigns is adopted first.
        notice: who hears what is waited for, and why the file was not adopted where that was only to be tried.
        heard: who counts attempts at the platform: the code of the error, None of an answer, and its seconds.

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
            throttle=throttle_of(settings, database, clock),
            patience=_patience(settings, patience_s),
            notice=notice,
            heard=heard,
        )
        system = System(
            platform=OutboundV2(transport, prefix=settings.prefix),
            database=database,
            tenant=settings.tenant,
            actor=settings.actor,
            clock=clock,
            options=_options(settings),
        )
        system.closes(transport.close)
        with system:
            if (file := settings.campaigns_file) is not None:
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


def _database_of(settings: Settings) -> Database:
    if settings.database_url.startswith(sqlite_address(settings.data_folder)):
        made_folder(settings.data_folder)
    return open_database(settings.database_url)


def _options(settings: Settings) -> Options:
    return Options(
        lease_s=settings.lease_s,
        concurrency=settings.concurrency,
        campaign=settings.campaign,
        webhook_reach=Reach.LOOPBACK if settings.webhook_allow_loopback else Reach.PUBLIC,
        webhook_hosts=settings.webhook_hosts,
        approvals=settings.approvals,
        countries=settings.countries,
        rulebook=lambda: the_rulebook(settings.law_files),
        watching=Watching(guards=settings.guards, requests_per_minute=_per_minute(settings)),
        tracker=tracker_of(settings),
        receiver=receiver_of(settings),
        data_folder=settings.data_folder,
        records=settings.records,
    )


def _per_minute(settings: Settings) -> int:
    """Return the whole budget of requests in a minute, at least 1; 0 is no limit."""
    if settings.requests_per_minute == 0:
        return 0
    return max(1, int(settings.requests_per_minute * 60.0 / settings.request_window_s))


def _patience(settings: Settings, patience_s: float | None) -> Patience:
    limits = Limits(attempt_s=settings.attempt_s)
    if patience_s is None:
        return Patience(limits=limits, schedule=Schedule(total_s=settings.total_s), stopping=WITHOUT_END)
    within = Schedule(attempts=WITHOUT_END.attempts, total_s=patience_s)
    return Patience(limits=limits, schedule=within, in_line_s=patience_s, stopping=within)


def throttle_of(settings: Settings, database: Database, clock: WaitingClock) -> Throttle:
    """Return who lets requests go, for all processes on this database."""
    if settings.requests_per_minute == 0:
        # The platform's own word to come back later still counts, within this process.
        return MemoryThrottle(clock, Allowance(limit=1_000_000, window_s=1.0, margin_s=0.0))
    allowance = Allowance(limit=settings.requests_per_minute, window_s=settings.request_window_s)
    client = own_tenant(settings.platform)
    return DatabaseThrottle(database, clock, allowance, client=client, process=fresh_key(8).hex())


def tenant_of(settings: Settings, database: Database) -> TenantId:
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
