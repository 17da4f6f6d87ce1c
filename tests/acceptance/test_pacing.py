"""Pacing as people and scripts set it, by command and by service: projected first, refused with reason, undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paceline.bootstrap import open_system
from paceline.testing import RunningEmulator, running_emulator
from tests.acceptance.clerk import rules_of
from tests.acceptance.shift import Shift, shift_on
from tests.service.served import serving

TENANTS = Path(__file__).with_name("pacing.toml")
NOW = "2026-06-15T12:00:00Z"
EAST, DIALS, NEW = "CMP-EAST", "CMP-DIALS", "CMP-NEW"
BLOCK = {
    "answerRate": 0.72,
    "abandonRate": 0.01,
    "maxConcurrentCalls": 80,
    "callInterval": 120,
    "strategy": "predictive",
    "warmUpPeriod": 60,
}
GENTLE = {**BLOCK, "answerRate": 0.5, "abandonRate": 0}
BOUNDS = {
    "answerRate": "from 0.40 to 0.95",
    "abandonRate": "from 0 to 0.03",
    "maxConcurrentCalls": "from 5 to 150",
    "callInterval": "from 50 to 500",
    "warmUpPeriod": "from 0 to 2147483647",
}
ANSWERED = ("--until", "2026-06-17T12:00:00Z", "--reason", "tried out")


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(TENANTS, now=NOW, speed=0.0, seed=7) as running:
        yield running


@pytest.fixture
def desk(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shift]:
    with shift_on(emulator, tmp_path, monkeypatch, capsys) as begun:
        begun.declare(EAST, DIALS, NEW)
        yield begun


def live(desk: Shift, campaign: str = EAST) -> dict[str, Any]:
    found: dict[str, Any] = desk.emulated.shown(campaign)["predictiveDialer"]
    return found


def test_step_to_85_is_refused_under_a_limit_of_10_and_one_to_82_is_made(desk: Shift) -> None:
    refused = desk.data_of("set", "pacing", EAST, "answerRate=0.85", code=3)
    (found,) = refused["findings"]
    assert (found["rule"], found["severity"], found["field"]) == ("pacing.step-limit", "review", "answer_rate")
    assert (found["found"], found["limit"], desk.sent()) == ("0.85", "0.82", 0)
    told = desk.data_of("set", "pacing", EAST, "answerRate=0.82", "--reason", "as measured")
    assert (told["outcome"], told["verdict"], told["change"]["kind"]) == ("applied", "achieved", "pacing.set")
    assert (told["before"]["pacing"]["answer_rate"], told["after"]["pacing"]["answer_rate"]) == ("0.72", "0.82")
    assert live(desk) == {**BLOCK, "answerRate": 0.82}


def test_step_that_somebody_answers_for_is_made_and_told(desk: Shift) -> None:
    words = ("set", "pacing", EAST, "answerRate=0.85", "--override", "pacing.step-limit", *ANSWERED)
    told = desk.data_of(*words)
    assert (told["outcome"], live(desk)["answerRate"]) == ("applied", 0.85)
    assert "ada answers for it until" in told["findings"][0]["message"]
    assert "ada answers for pacing.step-limit until" in desk.type("explain", EAST)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_get_prints_is_unchanged_when_it_is_fed_back(desk: Shift, form: str) -> None:
    block = desk.folder / f"pacing.{form}"
    block.write_text(desk.type("get", "pacing", EAST, "-o", form), encoding="utf-8")
    told = desk.data_of("set", "pacing", EAST, "--file", str(block))
    assert (told["outcome"], told["findings"], desk.sent()) == ("unchanged", [], 0)


@pytest.mark.parametrize("form", ["toml", "json", "yaml"])
def test_campaign_gets_its_first_pacing_from_a_file(desk: Shift, form: str) -> None:
    block = desk.folder / f"pacing.{form}"
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in GENTLE.items())
    text = f"[predictiveDialer]\n{lines}" if form == "toml" else json.dumps({"predictiveDialer": GENTLE})
    block.write_text(text, encoding="utf-8")
    assert desk.data_of("set", "pacing", NEW, "--file", str(block))["outcome"] == "applied"
    assert desk.data_of("get", "pacing", NEW) == {"predictiveDialer": GENTLE}


def test_words_that_are_no_numbers_are_refused_with_their_field_and_bound(desk: Shift) -> None:
    for key, bound in BOUNDS.items():
        for value in ("NaN", "Infinity", "-Infinity", "true", "half", "", "1_0", "٣", "80%"):
            assert desk.type("set", "pacing", EAST, f"{key}={value}", code=64) == ""
            assert (key in desk.err, bound in desk.err) == (True, True), desk.err


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("json", ("NaN", "-Infinity", '"0.5"', '"80"', "true", "false", "null", "[80]")),
        ("yaml", (".nan", ".inf", "'80'", "yes")),
        ("toml", ("nan", "'80'")),
    ],
)
def test_values_of_a_file_that_are_no_numbers_are_refused_with_their_field_and_bound(
    desk: Shift, form: str, values: tuple[str, ...]
) -> None:
    block = desk.folder / f"pacing.{form}"
    for key, bound in BOUNDS.items():
        for value in values:
            texts = {"json": f'{{"{key}": {value}}}', "yaml": f"{key}: {value}", "toml": f"{key} = {value}"}
            block.write_text(texts[form], encoding="utf-8")
            assert desk.type("set", "pacing", EAST, "--file", str(block), code=64) == ""
            assert (key in desk.err, bound in desk.err) == (True, True), desk.err


def test_numbers_that_are_negative_or_beyond_measure_are_refused_with_their_field_and_bound(desk: Shift) -> None:
    block = desk.folder / "pacing.json"
    for key, bound in BOUNDS.items():
        refused = [desk.data_of("set", "pacing", EAST, f"{key}=-1", code=3)]
        if key in {"answerRate", "abandonRate"}:
            block.write_text(f'{{"{key}": 1e400}}', encoding="utf-8")
            refused.append(desk.data_of("set", "pacing", EAST, "--file", str(block), code=3))
        for told in refused:
            (found,) = told["findings"]
            assert (found["rule"], found["severity"], bound in found["message"]) == ("pacing.bounds", "error", True)
    assert desk.sent() == 0


def test_bold_change_of_a_campaign_that_dials_is_projected_and_refused_and_a_small_one_made(desk: Shift) -> None:
    desk.emulated.advance(12 * 3600)
    bold = desk.data_of("set", "pacing", DIALS, "abandonRate=0.03", code=3)
    assert (bold["outcome"], rules_of(bold), desk.sent()) == ("refused", ["pacing.breach"], 0)
    (found,) = [one for one in bold["findings"] if one["rule"] == "pacing.breach"]
    assert (found["severity"], "would be" in found["message"], "more calls may be" in found["message"]) == (
        "error",
        True,
        True,
    )
    expected = bold["forecast"]
    then, now = expected["then"]["abandonment"], expected["now"]["abandonment"]
    assert then["low"] > 0.03 > now["mean"]
    # What was projected is kept with the entry, for whoever asks why.
    closed = desk.data_of("audit", "show", str(bold["entry"]))["rows"][-1]
    assert closed["body"]["details"]["forecast"]["periods"] == expected["periods"]
    # Nobody can answer for that.
    answered = desk.data_of(
        "set", "pacing", DIALS, "abandonRate=0.03", "--override", "pacing.breach", *ANSWERED, code=3
    )
    assert rules_of(answered) == ["pacing.breach"]
    tightened = desk.data_of("set", "pacing", DIALS, "abandonRate=0.002")
    assert (tightened["outcome"], "forecast" in tightened) == ("applied", False)


def test_change_of_a_campaign_that_never_dialed_cannot_be_projected_and_says_so(desk: Shift) -> None:
    refused = desk.data_of("set", "pacing", EAST, "abandonRate=0.02", code=3)
    assert rules_of(refused) == ["pacing.no-projection"]
    assert refused["forecast"] == {"none": refused["forecast"]["none"]}
    words = ("set", "pacing", EAST, "abandonRate=0.02", "--override", "pacing.no-projection", *ANSWERED)
    assert desk.data_of(*words)["outcome"] == "applied"


def test_undo_restores_the_pacing_before_unless_somebody_changed_it_since(desk: Shift) -> None:
    entry = str(desk.data_of("set", "pacing", EAST, "answerRate=0.82")["entry"])
    again = str(desk.data_of("set", "pacing", EAST, "maxConcurrentCalls=75")["entry"])
    told = desk.data_of("changes", "undo", entry, code=5)
    assert told["outcome"] == "conflicted"
    assert f"entry {again}" in json.dumps(told["findings"])
    words = ("changes", "undo", again, "--reason", "a mistake")
    refused = desk.data_of(*words, code=3)
    assert rules_of(refused) == ["pacing.no-projection"]
    assert live(desk)["maxConcurrentCalls"] == 75


def test_explanation_tells_of_the_pacing_and_of_what_was_declared_against_it(desk: Shift) -> None:
    desk.type("declare", EAST, "limits.most_abandonment_aim=0.005")
    shown = desk.type("explain", EAST)
    assert "pacing: lawful, as far as it is judged here" in shown
    assert "beyond the declared limit: at most 0.005" in shown
    told = desk.data_of("explain", EAST)["pacing"]
    assert (told["held"]["answer_rate"], told["lawful"]) == ("0.72", True)


def test_service_takes_pacing_as_the_command_does(desk: Shift) -> None:
    place, any_tag = f"/v1/campaigns/{EAST}/pacing", {"If-Match": "*"}
    with open_system() as system, serving(system) as served:
        client = served.client()
        far = client.put(place, headers=any_tag, json={"predictiveDialer": {"answerRate": 0.85}})
        assert (far.status_code, far.json()["outcome"], rules_of(far.json())) == (422, "refused", ["pacing.step-limit"])
        near = client.put(place, headers=any_tag, json={"predictiveDialer": {"answerRate": 0.82}})
        assert (near.status_code, near.json()["outcome"]) == (200, "applied")
        assert client.get(place).json() == {"predictiveDialer": {**BLOCK, "answerRate": 0.82}}
        below = client.put(place, headers=any_tag, json={"predictiveDialer": {"callInterval": -1}})
        assert (below.status_code, below.json()["findings"][0]["rule"]) == (422, "pacing.bounds")
        for key, bound in BOUNDS.items():
            for wrong in ("NaN", "Infinity", "1e400", '"80"', '"0.5"', "true", "false", "[80]", "{}", "8" * 400):
                body = f'{{"predictiveDialer": {{"{key}": {wrong}}}}}'
                headers = {**any_tag, "Content-Type": "application/json"}
                answer = client.put(place, headers=headers, content=body)
                assert (answer.status_code, wrong, key) == (422, wrong, key)
                (found,) = answer.json()["findings"]
                assert bound in found["message"]
                assert found["rule"] in {"request.invalid", "pacing.bounds"}
                if found["rule"] == "request.invalid":
                    assert found["field"] == f"body.predictiveDialer.{key}"
    assert live(desk) == {**BLOCK, "answerRate": 0.82}
