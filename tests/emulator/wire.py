"""The many small requests of the suite, written and read by hand over connections that stay: a client takes longer.

What comes back is held to the form of HTTP/1.1 with a body of a told length; the emulator sends no other.
"""

from __future__ import annotations

import re
import select
import socket
import time
from datetime import timedelta
from urllib.parse import urlsplit

import httpx2

LARGEST_BODY = 65_536
"""Longer bodies are left to the client: a peer may answer before it has read them."""
_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_~?=&:,-]*")
"""Request targets that every client sends as they are."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"|[!-~](?:[ -~]*[!-~])?")
_FRAMING = frozenset({"connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade"})
_HEAD = re.compile(
    rb"HTTP/1\.1 ([1-5]\d\d) [ -~]*\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[^\x00-\x08\x0a-\x1f\x7f]*\r\n)*)\r\n"
)
_WITH_BODY = frozenset({"PATCH", "POST", "PUT"})


class Heard(httpx2.Response):
    """An answer that makes the request it belongs to only for those who ask for it."""

    asked: tuple[str, str]

    @property
    def request(self) -> httpx2.Request:
        """Return method and address of what was sent."""
        return httpx2.Request(*self.asked)

    @request.setter
    def request(self, value: httpx2.Request) -> None:
        raise AttributeError(value)


def is_plain(method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
    """Return whether a request is one that every client sends in the same way."""
    return (
        method.isascii()
        and method.isalpha()
        and _PATH.fullmatch(path) is not None
        and len(body) <= LARGEST_BODY
        and all(
            name.lower() not in _FRAMING and _NAME.fullmatch(name) and _VALUE.fullmatch(value)
            for name, value in headers.items()
        )
    )


class Wire:
    """Connections to one address, each used by one request at a time."""

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        self.url, self._host, self._timeout_s = url, parts.netloc, timeout_s
        self._address = (parts.hostname, parts.port)
        self._idle: list[socket.socket] = []

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def send(self, method: str, path: str, usual: httpx2.Headers, headers: dict[str, str], body: bytes) -> Heard:
        """Send a plain request and return its answer; it fails with the client's errors."""
        lines = {name.lower(): (name, value) for name, value in (*usual.items(), *headers.items())}
        lines.setdefault("host", ("Host", self._host))
        if body or method in _WITH_BODY:
            lines["content-length"] = ("Content-Length", str(len(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.values())
        begun, taken = time.perf_counter(), self._connected()
        try:
            heard, is_over = _exchanged(taken, f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body, method)
        except TimeoutError as late:
            taken.close()
            raise httpx2.ReadTimeout(str(late)) from late
        except OSError as broken:
            taken.close()
            raise httpx2.ReadError(str(broken)) from broken
        except BaseException:
            taken.close()
            raise
        if is_over:
            taken.close()
        else:
            self._idle.append(taken)
        heard.asked, heard.elapsed = (method, self.url + path), timedelta(seconds=time.perf_counter() - begun)
        return heard

    def _connected(self) -> socket.socket:
        """Return a connection that the other side has not ended, a new one where there is none."""
        while self._idle:
            taken = self._idle.pop()
            if not select.select([taken], [], [], 0)[0]:
                return taken
            taken.close()  # it has ended, or says something that nobody asked for
        try:
            taken = socket.create_connection(self._address, self._timeout_s)
        except OSError as refused:
            raise httpx2.ConnectError(str(refused)) from refused
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return taken


def _exchanged(taken: socket.socket, sent: bytes, method: str) -> tuple[Heard, bool]:
    """Send bytes and read one answer; return it, and whether it was the connection's last."""
    taken.sendall(sent)
    came = b""
    while (end := came.find(b"\r\n\r\n")) < 0:
        came += _more(taken)
    found = _HEAD.fullmatch(came, 0, end + 4)
    if found is None:
        raise httpx2.RemoteProtocolError(f"this is no head of an answer: {came[: end + 4]!r}")
    status, fields = int(found[1]), [line.split(b":", 1) for line in found[2].splitlines()]
    headers = [(name, value.strip(b" \t")) for name, value in fields]
    named = {name.lower(): value for name, value in headers}
    if status < 200 or len(named) < len(headers) or {b"transfer-encoding", b"content-encoding"} & named.keys():
        raise httpx2.RemoteProtocolError(f"an answer of another form: {came[: end + 4]!r}")
    is_bare = status in {204, 304}
    if (b"content-length" in named) is is_bare:
        raise httpx2.RemoteProtocolError(f"a {status} with the length {named.get(b'content-length')!r}")
    length = 0 if is_bare or method == "HEAD" else int(named[b"content-length"])
    body = came[end + 4 :]
    while len(body) < length:
        body += _more(taken)
    if len(body) > length:
        raise httpx2.RemoteProtocolError(f"{len(body)} bytes instead of {length}")
    heard = Heard(status, headers=headers, content=body, extensions={"http_version": b"HTTP/1.1"})
    return heard, named.get(b"connection", b"").lower() == b"close"


def _more(taken: socket.socket) -> bytes:
    came = taken.recv(1 << 18)
    if not came:
        raise httpx2.RemoteProtocolError("the connection ended before the answer did")
    return came
