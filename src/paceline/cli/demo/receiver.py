"""A receiver of messages on this machine: its address stands, and nobody listens there until it comes up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What it heard, in order: messages whose signature and age the reference package found right."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        """Have an address and hear nothing yet; `secret` is to be set to what messages are signed with."""
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        self.secret = ""
        self.heard: list[dict[str, Any]] = []
        self.refused = 0
        self._server = server
        self._listening: threading.Thread | None = None

    def come_up(self) -> None:
        """Listen from now on."""
        self._server.server_activate()
        serve = self._server.serve_forever
        self._listening = threading.Thread(target=serve, name="paceline-receiver", kwargs={"poll_interval": 0.02})
        self._listening.start()

    def close(self) -> None:
        """Listen no more, and give the address back."""
        if self._listening is not None:
            self._server.shutdown()
            self._listening.join()
        self._server.server_close()

    def judge(self, body: bytes, headers: dict[str, str]) -> int:
        """Return the status for a message, and keep it when it is right."""
        from standardwebhooks import Webhook, WebhookVerificationError

        try:
            message: dict[str, Any] = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.refused += 1
            return 401
        self.heard.append(message)
        return 204


@contextmanager
def receiver_bound() -> Iterator[Receiver]:
    """Take an address of this machine while the block runs; nobody listens there before `come_up`."""

    class Hearing(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
            """Say nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response_only(receiver.judge(body, headers))
            self.end_headers()

    # Bound, and not listening: who connects is refused, and nobody else gets the port meanwhile.
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hearing, bind_and_activate=False)
    server.server_bind()
    receiver = Receiver(server)
    try:
        yield receiver
    finally:
        receiver.close()
