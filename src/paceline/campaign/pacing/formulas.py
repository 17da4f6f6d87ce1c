"""What the closed forms say of a pacing, in a millisecond: beside the projection, for they need no model of a dialer.

* `pacing.lines`: `max_calls` taken as a fixed number of lines, each dialed again as soon as it is free (Engset).
* `pacing.interval`: `call_interval_ms` taken as the time from dial to dial, whatever the agents do (Erlang B); a
  warning, for this platform takes it as the time between two looks.

References:
    docs/background/queueing.md; docs/reference/dialer.md for what the platform does with both.
"""

from __future__ import annotations

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import PeriodRisk, Projection
from paceline.campaign.pacing.model import FIELDS
from paceline.primitives.findings import Finding, Severity
from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.preflight import Decision, Setting, preflight_interval, preflight_lines


def by_formulas(
    pacing: Pacing, projection: Projection, *, made: tuple[str, ...] = FIELDS, refuses: bool
) -> list[Finding]:
    """Return what the closed forms find above the lowest ceiling; nothing where no law sets one.

    Args:
        pacing: whole and sound.
        projection: what was measured, and the ceilings.
        made: the fields that the change makes bolder; what it leaves as it is, is not spoken of.
        refuses: whether the projection breaches too: then `pacing.lines` refuses.
    """
    strictest = min(projection.risks, key=lambda risk: risk.most / risk.per, default=None)
    if strictest is None:
        return []
    try:
        setting = Setting(
            agents=max(round(projection.agents), 1),
            answer_rate=projection.measured_answer_rate.mean,
            handle_s=projection.measured_handle_s,
            ring_s=projection.ring_s,
            ring_unanswered_s=projection.ring_unanswered_s,
            limit=strictest.most / strictest.per,
        )
        lines = _lines(setting, pacing, strictest, refuses=refuses) if "max_calls" in made else None
        interval = _interval(setting, pacing, strictest) if "call_interval_ms" in made else None
    except (ParameterError, ValueError, OverflowError):
        return []  # what was measured is beyond the closed forms, and the projection is judged in any case
    return [one for one in (lines, interval) if one is not None]


def _lines(setting: Setting, pacing: Pacing, strictest: PeriodRisk, *, refuses: bool) -> Finding | None:
    lines = pacing.max_calls
    if lines <= setting.agents:
        return None
    judged = preflight_lines(setting, lines)
    if judged.decision is Decision.ALLOWED:
        return None
    told = (
        "the projection breaches too"
        if refuses
        else "the platform keeps no number of lines busy, so that this is the worst that it can come to"
    )
    return Finding(
        rule="pacing.lines",
        severity=Severity.ERROR if refuses else Severity.INFO,
        message=(
            f"{lines} lines for {setting.agents} agents, each dialed again as soon as it is free, abandon "
            f"{_percent(judged.abandonment)} of the calls that people answer, and {judged.most_lines} keep "
            f"{strictest.most}/{strictest.per}: {told}"
        ),
        field="max_calls",
        found=lines,
        limit=judged.most_lines,
        source=f"Engset, at an answer rate of {setting.answer_rate:.2f} and {setting.handle_s:.0f} s for each call",
    )


def _interval(setting: Setting, pacing: Pacing, strictest: PeriodRisk) -> Finding | None:
    judged = preflight_interval(setting, pacing.call_interval_ms / 1000)
    if judged.decision is Decision.ALLOWED:
        return None
    shortest = judged.shortest_interval_s
    keeps = "" if shortest is None else f", and {shortest * 1000:.0f} ms keep {strictest.most}/{strictest.per}"
    return Finding(
        rule="pacing.interval",
        severity=Severity.INFO,
        message=(
            f"warning: one dial every {pacing.call_interval_ms} ms, whatever {setting.agents} agents do, would abandon "
            f"{_percent(judged.abandonment)} of the calls that people answer{keeps}; it is taken here as the time "
            "between two looks of the dialer: on a platform that dials at this interval, it is far too short"
        ),
        field="call_interval_ms",
        found=pacing.call_interval_ms,
        limit=None if shortest is None else round(shortest * 1000),
        source=f"Erlang B, at an answer rate of {setting.answer_rate:.2f} and {setting.handle_s:.0f} s for each call",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
