"""A file of call records: every row judged, none lost, and no number in what is told or kept."""

from __future__ import annotations

import csv
import fcntl
import io
import re
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.compliance.rulebook import Rulebook
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.ids import CampaignId
from paceline.records.failures import MappingError, RecordsError, RecordsKeyError, UnreadableRecordsError
from paceline.records.importing.checking import shown
from paceline.records.importing.mapping import reading_said
from paceline.records.importing.opening import file, filled, opened
from paceline.records.importing.taking_in import Import, Taken, take_in

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEY = "5a" * 16
HEADER = "at,number,ending,talk_s,agent,campaign"
GOOD = "2026-03-02T12:00:00-05:00,+12125550123,connected,30.5,ann,C-1"


@cache
def rulebook() -> Rulebook:
    return the_rulebook(())


def taken(folder: Path, rows: Sequence[str], *, header: str = HEADER, name: str = "calls.csv", key: str = KEY,
          reading: dict[str, Any] | None = None, **more: Any) -> Taken:  # fmt: skip
    calls = folder / name
    calls.write_bytes("\n".join([header, *rows, ""]).encode("utf-8", "surrogateescape"))
    asked = Import(
        path=calls, campaign=CampaignId("C-1"), reading=reading_said(**(reading or {})), folder=folder / "kept",
        key=key, now=NOW, **more,
    )  # fmt: skip
    return take_in(asked, rulebook())


def kept_rows(of: Taken) -> list[dict[str, Any]]:
    assert of.kept is not None
    with opened([of.kept.path]) as connection:
        query = 'SELECT * REPLACE (epoch_us("at") AS "at") FROM read_parquet($kept)'
        found = connection.execute(filled(query, kept=file(of.kept.path)))
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def wrong(of: Taken) -> set[tuple[int, str, str | None]]:
    return {(one.row, one.column, one.value) for one in of.listed}


BAD = {
    "no number": ("2026-03-02T12:00:01Z,,busy,,,", "number", None),
    "a number without a country": ("2026-03-02T12:00:01Z,2125550123,busy,,,", "number", "..23"),
    "a country that is none": ("2026-03-02T12:00:01Z,+9991234567,busy,,,", "number", "..67"),
    "too short for North America": ("2026-03-02T12:00:01Z,+1212555012,busy,,,", "number", "..12"),
    "no offset": ("2026-03-02T12:00:01,+12125550124,busy,,,", "at", "2026-03-02T12:00:01"),
    "no day of that name": ("2026-02-30T12:00:01Z,+12125550124,busy,,,", "at", "2026-02-30T12:00:01Z"),
    "seconds since 1970": ("1772452801,+12125550124,busy,,,", "at", "..01"),
    "still to come": ("2026-06-02T12:00:01Z,+12125550124,busy,,,", "at", "2026-06-02T12:00:01Z"),
    "a word nobody said": ("2026-03-02T12:00:01Z,+12125550124,ANSWERED,,,", "ending", "ANSWERED"),
    "a number where a word is": ("2026-03-02T12:00:01Z,+12125550124,+12125550177,,,", "ending", "..77"),
    "less than no time": ("2026-03-02T12:00:01Z,+12125550124,connected,-1,,", "talk_s", "-1"),
    "a day": ("2026-03-02T12:00:01Z,+12125550124,connected,86400,,", "talk_s", "86400"),
    "not a number": ("2026-03-02T12:00:01Z,+12125550124,connected,nan,,", "talk_s", "nan"),
    "talk in an abandoned call": ("2026-03-02T12:00:01Z,+12125550124,abandoned,5,,", "talk_s", "5"),
    "the same call again": (GOOD, "number", "..23"),
    "too few cells": ("2026-03-02T12:00:01Z,+12125550124", "", None),
    "too many cells": ("2026-03-02T12:00:01Z,+12125550124,busy,,,,more", "", None),
    "bytes that are no text": ("2026-03-02T12:00:01Z,+12125550124,bus\udcff,,,", "", None),
    "a quote in the middle": ('2026-03-02T12:00:01Z,"+12125550124"x,busy,,,', "", None),
}


def test_every_bad_row_is_told_with_its_number_and_nothing_is_kept(tmp_path: Path) -> None:
    rows = [GOOD, *(row for row, _, _ in BAD.values())]
    told = taken(tmp_path, rows)
    assert (told.kept, told.rows, told.bad) == (None, len(rows), len(BAD))
    assert wrong(told) == {(row, column, value) for row, (_, column, value) in enumerate(BAD.values(), start=2)}
    assert sum(told.counts.values()) == len(told.listed)
    assert not list((tmp_path / "kept").glob("[!.]*"))
    assert "2125550" not in str(told.document())


def test_several_things_wrong_with_one_row_are_all_told(tmp_path: Path) -> None:
    told = taken(tmp_path, ["yesterday,12,maybe,long,,"])
    assert told.bad == 1
    assert wrong(told) == {(1, "at", "yesterday"), (1, "number", "..."), (1, "ending", "maybe"), (1, "talk_s", "long")}


def test_bad_rows_left_out_lie_beside_what_is_kept_as_they_came(tmp_path: Path) -> None:
    rows = [GOOD, "", *(row for row, _, _ in BAD.values())]
    told = taken(tmp_path, rows, skip_bad=True)
    assert told.kept is not None
    assert told.left_out is not None
    assert (told.kept.rows, told.kept.left_out) == (1, len(BAD))
    out = list(csv.DictReader(io.StringIO(told.left_out.read_text(encoding="utf-8"))))
    assert [int(row["row"]) for row in out] == list(range(2, 2 + len(BAD)))
    assert [row["number"] for row in out][:2] == ["", "2125550123"]
    assert all(row["why"] for row in out)
    for path in (told.left_out, told.kept.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(told.kept.path.parent.stat().st_mode) == 0o700
    assert b"2125550" not in told.kept.path.read_bytes()


def test_kept_rows_are_values_with_digests_for_people(tmp_path: Path) -> None:
    header = "at,number,ending,ring_s,wait_s,talk_s,wrap_s,agent,debt,line,region,cut"
    rows = [
        "2026-03-02 12:00:00.25-05:00,+12125550123,Connected,6,0.5,30,8.5,ann,D1,Mobile,us-ny,shift",
        "2026-03-02T18:00:00+01:00,+447911123456,No-Answer,25,,,,,,,,",
        "2026-03-02T18:00:01Z,+12125550123,machine,,,,,,D1,,,",
    ]
    # A tie in time has the order of the file.
    found = kept_rows(taken(tmp_path, rows, header=header))
    assert [row["ending"] for row in found] == ["no_answer", "connected", "machine"]
    assert [row["attempt"] for row in found] == [1, 1, 2]
    assert [row["line"] for row in found] == ["cell", "cell", "unknown"]
    assert [row["region"] for row in found] == ["", "US-NY", "US-NY"]
    # A British mobile may be one of the islands, whose law is another.
    first, second, third = found
    assert second["at"] == 1772470800_250_000
    assert (second["ring_s"], second["wait_s"], second["talk_s"], second["wrap_s"]) == (6.0, 0.5, 30.0, 8.5)
    assert (second["cut"], third["cut"], second["campaign"]) == ("shift", None, "C-1")
    assert second["person"] == third["person"] != first["person"]
    assert (first["agent"], first["debt"]) == (0, 0)
    assert second["debt"] == third["debt"] not in {0, second["person"], second["agent"]}


LOCAL = {
    "2025-11-02T00:59:59": "2025-11-02T04:59:59",
    "2025-11-02T01:00:00": None,
    "2025-11-02T01:59:59": None,
    "2025-11-02T02:00:00": "2025-11-02T07:00:00",
    "2026-03-08T01:59:59": "2026-03-08T06:59:59",
    "2026-03-08T02:00:00": None,
    "2026-03-08T02:59:59": None,
    "2026-03-08T03:00:00": "2026-03-08T07:00:00",
    "2026-03-08T02:30:00-05:00": "2026-03-08T07:30:00",
}


def test_local_times_that_clocks_leave_out_or_show_twice_are_bad(tmp_path: Path) -> None:
    rows = [f"{local},+12125550123,busy,,," for local in LOCAL]
    told = taken(tmp_path, rows, reading={"zone": "America/New_York"}, skip_bad=True)
    odd = {(row, "at", local) for row, local in enumerate(LOCAL, start=1) if LOCAL[local] is None}
    assert wrong(told) == odd
    limits = [one.limit.rpartition("; ")[2] for one in told.listed]
    assert limits == ["this one comes twice"] * 2 + ["this one does not exist"] * 2
    wanted = [datetime.fromisoformat(f"{utc}+00:00") for utc in LOCAL.values() if utc is not None]
    assert [row["at"] for row in kept_rows(told)] == [int(at.timestamp()) * 1_000_000 for at in wanted]


def test_columns_and_words_are_what_was_said(tmp_path: Path) -> None:
    told_in = tmp_path / "map.toml"
    told_in.write_text(
        'unit = "ms"\ndelimiter = ";"\n[columns]\nat = "Start"\n[endings]\nXY = "busy"\n', encoding="utf-8"
    )
    reading = {"mapped": (str(told_in), "number=Phone", "talk_s=Talk"), "endings": ("ANSWERED=connected",)}
    rows = ["2026-03-02T12:00:00Z;+12125550123;answered;30500;x", "2026-03-02T12:00:01Z;+12125550123;xy;;x"]
    told = taken(tmp_path, rows, header="Start;Phone;Ending;Talk;Colour", reading=reading)
    assert [(row["ending"], row["talk_s"]) for row in kept_rows(told)] == [("connected", 30.5), ("busy", None)]
    assert told.unread == ("Colour",)


def test_rows_of_other_campaigns_are_counted_and_stay(tmp_path: Path) -> None:
    told = taken(tmp_path, [GOOD, GOOD.replace("C-1", "C-2"), "never,7,what,,,C-2"])
    assert told.kept is not None
    assert (told.kept.rows, told.others, told.bad) == (1, 2, 0)


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    first = taken(tmp_path, [GOOD])
    assert first.kept is not None
    before = first.kept.path.read_bytes()
    again = taken(tmp_path, [GOOD], name="renamed.csv")
    assert again.already
    assert again.kept == first.kept
    assert first.kept.path.read_bytes() == before


def test_calls_that_are_kept_already_are_bad_in_another_file(tmp_path: Path) -> None:
    taken(tmp_path, [GOOD])
    new = "2026-03-02T16:59:00Z,+12125550123,busy,,,"
    told = taken(tmp_path, [new, GOOD])
    assert (told.kept, wrong(told)) == (None, {(2, "number", "..23")})
    rest = taken(tmp_path, [new, GOOD], skip_bad=True)
    assert [row["attempt"] for row in kept_rows(rest)] == [1]
    later = taken(tmp_path, ["2026-03-02T18:00:00Z,+12125550123,busy,,,"])
    assert [row["attempt"] for row in kept_rows(later)] == [3]


def test_people_are_told_apart_by_the_key_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    mine, theirs = taken(one, [GOOD]), taken(other, [GOOD], key="a5" * 16)
    assert kept_rows(mine)[0]["person"] != kept_rows(theirs)[0]["person"]
    with pytest.raises(RecordsKeyError, match="another key"):
        taken(one, ["2026-03-02T18:00:00Z,+12125550123,busy,,,"], key="a5" * 16)


def test_what_a_killed_import_left_behind_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "kept" / ".aside-killed"
    left.mkdir(parents=True)
    for place in (left / "mended.csv", left.parent / ".half.bad.csv", left.parent / ".half.parquet"):
        place.write_text("+12125550123", encoding="utf-8")
    told = taken(tmp_path, [GOOD])
    assert told.kept is not None
    assert sorted(path.name for path in left.parent.iterdir()) == [".lock", told.kept.path.name]


def test_second_import_at_once_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with (tmp_path / "kept" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RecordsError, match="somebody else"):
            taken(tmp_path, [GOOD])


def test_nothing_of_a_dry_run_is_kept(tmp_path: Path) -> None:
    told = taken(tmp_path, [GOOD], dry_run=True)
    assert (told.kept, told.rows, told.bad) == (None, 1, 0)
    assert not list((tmp_path / "kept").glob("[!.]*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "first row"),
        (b"a,a\n1,2\n", "first row"),
        (b"PAR1 and nothing else", "Parquet"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x00\x01\x02", "neither"),
        (b"\xff\xfe,b\n", "UTF-8"),
    ],
)
def test_files_that_are_none_are_refused_by_what_they_are(tmp_path: Path, content: bytes, words: str) -> None:
    calls = tmp_path / "calls"
    calls.write_bytes(content)
    asked = Import(
        path=calls, campaign=CampaignId("C-1"), reading=reading_said(), folder=tmp_path / "kept", key=KEY, now=NOW
    )
    with pytest.raises(UnreadableRecordsError, match=words):
        take_in(asked, rulebook())


@pytest.mark.parametrize(
    "said",
    [
        {"mapped": ("nuber=x",)},
        {"mapped": ("number=x", "agent=x")},
        {"mapped": ("nowhere.toml",)},
        {"endings": ("ANSWERED",)},
        {"endings": ("ANSWERED=won",)},
        {"unit": "min"},
        {"zone": "EST5"},
        {"delimiter": "ab"},
    ],
    ids=str,
)
def test_words_that_say_nothing_are_refused(said: dict[str, Any]) -> None:
    with pytest.raises(MappingError):
        reading_said(**said)


@given(
    st.text(alphabet="0123456789+-() .T:Zabc", max_size=30), st.sampled_from(["number", "ending", "talk_s", "", "at"])
)
def test_no_more_than_two_digits_of_a_number_are_shown(value: str, column: str) -> None:
    digits = sum(letter.isdigit() for letter in value)
    told = shown(column, value) or ""
    if digits >= 7 and not re.match(r"\d{4}-\d\d-\d\d", value):
        assert sum(letter.isdigit() for letter in told) == 2


def test_missing_column_is_named_without_showing_what_may_be_a_number(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as raised:
        taken(tmp_path, [], header="2026-03-02T12:00:00Z,+12125550123,busy")
    assert "--map at=" in raised.value.report()
    assert "5550" not in raised.value.report()


def test_path_that_looks_like_a_pattern_is_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] *"
    folder.mkdir()
    assert taken(folder, [GOOD], name="ca?l's.csv").kept is not None


def test_logins_are_kept_beside_the_calls(tmp_path: Path) -> None:
    shifts = tmp_path / "shifts.csv"
    rows = ["ann,2026-03-02T09:00:00-05:00,2026-03-02T17:00:00-05:00"]
    bad = [",2026-03-02T09:00:00Z,2026-03-02T10:00:00Z", "bob,2026-03-02T10:00:00Z,2026-03-02T10:00:00Z", "bob,x"]
    shifts.write_text("\n".join(["Agent,Login,Logout", *rows, *bad, ""]), encoding="utf-8")
    refused = taken(tmp_path, [GOOD], shifts=shifts)
    assert refused.kept is None
    assert [(one.row, one.column) for one in refused.bad_logins] == [(2, "agent"), (3, "logout"), (4, "")]
    told = taken(tmp_path, [GOOD], shifts=shifts, skip_bad=True)
    assert told.kept is not None
    assert (told.logins, told.kept.shifts is not None) == (1, True)


def test_number_behind_an_instant_is_not_shown() -> None:
    for behind in (" +12125550123", " 212-555-0123", "+12125550123", " 2125550123", ".2125550123"):
        assert shown("at", f"2026-03-08T02:30:00{behind}") == "..23"
    for instant in ("2026-03-08", "2026-03-08T02:30:00.123456-05:00", "2026-03-08 02:30 +0500", "2026-03-08T02:30:00Z"):
        assert shown("at", instant) == instant
