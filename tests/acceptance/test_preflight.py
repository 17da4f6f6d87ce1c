"""`paceline preflight`, as people type it: what a setting would do, before anything is sent."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from paceline.cli.main import main

MEANS = ["--answer-rate", "0.25", "--handle-s", "180", "--ring-s", "12"]


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["preflight", *words, "-o", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_script_reads_four_values_and_branches_on_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = asked(capsys, "--agents", "50", "--lines", "80", *MEANS)
    assert code == 3
    assert told["model"] == "engset"
    assert told["utilisation"] == pytest.approx(0.986, abs=1e-3)
    assert told["abandonment"] == pytest.approx(0.5712, abs=1e-4)
    assert told["decision"] == "refused"
    assert told["most_lines"] == 57
    code, told = asked(capsys, "--agents", "70", "--lines", "80", *MEANS)
    assert (code, told["decision"]) == (0, "allowed")


def test_an_interval_is_judged_by_erlang_and_told_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = asked(capsys, "--agents", "50", "--interval-ms", "120", *MEANS)
    assert (code, told["model"], told["interval_ms"]) == (3, "erlang-b", 120)
    shortest = str(told["shortest_interval_ms"] + 0.01)
    code, told = asked(capsys, "--agents", "50", "--interval-ms", shortest, *MEANS)
    assert code == 0
    assert told["abandonment"] == pytest.approx(0.03, abs=1e-4)


def test_a_ratio_is_lines_and_nothing_said_is_one_line_for_each_idle_agent(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "--agents", "50", "--ratio", "1.6", *MEANS)[1]["lines"] == 80
    code, told = asked(capsys, "--agents", "50", *MEANS)
    assert (code, told["model"], told["abandonment"]) == (0, "progressive", 0.0)


def test_patience_lets_answers_wait_but_hides_no_late_connection(capsys: pytest.CaptureFixture[str]) -> None:
    _, told = asked(capsys, "--agents", "50", "--lines", "58", "--patience-s", "2", *MEANS)
    assert (told["model"], told["late"]) == ("engset-window", 0.0)
    code, patient = asked(capsys, "--agents", "50", "--lines", "60", "--patience-s", "30", *MEANS)
    assert patient["abandonment"] < 0.03 < patient["abandonment"] + patient["late"]
    assert (code, patient["decision"]) == (3, "refused")


def test_the_table_says_what_the_setting_means_and_what_would_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", "--agents", "50", "--lines", "80", *MEANS]) == 3
    told = capsys.readouterr().out
    assert "57.12% of answered calls; the limit is 3.00%" in told
    assert "at most 57 lines" in told
    assert "about 94% occupancy" in told
    assert "refused: 57.12% is more than 3.00%" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--lines", "80", "--ratio", "1.2"], "--lines, --interval-ms and --ratio go one at a time"),
        (["--lines", "60.5"], "whole number"),
        (["--lines", "0"], "--lines is 0; it must be a whole number from 1"),
        (["--interval-ms", "0"], "--interval-ms is 0; it must be above 0"),
        (["--interval-ms", "nan"], "--interval-ms is nan"),
        (["--lines", "80", "--limit", "0.05"], "never looser"),
        (["--lines", "80", "--patience-s", "-1"], "--patience-s is -1.0; it must be from 0 to 600 seconds"),
    ],
)
def test_words_that_make_no_setting_are_a_usage_error(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(["preflight", "--agents", "50", *words, *MEANS]) == 64
    heard = capsys.readouterr()
    assert told in heard.err + heard.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--agents", "50", "--answer-rate", "0.25"], True),
        (["--agents", "10", "--answer-rate", "0.6"], False),  # one line for each reaches 90 %, and the law said 88
        (["--agents", "50", "--answer-rate", "0.25", "--patience-s", "2"], False),
        (["--agents", "50", "--answer-rate", "0.25", "--ring-unanswered-s", "25"], False),
        (["--agents", "5", "--answer-rate", "0.3"], False),
    ],
)
def test_the_best_possible_is_told_only_where_its_law_is_near(
    capsys: pytest.CaptureFixture[str], words: list[str], told: bool
) -> None:
    assert main(["preflight", *words, "--handle-s", "180", "--ring-s", "12"]) == 0
    assert ("best possible" in capsys.readouterr().out) is told


def test_a_rate_written_in_hundredths_is_refused_with_the_fraction(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--agents", "50", "--lines", "60", "--answer-rate", "30", "--handle-s", "180", "--ring-s", "12"]
    assert main(["preflight", *words]) == 64
    assert "a rate is a fraction: 0.3, not 30" in capsys.readouterr().err


def test_nothing_heavy_is_loaded_to_judge_a_setting() -> None:
    probe = (
        "import sys; from paceline.cli.main import main; "
        "main(sys.argv[1:]); "
        "print(sorted({'numpy', 'scipy', 'numba', 'pydantic', 'sqlalchemy', 'httpx2'} & set(sys.modules)))"
    )
    words = ["preflight", "--agents", "50", "--lines", "80", "--patience-s", "2", *MEANS]
    run = subprocess.run([sys.executable, "-c", probe, *words], check=True, capture_output=True, text=True)  # noqa: S603  # our own command
    assert run.stdout.splitlines()[-1] == "[]"
