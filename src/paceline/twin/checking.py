"""A kept twin held against what was measured after its data: does it still cover it, and has anything drifted?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paceline.primitives.clock import utc_text
from paceline.twin.boldness import Boldness
from paceline.twin.drift import Charted, RingDay, charted, drift_of, rates_after
from paceline.twin.fitting import twin_days
from paceline.twin.halves import day_spans
from paceline.twin.judging import Judged, judged
from paceline.twin.model import Drifted, half_hour_of, instant_of
from paceline.twin.predicting import predicted_days, scored, widened
from paceline.twin.results import ABANDONS, ANSWERS, MEAN_WAIT, UTILISATION, FoldResult

if TYPE_CHECKING:
    from paceline.primitives.canonical import Json
    from paceline.records.summary import HalfHours
    from paceline.twin.model import Twin, TwinDay

REPLICATIONS = 128
"""Days of chance for each day that is predicted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """What was measured after a twin's data.

    Attributes:
        half_hours: whole ones; earlier ones may be among them.
        expected: of a half-hour since 1970, the share of its dials that a person is expected to answer by who was
            dialed; None where nobody knows who was.
        told: what the dialer was told, by the number of agents; None where nobody knows.
        rings: ring times by day, of the twin's days and later ones.
    """

    half_hours: HalfHours
    expected: Callable[[int], float] | None = None
    told: Callable[[int], Boldness] | None = None
    rings: Sequence[RingDay] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How a twin stands to newer data.

    Attributes:
        result: what it predicts of them and what was measured; None where there are none.
        judged: each measure; few half-hours are no proof of anything, and say so.
        charts: of what may drift.
        drifted: what has; None where nothing has.
    """

    result: FoldResult | None
    judged: tuple[Judged, ...]
    charts: tuple[Charted, ...]
    drifted: Drifted | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        result = self.result
        return {
            "since": None if result is None else utc_text(result.since),
            "until": None if result is None else utc_text(result.until),
            "measures": [
                {**one.coverage().document(), "low": one.held.low, "high": one.held.high, "why": one.why}
                for one in self.judged
            ],
            "drift": None if self.drifted is None else self.drifted.document(),
        }


def check_twin(twin: Twin, newer: Newer) -> Checked:
    """Return how a twin stands to what was measured after its data.

    Raises:
        SimulationError: the simulator cannot play the days.
    """
    until = half_hour_of(twin.standing.data_until)
    spans = [one for one in day_spans(newer.half_hours) if one.start >= until]
    if not spans:
        return Checked(result=None, judged=(), charts=(), drifted=twin.drifted)
    rates = newer.expected or rates_after(twin)
    days = twin_days(newer.half_hours, spans, rates)

    def bold(day: TwinDay, lines: float) -> Boldness:
        if newer.told is None:
            return Boldness(lines=lines, cap=twin.cap, calls_per_s=twin.calls_per_s, warm_up_s=0.0)
        told = newer.told(day.agents)
        return told.scaled(lines / (twin.told or told.lines))

    # The slope is in the rates that go on as they went, so that it counts once.
    spread = replace(twin.spread, level=0.0, slope=0.0) if newer.expected is None else twin.spread
    predicted = predicted_days(days, twin.draws, spread, bold, seed=twin.seed, replications=REPLICATIONS)
    predicted = widened(predicted, dict(twin.misfit))
    measures = [ANSWERS, ABANDONS, UTILISATION]
    if float(newer.half_hours.wait_s.sum()) > 0:
        measures.append(MEAN_WAIT)
    result = FoldResult(
        fitted_until=twin.standing.fitted_until,
        since=instant_of(spans[0].start),
        until=instant_of(spans[-1].end),
        is_last=False,
        scored=tuple(scored(one, days, predicted, newer.half_hours) for one in measures),
    )
    charts = charted(twin, newer.half_hours, expected=newer.expected, rings=newer.rings)
    return Checked(result=result, judged=judged([result]), charts=charts, drifted=twin.drifted or drift_of(charts))
