"""Where the output of a command goes that may be told a file: standard output without one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from paceline.primitives.errors import PacelineError


class FileError(PacelineError):
    """this file cannot be read or written"""

    code = "file"


@contextmanager
def written(out: Path | None) -> Iterator[TextIO]:
    """Give a stream of text in UTF-8, lines ended by line feeds: to a new or emptied file, or to standard output.

    Raises:
        FileError: the file cannot be written.
    """
    if out is None:
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever reads has read enough; what is still held back goes nowhere, when the process ends too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    try:
        with out.open("w", encoding="utf-8", newline="\n") as opened:
            yield opened
    except OSError as problem:
        raise FileError(f"{out} cannot be written: {problem.strerror}") from problem


def text_of(path: Path, *, hint: str | None = None) -> str:
    """Return the text in a file as it is, line ends too; `hint` says which file is meant.

    Raises:
        FileError: it cannot be read, or is no UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as problem:
        raise FileError(f"{path} cannot be read: {problem.strerror}", hint=hint) from problem
    except UnicodeDecodeError as problem:
        raise FileError(f"{path} is not text in UTF-8", hint=hint) from problem
