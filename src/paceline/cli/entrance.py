"""From the options of a command to an open system or ledger, closed again when the command ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from paceline.cli.configured import Configured, settings_of
from paceline.cli.render import tell

if TYPE_CHECKING:
    from paceline.bootstrap import Ledger, System


@contextmanager
def open_system(configured: Configured) -> Iterator[System]:
    """Open everything for this command; who the platform is, when nobody named one, is said on standard error.

    Raises:
        SettingsError: a setting is wrong or missing.
        StorageError: the database cannot be opened.
    """
    from paceline.bootstrap import system_of
    from paceline.settings import Local

    settings = settings_of(configured)
    if isinstance(settings.reach, Local):
        tell(f"paceline: no address is set; this is {settings.reach.source}, {settings.reach.api_url}")
    with system_of(settings) as system:
        yield system


@contextmanager
def open_ledger(configured: Configured) -> Iterator[Ledger]:
    """Open the ledger alone, for which no platform is needed.

    Raises:
        SettingsError: a setting is wrong, or nobody can tell whose ledger it is.
        StorageError: the database cannot be opened.
    """
    from paceline.bootstrap import ledger_of

    with ledger_of(settings_of(configured)) as ledger:
        yield ledger
