"""What a worker does in its rounds beside the agenda: rollouts, the abandonment book, supervised campaigns.

A task keeps its own account of what is due, by the platform's time; the worker only calls it. One campaign that cannot
be looked at is the task's own affair: a `PlatformError` that it raises says that the platform itself is away, and ends
the round for all that come after it.
"""

from __future__ import annotations

from typing import Protocol

from paceline.control.platform_time import PlatformTime


class Task(Protocol):
    """Something that a worker does now and then; any number of workers may do it at once, and each deed happens once.

    Attributes:
        every_s: between two calls in the rounds of one worker, seconds of ours, at least; a single round calls always.
    """

    @property
    def every_s(self) -> float:
        """Return how long a worker leaves between two calls, seconds of ours."""
        ...

    def run(self, time: PlatformTime) -> int:
        """Do what is due by the platform's time, and return how many things were done.

        `time` has been looked at when the worker calls, so that its `now` is known, but it may be an estimate.

        Raises:
            PlatformError: the platform is away.
            LedgerUnavailableError: the database is away.
        """
        ...
