"""`paceline simulate`, as people type it: a scenario in, measures with intervals out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from paceline.cli.main import main

SCENARIO = """
[agents]
count = 10
[handle]
mean_s = 180
[answer]
probability = 0.3
ring_answered_s = 12
ring_unanswered_s = 12
[patience]
seconds = 0
[pacing]
policy = "ratio"
lines = 11
[run]
days = 4
hours_per_day = 4
"""
WAITING_AND_PACING = """seconds = 0
[pacing]
policy = "ratio"
lines = 11
"""
ENDLESS = """seconds = inf
[pacing]
policy = "interval"
interval_ms = 100
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "day.toml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


def test_a_script_reads_measures_with_intervals(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--scenario", str(scenario), "--seed", "3", "--engine", "exact", "-o", "json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    for measure in ("utilisation", "abandonment", "connects_per_agent_hour"):
        assert set(told[measure]) == {"mean", "half_width", "n"}
    assert 0.7 < told["utilisation"]["mean"] < 0.95
    assert told["utilisation"]["n"] == 4
    assert told["events"] > told["dials"] > 0
    assert {"wall_s", "dials_per_s"} <= told.keys()
    assert main([*words, "--days", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["abandonment"]["n"] == 2


def test_the_engines_that_keep_identities_tell_the_same(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for engine in ("exact", "reference"):
        assert main(["simulate", "--scenario", str(scenario), "--engine", engine, "--days", "1", "-o", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        told.append({key: document[key] for key in ("utilisation", "abandonment", "dials", "events", "provenance")})
    assert told[0] == told[1]


def test_people_see_occupancy_and_the_limit(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--scenario", str(scenario), "--engine", "exact"]) == 0
    shown = capsys.readouterr().out
    assert "occupancy" in shown
    assert "limit 3.00%" in shown
    assert "+-" in shown


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("count = 10", "count = -1", 64, "agents.count is -1; it must be from 1 to 20000"),
        ("lines = 11", "line = 11", 64, "pacing.line is 11; it must be left out"),
        ("seconds = 0", "seconds = inf", 0, ""),
        ('"ratio"\nlines = 11', '"interval"\ninterval_ms = 100', 0, ""),
        (WAITING_AND_PACING, ENDLESS, 3, "540.0 erlangs to 10 agents"),
    ],
)
def test_a_scenario_that_is_off_is_refused_by_name(
    scenario: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: int, told: str
) -> None:
    assert old in SCENARIO
    scenario.write_text(SCENARIO.replace(old, new), encoding="utf-8")
    assert main(["simulate", "--scenario", str(scenario), "--engine", "exact", "--days", "1"]) == code
    assert told in capsys.readouterr().err


def test_a_scenario_that_is_not_there_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--scenario", str(tmp_path / "none.toml")]) == 64
    assert "is no file" in capsys.readouterr().err


def test_pictures_are_written_beside_the_data(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--scenario", str(scenario), "--engine", "exact", "--days", "2", "-o", "json", "--picture"]
    for name, more in (("day.svg", ["--of", "day"]), ("day.png", ["--of", "day"]), ("trade.svg", [])):
        picture = scenario.parent / name
        assert main([*words, str(picture), *more]) == 0
        told = capsys.readouterr()
        assert json.loads(told.out)["days"] == 2
        assert name in told.err
        assert picture.read_bytes()[:5] in {b"<?xml", b"\x89PNG\r"}


@pytest.mark.parametrize(
    ("picture", "told"), [("day.jpg", "must end with .svg or .png"), ("none/day.svg", "there is no such folder")]
)
def test_a_picture_that_cannot_be_is_told_before_anything_is_played(
    scenario: Path, capsys: pytest.CaptureFixture[str], picture: str, told: str
) -> None:
    (scenario.parent / "folder.svg").mkdir()
    assert main(["simulate", "--scenario", str(scenario), "--picture", str(scenario.parent / picture)]) == 64
    assert told in capsys.readouterr().err
    assert not list(scenario.parent.glob("day.[js]*"))


def test_the_merit_of_each_estimate_stands_beside_it(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--scenario", str(scenario), "--engine", "exact", "--days", "14"]
    assert main([*words, "-o", "json"]) == 0
    merit = json.loads(capsys.readouterr().out)["merit"]
    for measure in ("utilisation", "abandonment", "connects_per_agent_hour"):
        assert merit[measure]["width_per_cpu_s"] > 0
        assert set(merit[measure]["controlled"]) == {"mean", "half_width", "n"}
    assert main(words) == 0
    assert "WITH CONTROL VARIATES" in capsys.readouterr().out


def test_two_scenarios_are_compared_on_the_same_calls(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = scenario.parent / "more.toml"
    other.write_text(SCENARIO.replace("lines = 11", "lines = 12"), encoding="utf-8")
    words = ["simulate", "--scenario", str(other), "--against", str(scenario), "--engine", "exact", "--days", "6"]
    assert main([*words, "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = told["against"]["difference"]["abandonment"]
    assert found["mean"] == pytest.approx(told["abandonment"]["mean"] - told["against"]["abandonment"]["mean"])
    assert found["half_width"] > 0
    assert main(words) == 0
    assert "DIFFERENCE ON THE SAME CALLS" in capsys.readouterr().out
    assert main(["simulate", "--scenario", str(other), "--against", str(scenario.parent / "none.toml")]) == 64
    assert "--against" in capsys.readouterr().err


def test_without_matplotlib_the_extra_that_brings_it_is_named(
    scenario: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["simulate", "--scenario", str(scenario), "--picture", str(scenario.parent / "day.svg")]) == 1
    told = capsys.readouterr()
    assert "needs matplotlib; install it: pip install 'paceline[report]'" in told.err
    assert not told.out


def test_the_first_run_says_that_it_compiles_before_it_does_and_later_ones_say_nothing(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["simulate", "--scenario", str(scenario), "--engine", "exact", "--days", "1"]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(scenario.parent / "kept"), "NUMBA_DISABLE_JIT": "0"}
    code = "import sys; from paceline.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as run:  # noqa: S603 - our own
        assert run.stderr is not None
        told = run.stderr.readline()
        run.kill()  # before it has compiled anything: that would take a minute
    assert told == "the exact engine is being compiled; this is done once and takes up to a minute\n"
    assert main(words) == 0
    capsys.readouterr()
    assert main(words) == 0
    assert not capsys.readouterr().err


@pytest.mark.parametrize("option", ["--days", "--seed", "--workers"])
def test_half_a_day_is_not_rounded_to_whole_ones(
    scenario: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert main(["simulate", "--scenario", str(scenario), option, "1.5"]) == 64
    told = capsys.readouterr()
    assert "'1.5' is no whole number" in told.err + told.out


def test_of_two_files_the_one_that_is_off_is_named(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = scenario.parent / "more.toml"
    other.write_text(SCENARIO.replace("mean_s = 180", "mean_s = -3"), encoding="utf-8")
    assert main(["simulate", "--scenario", str(scenario), "--against", str(other)]) == 64
    assert f"{other}: handle.mean_s is -3.0; it must be from 0.001" in capsys.readouterr().err


def test_more_minutes_than_are_kept_are_refused_before_memory_is_gone(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--scenario", str(scenario), "--days", "1000000"]) == 64
    assert "days is 1000000; it must be at most 69905 of 4 hours each" in capsys.readouterr().err


def test_where_nobody_was_abandoned_it_says_of_how_many(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--scenario", str(scenario), "--engine", "exact", "--days", "2"]
    scenario.write_text(SCENARIO.replace("lines = 11", "lines = 2"), encoding="utf-8")
    assert main(words) == 0
    assert "none of " in capsys.readouterr().out
    scenario.write_text(SCENARIO.replace("lines = 11", "ratio = 0"), encoding="utf-8")
    assert main(words) == 0
    assert "no answers, limit 3.00%" in capsys.readouterr().out
