"""A listing that fails says so: by itself, in a tutorial, and where the server that it waits for cannot start."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.lessons import Lesson
from tests.listings import run


@pytest.fixture
def lesson() -> Iterator[Lesson]:
    opened = Lesson()
    yield opened
    opened.close()


def test_listings_of_a_tutorial_follow_each_other_in_one_shell(lesson: Lesson) -> None:
    assert lesson.run("told=once") == ""
    assert lesson.run('echo "$told"; pwd') == lesson.run('echo "$told"; pwd')


@pytest.mark.parametrize("wrong", ["false", "if then ("])
def test_listing_of_a_tutorial_that_fails_is_told(lesson: Lesson, wrong: str) -> None:
    with pytest.raises(AssertionError, match="exit status"):
        lesson.run(wrong)


def test_server_that_cannot_start_ends_the_listing_that_waits_for_it(lesson: Lesson) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = f"--emulator-port {taken.getsockname()[1]} --emulator-only"
        begin = f'export XDG_DATA_HOME="$PWD"; paceline up {words} >up.log &'
        waits = f"{begin} until grep -q Ctrl-C up.log; do sleep 0.1; done"
        for typed in (run, lesson.run):
            with pytest.raises(AssertionError, match="Address already in use"):
                typed(waits)
