"""Measures the stages of one change, by the clock that only goes forward."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from paceline.campaign.ports import Meter
from paceline.primitives.clock import Clock

STAGES = ("open", "settle", "simulate", "survey", "check", "intend", "apply", "close")
"""The stages of a change, in their order; the last one is known only after the record was closed."""


class Stopwatch:
    """The time of one change, by stage; a stage that is entered again adds up."""

    def __init__(self, clock: Clock) -> None:
        """Begin now."""
        self._clock = clock
        self._began_ns = clock.running_ns()
        self._spent_ns: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block to a stage."""
        began_ns = self._clock.running_ns()
        try:
            yield
        finally:
            spent_ns = self._clock.running_ns() - began_ns
            self._spent_ns[name] = self._spent_ns.get(name, 0) + spent_ns

    def told_ms(self, meter: Meter) -> dict[str, float]:
        """Return the milliseconds so far: in all, waiting for the platform, and of each stage."""
        spent = {name: _ms(spent_ns) for name, spent_ns in self._spent_ns.items()}
        return {"total": _ms(self._clock.running_ns() - self._began_ns), "platform": _ms(meter.platform_ns), **spent}


def _ms(spent_ns: int) -> float:
    return round(spent_ns / 1_000_000, 3)
