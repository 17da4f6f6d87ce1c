"""What the worker of this process did, where it has one: its rounds, and what became of messages that it carried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Lock

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from paceline.control.work.worker import Round
from paceline.primitives.clock import Clock

RESULTS = ("delivered", "put_off", "given_up")
"""What becomes of an attempt at a message."""


class RoundCounts:
    """Counts rounds; serves all threads."""

    def __init__(self, clock: Clock) -> None:
        """Count by this clock's running time."""
        self._clock = clock
        self._lock = Lock()
        self._rounds = 0
        self._last_ns: int | None = None
        self._carried: Counter[str] = Counter()

    def hear(self, done: Round) -> None:
        """Count one round; `Worker.run` tells each."""
        now_ns = self._clock.running_ns()
        with self._lock:
            self._rounds += 1
            self._last_ns = now_ns
            for result in RESULTS:
                self._carried[result] += getattr(done.carried, result)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this process alone; none before its worker has made a round."""
        with self._lock:
            rounds, last_ns, carried = self._rounds, self._last_ns, dict(self._carried)
        if last_ns is None:
            return
        yield CounterMetricFamily("paceline_worker_rounds", "Rounds of the worker of this process.", value=rounds)
        yield GaugeMetricFamily(
            "paceline_worker_last_round_age_seconds",
            "How long ago the worker of this process ended its last round, in seconds.",
            value=(self._clock.running_ns() - last_ns) / 1_000_000_000,
        )
        deliveries = CounterMetricFamily(
            "paceline_worker_deliveries",
            "Attempts of this process at a webhook message, by result; given_up is a dead letter.",
            labels=["result"],
        )
        for result in RESULTS:
            deliveries.add_metric([result], carried.get(result, 0))
        yield deliveries
