"""Where abandonment crosses an aim as a knob is turned: a bracket by halving, then a curve through the trials."""

from __future__ import annotations

import math

from paceline.optimizer.curve import Point, crossing, logit
from paceline.optimizer.errors import NoSettingError
from paceline.optimizer.knobs import Knob
from paceline.optimizer.sample import Sample, Trial

_SURE = 2.0
"""Standard errors from which on a trial is on one side of the aim without doubt."""
_FIRST = 4
"""Days of a trial that only has to show a side."""
_IN_DOUBT = 16
"""Days after which a side that is still in doubt is taken as it looks."""
_NEAR = 1.5
"""Distance of the bracket's ends in logits from which on the curve takes over."""
_NARROW = 2e-4
"""Width of a bracket, as a share of the range, that is not divided any more."""
_STEP = 1 / 16
"""First step away from the start, as a share of the range."""
_ROUNDS = 12
_SHORT = 2.0
"""Errors by which a value may abandon less than the aim, and be in doubt, and be taken all the same."""


class Budget:
    """Days that may be simulated."""

    def __init__(self, knob: str, limit: float, most: int) -> None:
        """Begin with all of them."""
        self.knob, self.limit, self.most = knob, limit, most
        self.spent = 0

    def spend(self, days: int) -> None:
        """Take days.

        Raises:
            NoSettingError: when there are not so many left.
        """
        self.spent += days
        if self.spent > self.most:
            raise NoSettingError(
                self.knob,
                f"{self.most} days did not suffice to show it",
                f"abandonment at most {self.limit:.2%}",
                hint="allow more days, or less precision",
            )


class Root:
    """Trials of a knob, kept: what was simulated once is used again."""

    def __init__(self, trial: Trial, knob: Knob, budget: Budget) -> None:
        """Begin without trials."""
        self.trial, self.knob, self.budget = trial, knob, budget
        self.samples: dict[float, Sample] = {}

    @property
    def computed_ns(self) -> int:
        """Return the processor time of all trials."""
        return sum(sample.computed_ns for sample in self.samples.values())

    def at_value(self, value: float, days: int) -> Sample:
        """Return the trial at a value, with at least so many days."""
        sample = self.samples.setdefault(value, Sample(self.trial, value, 0))
        more = days - sample.days
        if more > 0:
            self.budget.spend(more)
            sample.grow(more)
        return sample

    def found(self, aim: float, error: float) -> tuple[float, bool]:
        """Return the value where abandonment is the aim, estimated to a standard error, and whether it reaches it.

        Where abandonment leaps over the aim it is the nearest value below the leap.

        Raises:
            NoSettingError: when even the lowest setting abandons more.
        """
        low, high = self.bracket(aim)
        if low == high:
            return self.knob.from_scale(high), high < self.knob.ends[1]
        slack = (high - low) / 4
        low, high = max(low - slack, self.knob.ends[0]), min(high + slack, self.knob.ends[1])
        days, value, narrow = _IN_DOUBT, self.knob.from_scale(low), self.narrow
        for tried in range(1, _ROUNDS + 1):
            # Every fourth time halved: a curve cannot picture a leap.
            at = crossing(self.points(), aim, low, high) if tried % 4 else (low + high) / 2
            value = self.knob.from_scale(at)
            sample = self.at_value(value, days)
            rate, spread = sample.pilot()
            spread = min(spread, max(sample.abandonment().error, 1e-12))
            off = abs(rate - aim) > _SURE * spread
            if off and rate > aim:
                high = min(high, at)
            elif off:
                low = max(low, at)
            near = -_SHORT * error <= rate - aim <= error and spread <= _SHORT * error
            if high - low <= narrow or near or (spread <= error and not off):
                break
            if not off:  # where the side is clear, more days would not tell more
                need = sample.days * (spread / error) ** 2
                days = math.ceil(min(max(need, days), 4 * days))
        return self.below(value, aim), True

    def below(self, value: float, aim: float) -> float:
        """Return the value, or if it abandons clearly more than the aim the nearest tried one that does not."""
        rate, spread = self.samples[value].pilot()
        if rate - aim <= _SURE * spread:
            return value
        at = self.knob.to_scale(value)
        less = [one for one in self.samples.values() if self.knob.to_scale(one.value) < at and one.pilot()[0] <= aim]
        return max(less, key=lambda one: self.knob.to_scale(one.value)).value if less else value

    def bracket(self, aim: float) -> tuple[float, float]:
        """Return places of the scale below and above the aim, near each other; an end twice where only that will do.

        Growing steps away from the start come first: far from it trials may be slow, and tell little.
        """
        ends, at = self.knob.ends, self.knob.to_scale(self.knob.start)
        step = _STEP * (ends[1] - ends[0])
        rates: dict[float, float] = {}
        below = above = None
        while True:
            rates[at] = self.side(at, aim)
            if rates[at] > aim:
                above = at
            else:
                below = at
            if below is None:
                if at <= ends[0]:
                    return self.lowest(rates[at])
                at = max(at - step, ends[0])
            elif above is None:
                if at >= ends[1]:
                    return ends[1], ends[1]
                at = min(at + step, ends[1])
            elif self.is_near(below, above) or logit(rates[above]) - logit(rates[below]) < _NEAR:
                return below, above
            else:
                at = (below + above) / 2
            step *= 2

    def lowest(self, rate: float) -> tuple[float, float]:
        """Return the low end of the scale twice, where abandonment is above the aim but not above the limit."""
        if rate > self.budget.limit:
            raise self.too_much()
        return self.knob.ends[0], self.knob.ends[0]

    def is_near(self, below: float, above: float) -> bool:
        """Return whether there is nothing between two places that is worth a trial."""
        return above - below <= self.narrow or self.neighbours(below, above)

    @property
    def narrow(self) -> float:
        """Return the width of a bracket that is not divided any more."""
        return max(_NARROW * (self.knob.ends[1] - self.knob.ends[0]), self.knob.step)

    def neighbours(self, low: float, high: float) -> bool:
        """Return whether no other value is between two places."""
        return self.knob.whole and abs(self.knob.from_scale(high) - self.knob.from_scale(low)) <= 1

    def side(self, at: float, aim: float) -> float:
        """Return abandonment at a place, with more days where it is in doubt on which side of the aim it is."""
        days = _FIRST
        while True:
            rate, spread = self.at_value(self.knob.from_scale(at), days).pilot()
            if abs(rate - aim) > _SURE * spread or days >= _IN_DOUBT:
                return rate
            days *= 2

    def points(self) -> list[Point]:
        """Return the trials as points of a curve."""
        tried = sorted(self.samples.values(), key=lambda one: one.value)
        return [Point(self.knob.to_scale(one.value), *one.pilot()) for one in tried]

    def too_much(self) -> NoSettingError:
        """Return the refusal: even the setting that dials least abandons too much."""
        value = self.knob.from_scale(self.knob.ends[0])
        found = self.at_value(value, _FIRST).abandonment().mean
        return NoSettingError(
            self.knob.name,
            f"even at {value:g}, the end of its range, it is {found:.2%}",
            f"abandonment at most {self.budget.limit:.2%}",
            hint="another policy, or fewer people misjudged or kept waiting",
        )
