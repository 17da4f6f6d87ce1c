"""`paceline audit` as people read a ledger with it, which changes on the emulator have filled."""

from __future__ import annotations

from io import StringIO

import pytest

from tests.acceptance.audited import NUMBER, Desk


def test_list_shows_what_was_asked_for(desk: Desk) -> None:
    items = desk.data_of("audit", "list")["items"]
    assert [(one["kind"], one["campaign"], one["outcome"], one["dry_run"]) for one in items] == [
        ("lifecycle.pause", "ACTIVE", "applied", False),
        ("lifecycle.stop", "ACTIVE", "unchanged", True),
        ("lifecycle.stop", "LOCKED", "refused", False),
        ("lifecycle.resume", "ACTIVE", "applied", False),
    ]
    numbers = [one["entry"] for one in items]

    def found(*words: str) -> list[str]:
        return desk.type("audit", "list", *words, "-o", "name").split()

    assert found("--campaign", "LOCKED") == [f"entry/{numbers[2]}"]
    assert found("--kind", "lifecycle.stop", "--outcome", "refused") == [f"entry/{numbers[2]}"]
    assert found("--actor", "eve") == found("--outcome", "open") == []
    assert found("--from", "2026-06-15T08:01:00-04:00", "--to", "2026-06-15T13:00:00Z") == [
        f"entry/{number}" for number in numbers[1:3]
    ]
    assert found("--limit", "2") == [f"entry/{number}" for number in numbers[2:]]
    assert "newest 2" in desk.err


def test_numbers_are_revealed_to_people_and_never_in_data(desk: Desk) -> None:
    for words in (("audit", "list"), ("audit", "show", "1")):
        assert NUMBER in desk.type(*words)
        assert NUMBER not in desk.type(*words, "-o", "json")
        assert NUMBER not in desk.type(*words, "-o", "yaml")
    for form in ("jsonl", "csv"):
        assert NUMBER not in desk.type("audit", "export", "--format", form)


def test_number_that_is_erased_is_a_word_for_everybody_and_nowhere_printed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("audit", "erase-number", NUMBER, "--reason", "erasure request of 3 June")
    done = desk.data_of(*said, "--ticket", "DSR-7")
    assert (done["number"], done["erased"]) == ("+..32", True)
    assert "backups" in desk.err
    assert NUMBER not in desk.type("audit", "show", "1")
    shown = desk.type("audit", "show", str(done["entry"]))
    assert "ledger.erase" in shown
    assert "DSR-7" in shown
    assert desk.type("audit", "list", "--kind", "ledger.erase", "-o", "name") == f"entry/{done['entry']}\n"
    assert desk.type("audit", "verify").startswith("nothing is wrong")
    monkeypatch.setattr("sys.stdin", StringIO(f"{NUMBER}\n"))
    assert desk.type("audit", "erase-number", "-", "--reason", "again") == "+..32  not known to this ledger\n"
    assert desk.type("audit", "erase-number", "4155550132", "--reason", "again", code=64) == ""
    assert "+1 415 555 0132" in desk.err
    assert desk.type("audit", "erase-number", NUMBER, "--reason", f"of {NUMBER}", code=64) == ""
    assert NUMBER not in desk.err


def test_entry_is_shown_with_its_rows(desk: Desk) -> None:
    shown = desk.data_of("audit", "show", "1")
    assert [row["step"] for row in shown["rows"]] == ["opened", "intent", "closed"]
    assert (shown["actor"]["name"], shown["ticket"], shown["verdict"]) == ("ada", "OPS-1", "achieved")
    told = desk.type("audit", "show", "1")
    assert "closed: applied (achieved), ACTIVE at revision 42 -> PAUSED at revision 43" in told
    assert "lifecycle.locked" in desk.type("audit", "show", str(desk.data_of("audit", "list")["items"][2]["entry"]))


def test_entry_that_is_not_there_is_an_error(desk: Desk) -> None:
    assert desk.type("audit", "show", "999", code=1) == ""
    assert "the ledger has no entry 999" in desk.err
    assert desk.type("audit", "prove", "999", code=1) == ""


def test_settings_at_an_instant_say_what_nobody_saw(desk: Desk) -> None:
    # What the platform reported carries the platform's time: noon, and an hour later the change outside was there.
    first = desk.data_of("audit", "at", "2026-06-15T12:00:01Z", "--campaign", "ACTIVE")
    assert (first["revision"], first["certain"], first["actor"], first["made_by"]) == ("43", False, "ada", 1)
    last = desk.data_of("audit", "at", "2026-06-15T09:00:01-04:00", "--campaign", "ACTIVE")
    assert (last["revision"], last["settings"]["status"], last["actor"]) == ("45", "ACTIVE", "ada")
    assert "nobody has looked" not in last["told"]
    assert "not certain" in desk.type("audit", "at", "2026-06-15T12:30:00Z", "--campaign", "ACTIVE")
    unknown = desk.data_of("audit", "at", "2020-01-01T00:00:00Z", "--campaign", "ACTIVE")
    assert (unknown["revision"], unknown["certain"]) == (None, False)


def test_stats_count_what_was_done(desk: Desk) -> None:
    told = desk.data_of("audit", "stats")
    assert told["changes"] == {"n": 3, "outcomes": {"applied": 2, "refused": 1}, "open": 0, "dry_runs": 1}
    assert told["accuracy"]["value"] == 1.0
    assert told["refusals"] == {"n": 1, "rules": {"lifecycle.locked": 1}}
    assert told["latency_ms"]["total"]["n"] == 3
    assert "refused by lifecycle.locked" in desk.type("audit", "stats")
    assert desk.data_of("audit", "stats", "--from", "2030-01-01T00:00:00Z")["accuracy"]["value"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--from", "2026-06-15T12:00:00"),
        ("list", "--from", "2026-06-16T00:00:00Z", "--to", "2026-06-15T00:00:00Z"),
        ("list", "--outcome", "aplied"),
        ("list", "--limit", "0"),
        ("list", "--campaign", "A/B"),
        ("show", "0"),
        ("show", "one"),
        ("at", "2026-06-15", "--campaign", "ACTIVE"),
        ("at", "2026-06-15T12:00:00Z"),
        ("stats", "--to", "yesterday"),
        ("verify", "--key", "short"),
        ("export", "--format", "xml"),
        ("report", "--from", "2026-06-15T12:00:00", "--to", "2026-06-16T12:00:00Z", "--out", "report"),
        ("checkpoint",),
    ],
    ids=" ".join,
)
def test_words_that_are_off_are_usage_errors(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.type("audit", *words, code=64) == ""
