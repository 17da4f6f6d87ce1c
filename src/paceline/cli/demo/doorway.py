"""A doorway to the platform that lets everything through but answers to changes: whoever waits for one, waits on."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_OWN = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


class Doorway:
    """The address to go through, and how many answers are held back: their effects are there, they never arrive."""

    def __init__(self, url: str, *, passing: int, holding: int) -> None:
        """Say where it is; the first `passing` answers to a PATCH go through, and all is said once `holding` do not."""
        self.url = url
        self._passing = passing
        self._holding = holding
        self._counted = threading.Lock()
        self.held = threading.Event()
        """Set once so many answers are held back."""
        self.over = threading.Event()
        """Set when nobody waits any more."""

    def lets_through(self) -> bool:
        """Count an answer to a PATCH, and return whether it goes through."""
        with self._counted:
            if self._passing > 0:
                self._passing -= 1
                return True
            self._holding -= 1
            if self._holding == 0:
                self.held.set()
            return False


@contextmanager
def doorway_to(url: str, *, passing: int, holding: int) -> Iterator[Doorway]:
    """Let requests through to the platform at this address while the block runs, and so many answers to a PATCH."""
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
            if self.command == "PATCH" and not doorway.lets_through():
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
        server.daemon_threads = True
        url_here = f"http://127.0.0.1:{server.server_address[1]}"
        doorway = Doorway(url_here, passing=passing, holding=holding)
        thread = threading.Thread(target=server.serve_forever, name="paceline-doorway", kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield doorway
        finally:
            doorway.over.set()
            server.shutdown()
            thread.join()
