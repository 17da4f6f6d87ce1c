"""What is delivered for running: units that systemd takes, a composition that names settings which exist."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from paceline.settings import read_settings
from paceline.settings.known import KNOWN
from tests.architecture.tree import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
VARIABLES = {variable for known in KNOWN.values() for variable in known.variables}
COMPOSE = ROOT / "deploy" / "compose" / "compose.yaml"
HARD = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "DynamicUser": "yes",
    "CapabilityBoundingSet": "",
    "KillSignal": "SIGTERM",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_gives_away_nothing_that_it_does_not_need(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of units are not in lower case
    parser.read_string(unit.read_text(encoding="utf-8"))
    service = parser["Service"]
    assert {name: service.get(name) for name in HARD} == HARD
    assert service["ExecStart"].split()[1] in {"serve", "work"}


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("the units were not given to systemd itself; install it: apt-get install systemd")
    names = []
    for unit in UNITS:
        # The program that it starts has to be there.
        text = unit.read_text(encoding="utf-8").replace("/opt/paceline/bin/paceline", shutil.which("true") or "")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
        names.append(str(tmp_path / unit.name.replace("@", "@8080")))
    done = subprocess.run([verifier, "verify", *names], capture_output=True, text=True, check=False)  # noqa: S603  # systemd's own tool
    assert (done.returncode, done.stderr) == (0, "")


def test_composition_has_two_of_each_and_names_only_settings_that_exist() -> None:
    told: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    services = told["services"]
    ours = {name: service for name, service in services.items() if name != "postgres"}
    assert sorted(ours) == ["serve-1", "serve-2", "work-1", "work-2"]
    for service in ours.values():
        assert set(service["environment"]) <= VARIABLES
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "ports" not in service
        assert set(service["secrets"]) <= set(told["secrets"])


def test_example_of_settings_is_accepted(tmp_path: Path) -> None:
    secret, address = tmp_path / "client_secret", tmp_path / "database_url"
    secret.write_text("invented\n", encoding="utf-8")
    address.write_text("postgresql+psycopg://paceline:invented@127.0.0.1/paceline\n", encoding="utf-8")
    found = read_settings(
        flags={"env_file": str(ROOT / "deploy" / "environment.example")},
        environment={
            "PACELINE_CLIENT_SECRET_FILE": str(secret),
            "PACELINE_DATABASE_URL_FILE": str(address),
            "PACELINE_DATA_FOLDER": str(tmp_path),
        },
        folder=tmp_path,
    )
    assert found.platform.credentials.client_secret == "invented"
    assert (found.serving.behind_tls, found.serving.open_metrics) == (True, False)
    assert found.serving.proxies == ("127.0.0.1/32",)
