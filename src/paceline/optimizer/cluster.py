"""The one door to a cluster of machines: a Dask scheduler's address becomes an executor like any other.

What is handed out is whole days; whoever dies in the middle of one is replaced, and the day is played again elsewhere:
the same day has the same numbers wherever it is played.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from paceline.optimizer.errors import ClusterError

PATIENCE_S = 10.0
"""How long a scheduler may take to answer, seconds."""
RETRIES = 5
"""How often a part is played again after whoever played it died or failed."""


@contextmanager
def executor_for(cluster: str | None, *, workers: int) -> Iterator[Executor | None]:
    """Yield who plays parts of a look: a cluster where one is named, else threads; None for this thread alone.

    Args:
        cluster: address of a Dask scheduler, such as `tcp://10.0.0.5:8786`.
        workers: threads, at least 1, where no cluster is named.

    Raises:
        ClusterError: the scheduler does not answer, or has nobody who works.
        ModuleNotFoundError: a cluster is named, and the extra `cluster` is not installed.
    """
    if cluster is not None:
        with _cluster(cluster) as executor:
            yield executor
    elif workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            yield pool
    else:
        yield None


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as wrong:
        hint = "start one: dask scheduler, and dask worker ADDRESS on each machine"
        raise ClusterError(f"no Dask scheduler answers at {address}: {wrong}", hint=hint) from wrong
    try:
        if not client.scheduler_info()["workers"]:
            raise ClusterError(f"nobody works for {address}", hint=f"start workers: dask worker {address}")
        # Not pure: whether two parts are the same is not for the cluster to guess.
        yield client.get_executor(pure=False, retries=RETRIES)
    finally:
        client.close()
