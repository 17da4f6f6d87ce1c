"""What is done when a twin has drifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from paceline.primitives.ids import EntryId
from paceline.twin.ladder import Certified, Rung, Standing, step_of
from paceline.twin.model import Drifted

NOW = datetime(2026, 9, 20, 18, tzinfo=UTC)
DRIFTED = Drifted(
    quantity="answers",
    toward="more",
    since=NOW - timedelta(hours=5),
    found=NOW - timedelta(hours=1),
    run_length_days=250.0,
)
CALM = Standing(drifted=None, protected=True, now=NOW, abandonment=0.02, ceiling=0.03)


def test_nothing_is_done_while_nothing_drifts() -> None:
    step = step_of(CALM)
    assert (step.rung, step.weights_refused, step.experiments_held, step.to_progressive) == (Rung.NONE, *(False,) * 3)


def test_drift_freezes_tuning_and_holds_experiments_where_protection_is_on() -> None:
    step = step_of(replace(CALM, drifted=DRIFTED, certified=Certified(entry=EntryId(17), at=NOW)))
    assert step.rung is Rung.FREEZE
    assert step.weights_refused
    assert not step.to_progressive
    assert step.experiments_held
    assert not step_of(replace(CALM, drifted=DRIFTED, protected=False)).experiments_held
    assert step.rollback == 17
    assert "people answer more often than the data say" in step.why


@pytest.mark.parametrize(
    ("standing", "falls_back"),
    [
        (replace(CALM, drifted=DRIFTED, abandonment=0.028), True),
        (replace(CALM, drifted=DRIFTED, abandonment=0.028, protected=False), False),
        (replace(CALM, drifted=DRIFTED, now=NOW + timedelta(days=1)), True),
        (replace(CALM, drifted=replace(DRIFTED, toward="fewer"), now=NOW + timedelta(days=9)), False),
        (replace(CALM, drifted=DRIFTED, abandonment=None), False),
    ],
)
def test_dialing_falls_back_where_protection_is_on_and_harm_is_near(standing: Standing, *, falls_back: bool) -> None:
    assert step_of(standing).to_progressive is falls_back


def test_a_clock_that_was_set_back_only_widens_the_guard_band() -> None:
    step = step_of(replace(CALM, drifted=DRIFTED, now=NOW - timedelta(days=1)))
    assert (step.rung, step.weights_refused) == (Rung.WIDEN, False)
