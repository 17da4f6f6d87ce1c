"""A real Dask cluster on this machine, one of whose workers is killed in the middle: the same numbers all the same.

Wants the extra `cluster`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from time import perf_counter
from typing import Any

from benchmarks.optimiser.campaigns import tell, usual
from paceline.optimizer.best.pacing import Wish, best_pacing
from paceline.optimizer.cluster import executor_for

AGENTS = 100
WORKERS = 2
KILLED_AT = 10


class Killing(Executor):
    """Hands out parts, and kills a worker when it has handed out some of them."""

    def __init__(self, inner: Executor, victim: int) -> None:
        """Hand out to an executor; the victim is the id of a worker's process."""
        self.inner, self.victim, self.handed_out = inner, victim, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out one part."""
        handed: Future[Any] = self.inner.submit(fn, *args, **kwargs)
        self.handed_out += 1
        if self.handed_out == KILLED_AT:
            os.kill(self.victim, signal.SIGKILL)
        return handed


def study(share: float) -> Iterator[str]:  # noqa: ARG001 - one search is all of it
    """Print one search by one thread, by the cluster, and by the cluster with a worker killed; yield what differs."""
    from distributed import LocalCluster

    tell("\n| played by | wall s | CPU s | days | the same |\n|" + " --- |" * 5)
    best_pacing(usual(AGENTS))  # whatever is loaded once
    began = perf_counter()
    alone = best_pacing(usual(AGENTS), Wish(seed=1))
    tell(f"| one thread | {perf_counter() - began:.2f} | {alone.cpu_s:.2f} | {alone.days} | |")
    options = {"n_workers": WORKERS, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster, executor_for(cluster.scheduler_address, workers=1) as executor:
        assert executor is not None
        victim = next(iter(cluster.workers.values())).pid
        for name in ("cluster, first", "cluster", "cluster, a worker killed"):
            by = Killing(executor, victim) if name.endswith("killed") else executor
            began = perf_counter()
            far = best_pacing(usual(AGENTS), Wish(seed=1, executor=by))
            tell(f"| {name} | {perf_counter() - began:.2f} | {far.cpu_s:.2f} | {far.days} | {far == alone} |")
            if far != alone:
                yield f"{name}: other numbers"
