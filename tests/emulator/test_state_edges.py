"""The state file at its edges: far instants, resets, ends without a request, keys whose day is over."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.caller import Caller
from tests.emulator.serving import Served, serving

PATH = "/api/v2/outbound/campaigns/CMP-ACTIVE"


@pytest.fixture
def make() -> Iterator[Callable[..., Served]]:
    with serving() as served:
        yield served


@pytest.mark.parametrize("instant", ["2300-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_far_instants_are_kept_too(make: Callable[..., Served], tmp_path: Path, instant: str) -> None:
    served = make(tmp_path / "state.db")
    caller = served.start()
    caller.set_now(instant)
    caller.tokens.clear()
    assert caller.campaign("CMP-ACTIVE")["revision"] == 42
    caller = served.again()
    assert caller.control("GET", "/clock")["now"] == instant
    assert caller.campaign("CMP-ACTIVE")["revision"] == 42


def test_reset_is_whole_when_the_process_is_killed_after_it(make: Callable[..., Served], tmp_path: Path) -> None:
    served = make(tmp_path / "state.db")
    caller = served.start()
    assert caller.status("CMP-ACTIVE", "STOPPED").status_code == 200
    caller.reset()
    caller = served.again(signal.SIGKILL)
    caller.tokens.clear()
    document = caller.campaign("CMP-ACTIVE")
    assert (document["status"], document["revision"]) == ("ACTIVE", 42)
    assert caller.journal()["total"] == 2


def test_running_clock_is_kept_at_its_end_and_not_at_the_last_request(
    make: Callable[..., Served], tmp_path: Path
) -> None:
    served = make(tmp_path / "state.db")
    caller = served.start()
    caller.control("PUT", "/clock", {"speed": 100_000.0})
    served.end(signal.SIGTERM)
    caller = served.start()
    caller.control("PUT", "/clock", {"speed": 0.0})
    first = caller.control("GET", "/clock")["now"]
    served.end(signal.SIGTERM)
    assert served.start().control("GET", "/clock")["now"] == first


@pytest.mark.parametrize("restart", [False, True])
def test_key_is_judged_anew_after_its_day_whatever_was_stored_around_it(
    make: Callable[..., Served], tmp_path: Path, *, restart: bool
) -> None:
    served = make(tmp_path / "state.db")
    caller = served.start()

    def pause(key: str, hours: float) -> int:
        caller.advance(hours * 3600)
        caller.tokens.clear()
        return caller.patch(PATH, {"status": "PAUSED"}, headers={"Idempotency-Key": key}).status_code

    assert pause("K", 0) == 200
    assert pause("L", 20) == 409
    assert caller.status("CMP-ACTIVE", "ACTIVE").status_code == 200
    assert pause("K", 5) == 200
    if restart:
        caller = served.again()
    assert caller.status("CMP-ACTIVE", "ACTIVE").status_code == 200
    assert pause("L", 20) == 200


def test_key_stored_in_a_future_that_was_taken_back_holds_up_no_other(platform: Caller) -> None:
    def pause(key: str, now: str) -> int:
        platform.set_now(now)
        platform.tokens.clear()
        return platform.patch(PATH, {"status": "PAUSED"}, headers={"Idempotency-Key": key}).status_code

    assert pause("A", "2026-06-19T12:00:00Z") == 200
    assert pause("B", "2026-06-15T12:00:00Z") == 409
    assert platform.status("CMP-ACTIVE", "ACTIVE").status_code == 200
    assert pause("B", "2026-06-17T12:00:00Z") == 200


def test_restart_says_what_goes_on(make: Callable[..., Served], tmp_path: Path) -> None:
    served = make(tmp_path / "state.db")
    served.start().advance(60)
    served.end(signal.SIGINT)
    assert served.process is not None
    assert served.process.returncode == 130
    served.start()
    said = "".join(served.process.stdout.readline() for _ in range(4))
    assert "state     goes on at 2026-06-15T12:01:00Z" in said


def test_key_whose_day_was_over_stays_over_when_the_clock_is_set_back(platform: Caller) -> None:
    headers = {"Idempotency-Key": "older"}
    assert platform.patch(PATH, {"status": "PAUSED"}, headers=headers).status_code == 200
    platform.advance(25 * 3600)
    platform.set_now("2026-06-15T12:00:00Z")
    assert platform.patch(PATH, {"status": "PAUSED"}, headers=headers).status_code == 409
