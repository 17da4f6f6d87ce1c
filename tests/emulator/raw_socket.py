"""A bare TCP conversation in HTTP/1.1, for what no HTTP library would send or show."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

JAVA = {
    "Connection": "Upgrade, HTTP2-Settings",
    "Upgrade": "h2c",
    "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    "User-Agent": "Java-http-client/17.0.9",
}
"""What `java.net.http` adds to the first request on a plain connection."""

FORM = "application/x-www-form-urlencoded"
GUARD_S = 30.0
"""A server that hangs fails the test after this; no test waits for it otherwise."""


@dataclass(frozen=True)
class Answer:
    """One answer as it came over the wire; header names in lower case."""

    version: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the header's only value, or None; a repeated header fails the test."""
        values = [value for key, value in self.headers if key == name.lower()]
        assert len(values) <= 1, f"{name} is repeated: {values}"
        return values[0] if values else None

    def json(self) -> Any:
        return json.loads(self.body.decode("utf-8"))


class RawSocket:
    """One TCP connection to the emulator."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.host = f"{parts.hostname}:{parts.port}"
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=GUARD_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(
        self, method: str, target: str, headers: dict[str, str] | None = None, *, length: int | None = None
    ) -> bytes:
        """Return the head of a request, with Host, and with Content-Length when `length` is given."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += [f"Content-Length: {length}"] if length is not None else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def ask(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        """Send one whole request in one piece and return its answer."""
        length = None if body is None else len(body)
        self.send(self.head(method, target, headers, length=length) + (body or b""))
        return self.answer(method)

    def answer(self, method: str = "GET") -> Answer:
        """Read one answer; an interim one (100) comes back by itself, without a body."""
        version, code, *_ = self.reader.readline().decode("latin-1").rstrip("\r\n").split(" ", 2)
        headers: list[tuple[str, str]] = []
        while line := self.reader.readline().rstrip(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.strip().lower(), value.strip()))
        return Answer(version, int(code), tuple(headers), self._body(method, int(code), dict(headers)))

    def _body(self, method: str, status: int, headers: dict[str, str]) -> bytes:
        if method == "HEAD" or status < 200 or status in (204, 304):
            return b""
        if "content-length" in headers:
            body = self.reader.read(int(headers["content-length"]))
            assert len(body) == int(headers["content-length"]), "the connection ended inside the body"
            return body
        if headers.get("transfer-encoding", "").lower() == "chunked":
            pieces = []
            while size := int(self.reader.readline().split(b";")[0], 16):
                pieces.append(self.reader.read(size))
                self.reader.readline()
            self.reader.readline()
            return b"".join(pieces)
        return self.reader.read()

    def rest(self) -> bytes:
        """Return all that still comes until the server closes the connection; a reset is an end too."""
        try:
            return self.reader.read()
        except ConnectionResetError:
            return b""


def server_reads_on(url: str) -> None:
    """Return when the server has surely read what other connections sent before: it has served a newer one."""
    for _ in range(3):
        with RawSocket(url) as other:
            assert other.ask("GET", "/openapi.json").status == 200
