"""`paceline data generate`, as people type it: files out, and how far it is on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paceline.cli.main import main


def generate(out: Path, *words: str) -> int:
    few = () if "--agents" in words else ("--agents", "4")
    return main(["data", "generate", "--out", str(out), *few, *words])


def test_calls_are_written_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(tmp_path / "made", "--days", "2", "--drift-day", "2", "-o", "json") == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert [Path(file).name for file in answer["files"]] == ["calls.csv", "shifts.csv", "truth.json"]
    assert all(Path(file).is_file() for file in answer["files"])
    assert answer["rows"] == len(Path(answer["files"][0]).read_text(encoding="utf-8").splitlines()) - 1
    assert answer["truth"]["drift_factor"] == 0.8
    assert "2 of 2 days" in told.err


def test_files_that_are_there_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(tmp_path, "--days", "1", "--format", "parquet") == 0
    before = (tmp_path / "calls.parquet").read_bytes()
    assert generate(tmp_path, "--days", "2", "--format", "parquet") == 1
    assert (tmp_path / "calls.parquet").read_bytes() == before
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--days", "0"), "at least one day"),
        (("--start", "monday"), "is no date"),
        (("--zone", "Europe/Berlin"), "no area code lies wholly in Europe/Berlin"),
        (("--lines", "-2"), "lines -2"),
        (("--agents", "2"), "three shifts need 3 agents"),
        (("--ageing", "-1"), "ageing -1"),
    ],
)
def test_words_that_are_off_are_told_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert generate(tmp_path / "made", *words) == 64
    assert says in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "made").exists()
