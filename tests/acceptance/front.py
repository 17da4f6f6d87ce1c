"""What stands between us and the platform in the tests: a proxy that removes a header, or a server that is no API."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.trust import http_client

Answered = tuple[int, dict[str, str], bytes]
Answers = Callable[[str, str, dict[str, str], bytes], Answered]
"""From method, target, headers (names in lower case) and body to status, headers and body."""


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Serve on a free port while the block runs; yields the origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, content = answers(self.command, self.path, headers, body)
            self.send_response_only(status)
            for name, value in {**told, "Content-Length": str(len(content)), "Connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stripping(origin: str, *, is_terse: bool = False) -> Answers:
    """Return a proxy to an origin that removes Authorization; a terse one removes the challenge of answers too."""

    def answers(method: str, target: str, headers: dict[str, str], body: bytes) -> Answered:
        kept = {name: value for name, value in headers.items() if name not in {"authorization", "host", "connection"}}
        with http_client() as http:
            answer = http.request(method, f"{origin}{target}", headers=kept, content=body or None)
        passed = {"content-type", "date", "retry-after"} | (set() if is_terse else {"www-authenticate"})
        told = {name: value for name, value in answer.headers.items() if name.lower() in passed}
        return answer.status_code, told, answer.content

    return answers


def page(status: int, content: bytes = b"", **headers: str) -> Answers:
    """Return a server that answers everything alike; `headers` with underscores for hyphens."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *_: (status, told, content)
