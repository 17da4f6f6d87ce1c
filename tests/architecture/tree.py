"""What the rules look at: the project's files, and the names in its Python."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "paceline"
PYTHON_ROOMS = ("src", "tests", "benchmarks")

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Named(NamedTuple):
    """A definition and its dotted name inside its module."""

    name: str
    node: Definition
    in_function: bool


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms or PYTHON_ROOMS for path in (ROOT / room).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def definitions(path: Path) -> Iterator[Named]:
    """Yield every function, method and class of a file, nested ones too."""
    yield from _within(parsed(path), prefix="", in_function=False)


def _within(node: ast.AST, *, prefix: str, in_function: bool) -> Iterator[Named]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITIONS):
            name = f"{prefix}{child.name}"
            yield Named(name, child, in_function)
            inside = in_function or not isinstance(child, ast.ClassDef)
            yield from _within(child, prefix=f"{name}.", in_function=inside)
        else:
            yield from _within(child, prefix=prefix, in_function=in_function)


def is_public(dotted: str) -> bool:
    """Whether no part of the name begins with an underscore."""
    return not any(part.startswith("_") for part in dotted.split("."))


def project_files() -> list[Path]:
    """Return the files that are, or are about to be, under version control; without git the asking test is skipped."""
    if shutil.which("git") is None:
        pytest.skip("needs git, which is not installed here (Debian: apt-get install git)")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(ROOT / name for name in set(listed) if name and (ROOT / name).is_file())


def text_of(path: Path) -> str | None:
    """Return a file's text, or None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
