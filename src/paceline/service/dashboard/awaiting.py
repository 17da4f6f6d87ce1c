"""What pages wait for: computed beside them and asked for again while it is not there, or looked at by a worker."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.service.operations import Running, result_of
from paceline.service.parts import Parts

UNSEEN = timedelta(minutes=5)
"""What nobody has looked at for longer, by the platform's clock, is told as such: a worker looks once a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What came of a computation so far: its result, why there is none, or neither while it goes on."""

    told: dict[str, Json] | None = None
    error: PacelineError | None = None

    @property
    def is_going_on(self) -> bool:
        """Whether it is worth asking again."""
        return self.told is None and self.error is None


def begun(begin: Callable[[], Running]) -> Running | PacelineError:
    """Begin a computation; why it cannot begin is told in its place on the page, as what it fails of later is."""
    try:
        return begin()
    except PacelineError as error:
        return error


def awaited(running: Running | PacelineError, longest_s: float) -> Awaited:
    """Return what came of a computation within so many seconds."""
    if isinstance(running, PacelineError):
        return Awaited(error=running)
    try:
        return Awaited(told=result_of(running, longest_s))
    except NotYetError:
        return Awaited()
    except PacelineError as error:
        return Awaited(error=error)


def unseen_for(parts: Parts, looked: datetime, *, longest: timedelta = UNSEEN) -> timedelta | None:
    """Return how long nobody has looked at something that a worker looks at again and again; None where it is not long.

    Args:
        parts: by whose platform's clock it is.
        looked: when somebody looked last.
        longest: what is not long.
    """
    try:
        now = parts.live.look(within_s=60.0).at
    except PacelineError:
        return None  # that the platform is away is told elsewhere
    return now - looked if now - looked > longest else None
