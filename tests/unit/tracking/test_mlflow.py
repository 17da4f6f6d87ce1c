"""What is sent to a tracking server, and how it can fail; `make bench-mlflow` sends the same to the published one."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from paceline.tracking.failures import TrackingAwayError, TrackingRefusedError
from paceline.tracking.mlflow import MlflowServer
from paceline.tracking.run import Picture, Run
from tests.unit.tracking.trackers import Tracker, tracker_running

RUN = Run(
    experiment="paceline/CMP-1",
    key="acme:42",
    name="weights of CMP-1, entry 42",
    at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    parameters={"after.call_rate": "0.1"},
    metrics={"predicted.utilisation.mean": 0.012},
    tags={"ticket": "OPS-1"},
    pictures=(Picture(name="effect.svg", content=b"<svg/>", media_type="image/svg+xml"),),
)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with tracker_running() as running:
        yield running


@pytest.fixture
def server(tracker: Tracker) -> Iterator[MlflowServer]:
    made = MlflowServer(tracker.url, token="s3cret")
    yield made
    made.close()


def test_run_stands_there_with_all_it_has(tracker: Tracker, server: MlflowServer) -> None:
    sent = server.send(RUN)
    (run,) = tracker.runs.values()
    assert (run["params"], run["metrics"], run["status"]) == (
        {"after.call_rate": "0.1"},
        {"predicted.utilisation.mean": 0.012},
        "FINISHED",
    )
    assert run["tags"]["ticket"] == "OPS-1"
    assert (sent.run_id, sent.pictures, sent.not_served) == (run["id"], ("effect.svg",), False)
    assert tracker.pictures == {"effect.svg": ("image/svg+xml", b"<svg/>")}


def test_run_that_is_sent_twice_is_one_and_says_what_was_said_last(tracker: Tracker, server: MlflowServer) -> None:
    first = server.send(RUN)
    again = server.send(replace(RUN, metrics={**RUN.metrics, "realised.utilisation.mean": 0.01}))
    assert again.run_id == first.run_id
    (run,) = tracker.runs.values()
    assert set(run["metrics"]) == {"predicted.utilisation.mean", "realised.utilisation.mean"}


def test_parameter_that_is_there_is_not_sent_again(tracker: Tracker, server: MlflowServer) -> None:
    server.send(RUN)
    server.send(replace(RUN, parameters={"after.call_rate": "0.1000", "data.rows": "12"}))
    (run,) = tracker.runs.values()
    assert run["params"] == {"after.call_rate": "0.1", "data.rows": "12"}


def test_numbers_that_are_none_are_left_out(tracker: Tracker, server: MlflowServer) -> None:
    server.send(replace(RUN, metrics={"a": float("nan"), "b": float("inf"), "c": 1.0}))
    (run,) = tracker.runs.values()
    assert run["metrics"] == {"c": 1.0}


def test_no_more_goes_in_one_request_than_the_server_takes(tracker: Tracker, server: MlflowServer) -> None:
    server.send(replace(RUN, metrics={f"m{n}": float(n) for n in range(2500)}, pictures=()))
    (run,) = tracker.runs.values()
    assert len(run["metrics"]) == 2500
    assert tracker.asked.count("POST /api/2.0/mlflow/runs/log-batch") == 3 + 1 + 1


def test_pictures_are_left_out_and_told_where_the_server_does_not_serve_them(
    tracker: Tracker, server: MlflowServer
) -> None:
    tracker.artifact_root = "s3://bucket/"
    sent = server.send(RUN)
    assert (sent.pictures, sent.not_served) == ((), True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_server_with_a_problem_is_away(tracker: Tracker, server: MlflowServer, status: int) -> None:
    tracker.refuses = [status]
    with pytest.raises(TrackingAwayError, match=str(status)):
        server.send(RUN)


def test_wrong_token_is_refused_with_advice_and_is_in_no_error(tracker: Tracker, server: MlflowServer) -> None:
    tracker.refuses = [401]
    with pytest.raises(TrackingRefusedError) as refused:
        server.send(RUN)
    assert refused.value.hint == "check mlflow_token"
    assert tracker.bearers == ["Bearer s3cret"]
    told = "".join(traceback.format_exception(refused.value)) + repr(server)
    assert "s3cret" not in told


def test_nobody_there_is_away_and_says_no_secret() -> None:
    with tracker_running() as gone:
        url = gone.url
    server = MlflowServer(url, token="s3cret")
    with pytest.raises(TrackingAwayError) as away:
        server.send(RUN)
    assert away.value.retryable
    assert "s3cret" not in "".join(traceback.format_exception(away.value))
    server.close()


def test_deleted_experiment_is_refused_with_advice(tracker: Tracker, server: MlflowServer) -> None:
    server.send(RUN)
    tracker.deleted.add("paceline/CMP-1")
    with pytest.raises(TrackingRefusedError, match="was deleted"):
        server.send(RUN)


@pytest.mark.parametrize(
    "url", ["", "mlflow.example.com", "ftp://mlflow.example.com", "https://u:p@mlflow.example.com"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(TrackingRefusedError, match="has to begin with"):
        MlflowServer(url)


@pytest.mark.parametrize("status", [200, 302], ids=str)
def test_page_that_answers_in_the_place_of_the_server_takes_no_run(
    tracker: Tracker, server: MlflowServer, status: int
) -> None:
    tracker.refuses = [status] * 9
    with pytest.raises(TrackingRefusedError):
        server.send(RUN)
    assert tracker.runs == {}
