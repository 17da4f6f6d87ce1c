"""The pages of the reference about changes: rules, outcomes, errors, states, settings; made from the code itself."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

import paceline
from paceline.campaign.lifecycle.machine import TRANSITIONS
from paceline.cli import exits
from paceline.control import outcome
from paceline.primitives.errors import PacelineError
from paceline.settings import documented
from tests.architecture.tree import PACKAGE, files_with, nodes, parsed, python_files

STATED = re.compile(r"^\* `(?P<rule>[a-z-]+\.[a-z-]+)`: (?P<words>(?:.|\n(?=  ))+)", re.MULTILINE)
"""How a module states a rule: `* `room.rule`: what has to hold.`, going on in lines that are indented."""


def stated_rules() -> dict[str, str]:
    """Return every rule with the words that its module states it in."""
    found: dict[str, str] = {}
    for path in files_with("\n* `", "src"):
        said = ast.get_docstring(parsed(path)) or ""
        found |= {rule["rule"]: " ".join(rule["words"].split()) for rule in STATED.finditer(said)}
    return dict(sorted(found.items()))


def used_rules() -> dict[str, Path]:
    """Return every rule id that a finding is made with, and where."""
    found = {}
    for path in python_files("src"):
        for node in nodes(path):
            named = node.value if isinstance(node, ast.keyword) and node.arg == "rule" else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                found[named.value] = path
    return found


def rules() -> str:
    """Return the table of rules."""
    return _table(
        "# Rules\n\nEvery finding names the rule that it comes from; scripts may rely on the ids.\n",
        ("rule", "what it holds or tells"),
        [(f"`{rule}`", said) for rule, said in stated_rules().items()],
    )


def outcomes() -> str:
    """Return the ways a change can end, and the exit codes."""
    endings = [(f"`{made.word}`", _first(made)) for made in get_args(outcome.Ending)]
    told = _table("# Outcomes and exit codes\n\nHow a change ends:\n", ("`outcome`", "means"), endings)
    verdicts = [("`achieved`", "It is as wanted."), ("`settling`", "It was taken, and its effect is still coming.")]
    verdicts += [("`diverged`", "The platform holds something else."), ("`null`", "Nothing was applied.")]
    told += _table("\nWhat it came to:\n", ("`verdict`", "means"), verdicts)
    return told + _table("\nThe code is a summary of it:\n", ("exit", "means"), _exits())


def failures() -> str:
    """Return the codes of errors, with the message that stands where nothing better is known."""
    rows = [
        (f"`{made.code}`", f"`{made.__name__}`", _first(made), "yes" if made.retryable else "")
        for made in sorted(_errors(), key=lambda one: (one.code, one.__name__))
    ]
    said = "# Errors of paceline\n\n`code` is for programs; the words stand where nothing better is known.\n"
    return _table(said, ("code", "error", "words", "may succeed later"), rows)


def transitions() -> str:
    """Return the state diagram that changes are judged by."""
    told = ["# States of a campaign\n", "```mermaid", "stateDiagram-v2"]
    told += [f"  {state} --> {after}" for state, following in TRANSITIONS.items() for after in following]
    told += [
        "  ARCHIVED",
        "```\n",
        "The state that is held already is no transition: such a change ends as `unchanged`,",
    ]
    told += ["and nothing is sent. While a transition is pending on the platform, asking for the state that is held"]
    return "\n".join([*told, "withdraws it.\n"])


def settings() -> str:
    """Return the table of settings."""
    rows = [
        (
            f"`{row.name}`" if row.name else "",
            row.takes,
            row.default,
            row.unit,
            row.says,
            ", ".join(f"`{name}`" for name in row.variables),
        )
        for row in documented()
    ]
    said = "# Settings\n\nOptions count over the environment, that over an env file, that over `paceline.toml`.\n"
    return _table(said, ("setting", "takes", "default", "unit", "says", "variables"), rows)


def _exits() -> list[tuple[str, str]]:
    tree, found = parsed(PACKAGE / "cli" / "exits.py"), []
    for assigned, said in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(assigned, ast.Assign) and isinstance(said, ast.Expr):
            found.append((str(getattr(exits, ast.unparse(assigned.targets[0]))), str(ast.literal_eval(said.value))))
    return found


def _table(said: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [columns, ["---"] * len(columns), *cells]
    return "\n".join([said, *(f"| {' | '.join(line)} |" for line in lines)]) + "\n"


def _errors() -> set[type[PacelineError]]:
    """Return every class of error of the controller; the emulator's are not for its users."""
    for module in pkgutil.walk_packages(paceline.__path__, "paceline."):
        if not module.name.startswith(("paceline.emulator", "paceline.storage.migrations")):
            importlib.import_module(module.name)
    return {made for made in _below(PacelineError) if not made.__module__.startswith("paceline.emulator")}


def _below(made: type[PacelineError]) -> Iterator[type[PacelineError]]:
    yield made
    for below in made.__subclasses__():
        yield from _below(below)


def _first(made: type) -> str:
    return (made.__doc__ or "").split("\n", maxsplit=1)[0]
