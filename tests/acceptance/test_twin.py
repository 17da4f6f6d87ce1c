"""`paceline twin` as people use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from paceline.bootstrap import open_system
from paceline.bootstrap.twins import twins_of
from paceline.twin.kept import By
from tests.acceptance.audited import Desk
from tests.acceptance.shift import Shift
from tests.unit.twin.fitted_twin import CAMPAIGN, fitted


def test_records_of_too_few_days_make_no_twin(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "made"
    desk.type("data", "generate", "--out", str(out), "--days", "3", "--agents", "4", "--campaign", "ACTIVE")
    calls = next(one for one in out.iterdir() if one.stem == "calls")
    desk.type("data", "import", str(calls), "--campaign", "ACTIVE", "--shifts", str(out / "shifts.csv"))
    desk.type("twin", "fit", "ACTIVE", "--from", "records", code=3)
    assert "3 days of dialing were measured, and 10 are needed" in desk.err
    assert "paceline twin fit ACTIVE" in desk.err


def test_without_records_the_way_to_them_is_told(desk: Desk) -> None:
    desk.type("twin", "fit", "ACTIVE", "--from", "records", code=3)
    assert "paceline data import FILE --campaign ACTIVE" in desk.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--split", "0.95"), "--split is 0.95; it must be from 0.1 to 0.9"),
        (("--days", "0"), "--days is 0; it must be from 1 to 400"),
        (("--zone", "Nowhere/Else"), "Nowhere/Else"),
    ],
)
def test_what_is_out_of_bounds_is_named(desk: Desk, words: tuple[str, str], told: str) -> None:
    desk.type("twin", "fit", "ACTIVE", *words, code=64)
    assert told in desk.err


def test_campaign_without_a_twin_is_told_how_to_get_one(desk: Desk) -> None:
    desk.type("twin", "check", "ACTIVE", code=3)
    assert "paceline twin fit ACTIVE" in desk.err


def test_kept_twin_is_shown_with_its_standing(shift: Shift) -> None:
    shift.emulated.control("POST", "/campaigns", {"id": CAMPAIGN, "status": "PAUSED"})
    with open_system() as system:
        kept = twins_of(system).keep(fitted(), By(actor=system.actor))
    told = shift.data_of("twin", "check", CAMPAIGN)
    assert told["standing"]["passed"]
    assert told["standing"]["entry"] == kept.standing.entry
    assert (told["days"], told["held_out_days"]) == (11, 3)
    assert [one["measure"] for one in told["measures"]] == ["answers", "abandons", "utilisation"]
    assert all(sum(one["pit"]) == pytest.approx(1.0) for one in told["measures"])
    assert told["newer"]["measures"] == []
    shown = shift.type("twin", "check", CAMPAIGN)
    assert "has earned its say" in shown
    assert "nothing was measured after" in shown


def test_platform_that_measured_nothing_makes_no_twin(shift: Shift) -> None:
    shift.type("twin", "fit", "ACTIVE", "--from", "platform", code=3)
    assert "no twin of campaign ACTIVE" in shift.err
