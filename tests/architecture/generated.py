"""The pages of the reference that are made from the code and the tests: `make fix` writes, a test compares."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable, Iterable
from typing import Any

from cyclopts import App
from rich.console import Console

from paceline.cli.main import app
from paceline.emulator.clock import PlatformClock
from paceline.emulator.forms import Schema
from paceline.emulator.lifecycle import TRANSITIONS
from paceline.emulator.messages import CODES
from paceline.emulator.operation import Operation
from paceline.emulator.platform import Platform
from paceline.primitives.clock import ManualClock
from tests.architecture import generated_rules, generated_service, generated_telemetry
from tests.architecture.test_statements import statements
from tests.architecture.tree import ROOT, files_with, nodes, relative

REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Made by `make fix` from the code and the tests; changes here are overwritten. -->\n"


def contract_coverage() -> str:
    """Return the table of every statement of the contract with the tests that hold it."""
    held = holders()
    told = [
        "# The contract, statement by statement, and the tests that hold it\n",
        f"{len(statements())} statements; each test is under `tests/`. A statement without a test fails the suite.\n",
    ]
    section = None
    for entry in statements():
        if entry["section"] != section:
            section = entry["section"]
            told.append(f"\n## {section}\n\n| id | statement | held by |\n| --- | --- | --- |")
        tests = "<br>".join(f"`{test}`" for test in sorted(held.get(entry["id"], ())))
        text = " ".join(entry["text"].split()).replace("|", "\\|")
        told.append(f"| {entry['id']} | {text} | {tests} |")
    return "\n".join(told) + "\n"


def holders() -> dict[str, set[str]]:
    """Return the tests that hold each statement, as file and function."""
    found: dict[str, set[str]] = {}
    for path in files_with("holds(", "tests"):
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for mark in node.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "holds":
                        for word in mark.args:
                            place = relative(path).removeprefix("tests/")
                            found.setdefault(ast.literal_eval(word), set()).add(f"{place}::{node.name}")
    return found


def known_differences() -> str:
    """Return what the emulator does not yet do as the contract says."""
    told = ["# Known differences to the contract\n"]
    found = [entry for entry in statements() if "known_difference" in entry]
    if not found:
        told.append("None.\n")
    for entry in found:
        text = " ".join(entry["text"].split())
        told.append(f"* **{entry['id']}** {text} *Today:* {' '.join(entry['known_difference'].split())}")
    return "\n".join(told) + "\n"


def endpoints() -> str:
    """Return every operation with its scopes, its statuses and the fields it takes."""
    platform = Platform(None, PlatformClock(ManualClock(), at=0, speed=0.0))
    told = ["# Endpoints of the emulator\n", "The same as JSON Schema: `GET /openapi.json` of a running emulator.\n"]
    for title, directory in (
        ("Tokens", platform.open),
        ("The API", platform.api),
        ("Control surface", platform.control),
    ):
        told.append(f"\n## {title}\n")
        for operation in directory.operations:
            told.extend(_operation(operation))
    return "\n".join(told) + "\n"


def _operation(operation: Operation) -> Iterable[str]:
    yield f"\n### `{operation.method} {operation.path}`\n"
    success = ", ".join(str(status) for status in operation.success)
    yield f"{operation.summary}. Success: {success}."
    if operation.scopes:
        yield f"Scopes: {' or '.join(f'`{scope}`' for scope in sorted(operation.scopes))}."
    if operation.query:
        yield f"Parameters: {', '.join(f'`{name}`' for name in operation.query)}."
    if operation.headers:
        yield "\n" + "\n".join(f"* `{name}`: {words}" for name, words in operation.headers.items())
    if operation.body is not None:
        yield "\n| field | takes |\n| --- | --- |"
        yield "\n".join(f"| `{at}` | {words} |" for at, words in _fields(operation.body.schema(), ""))


def _fields(schema: Schema, at: str) -> Iterable[tuple[str, str]]:
    """Return the fields of a body, each with its bounds in words."""
    for name, inner in schema.get("properties", {}).items():
        path = f"{at}.{name}" if at else name
        needed = "" if name in schema.get("required", []) else "; may be absent"
        yield path, _words(inner) + needed
        yield from _fields(inner.get("items", inner), f"{path}[]" if "items" in inner else path)


def _words(schema: Schema) -> str:
    kind = schema.get("type", "one of several forms")
    if "enum" in schema:
        return " or ".join(f"`{word}`" for word in schema["enum"])
    bounds = [
        f"{word} {schema[key]:g}" if isinstance(schema[key], float) else f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "from"), ("maximum", "to"), ("minLength", "length from"), ("maxLength", "length to"),
            ("minItems", "items from"), ("maxItems", "items to"), ("format", "format"),
        )
        if key in schema
    ]  # fmt: skip
    return ", ".join([kind, *bounds])


def errors() -> str:
    """Return the closed list of error codes."""
    told = [
        "# Error codes\n",
        'Every refusal has one body: `{"code", "message", "errors": [{"field", "message"}]}`; the token endpoints',
        "answer in OAuth's form. `errors` lists every field at fault, and is empty for everything else.\n",
        "| code | means |\n| --- | --- |",
        *(f"| `{code}` | {words} |" for code, words in CODES.items()),
    ]
    return "\n".join(told) + "\n"


def lifecycle() -> str:
    """Return the state diagram, from the transition table."""
    told = ["# Lifecycle\n", "```mermaid", "stateDiagram-v2"]
    told += [f"  {state} --> {after}" for state, following in TRANSITIONS.items() for after in following]
    told += ["  ARCHIVED", "```\n"]
    told.append(
        "ARCHIVED is set by the control surface only and refuses every write. Every other pair of states is refused"
    )
    told.append(
        "with 409, the same state included, unless a transition waits: asking for the present state cancels it then."
    )
    return "\n".join(told) + "\n"


def commands() -> str:
    """Return the help of every command."""
    told = ["# Commands\n"]
    for words in command_words(app, []):
        screen = io.StringIO()
        app.help_print(words, console=Console(file=screen, width=100, color_system=None))
        told += [f"## `{' '.join(['paceline', *words])}`\n", "```text", screen.getvalue().strip(), "```\n"]
    return "\n".join(told)


def command_words(tree: App, words: list[str]) -> Iterable[list[str]]:
    """Return the words of every command below a tree, the tree's own first."""
    yield words
    for name in tree:
        if not name.startswith("-"):
            yield from command_words(tree[name], [*words, name])


PAGES: dict[str, Callable[[], str]] = {
    "contract-coverage.md": contract_coverage,
    "known-differences.md": known_differences,
    "endpoints.md": endpoints,
    "errors.md": errors,
    "lifecycle.md": lifecycle,
    "commands.md": commands,
    "rules.md": generated_rules.rules,
    "outcomes.md": generated_rules.outcomes,
    "failures.md": generated_rules.failures,
    "transitions.md": generated_rules.transitions,
    "settings.md": generated_rules.settings,
    "metrics.md": generated_telemetry.metrics,
    "runbooks.md": generated_telemetry.runbook_pages,
    "service.md": generated_service.service,
}


def page(name: str) -> str:
    """Return a page as it has to be, with its note."""
    made: Any = PAGES[name]()
    return f"{NOTE}\n{made}"


def write_all() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name in PAGES:
        (REFERENCE / name).write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    write_all()
