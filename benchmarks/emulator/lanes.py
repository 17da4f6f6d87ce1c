"""The client: one thread, one request in flight per lane, and the same bytes out and in for either server."""

from __future__ import annotations

import math
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

ANSWER_TIMEOUT_S = 30.0
HEAD_END = b"\r\n\r\n"
READ_BYTES = 65536


class BenchmarkError(Exception):
    """the benchmark cannot be held to be a measurement"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What one round of requests took."""

    seconds: float
    client_cpu_s: float
    latencies_s: list[float]
    connections: int

    @property
    def per_second(self) -> float:
        """Return the answers per second over the whole round."""
        return len(self.latencies_s) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Return the latency, in milliseconds, that `share` (0 to 1) of the requests did not exceed (nearest rank)."""
        ordered = sorted(self.latencies_s)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000.0


@dataclass(slots=True)
class Lane:
    """A caller that sends its requests one after the other; it reconnects whenever the server has closed."""

    address: tuple[str, int]
    requests: Sequence[bytes]
    keep_alive: bool
    latencies_s: list[float] = field(default_factory=list)
    connections: int = 0
    connected: socket.socket | None = None
    began: float = 0.0
    received: bytes = b""

    @property
    def finished(self) -> bool:
        """Return whether every request has its answer."""
        return len(self.latencies_s) == len(self.requests)

    def begin(self, selector: selectors.BaseSelector) -> None:
        """Send the next request; the clock runs from before the connection is asked for, when one is needed."""
        self.received = b""
        self.began = time.perf_counter()
        if self.connected is None:
            self.connected = socket.create_connection(self.address, timeout=ANSWER_TIMEOUT_S)
            self.connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            selector.register(self.connected, selectors.EVENT_READ, self)
        self.connected.sendall(self.requests[len(self.latencies_s)])

    def receive(self, selector: selectors.BaseSelector) -> bool:
        """Take what has come; return whether the answer is complete, and has been checked and timed."""
        assert self.connected is not None
        piece = self.connected.recv(READ_BYTES)
        self.received += piece
        head, separator, body = self.received.partition(HEAD_END)
        if not piece:
            raise BenchmarkError(f"the connection was closed within an answer: {self.received[:300]!r}")
        if not separator:
            return False
        lowered = head.lower() + b"\r\n"
        if len(body) < content_length(lowered):
            return False
        self.latencies_s.append(time.perf_counter() - self.began)
        if head[9:12] != b"200":
            raise BenchmarkError(f"a transition was not answered with 200: {self.received[:600]!r}")
        if not self.keep_alive or b"\r\nconnection: close\r\n" in lowered:
            self.close(selector)
        return True

    def close(self, selector: selectors.BaseSelector) -> None:
        """Let the connection go, if there is one."""
        if self.connected is not None:
            selector.unregister(self.connected)
            self.connected.close()
            self.connected = None


def content_length(lowered_head: bytes) -> int:
    """Return the announced length of the body; an answer without one is not measured."""
    _, found, rest = lowered_head.partition(b"\r\ncontent-length:")
    if not found:
        raise BenchmarkError(f"an answer without Content-Length: {lowered_head[:300]!r}")
    return int(rest.partition(b"\r\n")[0])


def drive(address: tuple[str, int], lanes: Sequence[Sequence[bytes]], *, keep_alive: bool) -> Drive:
    """Send every lane's requests, one in flight per lane, and return what it took.

    Args:
        address: of the server, on loopback.
        lanes: complete requests; their own `Connection` header must agree with `keep_alive`.
        keep_alive: whether a connection is used again when the server leaves it open.
    """
    callers = [Lane(address, requests, keep_alive) for requests in lanes if requests]
    with selectors.DefaultSelector() as selector:
        cpu = time.process_time()
        start = time.perf_counter()
        for lane in callers:
            lane.begin(selector)
        waiting = len(callers)
        while waiting:
            ready = selector.select(ANSWER_TIMEOUT_S)
            if not ready:
                raise BenchmarkError(f"no answer within {ANSWER_TIMEOUT_S} s")
            for key, _ in ready:
                lane = key.data
                if lane.receive(selector):
                    if lane.finished:
                        waiting -= 1
                    else:
                        lane.begin(selector)
        seconds = time.perf_counter() - start
        client_cpu_s = time.process_time() - cpu
        for lane in callers:
            lane.close(selector)
    return Drive(
        seconds=seconds,
        client_cpu_s=client_cpu_s,
        latencies_s=[latency for lane in callers for latency in lane.latencies_s],
        connections=sum(lane.connections for lane in callers),
    )
