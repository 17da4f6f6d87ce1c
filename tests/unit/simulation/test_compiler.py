"""Compiled code is kept on disk: one process compiles, the next reads, and with other sources it is compiled anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TWICE = """
import sys
from paceline.simulation.compiled import compiler

compiler._sources = lambda: sys.argv[1]


@compiler.compiled
def twice(number):
    return 2 * number


before = compiler.is_kept(twice)
print(before, twice(21), compiler.is_kept(twice), sum(twice.stats.cache_hits.values()))
"""


def run_in_a_process_of_its_own(script: Path, sources: str) -> str:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(script.parent / "kept"), "NUMBA_DISABLE_JIT": "0"}
    command = [sys.executable, str(script), sources]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - our own
    return told.stdout.strip()


def test_code_is_compiled_once_and_read_afterwards_until_the_sources_change(tmp_path: Path) -> None:
    script = tmp_path / "twice.py"
    script.write_text(TWICE, encoding="utf-8")
    assert run_in_a_process_of_its_own(script, "these sources") == "False 42 True 0"
    assert run_in_a_process_of_its_own(script, "these sources") == "True 42 True 1"
    assert run_in_a_process_of_its_own(script, "other sources") == "False 42 True 0"


NOWHERE = """
from paceline.simulation.compiled import compiler


@compiler.compiled
def twice(number):
    return 2 * number


print(compiler.can_be_kept(twice), compiler.is_kept(twice), twice(21))
"""


def test_code_that_no_folder_can_keep_is_compiled_all_the_same(tmp_path: Path) -> None:
    script = tmp_path / "twice.py"
    script.write_text(NOWHERE, encoding="utf-8")
    (tmp_path / "__pycache__").write_text("a file where the folder would be", encoding="utf-8")
    nowhere = {"NUMBA_CACHE_DIR": "/dev/null/kept", "HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache"}
    environment = {**os.environ, **nowhere, "NUMBA_DISABLE_JIT": "0"}
    run = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - our own
    assert run.stdout.strip() == "False False 42"
