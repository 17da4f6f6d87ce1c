"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast

from tests.architecture.tree import definitions, python_files, relative

FILE_LINES = 400
FUNCTION_LINES = 50
EXCEPTIONS: frozenset[str] = frozenset()
"""Files that may be longer. It is empty, and stays so."""


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES and name not in EXCEPTIONS} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {}
    for path in python_files():
        for name, node, _ in definitions(path):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if not isinstance(node, ast.ClassDef) and lines > FUNCTION_LINES:
                long[f"{relative(path)}:{node.lineno} {name}"] = lines
    assert long == {}


def test_the_list_of_exceptions_is_empty() -> None:
    assert frozenset() == EXCEPTIONS
