"""Structured logs: one line for each event, with what it belongs to, and without secrets.

Everything that a process says goes the same way: our own events, and what libraries say through the standard `logging`.
Secrets are taken out (`redaction`) after everything was gathered, tracebacks too, and before anything is rendered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TextIO, cast

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import BoundLogger, ProcessorFormatter

from paceline.primitives.clock import Clock, MachineClock, instant_of
from paceline.telemetry.redaction import Redaction

NAME = "paceline"
"""The name of our logger, and the first part of those of our modules."""
_LONG = frozenset({"exception", "stack"})
"""What takes several lines."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LIBRARIES_QUIET = ("httpcore2", "httpx2", "alembic", "sqlalchemy")
"""Libraries that tell of each request; they are heard from warnings on."""


class Form(StrEnum):
    """How lines look: JSON for programs, text for people."""

    JSON = "json"
    TEXT = "text"


def form_for(stream: TextIO) -> Form:
    """Return how to write to a stream: text where a person watches, else JSON."""
    return Form.TEXT if stream.isatty() else Form.JSON


@contextmanager
def logging_to(
    stream: TextIO,
    *,
    form: Form | None = None,
    level: int = logging.INFO,
    secrets: Collection[str] = (),
    clock: Clock | None = None,
) -> Iterator[BoundLogger]:
    """Write all that is logged in this process to a stream while the block runs, and yield our logger.

    Args:
        stream: where lines go, such as `sys.stderr`.
        form: how they look; as `form_for` says when None.
        level: what is less than this is not written.
        secrets: what is known to be secret, such as the client's; it is taken out wherever it stands.
        clock: what time is told by; the machine's when None.
    """
    clock, written = clock or MachineClock(), form or form_for(stream)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(written, Redaction(secrets=secrets), clock))
    root = logging.getLogger()
    before, level_before = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in _LIBRARIES_QUIET}
    configured = structlog.get_config() if structlog.is_configured() else None
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _LIBRARIES_QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,
    )
    try:
        yield logger()
    finally:
        root.handlers[:] = before
        root.setLevel(level_before)
        for name, level_of in quiet.items():
            logging.getLogger(name).setLevel(level_of)
        structlog.reset_defaults()
        if configured is not None:
            structlog.configure(**configured)


def logger(name: str = NAME) -> BoundLogger:
    """Return the logger of this name; it says `event` with named values: `logger().info("change", entry=17)`."""
    return cast("BoundLogger", structlog.get_logger(name))


@contextmanager
def bound(**values: object) -> Iterator[None]:
    """Have every line of this thread or task tell these values while the block runs: request, entry, campaign.

    Values that are None are not told.
    """
    with bound_contextvars(**{name: value for name, value in values.items() if value is not None}):
        yield


def _formatter(form: Form, redaction: Redaction, clock: Clock) -> ProcessorFormatter:
    """Return what makes a line of a record, ours or a library's."""

    def timed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["at"] = instant_of(clock.wall_ns()).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return event

    rendered: list[Any] = [
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
        if form is Form.JSON
        else structlog.dev.ConsoleRenderer(colors=False, timestamp_key="at", sort_keys=False)
    ]
    if form is Form.TEXT:
        rendered.insert(0, _printable)
    return ProcessorFormatter(
        foreign_pre_chain=[merge_contextvars, structlog.stdlib.add_log_level, structlog.stdlib.ExtraAdder()],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            timed,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redaction,
            _ordered,
            *rendered,
        ],
    )


def _printable(_logger: object, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Escape what a terminal would obey: names come from outside. JSON escapes it by itself."""
    told: dict[str, Any] = {}
    for name, value in event.items():
        signs = _HARMFUL if name in _LONG else _CONTROL
        told[_CONTROL.sub(_escaped, name)] = signs.sub(_escaped, value) if isinstance(value, str) else value
    return told


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()


def _ordered(_logger: object, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Put first what every line has."""
    first = {name: event[name] for name in ("at", "level", "event") if name in event}
    return {**first, **{name: value for name, value in event.items() if name not in first}}
