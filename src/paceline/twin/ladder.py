"""What is to be done when a twin has drifted, step by step; pure.

1. The guard-band widens: until it is fitted again, the twin is believed a step less than it says.
2. Tuning is frozen: new weights are refused (`Lack.DRIFTED`), the undo to the last certified ones is not.
3. Dialing falls back to progressive, where nobody can be abandoned by too bold a dialer; only where the campaign's
   drift protection is on, and abandonment is near its ceiling or drift goes on.

The step follows from what was found and for how long it has lasted. Whoever carries it out names the last certified
weights, so that a person can return to them with one command.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId
from paceline.twin.model import Drifted, text_of

WIDENED = 0.8
"""Share of the distance from 0 to the ceiling of abandonment that is left to plan with on the first step."""
FREEZE_AFTER = timedelta(0)
"""A drift that is found freezes tuning at once: what weights would do is not known any more."""
PROGRESSIVE_AFTER = timedelta(days=1)
"""A drift towards more answers that lasts so long, unfitted, makes dialing fall back."""
NEAR_CEILING = 0.9
"""Share of the ceiling from which measured abandonment is near it."""


class Rung(IntEnum):
    """How far the ladder is climbed."""

    NONE = 0
    WIDEN = 1
    FREEZE = 2
    PROGRESSIVE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """The last weights that evidence was found for: the entry of their change, and when it was closed."""

    entry: EntryId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ladder is climbed by.

    Attributes:
        drifted: what was found; None while nothing is.
        protected: whether the campaign's drift protection is on.
        now: by the platform's clock.
        abandonment: measured since the drift began, a fraction; None where nobody answered.
        ceiling: of abandonment that binds, a fraction.
        certified: the last certified weights; None where there are none.
    """

    drifted: Drifted | None
    protected: bool
    now: datetime
    abandonment: float | None
    ceiling: float
    certified: Certified | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done.

    Attributes:
        rung: how far.
        why: in words.
        ceiling: the abandonment to plan with, a fraction.
        weights_refused: whether new weights are refused.
        to_progressive: whether dialing is to fall back.
        rollback: the entry of the last certified weights; None where there is nothing to return to.
    """

    rung: Rung
    why: str
    ceiling: float
    weights_refused: bool
    to_progressive: bool
    rollback: EntryId | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "rung": self.rung.name.lower(),
            "why": self.why,
            "ceiling": self.ceiling,
            "weights_refused": self.weights_refused,
            "to_progressive": self.to_progressive,
            "rollback": self.rollback,
        }


def step_of(standing: Standing) -> Step:
    """Return what is to be done now."""
    drifted = standing.drifted
    rollback = None if standing.certified is None else standing.certified.entry
    if drifted is None:
        return Step(
            rung=Rung.NONE,
            why="",
            ceiling=standing.ceiling,
            weights_refused=False,
            to_progressive=False,
            rollback=rollback,
        )
    rung = _rung(standing, drifted)
    return Step(
        rung=rung,
        why=_why(drifted, rung),
        ceiling=standing.ceiling * WIDENED,
        weights_refused=rung >= Rung.FREEZE,
        to_progressive=rung >= Rung.PROGRESSIVE,
        rollback=rollback,
    )


def _rung(standing: Standing, drifted: Drifted) -> Rung:
    lasted = standing.now - drifted.found
    if lasted < FREEZE_AFTER:
        return Rung.WIDEN  # found by a clock that was set back since: nothing is known for sure
    near = standing.abandonment is not None and standing.abandonment >= NEAR_CEILING * standing.ceiling
    bolder = drifted.quantity == "answers" and drifted.toward == "more"
    if standing.protected and (near or (bolder and lasted >= PROGRESSIVE_AFTER)):
        return Rung.PROGRESSIVE
    return Rung.FREEZE


def _why(drifted: Drifted, rung: Rung) -> str:
    told = {
        "answers": "people answer",
        "handle_time": "calls last",
        "machines": "machines answer",
        "ring_time": "it rings",
    }[drifted.quantity]
    way = {
        ("handle_time", "more"): "longer",
        ("handle_time", "fewer"): "shorter",
        ("ring_time", "more"): "longer",
        ("ring_time", "fewer"): "shorter",
    }.get((drifted.quantity, drifted.toward), "more often" if drifted.toward == "more" else "less often")
    since = text_of(drifted.since)
    done = {
        Rung.WIDEN: "the guard-band is widened",
        Rung.FREEZE: "tuning is frozen until the twin is fitted again",
        Rung.PROGRESSIVE: "dialing falls back to progressive",
    }[rung]
    return f"{told} {way} than the data say, since about {since}: {done}"
