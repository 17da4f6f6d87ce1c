"""Pictures of intervals, of shares and of blocks: in the right place, never outside, and with words for everybody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from paceline.control.experiments.counts import BlockRecord, Counts
from paceline.control.experiments.plan import Balanced, ExperimentPlan, PlannedBlock, Setting
from paceline.service.dashboard.blocks_picture import MOST, drawn
from paceline.service.dashboard.columns import columns
from paceline.service.dashboard.whiskers import WIDTH, around_zero, whisker

FINITE = some.floats(-1e3, 1e3)
HOUR = timedelta(hours=1)


def places(text: str) -> tuple[float, float, float]:
    """Where a bar begins and ends, and where its mark is."""
    bar, mark = re.search(r'd="M([\d.]+) \d+H([\d.]+)', text), re.search(r'cx="([\d.]+)"', text)
    assert bar is not None
    assert mark is not None
    return float(bar[1]), float(bar[2]), float(mark[1])


@given(some.lists(FINITE, min_size=3, max_size=3).map(sorted))
def test_interval_lies_in_its_picture_on_its_own_side_of_zero(ends: list[float]) -> None:
    low, mean, high = ends
    left, right, mark = places(whisker((low, mean, high), "it", span=around_zero(ends)))
    assert 0 <= left <= mark <= right <= WIDTH
    for value, place in zip(ends, (left, mark, right), strict=True):
        assert (value > 0) >= (place > WIDTH / 2 + 0.1)
        assert (value < 0) >= (place < WIDTH / 2 - 0.1)


def test_interval_that_reaches_out_of_its_picture_ends_at_the_edge_and_its_words_are_escaped() -> None:
    text = whisker((-5.0, 0.5, 9.0), "<all>", span=(0.0, 1.0), asked=0.25, band=(0.1, 0.2), kind="bad")
    left, right, mark = places(text)
    assert (left, mark, right) == (6.0, WIDTH / 2, WIDTH - 6.0)
    assert (text.count('class="asked"'), text.count('class="band"'), text.count('class="bad"')) == (1, 1, 2)
    assert "&lt;all&gt;" in text


@given(some.lists(some.floats(0, 1), min_size=2, max_size=12))
def test_columns_are_as_high_as_their_shares(shares: list[float]) -> None:
    text = columns(shares, "shares")
    heights = [float(one) for one in re.findall(r"v-?([\d.]+)h", text)]
    if sum(shares) <= 0:
        assert not text
    else:
        assert len(heights) == len(shares)
        assert [one for one, _ in sorted(zip(heights, shares, strict=True))] == sorted(heights)
        assert max(heights) <= 62


def plan_of(days: int, a_day: int) -> ExperimentPlan:
    start = datetime(2026, 6, 15, 1, tzinfo=UTC)
    blocks = tuple(
        PlannedBlock(
            number=day * a_day + at,
            start=start + timedelta(days=day) + at * HOUR / 2,
            day=f"{start + timedelta(days=day):%Y-%m-%d}",
            pair=f"{day // 2}-{at}",
            setting=Setting.NEW if (day + at) % 2 else Setting.OLD,
        )
        for day in range(days)
        for at in range(a_day)
    )
    return ExperimentPlan(
        blocks=blocks, block=HOUR / 2, guard=HOUR / 10, latest=HOUR / 20, handle_s=60.0, seed=1,
        balanced=Balanced.HOUR_OF_DAY, looks=(len(blocks) - 1,), level=0.95, least_gain=0.0025, ceiling=0.03,
        ends_early=True,
    )  # fmt: skip


def record(number: int, busy: int | None) -> BlockRecord:
    kept = None if busy is None else Counts(dials=9, answered=3, abandoned=0, busy_s=busy, staffed_s=100)
    return BlockRecord(number=number, carried=busy is not None, why="" if kept else "late", kept=kept)


def test_blocks_have_their_letters_bars_and_crosses_in_rows_of_a_day() -> None:
    plan = plan_of(days=2, a_day=30)
    found = drawn(plan, [record(0, 80), record(1, 90), record(2, None)], here=3)
    letters = re.findall(r'class="letters"[^>]*>([on]+)<', found.picture)
    assert [len(one) for one in letters] == [24, 6, 24, 6]
    assert "".join(letters) == "".join(one.setting.value[0] for one in plan.blocks)
    assert re.findall(r">(2026-06-\d\d)<", found.picture) == ["2026-06-15", "2026-06-16"]
    assert (found.lowest, found.highest, found.before, found.after) == (0.8, 0.9, 0, 0)
    kinds = {
        kind: path.count("M") for kind, path in re.findall(r'<path class="(used|gone|here)" d="([^"]*)"', found.picture)
    }
    assert kinds == {"used": 2, "gone": 1, "here": 1}
    assert "2 carried out, 1 given up, 57 to come" in found.picture


@pytest.mark.parametrize("over", [0, 500, 2399])
def test_long_plan_is_drawn_around_what_is_under_way_and_stays_light(over: int) -> None:
    plan = plan_of(days=50, a_day=48)
    found = drawn(plan, [record(number, 80 + number % 9) for number in range(over)], here=None)
    count = sum(map(len, re.findall(r'class="letters"[^>]*>([on]+)<', found.picture)))
    assert (count, found.before + count + found.after) == (MOST, len(plan.blocks))
    assert found.before <= over
    assert len(found.picture) < 40_000
