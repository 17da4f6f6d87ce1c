"""The blocks of settings that a campaign holds, one for each aspect, as values; nothing here judges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from paceline.primitives.canonical import Json

DAY_S = 86_400
"""The last end that a window may have: 24:00."""


class DialingMode(StrEnum):
    """Who decides when a number is dialed: an agent, a free agent, a fixed number of lines, or a prediction."""

    PREVIEW = "PREVIEW"
    PROGRESSIVE = "PROGRESSIVE"
    POWER = "POWER"
    PREDICTIVE = "PREDICTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingRules:
    """How a campaign dials.

    Attributes:
        attempt_limit: how often one contact is tried at most, the first call included.
        retry_intervals_min: minutes from one attempt to the next, the first one being from the first to the second.
        abandonment_threshold: the rate at which the platform cools down, a fraction of answered calls.
        cool_down_s: how long it then dials no more, seconds.
        calls_per_agent: calls that may be in flight for each free agent.
        beside: what the platform's block holds that nobody here knows, in its words; a write sends it back as it was.
    """

    mode: DialingMode
    attempt_limit: int
    retry_intervals_min: tuple[int, ...]
    abandonment_threshold: Decimal
    cool_down_s: int
    calls_per_agent: int
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)


class Directive(StrEnum):
    """How the platform takes its own hours; none of them widens what the law allows."""

    STRICT = "STRICT"
    FLEXIBLE = "FLEXIBLE"
    IGNORE = "IGNORE"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Window:
    """A span of one weekday in the schedule's zone, `[start_s, end_s)` in seconds of the local day, at most 24:00.

    Attributes:
        weekday: 0 is Monday, 6 is Sunday.
    """

    weekday: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a campaign may dial, by its own clock; a campaign that never had one holds none.

    Attributes:
        zone: a key of the zone data, such as `America/New_York`.
        max_calls: how many calls may be in flight at once.
        schedule_id: the platform's name of it; None before the first.
        beside: what the platform's one holds that nobody here knows, in its words; a write sends it back as it was.
    """

    zone: str
    directive: Directive
    windows: tuple[Window, ...]
    max_calls: int
    schedule_id: str | None = None
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How fast a campaign dials where a prediction decides: what the dialer is told, not what comes of it.

    Attributes:
        answer_rate: the belief: the share of dials that a person is thought to answer, a fraction.
        abandonment_aim: the aim: the abandonment rate that the dialer is told to come to, a fraction of answered calls.
        max_calls: how many calls may be in flight at once: the lines.
        call_interval_ms: time between two looks of the dialer, milliseconds; each look places one call at most.
        warm_up_s: how long after dialing begins one line rings for each idle agent, seconds.
        strategy: the platform's name of the algorithm.
        beside: what the platform's block holds that nobody here knows, in its words; a write sends it back as it was.
    """

    answer_rate: Decimal
    abandonment_aim: Decimal
    max_calls: int
    call_interval_ms: int
    warm_up_s: int
    strategy: str = "predictive"
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)


WEIGHT_KEYS = ("answer_rate", "call_rate", "predictive_factor", "max_concurrent", "agent_efficiency")
"""The weights that the platform knows, each a relative change of its parameter; one that is absent counts as 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How the predictive algorithm weighs what it knows.

    Attributes:
        algorithm: the platform's name of the algorithm.
        parameters: weight by key, -1 to 1.
        validation_split: share of the days that is fitted on; the rest validates, 0.1 to 0.9.
        deviation_limit: how far one change may go from the live weight, 0.01 to 0.5.
        convergence: half-width of an estimate, relative, at which it has converged, 0.001 to 0.1.
        beside: what the platform's block holds that nobody here knows, in its words; a write sends it back as it was.
    """

    algorithm: str
    parameters: Mapping[str, Decimal] = field(hash=False)
    validation_split: Decimal
    deviation_limit: Decimal
    convergence: Decimal
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    def of(self, key: str) -> Decimal:
        """Return one weight; 0 where it is absent."""
        return self.parameters.get(key, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What the platform does with weights.

    Attributes:
        enabled: whether they act at all.
        trigger: `automatic` where each change of weights starts a simulation by itself, `manual` where none does.
        drift_protection: whether drift is to be watched for.
        beside: what the platform's block holds that nobody here knows, in its words; a write sends it back as it was.
    """

    enabled: bool
    trigger: str
    drift_protection: bool
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)
