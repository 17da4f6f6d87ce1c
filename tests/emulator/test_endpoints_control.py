"""The rows of the control surface: where it lies, who reaches it, and what each of its orders does."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.emulator.blocks import CAMPAIGNS, OUTBOUND, PREDICTIVE, RULES, accepted, same_instant
from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds


def own_addresses() -> list[str]:
    """Return this machine's addresses that are not loopback ones."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing, only chooses the address that would be used
        found.add(str(probe.getsockname()[0]))
    return sorted(address for address in found if not address.startswith("127."))


@holds("3.24")
@pytest.mark.parametrize("path", ["/clock", "/journal", "/faults", "/deliveries", "/campaigns/CMP-ACTIVE"])
def test_control_surface_asks_for_no_token(platform: Caller, path: str) -> None:
    assert platform.get(f"/_emulator{path}", client=None).status_code == 200


@holds("3.24")
def test_control_surface_does_not_mind_a_bad_token(platform: Caller) -> None:
    headers = {"Authorization": "Bearer nobody"}
    assert platform.get("/_emulator/clock", client=None, headers=headers).status_code == 200


@holds("3.25")
def test_control_surface_cannot_be_reached_from_another_address(platform: Caller) -> None:
    port = urlsplit(platform.url).port
    for address in own_addresses():
        try:
            answer = httpx2.get(f"http://{address}:{port}/_emulator/clock", trust_env=False)
        except httpx2.ConnectError:
            continue
        assert answer.status_code == 403, address
    assert urlsplit(platform.url).hostname in ("127.0.0.1", "localhost", "::1")


@holds("3.26")
def test_clock_tells_now_and_speed(platform: Caller) -> None:
    clock = platform.control("GET", "/clock")
    assert set(clock) == {"now", "speed"}
    assert same_instant(clock["now"], START)
    assert clock["speed"] == 0


@holds("3.27")
@pytest.mark.parametrize("now", ["2027-01-02T03:04:05Z", "2027-01-02T03:04:05.123456789Z", "2025-12-31T23:59:59.5Z"])
def test_clock_can_be_set(platform: Caller, now: str) -> None:
    assert same_instant(platform.control("PUT", "/clock", {"now": now})["now"], now)
    assert same_instant(platform.control("GET", "/clock")["now"], now)


@holds("3.27")
def test_speed_of_the_clock_can_be_set(platform: Caller) -> None:
    assert platform.control("PUT", "/clock", {"speed": 2.5})["speed"] == 2.5
    assert platform.control("GET", "/clock")["speed"] == 2.5
    assert platform.control("PUT", "/clock", {"speed": 0})["speed"] == 0


@holds("3.28")
def test_control_surface_locks_and_unlocks(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", locked=True)
    answer = platform.status("CMP-ACTIVE", "PAUSED")
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    platform.arrange("CMP-ACTIVE", locked=False)
    assert platform.status("CMP-ACTIVE", "PAUSED").status_code == 200


@holds("3.28")
def test_control_surface_takes_the_platform_word_for_a_lock(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", isLocked=True)
    assert platform.campaign("CMP-ACTIVE")["isLocked"] is True


@holds("3.29")
@pytest.mark.parametrize("change", [{"archived": True}, {"status": "ARCHIVED"}])
def test_control_surface_archives(platform: Caller, change: dict[str, Any]) -> None:
    platform.arrange("CMP-PAUSED", **change)
    assert platform.campaign("CMP-PAUSED")["status"] == "ARCHIVED"
    assert platform.status("CMP-PAUSED", "ACTIVE").status_code == 403


@holds("3.30")
@pytest.mark.parametrize("word", ["agents", "activeAgents"])
def test_control_surface_sets_the_agents(platform: Caller, word: str) -> None:
    platform.arrange("CMP-ACTIVE", **{word: 12})
    assert platform.campaign("CMP-ACTIVE")["activeAgents"] == 12
    assert platform.control("GET", "/campaigns/CMP-ACTIVE")["agents"] == 12


@holds("3.31")
def test_control_surface_sets_the_calls_in_flight(platform: Caller) -> None:
    calls = [{"state": state, "secondsLeft": 20} for state in ("ringing", "ringing", "waiting", "connected")]
    seen = platform.arrange("CMP-ACTIVE", callsInFlight=calls)
    assert len(seen["callsInFlight"]) == 4
    live = accepted(platform.get(f"{CAMPAIGNS}/CMP-ACTIVE/statistics"))["live"]
    assert (live["callsRinging"], live["callsWaiting"], live["callsConnected"]) == (2, 1, 1)


@holds("3.31")
def test_calls_in_flight_that_are_set_replace_the_others(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": "connected", "secondsLeft": 60}])
    assert platform.arrange("CMP-ACTIVE", callsInFlight=[])["callsInFlight"] == []
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True


@holds("3.32")
def test_control_surface_sets_the_live_counts(platform: Caller) -> None:
    counts = {"agentsAvailable": 3, "agentsTalking": 4, "agentsWrapUp": 5, "agentsUnavailable": 6}
    platform.arrange("CMP-ACTIVE", live=counts)
    live = accepted(platform.get(f"{CAMPAIGNS}/CMP-ACTIVE/statistics"))["live"]
    assert {name: live[name] for name in counts} == counts


@holds("3.33")
def test_control_surface_makes_a_campaign(platform: Caller) -> None:
    made = {"id": "NEW-1", "name": "New", "status": "ACTIVE", "revision": 17, "agents": 4, "tenant": "acme"}
    blocks = {"dialingRules": RULES, "predictiveDialer": PREDICTIVE}
    platform.control("POST", "/campaigns", {**made, **blocks})
    seen = platform.campaign("NEW-1")
    assert (seen["name"], seen["status"], seen["revision"], seen["activeAgents"]) == ("New", "ACTIVE", 17, 4)
    assert {block: seen[block] for block in blocks} == blocks


@holds("3.33")
def test_campaign_made_of_an_id_alone_is_stopped_at_its_first_revision(platform: Caller) -> None:
    platform.control("POST", "/campaigns", {"id": "NEW-2"})
    seen = platform.campaign("NEW-2")
    assert (seen["status"], seen["revision"], seen["isLocked"], seen["activeAgents"]) == ("STOPPED", 1, False, 0)
    assert seen["transitionTime"] is None


@holds("3.33")
def test_campaign_is_made_once(platform: Caller) -> None:
    answer = platform.post("/_emulator/campaigns", {"id": "CMP-ACTIVE"}, client=None)
    assert answer.status_code == 409
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("3.34", "3.35")
def test_ordered_fault_acts_and_can_be_taken_away(platform: Caller) -> None:
    platform.order("status", status=503, path=f"{OUTBOUND}/*", times=None)
    assert platform.get(f"{OUTBOUND}/CMP-ACTIVE").status_code == 503
    assert platform.control("GET", "/faults")["faults"][0]["acted"] == 1
    assert platform.delete("/_emulator/faults", client=None).status_code == 204
    assert platform.control("GET", "/faults") == {"faults": []}
    assert platform.get(f"{OUTBOUND}/CMP-ACTIVE").status_code == 200


@holds("3.35")
def test_one_fault_can_be_taken_away(platform: Caller) -> None:
    gone = platform.order("status", status=500, times=None)
    stays = platform.order("status", status=502, times=None)
    assert platform.delete(f"/_emulator/faults/{gone}", client=None).status_code == 204
    assert [fault["id"] for fault in platform.control("GET", "/faults")["faults"]] == [stays]


@holds("3.36")
def test_journal_tells_what_was_asked_and_answered(platform: Caller) -> None:
    platform.token()
    before = platform.journal()
    platform.get(f"{OUTBOUND}/CMP-ACTIVE")
    platform.get(f"{OUTBOUND}/NOPE")
    platform.status("CMP-ACTIVE", "ACTIVE")
    journal = platform.journal()
    assert journal["total"] == before["total"] + 3
    told = [(entry["client"], entry["method"], entry["path"], entry["status"]) for entry in journal["entries"][-3:]]
    assert told == [
        ("acme-all", "GET", f"{OUTBOUND}/CMP-ACTIVE", 200),
        ("acme-all", "GET", f"{OUTBOUND}/NOPE", 404),
        ("acme-all", "PATCH", f"{OUTBOUND}/CMP-ACTIVE", 409),
    ]
    assert all(same_instant(entry["at"], START) for entry in journal["entries"])


@holds("3.36")
def test_journal_counts_by_status(platform: Caller) -> None:
    platform.token()
    before = platform.journal()["by_status"]
    for path in ("CMP-ACTIVE", "CMP-FULL", "NOPE"):
        platform.get(f"{OUTBOUND}/{path}")
    journal = platform.journal()
    assert journal["by_status"]["200"] == before.get("200", 0) + 2
    assert journal["by_status"]["404"] == before.get("404", 0) + 1
    assert sum(journal["by_status"].values()) == journal["total"]


@holds("3.37")
def test_reset_puts_everything_back(platform: Caller) -> None:
    before = platform.campaign("CMP-ACTIVE")
    old = platform.token()
    platform.status("CMP-ACTIVE", "STOPPED")
    platform.control("POST", "/campaigns", {"id": "NEW-3"})
    platform.order("status", status=503, times=None)
    platform.advance(1000)
    platform.reset()
    assert same_instant(platform.control("GET", "/clock")["now"], START)
    assert platform.control("GET", "/faults") == {"faults": []}
    assert platform.journal()["total"] == 0
    assert (
        platform.get(f"{OUTBOUND}/CMP-ACTIVE", client=None, headers={"Authorization": f"Bearer {old}"}).status_code
        == 401
    )
    assert platform.campaign("CMP-ACTIVE") == before
    assert platform.get(f"{OUTBOUND}/NEW-3").status_code == 404
