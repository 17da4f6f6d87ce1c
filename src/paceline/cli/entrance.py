"""From the options of a command to an open system or ledger, closed again when the command ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from paceline.cli.configured import Configured, settings_of
from paceline.cli.render import tell
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from paceline.bootstrap import Ledger, System


@contextmanager
def open_system(
    configured: Configured,
    *,
    adopt: Adopt,
    patience_s: float | None = None,
    notice: Callable[[str], None] = tell,
) -> Iterator[System]:
    """Open everything for this command; what people have to know meanwhile is said, on standard error if not elsewhere.

    Args:
        configured: where settings are read from.
        adopt: whether the file of campaigns is adopted first.
        patience_s: how long a request may be tried; None is as the settings say, and without end for what stops.
        notice: who hears what people have to know meanwhile.

    Raises:
        SettingsError: a setting is wrong or missing.
        StorageError: the database cannot be opened.
        FactsFileError: the file of campaigns must be adopted, and cannot be used.
    """
    from paceline.bootstrap import system_of
    from paceline.settings import Local

    settings = settings_of(configured)
    if isinstance(settings.reach, Local):
        notice(
            f"paceline: no address is set; this is {settings.reach.source}, {settings.reach.api_url}"
            f"{_set_aside(settings.set_aside)}"
        )
    with system_of(
        settings, patience_s=patience_s, adopt=adopt, notice=lambda words: notice(f"paceline: {words}")
    ) as system:
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


def _set_aside(sources: Mapping[str, str]) -> str:
    if not sources:
        return ""
    named = ", ".join(f"{name} (from {source})" for name, source in sources.items())
    return f"; not used here: {named}: an emulator has its own, so that nothing real is mixed with what is tried"
