"""What the service of this process was asked: how much, how long, how it ended, what is under way, who listens.

A request is told by the template of its route (`/v1/campaigns/{id}`), never by its address: an id makes no series.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric

from paceline.telemetry.histogram import Histogram
from paceline.telemetry.labels import OTHER, among

UNMATCHED = "unmatched"
"""The route of what fits no template."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MOST_ROUTES = 200
"""So many templates are told apart; what comes beyond them is one series, should a caller pass addresses by mistake."""


class RequestCounts:
    """Counts requests; serves all threads, and the event loop, for no call of it waits."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = Lock()
        self._served: dict[tuple[str, str, str], Histogram] = {}
        self._routes: set[str] = set()
        self._in_flight = self._streams = 0

    def begun(self) -> None:
        """Count a request that has come; `ended` must follow, whatever becomes of it."""
        with self._lock:
            self._in_flight += 1

    def ended(self, *, route: str | None, method: str, status: int, seconds: float) -> None:
        """Count that a request was answered.

        Args:
            route: the template, None where none fits.
            method: of HTTP, as it came.
            status: of the answer; 499 where the client had gone.
            seconds: from its first byte here to the end of the answer's head.
        """
        status_class = f"{status // 100}xx" if 100 <= status <= 599 else OTHER
        with self._lock:
            self._in_flight -= 1
            key = (self._told_apart(route), among(method.upper(), METHODS), status_class)
            self._served.setdefault(key, Histogram()).count(seconds)

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Count an event stream as open while the block runs."""
        with self._lock:
            self._streams += 1
        try:
            yield
        finally:
            with self._lock:
                self._streams -= 1

    @property
    def in_flight(self) -> int:
        """How many requests are under way now, event streams whose head was answered aside."""
        return self._in_flight

    @property
    def streams(self) -> int:
        """How many event streams are open now."""
        return self._streams

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this process alone."""
        with self._lock:
            served = [(key, one.cumulative(), one.sum_s) for key, one in sorted(self._served.items())]
            in_flight, streams = self._in_flight, self._streams
        spent = HistogramMetricFamily(
            "paceline_http_request_seconds",
            "How long requests to this process took, by template of the route, method and class of the status, in "
            "seconds.",
            labels=["route", "method", "status"],
        )
        for key, buckets, sum_s in served:
            spent.add_metric(list(key), buckets, sum_s)
        yield spent
        yield GaugeMetricFamily(
            "paceline_http_requests_in_flight",
            "Requests that this process has begun and not answered.",
            value=in_flight,
        )
        yield GaugeMetricFamily(
            "paceline_http_event_streams", "Event streams that are open in this process.", value=streams
        )

    def _told_apart(self, route: str | None) -> str:
        if route is None:
            return UNMATCHED
        if route not in self._routes and len(self._routes) >= MOST_ROUTES:
            return OTHER
        self._routes.add(route)
        return route
