"""What a setting of a dialer would do, exactly, before anything is sent.

1. A number of lines, or a ratio of lines to agents, is Engset's system; a call interval is Erlang's B.
2. Nobody waits, unless a patience is given: then an answer waits that long for an agent, and no longer.
3. Whoever is connected more than two seconds after answering counts against the limit like an abandoned call.
4. A ratio that gives no whole number of lines is judged by the next one above.
5. The decision is `allowed` only where abandoned and late together are at most the limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from paceline.primitives.canonical import Json
from paceline.teletraffic.abandonment import connected_late, load_for_window, wait_window
from paceline.teletraffic.bounds import MOST_LINES, answer_rate, count, limit, quantity, seconds
from paceline.teletraffic.engset import best_lines, fixed_lines, load_per_line
from paceline.teletraffic.engset_window import best_lines_with_window, fixed_lines_with_window
from paceline.teletraffic.erlang import erlang_b, interval_of_load_s, load_for_blocking, load_of_interval
from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.progressive import utilisation_progressive

LIMIT = 0.03
"""Share of the calls answered by a person that may be abandoned: 16 CFR 310.4(b)(4), 47 CFR 64.1200(a)(7)."""
CONNECT_S = 2.0
"""Seconds in which an answer must have an agent, by the same rules; counted here from the answer, which is no later."""
LONGEST_PATIENCE_S = 600.0
"""Longest patience that is computed with, seconds."""


class Model(StrEnum):
    """The closed form that a setting is judged by."""

    PROGRESSIVE = "progressive"
    ENGSET = "engset"
    ENGSET_WINDOW = "engset-window"
    ERLANG_B = "erlang-b"
    WINDOW = "m/m/n+d"


class Decision(StrEnum):
    """Whether a setting stays within the limit."""

    ALLOWED = "allowed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of a campaign before it dials.

    Attributes:
        agents: agents logged in, at least 1.
        answer_rate: share of dials that a person answers, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        ring_s: mean ringing of a dial that is answered, seconds, at least 0.
        ring_unanswered_s: mean ringing of one that is not, seconds; as `ring_s` when None.
        patience_s: how long an answer waits for an agent, seconds, at most 600; nobody waits when it is 0.
        limit: share of answers that may be abandoned, a fraction from 0 to below 1.

    Raises:
        ParameterError: a value is out of its bounds.
    """

    agents: int
    answer_rate: float
    handle_s: float
    ring_s: float
    ring_unanswered_s: float | None = None
    patience_s: float = 0.0
    limit: float = LIMIT

    def __post_init__(self) -> None:
        count("agents", self.agents)
        answer_rate("answer_rate", self.answer_rate)
        seconds("handle_s", self.handle_s)
        seconds("ring_s", self.ring_s, may_be_zero=True)
        if self.ring_unanswered_s is not None:
            seconds("ring_unanswered_s", self.ring_unanswered_s, may_be_zero=True)
        if not 0 <= self.patience_s <= LONGEST_PATIENCE_S:
            raise ParameterError("patience_s", self.patience_s, f"from 0 to {LONGEST_PATIENCE_S:g} seconds")
        limit("limit", self.limit)

    @property
    def line_load(self) -> float:
        """Load of a free line, erlangs."""
        return load_per_line(self.answer_rate, self.handle_s, self.ring_s, self.ring_unanswered_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What a setting would do.

    Attributes:
        model: the closed form.
        utilisation: share of the agents' time that is talk or wrap-up.
        abandonment: share of the live answers that are abandoned.
        late: share of the live answers that are connected after more than two seconds.
        limit: share that abandoned and late together may reach.
        decision: whether they do not exceed it.
        lines: lines that were judged; None for an interval.
        most_lines: the largest number of lines within the limit; None for an interval.
        interval_s: seconds from dial to dial that were judged; None for lines.
        shortest_interval_s: the shortest interval within the limit, seconds; None for lines, or when there is none.
    """

    model: Model
    utilisation: float
    abandonment: float
    late: float = 0.0
    limit: float
    decision: Decision
    lines: int | None = None
    most_lines: int | None = None
    interval_s: float | None = None
    shortest_interval_s: float | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it: lines, or an interval in milliseconds, as it was asked for."""
        told: dict[str, Json] = {
            "model": self.model.value,
            "utilisation": self.utilisation,
            "abandonment": self.abandonment,
            "decision": self.decision.value,
            "late": self.late,
            "limit": self.limit,
        }
        if self.interval_s is None:
            return {**told, "lines": self.lines, "most_lines": self.most_lines}
        shortest = self.shortest_interval_s
        shortest_ms = None if shortest is None else shortest * 1000
        return {**told, "interval_ms": self.interval_s * 1000, "shortest_interval_ms": shortest_ms}


def preflight(
    setting: Setting, *, lines: int | None = None, interval_ms: float | None = None, ratio: float | None = None
) -> Preflight:
    """Judge a setting by what is named of it, one of the three; one line for each idle agent where nothing is.

    Args:
        setting: the campaign.
        lines: a fixed number of lines.
        interval_ms: milliseconds from dial to dial.
        ratio: lines for each agent, busy ones included.

    Raises:
        ParameterError: what is named is out of its bounds.
    """
    if lines is not None:
        return preflight_lines(setting, lines)
    if interval_ms is not None:
        return preflight_interval(setting, interval_ms / 1000)
    if ratio is not None:
        return preflight_ratio(setting, ratio)
    return preflight_progressive(setting)


def preflight_progressive(setting: Setting) -> Preflight:
    """Judge one line for each idle agent, which abandons nobody.

    >>> preflight_progressive(Setting(agents=50, answer_rate=0.3, handle_s=180.0, ring_s=12.0)).decision.value
    'allowed'
    """
    utilisation = utilisation_progressive(
        setting.answer_rate, setting.handle_s, setting.ring_s, setting.ring_unanswered_s
    )
    return Preflight(
        model=Model.PROGRESSIVE,
        utilisation=utilisation,
        abandonment=0.0,
        limit=setting.limit,
        decision=Decision.ALLOWED,
        lines=setting.agents,
        most_lines=None,
    )


def preflight_lines(setting: Setting, lines: int) -> Preflight:
    """Judge a fixed number of lines, each dialled again as soon as it is free.

    Raises:
        ParameterError: the number is out of its bounds.

    >>> judged = preflight_lines(Setting(agents=50, answer_rate=0.25, handle_s=180.0, ring_s=12.0), 80)
    >>> round(judged.abandonment, 2), judged.decision.value, judged.most_lines
    (0.57, 'refused', 57)
    """
    count("lines", lines, highest=MOST_LINES)
    load = setting.line_load
    if setting.patience_s == 0:
        at_once = fixed_lines(setting.agents, lines, load)
        utilisation, abandonment, late = at_once.utilisation, at_once.abandonment, 0.0
        most = best_lines(setting.agents, load, setting.limit).lines
    else:
        waited = fixed_lines_with_window(
            setting.agents, lines, load, handle_s=setting.handle_s, window_s=setting.patience_s, late_s=CONNECT_S
        )
        utilisation, abandonment, late = waited.utilisation, waited.abandonment, waited.late
        most = best_lines_with_window(
            setting.agents,
            load,
            setting.limit,
            handle_s=setting.handle_s,
            window_s=setting.patience_s,
            late_s=CONNECT_S,
        ).lines
    return Preflight(
        model=Model.ENGSET if setting.patience_s == 0 else Model.ENGSET_WINDOW,
        utilisation=utilisation,
        abandonment=abandonment,
        late=late,
        limit=setting.limit,
        decision=_decision(abandonment + late, setting.limit),
        lines=lines,
        most_lines=most,
    )


def preflight_ratio(setting: Setting, ratio: float) -> Preflight:
    """Judge a ratio of lines to agents, busy ones included; a broken number of lines counts as the next above.

    Raises:
        ParameterError: the ratio is not above 0, or gives too many lines.

    >>> preflight_ratio(Setting(agents=50, answer_rate=0.3, handle_s=180.0, ring_s=12.0), 1.1).lines
    55
    """
    lines = quantity("ratio", ratio, may_be_zero=False) * setting.agents
    # 1.1 x 50 is 55.00000000000001 in floating point, and 55 lines.
    return preflight_lines(setting, max(1, math.ceil(round(min(lines, MOST_LINES + 1.0), 6))))


def preflight_interval(setting: Setting, interval_s: float) -> Preflight:
    """Judge dials at a fixed interval, whatever the agents do. How long they ring does not matter.

    Args:
        setting: the campaign.
        interval_s: seconds from dial to dial, above 0.

    Raises:
        ParameterError: the interval is out of its bounds.

    >>> judged = preflight_interval(Setting(agents=50, answer_rate=0.72, handle_s=180.0, ring_s=12.0), 0.120)
    >>> round(judged.abandonment, 2), judged.decision.value
    (0.95, 'refused')
    """
    load = load_of_interval(interval_s, setting.answer_rate, setting.handle_s)
    if setting.patience_s == 0:
        abandonment, late = erlang_b(setting.agents, load), 0.0
    else:
        answers = load / setting.handle_s
        abandonment = wait_window(setting.agents, answers, setting.handle_s, setting.patience_s).abandonment
        late = connected_late(setting.agents, answers, setting.handle_s, setting.patience_s, CONNECT_S)
    most = _most_load(setting)
    return Preflight(
        model=Model.ERLANG_B if setting.patience_s == 0 else Model.WINDOW,
        utilisation=load * (1 - abandonment) / setting.agents,
        abandonment=abandonment,
        late=late,
        limit=setting.limit,
        decision=_decision(abandonment + late, setting.limit),
        interval_s=interval_s,
        shortest_interval_s=interval_of_load_s(most, setting.answer_rate, setting.handle_s) if most > 0 else None,
    )


def _decision(share: float, limit: float) -> Decision:
    return Decision.ALLOWED if share <= limit else Decision.REFUSED


def _most_load(setting: Setting) -> float:
    """Return the largest load within the limit, erlangs; 0 when every load abandons somebody."""
    if setting.limit < 1e-200:
        return 0.0
    if setting.patience_s == 0:
        return load_for_blocking(setting.agents, setting.limit)
    low, high = 0.0, load_for_window(setting.agents, setting.handle_s, setting.patience_s, setting.limit)
    if setting.patience_s <= CONNECT_S:
        return high
    while low < (load := 0.5 * (low + high)) < high:
        answers = load / setting.handle_s
        waited = wait_window(setting.agents, answers, setting.handle_s, setting.patience_s).abandonment
        late = connected_late(setting.agents, answers, setting.handle_s, setting.patience_s, CONNECT_S)
        low, high = (load, high) if waited + late <= setting.limit else (low, load)
    return low
