"""The floor plan is kept, and each of its contracts catches what it is there to catch."""

from __future__ import annotations

import configparser
import os
import re
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
    "the emulator uses our transition table": (
        "emulator",
        {"emulator/planted.py": "import paceline.campaign.lifecycle.machine"},
    ),
    "an aspect uses the port": ("aspects", {"campaign/lifecycle/model.py": "import paceline.campaign.ports"}),
    "a drawer in an aspect": ("doors", {"campaign/lifecycle/planted.py": ""}),
    "a table that needs a check": (
        "doors",
        {"campaign/lifecycle/machine.py": "import paceline.campaign.lifecycle.checks"},
    ),
    "a room that reads the settings": ("settings", {"testing.py": "import paceline.settings"}),
    "a model beside the kinds of settings": ("edges", {"settings/known.py": "import pydantic"}),
    "a judgement that asks the platform": ("pure", {"campaign/lifecycle/checks.py": "import httpx2"}),
    "the corridor knows a dialect": ("corridor", {"control/survey.py": "import paceline.cxone.outbound_v2.dialect"}),
    "the corridor opens the database": ("cellar", {"control/pipeline.py": "import paceline.storage.database"}),
    "a route that asks the platform by itself": (
        "service",
        {"service/routes/campaigns.py": "import paceline.cxone.outbound_v2.dialect"},
    ),
    "a page that opens the database": ("cellar", {"service/dashboard/pages.py": "import paceline.storage.database"}),
    "a web library beside the service": ("edges", {"control/wall.py": "import fastapi"}),
    "a counter beside the telemetry": ("edges", {"control/wall.py": "import prometheus_client"}),
    "a log beside the telemetry": ("edges", {"service/edge.py": "import structlog"}),
    "a picture's library beside the curves": ("edges", {"figures/week.py": "import matplotlib"}),
    "a table beside the recorder": ("edges", {"control/pipeline.py": "import sqlalchemy"}),
    "YAML beside the rendering": ("edges", {"cli/look.py": "import yaml"}),
    "a stray file in a dialect": ("dialects", {"cxone/outbound_v2/planted.py": ""}),
    "a sender that knows a dialect": ("platform", {"cxone/transport.py": "import paceline.cxone.outbound_v2.dialect"}),
    "HTTP beside the attempt": ("edges", {"cxone/transport.py": "import httpx2"}),
    "a model beside the wire": ("edges", {"cxone/outbound_v2/reading.py": "import pydantic"}),
    "a room that opens the database": ("cellar", {"campaign/planted.py": "import paceline.storage.database"}),
    "the ledger uses a campaign": ("floors", {"ledger/planted.py": "import paceline.campaign.observed"}),
    "a verifier that hashes as the ledger does": ("verifier", {"ledger/verify.py": "import paceline.ledger.chain"}),
    "a step of the tables beside the cellar": ("edges", {"ledger/planted.py": "import alembic"}),
    "keys beside the checkpoints": ("edges", {"ledger/book.py": "import cryptography"}),
    "a message that reads the ledger": ("floors", {"outbox/message.py": "import paceline.ledger.entry"}),
    "the ledger sends messages": ("floors", {"ledger/book.py": "import paceline.outbox.box"}),
    "a relay with a network of its own": ("edges", {"outbox/relay.py": "import httpcore2"}),
    "a signature beside the signing": ("edges", {"outbox/sending.py": "import standardwebhooks"}),
    "canonical JSON in two places": ("edges", {"ledger/drafts.py": "import rfc8785"}),
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


def lint(place: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter on the package that stands in `place`."""
    environment = {**os.environ, "PYTHONPATH": str(place / "src")}
    command = [str(LINTER), "--no-cache", "--config", str(ROOT / ".importlinter")]
    return subprocess.run(command, cwd=place, env=environment, check=False, capture_output=True, text=True)


def contracts() -> dict[str, str]:
    """Return every contract with the words that the plan states it in."""
    plan = configparser.ConfigParser()
    plan.read(ROOT / ".importlinter", encoding="utf-8")
    return {section.rpartition(":")[2]: plan[section]["name"] for section in plan.sections() if ":contract:" in section}


def test_the_floor_plan_is_kept() -> None:
    looked = lint(ROOT)
    assert looked.returncode == 0, looked.stdout


def named(file: str, code: str) -> str:
    """Return what the linter says of a planted violation: the drawer's name, or who imports whom."""
    importer = "paceline." + file.removesuffix(".py").replace("/", ".")
    imported = re.search(r"(?:import|from) ([\w.]+)", code)
    if imported is None:
        return importer.rpartition(".")[2]
    if "planted" in imported[1]:
        return ".planted_too -> .planted "  # a circle is told by the one import that would open it
    package, _, _ = imported[1].partition(".")
    return f"{importer} -> {imported[1] if package == 'paceline' else package} "


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Plant all violations and return what the linter says of each contract that it finds broken."""
    place = tmp_path_factory.mktemp("planted")
    package = place / "src" / "paceline"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for _, planted in PLANTED.values():
        for name, code in planted.items():
            with (package / name).open("a", encoding="utf-8") as file:
                file.write(f"\n{code}\n")
    looked = lint(place)
    assert looked.returncode == 1, looked.stdout
    _, _, parts = " ".join(looked.stdout.split()).partition(" Broken contracts ")
    begins = {contract: parts.find(f" {title} --") for contract, title in contracts().items()}
    ends = sorted([*begins.values(), len(parts)])
    return {contract: parts[at : ends[ends.index(at) + 1]] for contract, at in begins.items() if at >= 0}


@pytest.mark.parametrize("contract", sorted({contract for contract, _ in PLANTED.values()}))
def test_planted_violations_are_caught_each_by_its_contract(contract: str, told: dict[str, str]) -> None:
    plants = [plant for among, planted in PLANTED.values() if among == contract for plant in planted.items()]
    assert contract in told
    assert [found for found in (named(*plant) for plant in plants) if found not in told[contract]] == [], told[contract]


def test_every_contract_has_a_planted_violation() -> None:
    assert set(contracts()) == {contract for contract, _ in PLANTED.values()}
