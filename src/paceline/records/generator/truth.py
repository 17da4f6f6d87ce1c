"""What generated call records are made from: every parameter of a campaign's true world, with its unit.

The defaults are published parameters, stylised where nobody published one; their sources stand in
docs/background/generated-records.md.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.records.calls import LineType

_LANDLINE, _CELL = (0.138, 0.149, 0.171, 0.187), (0.206, 0.227, 0.235, 0.222)
"""Share of first dials on a weekday that a person answers, refusals included: morning, afternoon, evening, night."""
_BEGINS = (8, 12, 17, 20)
"""Local hours at which we let those parts of the day begin; the source names no hours. Before 8 it is as at night."""


class TruthError(PacelineError):
    """a parameter of the world to generate is out of bounds"""

    code = "truth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Agents who work the same hours.

    Attributes:
        begins_h: local time of the day, hours, at least 4 (before that clocks change).
        ends_h: the same, at most 24.
        agents: how many.
        breaks: each an hour after the beginning and a length, both hours; agents take them one after another, so that
            a break is spread over its own length times four.
    """

    begins_h: float
    ends_h: float
    agents: int
    breaks: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a mixture of gamma distributions.

    Attributes:
        share: of the whole, a fraction.
        mean_s: mean, seconds.
        cv: standard deviation over mean.
    """

    share: float
    mean_s: float
    cv: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A campaign's world as it truly is.

    Whether a person answers an attempt: the record's own propensity, Beta distributed with the mean of its line type's
    hours, times the hour's share over that mean, times `ageing` for each earlier attempt, times the day's factor.

    Attributes:
        rosters: who works when.
        zone: of all hours and dates, an IANA zone in which only clocks before 4 in the morning change.
        absence: share of agents who do not come on a day.
        late_s: agents come so many seconds late, uniform between 0 and this.
        overtime_s: seconds after a shift's end that a call may take; then it is cut, and handed over.
        last_dials_s: no dials in so many seconds before the last shift of a day ends.
        records: of the list; 0: as many as are needed.
        shared: share of the list whose persons are in the lists of all campaigns of the same seed.
        second_debt: share of persons with two debts; every record is about one of them.
        max_attempts: attempts per record, 1 to 20.
        retry_s: seconds from a dial's end to the next attempt, by attempt; the last holds for all after it.
        line_shares: share of the list, by place in `LineType`.
        answers: by place in `LineType`, 24 shares of first dials that a person would answer, by local hour.
        concentration: sum of the parameters of the Beta distribution over records; infinite: all alike.
        ageing: factor on the answer propensity for each earlier attempt.
        day_spread: standard deviation of the logarithm of the day's factor, whose mean is 1.
        drift_day: number of the day, from 1, from which the answer propensity is another; 0: never.
        drift_factor: what it is multiplied by from that day on.
        machine: share of the dials that no person would answer which a machine answers.
        busy: the same for an engaged line.
        failed: the same for what cannot be connected.
        ring: until a person answers; longer ones than the time-out are lost.
        machine_ring: until a machine answers; the same.
        timeout_s: no line rings longer.
        engaged_s: seconds until an engaged or a failed line is known to be so.
        talk_mu: mean of the logarithm of talk in seconds.
        talk_sigma: its standard deviation.
        talk_cap_s: no talk is longer.
        wrap_mean_s: mean wrap-up, lognormal.
        wrap_cv: its standard deviation over its mean.
        patience_s: seconds that a person waits for an agent before the call counts as abandoned and is let go.
        lines: that ring for each idle agent.
        cap: lines in use at once.
        calls_per_s: dials in each second.
    """

    rosters: tuple[Roster, ...]
    zone: str = "America/New_York"
    absence: float = 0.04
    late_s: float = 240.0
    overtime_s: float = 300.0
    last_dials_s: float = 60.0
    records: int = 0
    shared: float = 0.0
    second_debt: float = 0.2
    max_attempts: int = 4
    retry_s: tuple[float, ...] = (4 * 3600.0, 24 * 3600.0, 48 * 3600.0)
    line_shares: tuple[float, ...] = (0.35, 0.65, 0.0, 0.0)
    answers: tuple[tuple[float, ...], ...]
    concentration: float = 6.0
    ageing: float = 1.0
    day_spread: float = 0.04
    drift_day: int = 0
    drift_factor: float = 1.0
    machine: float = 0.45
    busy: float = 0.04
    failed: float = 0.03
    ring: tuple[Part, ...] = (Part(share=0.7, mean_s=8.0, cv=0.35), Part(share=0.3, mean_s=19.0, cv=0.15))
    machine_ring: tuple[Part, ...] = (Part(share=1.0, mean_s=19.0, cv=0.1),)
    timeout_s: float = 25.0
    engaged_s: float = 2.5
    talk_mu: float = 5.164
    talk_sigma: float = 0.927
    talk_cap_s: float = 3600.0
    wrap_mean_s: float = 25.0
    wrap_cv: float = 0.6
    patience_s: float = 2.0
    lines: float = 4.0
    cap: int = 1000
    calls_per_s: int = 1000

    @property
    def agents(self) -> int:
        """Return how many agents there are, all rosters together."""
        return sum(roster.agents for roster in self.rosters)

    def mean_answer(self, line: LineType) -> float:
        """Return the mean of the Beta distribution of a line type's records: the mean of its 24 hours."""
        return sum(self.answers[list(LineType).index(line)]) / 24

    def document(self) -> dict[str, Json]:
        """Return every parameter by its name, as it is written beside the records; infinite is `"infinite"`."""
        return {name: _told(value) for name, value in dataclasses.asdict(self).items()}


def demo_truth(agents: int = 50) -> Truth:
    """Return the world of the demo: three shifts with breaks, answers by hour and line type as published.

    Args:
        agents: of all shifts together, at least 3.

    References:
        docs/background/generated-records.md, "Where the numbers come from".
    """
    if agents < 3:
        raise TruthError(f"three shifts need 3 agents, not {agents}", hint="name more agents")
    pauses = ((2.0, 0.25), (4.0, 0.5))
    last = middle = agents * 3 // 10 or 1
    hours = ((9.0, 17.0, agents - middle - last), (11.0, 19.0, middle), (13.0, 21.0, last))
    rosters = tuple(Roster(begins_h=begin, ends_h=end, agents=who, breaks=pauses) for begin, end, who in hours)
    cell, landline = _by_hour(_CELL), _by_hour(_LANDLINE)
    return Truth(rosters=rosters, answers=(landline, cell, cell, landline))


def flat_truth(agents: int, answer: float, **more: object) -> Truth:
    """Return a world without times of the day, for tests: one shift of 9 to 17, no breaks, every hour and line alike.

    Args:
        agents: who work all day, on time.
        answer: share of first dials that a person would answer.
        more: other parameters of `Truth`.
    """
    plain = Truth(
        rosters=(Roster(begins_h=9.0, ends_h=17.0, agents=agents),),
        answers=((answer,) * 24,) * len(LineType),
        absence=0.0,
        late_s=0.0,
        day_spread=0.0,
    )
    return dataclasses.replace(plain, **more)  # type: ignore[arg-type]  # names and kinds are those of Truth


def _by_hour(parts: tuple[float, ...]) -> tuple[float, ...]:
    """Return 24 shares of those of morning, afternoon, evening and night."""
    return tuple(parts[sum(hour >= begin for begin in _BEGINS) - 1] for hour in range(24))


def _told(value: object) -> Json:
    if isinstance(value, float) and math.isinf(value):
        return "infinite"
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a truth holds numbers and words, not {type(value).__name__}")
