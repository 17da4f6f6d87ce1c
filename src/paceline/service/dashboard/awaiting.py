"""What is computed beside a page: shown when it is there, asked for again while it is not."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass

from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.service.operations import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What came of a computation so far: its result, why there is none, or neither while it goes on."""

    told: dict[str, Json] | None = None
    error: PacelineError | None = None

    @property
    def is_going_on(self) -> bool:
        """Whether it is worth asking again."""
        return self.told is None and self.error is None


def awaited(running: Running, longest_s: float) -> Awaited:
    """Return what came of a computation within so many seconds."""
    try:
        return Awaited(told=running.future.result(timeout=longest_s))
    except NotYetError:
        return Awaited()
    except PacelineError as error:
        return Awaited(error=error)
