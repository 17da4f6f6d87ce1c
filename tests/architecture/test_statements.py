"""Every statement of the contract is held by a test, and every mark names a statement."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from functools import cache
from typing import Any

from tests.architecture.tree import ROOT, files_with, nodes, relative


def statements() -> list[dict[str, Any]]:
    files = sorted((ROOT / "tests" / "cases").glob("contract*.toml"))
    return [entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["statements"]]


@cache
def marks() -> dict[str, set[str]]:
    """Return the statements that tests name in `holds(...)`, and the files that do."""
    found: dict[str, set[str]] = {}
    for path in files_with("holds(", "tests"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "holds":
                for word in node.args:
                    if isinstance(word, ast.Constant):
                        found.setdefault(str(word.value), set()).add(relative(path))
    return found


def test_every_statement_has_an_id_of_its_own_and_a_text() -> None:
    counted = Counter(entry["id"] for entry in statements())
    assert [name for name, times in counted.items() if times > 1] == []
    assert [entry["id"] for entry in statements() if not entry["text"].strip() or not entry["section"].strip()] == []


def test_every_statement_is_held_by_a_test() -> None:
    held = marks()
    assert [entry["id"] for entry in statements() if entry["id"] not in held] == []


def test_every_mark_names_a_statement() -> None:
    known = {entry["id"] for entry in statements()}
    assert {name: files for name, files in marks().items() if name not in known} == {}
