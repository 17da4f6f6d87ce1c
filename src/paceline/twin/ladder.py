"""What is to be done when a twin has drifted, step by step; pure.

1. Widen: until it is fitted again, the twin is to be believed a step less than it says. That is for a person.
2. Freeze: new weights are refused (`Lack.DRIFTED`), the undo of the last ones is not. Where the campaign's drift
   protection is on, a running experiment is held, too: what it compares is another campaign from now on.
3. Progressive: dialing is to fall back, so that nobody can be abandoned by too bold a dialer; only where protection is
   on, and abandonment is near its ceiling or more people answer for a day. That is for a person as well: what is
   measured over the ceiling eases dialing off by itself, whether anything drifts or not.

The step follows from what was found and for how long it has lasted. The last certified weights are named with it, so
that a person can take them back with one command: `paceline changes undo N`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import EntryId
from paceline.twin.model import Drifted

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
        abandonment: measured since the drift began, a fraction; None where nobody answered, or nobody asked.
        ceiling: of abandonment that binds, a fraction; None where nobody asked.
        certified: the last certified weights; None where there are none.
    """

    drifted: Drifted | None
    protected: bool
    now: datetime
    abandonment: float | None = None
    ceiling: float | None = None
    certified: Certified | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done.

    Attributes:
        rung: how far.
        why: in words.
        weights_refused: whether new weights are refused.
        experiments_held: whether a running experiment is held.
        to_progressive: whether dialing is to fall back.
        rollback: the entry of the last certified weights; None where there is nothing to return to.
    """

    rung: Rung
    why: str
    weights_refused: bool
    experiments_held: bool
    to_progressive: bool
    rollback: EntryId | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "rung": self.rung.name.lower(),
            "why": self.why,
            "weights_refused": self.weights_refused,
            "experiments_held": self.experiments_held,
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
            weights_refused=False,
            experiments_held=False,
            to_progressive=False,
            rollback=rollback,
        )
    rung = _rung(standing, drifted)
    return Step(
        rung=rung,
        why=_why(drifted, rung),
        weights_refused=rung >= Rung.FREEZE,
        experiments_held=standing.protected and rung >= Rung.FREEZE,
        to_progressive=rung >= Rung.PROGRESSIVE,
        rollback=rollback,
    )


def _rung(standing: Standing, drifted: Drifted) -> Rung:
    lasted = standing.now - drifted.found
    if lasted < FREEZE_AFTER:
        return Rung.WIDEN  # found by a clock that was set back since: nothing is known for sure
    measured, ceiling = standing.abandonment, standing.ceiling
    near = measured is not None and ceiling is not None and measured >= NEAR_CEILING * ceiling
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
    since = utc_text(drifted.since)
    done = {
        Rung.WIDEN: "the guard-band is to be widened",
        Rung.FREEZE: "tuning is frozen until the twin is fitted again",
        Rung.PROGRESSIVE: "dialing is to fall back to progressive",
    }[rung]
    return f"{told} {way} than the data say, since about {since}: {done}"
