"""A real HTTP receiver of webhooks: it keeps what arrives and answers with the statuses it was told to."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.emulator.caller import Caller

PATIENCE_S = 20.0
"""How long a test waits for what must happen; only a failing test ever waits so long."""


@dataclass(frozen=True)
class Received:
    """One request as it arrived, and the status it was answered with."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def delivery(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """What arrived so far, and what is answered next (200 when nothing is programmed)."""

    url: str
    received: list[Received] = field(default_factory=list)
    statuses: deque[int] = field(default_factory=deque)
    changed: threading.Condition = field(default_factory=threading.Condition)
    answering: threading.Event = field(default_factory=threading.Event)
    """While this is not set, requests are taken and not answered."""

    def __post_init__(self) -> None:
        self.answering.set()

    def answer_with(self, *statuses: int) -> None:
        """Answer the next requests with these statuses, one each."""
        with self.changed:
            self.statuses.extend(statuses)

    def take(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        """Keep one request and return the status to answer it with."""
        with self.changed:
            status = self.statuses.popleft() if self.statuses else 200
            self.received.append(Received(method, path, headers, body, status))
            self.changed.notify_all()
            return status

    def wait_for(self, count: int, path: str | None = None) -> list[Received]:
        """Return the requests (to this path) once there are `count` of them."""

        def arrived() -> list[Received]:
            return [one for one in self.received if path is None or one.path == path]

        with self.changed:
            assert self.changed.wait_for(lambda: len(arrived()) >= count, PATIENCE_S), f"only {len(arrived())} arrived"
            return arrived()

    def wait_until(self, settled: Callable[[], bool]) -> None:
        """Ask `settled` again whenever something arrived, and at short intervals, until it holds."""
        for _ in range(int(PATIENCE_S / 0.02)):
            if settled():
                return
            with self.changed:
                self.changed.wait(0.02)
        assert settled(), "the deliveries did not settle"


class _Server(ThreadingHTTPServer):
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever sent it was killed on the way: a message that is not whole has not arrived.
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.receiver.take(self.command, self.path, headers, body)
        self.server.receiver.answering.wait(PATIENCE_S)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.receiver.url}/elsewhere")
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any  # noqa: N815  # the names http.server asks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name http.server gives it
        """Say nothing: a test reads what was received."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port of the loopback for the length of the block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.receiver
        finally:
            server.receiver.answering.set()
            server.shutdown()
            thread.join()


def deliveries(caller: Caller) -> list[dict[str, Any]]:
    """Return every delivery the emulator knows of."""
    listed: list[dict[str, Any]] = caller.control("GET", "/deliveries")["deliveries"]
    return listed


def attempted(caller: Caller, receiver: Receiver, attempts: int) -> dict[str, Any]:
    """Return the one delivery there is, once it was attempted this often and the answer was taken note of."""
    receiver.wait_until(lambda: [one["attempts"] for one in deliveries(caller)] == [attempts])
    (one,) = deliveries(caller)
    return one
