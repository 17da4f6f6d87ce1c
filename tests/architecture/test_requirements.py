"""The pinned requirements hold what pyproject.toml asks for, with hashes, and name no address."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any, NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.tree import ROOT

FILES = ("core", "server", "dev", "bench")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")


class Pin(NamedTuple):
    """One pinned distribution: its version and how many files it may be."""

    version: Version
    hashes: int


@cache
def pins(file: str) -> dict[str, list[Pin]]:
    """Return what a file pins; a distribution stands more than once when versions differ by Python or system."""
    found: dict[str, list[Pin]] = {}
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{file}.txt").read_text(encoding="utf-8"))
    for entry in entries:
        if match := PIN.match(entry):
            pin = Pin(Version(match["version"]), entry.count("--hash=sha256:"))
            found.setdefault(canonicalize_name(match["name"]), []).append(pin)
    return found


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def asked(file: str) -> list[Requirement]:
    """Return what pyproject.toml asks of a file."""
    core = project()["project"]["dependencies"]
    server = project()["project"]["optional-dependencies"]["server"]
    groups = project()["dependency-groups"]
    build = project()["build-system"]["requires"]
    lists = {
        "core": core,
        "server": core + server,
        "dev": core + server + groups["dev"] + build,
        "bench": groups["bench"],
    }
    return [Requirement(line) for line in lists[file]]


@pytest.mark.parametrize("file", FILES)
def test_every_dependency_is_pinned_within_its_bounds(file: str) -> None:
    missing = [
        str(wanted)
        for wanted in asked(file)
        if not any(wanted.specifier.contains(pin.version) for pin in pins(file).get(canonicalize_name(wanted.name), []))
    ]
    assert missing == [], "run `make pins`"


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_its_hashes(file: str) -> None:
    assert [name for name, found in pins(file).items() if any(pin.hashes == 0 for pin in found)] == []


@pytest.mark.parametrize("file", FILES)
def test_no_address_and_no_option_stands_in_the_requirements(file: str) -> None:
    text = (ROOT / "requirements" / f"{file}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert [line for line in text.splitlines() if line.startswith("-")] == []
    assert not re.search(r"^\S+ @ ", text, re.MULTILINE)


@pytest.mark.parametrize("file", ["core", "server"])
def test_users_and_developers_get_the_same_versions(file: str) -> None:
    other = {
        name: found for name, found in pins(file).items() if versions(found) != versions(pins("dev").get(name, []))
    }
    assert other == {}


def versions(found: list[Pin]) -> set[Version]:
    return {pin.version for pin in found}


def test_the_extra_all_holds_every_other_extra() -> None:
    extras = project()["project"]["optional-dependencies"]
    (everything,) = (Requirement(line) for line in extras["all"])
    assert everything.name == "paceline"
    assert everything.extras == set(extras) - {"all"}
