"""What time it is on the platform, between two looks too.

A platform's clock may stand, run faster than ours, or be moved. Its time is asked for, and what passes until the next
look is estimated by the speed that the last two looks showed. Before the first look nobody knows it, and nothing is
due.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from paceline.campaign.change import Lane
from paceline.campaign.ports import Platform
from paceline.primitives.clock import Clock

LOOK_S = 15.0
"""After so many seconds of ours the estimate is old, and the platform is asked again."""
SPEED_S = 5.0
"""Two looks show how fast the platform's clock runs when so many seconds of ours lie between them."""
_SECOND = 1_000_000_000


class PlatformTime:
    """The platform's time, as far as it is known."""

    def __init__(self, platform: Platform, clock: Clock) -> None:
        """Know nothing yet."""
        self._platform = platform
        self._clock = clock
        self._seen: tuple[datetime, int] | None = None
        self._speed = 1.0

    def look(self) -> datetime:
        """Return the time, asked now.

        Raises:
            PlatformError: the platform does not answer; the estimate goes on.
        """
        at, here_ns = self._platform.time(lane=Lane.READING), self._clock.running_ns()
        # A platform tells whole seconds: over a moment they say nothing of its speed.
        if self._seen is not None and here_ns - self._seen[1] >= SPEED_S * _SECOND:
            passed_s = (at - self._seen[0]).total_seconds()
            # A clock that was set back, or far forward, says nothing of its speed.
            speed = passed_s * _SECOND / (here_ns - self._seen[1])
            self._speed = speed if 0.0 <= speed <= 1_000.0 else 1.0
        self._seen = (at, here_ns)
        return at

    def now(self) -> datetime | None:
        """Return the estimate; None before the first look."""
        if self._seen is None:
            return None
        at, seen_ns = self._seen
        here_s = (self._clock.running_ns() - seen_ns) / _SECOND
        return at + timedelta(seconds=here_s * self._speed)

    @property
    def is_old(self) -> bool:
        """Whether it is time to look again."""
        return self._seen is None or self._clock.running_ns() - self._seen[1] >= LOOK_S * _SECOND
