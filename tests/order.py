"""In how many processes and in which order a run goes, and what stays in one: so that all end at about the same time.

* One process more than there are cores: while one waits for a browser, a child or a lease, another one goes on.
* The last of them begins with what waits, the others with what computes: two that wait at once leave a core idle.
* What looks through all of our files is one piece of work: they are parsed once.
* What runs compiled code first is one piece of work: it is compiled once, and kept for the other processes.
* What takes long goes before what is short, and single functions go last: they fill what is left.
* A file stays in one process: its listings and fixtures belong together.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Generator
from contextlib import suppress

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # it ships no types
from xdist.scheduler.loadfile import LoadFileScheduling  # type: ignore[import-untyped]  # nor here
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]  # nor here

COMPILED = (
    "tests/unit/simulation/",
    "tests/unit/optimizer/",
    "tests/unit/twin/",
    "tests/unit/compliance/test_recipients.py",
)
"""Where compiled code runs first."""
LOOKING = "tests/architecture/"
"""Where all of our files are looked through."""
WAITING = (
    "tests/browser/",
    "README.md",
    "docs/",
    "tests/emulator/test_control_surface.py",
    "tests/emulator/test_dialer.py",
    "tests/emulator/test_state_",
    "tests/acceptance/",
)
"""Where browsers and commands are waited for, which most of the other processes need not start, then."""
PLACES = (
    *COMPILED,
    "tests/emulator/",
    "tests/contract/",
    "tests/service/",
    LOOKING,
    "tests/unit/",
    "src/",
)
"""From the first to the last of the others. Who has done all of his goes on with what is left of theirs."""
MOST = 6
"""Processes at most: each has a database server and a browser of its own, and takes more than a gigabyte in the end."""
BACKWARDS = "backwards"
"""What a process is told that prepares the tests' files from the last to the first."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # of no known type
    """Hands out files, those that are compiled, or looked through, in one piece."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is ours

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(COMPILED):
            return "compiled"
        return LOOKING if nodeid.startswith(LOOKING) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node is self.nodes[-1]:
            waiting = next((scope for scope in self.workqueue if scope.startswith(WAITING)), None)
            if waiting is not None:
                self.workqueue.move_to_end(waiting, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Hand work out by this order."""
    return Scheduling(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `-n auto` means."""
    return min(len(os.sched_getaffinity(0)) + 1, MOST) if hasattr(os, "sched_getaffinity") else 3


def pytest_configure_node(node: WorkerController) -> None:
    """Have every other process begin at the end, where all tests are run."""
    is_whole = node.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    node.workerinput[BACKWARDS] = is_whole and int(node.gateway.id.removeprefix("gw")) % 2 == 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into this order."""
    items.sort(key=lambda item: _place_of(item.nodeid))


def _place_of(nodeid: str) -> tuple[bool, int]:
    waits = nodeid.startswith(WAITING)
    return waits, next((n for n, place in enumerate(WAITING if waits else PLACES) if nodeid.startswith(place)), 0)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect without looking for garbage, and never look through what was collected again.

    Every other process begins at the end: what one has prepared of the tests' files, another one finds.
    """
    gc.disable()
    if getattr(session.config, "workerinput", {}).get(BACKWARDS):
        for file in sorted((session.config.rootpath / "tests").rglob("test_*.py"), reverse=True):
            with suppress(Exception, pytest.skip.Exception):  # said where it is collected
                importlib.import_module(".".join(file.relative_to(session.config.rootpath).with_suffix("").parts))
    result = yield
    gc.enable()
    gc.freeze()
    return result
