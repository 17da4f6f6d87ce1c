"""What is computed beside requests: in few threads, in turn, and never a reason for a process to go on."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from functools import partial
from itertools import count

import pytest

from paceline.service.aside import Aside, GivenUpError

_ENDLESS = """
import threading
from paceline.service.aside import Aside
begun = threading.Event()
def search():
    begun.set()
    while True:
        pass
aside = Aside(1, name="search")
aside.submit(search)
begun.wait()
print("the end")
"""


def test_work_is_computed_in_turn_and_its_failure_is_told() -> None:
    aside: Aside[int] = Aside(2, name="test")
    assert [one.result() for one in [aside.submit(partial(int, told)) for told in range(9)]] == [*range(9)]
    failed = aside.submit(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failed.result()
    aside.end()


def test_end_gives_up_what_is_computed_drops_what_waits_and_takes_nothing_more() -> None:
    aside, begun = Aside[int](1, name="test"), threading.Event()

    def search() -> int:
        begun.set()
        return sum(1 for _ in count())

    computed, waiting = aside.submit(search), aside.submit(lambda: 1)
    begun.wait()
    aside.end()
    aside.end()
    with pytest.raises(GivenUpError):
        computed.result()
    for one in (waiting, aside.submit(lambda: 2)):
        with pytest.raises(CancelledError):
            one.result()


def test_process_ends_though_a_search_has_no_end() -> None:
    asked = [sys.executable, "-c", _ENDLESS]
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # our own words
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "the end\n", "")
