"""A real Dask cluster on this machine: what it finds is what one thread finds, also when a worker is killed."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from paceline.optimizer.best.pacing import Wish, best_pacing
from paceline.optimizer.cluster import executor_for
from tests.unit.optimizer.best.test_pacing import markov

distributed = pytest.importorskip("distributed", reason="wants the extra cluster")
_KILLED_AT = 5


class Killing(Executor):
    """Hands out parts, and kills a worker with one of them in its hands."""

    def __init__(self, inner: Executor, victim: int) -> None:
        self.inner, self.victim, self.handed_out = inner, victim, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        handed: Future[Any] = self.inner.submit(fn, *args, **kwargs)
        self.handed_out += 1
        if self.handed_out == _KILLED_AT:
            os.kill(self.victim, signal.SIGKILL)
        return handed


@pytest.mark.filterwarnings("ignore")  # the library's own, about its loops and ports
def test_cluster_finds_the_same_with_a_worker_killed_in_the_middle() -> None:
    alone = best_pacing(markov(10), Wish(seed=6))
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options) as cluster,
        executor_for(cluster.scheduler_address, workers=1) as executor,
    ):
        victim = next(iter(cluster.workers.values())).pid
        assert executor is not None
        killing = Killing(executor, victim)
        far = best_pacing(markov(10), Wish(seed=6, executor=killing))
        assert killing.handed_out > _KILLED_AT
    assert far == alone
