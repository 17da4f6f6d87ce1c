"""Statistics that are refused: faults of the parameters, and who may not read."""

from __future__ import annotations

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.schedules import fields
from tests.emulator.test_statistics import ALL, ask

ONE = "/api/v2/campaigns/CMP-ACTIVE/statistics"
UNREADABLE = [
    "yesterday",
    "",
    "2026-06-15",
    "2026-06-15T12:00:00",
    "2026-06-15T25:00:00Z",
    "2026-02-30T12:00:00Z",
    "1781524800",
    "12:00:00Z",
    "%C3%BC",
    "%00",
]


@holds("9.17")
@pytest.mark.parametrize("path", [ONE, ALL])
@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("value", UNREADABLE)
def test_instant_that_cannot_be_read_is_a_fault_of_its_parameter(
    platform: Caller, path: str, name: str, value: str
) -> None:
    assert fields(platform.get(f"{path}?{name}={value}")) == {name}


@holds("9.17")
@pytest.mark.parametrize("value", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_instant_beyond_the_calendar_is_answered_all_the_same(platform: Caller, value: str) -> None:
    for name in ("from", "to"):
        assert ask(platform, "CMP-ACTIVE", f"{name}={value}").status_code in {200, 422}


@holds("9.17")
@pytest.mark.parametrize("path", [ONE, ALL])
@pytest.mark.parametrize("value", ["hour", "", "Minute", "60"])
def test_other_bucket_than_a_minute_is_a_fault(platform: Caller, path: str, value: str) -> None:
    assert fields(platform.get(f"{path}?bucket={value}")) == {"bucket"}


@holds("9.17")
@pytest.mark.parametrize("path", [ONE, ALL])
def test_interval_that_ends_before_it_begins_is_a_fault(platform: Caller, path: str) -> None:
    found = fields(platform.get(f"{path}?from=2026-06-15T11:00:00Z&to=2026-06-15T10:00:00Z"))
    assert found
    assert found <= {"from", "to"}


@holds("9.17")
def test_one_answer_lists_every_fault_of_the_parameters(platform: Caller) -> None:
    assert fields(ask(platform, "CMP-ACTIVE", "from=x", "to=y", "bucket=z", "limit=5")) == {
        "from",
        "to",
        "bucket",
        "limit",
    }


@holds("9.20")
@pytest.mark.parametrize("path", [ONE, ALL])
@pytest.mark.parametrize("name", ["limit", "From", "since", "campaignId"])
def test_unknown_parameter_is_a_fault(platform: Caller, path: str, name: str) -> None:
    assert fields(platform.get(f"{path}?{name}=2026-06-15T11:00:00Z")) == {name}


@holds("9.20")
@pytest.mark.parametrize("path", [ONE, ALL])
@pytest.mark.parametrize(("name", "value"), [("from", "2026-06-15T11:00:00Z"), ("bucket", "minute")])
def test_repeated_parameter_is_a_fault(platform: Caller, path: str, name: str, value: str) -> None:
    assert fields(platform.get(f"{path}?{name}={value}&{name}={value}")) == {name}


@holds("9.22")
def test_reader_may_read_statistics_and_writer_may_not(platform: Caller) -> None:
    for path in (ONE, ALL):
        assert platform.get(path, client="acme-read").status_code == 200
        answer = platform.get(path, client="acme-write")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@holds("9.22", "9.14")
def test_statistics_of_another_tenants_campaign_are_forbidden(platform: Caller) -> None:
    answer = ask(platform, "BULK-1")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@holds("9.22")
def test_statistics_of_an_unknown_campaign_are_not_found(platform: Caller) -> None:
    answer = ask(platform, "NO-SUCH")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@holds("9.22")
def test_unknown_campaign_is_told_before_a_faulty_parameter(platform: Caller) -> None:
    assert ask(platform, "NO-SUCH", "from=x").status_code == 404
    assert ask(platform, "BULK-1", "from=x").status_code == 403


@holds("9.22")
@pytest.mark.parametrize("campaign", ["CMP-LOCKED", "CMP-ARCHIVED", "CMP-PAUSED", "CMP-STOPPED"])
def test_statistics_can_be_read_whatever_the_campaigns_state(platform: Caller, campaign: str) -> None:
    assert ask(platform, campaign).status_code == 200


@holds("9.22")
@pytest.mark.parametrize("path", [ONE, ALL])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_statistics_are_for_reading_only(platform: Caller, path: str, method: str) -> None:
    answer = platform.send(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
