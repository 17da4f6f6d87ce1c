"""How a process that goes on speaks: to people by lines on standard error, or to programs by structured logs there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from paceline.primitives.canonical import Json

if TYPE_CHECKING:  # pydantic loads only when settings are read
    from paceline.settings import Settings


class Log(StrEnum):
    """How lines of a log look."""

    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What a process speaks with.

    Attributes:
        say: tells what happened in a few words, and what belongs to it as named values.
        warn: the same, where somebody has to do something.
    """

    say: Callable[[str, dict[str, Json]], None]
    warn: Callable[[str, dict[str, Json]], None]


@contextmanager
def logged(log: Log | None, settings: Settings) -> Iterator[Voice]:
    """Write structured logs to standard error while the block runs, what libraries say too, without secrets.

    Args:
        log: how lines look; as standard error is watched by a person or not, when None.
        settings: what is secret in them never stands in a line.
    """
    from paceline.telemetry.logs import Form, logging_to

    form = None if log is None else Form(log.value)
    with logging_to(sys.stderr, form=form, secrets=secrets_of(settings)) as logger:
        yield Voice(
            say=lambda words, values: logger.info(words, **values),
            warn=lambda words, values: logger.warning(words, **values),
        )


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return what no line of a log may hold: secrets of the client and of receivers, the password of the database."""
    from paceline.settings import SettingsError  # as above

    try:
        client = settings.platform.credentials.client_secret
    except SettingsError:
        client = ""
    try:
        password = urlsplit(settings.database_url).password or ""
    except ValueError:
        password = ""
    telling = settings.telling
    told = (telling.mlflow_token, telling.webhook_url, telling.ml_webhook_url)
    return tuple(secret for secret in (client, password, *told) if secret)
