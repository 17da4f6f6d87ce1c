"""How many requests a client may make: an exact sliding window over the last 60 seconds of the platform's clock."""

from __future__ import annotations

from collections import deque

from paceline.emulator.instants import SECOND

WINDOW = 60 * SECOND
"""The length of the window, nanoseconds."""


class RequestLimit:
    """When each client's admitted requests were made; refused ones are not among them."""

    def __init__(self) -> None:
        """Start with nobody having asked for anything."""
        self._made: dict[str, deque[int]] = {}

    def admit(self, client: str, limit: int, now: int) -> int | None:
        """Count a request and return None, or refuse it and return after how many whole seconds one is admitted."""
        made = self._made.setdefault(client, deque())
        while made and made[0] <= now - WINDOW:
            made.popleft()
        while made and made[-1] > now:  # the clock was set back: what lies ahead has not happened
            made.pop()
        if len(made) < limit:
            made.append(now)
            return None
        frees = made[len(made) - limit] + WINDOW
        return max(1, -(-(frees - now) // SECOND))

    def restore(self, client: str, made: list[int]) -> None:
        """Take over the instants of a saved state, oldest first."""
        self._made[client] = deque(made)

    def clear(self) -> None:
        """Forget everything."""
        self._made.clear()
