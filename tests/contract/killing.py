"""Processes that are killed in the middle of something: one warm process forks each, as it is ordered to.

`with Killer() as killer: killer.killed(order)` has one change made, or one round of a worker, by a process that is gone
by signal 9 at the moment that the order names; what it does stands in `tests.contract.walker`.
"""

from __future__ import annotations

import os
import signal
from types import TracebackType
from typing import Any, Self

from tests.contract.emulated import SECRET
from tests.contract.systems import Office
from tests.contract.walker import WORK, WalkOrder, written
from tests.forked import MODULES, Forked

LEASE_S = 10.0


class Killer:
    """A process whose children are killed; `module` says what they do, and reads orders as the walker does."""

    def __init__(self, module: str = "tests.contract.walker") -> None:
        self._process = Forked([module], of=MODULES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        # With a child that still waits for its moment, where a test failed.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def order(self, order: WalkOrder) -> None:
        """Have a child begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(written(order) + "\n")
        self._process.stdin.flush()

    def line(self) -> str:
        """Return the next line that a child wrote, or how it ended."""
        return self._process.stdout.readline().strip()

    def killed(self, order: WalkOrder) -> None:
        """Have a child do what is ordered, and be killed at the moment of it."""
        self.order(order)
        assert self.line() == "signal 9", f"it never came to {order.moment}"

    def round(self, office: Office, url: str, campaign: str, moment: str, **order: Any) -> None:
        """Have a round of eve's worker made on an office's ledger, by a process that is killed at a moment of it."""
        self.killed(ordered(office, url, campaign=campaign, moment=moment, **order))


def ordered(office: Office, url: str, **order: Any) -> WalkOrder:
    """Return the order of one round of eve's worker on an office's ledger, by its clock, but for what is told."""
    told = {
        "kind": WORK,
        "actor": "eve",
        "wall_ns": office.clock.wall_ns(),
        "settles_first": False,
        "lease_s": LEASE_S,
        **order,
    }
    return WalkOrder(url=url, tenant=office.tenant, api=office.emulated.emulator.url, secret=SECRET, **told)
