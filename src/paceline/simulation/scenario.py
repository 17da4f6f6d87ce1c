"""A campaign's day as the simulator knows it: who calls, who answers, how long it lasts, and how fast is dialled.

Times are seconds (`_s`), rates are fractions. `checks.py` holds the bounds, `reading.py` reads TOML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from paceline.simulation.distributions import Duration, Family

INFINITE = float("inf")


class Policy(StrEnum):
    """A pacing policy, by the name a scenario calls it."""

    PROGRESSIVE = "progressive"
    INTERVAL = "interval"
    RATIO = "ratio"
    IDLE_LINES = "idle_lines"
    OPTIMAL = "optimal"
    CERTAINTY = "certainty"
    TELESCOPING = "telescoping"
    VICIDIAL_HARD = "vicidial_adapt_hard"
    VICIDIAL_AVERAGE = "vicidial_adapt_average"
    VICIDIAL_TAPERED = "vicidial_adapt_tapered"


class Drain(StrEnum):
    """What becomes of calls in flight at a stop."""

    FINISH = "finish"
    DROP = "drop"


class Window(StrEnum):
    """A span of days in which abandonment has to stay within the limit, beside the long run."""

    DAY = "day"
    MONTH = "30d"

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return 1 if self is Window.DAY else 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """A policy and what it needs; which parameters a policy knows stands in `checks.PARAMETERS`.

    Attributes:
        policy: the policy.
        tick_s: seconds between two decisions; 0 decides at every event.
        lines: lines that ratio keeps in use: ringing, waiting, or with an agent, wrap-up included.
        ratio: instead of lines, that many lines per agent logged in, rounded to the nearest whole line.
        interval_ms: interval: milliseconds between two dials; 0.1 at least.
        even: interval: whether all gaps are equal; else they are exponential, with that mean.
        lines_per_idle: idle_lines: lines that ring per idle agent, rounded down.
        table: optimal: lines that ring while 0, 1, 2, ... agents are idle; the last entry holds for more.
        table_above: optimal: a second table, used with probability `mixing`, drawn anew after each dial.
        mixing: optimal: share of the second table.
        safety: certainty, telescoping: agents by which expected answers stay below expected agents; telescoping begins
            with it, and where it is None with `pacing.usual_safety`.
        belief: certainty, telescoping: answer rate believed at the start; that of the scenario when None.
        memory_dials: certainty, telescoping: dials over which the believed rate is smoothed; 0 keeps the belief.
        horizon_s: certainty, telescoping: how far ahead agents that come free are counted; the mean ring when None.
        target: telescoping: abandonment aimed at; vicidial: the limit of the day; the scenario's limit when None.
        gain: telescoping: step of the safety per abandoned answer, in agents.
        safety_lowest: telescoping: a lower safety does not make it dial faster.
        safety_highest: telescoping: from this safety on no more lines ring than agents are idle; when None, what it
            begins with and 3 and half the root of the agents.
        carried: telescoping: whether the safety stays overnight; days are then played one after another.
        max_level: vicidial: highest lines per agent.
        intensity: vicidial: intensity modifier, -40 to 40.
        level_target: vicidial: wanted difference of idle agents and waiting calls.
        latest_s: vicidial tapered: when dialling ends, seconds of the day.
    """

    policy: Policy
    tick_s: float = 0.0
    lines: int | None = None
    ratio: float | None = None
    interval_ms: float | None = None
    even: bool = True
    lines_per_idle: float | None = None
    table: tuple[int, ...] = ()
    table_above: tuple[int, ...] = ()
    mixing: float = 0.0
    safety: float | None = None
    belief: float | None = None
    memory_dials: int = 0
    horizon_s: float | None = None
    target: float | None = None
    gain: float = 0.1
    safety_lowest: float = -3.0
    safety_highest: float | None = None
    carried: bool = False
    max_level: float = 3.0
    intensity: int = 0
    level_target: int = 0
    latest_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How dials end when people answer.

    Attributes:
        probability: share of the dials answered by a person, before the factors below; a fraction.
        ring_answered: ring of dials that end in an answer.
        ring_unanswered: ring of dials nobody answers.
        timeout_s: no line rings longer; answers that would come later are lost. Infinite when not said.
        by_time: factors on the probability over equal parts of the day.
        by_attempt: factors by attempt, the first for the first; the last holds for all after it.
        by_day: factors by day, again from the first after the last.
        concentration: sum of the parameters of the Beta distribution over records; infinite: all records alike.
    """

    probability: float
    ring_answered: Duration
    ring_unanswered: Duration
    timeout_s: float = INFINITE
    by_time: tuple[float, ...] = (1.0,)
    by_attempt: tuple[float, ...] = (1.0,)
    by_day: tuple[float, ...] = (1.0,)
    concentration: float = INFINITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """How dials end that no person answers: shares of those dials; the rest is not answered at all.

    Attributes:
        machine: share that a machine answers.
        busy: share that is engaged.
        failed: share that cannot be connected.
        machine_ring: ring until a machine answers; None: as for a person.
        busy_s: seconds until a line knows that the number is engaged.
        failed_s: seconds until a line knows that the call failed.
    """

    machine: float = 0.0
    busy: float = 0.0
    failed: float = 0.0
    machine_ring: Duration | None = None
    busy_s: float = 2.5
    failed_s: float = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A machine detection that errs; without one machines are told from people without error.

    Attributes:
        sensitivity: share of people recognised as people; the others are hung up on, which counts as abandoned.
        specificity: share of machines recognised as machines; the others are offered to agents.
        machine_handle_s: seconds an agent needs to get rid of a machine.
    """

    sensitivity: float = 1.0
    specificity: float = 1.0
    machine_handle_s: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The list that is dialled.

    Attributes:
        count: records at the start of each day; 0: the list never ends and nobody is called twice.
        max_attempts: attempts per record, 1 to 63.
        retry_s: seconds to the next attempt after the first, second, ...; the last holds for all after it.
        machine_retry_s: the same after a machine, instead.
        busy_retry_s: the same after an engaged line, instead.
        no_answer_retry_s: the same after no answer, instead.
        failed_retry_s: the same after a failed call, instead.
    """

    count: int = 0
    max_attempts: int = 1
    retry_s: tuple[float, ...] = (3600.0,)
    machine_retry_s: tuple[float, ...] = ()
    busy_retry_s: tuple[float, ...] = ()
    no_answer_retry_s: tuple[float, ...] = ()
    failed_retry_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an answered call waits for an agent before it counts as abandoned and is let go.

    Attributes:
        seconds: mean, or the time itself when deterministic; 0: abandoned at once; infinite: waits for ever.
        family: deterministic, as a dialer's connect window, or exponential, as people.
    """

    seconds: float = 2.0
    family: Family = Family.DETERMINISTIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What the telephone side allows.

    Attributes:
        cap: lines in use at once; 0: no cap.
        calls_per_s: dials in each whole second of the clock; 0: no limit.
    """

    cap: int = 0
    calls_per_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Agents who log in and out together, seconds of the day; who is in a call at the end finishes it."""

    start_s: float
    end_s: float
    agents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Agents who leave at `at_s`, as they finish their calls, and log in again `length_s` after that instant."""

    at_s: float
    length_s: float
    agents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something done to the campaign in the day: a stop, a resumption, or another pacing.

    Attributes:
        at_s: seconds of the day.
        stop: nothing is dialled any more; `drop` also cuts what rings and waits, and the waiting count as abandoned.
        resume: dialling goes on.
        pacing: the pacing from now on.
    """

    at_s: float
    stop: Drain | None = None
    resume: bool = False
    pacing: Pacing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How much is simulated.

    Attributes:
        days: replications; each is one day that starts empty.
        hours_per_day: length of a day, hours.
        warm_up_s: seconds at the start of a day that do not count; for stationary validation only.
    """

    days: int = 30
    hours_per_day: float = 8.0
    warm_up_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A campaign's day; made by `reading.read_scenario`, or by hand and then `checks.check_scenario`.

    Attributes:
        agents: agents logged in all day when there are no shifts; else the most that are logged in at once.
        talk: time an agent talks; talk and wrap-up together where `wrap` is None.
        answer: how dials end.
        wrap: time after the talk in which the agent is busy and the line is free.
        unanswered: how dials end that no person answers.
        detection: machine detection; None where it does not err.
        greeting: time from the answer to the end of the greeting, when the call is offered to agents.
        patience: how long an answered call waits.
        pacing: how fast is dialled; None where that is what is looked for.
        records: the list.
        lines: what the telephone side allows.
        shifts: when agents are logged in; empty: all of them, all day.
        breaks: when some of them are not.
        changes: what is done to the campaign in the day.
        limit: highest abandonment, a fraction of the answers by a person.
        window: where `optimise` is to keep the limit in 95 of 100 days, or of 100 spans of 30 days, too; None: in the
            long run alone.
        run: how much is simulated.
    """

    agents: int
    talk: Duration
    answer: Answer
    wrap: Duration | None = None
    unanswered: Unanswered = field(default_factory=Unanswered)
    detection: Detection | None = None
    greeting: Duration | None = None
    patience: Patience = field(default_factory=Patience)
    pacing: Pacing | None = None
    records: Records = field(default_factory=Records)
    lines: Lines = field(default_factory=Lines)
    shifts: tuple[Shift, ...] = ()
    breaks: tuple[Break, ...] = ()
    changes: tuple[Change, ...] = ()
    limit: float = 0.03
    window: Window | None = None
    run: Run = field(default_factory=Run)

    @property
    def day_s(self) -> float:
        """Return the length of a day, seconds."""
        return self.run.hours_per_day * 3600.0
