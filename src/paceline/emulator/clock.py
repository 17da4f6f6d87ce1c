"""The platform's clock: it may stand still, run at a speed and be moved; the platform's rules know no other."""

from __future__ import annotations

from typing import TypedDict

from paceline.emulator.instants import EARLIEST, LATEST, MILLISECOND, SECOND
from paceline.primitives.clock import Clock

FASTEST = 100_000.0
"""The highest speed that can be set, in seconds of the platform per second of the machine."""


class ClockState(TypedDict):
    """What a restart must know of the clock; `at` in nanoseconds since 1970."""

    at: int
    speed: float
    moved: bool


class PlatformClock:
    """Time as the platform tells it: to the millisecond while it runs, exactly as it was set while it stands still."""

    def __init__(self, machine: Clock, *, at: int | None = None, speed: float = 1.0) -> None:
        """Start at `at` (nanoseconds since 1970; the machine's time when absent), running at `speed`."""
        self._machine = machine
        self._start = (at, speed)
        self.restart()

    def restart(self) -> None:
        """Go back to where, and how fast, the clock started."""
        at, speed = self._start
        self._moved = at is not None or speed != 1.0
        self._anchor(self._machine.wall_ns() if at is None else at, speed)

    def now(self) -> int:
        """Return the platform's time, nanoseconds since 1970; it stays within the years 1 to 9999."""
        if self.speed == 0:
            return self._at
        passed = (self._machine.running_ns() - self._running) * self.speed
        return min(LATEST, self._at + int(passed)) // MILLISECOND * MILLISECOND

    def move(self, *, now: int | None = None, speed: float | None = None) -> None:
        """Set the time, the speed, or both; what is not given stays."""
        self._moved = True
        self._anchor(self.now() if now is None else now, self.speed if speed is None else speed)

    def real_seconds_until(self, at: int) -> float | None:
        """Return the machine's seconds until the platform's time is `at`; None while the clock stands still."""
        left = at - self.now()
        if left <= 0:
            return 0.0
        return None if self.speed == 0 else left / SECOND / self.speed

    def state(self) -> ClockState:
        """Return what a restart needs to go on from here."""
        return {"at": self.now(), "speed": self.speed, "moved": self._moved}

    def resume(self, state: ClockState) -> None:
        """Go on where `state` was taken; a clock that was never moved is the machine's clock again."""
        if state["moved"]:
            self.move(now=state["at"], speed=state["speed"])

    def _anchor(self, at: int, speed: float) -> None:
        self._at = max(EARLIEST, min(LATEST, at))
        self._running = self._machine.running_ns()
        self.speed = speed
