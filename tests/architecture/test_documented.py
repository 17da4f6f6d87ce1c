"""Every public name says in a sentence what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import DEFINITIONS, definitions, is_public, parsed, python_files, relative


def public_docstrings(path: Path) -> Iterator[tuple[str, str | None]]:
    """Yield the dotted name and the docstring of a module and of the public names in it."""
    yield "", ast.get_docstring(parsed(path))
    for name, node, in_function in definitions(path):
        if is_public(name) and not in_function and not is_overload(node):
            yield name, ast.get_docstring(node)


def is_overload(node: ast.AST) -> bool:
    return isinstance(node, DEFINITIONS) and any("overload" in ast.unparse(mark) for mark in node.decorator_list)


def test_every_public_name_has_a_docstring() -> None:
    bare = [
        f"{relative(path)} {name}" for path in python_files("src") for name, text in public_docstrings(path) if not text
    ]
    assert bare == []


def test_first_lines_are_sentences_and_those_of_errors_are_messages() -> None:
    wrong = []
    for path in python_files("src"):
        for name, text in public_docstrings(path):
            first = (text or "").split("\n\n", maxsplit=1)[0]
            if name.endswith("Error"):
                fits = not first.endswith(".") and not first[:1].isupper()
            else:
                fits = first.endswith((".", ":", "?"))
            if text and not fits:
                wrong.append(f"{relative(path)} {name}: {first}")
    assert wrong == []
