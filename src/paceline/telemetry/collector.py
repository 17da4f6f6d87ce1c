"""All metrics of one process, in the text format that Prometheus reads.

There are two kinds, and each help text says which it is:

* *of the database*: computed from the ledger and the tables beside it. Every service on one database tells the same, so
  they are taken together by `max`, never by `sum`.
* *of this process*: what it was asked, and what it asked of the platform. These add up.

A scrape reads what the ledger has had since the one before, and some counts. Until all rows were read once, nothing is
told that is made from them: a counter that is only half counted would look like a burst when the rest comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from threading import Lock
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, GC_COLLECTOR, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from paceline.bootstrap import System
from paceline.cxone.throttle import Allowance
from paceline.cxone.throttle_look import standing
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.telemetry import families
from paceline.telemetry.attempts import AttemptCounts
from paceline.telemetry.ledger_counts import LedgerCounts
from paceline.telemetry.requests import RequestCounts
from paceline.telemetry.rounds import RoundCounts
from paceline.telemetry.standing import Moment, Standing, rows_after, standing_of

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""The media type of what `Telemetry.text` returns."""
PAGE = 2_000
"""Rows that are read at once."""
ROWS_PER_SCRAPE = 20_000
"""Rows that one scrape reads at most, so that it ends in time."""
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many requests we allow ourselves: the allowance, and as whom the platform knows us."""

    allowance: Allowance
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What this process counts by itself; what it does not do is None."""

    attempts: AttemptCounts | None = None
    requests: RequestCounts | None = None
    rounds: RoundCounts | None = None


class Source(Protocol):
    """What yields metrics."""

    def collect(self) -> Iterator[Metric]:
        """Yield them, as they are now."""
        ...


class DatabaseMetrics(Collector):
    """The metrics of the database, the same whichever process tells them; serves all threads."""

    def __init__(self, system: System, *, budget: Budget | None = None, rows_per_scrape: int = ROWS_PER_SCRAPE) -> None:
        """Read nothing yet.

        Args:
            system: whose ledger, and whose time.
            budget: what is left of it is told; None where requests have no limit of our own.
            rows_per_scrape: how many rows one scrape reads at most.
        """
        self._system = system
        self._rows_per_scrape = rows_per_scrape
        self._budget = budget
        self._lock = Lock()
        self._counts = LedgerCounts()
        self._is_complete = False

    def catch_up(self) -> int:
        """Read every row of the ledger that was not read yet, and return how many there were; best before serving.

        Raises:
            StorageError: the database cannot be read; what was read counts.
        """
        with self._lock:
            return self._read_on(most=None)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; only that the database is away where it is."""
        with self._lock:
            try:
                told = list(self._told())
            except PacelineError:
                told = [families.database(is_up=False)]
        yield from told

    def _told(self) -> Iterator[Metric]:
        self._read_on(most=self._rows_per_scrape)
        moment = self._moment()
        stands = self._system.database.read(lambda connection: standing_of(connection, moment))
        yield families.database(is_up=True)
        yield from families.of_standing(stands, here_ns=moment.here_ns)
        yield self._uncounted(stands)
        if self._is_complete:
            yield from families.of_ledger(self._counts)
        if self._budget is not None:
            yield from self._of_budget(self._budget)

    def _uncounted(self, stands: Standing) -> Metric:
        # Rows that nobody counts, such as readings, may stand at the end: then nothing is left all the same.
        left = 0 if self._is_complete else max(stands.rows - self._counts.last, 0)
        return families.uncounted(left)

    def _read_on(self, *, most: int | None) -> int:
        """Read rows until there are no more, or `most` were read."""
        read = 0
        while most is None or read < most:
            limit = PAGE if most is None else min(PAGE, most - read)
            asked = partial(rows_after, tenant=self._system.book.tenant, last=self._counts.last, limit=limit)
            page = self._system.database.read(asked)
            for row in page:
                self._counts.take(row)
            read += len(page)
            if len(page) < limit:
                self._is_complete = True
                break
        return read

    def _moment(self) -> Moment:
        system = self._system
        here_ns, platform = system.clock.wall_ns(), system.time.now()
        return Moment(
            tenant=system.book.tenant,
            here_ns=here_ns,
            # Where nobody in this process has asked the platform for its time, our own is the best guess.
            platform_ns=here_ns if platform is None else ns_of(platform),
            lease_ns=round(system.owner.lease_s * _SECOND),
        )

    def _of_budget(self, budget: Budget) -> Iterator[Metric]:
        system = self._system
        used, shut_ns = standing(system.database, system.clock, budget.allowance, client=budget.client)
        return families.of_budget(limit=budget.allowance.limit, used=used, shut_ns=shut_ns)


class Telemetry:
    """The metrics of one process, in a registry of their own; serves all threads."""

    def __init__(self, system: System, *, process: Process | None = None, budget: Budget | None = None) -> None:
        """Join what is told.

        Args:
            system: whose database.
            process: what this process counts by itself.
            budget: how many requests we allow ourselves; None is no limit of our own.
        """
        process = process or Process()
        self.database = DatabaseMetrics(system, budget=budget)
        self.registry = CollectorRegistry()
        self.registry.register(self.database)
        for source in (process.attempts, process.requests, process.rounds):
            if source is not None:
                self.registry.register(_Told(source))
        self.registry.register(_Told(_Build()))
        ProcessCollector(registry=self.registry)
        self.registry.register(GC_COLLECTOR)

    def text(self) -> bytes:
        """Return all metrics as they are now, as `CONTENT_TYPE`."""
        return generate_latest(self.registry)


class _Told(Collector):
    """A source as the registry wants it."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        return self._source.collect()


class _Build:
    """Which paceline this is."""

    def collect(self) -> Iterator[Metric]:
        """Yield its version."""
        told = InfoMetricFamily("paceline_build", "The version of this process.")
        told.add_metric([], {"version": version("paceline")})
        yield told
