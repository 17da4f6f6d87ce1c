"""Seconds in each half-hour: that agents talked, wrapped up, and were there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from paceline.records.calls import HALF_HOUR_S
from paceline.records.importing.keeping import us_of
from paceline.records.importing.opening import filled

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from paceline.records.summary import Counts, Floats, Span

_STEP_US = HALF_HOUR_S * 1_000_000
_LONGEST = timedelta(days=4)
"""A call or a login that began longer ago is over: ring, wait, talk and wrap-up are each below a day."""
_TALK = '(epoch_us("at") + ((coalesce(ring_s, 0) + coalesce(wait_s, 0)) * 1e6)::BIGINT)'
_WRAP = f"({_TALK} + (coalesce(talk_s, 0) * 1e6)::BIGINT)"
END = f"({_WRAP} + (coalesce(wrap_s, 0) * 1e6)::BIGINT)"
"""Of SQL: when a call and the work after it were over, microseconds since 1970."""
_DIALED = "\"at\" >= TIMESTAMPTZ '$since' AND \"at\" < TIMESTAMPTZ '$until'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Seconds in each half-hour of a span: [half-hours] each; `staffed_s` is not-a-number where nobody knows agents."""

    talk_s: Floats
    wrap_s: Floats
    staffed_s: Floats


def presence(connection: DuckDBPyConnection, span: Span, *, away_s: float) -> Presence:
    """Return the seconds of a span.

    Args:
        connection: has the views `calls`, `untold` (calls of agents whose logins nobody told) and `logins`.
        span: which half-hours.
        away_s: after how long without activity an agent was away, seconds.
    """
    within = filled(_DIALED, since=(span.since - _LONGEST).isoformat(), until=span.until.isoformat())
    calls = "SELECT agent, $begins AS a, $ends AS b FROM $calls WHERE $within AND $which"
    talk_s, wrap_s = (
        _spread(
            connection,
            filled(calls, begins=begins, ends=ends, calls="calls", within=within, which=f"{column} > 0"),
            span,
        )
        for begins, ends, column in ((_TALK, _WRAP, "talk_s"), (_WRAP, END, "wrap_s"))
    )
    activity = filled(calls, begins=_TALK, ends=END, calls="untold", within=within, which="agent <> 0")
    together = filled(
        "SELECT * FROM ($stretches) UNION ALL SELECT agent, since_us AS a, until_us AS b FROM logins"
        " WHERE until_us > $since AND since_us < $until",
        stretches=_islands(activity, round(away_s * 1_000_000)),
        since=us_of(span.since),
        until=us_of(span.until),
    )
    found = connection.execute(_islands(together, 0)).fetchnumpy()
    staffed_s = split_seconds(found["a"], found["b"], span)
    if not len(found["a"]) and (talk_s.any() or wrap_s.any()):
        staffed_s = np.full(len(talk_s), np.nan)
    return Presence(talk_s=talk_s, wrap_s=wrap_s, staffed_s=staffed_s)


def split_seconds(begins_us: Counts, ends_us: Counts, span: Span) -> Floats:
    """Return the seconds of some stretches that lie in each half-hour of a span.

    Args:
        begins_us: [stretches] microseconds since 1970.
        ends_us: [stretches] the same.
        span: which half-hours.
    """
    first, rows = _first(span), _first_of(us_of(span.until)) - _first(span)
    seconds = np.zeros(rows)
    for begins, ends in zip(begins_us.tolist(), ends_us.tolist(), strict=True):
        begun, ended = max(begins, first * _STEP_US), min(ends, (first + rows) * _STEP_US)
        while begun < ended:
            row = begun // _STEP_US
            until = min((row + 1) * _STEP_US, ended)
            seconds[row - first] += (until - begun) / 1e6
            begun = until
    return seconds


def _spread(connection: DuckDBPyConnection, stretches: str, span: Span) -> Floats:
    """Return the same of very many short stretches, `a` to `b`: most of them lie in one half-hour."""
    found = connection.execute(
        filled(
            "WITH s AS ($stretches),"
            " crossing AS (SELECT a, b, unnest(range(a // $step, (b - 1) // $step + 1)) AS row FROM s"
            "              WHERE a // $step < (b - 1) // $step)"
            " SELECT row, sum(us)::BIGINT AS us FROM (SELECT a // $step AS row, sum(b - a) AS us FROM s"
            "   WHERE a // $step >= (b - 1) // $step GROUP BY ALL"
            "  UNION ALL SELECT row, sum(least(b, (row + 1) * $step) - greatest(a, row * $step))"
            "   FROM crossing GROUP BY ALL)"
            " WHERE row >= $first AND row < $last GROUP BY ALL",
            stretches=stretches,
            step=_STEP_US,
            first=_first(span),
            last=_first_of(us_of(span.until)),
        )
    ).fetchnumpy()
    seconds = np.zeros(_first_of(us_of(span.until)) - _first(span))
    seconds[found["row"] - _first(span)] = found["us"] / 1e6
    return seconds


def _islands(stretches: str, gap_us: int) -> str:
    """Return the query of stretches of agents, those joined that no gap longer than this parts."""
    return filled(
        "SELECT agent, min(a) AS a, max(b) AS b FROM (SELECT *, sum(fresh) OVER"
        " (PARTITION BY agent ORDER BY a, b ROWS UNBOUNDED PRECEDING) AS island FROM"
        " (SELECT *, CASE WHEN a - max(b) OVER (PARTITION BY agent ORDER BY a, b"
        "  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) <= $gap THEN 0 ELSE 1 END AS fresh FROM ($stretches)))"
        " GROUP BY agent, island ORDER BY a, agent",
        gap=gap_us,
        stretches=stretches,
    )


def _first(span: Span) -> int:
    return _first_of(us_of(span.since))


def _first_of(us: int) -> int:
    return us // _STEP_US
