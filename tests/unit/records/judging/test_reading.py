"""Files of call records as rows: every row is there or bad with its reason, and no number is told."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from paceline.records.calls import Ending, LineType
from paceline.records.failures import MappingError, UnreadableRecordsError
from paceline.records.judging.reading import REASONS, read_calls
from paceline.records.judging.rows import ENDINGS, LINES
from paceline.records.mapping import reading_said

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


def test_a_broken_file_is_told_by_its_line_and_not_by_what_stands_there(made: Path) -> None:
    made.write_text(HEADER + GOOD + "2026-11-20T21:00:00Z,+13055550199\n", encoding="utf-8")
    with pytest.raises(UnreadableRecordsError) as failed:
        read_calls(made)
    assert "line 3" in failed.value.report()
    assert "0199" not in failed.value.report()
    assert failed.value.__cause__ is None


def test_a_file_without_numbers_cannot_be_judged(made: Path) -> None:
    made.write_text("at,person,ending\n2026-11-20T21:00:00Z,17,busy\n", encoding="utf-8")
    with pytest.raises(MappingError, match="number") as failed:
        read_calls(made)
    assert failed.value.hint == "kept records hold no numbers: judge the file that they came in"


def test_rows_do_not_show_numbers(made: Path) -> None:
    made.write_text(HEADER + GOOD, encoding="utf-8")
    assert "3055550123" not in repr(read_calls(made))
