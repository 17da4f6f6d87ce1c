"""Lists are judged to their last item, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from paceline.emulator.tenants import TenantsFileError
from paceline.testing import running_emulator
from tests.emulator.caller import Caller

PATH = "/api/v2/outbound/campaigns/CMP-ACTIVE"


def rules(intervals: list[Any], attempts: int = 300) -> dict[str, Any]:
    return {
        "dialingRules": {
            "dialingMethod": "PROGRESSIVE",
            "maxCallsPerAgent": 1,
            "retrySettings": {"maxAttempts": attempts, "intervalMinutes": intervals},
            "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 0},
        }
    }


@pytest.mark.parametrize("length", [100, 101, 150, 300])
@pytest.mark.parametrize("last", ["x", None, 150.5, 60_000, True, 0])
def test_last_of_many_intervals_is_judged(platform: Caller, length: int, last: object) -> None:
    before = platform.campaign("CMP-ACTIVE")
    answer = platform.patch(PATH, rules([*range(1, length), last]))
    assert answer.status_code == 400
    place = f"dialingRules.retrySettings.intervalMinutes[{length - 1}]"
    assert [fault["field"] for fault in answer.json()["errors"]] == [place]
    assert platform.campaign("CMP-ACTIVE") == before


def test_as_many_intervals_as_attempts_are_stored(platform: Caller) -> None:
    assert platform.patch(PATH, rules(list(range(1, 301)))).status_code == 200


def test_every_one_of_many_faults_is_told(platform: Caller) -> None:
    answer = platform.patch(PATH, rules(["x"] * 250))
    assert len(answer.json()["errors"]) == 250
    assert answer.json()["message"] == "250 fields are at fault"


def test_last_of_many_calls_in_flight_is_judged(platform: Caller) -> None:
    calls: list[Any] = [{"state": "ringing", "secondsLeft": 5}] * 100
    for wrong in (3, {"state": "nonsense", "secondsLeft": 5}):
        path = "/_emulator/campaigns/CMP-ACTIVE"
        assert platform.patch(path, {"callsInFlight": [*calls, wrong]}, client=None).status_code == 422


def test_last_of_many_campaigns_of_a_tenants_file_is_judged() -> None:
    many = "".join(f'[[tenants.campaigns]]\nid = "C-{n}"\n' for n in range(100))
    wrong = '[[tenants.campaigns]]\nid = "bad id/#"\nstatus = "FLYING"\nlockd = true\n'
    with pytest.raises(TenantsFileError) as refused, running_emulator(f'[[tenants]]\nid = "t"\n{many}{wrong}'):
        pass
    for place in ("campaigns[100].id", "campaigns[100].status", "campaigns[100].lockd"):
        assert place in str(refused.value)
