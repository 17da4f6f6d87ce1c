"""`paceline law`: which rules decide, since when, where they were read, and what is left to others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paceline.cli import exits
from paceline.cli.law import Kind
from paceline.cli.main import main
from paceline.compliance.rule_terms import KINDS, kind_of
from paceline.compliance.shelf import the_rulebook

KEYS = {
    "id",
    "jurisdiction",
    "kind",
    "summary",
    "citation",
    "purposes",
    "modes",
    "lines",
    "terms",
    "effective_from",
    "effective_to",
    "on",
    "in_force",
    "checked",
    "confidence",
    "source",
    "verified_on",
    "exemptions",
}
BLACKOUT = """
[[rule]]
id = "US-LA-blackout-test"
jurisdiction = "US-LA"
kind = "blackout"
citation = "invented for this test"
summary = "No calls."
from = 2026-11-18T12:00:00-06:00
until = 2026-11-20T12:00:00-06:00
confidence = "high"
source = "house"
verified_on = 2026-11-20
"""


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what a command of the group answers as JSON, having ended well."""

    def ask(*words: str) -> Any:
        assert main(["law", *words, "-o", "json"]) == exits.DONE
        return json.loads(capsys.readouterr().out)

    return ask


def ids(data: Any) -> list[str]:
    return [rule["id"] for rule in data["rules"]]


def test_every_rule_is_listed_with_every_key(asked: Any) -> None:
    data = asked("list")
    assert data["edition"] == the_rulebook().edition
    assert ids(data) == [rule.id for rule in the_rulebook().rules]
    assert all(set(rule) == KEYS for rule in data["rules"])


def test_what_is_not_checked_is_listed_as_such(asked: Any) -> None:
    data = asked("list", "--region", "US-FL")
    assert data["not_checked"] == [rule["id"] for rule in data["rules"] if not rule["checked"]]
    assert {"US-FL-consent", "US-8", "US-11", "US-13", "US-P"} <= set(data["not_checked"])
    assert not {"US-1", "US-FL-hours", "US-FL-attempts", "US-2"} & set(data["not_checked"])


@pytest.mark.parametrize("words", [("--region", "US-FL"), ("--state", "FL"), ("--state", "fl")])
def test_a_region_has_its_own_rules_and_those_of_its_country(asked: Any, words: tuple[str, str]) -> None:
    listed = set(ids(asked("list", *words)))
    assert {"US-1", "US-7", "US-FL-hours"} <= listed
    assert "US-GA-recorded-hours" not in listed


def test_a_country_has_its_own_rules_only(asked: Any) -> None:
    assert {rule["jurisdiction"] for rule in asked("list", "--region", "US")["rules"]} == {"US"}
    assert "HOUSE-GB-hours" in ids(asked("list", "--region", "GB"))


def test_a_date_leaves_the_rules_in_force_on_it(asked: Any) -> None:
    before, after = (
        ids(asked("list", "--state", "PA", "--kind", "hours", "--on", on)) for on in ("2026-10-17", "2026-10-18")
    )
    assert [one for one in before if "PA" in one] == ["US-PA-hours-before-2026-10-18"]
    assert [one for one in after if "PA" in one] == ["US-PA-hours"]


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_can_be_asked_for(asked: Any, kind: Kind) -> None:
    listed = asked("list", "--kind", kind.value)["rules"]
    assert listed
    assert {rule["kind"] for rule in listed} == {kind.value}


def test_the_command_knows_every_kind() -> None:
    assert {kind.value for kind in Kind} == set(KINDS)


def test_one_rule_is_shown_with_its_source(asked: Any) -> None:
    data = asked("show", "US-PA-hours", "--on", "2026-10-17")
    assert set(data) == KEYS | {"instead", "edition"}
    assert data["terms"]["open"]["sat"] == ["09:00-19:00"]
    assert "sun" not in data["terms"]["open"]
    assert (data["in_force"], data["instead"]) == (False, ["US-PA-hours-before-2026-10-18"])
    assert asked("show", "US-PA-hours", "--on", "2026-10-18")["instead"] == []


@pytest.mark.parametrize(
    ("rule", "terms"),
    [
        ("US-FL-attempts", {"most": 3, "period": "24h", "counted": "rolling", "each": "subject"}),
        ("US-7", {"most": 7, "period": "7d", "counted": "legal-days", "each": "debt"}),
        ("US-7-gap", {"event": "conversation", "gap": "7d", "counted": "legal-days"}),
        ("US-3", {"least_s": 15, "least_rings": 4}),
        ("US-AZ-mobile-ban", {}),
        ("US-AL-closed-days", {"calendar": "us-al"}),
        ("US-9", {"duty": "do-not-call", "days": 10, "years": 5}),
        ("US-LA-blackout-2021", {"from": "2021-08-26T05:00:00Z", "until": "2021-09-17T23:00:00Z"}),
        (
            "CA-abandonment",
            {"most": 5, "per": 100, "within_s": 2, "denominator": "answered-live", "period": "calendar-month"},
        ),
    ],
)
def test_terms_are_told_in_the_words_of_the_files(asked: Any, rule: str, terms: dict[str, Any]) -> None:
    assert asked("show", rule)["terms"] == terms


def test_people_see_what_nobody_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "show", "US-FL-consent"]) == exits.DONE
    assert "NOT checked here" in capsys.readouterr().out
    assert main(["law", "list", "--state", "FL"]) == exits.DONE
    told = capsys.readouterr().out
    assert "not checked here: somebody else has to keep those" in told
    assert the_rulebook().edition in told


def test_people_see_hours_dates_and_second_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    one_of_each = {kind_of(rule.terms): rule.id for rule in the_rulebook().rules}
    for rule in (*one_of_each.values(), "US-RI-hours", "US-MS-hours", "FR-hours", "US-PA-hours-before-2026-10-18"):
        assert main(["law", "show", rule, "--on", "2026-11-20"]) == exits.DONE
    told = capsys.readouterr().out
    assert "mon-fri 09:00-18:00; sat 10:00-17:00" in told
    assert "mon-sat 08:00-20:00, by the clock of Etc/GMT+6 too" in told
    assert "mon-fri 10:00-13:00 and 14:00-20:00" in told
    assert "NO before 2026-10-18 (asked for 2026-11-20)" in told


def test_rules_of_ones_own_stand_beside_ours(asked: Any, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(BLACKOUT)
    data = asked("list", "--state", "LA", "--kind", "blackout", "--extra", str(tmp_path / "own.toml"))
    assert ids(data) == ["US-LA-blackout-2021", "US-LA-blackout-test"]
    assert data["edition"] != the_rulebook().edition


def test_a_file_that_is_off_is_an_error_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.toml").write_text(BLACKOUT.replace("until", "untill"))
    assert main(["law", "list", "--extra", str(tmp_path / "own.toml")]) == exits.ERROR
    assert "own.toml: US-LA-blackout-test: untill: nobody knows this field" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "US-PA-hour"), "is it US-PA-hours"),
        (("show", "nothing"), "paceline law list names all of them"),
        (("list", "--region", "US-ZZ"), "no law of 'US-ZZ' is known"),
        (("list", "--region", "JP"), "no law of 'JP' is known"),
        (("list", "--region", "US-FL", "--state", "GA"), "say one of them"),
        (("list", "--on", "tomorrow"), "--on"),
        (("list", "--on", "2026-02-30"), "--on"),
        (("list", "--kind", "weather"), "weather"),
    ],
)
def test_words_that_are_off_are_told(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", *words]) == exits.USAGE
    told = capsys.readouterr()
    assert said in told.err + told.out
