"""What tests write lies in memory only where there is room for all of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.places import NEEDED, has_room


@pytest.mark.parametrize(("left", "has"), [(NEEDED, True), (NEEDED - 1024, False)])
def test_place_is_used_while_the_machine_has_memory_left(tmp_path: Path, left: int, *, has: bool) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal: 1 kB\nMemAvailable:   {left // 1024} kB\n", encoding="ascii")
    free = shutil.disk_usage(tmp_path).free
    assert has_room(tmp_path, meminfo) is (has and free >= NEEDED)


def test_place_that_is_not_there_or_not_told_of_is_none(tmp_path: Path) -> None:
    assert not has_room(tmp_path / "absent", Path("/proc/meminfo"))
    assert not has_room(tmp_path, tmp_path / "meminfo")
