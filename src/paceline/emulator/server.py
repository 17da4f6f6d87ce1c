"""The emulator on a port: in a thread for tests and demos, or in the foreground; plain HTTP, and TLS when asked.

HTTP is parsed by h11: a client that offers an upgrade to HTTP/2 keeps its body, which the faster parser loses.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from paceline.emulator.application import Application, Peer
from paceline.emulator.clock import PlatformClock
from paceline.emulator.instants import parse_instant
from paceline.emulator.keeper import Options
from paceline.emulator.keeping_up import KeepingUp
from paceline.emulator.messages import json_bytes
from paceline.emulator.platform import Platform
from paceline.primitives.clock import Clock, MachineClock
from paceline.primitives.errors import PacelineError

KEEP_ALIVE_S = 75
"""How long an idle connection is kept."""
_BACKLOG = 2048
_NO_LINGER = struct.pack("ii", 1, 0)


class EmulatorStartError(PacelineError):
    """the emulator could not start"""

    code = "emulator-start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where and how an emulator listens and what it starts with; port 0 takes a free one.

    `now` is an instant such as `2026-06-15T12:00:00Z` (None: the machine's time), `speed` seconds of the platform per
    second.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int | None = None
    tenants: Path | str | None = None
    now: str | None = None
    speed: float = 1.0
    options: Options = field(default_factory=Options)


class _Connections:
    """The open connections by their peer, so that an ordered fault can break one."""

    def __init__(self) -> None:
        self._open: dict[Peer, asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Return the HTTP protocol that enters its connections here."""
        connections = self._open

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it so
                super().connection_made(transport)
                named = transport.get_extra_info("peername")  # None when the client has gone already
                self._entered: Peer | None = named[:2] if named else None
                if self._entered is not None:
                    connections[self._entered] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self._entered is not None and connections.get(self._entered) is self.transport:
                    del connections[self._entered]
                super().connection_lost(exc)

            def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn calls it so; the platform words it itself
                told = {"code": "invalid_request", "message": "this is not an HTTP request", "errors": []}
                body = json_bytes(told)
                head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
                self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
                self.transport.close()

        return Protocol

    def close(self, peer: Peer | None) -> None:
        """End a peer's connection after what was written."""
        transport = self._open.get(peer) if peer is not None else None
        if transport is not None:
            transport.close()

    def reset(self, peer: Peer | None) -> None:
        """End a peer's connection at once, with nothing more sent."""
        transport = self._open.get(peer) if peer is not None else None
        if transport is None:
            return
        plain = transport.get_extra_info("socket")
        if plain is not None:
            with contextlib.suppress(OSError):
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()


class _Listener(uvicorn.Server):
    """One uvicorn server that leaves signals alone and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals to whoever started this."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open for requests and say so."""
        await super().startup(sockets=sockets)
        self.ready.set()


class EmulatorServer:
    """An emulator that listens."""

    def __init__(self, listening: Listening, machine: Clock | None = None) -> None:
        """Make the platform and take the ports.

        Raises:
            TenantsFileError: when the tenants file has faults.
            StateFileError: when the state file cannot be used.
            EmulatorStartError: when a port cannot be had or the start instant is none.
        """
        try:
            at = None if listening.now is None else parse_instant(listening.now)
        except ValueError as wrong:
            raise EmulatorStartError(f"the start instant {wrong}") from wrong
        clock = PlatformClock(machine or MachineClock(), at=at, speed=listening.speed)
        self._sockets = [_bound(listening.host, listening.port)]
        if listening.tls_port is not None:
            self._sockets.append(_bound(listening.host, listening.tls_port))
        try:
            self.platform = Platform(listening.tenants, clock, listening.options)
        except PacelineError:
            for taken in self._sockets:
                taken.close()
            raise
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.certificate: Path | None = None
        self._connections = _Connections()
        self._application = Application(self.platform, self._connections)
        self._listeners = [self._listener(self._application, listening, tls=n == 1) for n in range(len(self._sockets))]
        host = f"[{listening.host}]" if ":" in listening.host else listening.host
        ports = [taken.getsockname()[1] for taken in self._sockets]
        self.url = f"http://{host}:{ports[0]}"
        self.tls_url = f"https://{host}:{ports[1]}" if len(ports) > 1 else None
        self._thread: threading.Thread | None = None
        self._ended = False
        self.told_by: signal.Signals | None = None

    def heed_signals(self) -> None:
        """End `serve` at the first SIGINT or SIGTERM, and the process at the second."""

        def end(number: int, _: object) -> None:
            self.told_by = signal.Signals(number)
            for again in (signal.SIGINT, signal.SIGTERM):
                signal.signal(again, signal.SIG_DFL)
            self.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)

    def start(self) -> None:
        """Serve in a thread; returns when requests are taken.

        Raises:
            EmulatorStartError: when the thread ended before it took any.
        """
        self._thread = threading.Thread(target=self._run, name="paceline-emulator", daemon=True)
        self._thread.start()
        for listener in self._listeners:
            listener.ready.wait()
        if self._ended:
            raise EmulatorStartError("the emulator ended before it took requests; its log says why")

    def stop(self) -> None:
        """End what `start` began, and let go of everything."""
        self._application.end()
        for listener in self._listeners:
            listener.should_exit = True
        if self._thread is not None:
            self._thread.join()

    def serve(self) -> None:
        """Serve in the foreground until the process is told to end: once for a clean end, twice for one at once."""
        self._run()

    def _run(self) -> None:
        from paceline.emulator.delivery import Deliverer  # loads the HTTP client only where it serves

        deliverer, keeping_up = Deliverer(self.platform), KeepingUp(self.platform)
        deliverer.start()
        keeping_up.start()
        try:
            with asyncio.Runner(loop_factory=self._listeners[0].config.get_loop_factory()) as runner:
                runner.run(self._serve_all())
        finally:
            self._ended = True
            keeping_up.stop()
            deliverer.stop()
            self.platform.close()
            for listener in self._listeners:
                listener.ready.set()
            if self._folder is not None:
                self._folder.cleanup()

    async def _serve_all(self) -> None:
        await asyncio.gather(
            *(listener.serve(sockets=[taken]) for listener, taken in zip(self._listeners, self._sockets, strict=True))
        )

    def _listener(self, application: Application, listening: Listening, *, tls: bool) -> _Listener:
        more: dict[str, Any] = {}
        if tls:
            from paceline.emulator.certificate import write_certificate  # cryptography only for TLS

            self._folder = tempfile.TemporaryDirectory(prefix="paceline-emulator-")
            self.certificate, key = write_certificate(Path(self._folder.name), listening.host)
            self.platform.certificate = self.certificate.read_text(encoding="ascii")
            more = {"ssl_certfile": str(self.certificate), "ssl_keyfile": str(key)}
        config = uvicorn.Config(
            application,
            http=self._connections.protocol(),
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            date_header=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=1,
            **more,
        )
        return _Listener(config)


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that who connects from here on is served."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(_BACKLOG)
    except OSError as wrong:
        hint = "name another --host" if isinstance(wrong, socket.gaierror) else "name another --port"
        raise EmulatorStartError(f"cannot listen on {host} port {port}: {wrong}", hint=hint) from wrong
    return taken
