"""`paceline rollout` as people and scripts use it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.shift import Shift
from tests.contract.rolled import LIVE, ROLLED

ANSWERS = ("--override", "pacing.no-projection", "--until", "2026-12-01T00:00:00Z")
START = ("rollout", "start", ROLLED, "abandonRate=0.012", "--steps", "2", "--reason", "more talk")


@pytest.fixture
def dialing(shift: Shift) -> Shift:
    """A campaign that dials, of which everything is declared, and nothing was measured yet."""
    document = {"id": ROLLED, "status": "ACTIVE", "revision": 42, "agents": 20, "predictiveDialer": LIVE}
    shift.emulated.control("POST", "/campaigns", document)
    shift.emulated.arrange(ROLLED, live={"callsConnected": 5}, statistics=[])
    shift.type("declare", ROLLED, "purpose=sales", "regions=US-FL")
    return shift


def live(shift: Shift) -> Any:
    return shift.emulated.shown(ROLLED)["predictiveDialer"]["abandonRate"]


def test_rollout_is_begun_steered_and_taken_back_by_commands(dialing: Shift) -> None:
    begun = dialing.data_of(*START, *ANSWERS, "--interval", "30m", "--least-answers", "50", "--blind", "1h")
    assert (begun["started"], begun["rollout"]["phase"], begun["rollout"]["step"], live(dialing)) == (
        True, "running", 1, 0.008
    )  # fmt: skip
    assert [one["rule"] for one in begun["findings"]] == ["rollout.unmeasured"]
    assert (begun["rollout"]["plan"]["interval_s"], begun["rollout"]["plan"]["least_answers"]) == (1800, 50)
    assert "no worker lives" in dialing.err
    assert dialing.data_of("rollout", "pause", ROLLED, "--reason", "lunch")["phase"] == "paused"
    assert dialing.data_of("rollout", "resume", ROLLED)["phase"] == "running"
    promoted = dialing.data_of("rollout", "promote", ROLLED)
    assert (promoted["step"], promoted["way_back"], live(dialing)) == (2, f"paceline rollout undo {ROLLED}", 0.012)
    aborted = dialing.data_of("rollout", "abort", ROLLED, "--reason", "complaints", "--ticket", "T-9")
    assert (aborted["phase"], aborted["latch"]["by"], live(dialing)) == ("aborted", "ada", 0.004)
    refused = dialing.data_of(*START, *ANSWERS, code=5)
    assert [one["rule"] for one in refused["findings"]] == ["rollout.latched"]
    assert dialing.data_of("rollout", "status", ROLLED)["way_back"] == f"paceline rollout clear {ROLLED}"
    assert dialing.data_of("rollout", "clear", ROLLED)["latch"] is None
    noted = {one["kind"] for one in dialing.data_of("audit", "list", "--kind", "rollout.*")["items"]}
    assert {"rollout.start", "rollout.step", "rollout.pause", "rollout.resume", "rollout.abort"} <= noted


def test_people_read_the_steps_the_decisions_and_the_way_back(dialing: Shift) -> None:
    told = dialing.type(*START, *ANSWERS)
    assert f"{ROLLED}  rollout" in told
    assert "step 1 of 2" in told
    told = dialing.type("rollout", "status", ROLLED)
    for part in (
        "-> step 1",
        "aim 0.0080",
        "way back: paceline rollout undo ROLLED",
        "2 steps from belief 0.5, aim 0.004",
    ):
        assert part in told
    assert dialing.type("rollout", "undo", ROLLED, "-o", "name").startswith("rollout/")
    assert "what was live before is live again" in dialing.type("rollout", "status", ROLLED)


def test_dry_run_shows_the_steps_and_begins_nothing(dialing: Shift) -> None:
    tried = dialing.data_of(*START, *ANSWERS, "--dry-run")
    assert (tried["started"], tried["rollout"], live(dialing)) == (False, None, 0.004)
    assert [Decimal(step["abandonment_aim"]) for step in tried["plan"]["steps"]] == [Decimal("0.008"), Decimal("0.012")]
    told = dialing.type(*START, *ANSWERS, "--dry-run")
    assert "it would go like this; no rollout was begun" in told
    assert "step 2   belief 0.5, aim 0.012" in told
    assert dialing.data_of(*START, "--dry-run", code=3)["plan"] is None
    dialing.type("rollout", "status", ROLLED, code=1)
    assert "never had a rollout" in dialing.err


def test_rollout_is_refused_with_the_code_of_the_reason(dialing: Shift) -> None:
    assert dialing.data_of(*START, code=3)["judged"]["outcome"] == "refused"
    gentler = ("rollout", "start", ROLLED, "abandonRate=0.002", "--steps", "2")
    assert [one["rule"] for one in dialing.data_of(*gentler, code=3)["findings"]] == ["rollout.nothing-bolder"]
    dialing.type("rollout", "status", ROLLED, code=1)
    assert "never had a rollout" in dialing.err
    dialing.type("rollout", "start", ROLLED, "--steps", "2", code=64)
    dialing.type("rollout", "start", ROLLED, "abandonRate=0.012", "--steps", "0", code=64)
    dialing.type("rollout", "start", ROLLED, "OTHER", "abandonRate=0.012", "--steps", "2", code=64)
    dialing.type(*START, "--override", "pacing.no-projection", code=64)
    dialing.type(*START, "--interval", "soon", code=64)
    assert dialing.data_of(*START, *ANSWERS, "--if-revision", "7", code=5)["judged"]["outcome"] == "conflicted"
    dialing.type("pause", ROLLED)
    assert [one["rule"] for one in dialing.data_of(*START, *ANSWERS, code=5)["findings"]] == ["rollout.not-dialing"]


def test_pacing_is_taken_from_a_file_and_a_worker_undoes_what_harms(dialing: Shift) -> None:
    wish = dialing.folder / "pacing.yaml"
    wish.write_text("predictiveDialer:\n  abandonRate: 0.012\n", encoding="utf-8")
    dialing.type("rollout", "start", ROLLED, "--file", str(wish), "--steps", "1", "--blind", "10h", *ANSWERS)
    assert live(dialing) == 0.012
    harm = [
        {"minute": f"2026-06-15T{12 + minute // 60}:{minute % 60:02}:00Z", "dials": 90, "connects": 40, "abandons": 4,
         "agentSeconds": {"talk": 900, "wrap": 100, "idle": 200, "staffed": 1200}}
        for minute in range(120)
    ]  # fmt: skip
    dialing.emulated.arrange(ROLLED, statistics=harm)
    dialing.emulated.advance(7200)
    dialing.type("work", "--once")
    shown = dialing.data_of("rollout", "status", ROLLED, code=8)
    assert (shown["phase"], shown["judgement"]["decision"], bool(shown["latch"])) == ("undone", "undo", True)
    assert live(dialing) <= 0.004
