"""Listings in the documents are run, so that what they show is true."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from tests.architecture.tree import ROOT
from tests.listings import check_console, run

RUN = re.compile(r"(?<!-->\n)^```(?:bash|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PORT = re.compile(r"(?:--(?:emulator-)?port[ =]|127\.0\.0\.1:|localhost:)(\d+)")


def test_listing_that_prints_what_it_shows_passes() -> None:
    check_console("$ echo one\none\n$ echo two \\\n>   three\ntwo ...\n$ true\n")


def test_listing_that_prints_something_else_fails() -> None:
    with pytest.raises(AssertionError, match="shown"):
        check_console("$ echo one\ntwo\n")


def test_failing_command_fails_the_listing() -> None:
    with pytest.raises(AssertionError, match="exit status 3"):
        check_console("$ (exit 3)\n$ echo never\n")


def test_output_before_a_command_is_no_listing() -> None:
    with pytest.raises(AssertionError, match="begins with"):
        check_console("output\n")


def test_what_a_listing_leaves_running_is_ended_with_it() -> None:
    assert run("sleep 1000 & echo started") == "started\n"


def test_listings_find_the_commands_of_this_environment() -> None:
    assert "paceline" in run("command -v paceline")


def test_no_two_documents_use_the_same_port() -> None:
    # The suite runs them beside each other, in two processes.
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    shown = {path: RUN.findall(path.read_text(encoding="utf-8")) for path in documents}
    used = {
        path: {int(port) for listing in listings for port in PORT.findall(listing)} for path, listings in shown.items()
    }
    assert len(set().union(*used.values())) > 5
    shared = {(one.name, other.name): used[one] & used[other] for one, other in combinations(documents, 2)}
    assert {names: ports for names, ports in shared.items() if ports} == {}
