"""The service on a port: in a thread beside others, or in the foreground until the process is told to end.

When it ends, no connection is taken any more; event streams end with a comment, and their clients go on elsewhere;
requests that run are waited for. HTTP is parsed by h11, for one parser is enough to know the faults of.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from paceline.primitives.errors import PacelineError
from paceline.service.parts import Parts
from paceline.service.patience import PatientProtocol

KEEP_ALIVE_S = 75
"""How long an idle connection is kept: longer than proxies keep theirs, so that they close first."""
GRACE_S = 30.0
"""How long requests that run are waited for; what is not ended then is cut off, and its entry tells how far it came."""
THREADS = 100
"""Requests that are worked on at once: each holds a thread while it waits for the platform."""
FURTHER = 300
"""Connections beyond those of event streams; more are answered with 503."""
_BACKLOG = 2048


class ServiceStartError(PacelineError):
    """the service could not start"""

    code = "service-start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where the service listens.

    Attributes:
        host: an address or a name of this machine.
        port: 0 takes a free one.
        proxies: networks from which `X-Forwarded-For` and `X-Forwarded-Proto` are believed; none by default.
        grace_s: how long requests that run are waited for at the end, seconds.
    """

    host: str = "127.0.0.1"
    port: int = 0
    proxies: tuple[str, ...] = ()
    grace_s: float = GRACE_S


class _Listener(uvicorn.Server):
    """A uvicorn server that leaves signals alone, says when it is ready, and ends event streams first."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._ending = ending

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals to whoever started this."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open for requests and say so."""
        current_default_thread_limiter().total_tokens = THREADS
        await super().startup(sockets=sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let event streams go, then wait for what runs: a stream by itself would never end."""
        self._ending()
        await super().shutdown(sockets=sockets)


class ServiceServer:
    """A service that listens; the system of its application stays the caller's to close, after the end."""

    def __init__(self, app: FastAPI, listening: Listening) -> None:
        """Take the port for an application of `app.application`.

        Raises:
            ServiceStartError: the port cannot be had.
        """
        parts: Parts = app.state.parts
        self._socket = _bound(listening.host, listening.port)
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(listening.proxies),
            forwarded_allow_ips=list(listening.proxies),
            limit_concurrency=parts.options.streams + FURTHER,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=round(listening.grace_s),
        )

        def end_streams() -> None:
            parts.news.end()
            parts.live.end()
            parts.operations.end()

        self._listener = _Listener(config, end_streams)
        host = f"[{listening.host}]" if ":" in listening.host else listening.host
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self.told_by: signal.Signals | None = None

    def heed_signals(self) -> None:
        """End `serve` at the first SIGINT or SIGTERM, and the process at the second."""

        def end(number: int, _: object) -> None:
            self.told_by = signal.Signals(number)
            for again in (signal.SIGINT, signal.SIGTERM):
                signal.signal(again, signal.SIG_DFL)
            self._listener.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)

    def start(self) -> None:
        """Serve in a thread; returns when requests are taken.

        Raises:
            ServiceStartError: the thread ended before it took any.
        """
        self._thread = threading.Thread(target=self._run, name="paceline-service", daemon=True)
        self._thread.start()
        self._listener.ready.wait()
        if self._ended.is_set():
            raise ServiceStartError("the service ended before it took requests; its log says why")

    def stop(self) -> None:
        """End what `start` began: returns when nothing runs any more."""
        self._listener.should_exit = True
        if self._thread is not None:
            self._thread.join()
        self._socket.close()

    def serve(self) -> None:
        """Serve in the foreground until the process is told to end: once for a clean end, twice for one at once."""
        self._run()

    def _run(self) -> None:
        config = self._listener.config
        try:
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(self._listener.serve(sockets=[self._socket]))
        finally:
            self._ended.set()
            self._listener.ready.set()


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that who connects from here on is served."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(address)
            taken.listen(_BACKLOG)
        except OSError:
            taken.close()
            raise
    except OSError as wrong:
        hint = (
            "name another --host" if isinstance(wrong, socket.gaierror) else "name another --port; 0 takes a free one"
        )
        raise ServiceStartError(f"cannot listen on {host} port {port}: {wrong}", hint=hint) from wrong
    return taken
