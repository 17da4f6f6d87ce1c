"""Commands that fail before there is an outcome: told to people on standard error, and to programs as data too.

With `-o json` or `-o yaml` one line goes to standard output: `{"error": {"code", "message", "hint"}}`. It is JSON in
both cases, which YAML reads as well. The exit code is the same in every form.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence

from paceline.cli.configured import Output
from paceline.cli.words import UsageError
from paceline.primitives.errors import PacelineError

MISSING = "missing-library"
"""The code of a command whose libraries are not installed."""
_EXTRAS = {
    "distributed": "cluster",
    "duckdb": "cdr",
    "matplotlib": "report",
    "numba": "sim",
    "numpy": "sim",
    "psycopg": "postgres",
    "scipy": "sim",
}
"""The extra that brings a library; all others come with the server."""
_AS_DATA = (Output.JSON.value, Output.YAML.value)
_JOINED = re.compile(r"(?:-o=?|--output=)(?P<form>\w+)")


def failed(error: PacelineError, words: Sequence[str]) -> None:
    """Tell of an error."""
    print(f"paceline: {error.report()}", file=sys.stderr)
    show_failure(error.code, error.message, error.hint, words=words)


def misspelt(problem: Exception, words: Sequence[str]) -> None:
    """Tell programs of words that no command understands; people have been told by then."""
    show_failure(UsageError.code, " ".join(str(problem).split()), None, words=words)


def incomplete(missing: ModuleNotFoundError, words: Sequence[str]) -> None:
    """Tell of a library that is not installed."""
    library = (missing.name or "").partition(".")[0]
    hint = f"install it: pip install 'paceline[{_EXTRAS.get(library, 'server')}]'"
    print(f"paceline: this command needs {missing.name}; {hint}", file=sys.stderr)
    show_failure(MISSING, f"this command needs {missing.name}", hint, words=words)


def show_failure(code: str, message: str, hint: str | None, *, words: Sequence[str]) -> None:
    """Print an error as data, where the words of the command ask for data."""
    if wants_data(words):
        told = {"error": {"code": code, "message": message, "hint": hint}}
        print(json.dumps(told, ensure_ascii=False))


def wants_data(words: Sequence[str]) -> bool:
    """Return whether these words ask for JSON or YAML, though they may not be understood as a whole.

    >>> wants_data(["stop", "CMP-1", "-o", "json"]), wants_data(["stop", "--reason", "json"])
    (True, False)
    """
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            return False
        joined = _JOINED.fullmatch(word)
        form = joined["form"] if joined else following if word in {"-o", "--output"} else ""
        if form.lower() in _AS_DATA:
            return True
    return False
