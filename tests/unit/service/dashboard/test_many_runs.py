"""Runs: begun once under a key, never waited for by what stops, broken off between campaigns, and told as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event

import pytest

from paceline.service.dashboard.many_runs import BUSY, Line, Run, Runs
from paceline.service.problems import ProblemError

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def runs() -> Iterator[Runs]:
    made = Runs(lambda: NOW)
    yield made
    made.end()


def line(campaign: str, *, good: bool = True) -> Line:
    return Line(campaign=campaign, told="Done" if good else "Refused", good=good)


def nothing(_: Run) -> None:
    return None


def test_same_key_of_the_same_person_is_one_run(runs: Runs) -> None:
    first = runs.begin("Pause", nothing, by="ada", key="k")
    assert runs.begin("Pause", nothing, by="ada", key="k") is first
    assert runs.begin("Pause", nothing, by="bob", key="k") is not first
    assert runs.begin("Pause", nothing, by="ada") is not runs.begin("Pause", nothing, by="ada")
    assert runs.of(first.id) is first
    with pytest.raises(ProblemError, match="no such run"):
        runs.of("run_gone")


def test_what_stops_waits_for_no_other_run(runs: Runs) -> None:
    let_go = Event()

    def waiting(_: Run) -> None:
        let_go.wait()

    for _ in range(BUSY):
        runs.begin("Resume", waiting, by="ada")
    with pytest.raises(ProblemError, match="too much"):
        runs.begin("Resume", nothing, by="ada")
    stop = runs.begin("Stop", lambda run: run.say(line("A")), by="ada", stops=True, total=1)
    stop.ended.wait()
    assert stop.counted == (1, 0)
    let_go.set()


def test_run_that_is_broken_off_says_what_was_done_and_what_never_begun(runs: Runs) -> None:
    here, go_on = Event(), Event()

    def work(run: Run) -> None:
        for name in ("A", "B", "C"):
            if name == "B":
                here.set()
                go_on.wait()
            run.say(line(name, good=name == "A"))

    broken = runs.begin("Resume", work, by="ada", total=3)
    frozen = runs.begin("Freeze", work, by="ada", total=3, stops=True, lasts=True)
    here.wait()
    for run in (broken, frozen):
        run.ending.set()
    go_on.set()
    broken.ended.wait()
    frozen.ended.wait()
    assert broken.trouble is not None
    assert (len(frozen.lines), frozen.trouble, frozen.not_begun) == (3, None, 0), "a freeze is not broken off"
    assert len(broken.lines) + broken.not_begun == 3
    assert broken.not_begun >= 1


def test_fault_of_ours_is_told_and_not_kept_for_oneself(runs: Runs) -> None:
    def faulty(_: Run) -> None:
        raise ZeroDivisionError

    run = runs.begin("Pause", faulty, by="ada", total=2)
    run.ended.wait()
    assert run.trouble is not None
    assert (run.trouble.code, run.not_begun, run.is_going_on) == ("internal", 2, False)


def test_service_that_ends_begins_nothing_more(runs: Runs) -> None:
    runs.end()
    with pytest.raises(ProblemError):
        runs.begin("Stop", nothing, by="ada", stops=True)
