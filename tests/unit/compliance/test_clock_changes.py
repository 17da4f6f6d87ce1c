"""What people are told of a date on which the clock changes."""

from __future__ import annotations

from datetime import date

import pytest

from paceline.compliance.clock_changes import clock_changes, hours_of

CASES = {
    ("America/New_York", "2026-03-08"): (23, ["2026-03-08 02:00 to 2026-03-08 03:00 does not exist"]),
    ("America/New_York", "2026-11-01"): (25, ["2026-11-01 01:00 to 2026-11-01 02:00 comes twice"]),
    ("America/New_York", "2026-11-02"): (24, []),
    ("America/Havana", "2026-03-08"): (23, ["2026-03-08 00:00 to 2026-03-08 01:00 does not exist"]),
    ("America/Havana", "2026-03-07"): (24, []),
    ("America/Nuuk", "2026-03-28"): (23, ["2026-03-28 23:00 to 2026-03-29 00:00 does not exist"]),
    ("America/Santiago", "2026-04-04"): (25, ["2026-04-04 23:00 to 2026-04-05 00:00 comes twice"]),
    ("Australia/Lord_Howe", "2026-04-05"): (24.5, ["2026-04-05 01:30 to 2026-04-05 02:00 comes twice"]),
    ("Antarctica/Troll", "2026-10-25"): (26, ["2026-10-25 01:00 to 2026-10-25 03:00 comes twice"]),
    ("Pacific/Apia", "2011-12-30"): (0, ["2011-12-30 00:00 to 2011-12-31 00:00 does not exist"]),
    ("America/New_York", "1883-11-18"): (24 + 238 / 3600, ["1883-11-18 12:00 to 1883-11-18 12:03:58 comes twice"]),
}


@pytest.mark.parametrize(("zone", "on"), CASES)
def test_odd_day_is_told(zone: str, on: str) -> None:
    hours, told = CASES[zone, on]
    day = date.fromisoformat(on)
    assert hours_of(zone, day) == pytest.approx(hours)
    assert [one.told() for one in clock_changes(zone, day)] == told
