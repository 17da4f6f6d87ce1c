"""What a campaign tells its dialer: the blocks of the contract in the dialer's own terms, weights worked in.

The meaning of each parameter is `docs/reference/dialer.md`; this module is that page in code.
"""

from __future__ import annotations

from dataclasses import dataclass

from paceline.emulator import blocks
from paceline.emulator.instants import MILLISECOND, SECOND
from paceline.emulator.tenant import Campaign, Json

FLATTEST, STEEPNESS = 0.5, 100.0
"""Answers called up for each idle agent: g = 0.5 + 100 abandonRate."""
PREVIEW_S = 15
"""Seconds an agent reads before each dial of the method PREVIEW."""
LINES = 150
"""Lines at once where neither predictive parameters nor a schedule say."""
SHORTEST_TICK = MILLISECOND
SLOWEST = 0.05
_DAYS = {name: number for number, name in enumerate(blocks.DAYS)}

Window = tuple[int, int, int]
"""Weekday from Monday 0, first second, and the second at which it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """How to dial; times in nanoseconds.

    Attributes:
        active: whether the campaign is ACTIVE.
        agents: agents of the campaign.
        lines_per_idle: lines that ring for each idle agent, after the warm-up.
        tick: time between two looks, each of which places at most one call.
        line_cap: calls at once.
        calls_per_agent: calls at once for each agent who is logged in.
        warm_up: how long one line per idle agent is dialled after dialing begins.
        preview: how long an agent reads before each dial.
        attempts: dials of one record at most.
        waits_min: minutes from each attempt to the next; the last one holds for all that follow.
        most_abandoned: share of abandoned answers above which the dialer cools down; None: it never does.
        cool_down: how long.
        windows: when is dialled; None: always.
        timezone: the zone of the windows; None where there is no schedule.
    """

    active: bool
    agents: int
    lines_per_idle: float = 1.0
    tick: int = 200 * MILLISECOND
    line_cap: int = LINES
    calls_per_agent: int = 10
    warm_up: int = 0
    preview: int = 0
    attempts: int = 3
    waits_min: tuple[int, ...] = (60,)
    most_abandoned: float | None = None
    cool_down: int = 0
    windows: tuple[Window, ...] | None = None
    timezone: str | None = None


def expected_answers(abandon_rate: float) -> float:
    """Return g: the answers that the dialer expects to call up for each idle agent, from the configured aim.

    >>> expected_answers(0.0), expected_answers(0.03)
    (0.5, 3.5)
    """
    return FLATTEST + STEEPNESS * abandon_rate


def told_how(campaign: Campaign) -> bool:
    """Return whether the campaign says how to dial: by rules, by predictive parameters, or by a world to dial into."""
    return bool(campaign.dialer) or "dialingRules" in campaign.blocks or "predictiveDialer" in campaign.blocks


def orders_of(campaign: Campaign) -> Orders:
    """Return the orders of a campaign, weights worked in."""
    rules, pacing = campaign.blocks.get("dialingRules"), campaign.blocks.get("predictiveDialer")
    weights = _weights(campaign)
    retry = {} if rules is None else rules["retrySettings"]
    threshold = {} if rules is None else rules["abandonmentRateThreshold"]
    schedule = None if campaign.schedule is None else campaign.schedule.body
    per_agent = 10 if rules is None else rules["maxCallsPerAgent"]
    method = ("PROGRESSIVE" if pacing is None else "PREDICTIVE") if rules is None else rules["dialingMethod"]
    interval = (200 if pacing is None else pacing["callInterval"]) * MILLISECOND
    caps = [_cap(LINES if pacing is None else pacing["maxConcurrentCalls"], weights)]
    caps += [] if schedule is None else [schedule["maxConcurrentCalls"]]
    return Orders(
        active=campaign.status == "ACTIVE",
        agents=campaign.agents,
        lines_per_idle=_lines_per_idle(method, per_agent, pacing, weights),
        tick=max(SHORTEST_TICK, round(interval / max(SLOWEST, 1.0 + weights.get("call_rate", 0.0)))),
        line_cap=min(caps),
        calls_per_agent=per_agent,
        warm_up=0 if pacing is None else min(pacing["warmUpPeriod"], blocks.DAY_S * 366) * SECOND,
        preview=PREVIEW_S * SECOND if method == "PREVIEW" else 0,
        attempts=retry.get("maxAttempts", 3),
        waits_min=tuple(retry.get("intervalMinutes", ())) or (60,),
        most_abandoned=threshold.get("maxRate"),
        cool_down=min(threshold.get("coolDownSec", 0), blocks.DAY_S * 366) * SECOND,
        windows=None if schedule is None else tuple(_window(one) for one in schedule["timeWindows"]),
        timezone=None if schedule is None else schedule["timezone"],
    )


def _lines_per_idle(method: str, per_agent: int, pacing: Json | None, weights: dict[str, float]) -> float:
    if method == "POWER":
        return float(per_agent)
    if method != "PREDICTIVE" or pacing is None:
        return 1.0
    belief: float = min(1.0, max(0.01, pacing["answerRate"] * (1.0 + weights.get("answer_rate", 0.0))))
    answers = expected_answers(pacing["abandonRate"]) * (1.0 + weights.get("predictive_factor", 0.0))
    lines: float = answers / belief * (1.0 + weights.get("agent_efficiency", 0.0))
    return round(lines, 9)  # 1.4 / 0.40 is 3.5, and not a hair less that would cost a line


def _weights(campaign: Campaign) -> dict[str, float]:
    """Return the weights that act: none where the tuning is switched off."""
    if not campaign.blocks.get("configuration", {}).get("enablePredictiveTuning", True):
        return {}
    weights: dict[str, float] = campaign.blocks.get("predictiveDialerSettings", {}).get("parameterWeights", {})
    return weights


def _cap(lines: int, weights: dict[str, float]) -> int:
    return max(1, round(lines * (1.0 + weights.get("max_concurrent", 0.0))))


def _window(window: Json) -> Window:
    return (
        _DAYS[window["dayOfWeek"]],
        blocks.seconds_of_day(window["startTime"]),
        blocks.seconds_of_day(window["endTime"]),
    )
