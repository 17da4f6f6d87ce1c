"""The one clock: set, moved, running; and what lives on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import pytest

from tests.emulator.caller import START, Caller
from tests.emulator.documents import CAM, OUT
from tests.emulator.holds import holds
from tests.emulator.refusals import refused

BEGIN = datetime(2026, 6, 15, 12, tzinfo=UTC)


def instant(text: str) -> datetime:
    """Read an instant of the control surface, which must be UTC and end in Z."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def now(p: Caller) -> datetime:
    return instant(p.control("GET", "/clock")["now"])


@holds("C.03", "C.01")
def test_clock_tells_now_and_speed(platform: Caller) -> None:
    clock = platform.control("GET", "/clock")
    assert set(clock) == {"now", "speed"}
    assert instant(clock["now"]) == BEGIN
    assert clock["speed"] == 0


@holds("C.03")
@pytest.mark.parametrize("speed", [0.0, 12.5])
def test_emulator_starts_at_the_instant_and_speed_it_was_given(launch: Callable[..., Caller], speed: float) -> None:
    caller = launch(now="2031-02-03T04:05:06Z", speed=speed)
    clock = caller.control("GET", "/clock")
    assert clock["speed"] == speed
    assert instant(clock["now"]) >= datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert speed or instant(clock["now"]) == datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)


@holds("C.04")
@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2027-01-01T00:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027-01-01T00:00:00.5Z", datetime(2027, 1, 1, microsecond=500000, tzinfo=UTC)),
        ("2020-02-29T23:59:59Z", datetime(2020, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("2026-06-15T14:00:00+02:00", BEGIN),
    ],
)
def test_clock_is_set_forward_or_back(platform: Caller, told: str, meant: datetime) -> None:
    answer = platform.control("PUT", "/clock", {"now": told})
    assert set(answer) == {"now", "speed"}
    assert instant(answer["now"]) == meant
    assert now(platform) == meant


@holds("C.04")
def test_campaign_can_be_used_after_the_clock_was_set_back(platform: Caller) -> None:
    assert platform.status("CMP-ACTIVE", "PAUSED").status_code == 200
    platform.set_now("2026-06-15T11:00:00Z")
    assert platform.campaign("CMP-ACTIVE")["status"] == "PAUSED"
    answer = platform.status("CMP-ACTIVE", "ACTIVE")
    assert answer.status_code == 200
    assert instant(answer.json()["transitionTime"]) == datetime(2026, 6, 15, 11, tzinfo=UTC)


@holds("C.05")
@pytest.mark.parametrize("seconds", [0, 0.001, 0.5, 1, 59.999, 86400, 31_536_000])
def test_clock_is_moved_by_seconds(platform: Caller, seconds: float) -> None:
    answer = platform.control("PUT", "/clock", {"advanceSeconds": seconds})
    assert instant(answer["now"]) == BEGIN + timedelta(seconds=seconds)
    assert now(platform) == BEGIN + timedelta(seconds=seconds)


@holds("C.05")
def test_moves_of_the_clock_add_up(platform: Caller) -> None:
    for _ in range(40):
        platform.advance(0.25)
    assert now(platform) == BEGIN + timedelta(seconds=10)


@holds("C.06")
def test_clock_at_speed_zero_stands_still(platform: Caller) -> None:
    assert {platform.control("GET", "/clock")["now"] for _ in range(20)} == {platform.control("GET", "/clock")["now"]}


@holds("C.06")
def test_clock_runs_at_its_speed_and_can_be_stopped(platform: Caller) -> None:
    assert platform.control("PUT", "/clock", {"speed": 100_000})["speed"] == 100_000
    seen = [now(platform) for _ in range(20)]
    assert seen == sorted(seen)
    assert seen[-1] > seen[0] >= BEGIN
    stopped = platform.control("PUT", "/clock", {"speed": 0})
    assert stopped["speed"] == 0
    assert instant(stopped["now"]) >= seen[-1]
    assert now(platform) == now(platform) == instant(stopped["now"])


@holds("C.04", "C.05", "C.06")
def test_clock_is_set_or_moved_together_with_its_speed(platform: Caller) -> None:
    answer = platform.control("PUT", "/clock", {"now": "2027-01-01T00:00:00Z", "speed": 3})
    assert answer["speed"] == 3
    assert instant(answer["now"]) >= datetime(2027, 1, 1, tzinfo=UTC)
    answer = platform.control("PUT", "/clock", {"advanceSeconds": 86400, "speed": 0})
    assert answer["speed"] == 0
    assert instant(answer["now"]) >= datetime(2027, 1, 2, tzinfo=UTC)


@holds("C.06")
def test_pending_transition_comes_due_by_itself_while_the_clock_runs(platform: Caller) -> None:
    later = {"status": "PAUSED", "effectiveTime": "2026-06-15T13:00:00Z"}
    assert platform.patch(f"{OUT}/BULK-1", later, client="bulk-all").status_code == 200
    platform.control("PUT", "/clock", {"speed": 100_000})
    polls = 0
    # By the control surface: tokens expire quickly at this speed.
    while platform.control("GET", "/campaigns/BULK-1")["status"] == "ACTIVE":
        polls += 1
        assert polls < 10_000
    assert now(platform) >= datetime(2026, 6, 15, 13, tzinfo=UTC)


@holds("C.07")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, [""]),
        ({"now": "2027-01-01T00:00:00Z", "advanceSeconds": 1}, None),
        ({"now": "2027-01-01T00:00:00"}, ["now"]),
        ({"now": "tomorrow"}, ["now"]),
        ({"now": "2027-02-30T00:00:00Z"}, ["now"]),
        ({"now": 5}, ["now"]),
        ({"now": None}, ["now"]),
        ({"speed": -0.1}, ["speed"]),
        ({"speed": 100_000.5}, ["speed"]),
        ({"speed": "1"}, ["speed"]),
        ({"speed": True}, ["speed"]),
        ({"speed": None}, ["speed"]),
        ({"advanceSeconds": -1}, ["advanceSeconds"]),
        ({"advanceSeconds": "1"}, ["advanceSeconds"]),
        ({"advanceSeconds": True}, ["advanceSeconds"]),
        ({"advanceSeconds": 10**300}, ["advanceSeconds"]),
        ({"advanceSeconds": 10**12}, ["advanceSeconds"]),
        ({"speed": 1, "colour": "red"}, ["colour"]),
        ({"speed": -1, "advanceSeconds": -1, "x": 1}, ["speed", "advanceSeconds", "x"]),
        ([], [""]),
        ("now", [""]),
    ],
)
def test_clock_refuses_what_is_at_fault_and_stays(platform: Caller, body: Any, fields: list[str] | None) -> None:
    answer = platform.put("/_emulator/clock", body, client=None)
    refused(answer, 422, "validation", *(fields or ()))
    assert platform.control("GET", "/clock") == {"now": platform.control("GET", "/clock")["now"], "speed": 0}
    assert now(platform) == BEGIN


@holds("C.09")
@pytest.mark.parametrize("at", [START, "2026-12-31T23:59:59Z", "2001-02-03T04:05:06Z", "2026-06-15T12:00:00.75Z"])
def test_date_and_server_time_tell_the_platforms_time(platform: Caller, at: str) -> None:
    platform.set_now(at)
    platform.tokens.clear()
    meant = datetime.fromisoformat(at)
    for answer in (
        platform.get(f"{CAM}/CMP-ACTIVE/statistics"),
        platform.get(f"{CAM}/statistics"),
        platform.get(f"{OUT}/CMP-ACTIVE"),
        platform.get(f"{OUT}/NOPE"),
        platform.get(f"{OUT}/CMP-ACTIVE", client=None),
        platform.status("CMP-ACTIVE", "ACTIVE"),
        platform.get("/_emulator/clock", client=None),
    ):
        assert parsedate_to_datetime(answer.headers["date"]) == meant.replace(microsecond=0)
        assert answer.headers["date"] == format_datetime(meant.replace(microsecond=0), usegmt=True)
        if answer.url.path.endswith("/statistics"):
            assert instant(answer.json()["serverTime"]) == meant


@holds("C.09", "C.04")
def test_token_lives_on_the_platforms_clock(platform: Caller) -> None:
    platform.token("acme-java")
    platform.advance(119)
    assert platform.get(f"{OUT}/CMP-ACTIVE", client="acme-java").status_code == 200
    platform.advance(1)
    refused(platform.get(f"{OUT}/CMP-ACTIVE", client="acme-java"), 401, "unauthorized")


@holds("C.09")
def test_transition_is_told_with_the_platforms_time(platform: Caller) -> None:
    platform.advance(90)
    answer = platform.status("CMP-ACTIVE", "PAUSED")
    assert instant(answer.json()["transitionTime"]) == BEGIN + timedelta(seconds=90)
