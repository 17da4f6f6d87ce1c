"""`paceline up`: an emulator with credentials of its own, which every command finds when no address is set.

What it serves, and with which credentials, stands in the data folder while it runs, readable by its owner only.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli import exits
from paceline.cli.configured import Configured, settings_of
from paceline.primitives.chance import fresh_key

if TYPE_CHECKING:  # the server's libraries, and pydantic, load only when it serves
    from paceline.emulator.server import Listening
    from paceline.settings import Local, Settings

DATABASE = "up.db"
"""The file of its database, in the data folder: what is tried here never gets into a real ledger."""
_PORT = Parameter(validator=validators.Number(gte=0, lte=65535))
_SPEED = Parameter(validator=validators.Number(gte=0, lte=100_000))


def up(
    *,
    emulator_port: Annotated[int, _PORT] = 8081,
    speed: Annotated[float, _SPEED] = 1.0,
    clock: str | None = None,
    seed: int | None = None,
    configured: Configured | None = None,
) -> int:
    """Start an emulator that the other commands find by themselves, until Ctrl-C.

    Parameters
    ----------
    emulator_port
        Port for the emulator, on this machine only; 0 takes a free one.
    speed
        Seconds of the platform per second of the machine; 0 stands still until it is moved.
    clock
        Where the platform's clock starts, such as 2026-06-15T12:00:00Z; the machine's time without.
    seed
        What the emulator's ids and tokens are made from; by chance without. The credentials are always by chance.
    """
    from paceline.emulator.keeper import Options
    from paceline.emulator.server import Listening
    from paceline.settings.running import held, made_folder

    settings = settings_of(configured)
    folder = made_folder(settings.data_folder)
    listening = Listening(port=emulator_port, now=clock, speed=speed, options=Options(seed=seed))
    with held(folder):
        return _serve(listening, folder, settings)


def _serve(listening: Listening, folder: Path, settings: Settings) -> int:
    from paceline.cxone.auth import Credentials
    from paceline.emulator.server import EmulatorServer, EmulatorStartError
    from paceline.settings import Local
    from paceline.settings.record import sqlite_address
    from paceline.settings.running import tell

    client, secret = f"up-{fresh_key(4).hex()}", fresh_key(24).hex()
    try:
        server = EmulatorServer(replace(listening, tenants=tenants_with(client, secret)))
    except EmulatorStartError as failed:
        failed.hint = failed.hint and failed.hint.replace("--port", "--emulator-port")
        raise
    server.heed_signals()
    told = Local(
        api_url=server.url,
        token_url=f"{server.url}/oauth/token",
        credentials=Credentials(client_id=client, client_secret=secret),
        database_url=sqlite_address(folder / DATABASE),
        pid=os.getpid(),
    )
    _announce(told, tell(folder, told), settings)
    server.serve()
    return exits.INTERRUPTED if server.told_by is signal.Signals.SIGINT else 0


def tenants_with(client: str, secret: str) -> str:
    """Return the demo tenant's file with these credentials instead of those that everybody knows."""
    from paceline.emulator.tenants import demo_tenants

    return demo_tenants().replace('"demo-client"', f'"{client}"').replace('"demo-secret"', f'"{secret}"')


def _announce(told: Local, place: Path, settings: Settings) -> None:
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
