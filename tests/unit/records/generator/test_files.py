"""Generated calls as files: the same bytes each time, and nothing lost on the way."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pytest

from paceline.records.calls import COLUMNS, Ending
from paceline.records.failures import RecordsError
from paceline.records.generator.files import Form, Written, write
from paceline.records.generator.generator import Rows, demo_truth, generated, generated_campaigns

TRUTH = replace(demo_truth(5), overtime_s=0.0)


@cache
def made(_time: int = 1) -> Rows:
    """Return what the seed makes, made anew each time that is counted."""
    return generated(TRUTH, 2, 3)


def written(folder: Path, form: Form, time: int = 1) -> tuple[Rows, Written]:
    return made(time), write([[made(time)]], TRUTH, folder, form=form, made={"seed": 3})


@pytest.mark.parametrize("form", list(Form))
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, form: Form) -> None:
    files = [written(tmp_path / str(time), form, time)[1] for time in (1, 2)]
    for of in ("calls", "shifts", "truth"):
        one, two = (getattr(file, of).read_bytes() for file in files)
        assert one == two
        assert one


@pytest.mark.parametrize("form", list(Form))
def test_every_dial_stands_in_the_file_in_our_words(tmp_path: Path, form: Form) -> None:
    rows, files = written(tmp_path / "made", form)
    columns = 'epoch_us("at") at_us, number, ending, attempt, ring_s, talk_s, wrap_s, wait_s, agent, cut, region'
    with duckdb.connect() as connection:
        names = [row[0] for row in connection.execute(f"DESCRIBE FROM '{files.calls}'").fetchall()]
        found = connection.execute(f"SELECT {columns} FROM '{files.calls}'").fetchall()  # noqa: S608 - a file of ours
    assert set(names) == {column.name for column in COLUMNS}
    assert files.rows == len(found) == len(rows)
    assert [row[0] for row in found] == rows.at_us.tolist()
    assert [row[1] for row in found] == [f"+{number}" for number in rows.number]
    assert [row[2] for row in found] == [list(Ending)[ending].value for ending in rows.ending]
    assert [row[3] for row in found] == rows.attempt.tolist()
    for place, times in ((4, rows.ring_s), (5, rows.talk_s), (6, rows.wrap_s), (7, rows.wait_s)):
        read = np.array([np.nan if row[place] is None else row[place] for row in found])
        np.testing.assert_allclose(read, times, atol=1e-9)
    assert [row[8] is not None for row in found] == (rows.agent >= 0).tolist()
    assert [row[9] == "shift" for row in found] == rows.cut.tolist()
    assert [row[10] for row in found] == [rows.regions[region] for region in rows.region]


def test_logins_and_the_truth_stand_beside(tmp_path: Path) -> None:
    rows, files = written(tmp_path / "made", Form.CSV)
    with files.shifts.open(encoding="utf-8") as file:
        logins = list(csv.DictReader(file))
    assert len(logins) == len(rows.logins.agent)
    assert set(logins[0]) == {"agent", "login", "logout"}
    told = json.loads(files.truth.read_text(encoding="utf-8"))
    assert told["rows"] == len(rows)
    assert told["truth"]["talk_mu"] == 5.164
    assert told["seed"] == 3


def test_files_that_are_there_are_not_written_over(tmp_path: Path) -> None:
    written(tmp_path, Form.CSV)
    with pytest.raises(RecordsError, match="is there already"):
        written(tmp_path, Form.CSV)


def test_calls_of_several_campaigns_stand_in_order_of_time(tmp_path: Path) -> None:
    truth = demo_truth(5)
    made = generated_campaigns(truth, 1, 3, campaigns=("CMP-1", "CMP-2"))
    files = write([[rows] for rows in made], truth, tmp_path, form=Form.PARQUET, made={})
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT epoch_us(\"at\"), campaign FROM '{files.calls}'").fetchall()  # noqa: S608 - a file of ours
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    assert {row[1] for row in found} == {"CMP-1", "CMP-2"}
    assert len(found) == sum(len(rows) for rows in made)
