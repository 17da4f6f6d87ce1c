"""`paceline experiment` as people and scripts use it."""

from __future__ import annotations

import pytest

from tests.acceptance.shift import Shift
from tests.contract.switched import FROM, LIVE, MINUTE, OLD, PACING, TRIED, TUNING, minute
from tests.contract.systems import STARTED

PLAN = (
    "experiment", "plan", TRIED, "predictive_factor=0.25", "--days", "6", "--hours", "14:00-17:00", "--seed", "4",
    "--reason", "which is better",
)  # fmt: skip


@pytest.fixture
def dialing(shift: Shift) -> Shift:
    """A campaign that dials, and was measured for one day."""
    document = {
        "id": TRIED,
        "status": "ACTIVE",
        "revision": 42,
        "agents": 20,
        "predictiveDialer": PACING,
        "predictiveDialerSettings": LIVE,
        "configuration": TUNING,
    }
    shift.emulated.control("POST", "/campaigns", document)
    start = STARTED.replace(hour=FROM // 3600, day=STARTED.day - 1)
    told = [minute(start + at * MINUTE, at, **OLD) for at in range(240)]
    shift.emulated.arrange(TRIED, live={"callsConnected": 5}, statistics=told)
    shift.type("declare", TRIED, "purpose=sales", "regions=US-FL")
    return shift


def test_experiment_is_planned_started_steered_and_ended_by_commands(dialing: Shift) -> None:
    tried = dialing.data_of(*PLAN, "--dry-run")
    assert (tried["kept"], len(tried["plan"]["blocks"]), tried["plan"]["seed"]) == (False, 18, 4)
    made = dialing.data_of(*PLAN)
    assert (made["kept"], made["experiment"]["phase"], made["plan"]) == (True, "planned", tried["plan"])
    begun = dialing.data_of("experiment", "start", TRIED)
    assert begun["experiment"]["phase"] == "running"
    assert "no worker lives" in dialing.err
    assert dialing.data_of("experiment", "analyse", TRIED)["look"] is None
    assert dialing.data_of("experiment", "pause", TRIED, "--reason", "lunch")["phase"] == "paused"
    assert dialing.data_of("experiment", "start", TRIED)["experiment"]["phase"] == "running"
    dialing.data_of("experiment", "start", TRIED, code=5)
    listed = dialing.data_of("experiment", "list", "--under-way")["items"]
    assert [one["experiment"] for one in listed] == [made["experiment"]["experiment"]]
    aborted = dialing.data_of("experiment", "abort", TRIED, "--reason", "enough")
    assert (aborted["phase"], aborted["outcome"]) == ("aborted", "aborted by ada: enough")
    noted = {one["kind"] for one in dialing.data_of("audit", "list", "--kind", "experiment.*")["items"]}
    assert noted == {f"experiment.{one}" for one in ("plan", "start", "pause", "abort", "end")}


def test_people_read_the_blocks_as_a_picture_and_what_comes_next(dialing: Shift) -> None:
    told = dialing.type(*PLAN)
    for part in (
        "18 blocks of 60 minutes",
        "planned, the old setting is live",
        "2026-06-15 from 14:00Z  n ",
        "in 9 pairs, the first 5 minutes of each dropped",
        "[experiment.power]",
        "next: paceline experiment start TRIED",
    ):
        assert part in told, told
    assert "no look is taken before the end of block 17" in dialing.type("experiment", "analyse", TRIED)
    assert TRIED in dialing.type("experiment", "list")
    assert dialing.type("experiment", "status", TRIED, "-o", "name").startswith("experiment/")


def test_experiment_is_refused_with_the_code_of_the_reason(dialing: Shift) -> None:
    same = dialing.data_of("experiment", "plan", TRIED, "predictive_factor=0.1", code=3)
    assert [one["rule"] for one in same["findings"]] == ["experiment.settings"]
    dialing.data_of("experiment", "plan", TRIED, "predictive_factor=0.9", code=3)
    for wrong in (("--since", "9999-12-31T00:00:00Z"), ("--block", "0m"), ("--guard", "1e300")):
        odd = dialing.data_of(*PLAN, *wrong, code=3)
        assert [one["rule"] for one in odd["findings"]] == ["experiment.plan"]
    dialing.type("experiment", "status", TRIED, code=1)
    assert "never had an experiment" in dialing.err
    dialing.type("experiment", "plan", TRIED, "predictive_factor=0.2", "--hours", "18:00-14:00", code=64)
    dialing.type("experiment", "plan", TRIED, "nothing=0.2", code=64)
    dialing.type("experiment", "plan", TRIED, "OTHER", "predictive_factor=0.2", code=64)
    dialing.type("pause", TRIED)
    rests = dialing.data_of(*PLAN, code=5)
    assert [one["rule"] for one in rests["findings"]] == ["experiment.not-dialing"]
