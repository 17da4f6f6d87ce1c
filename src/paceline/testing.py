"""For tests of programs that talk to the platform: a real emulator in a thread, on a free port, with its clock in hand.

with running_emulator(now="2026-06-15T12:00:00Z", speed=0.0) as emulator:
...  # send requests to emulator.url, move its clock by PUT emulator.url + "/_emulator/clock"
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paceline.emulator.keeper import Options
from paceline.emulator.platform import Platform
from paceline.emulator.server import EmulatorServer, Listening


@dataclass(frozen=True, slots=True)
class RunningEmulator:
    """An emulator that answers: its addresses, and the file that a client must trust to use the second one."""

    url: str
    tls_url: str | None
    certificate: Path | None
    platform: Platform

    def reset(self) -> None:
        """Go back to the tenants file."""
        self.platform.reset()


@contextmanager
def running_emulator(
    tenants: Path | str | None = None,
    *,
    now: str | None = None,
    speed: float = 1.0,
    seed: int | None = None,
    state: Path | None = None,
    tls: bool = False,
    strict_rules_scope: bool = False,
    requests_per_minute: int | None = None,
) -> Iterator[RunningEmulator]:
    """Run an emulator in a thread while the block runs.

    Args:
        tenants: a tenants file, its text, or None for the demo tenant.
        now: where its clock starts; None is the machine's time.
        speed: seconds of the platform per second of the machine; 0 stands still until it is moved.
        seed: what ids, tokens and secrets are made from; None takes one by chance.
        state: a SQLite file to keep the state in.
        tls: whether to listen for TLS too.
        strict_rules_scope: whether dialing rules need the scope for rules as well.
        requests_per_minute: a limit for every client, instead of its tenant's.

    Raises:
        PacelineError: when it cannot start; the message says why.
    """
    options = Options(
        seed=seed, state=state, strict_rules_scope=strict_rules_scope, requests_per_minute=requests_per_minute
    )
    listening = Listening(tls_port=0 if tls else None, tenants=tenants, now=now, speed=speed, options=options)
    server = EmulatorServer(listening)
    server.start()
    try:
        yield RunningEmulator(server.url, server.tls_url, server.certificate, server.platform)
    finally:
        server.stop()
