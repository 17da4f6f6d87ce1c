"""The time of a change, by stage."""

from __future__ import annotations

import pytest

from paceline.campaign.ports import Meter
from paceline.control.stopwatch import STAGES, Stopwatch
from paceline.primitives.clock import ManualClock


def raise_after(clock: ManualClock, seconds: float) -> None:
    clock.advance(seconds)
    raise KeyError


def test_stages_add_up_and_the_whole_has_what_lies_between_them_too() -> None:
    clock = ManualClock()
    clock.advance(100)
    watch = Stopwatch(clock)
    for _ in range(2):
        with watch.stage("survey"):
            clock.advance(0.25)
        clock.advance(1)
    with watch.stage("apply"):
        clock.advance(0.0000004)
    told = watch.told_ms(Meter(requests=2, platform_ns=1_234_567))
    assert told == {"total": 2500.0, "platform": 1.235, "survey": 500.0, "apply": 0.0}


def test_stage_that_ends_with_an_error_counts_all_the_same() -> None:
    clock = ManualClock()
    watch = Stopwatch(clock)
    with pytest.raises(KeyError), watch.stage("apply"):
        raise_after(clock, 0.5)
    assert watch.told_ms(Meter())["apply"] == 500.0


def test_civil_time_that_is_set_back_changes_nothing() -> None:
    class SetBack(ManualClock):
        def wall_ns(self) -> int:
            raise AssertionError("a stopwatch asks for running time alone")

    assert Stopwatch(SetBack()).told_ms(Meter()) == {"total": 0.0, "platform": 0.0}


def test_stages_are_those_of_the_corridor_in_their_order() -> None:
    assert STAGES == ("open", "settle", "simulate", "survey", "check", "intend", "apply", "close")
