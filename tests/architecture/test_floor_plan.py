"""The floor plan is kept, and each of its contracts catches what it is there to catch."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT

LINTER = Path(sys.executable).with_name("lint-imports")

PLANTED = {
    "the ground floor uses the emulator": ("floors", {"primitives/planted.py": "import paceline.emulator"}),
    "the testing door uses the command line": ("floors", {"testing.py": "import paceline.cli"}),
    "a drawer beside the rooms": ("floors", {"planted.py": ""}),
    "the emulator uses the testing door": ("emulator", {"emulator/planted.py": "import paceline.testing"}),
    "the emulator uses the command line": ("emulator", {"emulator/planted.py": "import paceline.cli.main"}),
    "a room looks inside the emulator": ("entrances", {"primitives/planted.py": "import paceline.emulator"}),
    "HTTP beside the delivery": ("edges", {"emulator/planted.py": "import httpx2"}),
    "a signature beside the delivery": ("edges", {"emulator/planted.py": "import standardwebhooks"}),
    "a server beside the emulator's": ("edges", {"emulator/planted.py": "import uvicorn"}),
    "a server in the command line": ("edges", {"cli/planted.py": "import uvicorn"}),
    "keys beside the certificate": ("edges", {"emulator/planted.py": "import cryptography.x509"}),
    "colours in the emulator": ("edges", {"emulator/planted.py": "import rich"}),
    "options in the testing door": ("edges", {"testing.py": "import cyclopts"}),
    "a framework in the server": ("edges", {"emulator/server.py": "import starlette"}),
    "a database": ("edges", {"emulator/planted.py": "import sqlalchemy"}),
    "numbers": ("edges", {"cli/planted.py": "def count() -> None:\n    import numpy"}),
    "the operating system's zones": ("edges", {"emulator/planted.py": "from zoneinfo import ZoneInfo"}),
    "zone data beside the ground floor": ("edges", {"emulator/planted.py": "import tzdata"}),
    "a circle": (
        "acyclic",
        {
            "emulator/planted.py": "import paceline.emulator.planted_too",
            "emulator/planted_too.py": "import paceline.emulator.planted",
        },
    ),
}


def lint(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the linter on the package that stands in `place`."""
    environment = {**os.environ, "PYTHONPATH": str(place / "src")}
    command = [str(LINTER), "--no-cache", "--config", str(ROOT / ".importlinter"), *words]
    return subprocess.run(command, cwd=place, env=environment, check=False, capture_output=True, text=True)


def contracts() -> set[str]:
    plan = configparser.ConfigParser()
    plan.read(ROOT / ".importlinter", encoding="utf-8")
    return {section.rpartition(":")[2] for section in plan.sections() if ":contract:" in section}


def test_the_floor_plan_is_kept() -> None:
    looked = lint(ROOT)
    assert looked.returncode == 0, looked.stdout


@pytest.mark.parametrize("case", PLANTED)
def test_planted_violation_is_caught(case: str, tmp_path: Path) -> None:
    contract, plants = PLANTED[case]
    shutil.copytree(PACKAGE, tmp_path / "src" / "paceline", ignore=shutil.ignore_patterns("__pycache__"))
    for name, code in plants.items():
        with (tmp_path / "src" / "paceline" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{code}\n")
    looked = lint(tmp_path, "--contract", contract)
    assert looked.returncode == 1, looked.stdout
    assert "BROKEN" in looked.stdout, looked.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert contracts() == {contract for contract, _ in PLANTED.values()}
