"""The guarded HTTP client: one attempt to one exact host. The only one who sends.

1. Every attempt has a connection of its own, made by its `guard`: to the subscriber's host alone, on a judged address.
2. Nothing is redirected, and no proxy of the environment is used.
3. The whole attempt has one limit of time, a slow answer included.
4. An answer is its status and Retry-After. Of its body 64 KiB are read, and forgotten.

Which certificates are trusted says `SSL_CERT_FILE`, else the system.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpcore2

from paceline.outbox.addresses import Endpoint, Reach
from paceline.outbox.failures import DeliveryError
from paceline.outbox.guard import Deadline, Guard, Resolver, addresses_of
from paceline.primitives.clock import Clock, MachineClock

LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer's body that are read."""
ATTEMPT_S = 10.0
"""How long an attempt may take in all, in seconds, unless a setting says otherwise."""
_FAILURES = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said: the status, and its Retry-After as it stands there."""

    status: int
    retry_after: str | None = None


class Sender:
    """Sends attempts; serves all threads."""

    def __init__(
        self,
        *,
        reach: Reach = Reach.PUBLIC,
        attempt_s: float = ATTEMPT_S,
        resolver: Resolver = addresses_of,
        trust: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Open nothing yet; without a `trust` the system's certificates count."""
        self.reach = reach
        self._attempt_s = attempt_s
        self._resolver = resolver
        self._trust = trust
        self._clock = clock or MachineClock()
        self._lock = threading.Lock()

    def send(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post these bytes once, and return the answer, whatever its status.

        Raises:
            AddressRefusedError: the host leads where nothing may be sent; nothing was.
            DeliveryError: no answer came; the message may have arrived all the same.
        """
        # Reading the system's certificates takes its time, once; the receiver is not to blame.
        trust = self._trusted() if endpoint.scheme == "https" else None
        deadline = Deadline(self._clock, self._attempt_s)
        guard = Guard(endpoint, reach=self.reach, resolver=self._resolver, deadline=deadline)
        url = httpcore2.URL(
            scheme=endpoint.scheme.encode(),
            host=endpoint.host.encode(),
            port=endpoint.port,
            target=endpoint.target.encode(),
        )
        sent = {
            "Host": endpoint.authority,
            "User-Agent": "paceline",
            "Accept": "*/*",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **headers,
        }
        try:
            with (
                httpcore2.ConnectionPool(
                    trust, max_connections=1, max_keepalive_connections=0, network_backend=guard
                ) as pool,
                pool.stream("POST", url, headers=list(sent.items()), content=body) as answer,
            ):
                _read(answer)
                return Answer(status=answer.status, retry_after=_header(answer.headers, b"retry-after"))
        except httpcore2.ProtocolError:
            # Its words repeat what the receiver said, who may have said our request back: its path is a secret.
            told = f"{endpoint.host} answered in a form that is not HTTP"
        except _FAILURES as wrong:
            raise DeliveryError(f"no answer came from {endpoint.host}: {_words(wrong)}") from wrong
        # Raised out here, so that not even a trace leads to those words.
        raise DeliveryError(told)

    def look(self, endpoint: Endpoint) -> None:
        """Look the host up as an attempt would, and send nothing.

        Raises:
            AddressRefusedError: it leads where nothing may be sent.
            DeliveryError: it leads nowhere now.
        """
        deadline = Deadline(self._clock, self._attempt_s)
        guard = Guard(endpoint, reach=self.reach, resolver=self._resolver, deadline=deadline)
        try:
            guard.addresses()
        except _FAILURES as wrong:
            raise DeliveryError(f"{endpoint.host} cannot be found: {_words(wrong)}") from wrong

    def _trusted(self) -> ssl.SSLContext:
        with self._lock:
            if self._trust is None:
                self._trust = httpcore2.default_ssl_context()
            return self._trust


def _read(answer: httpcore2.Response) -> None:
    """Let the receiver end what it says, within bounds; the status stands already."""
    size = 0
    try:
        for piece in answer.iter_stream():
            size += len(piece)
            if size > LARGEST_ANSWER:
                return
    except _FAILURES:
        return


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    found = [value for key, value in headers if key.lower() == name]
    return found[0].decode("latin-1") if found else None


def _words(wrong: Exception) -> str:
    return str(wrong) or type(wrong).__name__
