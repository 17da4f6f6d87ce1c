"""The command starts without what only some of its work needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cryptography", "fastapi", "httpx2", "numba", "numpy", "pydantic", "sqlalchemy", "starlette", "uvicorn")
PROBE = """
import sys
from paceline.cli.main import main
sys.argv = ["paceline", *{words!r}]
try:
    main()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
print("\\n".join(sorted(name.partition(".")[0] for name in sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "words",
    [["--help"], ["emulator", "--help"], ["emulator", "serve", "--help"], ["up", "--help"]],
    ids=" ".join,
)
def test_help_loads_no_heavy_library(words: list[str]) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", PROBE.format(words=words)], check=False, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    assert "paceline" in asked.stdout
    assert sorted(set(HEAVY) & set(asked.stderr.split())) == []
