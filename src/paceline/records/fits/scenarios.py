"""What was fitted, as a day of the simulator."""

from __future__ import annotations

from dataclasses import dataclass

from paceline.records.calls import LineType
from paceline.records.fits.answer_fit import AnswerFit
from paceline.records.fits.duration_fit import DurationFit
from paceline.records.fits.rings import Rings
from paceline.records.fits.shares import Shares
from paceline.records.fits.simulated import lost_after, to_duration
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import INFINITE, Answer, Records, Run, Scenario, Unanswered

_MOST = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAsked:
    """What a fit does not know of a day.

    Attributes:
        agents: logged in all day.
        hours: local hours at which the day begins and ends, whole.
        records: the list that is dialed; None: it never ends, and people are as they were at the attempts seen.
        days: that are simulated.
        limit: highest abandonment, a fraction of the answers by a person.
    """

    agents: int
    hours: tuple[int, int]
    records: Records | None = None
    days: int = 30
    limit: float = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things last: with an agent, after it, and until an answer or the end."""

    talk: DurationFit
    wrap: DurationFit | None
    rings: Rings


def scenario_of(answers: AnswerFit, times: Times, shares: Shares, asked: DayAsked) -> Scenario:
    """Return the day; it has no pacing yet.

    The simulator loses answers that would come after the time-out; so many more are let answer. It knows no line types:
    their rates are mixed as they were dialed, and their difference adds to that of people.

    Raises:
        ScenarioError: the hours are no day.
    """
    (begin, end), rings = asked.hours, times.rings
    if not 0 <= begin < end <= 24:
        raise ScenarioError("hours", f"{begin} to {end}", "whole local hours, the first before the last, 0 to 24")
    ring = to_duration(rings.answered)
    machine_ring = None if rings.machine is None else to_duration(rings.machine)
    kept = 1 - lost_after(ring, rings.timeout_s)
    level = 1.0 if asked.records is not None else attempts_level(answers)
    rates = [min(_hourly(answers, hour) * level / kept, _MOST) for hour in range(begin, end)]
    mean = sum(rates) / len(rates)
    return Scenario(
        agents=asked.agents,
        talk=to_duration(times.talk),
        wrap=None if times.wrap is None else to_duration(times.wrap),
        answer=Answer(
            probability=mean,
            ring_answered=ring,
            ring_unanswered=_given_up(rings, ring),
            timeout_s=INFINITE if rings.timeout_s is None else rings.timeout_s,
            by_time=tuple(rate / mean for rate in rates),
            by_attempt=_by_attempt(answers, asked.records),
            concentration=INFINITE if asked.records is None else pooled_concentration(answers) * kept,
        ),
        unanswered=_unanswered(shares, machine_ring, rings.timeout_s, seen=mean * kept, meant=mean),
        records=Records() if asked.records is None else asked.records,
        limit=asked.limit,
        run=Run(days=asked.days, hours_per_day=float(end - begin)),
    )


def attempts_level(answers: AnswerFit) -> float:
    """Return what dials were answered over what first attempts would have been, by the attempts that were dialed."""
    dials = sum(one.dials for one in answers.attempts)
    of_lines = _line_dials(answers)
    total = sum(of_lines.values())
    return sum(
        count / total * one.dials / dials * float(answers.factors(line)[one.attempt - 1])
        for line, count in of_lines.items()
        for one in answers.attempts
    )


def pooled_concentration(answers: AnswerFit) -> float:
    """Return the concentration of people of all line types together: within each, and between them.

    Infinite where all are alike.
    """
    of_lines = _line_dials(answers)
    total = sum(of_lines.values())
    mean = sum(count * answers.mean_of(line) for line, count in of_lines.items()) / total
    variance = 0.0
    for line, count in of_lines.items():
        own = answers.mean_of(line)
        variance += count / total * (own * (1 - own) * answers.heterogeneity + (own - mean) ** 2)
    return mean * (1 - mean) / variance - 1 if variance > 1e-9 else INFINITE


def _line_dials(answers: AnswerFit) -> dict[LineType, int]:
    found: dict[LineType, int] = {}
    for one in answers.hours:
        found[one.line] = found.get(one.line, 0) + one.dials
    return found


def _hourly(answers: AnswerFit, hour: int) -> float:
    """Return the rate of first attempts in an hour, lines mixed as they were dialed in it."""
    of_it = [one for one in answers.hours if one.hour == hour]
    dials = sum(one.dials for one in of_it)
    return sum(one.rate * one.dials for one in of_it) / dials if dials else answers.mean


def _by_attempt(answers: AnswerFit, records: Records | None) -> tuple[float, ...]:
    if records is None or answers.ageing == 1.0:
        return (1.0,)
    return tuple(answers.ageing**earlier for earlier in range(records.max_attempts))


def _given_up(rings: Rings, answered: Duration) -> Duration:
    if rings.unanswered is not None:
        return to_duration(rings.unanswered)
    # Nobody let it ring to the end: what is known is how long people take who answer.
    return Duration(family=Family.DETERMINISTIC, mean_s=answered.mean_s)


def _unanswered(
    shares: Shares, machine_ring: Duration | None, timeout_s: float | None, *, seen: float, meant: float
) -> Unanswered:
    """Return shares of the dials that nobody was to answer; those seen are of those that nobody did in time."""
    more = (1 - seen) / (1 - meant)
    in_time = 1 - (0.0 if machine_ring is None else lost_after(machine_ring, timeout_s))
    busy, failed = shares.busy.share * more, shares.failed.share * more
    machine = min(shares.machine.share * more / in_time, max(1 - busy - failed, 0.0))
    return Unanswered(machine=machine, busy=busy, failed=failed, machine_ring=machine_ring)
