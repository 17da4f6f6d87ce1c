"""The audit commands on each database: what they ask of it is the same everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paceline.campaign.lifecycle.changes import Stop
from paceline.cli.main import main
from tests.contract.systems import ACTIVE, LOCKED, PAUSE, RESUME, Office


def test_audit_commands_read_each_database(
    office: Office, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = office.system()
    system.run(PAUSE, reason="call +14155550132")
    system.run(Stop(campaign=LOCKED))
    system.run(RESUME)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PACELINE_DATABASE_URL", url)
    monkeypatch.setenv("PACELINE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PACELINE_TENANT", office.tenant)
    monkeypatch.setenv("PACELINE_ACTOR", "bob")

    def data_of(*words: str) -> Any:
        capsys.readouterr()
        assert main([*words, "-o", "json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    items = data_of("audit", "list")["items"]
    assert [(one["kind"], one["outcome"]) for one in items] == [
        ("lifecycle.pause", "applied"),
        ("lifecycle.stop", "refused"),
        ("lifecycle.resume", "applied"),
    ]
    assert data_of("audit", "stats")["accuracy"]["n"] == 2
    assert data_of("audit", "show", "1")["rows"][0]["hash"] == next(iter(system.book.rows())).hash
    assert data_of("declare", ACTIVE, "purpose=sales", "label.team=east")["before"]["purpose"] is None
    assert data_of("audit", "at", "2026-06-15T12:00:00Z", "--campaign", ACTIVE)["revision"] == "43"
    assert main(["audit", "checkpoint", "--out", "kept.txt"]) == 0
    assert data_of("audit", "verify", "--checkpoint", "kept.txt")["entries"] == system.book.head().size
    period = ("--from", "2026-06-15T00:00:00Z", "--to", "2030-01-01T00:00:00Z")
    assert main(["audit", "report", *period, "--out", "report"]) == 0
    assert "Every change (3)" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "+14155550132" not in (tmp_path / "report" / "export.jsonl").read_text(encoding="utf-8")
