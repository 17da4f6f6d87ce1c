"""Whether a command lets the file of campaigns speak before it begins.

Rules:
* Who only reads adopts nothing: to look writes no declaration.
* A pause or stop is never held up by a file: what cannot be adopted is told, and what was adopted last counts.
* Who makes a campaign dial, or declares, begins with what the file says now, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from paceline.campaign.change import Lane
from paceline.primitives.errors import PacelineError


class Adopt(Enum):
    """Whether the file of campaigns is adopted, and what becomes of a command when it cannot be."""

    MUST = "must"
    TRY = "try"
    NO = "no"

    @classmethod
    def before(cls, lane: Lane) -> Adopt:
        """Return what a change in this lane begins with: only what stops a campaign goes on without the file."""
        return cls.TRY if lane is Lane.STOPPING else cls.MUST


def adopted(how: Adopt, adopt: Callable[[], object], *, notice: Callable[[str], None]) -> None:
    """Adopt as `how` says; `notice` hears what kept a mere try from it.

    Raises:
        PacelineError: it must be adopted, and cannot be.
    """
    if how is Adopt.NO:
        return
    try:
        adopt()
    except PacelineError as broken:
        if how is Adopt.MUST:
            raise
        notice(f"the file of campaigns was not adopted; what was declared before counts: {broken.report()}")
