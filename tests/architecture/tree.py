"""What the rules look at: the project's files, and the names in its Python."""

from __future__ import annotations

import ast
import gc
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


def files_with(word: str, *rooms: str) -> list[Path]:
    """Return the Python files in whose text a word stands: nothing of it is in any other, however that is parsed."""
    return [path for path in python_files(*rooms) if word in path.read_text(encoding="utf-8")]


@cache
def parsed(path: Path) -> ast.Module:
    # A tree that grows has no garbage in it: to look for some meanwhile takes twice as long as to parse.
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    finally:
        gc.enable()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return everything in a file, as `ast.walk` comes to it."""
    return tuple(ast.walk(parsed(path)))


@cache
def definitions(path: Path) -> tuple[Named, ...]:
    """Return every function, method and class of a file, nested ones too."""
    return tuple(_within(parsed(path), prefix="", in_function=False))


def _within(node: ast.AST, *, prefix: str, in_function: bool) -> Iterator[Named]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITIONS):
            name = f"{prefix}{child.name}"
            yield Named(name, child, in_function)
            inside = in_function or not isinstance(child, ast.ClassDef)
            yield from _within(child, prefix=f"{name}.", in_function=inside)
        elif not isinstance(child, ast.expr):  # nothing is defined within an expression
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
