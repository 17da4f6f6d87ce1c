"""`paceline optimise`, as people and scripts type it: a scenario or a campaign in, a certified pacing out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paceline.campaign.pacing.checks import sound
from paceline.campaign.pacing.model import Wanted
from paceline.cli.block_words import PACING, named_by
from paceline.cli.main import main
from paceline.optimizer.chain import Instance
from paceline.optimizer.optimum import solve_optimum
from paceline.testing import running_emulator
from tests.acceptance.shift import Shift, shift_on

TENANTS = Path(__file__).with_name("pacing.toml")
DAY = """
[agents]
count = 25
[handle]
mean_s = 180
[answer]
probability = 0.3
ring_answered_s = 12
ring_unanswered_s = 12
[patience]
seconds = 0
[run]
hours_per_day = 4
"""
MORE = {"best of the long run": "", "and of 30 days": '\n[limit]\nwindow = "30d"\n'}


def asked(folder: Path, text: str, *words: str) -> list[str]:
    file = folder / "day.toml"
    file.write_text(text, encoding="utf-8")
    return ["optimise", "--scenario", str(file), *words]


def as_data(folder: Path, capsys: pytest.CaptureFixture[str], text: str, *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(asked(folder, text, "-o", "json", *words)) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("limit", MORE.values(), ids=MORE)
def test_script_reads_what_was_found_with_its_certificate(
    limit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = as_data(tmp_path, capsys, DAY + limit)
    best = solve_optimum(Instance(agents=25, handle_s=180.0, ring_s=12.0, answer=0.3), limit=0.03)
    assert told["optimum"] == pytest.approx(best.utilisation, abs=1e-6)
    assert told["behind_optimum"] == pytest.approx(told["optimum"] - told["utilisation"]["mean"])
    assert 0 < told["behind_optimum"] < (0.004 if not limit else 0.008)
    for effect in (told, told["settings_effect"]):
        assert set(effect["utilisation"]) == set(effect["abandonment"]) == {"mean", "half_width", "n"}
        assert effect["abandonment"]["mean"] < effect["certificate"]["upper"] <= 0.03
        assert 0 <= effect["breach_probability"]["per_30_days"] <= effect["breach_probability"]["per_day"] < 0.5
        assert (effect["certificate"]["window_upper"] is None) == (not limit)
    if limit:
        assert told["breach_probability"]["per_30_days"] < 0.05
    assert 0 < told["cpu_s"] < told["cpu_s"] + told["days"]


def test_settings_are_a_block_that_the_corridor_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = tmp_path / "pacing.yaml"
    told = as_data(tmp_path, capsys, DAY, "--policy", "idle_lines", "--out", str(block))
    fields: Any = named_by(PACING, (), block)
    assert not sound(Wanted(**fields)).refused
    assert float(fields["answer_rate"]) == told["settings"]["answerRate"] == 0.4
    lines = (0.5 + 100 * told["settings"]["abandonRate"]) / 0.4
    assert lines == pytest.approx(told["parameters"]["lines_per_idle"], rel=0.1)
    assert told["policy"] == "idle_lines"


def test_what_is_found_does_not_depend_on_the_threads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone, many = (as_data(tmp_path, capsys, DAY, "--workers", workers) for workers in ("1", "3"))
    for told in (alone, many):
        del told["cpu_s"], told["optimum_cpu_s"]
    assert alone == many


def test_people_are_told_what_to_type_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked(tmp_path, DAY)) == 0
    out = capsys.readouterr().out
    for words in ("at most by any policy", "in the long run; 95% sure", "paceline set pacing ID answerRate=0.4"):
        assert words in out


def test_policy_without_words_in_the_contract_has_no_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = as_data(tmp_path, capsys, DAY, "--policy", "ratio")
    assert (told["policy"], told["settings"]) == ("ratio", None)
    assert told["why_no_settings"] == "the contract has no words for ratio"
    assert main(asked(tmp_path, DAY, "--policy", "ratio", "--out", str(tmp_path / "none.yaml"))) == 3
    assert not (tmp_path / "none.yaml").exists()


def test_campaign_that_abandons_whatever_is_done_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    misjudging = DAY + "\n[detection]\nsensitivity = 0.9\nspecificity = 1.0\n"
    assert main(asked(tmp_path, misjudging, "-o", "json")) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "no-setting"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "give either --scenario FILE or the id of a campaign"),
        (("CMP-1", "--scenario", "day.toml"), "give either"),
        (("--scenario", "nowhere.toml"), "is no file"),
        (("CMP-1", "--workers", "0"), "from 1 to 64"),
        (("CMP-1", "--seed", "-1"), "from 0 to 18446744073709551615"),
    ],
)
def test_words_that_make_no_sense_are_refused(
    words: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["optimise", *words]) == 64
    assert why in capsys.readouterr().err


def test_cluster_that_does_not_answer_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    assert main(asked(tmp_path, DAY, "--cluster", "not an address")) == 1
    assert "no Dask scheduler answers" in capsys.readouterr().err


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shift]:
    with (
        running_emulator(TENANTS, now="2026-06-15T12:00:00Z", speed=0.0, seed=7) as running,
        shift_on(running, tmp_path, monkeypatch, capsys) as begun,
    ):
        begun.type("declare", "CMP-DIALS", "purpose=sales", "regions=US-FL")
        yield begun


def test_campaign_is_optimised_as_it_was_measured_and_the_block_is_accepted(desk: Shift) -> None:
    desk.emulated.advance(3 * 3600)
    block = desk.folder / "best.json"
    told = desk.data_of("optimise", "CMP-DIALS", "--out", str(block))
    assert told["campaign"] == "CMP-DIALS"
    assert told["measured"]["since"] == "2026-06-15T12:00:00+00:00"
    assert told["certificate"]["limit"] <= 0.03
    assert told["certificate"]["window"] == "30d"
    settings = json.loads(block.read_text(encoding="utf-8"))["predictiveDialer"]
    assert settings == told["settings"]
    live = desk.emulated.shown("CMP-DIALS")["predictiveDialer"]
    for kept in ("maxConcurrentCalls", "callInterval", "warmUpPeriod"):
        assert settings[kept] == live[kept]
    assert told["forecast"]["then"]["abandonment"]["mean"] < 0.03
    assert "pacing.breach" not in {one["rule"] for one in told["findings"]}
    words = ("--override", "pacing.step-limit", "--until", "2026-06-17T12:00:00Z", "--reason", "as optimised")
    assert desk.data_of("set", "pacing", "CMP-DIALS", "--file", str(block), *words)["outcome"] == "applied"


def test_campaign_of_which_nothing_was_measured_is_refused_with_the_reason(desk: Shift) -> None:
    desk.type("optimise", "CMP-EAST", code=3)
    assert "nothing was measured of campaign CMP-EAST" in desk.err


def test_best_that_the_corridor_would_refuse_now_is_told_with_the_rule_and_exit_3(desk: Shift) -> None:
    block = {**desk.emulated.shown("CMP-DIALS")["predictiveDialer"], "abandonRate": 0.03}
    dialer = {"records": 200_000, "answerRate": 0.45}
    document = {"id": "BOLD", "status": "ACTIVE", "agents": 25, "predictiveDialer": block, "dialer": dialer}
    desk.emulated.control("POST", "/campaigns", document)
    desk.type("declare", "BOLD", "purpose=sales", "regions=US-FL", "anchor=2026-06-15T12:00:00Z")
    desk.emulated.advance(3 * 3600)
    desk.type("ease-off", "BOLD", "--reason", "far above the ceiling")
    told = desk.data_of("optimise", "BOLD", code=3)
    assert "error" in {one["severity"] for one in told["findings"]}
    assert "the corridor would find: error" in desk.err
    assert told["settings"]["abandonRate"] > 0


def test_limit_that_counts_other_calls_than_the_law_does_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked(tmp_path, DAY.replace("seconds = 0", "seconds = 20"), "--policy", "idle_lines")) == 0
    assert "this limit is not the law's" in capsys.readouterr().err
