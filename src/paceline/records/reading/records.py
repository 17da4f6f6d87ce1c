"""Call records as they are kept, open for questions: their span, their days, and everything that is fitted from.

Rules:
* A dial counts in the half-hour in which it began; talk and wrap-up in those in which they happened.
* An agent is there while logged in, where that was told. Else from the first to the last activity of a stretch without
  a gap longer than `away_s`: the wait before the first call and after the last is missed, a short break is not.
* Where nobody knows agents at all, the seconds that they were there are not-a-number, never 0.
* Half-hours hold everybody's calls; persons are left out of all else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paceline.primitives.zones import segments
from paceline.records.calls import HALF_HOUR_S, LineType
from paceline.records.failures import NoRecordsError
from paceline.records.importing.keeping import Kept, half_hours_around, instant_us, us_of
from paceline.records.importing.opening import files, filled, opened, text
from paceline.records.reading.presence import END, presence
from paceline.records.steps import (
    ATTEMPTS,
    RING_STEP_S,
    RING_STEPS,
    TALK_STEP_S,
    TALK_STEPS,
    WRAP_STEP_S,
    WRAP_STEPS,
)
from paceline.records.summary import Cells, Durations, HalfHours, Span, Summary

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from paceline.records.summary import Counts

AWAY_S = 900.0
"""An agent who did nothing for longer than this was away, seconds; where nobody told when agents were logged in."""
_DAY_S = 86_400
_QUARTER_S = 900
_LINES = [line.value for line in LineType]
_ANSWERED = "ending IN ('connected', 'abandoned')"


class Records:
    """Call records, open for questions; `records_in` opens them. One thread at a time."""

    def __init__(self, connection: DuckDBPyConnection, *, span: Span, rows: int, away_s: float) -> None:
        """Keep a connection that has the views `calls`, `agents_calls` and `logins`."""
        self._connection = connection
        self._away_s = away_s
        self.span = span
        self.rows = rows

    def days(self, zone: str, span: Span | None = None) -> tuple[date, ...]:
        """Return the local dates on which something was dialed, in order."""
        step = self._step(zone, span or self.span)
        found = self._columns(
            'SELECT DISTINCT epoch_us("at") // $step AS slot FROM calls WHERE $within',
            span or self.span,
            step=step * 1_000_000,
        )
        numbers = np.unique(_local(found["slot"] * step, zone) // _DAY_S)
        return tuple(date(1970, 1, 1) + timedelta(days=int(number)) for number in numbers)

    def half_hours(self, span: Span | None = None) -> HalfHours:
        """Return what happened in each half-hour of a span, by everybody; of the whole one when None."""
        span = span or self.span
        dialed = self._columns(
            'SELECT epoch_us("at") // 1800000000 AS start, count(*) AS dials, count_if($answered) AS answered,'
            " count_if(ending = 'abandoned') AS abandoned, count_if(ending = 'machine') AS machines,"
            " count_if(ending = 'no_answer') AS no_answers, count_if(ending = 'busy') AS busies,"
            " count_if(ending = 'failed') AS failed, coalesce(sum(wait_s) FILTER ($answered), 0) AS wait_s"
            " FROM calls WHERE $within GROUP BY ALL ORDER BY ALL",
            span,
        )
        there = presence(self._connection, span, away_s=self._away_s)
        first = us_of(span.since) // (HALF_HOUR_S * 1_000_000)
        rows = (us_of(span.until) // (HALF_HOUR_S * 1_000_000)) - first
        whole: dict[str, Any] = {}
        for name, column in dialed.items():
            if name != "start":
                whole[name] = np.zeros(rows, dtype=column.dtype)
                whole[name][dialed["start"] - first] = column
        happened = (whole["dials"] > 0) | (there.talk_s > 0) | (there.wrap_s > 0) | (there.staffed_s > 0)
        whole |= {"talk_s": there.talk_s, "wrap_s": there.wrap_s, "staffed_s": there.staffed_s}
        start = (first + np.arange(rows))[happened]
        return HalfHours(start=start, **{name: column[happened] for name, column in whole.items()})

    def summary(self, span: Span | None = None, *, zone: str, without: Span | None = None) -> Summary:
        """Return everything that is fitted from.

        Args:
            span: which records; all of them when None.
            zone: of local hours and dates.
            without: leave out every person who was dialed in this span, so that nobody is on both sides of a split;
                the half-hours hold them all the same.

        Raises:
            UnknownZoneError: the zone data has no such zone.
        """
        span = span or self.span
        calls = "calls"
        if without is not None:
            self._connection.execute("DROP TABLE IF EXISTS others")
            query = filled("CREATE TEMP TABLE others AS SELECT DISTINCT person FROM calls WHERE $within",
                           within=_within(without))  # fmt: skip
            self._connection.execute(query)
            calls = "(SELECT c.* FROM calls c ANTI JOIN others o USING (person))"
        counted = self._row(
            "SELECT count(*) AS rows, count(DISTINCT person) AS persons FROM $calls WHERE $within", span, calls
        )
        horizon = self._row(
            'SELECT max(at_us - before_us) FROM (SELECT epoch_us("at") AS at_us, lag(epoch_us("at"))'
            ' OVER (PARTITION BY person ORDER BY "at") AS before_us FROM $calls WHERE $within)',
            span,
            calls,
        )
        rings = self._rings(span, calls)
        talk, wrap = self._worked(span, calls)
        return Summary(
            span=span,
            zone=zone,
            rows=counted[0],
            ring_answered=rings["answered"],
            ring_machine=rings["machine"],
            ring_unanswered=rings["no_answer"],
            talk=talk,
            wrap=wrap,
            cells=self._cells(span, zone, calls),
            half_hours=self.half_hours(span),
            persons=counted[1],
            retry_horizon_s=(horizon[0] or 0) / 1e6,
        )

    def reach_s(self) -> float:
        """Return the longest time from the first to the last dial at one person, seconds; 0 where nobody has two."""
        found = self._row(
            'SELECT max(reach) FROM (SELECT max(epoch_us("at")) - min(epoch_us("at")) AS reach FROM $calls'
            " WHERE $within GROUP BY person)",
            self.span,
            "calls",
        )
        return float(found[0] or 0) / 1e6

    def _rings(self, span: Span, calls: str) -> dict[str, Durations]:
        found = self._columns(
            "SELECT CASE WHEN $answered THEN 'answered' ELSE ending END AS kind,"
            " least(floor(ring_s / $step_s), $last)::BIGINT AS step, count(*) AS count"
            " FROM $calls WHERE $within AND ring_s IS NOT NULL GROUP BY ALL",
            span,
            calls,
            step_s=RING_STEP_S,
            last=RING_STEPS - 1,
        )
        made = {}
        for kind in ("answered", "machine", "no_answer"):
            of = found["kind"] == kind
            ended = np.bincount(found["step"][of], weights=found["count"][of], minlength=RING_STEPS).astype(np.int64)
            made[kind] = Durations(step_s=RING_STEP_S, ended=ended, censored=np.zeros_like(ended))
        return made

    def _worked(self, span: Span, calls: str) -> tuple[Durations, Durations]:
        """Return talk and wrap-up; what a shift cut is the wrap-up where there is one, else the talk."""
        made = []
        for name, step_s, steps, cut in (
            ("talk_s", TALK_STEP_S, TALK_STEPS, "wrap_s IS NULL"),
            ("wrap_s", WRAP_STEP_S, WRAP_STEPS, "true"),
        ):
            found = self._columns(
                "SELECT least(floor($column / $step_s), $last)::BIGINT AS step,"
                " coalesce(cut = 'shift', false) AND $cut AS was_cut, count(*) AS count"
                " FROM $calls WHERE $within AND ending = 'connected' AND $column IS NOT NULL GROUP BY ALL",
                span,
                calls,
                column=name,
                step_s=step_s,
                last=steps - 1,
                cut=cut,
            )
            both = [
                np.bincount(found["step"][of], weights=found["count"][of], minlength=steps).astype(np.int64)
                for of in (~found["was_cut"].astype(bool), found["was_cut"].astype(bool))
            ]
            made.append(Durations(step_s=step_s, ended=both[0], censored=both[1]))
        return made[0], made[1]

    def _cells(self, span: Span, zone: str, calls: str) -> Cells:
        step = self._step(zone, span)
        lines = " ".join(f"WHEN {text(line)} THEN {place}" for place, line in enumerate(_LINES))
        found = self._columns(
            'SELECT epoch_us("at") // $step AS slot, CASE line $lines END::BIGINT AS line,'
            " least(attempt, $most)::BIGINT AS attempt, count(*) AS dials, count_if($answered) AS answered,"
            " count_if(ending = 'machine') AS machines, count_if(ending = 'busy') AS busies,"
            " count_if(ending = 'failed') AS failed FROM $calls WHERE $within GROUP BY ALL",
            span,
            calls,
            step=step * 1_000_000,
            lines=lines,
            most=ATTEMPTS,
        )
        local = _local(found["slot"] * step, zone)
        keys = np.stack([local // _DAY_S, local % _DAY_S // 3600, found["line"], found["attempt"]])
        cells, place = np.unique(keys, axis=1, return_inverse=True)
        counts = {
            name: np.bincount(place.ravel(), weights=found[name], minlength=cells.shape[1]).astype(np.int64)
            for name in ("dials", "answered", "machines", "busies", "failed")
        }
        return Cells(day=cells[0], hour=cells[1], line=cells[2], attempt=cells[3], **counts)

    def _step(self, zone: str, span: Span) -> int:
        """Return the longest step in which the zone's clock shows one hour only, seconds."""
        offsets = {one.offset_s for one in segments(zone, us_of(span.since) // 10**6, us_of(span.until) // 10**6)}
        return HALF_HOUR_S if all(offset % HALF_HOUR_S == 0 for offset in offsets) else _QUARTER_S

    def _columns(self, query: str, span: Span, calls: str = "calls", **parts: object) -> dict[str, Any]:
        said = filled(query, within=_within(span), calls=calls, answered=_ANSWERED, **parts)
        return dict(self._connection.execute(said).fetchnumpy())

    def _row(self, query: str, span: Span, calls: str) -> tuple[Any, ...]:
        said = filled(query, within=_within(span), calls=calls, answered=_ANSWERED)
        found: tuple[Any, ...] = self._connection.execute(said).fetchall()[0]
        return found


@contextmanager
def records_in(
    calls: Sequence[Path], *, logins: Sequence[tuple[Path, Path]] = (), away_s: float = AWAY_S, threads: int = 1
) -> Iterator[Records]:
    """Open files of kept call records.

    Args:
        calls: Parquet files with the columns `calls.KEPT`, no call in two of them.
        logins: a file of calls, with the one that says when its agents were logged in.
        away_s: after how long without activity an agent of the other files was away, seconds.
        threads: at least 1.

    Raises:
        NoRecordsError: there are none.
    """
    if not calls:
        raise NoRecordsError(hint="import some: paceline data import FILE --campaign ID")
    told = {path for path, _ in logins}
    without = [path for path in calls if path not in told]
    with opened([*calls, *(path for _, path in logins)], threads=threads) as connection:
        none = "SELECT 0::UBIGINT AS agent, 0 AS since_us, 0 AS until_us WHERE false"
        views = {
            "calls": filled("FROM read_parquet($files)", files=files(calls)),
            "untold": filled("FROM read_parquet($files)", files=files(without))
            if without
            else "FROM calls WHERE false",
            "logins": filled("FROM read_parquet($files)", files=files([one for _, one in logins])) if logins else none,
        }
        for name, query in views.items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {query}")
        reach = (
            'SELECT count(*), least(min(epoch_us("at")), (SELECT min(since_us) FROM logins)),'
            ' greatest(max(greatest($end - 1, epoch_us("at"))), (SELECT max(until_us) - 1 FROM logins)) FROM calls'
        )
        rows, first, last = connection.execute(filled(reach, end=END)).fetchall()[0]
        if not rows:
            raise NoRecordsError("the files of call records are empty")
        span = half_hours_around(instant_us(first), instant_us(last))
        yield Records(connection, span=span, rows=rows, away_s=away_s)


@contextmanager
def records_of(kept: Sequence[Kept], *, away_s: float = AWAY_S, threads: int = 1) -> Iterator[Records]:
    """Open what is kept of a campaign, as `keeping.kept_in` found it.

    Raises:
        NoRecordsError: nothing is.
    """
    logins = [(one.path, one.shifts) for one in kept if one.shifts is not None]
    with records_in([one.path for one in kept], logins=logins, away_s=away_s, threads=threads) as records:
        yield records


def _within(span: Span) -> str:
    return filled(
        "\"at\" >= TIMESTAMPTZ '$since' AND \"at\" < TIMESTAMPTZ '$until'",
        since=span.since.isoformat(),
        until=span.until.isoformat(),
    )


def _local(seconds: Counts, zone: str) -> Counts:
    """Return local seconds since 1970 of seconds since 1970, UTC."""
    if not len(seconds):
        return seconds
    parts = segments(zone, int(seconds.min()), int(seconds.max()) + 1)
    starts = np.array([one.start_s for one in parts])
    offsets = np.array([one.offset_s for one in parts])
    local: Counts = seconds + offsets[np.searchsorted(starts, seconds, side="right") - 1]
    return local
