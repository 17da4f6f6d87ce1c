"""What a change of pacing is expected to do, with its uncertainty, as values; nothing here computes or judges them.

All intervals are of 95 %. A forecast is one of three: a projection, the word that none could be made, or the word that
the pacing stays within what was certified before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A number with its 95 % interval; `low` is at most `mean`, and `high` at least."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "half_width": self.half_width}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a pacing comes to on the days it was played on, or the difference of two on the same days.

    Attributes:
        utilisation: talk and wrap-up over available agent time, a fraction.
        abandonment: abandoned over answered by a person, a fraction.
        connects_per_agent_hour: calls that reached an agent, for each hour of one agent.
    """

    utilisation: Between
    abandonment: Between
    connects_per_agent_hour: Between

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "utilisation": self.utilisation.document(),
            "abandonment": self.abandonment.document(),
            "connects_per_agent_hour": self.connects_per_agent_hour.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRisk:
    """How likely a legal period is to end above its ceiling, with what was measured in it so far.

    Attributes:
        period: how the law measures, such as `30-day-blocks`.
        rules: ids of the rules that set this ceiling.
        start, end: of the period that is running, instants of the platform's clock.
        most, per: the ceiling, `most` in `per`.
        answered, abandoned: measured so far.
        days_left: days of dialing that are expected until the end.
        now, then: the chance that it ends above, with the live pacing (None where there is none) and with the other.
        answers_left: answers that are expected until the end with the other pacing.
        abandoned_left: abandoned calls among them, with the interval of a prediction.
        allowance: abandoned calls that the period may still hold by its end, if so many answers come; below 0 is over.
    """

    period: str
    rules: tuple[str, ...]
    start: datetime
    end: datetime
    most: int
    per: int
    answered: int
    abandoned: int
    days_left: float
    now: float | None
    then: float
    answers_left: float
    abandoned_left: Between
    allowance: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "period": self.period,
            "rules": [*self.rules],
            "start": utc_text(self.start),
            "end": utc_text(self.end),
            "ceiling": f"{self.most}/{self.per}",
            "answered": self.answered,
            "abandoned": self.abandoned,
            "days_left": self.days_left,
            "breach_probability": {"now": self.now, "then": self.then},
            "answers_left": self.answers_left,
            "abandoned_left": self.abandoned_left.document(),
            "allowance": self.allowance,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether the model, with the live pacing, gives what was measured; else nothing it says should be believed.

    Attributes:
        measured_abandonment, measured_utilisation: over the span that the model was made of, fractions.
        simulated: the same by the model.
        scale: factor on the lines for each idle agent by which the model was brought to what was measured; 1 is none.
        holds: whether the measured values are where days of the model may be.
    """

    measured_abandonment: float
    measured_utilisation: float
    simulated: Effect
    scale: float
    holds: bool

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "measured": {"abandonment": self.measured_abandonment, "utilisation": self.measured_utilisation},
            "simulated": self.simulated.document(),
            "scale": self.scale,
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What was played: the live pacing and the other one, on the same calls of the same days.

    Attributes:
        now: what the live pacing comes to; None where the campaign has none.
        then: what the other one comes to.
        difference: the other less the live one, on the same calls; None without a live one.
        risks: each legal period that is running.
        optimum: the highest utilisation that any policy can have at the ceiling, a fraction; None where it could not
            be solved.
        gap_closed: which share of the way from the live utilisation to that the change goes; None without both.
        fit: whether the model gives what was measured; None without a live pacing.
        agents: mean of the agents who were there.
        agents_seen: the fewest and the most of them in any quarter of an hour; None where nobody tells.
        days: how many days were played.
        seed: of the draws.
        measured_since, measured_until: what the model was made of.
        measured_answer_rate: the share of dials that a person answered in that span; the interval is that of a day.
        measured_handle_s: mean talk and wrap-up of a call that reached an agent, seconds.
        ring_s, ring_unanswered_s: mean ringing of a dial that a person answers, and of one that nobody does, as they
            were taken for the model, seconds.
        assumed: what could not be measured, and what was taken for it, in words.
        cpu_s: seconds of processor time.
    """

    now: Effect | None
    then: Effect
    difference: Effect | None
    risks: tuple[PeriodRisk, ...]
    optimum: float | None
    gap_closed: float | None
    fit: Fit | None
    agents: float
    days: int
    seed: int
    measured_since: datetime
    measured_until: datetime
    measured_answer_rate: Between
    measured_handle_s: float
    ring_s: float
    ring_unanswered_s: float
    assumed: tuple[str, ...]
    cpu_s: float
    agents_seen: tuple[int, int] | None = None

    @property
    def worst(self) -> PeriodRisk | None:
        """The period that is likeliest to end above its ceiling; None where no law sets one."""
        return max(self.risks, key=lambda risk: risk.then, default=None)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "now": None if self.now is None else self.now.document(),
            "then": self.then.document(),
            "difference": None if self.difference is None else self.difference.document(),
            "periods": [risk.document() for risk in self.risks],
            "optimum": self.optimum,
            "gap_closed": self.gap_closed,
            "fit": None if self.fit is None else self.fit.document(),
            "agents": self.agents,
            "days": self.days,
            "seed": self.seed,
            "measured": {
                "since": utc_text(self.measured_since),
                "until": utc_text(self.measured_until),
                "answer_rate": self.measured_answer_rate.document(),
                "handle_s": self.measured_handle_s,
            },
            "ring_s": {"answered": self.ring_s, "unanswered": self.ring_unanswered_s},
            "assumed": [*self.assumed],
            "cpu_s": self.cpu_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProjection:
    """That nothing could be projected, and why, in words."""

    why: str

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"none": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinEnvelope:
    """That the pacing stays within bounds that were certified once, so that it is not projected again.

    Attributes:
        entry: the entry of the ledger that holds the certificate.
    """

    entry: EntryId

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"envelope": self.entry}


Forecast = Projection | NoProjection | WithinEnvelope
"""What is expected of a pacing."""
