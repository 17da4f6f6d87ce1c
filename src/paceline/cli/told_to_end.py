"""How a command that goes on is told to end: the first SIGINT or SIGTERM ends what is begun, the second the process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from paceline.cli import exits

LOOK_S = 0.5
"""How long a signal may be overlooked, in seconds."""


@dataclass(slots=True)
class End:
    """Whether somebody told the command to end, and by which signal."""

    told: Event = field(default_factory=Event)
    told_by: signal.Signals | None = None

    @property
    def code(self) -> int:
        """The exit code: 130 after Ctrl-C, 0 else."""
        return exits.INTERRUPTED if self.told_by is signal.SIGINT else exits.DONE

    def wait(self) -> None:
        """Wait until somebody has told it.

        A signal that comes just before the thread falls asleep does not wake it; so it wakes by itself and looks.
        """
        while not self.told.wait(LOOK_S):
            pass

    def heed(self, number: int, _: object) -> None:
        """End at the first signal what is begun; the second ends the process."""
        self.told_by = signal.Signals(number)
        for again in (signal.SIGINT, signal.SIGTERM):
            signal.signal(again, signal.SIG_DFL)
        self.told.set()


@contextmanager
def told_to_end() -> Iterator[End]:
    """Heed both signals while the block runs."""
    end = End()
    before = {number: signal.signal(number, end.heed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
