"""`paceline supervise`: begun with a certificate, steered by a worker, shown, and ended."""

from __future__ import annotations

import pytest

from tests.acceptance.shift import NOW, Shift
from tests.contract.steered import GENTLE, WORLD

STEERED = "STEERED"


@pytest.fixture
def floor(shift: Shift) -> Shift:
    """A campaign of ten agents that has dialed for six hours."""
    document = {"id": STEERED, "status": "ACTIVE", "agents": 10, "predictiveDialer": GENTLE, "dialer": WORLD}
    shift.emulated.control("POST", "/campaigns", document)
    shift.type("declare", STEERED, "purpose=sales", "regions=US-FL", f"anchor={NOW}")
    shift.emulated.advance(6 * 3600)
    return shift


def test_supervision_is_begun_steered_by_a_worker_shown_and_ended(floor: Shift) -> None:
    begun = floor.data_of("supervise", STEERED, "--reason", "at its limit")
    assert begun["outcome"] == "started"
    assert begun["certificate"]["theorem"]["bound"] <= 0.03
    assert "no worker lives" in floor.err
    for _ in range(3):
        floor.emulated.advance(60)
        floor.type("work", "--once")
    shown = floor.data_of("supervise", STEERED, "--status")["supervision"]
    assert (shown["state"], shown["looks"], shown["entry"]) == ("running", 3, begun["entry"])
    assert shown["steps"] >= 1
    assert f"{STEERED}  running (entry {begun['entry']}, by ada)" in floor.type("supervise", STEERED, "--status")
    assert "supervision.start" in floor.type("audit", "list", "--kind", "supervision.*")
    assert floor.data_of("supervise", STEERED, "--end")["outcome"] == "ended"
    assert floor.data_of("supervise", STEERED, "--status")["supervision"] is None
    assert "was not supervised" in floor.type("supervise", STEERED, "--end")


def test_dry_run_shows_the_certificate_and_begins_nothing(floor: Shift) -> None:
    told = floor.type("supervise", STEERED, "--dry-run", "--target", "0.02")
    assert "certified; nothing was begun" in told
    assert "target 2.00 % under 3/100" in told
    assert floor.data_of("supervise", STEERED, "--status")["supervision"] is None


def test_campaign_that_cannot_be_certified_is_refused_with_exit_3_and_the_page_to_read(shift: Shift) -> None:
    told = shift.type("supervise", "ACTIVE", code=3)
    assert "supervision.ready: the campaign has no pacing yet" in told
    assert "see: paceline runbook supervision.ready" in told
    assert shift.data_of("supervise", "ACTIVE", code=3)["outcome"] == "refused"


@pytest.mark.parametrize(
    "words",
    [
        ("--status", "--end"),
        ("--status", "--target", "0.02"),
        ("--end", "--dry-run"),
        ("--target", "3"),
        ("--target", "nan"),
        ("--target", "0"),
        ("--target", "2,9"),
    ],
)
def test_words_that_do_not_go_together_are_a_usage_error(shift: Shift, words: tuple[str, ...]) -> None:
    shift.type("supervise", "ACTIVE", *words, code=64)
