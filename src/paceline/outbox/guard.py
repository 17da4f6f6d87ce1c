"""The only way out of an attempt: to its own host, on an address that was judged, until its deadline.

1. The name is looked up here, once; every address that comes back is judged, and one of those is connected to, as text,
   so that nothing is looked up a second time. TLS still asks for the name.
2. Nothing but the subscriber's host and port is connected to, and no Unix socket.
3. Everything ends with the deadline of the attempt, the look-up included.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

import httpcore2

from paceline.outbox.addresses import Endpoint, Reach, permitted
from paceline.outbox.failures import AddressRefusedError
from paceline.primitives.clock import Clock

_PIECE = 16 * 1024
_SECOND = 1_000_000_000

Resolver = Callable[[str, int], Sequence[str]]
"""What finds the addresses of a name, for a port; it raises OSError when there are none."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses that this machine's resolver finds.

    Raises:
        OSError: it finds none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class Deadline:
    """The end of one attempt; the time is the machine's running time."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Begin to count."""
        self._clock = clock
        self._ends_ns = clock.running_ns() + round(seconds * _SECOND)

    def left_s(self) -> float:
        """Return the seconds that are left.

        Raises:
            httpcore2.ReadTimeout: none are.
        """
        left_ns = self._ends_ns - self._clock.running_ns()
        if left_ns <= 0:
            raise httpcore2.ReadTimeout("it took too long")
        return left_ns / _SECOND


class Guard(httpcore2.NetworkBackend):
    """The only way out of one attempt: to its own host, on an address that may be used."""

    def __init__(self, endpoint: Endpoint, *, reach: Reach, resolver: Resolver, deadline: Deadline) -> None:
        """Guard an attempt at this endpoint."""
        self._endpoint = endpoint
        self._reach = reach
        self._resolver = resolver
        self._deadline = deadline

    def addresses(self) -> list[str]:
        """Return the addresses of the host, each of which may be used.

        Raises:
            AddressRefusedError: one of them may not.
            httpcore2.ConnectError: there is none.
        """
        host, port = self._endpoint.host, self._endpoint.port
        if self._endpoint.is_literal:
            return [str(address) for address in permitted(self._endpoint, [host], self._reach)]
        try:
            # The system's resolver has its own idea of patience, and cannot be told.
            found = _within(self._deadline.left_s(), lambda: self._resolver(host, port))
        except (OSError, UnicodeError) as wrong:
            raise httpcore2.ConnectError(f"its name leads nowhere: {wrong}") from wrong
        return [str(address) for address in permitted(self._endpoint, found, self._reach)]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline of the whole attempt counts
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's addresses that lets us.

        Raises:
            AddressRefusedError: another host is asked for, or this one leads where nothing may be sent.
        """
        if (host, port) != (self._endpoint.host, self._endpoint.port):
            raise AddressRefusedError(f"{host} port {port} is not where this message goes")
        problem: Exception = httpcore2.ConnectError("it has no address")
        for address in self.addresses():
            try:
                stream = httpcore2.SyncBackend().connect_tcp(
                    address, port, self._deadline.left_s(), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as wrong:
                problem = wrong
            else:
                return TimedStream(stream, self._deadline)
        raise problem

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 - whatever it is
        timeout: float | None = None,  # noqa: ARG002 - the same
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - the same
    ) -> httpcore2.NetworkStream:
        """Refuse.

        Raises:
            AddressRefusedError: always.
        """
        raise AddressRefusedError("a message does not go to a socket of this machine")


class TimedStream(httpcore2.NetworkStream):
    """A connection on which every step ends with the attempt, whatever time it is given."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        """Use a connection until the deadline."""
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline counts
        """Return what has come."""
        return self._stream.read(max_bytes, self._deadline.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline counts
        """Send all of it; a receiver that takes a byte now and then does not get more time."""
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], self._deadline.left_s())

    def close(self) -> None:
        """Let go of it."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline counts
    ) -> httpcore2.NetworkStream:
        """Return the same connection under TLS, with somebody who has proved this name."""
        encrypted = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left_s())
        return TimedStream(encrypted, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's own
        """Return what the library asks its connections."""
        return self._stream.get_extra_info(info)


def _within(seconds: float, call: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Return what the call returns, or raise what it raises; one that takes longer is left to itself."""
    ended: SimpleQueue[tuple[Sequence[str], Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((call(), None))
        except Exception as wrong:  # noqa: BLE001 - it belongs to who waits
            ended.put(((), wrong))

    threading.Thread(target=run, name="paceline-resolver", daemon=True).start()
    try:
        found, problem = ended.get(timeout=seconds)
    except Empty:
        raise httpcore2.ConnectTimeout("its name was not found in time") from None
    if problem is not None:
        raise problem
    return found
