"""Tables made of rows in numpy, against plain loops over the rows."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from paceline.primitives.zones import zone
from paceline.records import steps
from paceline.records.calls import HALF_HOUR_S, Ending, LineType
from paceline.records.generator.generator import (
    Rows,
    demo_truth,
    generated,
    generated_half_hours,
    generated_summary,
    half_hours_of_rows,
    joined,
    summary_of_rows,
)
from paceline.records.summary import HalfHours, Span

ZONE = "America/New_York"
START = date(2026, 10, 31)


@cache
def demo() -> Rows:
    """Three days around a change of clocks, with cut calls."""
    return generated(replace(demo_truth(6), overtime_s=30.0), 3, 5, start=START)


def looped(rows: Rows) -> dict[int, Counter[str]]:
    """Return what happened by half-hour, one row after the other."""
    kept: dict[int, Counter[str]] = defaultdict(Counter)

    def spread(name: str, since_s: float, until_s: float) -> None:
        while since_s < until_s - 1e-7:
            half = math.floor(since_s / HALF_HOUR_S + 1e-10)
            until = min(until_s, (half + 1) * HALF_HOUR_S)
            kept[half][name] += until - since_s  # type: ignore[assignment]  # a counter adds anything
            since_s = until

    for place in range(len(rows)):
        at = rows.at_us[place] / 1e6
        count = kept[int(at // HALF_HOUR_S)]
        count["dials"] += 1
        count[list(Ending)[rows.ending[place]].value] += 1
        if not math.isnan(rows.wait_s[place]):
            count["wait_s"] += rows.wait_s[place]
        if not math.isnan(rows.talk_s[place]):
            begun = at + rows.ring_s[place] + rows.wait_s[place]
            done = begun + rows.talk_s[place]
            spread("talk_s", begun, done)
            if not math.isnan(rows.wrap_s[place]):
                spread("wrap_s", done, done + rows.wrap_s[place])
    for since, until in zip(rows.logins.since_us, rows.logins.until_us, strict=True):
        spread("staffed_s", since / 1e6, until / 1e6)
    return kept


def test_half_hours_are_those_of_a_plain_loop() -> None:
    found, wanted = half_hours_of_rows(demo()), looped(demo())
    assert list(found.start) == sorted(wanted)
    for place, half in enumerate(found.start):
        one = wanted[int(half)]
        assert found.dials[place] == one["dials"]
        assert found.answered[place] == one["connected"] + one["abandoned"]
        assert found.abandoned[place] == one["abandoned"]
        others = (found.machines, found.no_answers, found.busies, found.failed)
        assert [int(kind[place]) for kind in others] == [
            one[name] for name in ("machine", "no_answer", "busy", "failed")
        ]
        for name in ("talk_s", "wrap_s", "staffed_s", "wait_s"):
            assert getattr(found, name)[place] == pytest.approx(one[name], abs=1e-4)
    assert (found.talk_s + found.wrap_s <= found.staffed_s + 1e-6).all()
    assert np.array_equal(found.dials, found.answered + found.machines + found.no_answers + found.busies + found.failed)


def test_cells_are_those_of_a_plain_loop_on_local_clocks() -> None:
    rows = demo()
    found = summary_of_rows(rows, ZONE).cells
    wanted: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for place in range(len(rows)):
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(rows.at_us[place]))).astimezone(
            zone(ZONE)
        )
        day = (local.date() - date(1970, 1, 1)).days
        attempt = min(int(rows.attempt[place]), steps.ATTEMPTS)
        wanted[day, local.hour, int(rows.line[place]), attempt][int(rows.ending[place])] += 1
    keys = list(zip(found.day, found.hour, found.line, found.attempt, strict=True))
    assert keys == sorted(wanted)
    for place, key in enumerate(keys):
        one = wanted[tuple(int(part) for part in key)]
        counts = (found.answered, found.machines, found.busies, found.failed, found.dials)
        assert [int(count[place]) for count in counts] == [one[0] + one[1], one[2], one[4], one[5], one.total()]
    assert set(found.hour) <= set(range(9, 21))
    assert set(found.line) <= set(range(len(LineType)))


def test_durations_are_counted_once_and_what_a_shift_cut_is_censored() -> None:
    rows = demo()
    found = summary_of_rows(rows, ZONE)
    cut = rows.cut & np.isnan(rows.wrap_s)
    talks = ~np.isnan(rows.talk_s)
    assert found.talk.censored.sum() == cut.sum() > 0
    assert found.talk.ended.sum() == (talks & ~cut).sum()
    assert found.wrap.ended.sum() + found.wrap.censored.sum() == (~np.isnan(rows.wrap_s)).sum()
    assert found.ring_unanswered.ended[int(25 / steps.RING_STEP_S)] == (rows.ending == 3).sum()
    rings = rows.ring_s[rows.ending <= 1]
    assert found.ring_answered.ended.sum() == rings.size
    middle = (np.arange(steps.RING_STEPS) + 0.5) * steps.RING_STEP_S
    assert (found.ring_answered.ended * middle).sum() / rings.size == pytest.approx(rings.mean(), abs=steps.RING_STEP_S)
    assert found.ring_machine.ended.sum() == (rows.ending == 2).sum()


def test_persons_and_the_longest_time_to_the_next_attempt_are_those_of_a_plain_loop() -> None:
    rows = demo()
    found = summary_of_rows(rows, ZONE)
    last: dict[int, int] = {}
    longest = 0
    for person, at in zip(rows.person.tolist(), rows.at_us.tolist(), strict=True):
        longest = max(longest, at - last.get(person, at))
        last[person] = at
    assert found.persons == len(last)
    assert found.retry_horizon_s == longest / 1e6
    assert found.rows == len(rows)


def test_persons_dialed_in_a_span_are_left_out_of_all_but_the_half_hours() -> None:
    rows = demo()
    whole = summary_of_rows(rows, ZONE)
    first = datetime(2026, 11, 1, 5, tzinfo=UTC)
    held = Span(since=first, until=whole.span.until)
    early = Span(since=whole.span.since, until=first)
    found = summary_of_rows(rows, ZONE, span=early, without=held)
    begin = int(first.timestamp()) * 1_000_000
    late = set(rows.person[rows.at_us >= begin].tolist())
    kept = [place for place in range(len(rows)) if rows.at_us[place] < begin and int(rows.person[place]) not in late]
    assert 0 < found.rows == len(kept) < (rows.at_us < begin).sum()
    assert found.cells.dials.sum() == len(kept)
    assert found.half_hours.dials.sum() == (rows.at_us < begin).sum()
    assert found.span == early


def test_tables_come_without_files_too_and_days_join() -> None:
    truth = replace(demo_truth(6), overtime_s=30.0)
    direct = generated_half_hours(truth, 3, 5, start=START)
    of_rows = half_hours_of_rows(joined([demo()]))
    for field in fields(HalfHours):
        np.testing.assert_array_equal(getattr(direct, field.name), getattr(of_rows, field.name))
    assert generated_summary(truth, 3, 5, start=START).rows == len(demo())
