"""Files of call records as rows: every row is there or bad with its reason, and no number is told."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from paceline.records.calls import Ending, LineType
from paceline.records.failures import MappingError, UnreadableRecordsError
from paceline.records.importing.mapping import reading_said
from paceline.records.importing.opening import filled, opened, text
from paceline.records.judging.reading import REASONS, read_calls
from paceline.records.judging.rows import ENDINGS, LINES

HEADER = "at,number,ending,ring_s,talk_s,campaign,debt,region,line\n"
GOOD = "2026-11-20T21:00:00.5-05:00,+1 (305) 555-0123,connected,3.5,60,C,D-1,US-FL,cell\n"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "calls.csv"


def test_a_row_is_read_whole(made: Path) -> None:
    made.write_text(HEADER + GOOD, encoding="utf-8")
    rows = read_calls(made)
    assert (len(rows), rows.row.tolist(), rows.number.tolist()) == (1, [1], [13055550123])
    assert rows.at_us.tolist() == [1795226400_500_000]
    assert ENDINGS[rows.ending[0]] is Ending.CONNECTED
    assert LINES[rows.line[0]] is LineType.CELL
    assert (rows.ring_s[0], rows.length_s[0]) == (3.5, 63.5)
    assert (rows.campaigns[rows.campaign[0]], rows.regions[rows.region[0]]) == ("C", "US-FL")
    assert rows.debt[0] != 0


def test_what_a_row_does_not_say_is_told_as_such(made: Path) -> None:
    made.write_text("at,number,ending\n2026-11-20T21:00:00Z,+13055550123,No Answer\n", encoding="utf-8")
    rows = read_calls(made, campaign="X")
    assert rows.campaigns == ("X",)
    assert rows.regions == (None,)
    assert LINES[rows.line[0]] is LineType.UNKNOWN
    assert (rows.debt[0], rows.length_s[0]) == (0, 0.0)
    assert math.isnan(rows.ring_s[0])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-11-20T21:00:00,+13055550123,busy,,,,,,", 1),
        ("2501-11-20T21:00:00Z,+13055550123,busy,,,,,,", 1),
        ("1066-10-14T09:00:00Z,+13055550123,busy,,,,,,", 1),
        ("soon,+13055550123,busy,,,,,,", 1),
        ("2026-11-20T21:00:00Z,305-555-0123,busy,,,,,,", 2),
        ("2026-11-20T21:00:00Z,,busy,,,,,,", 2),
        ("2026-11-20T21:00:00Z,+13055550123,ANSWERED,,,,,,", 3),
        ("2026-11-20T21:00:00Z,+13055550123,busy,-1,,,,,", 4),
        ("2026-11-20T21:00:00Z,+13055550123,busy,3 s,,,,,", 4),
        ("2026-11-20T21:00:00Z,+13055550123,busy,,86400,,,,", 4),
    ],
)
def test_a_bad_row_is_told_with_its_reason_and_the_others_are_read(made: Path, row: str, reason: int) -> None:
    made.write_text(f"{HEADER}{GOOD}{row}\n{GOOD}", encoding="utf-8")
    rows = read_calls(made)
    assert rows.row.tolist() == [1, 3]
    assert (rows.bad.row.tolist(), rows.bad.reasons[rows.bad.reason[0]]) == ([2], REASONS[reason])


def test_columns_words_and_units_are_those_that_were_said(made: Path) -> None:
    made.write_text("When;Phone;How;Ring\n2026-11-20 21:00;+13055550123;Talked;1500\n", encoding="utf-8")
    said = ("at=When", "number=Phone", "ending=How", "ring_s=Ring")
    reading = reading_said(mapped=said, endings=("talked=connected",), unit="ms", zone="America/New_York")
    rows = read_calls(made, reading)
    assert (rows.at_us.tolist(), rows.ring_s.tolist()) == ([1795226400_000_000], [1.5])
    assert rows.ended(Ending.CONNECTED).all()


@pytest.mark.parametrize(
    "broken",
    [
        "2026-11-20T21:00:00Z,+13055550199",
        '2026-11-20T21:00:00Z,+13055550199,busy,,,,,,"cell',
        '2026-11-20T21:00:00Z,"+13055550199"0,busy,,,,,,',
    ],
)
def test_a_broken_row_takes_no_other_with_it(made: Path, broken: str) -> None:
    made.write_text(f"{HEADER}{GOOD}{broken}\n{GOOD}{GOOD}", encoding="utf-8")
    rows = read_calls(made)
    assert (rows.row.tolist(), rows.bad.row.tolist()) == ([1, 3, 4], [2])
    assert [rows.bad.reasons[one] for one in rows.bad.reason] == [REASONS[0]]


def test_a_cell_over_several_lines_is_one_cell(made: Path) -> None:
    made.write_text(
        HEADER.replace("line", "note") + GOOD.replace("cell", '"first\nsecond, third"') * 2, encoding="utf-8"
    )
    rows = read_calls(made)
    assert (rows.row.tolist(), rows.bad.row.size) == ([1, 2], 0)


def test_campaign_that_is_a_number_is_not_shown(made: Path) -> None:
    made.write_text(
        HEADER + GOOD.replace(",C,", ",+1 305 555 0177,") + GOOD.replace(",C,", ",1234567,"), encoding="utf-8"
    )
    assert set(read_calls(made).campaigns) == {"..77", "1234567"}


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_column_of_the_file_is_never_taken_for_one_of_ours(tmp_path: Path, zone: str | None) -> None:
    made = tmp_path / "calls.parquet"
    names = ("at_us", "exact_us", "at_odd", "local_us", "odd", "offset_us", "since_us", "file_row_number")
    query = f"""SELECT TIMESTAMPTZ '2026-11-20T21:00:00Z' AS "at", '+13055550123' AS number, 'busy' AS ending,
        {", ".join(f"1 AS {name}" for name in names)}"""
    with opened([], writes=tmp_path) as connection:
        connection.execute(filled("COPY ($query) TO $path (FORMAT parquet)", query=query, path=text(str(made))))
    rows = read_calls(made, reading_said(zone=zone))
    assert (rows.row.tolist(), rows.at_us.tolist()) == ([1], [1795208400_000_000])


def test_parquet_that_is_not_sound_is_told_without_what_stands_in_it(tmp_path: Path) -> None:
    made = tmp_path / "calls.parquet"
    query = "SELECT '2026-11-20T21:00:00Z' AS \"at\", '+13055550123' AS number, 'busy' AS ending FROM range(9000)"
    with opened([], writes=tmp_path) as connection:
        connection.execute(filled("COPY ($query) TO $path (FORMAT parquet)", query=query, path=text(str(made))))
    whole = made.read_bytes()
    made.write_bytes(whole[:4] + b"\xff" * 60 + whole[64:])
    with pytest.raises(UnreadableRecordsError) as failed:
        read_calls(made)
    assert "555" not in failed.value.report()
    assert failed.value.__suppress_context__


def test_a_file_without_numbers_cannot_be_judged(made: Path) -> None:
    made.write_text("at,person,ending\n2026-11-20T21:00:00Z,17,busy\n", encoding="utf-8")
    with pytest.raises(MappingError, match="number") as failed:
        read_calls(made)
    assert failed.value.hint == "kept records hold no numbers: judge the file that they came in"


def test_rows_do_not_show_numbers(made: Path) -> None:
    made.write_text(HEADER + GOOD, encoding="utf-8")
    assert "3055550123" not in repr(read_calls(made))
