"""Everything that settings name, looked at once: what `paceline doctor` shows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, suppress

from paceline.bootstrap.opening import tenant_of, throttle_of
from paceline.control.law.checks import law_checks
from paceline.control.under_way import kept_checks
from paceline.cxone.attempt import Limits
from paceline.cxone.diagnosed import platform_checks
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.cxone.throttle import Allowance
from paceline.cxone.throttle_look import throttle_check
from paceline.cxone.transport import Address
from paceline.primitives.checks import Check, Condition, bad, fine, skipped
from paceline.primitives.clock import MachineClock, WaitingClock, instant_of
from paceline.primitives.errors import PacelineError
from paceline.settings import Settings, SettingsError
from paceline.settings.record import Remote, own_tenant
from paceline.settings.told import settings_checks, up_check
from paceline.storage.database import Database, open_database
from paceline.storage.failures import StorageError
from paceline.storage.reading import WAIT_S, ReadDatabase, address_shown, database_checks, open_for_reading, unopened


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
        today = instant_of(clock.wall_ns()).date()
        checks += law_checks(settings.law_files, countries=settings.countries, today=today)
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
                    throttle = throttle_of(settings, writable, clock)
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
    unknown = [skipped(name, unseen) for name in ("ledger", "changes", "workers")]
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
        tenant = tenant_of(settings, database)
    except PacelineError as nobody:
        return database, [*checks, *(skipped(name, nobody.message) for name in ("ledger", "changes", "workers"))]
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
