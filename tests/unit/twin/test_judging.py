"""Whether a twin has earned its say."""

from __future__ import annotations

import pytest

from paceline.twin.judging import judged_of
from paceline.twin.results import Scored


def scored(pits: list[float], *, crps: float = 1.0, naive: float | None = 2.0, days: int = 8) -> Scored:
    """Return half-hours whose measured values lie at these shares of what was predicted."""
    count = len(pits)
    return Scored(
        measure="answers",
        start=tuple(range(count)),
        day=tuple(at % days for at in range(count)),
        measured=(1.0,) * count,
        mean=(1.0,) * count,
        low=(0.0,) * count,
        high=(2.0,) * count,
        pit_low=tuple(one - 0.001 for one in pits),
        pit_high=tuple(one + 0.001 for one in pits),
        crps=(crps,) * count,
        naive=(naive,) * count,
    )


def even(count: int) -> list[float]:
    """Return shares as they should be."""
    return [((at * 37) % count + 0.5) / count for at in range(count)]


def test_even_shares_pass() -> None:
    found = judged_of("answers", [scored(even(160))])
    assert found.why == ""
    assert found.held.covered == pytest.approx(0.9, abs=0.01)
    assert found.skill == pytest.approx(0.5)
    assert sum(found.pit) == pytest.approx(1.0)


def test_intervals_that_hold_too_little_fail() -> None:
    found = judged_of("answers", [scored([0.02 if at % 3 == 0 else 0.5 for at in range(160)])])
    assert "held only 66" in found.why


def test_intervals_that_hold_everything_are_too_wide() -> None:
    assert "too wide" in judged_of("answers", [scored([0.5] * 160)]).why


def test_predictions_no_better_than_last_week_fail() -> None:
    assert "a week before was as good" in judged_of("answers", [scored(even(160), crps=2.0)]).why


def test_no_week_before_is_no_reason_to_fail() -> None:
    found = judged_of("answers", [scored(even(160), naive=None)])
    assert (found.skill, found.why) == (None, "")


def test_few_half_hours_prove_nothing() -> None:
    assert "60 of 5 days are needed" in judged_of("answers", [scored(even(40))]).why
    assert "of 2 days were predicted" in judged_of("answers", [scored(even(160), days=2)]).why
    assert "0 half-hours of 0 days" in judged_of("answers", []).why
