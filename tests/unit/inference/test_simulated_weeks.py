"""The benchmark of significance, small: weeks of the simulator's fast engine, and a rule that cannot refuse."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.significance.__main__ import OLD, single_cases
from benchmarks.significance.rules import KEYS, looked_daily, published
from benchmarks.significance.weeks import Settings, week


def test_weeks_of_one_setting_are_hardly_ever_called_different() -> None:
    """Of 12 at 1 in 20, more than 3 have a chance of less than 1 in 100."""
    same = Settings(old=OLD, new=OLD)
    assert sum(looked_daily(week(same, seed), seed).called is not None for seed in range(12)) <= 3


def test_a_gain_of_a_point_is_found_within_the_week() -> None:
    """In the benchmark 91 of 100 weeks; of 8 fewer than 5 have a chance of less than 1 in 100 then."""
    better = Settings(old=OLD, new=4.34)
    assert sum(looked_daily(week(better, seed), seed).worth is not None for seed in range(50_000, 50_008)) >= 5


def test_the_published_rule_accepts_any_noise() -> None:
    """Mean over spread of five sizes is at least a half, and its threshold a tenth at most."""
    chance = np.random.default_rng(5)
    proposals = chance.uniform(-0.2, 0.2, (1_000, KEYS)) * 10.0 ** chance.uniform(-9, 0, (1_000, 1))
    assert all(published(one, threshold) for one in proposals for threshold in (0.001, 0.1))


@pytest.mark.parametrize(
    ("change", "says", "lawful"),
    [("1e-9", "not significant", "no"), ("five equal", "not significant", "no"), ("0.15", "worth having", "yes")],
)
def test_single_changes_are_judged_by_what_they_do(
    cases: dict[str, list[str]], change: str, says: str, lawful: str
) -> None:
    (row,) = (cells for name, cells in cases.items() if change in name)
    assert (row[1], row[2]) == (says, lawful)


def test_one_change_of_a_whole_gains_and_is_unlawful(cases: dict[str, list[str]]) -> None:
    (row,) = (cells for name, cells in cases.items() if "one change of 1.0" in name)
    assert (row[1], row[2]) == ("worth having", "no")


@pytest.fixture(scope="module")
def cases() -> dict[str, list[str]]:
    """Return what a week of data says of single changes, by their name."""
    rows = [[cell.strip() for cell in row.strip("| ").split("|")] for row in single_cases()]
    return {row[0]: row[1:] for row in rows}
