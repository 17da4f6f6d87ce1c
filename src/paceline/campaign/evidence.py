"""What data say about a change of weights, with its uncertainty, as values; nothing here computes or judges them.

All intervals are of 95 % at least: who asks the same days again shares the error. Either there is evidence, from an
experiment or from a twin that earned its say, or there is a reason why nobody can say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paceline.campaign.forecast import Between
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import EntryId

UTILISATION, ABANDONMENT, CONNECTS = "utilisation", "abandonment", "connects_per_agent_hour"
"""The metrics that a change of weights is judged by."""
MOST_CHANCE = 0.05
"""Adjusted p above which chance explains a difference, whatever else leaves it open."""
LEFT_OPEN = "days or the fit leave it open"
"""Why a difference that chance does not explain is not significant: its interval holds zero."""
BY_CHANCE = "chance explains it"


class Source(StrEnum):
    """Where evidence is from; what was measured goes before what was predicted."""

    EXPERIMENT = "experiment"
    """Blocks of live dialing under either setting, changed over by coins thrown beforehand."""
    TWIN = "twin"
    """Half-hours that no fit has seen, played under either setting by a twin that passed its check."""


class Lack(StrEnum):
    """Why nobody can say."""

    NO_DATA = "no-data"
    TOO_LITTLE_DATA = "too-little-data"
    TWIN_FAILED = "twin-failed"
    """The twin does not reproduce what was measured, so that what it predicts is not believed."""
    OTHER_SPLIT = "other-split"
    """The twin was fitted on another share of the days than the change wants to be validated by."""
    DRIFTED = "drifted"
    """The world is no longer that of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How often a twin's intervals held what was measured in half-hours that no fit had seen.

    Attributes:
        measure: such as `answers` or `utilisation`.
        covered: share of the half-hours within their 90 % interval, a fraction.
        half_hours: how many.
        skill: 1 less the mean CRPS over that of the naive forecast, the same half-hour a week before; above 0 is
            better than that; None where there was no such half-hour.
    """

    measure: str
    covered: float
    half_hours: int
    skill: float | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "measure": self.measure,
            "covered": self.covered,
            "half_hours": self.half_hours,
            "skill": self.skill,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinStanding:
    """Whether a twin has earned its say.

    Attributes:
        passed: whether its intervals held what they should have.
        why: what it failed, in words; empty when it passed.
        coverage: by measure.
        folds: rolling origins that it was checked on.
        fitted_until: the end of the days that it was fitted on.
        data_until: the end of the days it was made of, the held-out ones included.
        split: share of the days it was fitted on, a fraction.
        entry: of the ledger, which holds the check; None before it is recorded.
    """

    passed: bool
    why: str
    coverage: tuple[Coverage, ...]
    folds: int
    fitted_until: datetime
    data_until: datetime
    split: float
    entry: EntryId | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "passed": self.passed,
            "why": self.why,
            "coverage": [one.document() for one in self.coverage],
            "folds": self.folds,
            "fitted_until": utc_text(self.fitted_until),
            "data_until": utc_text(self.data_until),
            "split": self.split,
            "entry": self.entry,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricShown:
    """What the blocks show of one metric, new less old.

    Attributes:
        metric: one of `UTILISATION`, `ABANDONMENT`, `CONNECTS`.
        old, new: pooled over the blocks of either setting.
        difference: new less old, with its interval.
        p_value: of no difference, two-sided, by the randomisation test.
        p_adjusted: the same by Holm's method over the metrics, looks included.
        least_worth: the smallest difference worth having, in the metric's unit; 0 where none is asked.
        significant: whether chance is no explanation and the interval leaves out 0, whatever the difference is worth.
    """

    metric: str
    old: float
    new: float
    difference: Between
    p_value: float
    p_adjusted: float
    least_worth: float
    significant: bool

    @property
    def insignificance(self) -> str:
        """Say why it is not significant; empty where it is."""
        return "" if self.significant else insignificance_of(self.p_adjusted)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "metric": self.metric,
            "old": self.old,
            "new": self.new,
            "difference": self.difference.document(),
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "least_worth": self.least_worth,
            "significant": self.significant,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """How many intervals of 95 % held what was measured.

    Attributes:
        held, n: counts.
        low, high: interval of 95 % of the share, exact (Clopper and Pearson).
    """

    held: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The fraction that held."""
        return self.held / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How well predictions of one metric agree with what was measured.

    Attributes:
        metric: such as `utilisation`.
        covering: of the intervals.
        rank_correlation: Spearman's, of predicted and realised differences; None of too few, or where all are equal.
    """

    metric: str
    covering: Covering
    rank_correlation: float | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "metric": self.metric,
            "coverage": {
                "share": self.covering.share,
                "held": self.covering.held,
                "n": self.covering.n,
                "low": self.covering.low,
                "high": self.covering.high,
            },
            "rank_correlation": self.rank_correlation,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What data say of new weights against the live ones.

    Attributes:
        source: where it is from.
        blocks: paired blocks, or blocks of either setting together.
        days: different days among them.
        since, until: from the first to the end of the last block.
        metrics: each metric.
        worth_having: whether the gain in utilisation is significant and its lower bound above the least worth.
        abandonment_high: upper bound of 95 % of the abandonment under the new weights, a fraction.
        ceiling: the abandonment that binds, a fraction.
        half_width: of the interval of the gain in utilisation, over the utilisation: the precision of the estimate.
        twin: its standing; None for an experiment.
        entry: of the ledger with the experiment; None for a twin.
        seed: of the randomisation.
        cpu_s: seconds of processor time.
        accuracy: how well earlier predictions for the campaign agreed with what came of them, measured; empty while
            none was.
    """

    source: Source
    blocks: int
    days: int
    since: datetime
    until: datetime
    metrics: tuple[MetricShown, ...]
    worth_having: bool
    abandonment_high: float
    ceiling: float
    half_width: float
    seed: int
    cpu_s: float
    twin: TwinStanding | None = None
    entry: EntryId | None = None
    accuracy: tuple[Accuracy, ...] = ()

    def of(self, metric: str) -> MetricShown:
        """Return what is shown of one metric.

        Raises:
            KeyError: it was not looked at.
        """
        for one in self.metrics:
            if one.metric == metric:
                return one
        raise KeyError(metric)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "source": self.source.value,
            "blocks": self.blocks,
            "days": self.days,
            "since": utc_text(self.since),
            "until": utc_text(self.until),
            "metrics": [one.document() for one in self.metrics],
            "worth_having": self.worth_having,
            "abandonment_high": self.abandonment_high,
            "ceiling": self.ceiling,
            "half_width": self.half_width,
            "seed": self.seed,
            "cpu_s": self.cpu_s,
            "twin": None if self.twin is None else self.twin.document(),
            "entry": self.entry,
            "accuracy": [one.document() for one in self.accuracy] or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEvidence:
    """That nobody can say what new weights would do, why, and what to do about it, in words.

    `is_final` is whether nobody else is to be asked: what was measured speaks against them, whatever is predicted.
    """

    lack: Lack
    why: str
    advice: str
    twin: TwinStanding | None = None
    is_final: bool = False

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "lack": self.lack.value,
            "why": self.why,
            "advice": self.advice,
            "twin": None if self.twin is None else self.twin.document(),
        }


def insignificance_of(p_adjusted: float) -> str:
    """Return in words why a difference is not significant that has this p, looks and metrics reckoned with.

    >>> insignificance_of(0.3), insignificance_of(0.0004)
    ('chance explains it', 'days or the fit leave it open')
    """
    return BY_CHANCE if p_adjusted > MOST_CHANCE else LEFT_OPEN
