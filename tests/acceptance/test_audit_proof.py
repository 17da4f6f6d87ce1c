"""`paceline audit` for those who do not have to trust us: verified, tampered with, cut off, handed on."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from paceline.bootstrap.signing import KEY_FILE
from paceline.ledger.verify import proves, rows_of_export, verify
from tests.acceptance.audited import NUMBER, Desk


def test_verified_ledger_says_so_and_nothing_more(desk: Desk) -> None:
    told = desk.data_of("audit", "verify")
    assert (set(told), told["ok"], told["first_bad"]) == ({"ok", "entries", "head", "first_bad"}, True, None)
    assert "nothing is wrong" in desk.type("audit", "verify")


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE ledger_entries SET body = replace(body, 'OPS-1', 'OPS-2') WHERE sequence = 1", 1),
        ("UPDATE ledger_entries SET body = 'x' WHERE sequence = 3", 3),
        ("DELETE FROM ledger_entries WHERE sequence = 4", 4),
    ],
)
def test_changed_row_is_named(desk: Desk, statement: str, first_bad: int) -> None:
    desk.tamper(statement)
    told = desk.data_of("audit", "verify", code=1)
    assert (told["ok"], told["first_bad"], told["faults"][0]["row"]) == (False, first_bad, first_bad)
    assert f"row {first_bad}" in desk.type("audit", "verify", code=1)


def test_tail_cut_off_is_found_by_the_checkpoint(desk: Desk) -> None:
    key = desk.type("audit", "checkpoint", "--out", "kept.txt").strip()
    assert (desk.data / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert desk.data_of("audit", "verify", "--checkpoint", "kept.txt")["ok"]
    again = desk.data_of("audit", "list", "--kind", "ledger.key")["items"]
    assert desk.type("audit", "checkpoint", "--out", "later.txt").strip() == key
    assert desk.data_of("audit", "list", "--kind", "ledger.key")["items"] == again
    desk.tamper(
        "DELETE FROM ledger_entries WHERE sequence > 3",
        "UPDATE ledger_heads SET size = 3, hash = (SELECT hash FROM ledger_entries WHERE sequence = 3)",
    )
    assert desk.data_of("audit", "verify")["ok"]
    told = desk.data_of("audit", "verify", "--checkpoint", "kept.txt", code=1)
    assert (told["ok"], told["first_bad"], told["entries"]) == (False, 4, 3)
    assert desk.data_of("audit", "verify", "--checkpoint", "kept.txt", "--key", key, code=1)["first_bad"] == 4


def test_checkpoint_that_another_key_signed_is_not_trusted(desk: Desk) -> None:
    desk.type("audit", "checkpoint", "--out", "kept.txt")
    (desk.data / KEY_FILE).unlink()
    other = desk.type("audit", "checkpoint", "--out", "other.txt").strip()
    told = desk.data_of("audit", "verify", "--checkpoint", "kept.txt", "--key", other, code=1)
    assert (told["ok"], told["first_bad"]) == (False, None)


def test_export_is_verified_by_itself(desk: Desk, tmp_path: Path) -> None:
    key = desk.type("audit", "checkpoint", "--out", "kept.txt").strip()
    desk.type("audit", "export", "--out", "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    head = desk.data_of("audit", "verify")["head"]
    found = verify(rows_of_export(lines), tenant="acme")
    assert (found.ok, found.entries, found.head) == (True, len(lines), head)

    shutil.rmtree(desk.data)
    words = ("audit", "verify", "--export", "all.jsonl", "--checkpoint", "kept.txt", "--key", key)
    assert desk.data_of(*words)["head"] == head
    (tmp_path / "all.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    assert desk.data_of(*words, code=1)["first_bad"] == len(lines)
    assert desk.data_of("audit", "verify", "--export", "all.jsonl")["ok"]
    assert "missing at the end" in desk.err
    (tmp_path / "all.jsonl").write_bytes(b"\xff\n" + "".join(lines).encode())
    assert desk.data_of(*words, code=1)["first_bad"] == 1


def test_proof_leads_to_the_root_of_the_checkpoint(desk: Desk, tmp_path: Path) -> None:
    desk.type("audit", "checkpoint", "--out", "kept.txt")
    kept = (tmp_path / "kept.txt").read_text(encoding="utf-8")
    root = next(line for line in kept.splitlines() if line.startswith("root ")).removeprefix("root ")
    desk.type("declare", "ACTIVE", "purpose=sales")
    proof = json.loads(desk.type("audit", "prove", "1", "--checkpoint", "kept.txt"))
    assert (len(proof["rows"]), proves(proof, root=root)) == (3, True)
    assert not proves(json.loads(desk.type("audit", "prove", "1")), root=root)
    younger = desk.data_of("audit", "list", "--kind", "facts.declare")["items"][0]["entry"]
    desk.type("audit", "prove", str(younger), "--checkpoint", "kept.txt", code=64)


def test_spreadsheet_gets_no_formula(desk: Desk) -> None:
    rows = list(csv.DictReader(desk.type("audit", "export", "--format", "csv").splitlines()))
    assert [row["outcome"] for row in rows] == ["applied", "unchanged", "refused", "applied"]
    assert (rows[2]["reason"], rows[2]["revision_before"]) == ("'=1+1", "5")


def test_file_that_cannot_be_written_is_told(desk: Desk) -> None:
    desk.type("audit", "export", "--out", "nowhere/all.jsonl", code=1)
    assert "cannot be written" in desk.err


@pytest.mark.usefixtures("desk")
def test_reader_that_has_read_enough_is_no_error(tmp_path: Path) -> None:
    words = [str(Path(sys.executable).with_name("paceline")), "audit", "export"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def report(desk: Desk, *, code: int = 0) -> str:
    period = ("--from", "2026-06-15T00:00:00Z", "--to", "2026-06-16T00:00:00Z")
    return desk.type("audit", "report", *period, "--out", "report", code=code)


def test_report_can_be_read_and_verified_by_its_own_words(desk: Desk, tmp_path: Path) -> None:
    report(desk)
    folder = tmp_path / "report"
    names = {path.name for path in folder.iterdir()}
    expected = {"report.html", "export.jsonl", "entries.csv", "abandonment.csv", "checkpoint.txt", "README.txt"}
    assert names == expected
    page = (folder / "report.html").read_text(encoding="utf-8")
    told = ("Every change (4)", "Refused (1)", "lifecycle.locked", "Made outside paceline (1)", "43 -&gt; 44")
    assert [words for words in told if words not in page] == []
    assert "&lt;b&gt;lunch&lt;/b&gt;" in page
    assert (folder / "checkpoint.txt").read_text(encoding="utf-8").splitlines()[0] in page
    assert not any(mark in page for mark in ("<script", "<b>", "http://", "https://", "src=", NUMBER))
    command = next(
        line for line in (folder / "README.txt").read_text(encoding="utf-8").splitlines() if "  paceline" in line
    )
    shutil.rmtree(desk.data)
    words = [str(folder / word) if (folder / word).exists() else word for word in command.split()[1:]]
    assert "nothing is wrong" in desk.type(*words)


def test_report_goes_into_no_folder_that_holds_something(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").write_text("mine", encoding="utf-8")
    report(desk, code=1)
    assert "is not empty" in desk.err
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("body", ["'x'", "replace(body, 'OPS-1', 'OPS-2')"])
def test_report_of_a_changed_ledger_tells_that_and_nothing_else(desk: Desk, tmp_path: Path, body: str) -> None:
    desk.tamper(f"UPDATE ledger_entries SET body = {body} WHERE sequence = 1")  # noqa: S608 - words of this test
    report(desk, code=1)
    assert {path.name for path in (tmp_path / "report").iterdir()} == {"report.html", "README.txt"}
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "First bad row: 1" in page
    assert "lunch" not in page
