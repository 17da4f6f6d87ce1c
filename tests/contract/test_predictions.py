"""What came of changes of weights: measured on the platform's dialer, kept, noted, told, and sent to a tracker."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.weights.changes import SetWeights
from paceline.control.predictions.kept import MEASURED
from paceline.control.predictions.prediction import State
from paceline.control.predictions.turns import PredictionTurns
from paceline.control.tracked.turns import TrackedRuns
from paceline.ledger.entry import Query
from paceline.telemetry.foretold import foretold_in
from paceline.tracking.mlflow import MlflowServer
from tests.contract.set_up import HELD
from tests.contract.systems import Office, actor
from tests.contract.weighed import PACING, weighted
from tests.unit.tracking.trackers import Tracker, tracker_running

DAY_S = 86_400
WORLD = {"records": 400_000, "answerRate": 0.3}
ALL_WEEK = {
    "timezone": "America/New_York",
    "businessHoursDirective": "STRICT",
    "maxConcurrentCalls": 80,
    "timeWindows": [
        {"dayOfWeek": day, "startTime": "09:00:00", "endTime": "17:00:00"}
        for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
    ],
}
GENTLE = {**PACING, "abandonRate": 0.0}
BOLDER = SetWeights(campaign=HELD, adjusted={"call_rate": Decimal("0.25")})


def turns(system: System) -> PredictionTurns:
    return PredictionTurns(
        system.platform,
        predictions=system.predictions,
        book=system.book,
        readings=system.readings,
        actor=actor("worker"),
        kinds=(SetWeights.kind, SetPacing.kind),
    )


def dialed(office: Office, days: float) -> None:
    office.emulated.advance(days * DAY_S)


@pytest.fixture
def changed(desk: Office) -> System:
    """A system whose weights were changed after six days of dialing."""
    system = weighted(desk, dialer=WORLD, schedule=ALL_WEEK, predictiveDialer=GENTLE)
    system.recorder.saw([system.platform.read(HELD)])
    dialed(desk, 6)
    system.recorder.saw([system.platform.read(HELD)])
    assert system.run(BOLDER).word == "applied"
    return system


@pytest.fixture
def applied(desk: Office) -> System:
    """A system whose weights were changed, and nothing was dialed."""
    system = weighted(desk)
    assert system.run(BOLDER).word == "applied"
    return system


def looked(system: System) -> int:
    system.time.look()
    return turns(system).run(system.time)


def sent(system: System, tracker: Tracker) -> int:
    system.time.look()
    sender = TrackedRuns(
        system.recorder, lambda: MlflowServer(tracker.url), actor=actor("worker"), pictures=lambda _entry: ()
    )
    with closing(sender):
        return sender.run(system.time)


def test_prediction_runs_until_enough_days_were_measured(desk: Office, changed: System) -> None:
    assert looked(changed) == 0
    (one,) = changed.predictions.of(HELD)
    assert (one.state, one.source) == (State.RUNNING, "twin")
    assert "0 blocks on 0 days since the change" in one.why
    dialed(desk, 1)
    assert looked(changed) == 0
    assert changed.book.entries(Query(kind=MEASURED)) == []


def test_what_came_of_a_change_is_measured_noted_and_sent_in_its_run_with_how_well_it_was_predicted(
    desk: Office, changed: System
) -> None:
    with tracker_running() as tracker:
        assert (sent(changed, tracker), sent(changed, tracker)) == (1, 0)
        dialed(desk, 6)
        _is_measured_and_noted(changed)
        assert (sent(changed, tracker), sent(changed, tracker)) == (1, 0)
        (run,) = tracker.runs.values()
    assert {"predicted.utilisation.mean", "realised.utilisation.mean", "accuracy.utilisation.coverage.n"} <= set(
        run["metrics"]
    )


def _is_measured_and_noted(changed: System) -> None:
    assert looked(changed) == 1, [one.why for one in changed.predictions.of(HELD)]
    (one,) = changed.predictions.of(HELD)
    assert one.state is State.MEASURED
    assert all(metric.realised is not None and metric.realised.days >= 5 for metric in one.metrics)
    assert isinstance(one.simulation, dict)
    assert one.simulation["status"] == "completed"
    (noted,) = changed.book.entries(Query(kind=MEASURED))
    details: Any = noted.rows[0].document["details"]
    assert details["entry"] == one.entry
    assert {found["metric"] for found in details["accuracy"]} == {metric.metric for metric in one.metrics}
    assert all(found["coverage"]["n"] == 1 and found["rank_correlation"] is None for found in details["accuracy"])
    assert looked(changed) == 0
    told = changed.recorder.looked_up(lambda connection: foretold_in(connection, changed.book.tenant))
    assert told.states == {"running": 0, "measured": 1, "given-up": 0}
    held = {("twin", metric.metric) for metric in one.metrics if metric.covered}
    assert (set(told.held), set(told.missed)) == (held, {("twin", metric.metric) for metric in one.metrics} - held)
    assert told.ranks == {}


def test_prediction_is_given_up_once_something_else_is_live(applied: System) -> None:
    assert looked(applied) == 0
    applied.run(SetWeights(campaign=HELD, adjusted={"call_rate": Decimal("0.3")}))
    assert looked(applied) == 1
    first, second = applied.predictions.of(HELD)
    assert first.state is State.GIVEN_UP
    assert "something else was live" in first.why
    assert second.state is State.RUNNING


def test_server_that_is_away_uses_up_no_tries(applied: System) -> None:
    with tracker_running() as tracker:
        tracker.refuses = [503] * 6
        for _ in range(6):
            assert sent(applied, tracker) == 0
        assert sent(applied, tracker) == 1


def test_run_that_is_refused_again_and_again_is_given_up_and_noted(applied: System) -> None:
    with tracker_running() as tracker:
        tracker.refuses = [400] * 5
        for _ in range(5):
            assert sent(applied, tracker) == 0
        assert len(applied.book.entries(Query(kind="tracking.failed"))) == 1
        assert sent(applied, tracker) == 0
        assert tracker.runs == {}
