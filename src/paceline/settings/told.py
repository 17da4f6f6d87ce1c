"""The settings that decide where a command goes and as whom, told with where each comes from; no secret is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from paceline.primitives.checks import Check, bad, doubtful, fine, skipped
from paceline.settings.failures import SettingsError
from paceline.settings.record import Local, Remote, Settings
from paceline.settings.running import GoneError, running


def wrong_settings(failure: SettingsError) -> tuple[Check, ...]:
    """Return a check for each setting at fault, or one for what keeps them all from being read."""
    if failure.faults:
        return tuple(bad(f"settings.{fault.setting}", str(fault), failure.hint) for fault in failure.faults)
    return (bad("settings", failure.message, failure.hint),)


def settings_checks(settings: Settings, *, database: str) -> Sequence[Check]:
    """Return a check for each setting that matters; `database` is its address as it may be shown."""
    source = settings.sources.get
    reach = settings.reach
    if isinstance(reach, SettingsError):
        told = [bad("settings.platform", reach.message, reach.hint)]
    else:
        where = f"API {reach.api_url}, from {reach.source}; tokens from {reach.token_url}"
        named = source("auth_url") if isinstance(reach, Remote) else None
        told = [
            fine("settings.platform", where if named is None else f"{where}, from {named}"),
            fine("settings.client", f"{reach.credentials.client_id}, {_credentials(settings, reach.source)}"),
        ]
    told.append(fine("settings.database", f"{database}, from {source('database_url')}"))
    try:
        tenant = fine("settings.tenant", f"{settings.tenant}, from {source('tenant') or 'the default'}")
    except SettingsError:
        tenant = skipped("settings.tenant", "nobody names one, and there is no platform to make it from")
    profile = "none" if settings.profile is None else f"{settings.profile}, from {source('profile')}"
    return (*told, tenant, fine("settings.profile", profile))


def up_check(folder: Path, *, is_needed: bool) -> Check:
    """Return whether a `paceline up` runs with this data folder, or has left its file behind.

    Args:
        folder: the data folder.
        is_needed: whether it would be the platform, for no address is set.
    """
    try:
        there = running(folder)
    except GoneError as gone:
        return doubtful("up", gone.message, gone.hint)
    except SettingsError as unreadable:
        return doubtful("up", unreadable.message, unreadable.hint)
    if there is None:
        return skipped("up", "none runs with this data folder", "start one: paceline up" if is_needed else None)
    return fine("up", _alive(there, is_needed=is_needed))


def _credentials(settings: Settings, otherwise: str) -> str:
    name, secret = (settings.sources.get(setting, otherwise) for setting in ("client_id", "client_secret"))
    return f"from {name}" if name == secret else f"from {name}; its secret from {secret}"


def _alive(there: Local, *, is_needed: bool) -> str:
    told = f"it runs: process {there.pid}, emulator at {there.api_url}"
    if there.service_url is not None:
        told += f", service at {there.service_url}"
    return told if is_needed else f"{told}; commands do not talk to it, for another address is set"
