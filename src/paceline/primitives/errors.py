"""The root of everything that can fail: blame is in the type, advice is on the object."""

from __future__ import annotations


class PacelineError(Exception):
    """something in paceline failed"""

    code = "paceline"
    """Stable word for programs; each subclass has its own."""
    retryable = False
    """Whether the same call may succeed later without a change."""

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        """Keep the message (the class's first line when none is given) and what to do next."""
        self.message = message or (type(self).__doc__ or "").split("\n", maxsplit=1)[0]
        self.hint = hint
        super().__init__(self.message)

    def report(self) -> str:
        """Return the text for people: what happened and, when known, what to do next."""
        return self.message if self.hint is None else f"{self.message}\n{self.hint}"
