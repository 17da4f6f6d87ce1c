"""How a function becomes machine code: cached on disk until any file of this package changes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")
logging.getLogger("numba").setLevel(logging.WARNING)
# Without `_nrt` the arrays that are passed on have no counts of references, which cost more than the simulation.
_OPTIONS = {"nogil": True, "error_model": "numpy", "forceinline": True, "_nrt": False}


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled when first called, cached, and run without the interpreter's lock.

    Numba takes a cached function for fresh while its own file is unchanged, though what it calls may have changed;
    here the stamp of a cache covers every file of the package. Where no folder can be written nothing is cached, and
    every process compiles for itself.
    """
    try:
        made = numba.njit(cache=True, **_OPTIONS)(function)  # type: ignore[call-overload]  # numba does not declare _nrt
    except RuntimeError:  # no folder to keep it in: NUMBA_CACHE_DIR, the source's own, the user's own
        made = numba.njit(**_OPTIONS)(function)  # type: ignore[call-overload]  # numba does not declare _nrt
    kept = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if kept is not None and hasattr(kept, "_source_stamp"):
        kept._source_stamp = (kept._source_stamp, _sources())  # noqa: SLF001 - Numba has no public place for it
    return cast("Callable[P, R]", made)


def written_out(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function as a part of the compiled one that calls it, and is the only one to do so.

    What is compiled by itself and then taken into its caller is optimised twice, and with its caller's caller a third
    time: of the large parts of a day that was a third of the time in which the engine is compiled. What comes of it
    runs as fast.
    """
    made = numba.njit(inline="always", **_OPTIONS)(function)  # type: ignore[call-overload]  # numba does not declare _nrt
    return cast("Callable[P, R]", made)


def can_be_kept(function: Callable[P, R]) -> bool:
    """Return whether there is a folder in which the function's code is kept for the next process."""
    return getattr(getattr(function, "_cache", None), "_cache_file", None) is not None


def is_kept(function: Callable[P, R]) -> bool:
    """Return whether a compiled function's code is on disk, or in memory already; where nothing tells, it is not."""
    kept = getattr(getattr(function, "_cache", None), "_cache_file", None)
    known = getattr(kept, "_load_index", None)
    return bool(getattr(function, "signatures", ())) or (known is not None and bool(known()))


@cache
def _sources() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
