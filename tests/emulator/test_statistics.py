"""Measured statistics: which integers, over which minutes, for one campaign and for all of a tenant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds

ALL = "/api/v2/campaigns/statistics"
COUNTS = ["dials", "connects", "abandons", "machines", "noAnswers", "busies", "rightPartyConnects"]
SECONDS = ["talk", "wrap", "idle", "staffed"]
AGENTS = ["agentsAvailable", "agentsTalking", "agentsWrapUp", "agentsUnavailable"]
CALLS = ["callsRinging", "callsWaiting", "callsConnected"]
RECORDS = ["total", "dialable", "exhausted"]


def minute(number: int) -> str:
    """Return the start of a minute, counted from where the clock stands at the beginning."""
    return f"2026-06-15T{12 + number // 60:02}:{number % 60:02}:00Z"


def bucket(number: int, **values: int) -> dict[str, Any]:
    return {"minute": minute(number), **values}


def ask(platform: Caller, campaign: str, *query: str, client: str = "acme-all") -> httpx2.Response:
    """Read a campaign's statistics, query parameters as written."""
    return platform.get(f"/api/v2/campaigns/{campaign}/statistics?{'&'.join(query)}", client=client)


def read(platform: Caller, campaign: str, *query: str, client: str = "acme-all") -> dict[str, Any]:
    answer = ask(platform, campaign, *query, client=client)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def numbers(document: Any) -> Iterator[Any]:
    """Yield every leaf that is neither text nor null."""
    if isinstance(document, dict):
        for value in document.values():
            yield from numbers(value)
    elif isinstance(document, list):
        for value in document:
            yield from numbers(value)
    elif document is not None and not isinstance(document, str):
        yield document


@holds("9.03", "9.04", "9.05", "9.06", "9.07", "9.08", "9.09", "9.10", "9.11", "9.12", "9.02", "9.18")
def test_campaign_without_any_traffic_is_all_zeros(platform: Caller) -> None:
    document = read(platform, "CMP-STOPPED")
    assert [document[name] for name in COUNTS] == [0] * 7
    assert document["agentSeconds"] == dict.fromkeys(SECONDS, 0)
    assert document["live"] == dict.fromkeys(AGENTS + CALLS, 0)
    assert document["records"] == dict.fromkeys(RECORDS, 0)
    assert document["serverTime"] == START
    known = {*COUNTS, "agentSeconds", "live", "records", "serverTime"}
    assert set(document) - {"campaignId", "from", "to"} == known
    assert all(type(value) is int for value in numbers(document))


@holds("9.01", "9.03", "9.04", "9.05", "9.06", "9.07", "9.08", "9.02")
def test_counts_and_seconds_are_those_that_were_set(platform: Caller) -> None:
    values = {name: 10 + place for place, name in enumerate(COUNTS + SECONDS)}
    platform.arrange("CMP-ACTIVE", statistics=[bucket(0, **values)])
    platform.advance(60)
    document = read(platform, "CMP-ACTIVE")
    assert {name: document[name] for name in COUNTS} == {name: values[name] for name in COUNTS}
    assert document["agentSeconds"] == {name: values[name] for name in SECONDS}
    assert all(type(value) is int for value in numbers(document))


@holds("9.09", "9.02")
def test_live_agents_are_those_that_were_set(platform: Caller) -> None:
    live = {name: place + 1 for place, name in enumerate(AGENTS)}
    platform.arrange("CMP-ACTIVE", live=live)
    document = read(platform, "CMP-ACTIVE")
    assert document["live"] == {**live, **dict.fromkeys(CALLS, 0)}


@holds("9.10")
def test_live_calls_are_counted_by_state_while_they_last(platform: Caller) -> None:
    calls = [("ringing", 10), ("ringing", 20), ("ringing", 20), ("waiting", 5), ("connected", 30), ("connected", 60)]
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": state, "secondsLeft": left} for state, left in calls])
    seen = []
    for seconds in (0, 5, 5, 15, 40):
        platform.advance(seconds)
        live = read(platform, "CMP-ACTIVE")["live"]
        seen.append([live[name] for name in CALLS])
    assert seen == [[3, 1, 2], [3, 0, 2], [2, 0, 2], [0, 0, 2], [0, 0, 0]]


@holds("9.11", "9.02")
def test_records_are_those_that_were_set(platform: Caller) -> None:
    records = {"total": 5000, "dialable": 1200, "exhausted": 3800}
    platform.arrange("CMP-ACTIVE", records=records)
    assert read(platform, "CMP-ACTIVE")["records"] == records


@holds("9.05")
def test_waiting_calls_dropped_by_a_stop_are_abandons_of_the_present_minute(platform: Caller) -> None:
    platform.advance(90)
    states = ["ringing", "waiting", "waiting", "connected"]
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": state, "secondsLeft": 600} for state in states])
    assert platform.status("CMP-ACTIVE", "STOPPED", drainQueue=False).status_code == 200
    document = read(platform, "CMP-ACTIVE", "bucket=minute")
    assert document["abandons"] == 2
    assert {one["minute"]: one["abandons"] for one in document["buckets"] if one["abandons"]} == {minute(1): 2}
    assert [document["live"][name] for name in CALLS] == [0, 0, 1]


@holds("9.12")
def test_server_time_is_the_platforms(platform: Caller) -> None:
    platform.set_now("2027-01-02T03:04:05Z")
    platform.tokens.clear()
    assert read(platform, "CMP-ACTIVE")["serverTime"] == "2027-01-02T03:04:05Z"
    assert platform.get(ALL).json()["serverTime"] == "2027-01-02T03:04:05Z"


@holds("9.13")
def test_there_are_no_buckets_unless_they_are_asked_for(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[bucket(0, dials=3)])
    platform.advance(60)
    assert "buckets" not in read(platform, "CMP-ACTIVE")


@holds("9.13", "9.02")
def test_buckets_tell_each_minute_with_the_same_integers(platform: Caller) -> None:
    first = {name: 3 + place for place, name in enumerate(COUNTS + SECONDS)}
    platform.arrange("CMP-ACTIVE", statistics=[bucket(0, **first), bucket(2, dials=9)])
    platform.advance(180)
    buckets = {one["minute"]: one for one in read(platform, "CMP-ACTIVE", "bucket=minute")["buckets"]}
    assert {minute(0), minute(2)} <= set(buckets) <= {minute(0), minute(1), minute(2)}
    assert buckets[minute(0)] == {
        "minute": minute(0),
        **{name: first[name] for name in COUNTS},
        "agentSeconds": {name: first[name] for name in SECONDS},
    }
    assert (buckets[minute(2)]["dials"], buckets[minute(2)]["connects"]) == (9, 0)
    assert all(type(value) is int for value in numbers(list(buckets.values())))


@holds("9.13")
def test_buckets_stand_in_the_order_of_time(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[bucket(2, dials=1), bucket(0, dials=1), bucket(1, dials=1)])
    platform.advance(300)
    minutes = [one["minute"] for one in read(platform, "CMP-ACTIVE", "bucket=minute")["buckets"]]
    assert minutes == sorted(minutes)
    assert set(minutes) >= {minute(0), minute(1), minute(2)}


@holds("9.01", "9.16")
def test_bucket_without_a_minute_is_the_present_one_and_counts_at_once(platform: Caller) -> None:
    platform.advance(59.5)
    platform.arrange("CMP-ACTIVE", statistics=[{"dials": 4}])
    document = read(platform, "CMP-ACTIVE", "bucket=minute")
    assert document["dials"] == 4
    assert {one["minute"]: one["dials"] for one in document["buckets"]} == {minute(0): 4}


@holds("9.16")
def test_minute_that_has_just_begun_counts_until_now(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[{"dials": 4}])
    assert read(platform, "CMP-ACTIVE")["dials"] == 4


@holds("9.01")
def test_bucket_set_again_replaces_its_minute_only(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[bucket(0, dials=4, connects=2), bucket(1, dials=10)])
    platform.arrange("CMP-ACTIVE", statistics=[bucket(0, dials=7)])
    platform.advance(120)
    document = read(platform, "CMP-ACTIVE")
    assert (document["dials"], document["connects"]) == (17, 0)


@holds("9.15", "9.16")
def test_without_from_and_to_everything_until_now_counts(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[bucket(number, dials=1) for number in range(10)])
    platform.advance(300)
    assert read(platform, "CMP-ACTIVE", f"from={minute(3)}", f"to={minute(9)}")["dials"] == 6
    assert read(platform, "CMP-ACTIVE", f"to={minute(4)}")["dials"] == 4
    platform.advance(30)
    assert read(platform, "CMP-ACTIVE")["dials"] == 6
    assert read(platform, "CMP-ACTIVE", f"from={minute(3)}")["dials"] == 3


@holds("9.19")
@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [
        (minute(1), minute(3), 0b0110),
        (minute(1), minute(2), 0b0010),
        (minute(1), minute(1), 0),
        ("2026-06-15T12:00:30Z", minute(2), 0b0010),
        (minute(0), "2026-06-15T12:01:00.001Z", 0b0011),
        ("2026-06-15T12:01:00.000000001Z", minute(3), 0b0100),
        ("2026-06-15T14:01:00%2B02:00", "2026-06-15T08:03:00-04:00", 0b0110),
    ],
)
def test_minute_counts_when_its_start_lies_in_the_interval(
    platform: Caller, since: str, until: str, counted: int
) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[bucket(number, dials=1 << number) for number in range(4)])
    platform.advance(600)
    assert read(platform, "CMP-ACTIVE", f"from={since}", f"to={until}")["dials"] == counted


@holds("9.19", "9.13", "9.14")
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.dictionaries(st.integers(0, 30), st.integers(0, 1000), max_size=12),
    edges=st.tuples(st.integers(-60, 40 * 60), st.integers(-60, 40 * 60)).map(sorted),
)
def test_totals_are_the_sum_of_the_minutes_between(platform: Caller, sent: dict[int, int], edges: list[int]) -> None:
    platform.reset()
    platform.arrange("BULK-1", statistics=[bucket(number, connects=count) for number, count in sent.items()])
    platform.advance(3000)
    since, until = edges
    query = [f"from={instant(since)}", f"to={instant(until)}", "bucket=minute"]
    document = read(platform, "BULK-1", *query, client="bulk-all")
    expected = {number: count for number, count in sent.items() if since <= number * 60 < until}
    assert document["connects"] == sum(expected.values())
    shown = {one["minute"]: one["connects"] for one in document["buckets"] if one["connects"]}
    assert shown == {minute(number): count for number, count in expected.items() if count}
    everyone = platform.get(f"{ALL}?{'&'.join(query)}", client="bulk-all").json()["campaigns"]
    assert {one["campaignId"]: one["connects"] for one in everyone}["BULK-1"] == sum(expected.values())


def instant(second: int) -> str:
    """Return a second, counted from where the clock stands at the beginning."""
    clock = 12 * 3600 + second
    return f"2026-06-15T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}Z"


# ---- all campaigns of the tenant


@holds("9.14", "9.21")
def test_one_request_tells_every_campaign_of_the_tenant(platform: Caller) -> None:
    answer = platform.get(ALL)
    assert answer.status_code == 200
    document = answer.json()
    assert set(document) - {"from", "to"} == {"campaigns", "serverTime"}
    assert document["serverTime"] == START
    assert sorted(one["campaignId"] for one in document["campaigns"]) == [
        "CMP-ACTIVE",
        "CMP-ARCHIVED",
        "CMP-FULL",
        "CMP-LOCKED",
        "CMP-PAUSED",
        "CMP-STOPPED",
    ]


@holds("9.14", "9.02")
def test_one_request_tells_the_same_as_one_for_each(platform: Caller) -> None:
    for place, campaign in enumerate(("BULK-1", "BULK-2", "BULK-3")):
        platform.arrange(
            campaign,
            statistics=[bucket(0, dials=place), bucket(1, dials=10 + place, talk=7)],
            live={"agentsAvailable": place},
            records={"total": place, "dialable": place, "exhausted": 0},
        )
    platform.advance(200)
    for query in ([], ["bucket=minute"], [f"from={minute(1)}", f"to={minute(2)}", "bucket=minute"]):
        everyone = platform.get(f"{ALL}?{'&'.join(query)}", client="bulk-all").json()
        assert len(everyone["campaigns"]) == 3
        assert all(type(value) is int for value in numbers(everyone))
        for one in everyone["campaigns"]:
            alone = read(platform, one["campaignId"], *query, client="bulk-all")
            shared = set(one) - {"campaignId", "serverTime"}
            assert {name: one[name] for name in shared} == {name: alone[name] for name in shared}
            assert shared >= {*COUNTS, "agentSeconds", "live", "records"}
            assert ("buckets" in one) == ("bucket=minute" in query)
