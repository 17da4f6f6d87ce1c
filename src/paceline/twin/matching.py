"""How boldly the dialer really dialed: the lines, and the rings where nobody told them, that give what was measured.

Days are played as they were staffed and answered. Abandonment and utilisation of all of them are to be those that were
measured; what is varied is the lines for each idle agent and, where rings are not known, a factor on all of them. It is
weighted least squares by Gauss and Newton, on the same calls at each step, with the rings drawn towards what is usual.
Each draw of the bootstrap has its own lines: one more such step, towards what its own days show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paceline.twin.play import play_days

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.twin.boldness import Boldness
    from paceline.twin.effort import Effort
    from paceline.twin.halves import DaySums
    from paceline.twin.model import Draw, TwinDay

    Floats = npt.NDArray[np.float64]

Bold = Callable[["TwinDay", float], "Boldness"]
"""How a day is dialed with so many lines for each idle agent."""
USUAL_RINGS = 0.35
"""Standard deviation of the logarithm of the factor on rings, of which nothing is known."""
NARROWEST_LINES, MOST_LINES = 0.5, 200.0
SHORTEST_RINGS, LONGEST_RINGS = 0.4, 2.5
"""Bounds of what is varied."""
_OFTEN = 4
"""How often each day is played, at least, to tell what it comes to."""
_STEPS, _EVERY, _STEP, _FURTHEST, _NEAR = 6, 3, 0.15, 0.5, 0.01
_FIRST, _BESIDE, _OVER = (0.5, 0.7, 1.0, 1.4, 2.0), (0.95, 0.98, 1.02, 1.05), 0.001
_BURSTS = 2.0
"""Design effect of abandoned calls, which come together (dialer-science 4.3)."""
_UTILISATION_ERROR = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What was found.

    Attributes:
        best: with lines and rings.
        draws: of the bootstrap, each with its own.
        rings: the factor on all rings; 1 where they are known.
        abandonment, utilisation: measured, fractions.
        played_abandonment, played_utilisation: as played with the best.
    """

    best: Draw
    draws: tuple[Draw, ...]
    rings: float
    abandonment: float
    utilisation: float
    played_abandonment: float
    played_utilisation: float


class Matching:
    """Plays days and compares them with what was measured."""

    def __init__(
        self, days: Sequence[TwinDay], sums: DaySums, bold: Bold, *, seed: int, rings_known: bool, effort: Effort
    ) -> None:
        """Begin.

        Args:
            days: that are fitted on.
            sums: what each came to.
            bold: how a day is dialed with so many lines for each idle agent.
            seed: of the calls.
            rings_known: whether rings stay as they are.
            effort: how much is played.
        """
        self._effort = effort
        self._days, self._sums, self._bold, self._seed = days, sums, bold, seed
        self._free = 1 if rings_known else 2

    def matched(self, best: Draw, draws: Sequence[Draw], drawn: Sequence[Sequence[int]], *, guess: float) -> Matched:
        """Return the best vector and the draws with lines and rings.

        Args:
            best: whose lines are not looked at.
            draws: of the bootstrap.
            drawn: of each, the places of its days.
            guess: lines for each idle agent to begin with.

        Raises:
            SimulationError: the simulator cannot play them.
        """
        import numpy as np

        measured, errors = self._measured(range(len(self._days))), self._errors()
        at = np.array([math.log(self._first(best, guess, measured, errors)), 0.0])[: self._free]
        played = self._played(best, at, self._effort.played)
        tried = [(at, played)]
        slopes = self._slopes(best, at)
        for number in range(_STEPS):
            if number and number % _EVERY == 0:
                slopes = self._slopes(best, at)
            step = self._step((measured - played) / errors, slopes / errors[:, None], at)
            at = self._within(at + step)
            played = self._played(best, at, self._effort.played)
            tried.append((at, played))
            if float(np.abs(step).max()) < _NEAR:
                break
        nearest = min(tried, key=lambda one: self._misfit(one, measured, errors))[0]
        tried += [(one, self._played(best, one, self._effort.played)) for one in self._beside(nearest)]
        at, played = min(tried, key=lambda one: self._misfit(one, measured, errors))
        slopes = self._slopes(best, at)
        around = _Around(
            at=at,
            errors=errors,
            slopes=slopes,
            by_day=self._by_day(best, at),
            played=self._played(best, at, self._effort.played_of_draw),
        )
        found = [self._of_draw(draw, days, around) for draw, days in zip(draws, drawn, strict=True)]
        return Matched(
            best=_with(best, at),
            draws=tuple(found),
            rings=math.exp(at[1]) if self._free > 1 else 1.0,
            abandonment=float(measured[0]),
            utilisation=float(measured[1]),
            played_abandonment=float(played[0]),
            played_utilisation=float(played[1]),
        )

    def _first(self, best: Draw, guess: float, measured: Floats, errors: Floats) -> float:
        """Return the lines near a guess that come nearest."""
        import numpy as np

        def misfit(lines: float) -> float:
            at = np.array([math.log(lines), 0.0])[: self._free]
            return float((((measured - self._played(best, at, 2 * self._effort.played_of_draw)) / errors) ** 2).sum())

        tried = [min(max(guess * factor, NARROWEST_LINES), MOST_LINES) for factor in _FIRST]
        return min(tried, key=misfit)

    def _misfit(self, tried: tuple[Floats, Floats], measured: Floats, errors: Floats) -> float:
        at, played = tried
        drawn = float(at[1] / USUAL_RINGS) ** 2 if self._free > 1 else 0.0
        return float((((measured - played) / errors) ** 2).sum()) + drawn

    def _beside(self, at: Floats) -> list[Floats]:
        """Return places near one: rings are filled up to whole lines, so that a little more may be a good deal more."""
        import numpy as np

        lines = math.exp(float(at[0]))
        others = [lines * factor for factor in _BESIDE]
        others += [round(lines * idle) / idle + _OVER for idle in (1, 2, 3)]
        found = [np.array([math.log(one), *at[1:]]) for one in others if one > 0]
        return [self._within(one) for one in found]

    def _of_draw(self, draw: Draw, days: Sequence[int], around: _Around) -> Draw:
        """Return a draw with the lines that its own days show.

        What its days differ by is compared with what the same days differ by when played, so that a draw of days on
        which many answered is not taken for one of a bold dialer.
        """
        everything = range(len(self._days))
        told = self._measured(days) - self._measured(everything)
        by_chance = _ratios(around.by_day[list(days)].sum(axis=0)) - _ratios(around.by_day.sum(axis=0))
        at = around.at
        by_times = self._played(draw, at, self._effort.played_of_draw) - around.played
        rest = told - by_chance - by_times
        step = self._step(rest / around.errors, around.slopes / around.errors[:, None], at, shift=True)
        return _with(draw, self._within(at + step))

    def _step(self, rest: Floats, slopes: Floats, at: Floats, *, shift: bool = False) -> Floats:
        """Return the step that makes the rest least, with the rings drawn to what is usual."""
        import numpy as np

        system, wanted = slopes.T @ slopes, slopes.T @ rest
        if self._free > 1:
            system[1, 1] += USUAL_RINGS**-2
            wanted[1] -= 0.0 if shift else at[1] * USUAL_RINGS**-2
        system += 1e-6 * np.eye(self._free)
        found: Floats = np.clip(np.linalg.solve(system, wanted), -_FURTHEST, _FURTHEST)
        return found

    def _within(self, at: Floats) -> Floats:
        import numpy as np

        low = np.log([NARROWEST_LINES, SHORTEST_RINGS])[: self._free]
        high = np.log([MOST_LINES, LONGEST_RINGS])[: self._free]
        found: Floats = np.clip(at, low, high)
        return found

    def _slopes(self, best: Draw, at: Floats) -> Floats:
        import numpy as np

        columns = []
        for place in range(self._free):
            step = np.zeros(self._free)
            step[place] = _STEP
            above, below = (
                self._played(best, at + step, self._effort.played),
                self._played(best, at - step, self._effort.played),
            )
            columns.append((above - below) / (2 * _STEP))
        return np.column_stack(columns)

    def _played(self, draw: Draw, at: Floats, plays: int) -> Floats:
        """Return abandonment and utilisation of days, each played as often as it takes to play so many."""
        days = self._days[:: -(-len(self._days) // plays)]
        often = max(1, math.ceil(plays / len(days)))
        return _ratios(self._sums_of(draw, at, days, often).sum(axis=0))

    def _by_day(self, best: Draw, at: Floats) -> Floats:
        often = max(_OFTEN, math.ceil(2 * self._effort.played / len(self._days)))
        return self._sums_of(best, at, self._days, often)

    def _sums_of(self, draw: Draw, at: Floats, days: Sequence[TwinDay], often: int) -> Floats:
        """Return [days] what is abandoned, answered, and the seconds that agents are busy and there."""
        import numpy as np

        there, rows = _with(draw, at), []
        for day in days:
            worked = np.array(day.staffed_s) > 0
            logs = (day.log_factor - math.log(draw.answer),) * often  # each day as it was answered, whatever the draw
            played = play_days(
                there, day, self._bold(day, there.lines), seed=self._seed, first=day.start, log_factors=logs
            )
            rows.append(
                [
                    sum(float(one.abandons.sum()) for one in played),
                    sum(float(one.answers.sum()) for one in played),
                    sum(float(one.busy_s[worked].sum()) for one in played),
                    sum(float(one.staffed_s[worked].sum()) for one in played),
                ]
            )
        return np.array(rows)

    def _measured(self, days: Sequence[int]) -> Floats:
        import numpy as np

        chosen = np.array(days, dtype=np.int64)
        sums = self._sums
        busy = float((sums.talk_s + sums.wrap_s)[chosen].sum())
        return np.array(
            [
                float(sums.abandoned[chosen].sum()) / max(float(sums.answered[chosen].sum()), 1.0),
                busy / max(float(sums.staffed_s[chosen].sum()), 1.0),
            ]
        )

    def _errors(self) -> Floats:
        import numpy as np

        answers = max(float(self._sums.answered.sum()), 1.0)
        rate = max(float(self._sums.abandoned.sum()) / answers, 1.0 / answers)
        return np.array([math.sqrt(_BURSTS * rate / answers), _UTILISATION_ERROR])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Around:
    """What was found and how it responds: [2] errors, [2, varied] slopes, [days, 4] what days come to, [2] all."""

    at: Floats
    errors: Floats
    slopes: Floats
    by_day: Floats
    played: Floats


def _ratios(total: Floats) -> Floats:
    """Return abandonment and utilisation."""
    import numpy as np

    return np.array([total[0] / max(total[1], 1.0), total[2] / max(total[3], 1.0)])


def _with(draw: Draw, at: Floats) -> Draw:
    """Return a vector with lines and rings."""
    longer = draw.with_rings(math.exp(float(at[1]))) if at.size > 1 else draw
    return replace(longer, lines=math.exp(float(at[0])))
