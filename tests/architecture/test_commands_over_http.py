"""Each command has a route over HTTP, or a reason why it has none: the table of the guide is complete and true."""

from __future__ import annotations

import re

from fastapi import FastAPI

from paceline.cli.main import app
from paceline.service.app import ROUTERS
from tests.architecture.generated import command_words
from tests.architecture.tree import ROOT
from tests.service.routes import routes_of

GUIDE = ROOT / "docs" / "guides" / "service.md"
HEADING = "## What each command is over HTTP"
ROW = re.compile(r"^\| (?P<command>[a-z][a-z -]*) \| (?P<told>.+) \|$", re.MULTILINE)
ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^` ]*)`")
ONLY = "only a command: "


def rows() -> list[tuple[str, str]]:
    """Return the rows of the table, its head left out."""
    section = GUIDE.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    return [(found["command"], found["told"]) for found in ROW.finditer(section) if found["command"] != "command"]


def leaves() -> list[str]:
    """Return every command that does something itself."""
    every = [words for words in command_words(app, []) if words]
    groups = {tuple(words[:-1]) for words in every}
    return [" ".join(words) for words in every if tuple(words) not in groups]


def test_every_command_has_a_row_with_a_route_or_a_reason() -> None:
    told = rows()
    assert sorted(command for command, _ in told) == sorted(leaves())
    bare = [command for command, words in told if not ROUTE.search(words) and not re.match(rf"{ONLY}\w.{{10,}}", words)]
    assert bare == [], "say which route it is, or why it is a command only"


def test_every_route_in_the_table_is_one_of_the_service() -> None:
    service = FastAPI()
    for router in ROUTERS:
        service.include_router(router)
    there = set(routes_of(service))
    named = {(method, path) for _, words in rows() for method, path in ROUTE.findall(words)}
    assert named - there == set()
    assert len(named) > 80
