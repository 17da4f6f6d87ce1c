"""How long lines ring, until a person or a machine answers or the line's time is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from paceline.primitives.canonical import Json
from paceline.records.fits.duration_fit import DurationFit
from paceline.records.fits.durations import FEWEST, RINGING, TALKING, certain, cut_at, fit_durations, timeout_of
from paceline.records.summary import Durations, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """Rings, and where they are cut.

    Attributes:
        answered: until a person answers, of those who do in time.
        machine: until a machine answers, likewise; None where too few did.
        unanswered: until it is given up, were there no time-out; None where nobody let it ring.
        timeout_s: no line rings longer, seconds; None where the rings show no such time.
    """

    answered: DurationFit
    machine: DurationFit | None
    unanswered: DurationFit | None
    timeout_s: float | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "answered": self.answered.document(),
            "machine": None if self.machine is None else self.machine.document(),
            "unanswered": None if self.unanswered is None else self.unanswered.document(),
            "timeout_s": self.timeout_s,
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Rings:
        """Return it from its JSON."""
        kept = cast("dict[str, Any]", dict(document))
        return cls(
            answered=DurationFit.of(kept["answered"]),
            machine=None if kept["machine"] is None else DurationFit.of(kept["machine"]),
            unanswered=None if kept["unanswered"] is None else DurationFit.of(kept["unanswered"]),
            timeout_s=kept["timeout_s"],
        )


def fit_rings(summary: Summary) -> Rings:
    """Return how long lines ring.

    Raises:
        TooFewRecordsError: fewer than 30 dials were answered by a person.
    """
    timeout_s = timeout_of(summary.ring_unanswered)
    machine = None
    if int(summary.ring_machine.ended.sum()) >= FEWEST:
        machine = fit_durations(summary.ring_machine, RINGING, truncated_s=timeout_s)
    return Rings(
        answered=fit_durations(summary.ring_answered, RINGING, truncated_s=timeout_s),
        machine=machine,
        unanswered=_unanswered(summary.ring_unanswered, timeout_s),
        timeout_s=timeout_s,
    )


def _unanswered(durations: Durations, timeout_s: float | None) -> DurationFit | None:
    """Return how long a line would ring that nobody answers.

    Where hardly any is given up before the time-out, it is taken to be the time-out always: a tail that is never seen
    is nothing to fit to.
    """
    rung = durations if timeout_s is None else cut_at(durations, timeout_s)
    ended = int(rung.ended.sum())
    if timeout_s is not None and ended < FEWEST:
        return certain(timeout_s, step_s=durations.step_s, censored=int(rung.censored.sum()))
    return fit_durations(rung, TALKING) if ended >= FEWEST else None
