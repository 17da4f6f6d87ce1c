"""`paceline set rules` and `get rules` as people and scripts use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from paceline.testing import RunningEmulator
from tests.acceptance.clerk import EAST, NEW, WEST, at_the_desk, rules_of, settings_emulator
from tests.acceptance.shift import Shift
from tests.contract.set_up import CLOSING, FEWER_CALLS

TOML = """
[dialingRules]
dialingMethod = "PREVIEW"
maxCallsPerAgent = 1
[dialingRules.retrySettings]
maxAttempts = 2
intervalMinutes = [120]
[dialingRules.abandonmentRateThreshold]
maxRate = 0.03
coolDownSec = 60
"""
WHOLE = {
    "dialingMethod": "PREVIEW",
    "retrySettings": {"maxAttempts": 2, "intervalMinutes": [120]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 60},
    "maxCallsPerAgent": 1,
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with settings_emulator() as running:
        yield running


@pytest.fixture
def desk(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shift]:
    with at_the_desk(emulator, tmp_path, monkeypatch, capsys) as begun:
        yield begun


def test_rules_are_set_by_words_and_told_with_the_law_they_were_judged_by(desk: Shift) -> None:
    told = desk.data_of("set", "rules", EAST, "maxAttempts=2", "retrySettings.intervalMinutes=240", "--reason", "fewer")
    assert (told["outcome"], told["verdict"], told["change"]) == (
        "applied",
        "achieved",
        {"kind": "dialing.set", "campaign": EAST},
    )
    assert (told["before"]["rules"]["attempt_limit"], told["after"]["rules"]["attempt_limit"]) == (3, 2)
    assert (told["before"]["revision"], told["after"]["revision"]) == (42, 43)
    assert (told["law"]["zone_data"], bool(told["law"]["edition"])) == ("2026f", True)
    entry = desk.data_of("audit", "show", str(told["entry"]))
    assert (entry["kind"], entry["reason"], entry["outcome"]) == ("dialing.set", "fewer", "applied")


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_get_prints_is_unchanged_when_it_is_fed_back(desk: Shift, form: str) -> None:
    block = desk.folder / f"rules.{form}"
    block.write_text(desk.type("get", "rules", EAST, "-o", form), encoding="utf-8")
    told = desk.data_of("set", "rules", EAST, "--file", str(block))
    assert (told["outcome"], told["requests"], told["findings"], desk.sent()) == ("unchanged", 1, [], 0)


def test_block_is_taken_from_standard_input(desk: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    block = desk.type("get", "rules", WEST, "-o", "yaml").encode()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(block)))
    assert desk.data_of("set", "rules", WEST, "--file", "-")["outcome"] == "unchanged"


@pytest.mark.parametrize("form", ["toml", "json", "yaml"])
def test_campaign_gets_its_first_rules_from_a_file(desk: Shift, form: str) -> None:
    desk.type("get", "rules", NEW, code=64)
    assert f"paceline set rules {NEW} --file FILE" in desk.err
    block = desk.folder / f"rules.{form}"
    block.write_text(TOML if form == "toml" else json.dumps({"dialingRules": WHOLE}), encoding="utf-8")
    assert desk.data_of("set", "rules", NEW, "--file", str(block))["outcome"] == "applied"
    assert desk.data_of("get", "rules", NEW) == {"dialingRules": WHOLE}
    # A word counts over the file.
    told = desk.data_of("set", "rules", NEW, "--file", str(block), "coolDownSec=90")
    assert (told["outcome"], told["after"]["rules"]["cool_down_s"]) == ("applied", 90)
    shown = desk.type("get", "rules", NEW)
    assert "dialingRules.retrySettings.intervalMinutes: 120" in shown


def test_retry_matrix_is_refused_with_the_citation_where_three_calls_a_day_hold(desk: Shift) -> None:
    words = ("set", "rules", EAST, "maxAttempts=4", "intervalMinutes=15,60,240")
    refused = desk.data_of(*words, code=3)
    assert (refused["outcome"], refused["after"], rules_of(refused)) == ("refused", None, ["dialing.attempts"])
    (found,) = [one for one in refused["findings"] if one["rule"] == "dialing.attempts"]
    assert (found["found"], found["limit"], found["field"]) == (4, 3, "attempt_limit")
    assert "501.616" in found["source"]
    assert "US-FL-attempts" in desk.type(*words, code=3)
    desk.type("declare", EAST, "regions=US-NY")
    assert desk.data_of(*words)["outcome"] == "applied"


def test_dry_run_shows_findings_and_sends_nothing(desk: Shift) -> None:
    words = ("set", "rules", EAST, "maxAttempts=2", "intervalMinutes=240", "--dry-run")
    told = desk.data_of(*words)
    assert (told["outcome"], told["dry_run"], told["would"]) == ("unchanged", True, "applied")
    assert "law" in told
    desk.type(*words, "--detailed-exitcode", code=2)
    refused = desk.data_of("set", "rules", EAST, "maxRate=0.04", "--dry-run", code=3)
    assert rules_of(refused) == ["dialing.abandonment-ceiling"]
    assert desk.sent() == 0


def test_many_campaigns_want_a_yes_and_have_an_outcome_each(desk: Shift) -> None:
    words = ("set", "rules", EAST, WEST, "coolDownSec=600")
    desk.type(*words, code=64)
    told = desk.data_of(*words, "--yes")
    assert [(one["change"]["campaign"], one["outcome"]) for one in told["items"]] == [
        (EAST, "applied"),
        (WEST, "applied"),
    ]
    assert told["summary"]["applied"] == 2
    desk.type("declare", EAST, "label.team=east")
    partly = desk.data_of("set", "rules", "--all", "--yes", "--count", "3", "coolDownSec=900", code=7)
    assert {one["change"]["campaign"]: one["outcome"] for one in partly["items"]} == {
        EAST: "applied",
        WEST: "applied",
        NEW: "refused",
    }
    assert desk.data_of("set", "rules", "-l", "team=east", "coolDownSec=60", "--yes")["summary"]["applied"] == 1


def test_revision_that_is_over_is_a_conflict(desk: Shift) -> None:
    told = desk.data_of("set", "rules", EAST, "coolDownSec=600", "--if-revision", "41", code=5)
    assert (told["outcome"], told["findings"][0]["rule"]) == ("conflicted", "change.conflict")
    again = desk.data_of("set", "rules", EAST, "coolDownSec=600", "--if-revision", "41", "--on-conflict", "rejudge")
    assert again["outcome"] == "applied"


def test_predictive_dialing_is_refused_below_the_tier_that_has_it(desk: Shift) -> None:
    words = ("set", "rules", WEST, "dialingMethod=PREDICTIVE")
    by_platform = desk.data_of(*words, code=3)
    assert (by_platform["outcome"], rules_of(by_platform)) == ("refused", ["platform.rejected"])
    assert "ENTERPRISE" in str(by_platform["findings"])
    desk.type("declare", "--whole-tenant", "limits.licence_tier=PROFESSIONAL")
    sent = desk.sent()
    assert rules_of(desk.data_of(*words, code=3)) == ["dialing.licence"]
    assert desk.sent() == sent


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("maxAttemps=3",), "did you mean maxAttempts?"),
        (("maxAttempts=three",), "retrySettings.maxAttempts: must be a whole number"),
        (("maxAttempts=3.0",), "must be a whole number"),
        (("maxRate=3%",), "not a percentage"),
        (("maxRate=nan",), "must be a fraction"),
        (("dialingMethod=LOUD",), "must be one of PREVIEW, PROGRESSIVE, POWER, PREDICTIVE"),
        (("intervalMinutes=15;60",), "must be a whole number"),
        (("maxAttempts=3", "retrySettings.maxAttempts=4"), "is said twice"),
        ((), "nothing is named that is to be set"),
        (("maxAttempts=3", "--by", "platform", "--at", "2026-06-15T13:00:00Z"), "pauses, resumptions and stops only"),
        (("maxAttempts=3", "--override", "dialing.attempts"), "--override and --until go together"),
        (("maxAttempts=3", "--override", "dialing.attempts", "--until", "2026-06-16"), "--until"),
    ],
    ids=lambda one: "_".join(one) if isinstance(one, tuple) else "",
)
def test_words_that_are_off_are_usage_errors(desk: Shift, words: tuple[str, ...], said: str) -> None:
    before = desk.data_of("audit", "verify")["entries"]
    assert desk.type("set", "rules", EAST, *words, code=64) == ""
    assert said in desk.err
    assert desk.data_of("audit", "verify")["entries"] == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.yaml", None, "cannot be read"),
        ("rules.json", "{", "is not well formed"),
        ("rules.json", '{"maxCallsPerAgent": 1, "maxCallsPerAgent": 2}', "a key stands twice"),
        ("rules.yaml", "a: [", "is not well formed"),
        ("rules.toml", "a = ", "is not well formed"),
        ("rules.yaml", "- 1", "holds no block"),
        ("rules.yaml", "dialingRules: {maxCallsPerAgent: 1}\nstatus: ACTIVE", "beside dialingRules it holds status"),
        ("rules.yaml", "dialingRules: {callsPerAgent: 1}", "did you mean maxCallsPerAgent?"),
        ("rules.yaml", "retrySettings: 3", "retrySettings: is no table of keys"),
        ("rules.yaml", "maxCallsPerAgent: true", "must be a whole number"),
        ("rules.yaml", "maxCallsPerAgent: 1.0", "must be a whole number"),
        ("rules.json", '{"retrySettings": {"intervalMinutes": [15, "x"]}}', "must be a whole number"),
        ("rules.json", '{"abandonmentRateThreshold": {"maxRate": true}}', "must be a fraction"),
    ],
    ids=str,
)
def test_files_that_are_off_are_usage_errors(desk: Shift, name: str, content: str | None, said: str) -> None:
    file = desk.folder / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    desk.type("set", "rules", EAST, "--file", str(file), code=64)
    assert said in desk.err
    assert desk.sent() == 0


def test_explanation_says_whether_the_rules_are_lawful(desk: Shift) -> None:
    told = desk.data_of("explain", EAST)
    assert (told["rules"]["lawful"], told["rules"]["held"]["mode"], told["assumed"]) == (True, "PROGRESSIVE", [])
    assert "dialing rules: lawful, as far as it is judged here\n" in desk.type("explain", EAST)
    desk.type("declare", EAST, "regions=US-FL,US-MA", "purpose=debt")
    told = desk.data_of("explain", EAST)
    assert told["rules"]["lawful"] is False
    shown = desk.type("explain", EAST)
    assert "dialing rules: NOT lawful\n" in shown
    assert "[dialing.attempts]" in shown


def test_own_files_of_rules_and_countries_are_judged_by(desk: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    text = CLOSING.format(id="attempts-of-a-bill", kind="attempts", terms=FEWER_CALLS, since="2026-01-01")
    (desk.folder / "own.toml").write_text(text, encoding="utf-8")
    (desk.folder / "paceline.toml").write_text('law_files = ["own.toml"]\n', encoding="utf-8")
    refused = desk.data_of("set", "rules", EAST, "intervalMinutes=30,240", code=3)
    assert "a bill, invented for this test" in str(refused["findings"])
    checks = {one["check"]: one for one in desk.data_of("doctor")["checks"]}
    assert refused["law"]["edition"] in checks["law"]["found"]
    assert "1 of your own files" in checks["law"]["found"]
    assert checks["zone_data"]["found"].startswith("2026f; decisions need 2026f or later")
    (desk.folder / "own.toml").write_text("[[rule]]\nid = 7\n", encoding="utf-8")
    assert desk.data_of("set", "rules", EAST, "intervalMinutes=30,240", code=1)["error"]["code"] == "rule-file"
    assert desk.data_of("pause", EAST)["outcome"] == "applied"
    found = {one["check"]: one["state"] for one in desk.data_of("doctor", code=1)["checks"]}
    assert found["law"] == "bad"
    (desk.folder / "paceline.toml").write_text('countries = ["DE", "JP"]\n', encoding="utf-8")
    desk.type("declare", WEST, "regions=")
    refused = desk.data_of("set", "rules", WEST, "coolDownSec=1", code=3)
    assert "nobody knows the law of JP" in str(refused["findings"])
    monkeypatch.setenv("PACELINE_COUNTRIES", "DE")
    assert desk.data_of("set", "rules", WEST, "coolDownSec=1")["outcome"] == "applied"
