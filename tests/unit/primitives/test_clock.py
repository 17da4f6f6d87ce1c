"""Waiting for an event by a clock: at most so long, and not at all when it has happened."""

from __future__ import annotations

from threading import Event

import pytest

from paceline.primitives.clock import MachineClock, ManualClock, WaitingClock


@pytest.mark.parametrize("clock", [MachineClock(), ManualClock()])
def test_event_that_happened_is_not_waited_for(clock: WaitingClock) -> None:
    event = Event()
    event.set()
    assert clock.wait_for(event, 3600)


@pytest.mark.parametrize("clock", [MachineClock(), ManualClock()])
def test_event_that_does_not_happen_is_waited_for_so_long(clock: WaitingClock) -> None:
    before_ns = clock.running_ns()
    assert not clock.wait_for(Event(), 0.001)
    assert clock.running_ns() - before_ns >= 1_000_000
