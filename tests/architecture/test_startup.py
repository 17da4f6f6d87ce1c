"""The command starts without what only some of its work needs."""

from __future__ import annotations

import subprocess
import sys

from paceline.cli.main import app
from tests.architecture.generated import command_words

HEAVY = ("cryptography", "fastapi", "httpx2", "numba", "numpy", "pydantic", "sqlalchemy", "starlette", "uvicorn")
PROBE = """
import sys
from paceline.cli.main import main
for words in {every!r}:
    assert main([*words, "--help"]) == 0, words
print("\\n".join(sorted(name.partition(".")[0] for name in sys.modules)), file=sys.stderr)
"""


def test_help_of_every_command_loads_no_heavy_library() -> None:
    every = list(command_words(app, []))
    asked = subprocess.run(
        [sys.executable, "-c", PROBE.format(every=every)], check=False, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    assert len(every) > 20
    assert "paceline" in asked.stdout
    assert sorted(set(HEAVY) & set(asked.stderr.split())) == []
