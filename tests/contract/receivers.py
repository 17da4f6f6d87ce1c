"""A real HTTP receiver of messages, which answers as a function says; everything that it got is kept."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it arrived, and the status it was answered with; 0 when it got no answer."""

    path: str
    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(frozen=True)
class Reply:
    """What to answer; status 0 is to hang up without an answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def fine(_path: str, _headers: dict[str, str], _body: bytes) -> Reply:
    return Reply()


@dataclass
class Receiver:
    """What arrived, in order, and what is answered."""

    url: str
    answers: Callable[[str, dict[str, str], bytes], Reply] = fine
    got: list[Got] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def always(self, status: int, **headers: str) -> None:
        """Answer everything so from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = lambda _path, _headers, _body: Reply(status, named)

    def taken(self) -> list[Any]:
        """Return the messages that were answered with 2xx, each once, in the order of their first arrival."""
        first: dict[str, Any] = {}
        for one in self.got:
            if 200 <= one.answered < 300:
                first.setdefault(one.id, one.document)
        return list(first.values())


class _Server(ThreadingHTTPServer):
    receiver: Receiver
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _any(self) -> None:
        receiver = self.server.receiver
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        with receiver.lock:
            reply = receiver.answers(self.path, headers, body)
            receiver.got.append(Got(self.path, headers, body, reply.status))
        if reply.status == 0:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_CONNECT = _any  # noqa: N815 - the names http.server asks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing: a test reads what was got."""


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port of the loopback for the length of the block; under TLS with a context."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "http" if context is None else "https"
        server.receiver = Receiver(f"{scheme}://127.0.0.1:{server.server_address[1]}/hook")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.receiver
        finally:
            server.shutdown()
            thread.join()
