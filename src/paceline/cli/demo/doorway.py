"""A doorway to the platform that lets everything through but the answer to a change: whoever waits for it, waits on."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_OWN = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


class Doorway:
    """The address to go through, and the moment at which an answer is held back."""

    def __init__(self, url: str) -> None:
        """Say where it is."""
        self.url = url
        self.held = threading.Event()
        """Set once the platform has answered a PATCH: its effect is there, its answer will never arrive."""
        self.over = threading.Event()
        """Set when nobody waits any more."""


@contextmanager
def doorway_to(url: str) -> Iterator[Doorway]:
    """Let requests through to the platform at this address while the block runs."""
    address = urlsplit(url).netloc

    class Passing(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
            """Say nothing."""

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            connection = http.client.HTTPConnection(address, timeout=30)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                told = answer.read()
            finally:
                connection.close()
            if self.command == "PATCH":
                doorway.held.set()
                doorway.over.wait()
                return
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _OWN - {"date"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PATCH = _pass  # noqa: N815  # their names there

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as server:
        doorway = Doorway(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, name="paceline-doorway", kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield doorway
        finally:
            doorway.over.set()
            server.shutdown()
            thread.join()
