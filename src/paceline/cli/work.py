"""`paceline work`: the worker in the foreground, which does what nobody sits in front of.

| how it ended | exit |
| --- | --- |
| told to end by SIGTERM; one round with --once | 0 |
| Ctrl-C | 130 |
| one round with --once, and the platform was away | 6 |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.entrance import open_system
from paceline.cli.render import tell
from paceline.cli.rounds_told import Reporter, Said, said_as
from paceline.cli.speaking import Log, logged
from paceline.cli.told_to_end import told_to_end
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.work.worker import Round
    from paceline.settings import Settings

AGAIN_S = 1.0
"""Seconds until the database is tried again when it is away."""
PATIENCE_S = 20.0
"""How long one request is tried: what fails then is tried again in the next rounds, and holds nothing else up."""
Tell = Callable[[str], None]
"""Takes what people have to know, in words."""


def work(
    *,
    once: Annotated[bool, Parameter(negative=())] = False,
    log: Log | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Make the changes that wait for their hour, keep what is frozen stopped, return to what settles, until Ctrl-C.

    Says on standard error what it does; with -o json, each thing as one line on standard output. Any number of workers
    may run on one database; what one has begun when it is told to end, it ends first.

    Parameters
    ----------
    once
        Do what there is to do now, and end.
    log
        Say it on standard error as a structured log instead, one line for each thing.
    """
    everywhere = everywhere or Everywhere()
    settings = settings_of(everywhere)
    with (
        _spoken(everywhere.output, log, settings) as (told, say),
        told_to_end() as end,
        open_system(everywhere, adopt=Adopt.TRY, patience_s=PATIENCE_S, notice=told) as system,
    ):
        reporter = Reporter(say, told)
        _announce(settings, told)
        if once:
            done = system.worker.once()
            reporter.hear(done)
            ended = f"{len(done.ended)} ended, {done.waiting} wait for the platform"
            told(f"paceline: {ended}, {done.unsettled} settle or are in doubt")
            return end.code or (exits.UNSETTLED if done.waiting or done.platform_away is not None else exits.DONE)
        keep_working(system, end.told, heard=reporter.hear_at_work, told=told)
        told("paceline: the worker has ended")
    return end.code


def keep_working(system: System, stopped: Event, *, heard: Callable[[Round], None], told: Tell) -> None:
    """Work until it is stopped, also when the database goes away and comes back.

    Args:
        system: what to work on.
        stopped: set when it is to end; what is begun is ended first.
        heard: hears of each round.
        told: hears that the database is away.

    Raises:
        PacelineError: something that does not get better by itself.
    """
    while not stopped.is_set():
        try:
            system.worker.run(stopped, told=heard)
        except PacelineError as away:
            if not away.retryable:
                raise
            # What was claimed comes back after its lease, to this worker or to another one.
            told(f"paceline: it is tried again in {AGAIN_S:.0f} s: {away.message}")
            system.clock.wait_for(stopped, AGAIN_S)


@contextmanager
def _spoken(output: Output, log: Log | None, settings: Settings) -> Iterator[tuple[Tell, Said]]:
    """Yield what takes words, and what takes each thing that was done."""
    if log is None:
        yield tell, said_as(output)
        return
    with logged(log, settings) as voice:

        def say(line: str, document: dict[str, Json], name: str) -> None:
            values = {key: value for key, value in document.items() if key != "did"}
            voice.say(str(document["did"]), {"told": line, **values})
            if output is not Output.TABLE:
                said_as(output)(line, document, name)

        yield lambda words: voice.say(words.removeprefix("paceline: "), {}), say


def database_of(settings: Settings) -> str:
    """Return the address of the database as it may be shown."""
    from paceline.storage.reading import address_shown

    return address_shown(settings.database_url)


def _announce(settings: Settings, told: Tell) -> None:
    told(f"database  {database_of(settings)}")
    told(f"tenant    {settings.tenant}")
    told(f"platform  {settings.platform.api_url}")
