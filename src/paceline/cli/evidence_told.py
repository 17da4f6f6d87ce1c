"""What data say of new weights, as people read it: each metric old and new, the difference, and what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION, Evidence, MetricShown, NoEvidence

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("metric", "old", "new", "difference", "95 %", "p adjusted", "verdict")
"""The columns of the table, in their order."""
_CALLED = {UTILISATION: "utilisation", ABANDONMENT: "abandonment", CONNECTS: "connects per agent hour"}
_SHARES = frozenset({UTILISATION, ABANDONMENT})


def rows_of(evidence: Evidence) -> list[Sequence[str]]:
    """Return the rows of the table: shares in percent, their differences in points."""
    return [_row(one, evidence) for one in evidence.metrics]


def below(told: Evidence | NoEvidence) -> list[str]:
    """Return what stands below the table, or in its place where nobody can say."""
    if isinstance(told, NoEvidence):
        return [f"nobody can say what these weights would do: {told.why}; {told.advice}"]
    since, until = (one.isoformat(timespec="minutes").replace("+00:00", "Z") for one in (told.since, told.until))
    entry = "" if told.entry is None else f", entry {told.entry}"
    lines = [f"from the {told.source.value}{entry}: {told.blocks} blocks of {told.days} days, {since} to {until}"]
    high, ceiling = _percent(told.abandonment_high), _percent(told.ceiling)
    return [*lines, f"abandonment under the new weights at most {high}, the ceiling is {ceiling}"]


def _row(one: MetricShown, evidence: Evidence) -> Sequence[str]:
    difference, is_share = one.difference, one.metric in _SHARES
    told = _percent if is_share else _plain
    signed = _points if is_share else _signed
    return (
        _CALLED.get(one.metric, one.metric),
        told(one.old),
        told(one.new),
        signed(difference.mean),
        f"{signed(difference.low)} to {signed(difference.high)}",
        "<0.001" if one.p_adjusted < 0.001 else f"{one.p_adjusted:.3f}",
        _verdict(one, evidence),
    )


def _verdict(one: MetricShown, evidence: Evidence) -> str:
    if not one.significant:
        return one.insignificance
    if one.metric == UTILISATION:
        return "worth having" if evidence.worth_having else "not worth having"
    return "differs"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _points(share: float) -> str:
    return f"{100 * share:+.2f}"


def _plain(value: float) -> str:
    return f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{value:+.2f}"
