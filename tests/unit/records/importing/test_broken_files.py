"""Files that are broken, written to, none or only begun: no row is lost, and nothing is taken for something else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from paceline.primitives.ids import CampaignId
from paceline.records.failures import MappingError, UnreadableRecordsError
from paceline.records.importing.keeping import kept_in
from paceline.records.importing.mapping import reading_said
from paceline.records.importing.opening import opened
from paceline.records.importing.source import looked_at
from paceline.records.importing.taking_in import Import, take_in
from paceline.records.reading.records import records_of
from tests.unit.records.importing.test_taking_in import GOOD, HEADER, KEY, NOW, rulebook, taken


def lines(count: int, last: str = "ann,C-1") -> list[str]:
    return [f"2026-03-02T12:{row:02}:00-05:00,+1212555{row:04},connected,30.5,{last}" for row in range(count)]


@pytest.mark.parametrize(
    ("opens", "closes"),
    [('"ann,C-1', None), ('ann,"C-1', 'bob,C-1"'), ('ann,"C-1', '"bob,C-1'), ('ann,"C-1"x', None)],
)
def test_quote_that_is_not_closed_takes_no_other_row_with_it(tmp_path: Path, opens: str, closes: str | None) -> None:
    rows = lines(12)
    rows[3] = lines(4, opens)[3]
    if closes is not None:
        rows[8] = lines(9, closes)[8]
    told = taken(tmp_path, rows, skip_bad=True)
    assert told.kept is not None
    assert told.rows == len(rows) == told.kept.rows + told.others + told.bad
    assert (4, "") in {(one.row, one.column) for one in told.listed}
    assert told.bad + told.others <= 2


def test_cell_over_several_lines_is_one_cell_and_swallows_no_row(tmp_path: Path) -> None:
    note = lines(3, '"ann\nof the second team",C-1')
    told = taken(tmp_path, note)
    assert told.kept is not None
    assert (told.rows, told.kept.rows) == (3, 3)


@pytest.mark.parametrize("cell", ["x" * 2_000_000, '"' + "x" * 2_000_000 + '"'], ids=["plain", "quoted"])
def test_endless_cell_is_a_bad_row(tmp_path: Path, cell: str) -> None:
    told = taken(tmp_path, [*lines(2), *lines(3, f"{cell},C-1")[2:], *lines(5)[3:]], skip_bad=True)
    assert told.kept is not None
    assert (told.rows, told.kept.rows, [one.row for one in told.listed]) == (5, 4, [3])


@pytest.mark.parametrize("header", [HEADER, f"{HEADER}\n\n"])
def test_file_without_a_row_is_kept_by_nobody(tmp_path: Path, header: str) -> None:
    told = taken(tmp_path, [], header=header)
    assert (told.kept, told.rows, told.bad) == (None, 0, 0)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (f"{HEADER},AT", "each by a name of its own"),
        (f'{HEADER},"at, microseconds"', "stands for something else"),
        (f"{HEADER},row of the file", "stands for something else"),
        (f"{HEADER},{'x' * 1_100_000}", "longer"),
    ],
)
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(UnreadableRecordsError, match=words):
        taken(tmp_path, [GOOD], header=header)


def test_pipe_and_folder_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        asked = Import(path=tmp_path / name, campaign=CampaignId("C-1"), reading=reading_said(),
                       folder=tmp_path / "kept", key=KEY, now=NOW)  # fmt: skip
        with pytest.raises(UnreadableRecordsError, match="is no file"):
            take_in(asked, rulebook())


def test_file_that_is_written_to_meanwhile_is_refused(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(f"{HEADER}\n{GOOD}\n", encoding="utf-8")
    with opened([calls]) as connection:
        source = looked_at(calls, connection)
    source.hold()
    with calls.open("a", encoding="utf-8") as stream:
        stream.write(f"{GOOD}\n")
    with pytest.raises(UnreadableRecordsError, match="changed"):
        source.hold()


def test_what_is_only_begun_is_seen_by_nobody(tmp_path: Path) -> None:
    told = taken(tmp_path, [GOOD])
    assert told.kept is not None
    (told.kept.path.parent / f".{told.kept.path.name}").write_bytes(b"PAR1")
    assert [one.path for one in kept_in(told.kept.path.parent)] == [told.kept.path]


def test_logins_of_an_import_that_was_killed_are_not_taken_for_those_of_the_next(tmp_path: Path) -> None:
    logins = tmp_path / "shifts.csv"
    logins.write_text("agent,login,logout\nann,2026-03-02T08:00:00-05:00,2026-03-02T16:00:00-05:00\n", encoding="utf-8")
    first = taken(tmp_path, [GOOD], shifts=logins)
    assert first.kept is not None
    first.kept.path.unlink()
    again = taken(tmp_path, [GOOD])
    assert again.kept is not None
    assert again.kept.shifts is None


@pytest.mark.parametrize(
    "said",
    [
        {"mapped": ("at=When", "at=number")},
        {"endings": ("SALE=connected", "sale=machine")},
    ],
)
def test_what_is_said_to_be_two_things_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match="two things"):
        reading_said(**said)


def test_what_is_said_beside_a_file_counts_over_it_wherever_it_stands(tmp_path: Path) -> None:
    made = tmp_path / "map.toml"
    made.write_text('[columns]\nat = "When"\nnumber = "Phone"\n', encoding="utf-8")
    for mapped in ((str(made), "at=Began"), ("at=Began", str(made))):
        assert reading_said(mapped=mapped).columns == {"at": "Began", "number": "Phone"}


def test_logins_of_who_took_no_call_are_not_kept(tmp_path: Path) -> None:
    logins = tmp_path / "shifts.csv"
    day = "2026-03-02T08:00:00-05:00,2026-03-02T16:00:00-05:00"
    logins.write_text(f"agent,login,logout\nann,{day}\nzoe,{day}\n", encoding="utf-8")
    told = taken(tmp_path, [GOOD], shifts=logins)
    assert told.kept is not None
    assert (told.logins, told.logins_of_others) == (1, 1)
    with records_of([told.kept]) as records:
        assert records.half_hours().staffed_s.sum() == 8 * 3600


def test_talk_after_the_last_dialed_half_hour_is_counted(tmp_path: Path) -> None:
    late = "2026-03-02T12:29:50-05:00,+12125550123,connected,3600,ann,C-1"
    told = taken(tmp_path, [late])
    assert told.kept is not None
    with records_of([told.kept]) as records:
        halves = records.half_hours()
    assert halves.talk_s.tolist() == [10, 1800, 1790]
    assert halves.staffed_s.tolist() == halves.talk_s.tolist()
    assert halves.dials.tolist() == [1, 0, 0]
