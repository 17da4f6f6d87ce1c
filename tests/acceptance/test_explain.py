"""`paceline explain`: what became of the last change, and how late it came."""

from __future__ import annotations

from tests.acceptance.shift import LATER, Shift


def test_explanation_says_how_late_the_last_change_came(shift: Shift) -> None:
    with shift.worker():
        entry = shift.data_of("stop", "ACTIVE", "--at", LATER)["entry"]
    shift.emulated.advance(3600 + 27 * 60)
    shift.type("work", "--once")
    last = shift.data_of("explain", "ACTIVE")["last_change"]
    assert (last["entry"], last["outcome"], last["late_s"] // 60) == (entry, "applied", 27)
    assert f"(entry {entry}); late by 27 min: " in shift.type("explain", "ACTIVE")


def test_change_that_was_on_time_is_not_called_late(shift: Shift) -> None:
    shift.type("pause", "ACTIVE")
    assert shift.data_of("explain", "ACTIVE")["last_change"]["late_s"] is None
    assert "late by" not in shift.type("explain", "ACTIVE")
