"""What this process asked of the platform: each attempt at a request, how long it took, and whether there is an answer.

A refusal is an answer too: the platform is away only while nothing comes back from it, or nothing that could be its.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Lock

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from paceline.campaign.ports import NoAnswerError, UnavailableError, UnexpectedAnswerError
from paceline.primitives.clock import Clock
from paceline.telemetry.histogram import Histogram
from paceline.telemetry.labels import among, platform_codes

ANSWERED = "answered"
"""The result of an attempt that the platform answered with success."""
AWAY = frozenset({NoAnswerError.code, UnavailableError.code, UnexpectedAnswerError.code})
"""The codes that say that the platform is away."""


class AttemptCounts:
    """Counts attempts; serves all threads."""

    def __init__(self, clock: Clock) -> None:
        """Count by this clock's running time."""
        self._clock = clock
        self._lock = Lock()
        self._codes = platform_codes()
        self._results: Counter[str] = Counter()
        self._spent = Histogram()
        self._away_since_ns: int | None = None

    def hear(self, code: str | None, seconds: float) -> None:
        """Count one attempt: `code` is that of its error, None of a success; `bootstrap.system_of` takes this."""
        now_ns = self._clock.running_ns()
        with self._lock:
            self._results[ANSWERED if code is None else among(code, self._codes)] += 1
            self._spent.count(seconds)
            if code not in AWAY:
                self._away_since_ns = None
            elif self._away_since_ns is None:
                self._away_since_ns = now_ns

    def away_s(self) -> float:
        """Return for how long every attempt has failed without an answer, in seconds; 0 when the last had one."""
        with self._lock:
            since_ns = self._away_since_ns
        return 0.0 if since_ns is None else (self._clock.running_ns() - since_ns) / 1_000_000_000

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of this process alone."""
        with self._lock:
            results, buckets, sum_s = dict(self._results), self._spent.cumulative(), self._spent.sum_s
        attempts = CounterMetricFamily(
            "paceline_platform_attempts",
            "Attempts of this process at a request to the platform, those for tokens too, by result: answered, or the "
            "code of the error.",
            labels=["result"],
        )
        for result in sorted({ANSWERED, *results}):
            attempts.add_metric([result], results.get(result, 0))
        yield attempts
        spent = HistogramMetricFamily(
            "paceline_platform_attempt_seconds",
            "How long an attempt of this process took, answered or not, in seconds.",
        )
        spent.add_metric([], buckets, sum_s)
        yield spent
        yield GaugeMetricFamily(
            "paceline_platform_away_seconds",
            "For how long every attempt of this process has failed without an answer of the platform, in seconds; 0 "
            "when the last one had an answer, or none was made.",
            value=self.away_s(),
        )
