"""Where what tests write lies: in memory where there is plenty of it, so that nobody waits for a disk.

The tests stop processes, never the machine: what a process has written is there for the next one either way.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - each run makes folders of its own there, as it does in any other
MEMINFO = Path("/proc/meminfo")
NEEDED = 8 * 2**30
"""The bytes that have to be free: a whole run writes less than half of them."""


def write_into_memory() -> None:
    """Let temporary files of this process, and of those that it starts, lie in memory, if nobody chose a place."""
    if "TMPDIR" not in os.environ and has_room(MEMORY, MEMINFO):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked before, and kept since


def has_room(place: Path, meminfo: Path) -> bool:
    """Return whether a folder in memory can be written and run from, and both it and the machine have enough left."""
    if not (os.access(place, os.W_OK) and meminfo.exists()):
        return False
    room = os.statvfs(place)
    available = re.search(r"^MemAvailable: *(\d+) kB$", meminfo.read_text(encoding="ascii"), re.MULTILINE)
    return (
        not room.f_flag & os.ST_NOEXEC
        and room.f_bavail * room.f_frsize >= NEEDED
        and available is not None
        and int(available[1]) * 1024 >= NEEDED
    )
