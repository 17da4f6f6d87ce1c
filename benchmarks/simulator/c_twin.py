"""The fast engine in C, compiled here where a compiler is at hand; it must write what the engine writes."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from paceline.simulation import counters
from paceline.simulation.compiled import fast_places
from paceline.simulation.compiled.fast import PURPOSES
from paceline.simulation.compiled.fast_given import given_of
from paceline.simulation.draws import stream
from paceline.simulation.plan import Plan

SOURCE = Path(__file__).with_name("twin.c")
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")
_NUMBERS = [
    "HORIZON",
    "AGENTS",
    "ANSWER",
    "PART",
    "PARTS",
    "TIMEOUT",
    "PATIENCE",
    "RECORDS",
    "MAX_ATTEMPTS",
    "CAP",
    "HAS_WRAP",
    "LONGEST",
    "QUEUES",
    "SHARES",
    "FACTORS_AT",
    "RETRY_AT",
    "TABLES_AT",
    "DELAYS_AT",
    "TIMES",
]
_VALUES = "PERSON MACHINE ENGAGED FAILURE NOBODY TALK WRAP DIAL_KEY HANDLE_KEY SPACING_KEY".split()  # noqa: SIM905 - the same
_COUNTERS = [
    "DIALS",
    "ANSWERS",
    "MACHINES",
    "ENGAGED",
    "UNANSWERED",
    "FAILURES",
    "CONNECTED",
    "ABANDONED",
    "EVENTS",
    "WAITED",
    "RANG",
    "RINGING",
    "WAITING",
    "TALKING",
    "BUSY",
    "IDLE",
    "STAFFED",
    "BUSY_AREA",
    "STAFFED_AREA",
    "WAITING_AREA",
    "RINGING_AREA",
    "TALKING_AREA",
]


class Twin:
    """The compiled twin of a plan."""

    def __init__(self, plan: Plan, library: ctypes.CDLL) -> None:
        """Prepare a plan for the library."""
        self.plan, self.library, self.given = plan, library, given_of(plan)

    def play(self, seed: int, first: int, days: int) -> tuple[np.ndarray, np.ndarray]:
        """Return [days, LENGTH] counters and [days, minutes, 8] minutes."""
        minutes = -(-int(self.given[fast_places.HORIZON]) // fast_places.MINUTE)
        rows = np.zeros((days, counters.LENGTH), dtype=np.int64)
        series = np.zeros((days, minutes, 8), dtype=np.int64)
        numbers = range(first, first + days)
        keys = np.array([[stream(seed, day, purpose) for purpose in PURPOSES] for day in numbers], dtype=np.uint64)
        long = ctypes.c_int64
        status = self.library.play_days(
            _at(self.given), _at(keys), long(days), _at(rows), long(counters.LENGTH), _at(series), long(minutes)
        )
        assert status == 0
        return rows, series


def compiled_library() -> ctypes.CDLL | None:
    """Return the library, compiled now, or None where there is no C compiler."""
    compiler = next((found for found in map(shutil.which, ("cc", "gcc", "clang")) if found), None)
    if compiler is None:
        return None
    places = {f"N_{name}": getattr(fast_places, name) for name in _NUMBERS}
    places |= {f"V_{name}": getattr(fast_places, name) for name in _VALUES}
    places |= {f"C_{name}": getattr(counters, name) for name in _COUNTERS}
    with tempfile.TemporaryDirectory(prefix="twin-") as folder:
        target = Path(folder) / "twin.so"
        command = [compiler, *FLAGS, *(f"-D{name}={value}" for name, value in places.items()), str(SOURCE)]
        subprocess.run([*command, "-o", str(target)], check=True)  # noqa: S603 - our own source
        return ctypes.CDLL(str(target))


def digest(rows: np.ndarray, series: np.ndarray) -> str:
    """Return the SHA-256 of counters and minutes."""
    places = [getattr(counters, name) for name in _COUNTERS]
    return hashlib.sha256(np.ascontiguousarray(rows[:, places]).tobytes() + series.tobytes()).hexdigest()


def _at(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
