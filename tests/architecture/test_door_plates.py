"""The door plate of each package says what to read first, and what it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE

DOORS = sorted(PACKAGE.rglob("__init__.py"))
PLATES = [door for door in DOORS if "migrations" not in door.parts and door.parent != PACKAGE]


def first_of(plate: str) -> list[str]:
    """Return the names that a plate tells to read first: of the sentence that says so."""
    said = re.search(r"Read\s+first:(.*?)\.(?:\s|$)", plate, re.DOTALL)
    return [] if said is None else re.findall(r"`([^`]+)`", said[1])


def stands(folder: Path, name: str) -> bool:
    """Return whether a module, a name in one, or a file stands in a folder."""
    module, _, inside = name.partition(".")
    if (folder / name).is_file() or (folder / module).is_dir():
        return True
    file = folder / f"{module}.py"
    if not file.is_file():
        return False
    return not inside or re.search(rf"^(?:class |def )?{inside}\b", file.read_text(), re.MULTILINE) is not None


@pytest.mark.parametrize("door", PLATES, ids=lambda door: door.parent.name)
def test_plate_names_what_to_read_first_and_that_stands_there(door: Path) -> None:
    plate = ast.get_docstring(ast.parse(door.read_text(encoding="utf-8"))) or ""
    names = first_of(plate)
    assert names, f"{door} says nothing of what to read first"
    assert [name for name in names if not stands(door.parent, name)] == []


def test_plate_that_names_what_is_gone_is_found() -> None:
    assert first_of("Rooms. Read first: `model.Twin`, `gone`.") == ["model.Twin", "gone"]
    assert stands(PACKAGE / "twin", "model.Twin")
    assert not stands(PACKAGE / "twin", "gone")
    assert not stands(PACKAGE / "twin", "model.Gone")
