"""Listings in the documents are run, so that what they show is true."""

from __future__ import annotations

import pytest

from tests.listings import check_console, run


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
