"""`paceline emulator serve`: the emulator in the foreground, until it is told to end."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli import exits

if TYPE_CHECKING:  # the server's libraries load only when it serves
    from paceline.emulator.server import EmulatorServer

_PORT = Parameter(validator=validators.Number(gte=0, lte=65535))
_SPEED = Parameter(validator=validators.Number(gte=0, lte=100_000))
_LIMIT = Parameter(validator=validators.Number(gte=1, lte=1_000_000_000))


def serve_emulator(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, _PORT] = 8081,
    tls_port: Annotated[int | None, _PORT] = None,
    tenants: Path | None = None,
    state: Path | None = None,
    seed: int | None = None,
    clock: str | None = None,
    speed: Annotated[float, _SPEED] = 1.0,
    requests_per_minute: Annotated[int | None, _LIMIT] = None,
    strict_rules_scope: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Serve the emulator until Ctrl-C.

    Parameters
    ----------
    host
        Address to listen on; the control surface answers requests from this machine only.
    port
        Port to listen on; 0 takes a free one.
    tls_port
        Port for TLS, with a self-signed certificate made at start; 0 takes a free one.
    tenants
        Tenants, clients and campaigns to start with (TOML); the demo tenant without.
    state
        SQLite file to keep the state in; a restart goes on where it was. Memory only without.
    seed
        What ids, tokens and secrets are made from; by chance without.
    clock
        Where the platform's clock starts, such as 2026-06-15T12:00:00Z; the machine's time without.
    speed
        Seconds of the platform per second of the machine; 0 stands still until it is moved.
    requests_per_minute
        Requests that each client may make in 60 s, instead of what its tenant says.
    strict_rules_scope
        Ask for the scope outbound:rules:write as well where dialing rules are written.
    """
    from paceline.emulator.keeper import Options  # as above
    from paceline.emulator.server import EmulatorServer, Listening  # as above

    options = Options(
        seed=seed, state=state, strict_rules_scope=strict_rules_scope, requests_per_minute=requests_per_minute
    )
    listening = Listening(
        host=host, port=port, tls_port=tls_port, tenants=tenants, now=clock, speed=speed, options=options
    )
    server = EmulatorServer(listening)
    return _serve(server, demo=tenants is None and state is None)


def _serve(server: EmulatorServer, *, demo: bool) -> int:
    server.heed_signals()
    _announce(server, demo=demo)
    server.serve()
    return exits.INTERRUPTED if server.told_by is signal.Signals.SIGINT else 0


def _announce(server: EmulatorServer, *, demo: bool) -> None:
    from paceline.emulator.instants import instant_text

    print(f"emulator  {server.url}")
    if server.tls_url is not None:
        print(f"TLS       {server.tls_url}  (certificate: {server.certificate})")
    print(f"OpenAPI   {server.url}/openapi.json")
    print(f"control   {server.url}/_emulator/clock, /journal, /faults")
    if server.platform.resumed:
        print(
            f"state     goes on at {instant_text(server.platform.now())}; --clock, --speed, --seed are for a new file"
        )
    if demo:
        print("client    demo-client, secret demo-secret")
    print("Ctrl-C ends it.", flush=True)
