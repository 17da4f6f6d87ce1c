"""Control variates: what chance gave the days, whose mean is known, taken out of what the days came to.

1. `live`: people who answered, less the dials times the chance of an answer. Only where that chance is one number.
2. `handle`: agent time handled, less the calls times the mean handle time.

Both are sums of surprises, each of mean 0 whatever the policy did before it (Wald). What still rings, or is still
handled, at the end of a day is counted by its mean in a steady state. Days that had more answers or longer calls than
the model promises abandon more and work more; a regression over the days takes that part away.

References:
    Lavenberg and Welch 1981, "A perspective on the use of control variables", Management Science 27(3).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.scenario import INFINITE, Drain, Scenario

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.simulation.distributions import Ticks

    Floats = npt.NDArray[np.float64]

FEWEST_DAYS = 12
"""With fewer days a regression costs more than it brings."""
_ALIKE = 1e-9
"""Spread over the days, of a control of size 1, below which it does not vary."""


def controls_of(scenario: Scenario, tallies: Ticks) -> Floats:
    """Return [days, controls] what chance gave each day, with mean 0; no columns where nothing has a known mean.

    Args:
        scenario: what was simulated.
        tallies: [days, places of `counters`] what each day came to, its warm-up taken off.
    """
    import numpy as np

    rows = tallies.astype(np.float64)
    # With a warm-up as much rings and is handled when counting begins as when it ends, on average.
    left = 0.0 if scenario.run.warm_up_s else 1.0
    found = [_handled(scenario, rows, left)]
    if _one_chance(scenario):
        found.append(_answered(scenario, rows, left))
    columns = [one for one in found if float(one.std()) > _ALIKE]
    return np.stack(columns, axis=1) if columns else np.empty((rows.shape[0], 0))


def controlled_ratio(above: npt.ArrayLike, below: npt.ArrayLike, controls: Floats) -> tuple[float, float] | None:
    """Return the ratio of two sums with the controls taken out, and half of its 95 % interval.

    Args:
        above: [days] what is counted.
        below: [days] what it is counted by.
        controls: [days, k] as `controls_of` gives them.

    Returns:
        None where there are fewer than twelve days, no controls, or nothing to explain.
    """
    import numpy as np

    from paceline.inference.quantiles import t_quantile

    counted, by = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    days, known = controls.shape
    if days < FEWEST_DAYS or not known or by.sum() <= 0:
        return None
    ratio = counted.sum() / by.sum()
    residuals = (counted - ratio * by) / by.mean()
    design = np.column_stack([np.ones(days), controls])
    if float(residuals.std()) <= 1e-12 * max(ratio, 1e-12) or np.linalg.matrix_rank(design) <= known:
        return None
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ (design.T @ residuals)
    rest = residuals - design @ fitted
    freedom = days - known - 1
    error = math.sqrt(float(rest @ rest) / freedom * float(inverse[0, 0]))
    return float(ratio + fitted[0]), t_quantile(0.975, freedom) * error


def _one_chance(scenario: Scenario) -> bool:
    answer = scenario.answer
    factors = {*answer.by_time, *answer.by_attempt, *answer.by_day}
    cut = any(change.stop is Drain.DROP for change in scenario.changes)
    return factors == {1.0} and answer.concentration == INFINITE and not cut


def _answered(scenario: Scenario, rows: Floats, left: float) -> Floats:
    answer = scenario.answer
    in_time = 1.0 if answer.timeout_s == INFINITE else 1.0 - answer.ring_answered.survival_s(answer.timeout_s)
    chance = answer.probability * in_time
    rings = chance * min(answer.ring_answered.mean_s, answer.timeout_s)
    others = (1.0 - chance) * min(answer.ring_unanswered.mean_s, answer.timeout_s)
    still = rings / (rings + others) if rings + others > 0 else chance
    surprise = rows[:, c.ANSWERS] + left * still * rows[:, c.RINGING] - chance * rows[:, c.DIALS]
    return surprise / max(chance * float(rows[:, c.DIALS].mean()), 1.0)


def _handled(scenario: Scenario, rows: Floats, left: float) -> Floats:
    handle = [scenario.talk] if scenario.wrap is None else [scenario.talk, scenario.wrap]
    mean = sum(one.mean_s for one in handle)
    square = mean * mean + sum((_cv(one) * one.mean_s) ** 2 for one in handle)
    to_come = square / (2.0 * mean) if mean > 0 else 0.0
    machine = 0.0 if scenario.detection is None else scenario.detection.machine_handle_s
    promised = mean * rows[:, c.CONNECTED] + machine * rows[:, c.MACHINES_CONNECTED]
    surprise = rows[:, c.BUSY_AREA] / TICKS_PER_S + left * to_come * rows[:, c.BUSY] - promised
    return surprise / max(float(promised.mean()), 1e-9)


def _cv(one: Duration) -> float:
    match one.family:
        case Family.EXPONENTIAL:
            return 1.0
        case Family.DETERMINISTIC:
            return 0.0
        case _:
            return one.cv
