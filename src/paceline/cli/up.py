"""`paceline up`: an emulator in which a day is dialed, the service with its pages, and a worker, in one process.

What it serves, and with which credentials, stands in the data folder while it runs, readable by its owner only; every
command finds it there when no address is set. It has a database of its own.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli import exits
from paceline.cli.configured import Configured, settings_of
from paceline.cli.dialing_day import DialingDay, bring_to_life, day_under_way
from paceline.cli.loading import loading
from paceline.cli.service import PORT
from paceline.cli.told_to_end import told_to_end
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import MachineClock, instant_of

if TYPE_CHECKING:  # the server's libraries, and pydantic, load only when it serves
    from paceline.cli.company import Company
    from paceline.emulator.server import EmulatorServer, Listening
    from paceline.settings import Local, Settings

DATABASE = "up.db"
"""The file of its database, in the data folder: what is tried here never gets into a real ledger."""
_SPEED = Parameter(validator=validators.Number(gte=0, lte=100_000))


def up(
    *,
    port: Annotated[int | None, PORT] = None,
    emulator_port: Annotated[int, PORT] = 8081,
    speed: Annotated[float, _SPEED] = 1.0,
    clock: str | None = None,
    seed: int | None = None,
    emulator_only: Annotated[bool, Parameter(negative=())] = False,
    configured: Configured | None = None,
) -> int:
    """Start an emulator with a dialing day in it, the service with its pages and a worker, until Ctrl-C.

    Prints a link that signs you in, once; the other commands find it by themselves.

    Parameters
    ----------
    port
        Port for the service, on this machine only: 8080 when nothing is said, or a free one where that is taken.
    emulator_port
        Port for the emulator, on this machine only; 0 takes a free one.
    speed
        Seconds of the platform per second of the machine; 0 stands still until it is moved.
    clock
        Where the platform's clock starts, such as 2026-06-15T12:00:00Z; else a working day in New York is under way.
    seed
        What the emulator's ids and tokens are made from; by chance without. The credentials are always by chance.
    emulator_only
        Start the emulator alone, by the machine's time without --clock: no service, no worker.
    """
    from paceline.emulator.keeper import Options
    from paceline.emulator.server import Listening
    from paceline.settings.running import held, made_folder

    said = {} if port is None else {"port": str(port)}
    settings = settings_of(configured, said)
    folder = made_folder(settings.data_folder)
    day = None
    if clock is None and not emulator_only:
        day = day_under_way(instant_of(MachineClock().wall_ns()))
        clock = day.begins_text
    # The limit that somebody sets for us is the emulator's too: nobody else asks it.
    options = Options(seed=seed, requests_per_minute=_said_limit(settings))
    listening = Listening(port=emulator_port, now=clock, speed=speed, options=options)
    with held(folder):
        if emulator_only:
            return _serve_alone(listening, folder, settings)
        return _serve(listening, day, folder, settings)


def _said_limit(settings: Settings) -> int | None:
    """Return how many requests a minute the emulator allows us, where that was said; 0 says nothing of it."""
    from paceline.settings.reading import DEFAULT

    if settings.requests_per_minute == 0 or settings.sources.get("requests_per_minute") == DEFAULT:
        return None
    return max(1, round(60 * settings.requests_per_minute / settings.request_window_s))


def _serve(listening: Listening, day: DialingDay | None, folder: Path, settings: Settings) -> int:
    from paceline.cli.company import in_company
    from paceline.settings.reading import DEFAULT
    from paceline.settings.running import tell

    with ExitStack() as stack:
        with loading():
            emulator, told = _emulator(listening, folder)
            if day is not None:
                bring_to_life(emulator.platform, day)
            emulator.start()
            stack.callback(emulator.stop)
            end = stack.enter_context(told_to_end())
            may_move = settings.sources.get("port") == DEFAULT
            company = stack.enter_context(
                in_company(settings, told, port=settings.serving.port, may_move=may_move, ended=end.told)
            )
        told = replace(told, service_url=company.url)
        _announce(told, tell(folder, told), settings, company)
        end.wait()
    return end.code


def _serve_alone(listening: Listening, folder: Path, settings: Settings) -> int:
    from paceline.settings.running import tell

    emulator, told = _emulator(listening, folder)
    emulator.heed_signals()
    _announce(told, tell(folder, told), settings, None)
    emulator.serve()
    return exits.INTERRUPTED if emulator.told_by is signal.Signals.SIGINT else 0


def _emulator(listening: Listening, folder: Path) -> tuple[EmulatorServer, Local]:
    """Return an emulator that has its port, and what others have to know of it."""
    from paceline.cxone.auth import Credentials
    from paceline.emulator.server import EmulatorServer, EmulatorStartError
    from paceline.settings import Local
    from paceline.settings.record import sqlite_address

    client, secret = f"up-{fresh_key(4).hex()}", fresh_key(24).hex()
    try:
        server = EmulatorServer(replace(listening, tenants=tenants_with(client, secret)))
    except EmulatorStartError as failed:
        failed.hint = failed.hint and failed.hint.replace("--port", "--emulator-port")
        raise
    return server, Local(
        api_url=server.url,
        token_url=f"{server.url}/oauth/token",
        credentials=Credentials(client_id=client, client_secret=secret),
        database_url=sqlite_address(folder / DATABASE),
        pid=os.getpid(),
    )


def tenants_with(client: str, secret: str) -> str:
    """Return the demo tenant's file with these credentials instead of those that everybody knows."""
    from paceline.emulator.tenants import demo_tenants

    return demo_tenants().replace('"demo-client"', f'"{client}"').replace('"demo-secret"', f'"{secret}"')


def _announce(told: Local, place: Path, settings: Settings, company: Company | None) -> None:
    if company is not None:
        moved = "" if company.taken is None else f"  (port {company.taken} is taken)"
        print(f"open      {company.link}")
        print("          it signs you in once, as administrator, within an hour; another one: paceline keys link")
        print(f"service   {company.url}{moved}")
    print(f"emulator  {told.api_url}")
    print(f"control   {told.api_url}/_emulator/clock, /journal, /faults")
    print(f"client    {told.credentials.client_id}; its secret is in {place}, for you only")
    print(f"database  {told.database_url}")
    source = settings.sources.get("api_url") or settings.sources.get("auth_url")
    if source is not None:
        print(
            f"paceline: commands do not talk to this emulator while another address is set, from {source}",
            file=sys.stderr,
        )
    print("Next, in another terminal: paceline get campaigns")
    print("Ctrl-C ends it.", flush=True)
