"""What a fit says of each half-hour to come, given who is there, and how that stands to what was measured.

Each replication has a draw of the parameters, a factor of the day and chance of its own, so that all three are in the
intervals: how little is known, how days differ, and how calls fall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from paceline.twin.halves import HALVES_OF_DAY
from paceline.twin.play import play_days, wandered
from paceline.twin.results import ABANDONS, ANSWERS, MEAN_WAIT, UTILISATION, Scored
from paceline.twin.scores import LEVEL, crps_of, pit_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.records.summary import HalfHours
    from paceline.twin.matching import Bold
    from paceline.twin.model import DaySpread, Draw, TwinDay
    from paceline.twin.play import PlayedDay

    Floats = npt.NDArray[np.float64]

_ALIKE = 150.0
_WEEK = 7 * HALVES_OF_DAY
Values = dict[str, "Floats"]


def predicted_days(
    days: Sequence[TwinDay], draws: Sequence[Draw], spread: DaySpread, bold: Bold, *, seed: int, replications: int
) -> list[Values]:
    """Return of each day, by measure, [replications, half-hours] what it may come to.

    Args:
        days: as they were staffed.
        draws: of the bootstrap, with their lines.
        spread: how days differ.
        bold: how a day is dialed with so many lines for each idle agent.
        seed: of draws, factors and calls.
        replications: days of chance for each day, spread over the draws.

    Raises:
        SimulationError: the simulator cannot play them.
    """
    import numpy as np

    each = max(1, replications // len(draws))
    count = len(draws) * each
    logs: list[list[float]] = []
    for day in days:
        chance = np.random.default_rng([seed, day.start, 1])
        shares = (chance.permutation(count) + chance.uniform(size=count)) / count  # spread evenly over all factors
        logs.append([spread.at(day.start / HALVES_OF_DAY, float(one)) for one in np.clip(shares, 1e-4, 1 - 1e-4)])
    played: list[list[PlayedDay]] = [[] for _ in days]
    for number, draw in enumerate(draws):  # one draw after the other, for its tables are made but once
        first = number * each
        for day, own, those in zip(days, logs, played, strict=True):
            factors, lines = own[first : first + each], bold(day, draw.lines)
            moved = wandered(day, spread.wander, [seed, day.start, 2, number])
            those.extend(play_days(draw, moved, lines, seed=seed + day.start, first=first, log_factors=factors))
    return [_values(those) for those in played]


def _values(played: Sequence[PlayedDay]) -> Values:
    import numpy as np

    answers = np.stack([one.answers for one in played])
    staffed = np.stack([one.staffed_s for one in played])
    return {
        ANSWERS: answers,
        ABANDONS: np.stack([one.abandons for one in played]),
        UTILISATION: np.stack([one.busy_s for one in played]) / np.maximum(staffed, 1.0),
        MEAN_WAIT: np.stack([one.wait_s for one in played]) / np.maximum(answers, 1.0),
    }


def widened(predicted: Sequence[Values], misfit: Mapping[str, float]) -> list[Values]:
    """Return predictions with every measure spread so many times as wide around its mean; none is below 0."""
    import numpy as np

    found = []
    for values in predicted:
        wider = {}
        for measure, ensemble in values.items():
            factor = misfit.get(measure, 1.0)
            mean = ensemble.mean(axis=0)
            wider[measure] = ensemble if factor == 1.0 else np.maximum(mean + (ensemble - mean) * factor, 0.0)
        found.append(wider)
    return found


def misfit_of(days: Sequence[TwinDay], predicted: Sequence[Values], half_hours: HalfHours) -> dict[str, float]:
    """Return by measure how many times wider than predicted the half-hours of days that were fitted on are; 1 at least.

    It is what no parameter explains: breaks within a half-hour, who is in turn within an hour. It is the factor with
    which intervals of 90 % hold 90 % of days that were fitted on, less one standard error of that, and drawn towards 1
    as if half-hours more had been as predicted.
    """
    found = {}
    for measure in predicted[0] if predicted else ():
        shown = scored(measure, days, predicted, half_hours)
        away = sorted(
            abs(measured - mean) / ((high - low) / 2)
            for measured, mean, low, high in zip(shown.measured, shown.mean, shown.low, shown.high, strict=True)
            if high > low
        )
        if away:
            chance = (LEVEL * (1 - LEVEL) * len(away)) ** 0.5
            reached = max(away[max(int(LEVEL * (len(away) - 1) - chance), 0)], 1.0)
            found[measure] = reached ** (len(away) / (len(away) + _ALIKE))
    return found


def measured_values(half_hours: HalfHours) -> Values:
    """Return by measure [half-hours] what was measured."""
    import numpy as np

    answers = half_hours.answered.astype(np.float64)
    return {
        ANSWERS: answers,
        ABANDONS: half_hours.abandoned.astype(np.float64),
        UTILISATION: (half_hours.talk_s + half_hours.wrap_s) / np.maximum(half_hours.staffed_s, 1.0),
        MEAN_WAIT: half_hours.wait_s / np.maximum(answers, 1.0),
    }


def scored(measure: str, days: Sequence[TwinDay], predicted: Sequence[Values], half_hours: HalfHours) -> Scored:
    """Return how what was predicted of a measure stands to what was measured, in half-hours with agents.

    Args:
        measure: one of `MEASURES`.
        days: that were predicted.
        predicted: of each.
        half_hours: everything that was measured: a week before is looked for in it, too.
    """
    import numpy as np

    at = {number: place for place, number in enumerate(half_hours.start.tolist())}
    told = measured_values(half_hours)[measure]
    start, owner, columns = [], [], []
    for number, (day, values) in enumerate(zip(days, predicted, strict=True)):
        for place, staffed in enumerate(day.staffed_s):
            if staffed > 0 and day.start + place in at:
                start.append(day.start + place)
                owner.append(days[number].start)
                columns.append(values[measure][:, place])
    ensemble = np.stack(columns, axis=1)
    measured = told[[at[one] for one in start]]
    low, high = np.quantile(ensemble, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    pit_low, pit_high = pit_of(measured, ensemble)
    return Scored(
        measure=measure,
        start=tuple(start),
        day=tuple(owner),
        measured=tuple(measured.tolist()),
        mean=tuple(ensemble.mean(axis=0).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        pit_low=tuple(pit_low.tolist()),
        pit_high=tuple(pit_high.tolist()),
        crps=tuple(crps_of(measured, ensemble).tolist()),
        naive=tuple(_naive(one, value, at, told) for one, value in zip(start, measured.tolist(), strict=True)),
    )


def _naive(start: int, measured: float, at: dict[int, int], told: Floats) -> float | None:
    """Return the absolute error of the same half-hour a week before; None where nothing was measured then."""
    before = at.get(start - _WEEK)
    return None if before is None else abs(measured - float(told[before]))
