"""`paceline declare` as people use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.audited import STOPPED, Desk


def test_declared_facts_are_entries(desk: Desk) -> None:
    words = ("declare", "ACTIVE", "purpose=sales", "regions=US-FL,US-GA", "label.team=east", "--reason", "new list")
    made = desk.data_of(*words)
    assert made["facts"]["regions"] == ["US-FL", "US-GA"]
    entry = desk.data_of("audit", "show", str(made["entry"]))
    assert (entry["kind"], entry["actor"]["name"], entry["reason"]) == ("facts.declare", "bob", "new list")
    assert "unchanged" in desk.type(*words)
    assert "purpose: sales -> undeclared" in desk.type("declare", "ACTIVE", "purpose=", "--dry-run")
    assert desk.data_of("declare", "--whole-tenant", "limits.active_campaigns=12")["campaign"] is None
    assert desk.data_of("audit", "verify")["ok"]


def test_declaration_counts_over_the_file_as_it_is_by_then(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "campaigns.toml"
    file.write_text('[campaigns.ACTIVE]\npurpose = "debt"\nseller = "Acme"\n', encoding="utf-8")
    told = desk.data_of("declare", "ACTIVE", "purpose=sales")
    assert (told["before"], told["facts"]) == ({"purpose": "debt"}, {"purpose": "sales"})
    entries = desk.data_of("audit", "list", "--kind", "facts.declare")["items"]
    assert [one["reason"] for one in entries] == ["campaigns.toml", None]
    file.write_text("[campaigns.ACTIVE]\npurpos = 3\n", encoding="utf-8")
    desk.type("declare", "ACTIVE", "purpose=info", code=1)
    assert 'campaigns.toml: [campaigns."ACTIVE"]: ' in desk.err


def test_campaign_that_is_set_is_the_one_that_is_meant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.type("declare", "purpose=sales", code=64)
    monkeypatch.setenv("PACELINE_CAMPAIGN", "STOPPED")
    assert desk.data_of("declare", "purpose=sales")["campaign"] == STOPPED
    assert desk.data_of("audit", "at", "2026-06-15T12:00:00Z")["campaign"] == STOPPED


@pytest.mark.parametrize(
    "words",
    [
        ("ACTIVE", "purpose=sail"),
        ("ACTIVE", "purpos=sales"),
        ("ACTIVE", "limits.active_campaigns=3"),
        ("ACTIVE",),
        ("ACTIVE", "STOPPED", "purpose=sales"),
        ("--whole-tenant", "purpose=sales"),
        ("ACTIVE", "--whole-tenant", "limits.active_campaigns=3"),
    ],
    ids=" ".join,
)
def test_declarations_that_are_off_are_usage_errors(desk: Desk, words: tuple[str, ...]) -> None:
    before = desk.data_of("audit", "verify")["entries"]
    assert desk.type("declare", *words, code=64) == ""
    assert desk.data_of("audit", "verify")["entries"] == before
