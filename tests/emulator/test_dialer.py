"""The dialer as clients and the control surface see it: statistics, drains, weights, hands, and the state on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import paceline.emulator
from paceline.emulator.clock import PlatformClock
from paceline.emulator.keeper import Options
from paceline.emulator.messages import Request
from paceline.emulator.platform import Platform
from paceline.primitives.clock import ManualClock
from tests.emulator.blocks import CAMPAIGNS, OUTBOUND, accepted
from tests.emulator.caller import Caller
from tests.emulator.documents import pacing, rules, schedule, weights
from tests.emulator.holds import holds
from tests.emulator.serving import Served, serving
from tests.emulator.tenants_files import CLIENT, PACING, RULES, SCHEDULE, SCOPES, TENANT, document

C = "C-1"
ONE = {"client": "one-all"}
LIMIT = ("requests_per_minute = 1000000",)
OWN = (*CLIENT[:2], SCOPES, "token_lifetime_s = 1000000000")
STAFFED = ('id = "C-1"', 'status = "ACTIVE"', "agents = 20", RULES, PACING)
SUMS = ("dials", "connects", "abandons", "machines", "noAnswers", "busies", "rightPartyConnects")


def text(*lines: str, campaign: tuple[str, ...] = STAFFED) -> str:
    return document(tenant=(*TENANT, *LIMIT), client=OWN, campaign=(*campaign, *lines))


@pytest.fixture
def start(launch: Callable[..., Caller], tmp_path: Path) -> Callable[..., Caller]:
    """Start an emulator with one campaign of 20 agents, these lines in its entry."""

    def begin(*lines: str, campaign: tuple[str, ...] = STAFFED) -> Caller:
        path = tmp_path / "tenants.toml"
        path.write_text(text(*lines, campaign=campaign), encoding="utf-8")
        return launch(tenants=path)

    return begin


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    with serving() as make:
        yield make


def measured(platform: Caller, *query: str) -> dict[str, Any]:
    return accepted(platform.get(f"{CAMPAIGNS}/{C}/statistics?{'&'.join(query)}", **ONE))


def seen(platform: Caller) -> dict[str, Any]:
    return platform.campaign(C, **ONE)


def ask(platform: Caller, **wanted: Any) -> dict[str, Any]:
    return accepted(platform.patch(f"{OUTBOUND}/{C}", wanted, **ONE))


def test_nothing_is_dialled_while_the_clock_stands_still(start: Callable[..., Caller]) -> None:
    platform = start()
    assert measured(platform)["dials"] == seen(platform)["totalCallsAttempted"] == 0
    assert measured(platform)["live"]["agentsAvailable"] == 20


@holds("8.13", "9.01", "9.03", "9.04", "9.06", "9.07", "9.08", "9.09", "9.10", "9.11")
def test_active_campaign_dials_as_time_goes_by(start: Callable[..., Caller]) -> None:
    platform = start()
    platform.advance(1800)
    told, campaign = measured(platform, "bucket=minute"), seen(platform)
    live, seconds = told["live"], told["agentSeconds"]
    assert told["connects"] > 50
    assert campaign["totalCallsAttempted"] == told["dials"]
    settled = sum(told[name] for name in ("connects", "machines", "noAnswers", "busies"))
    assert told["dials"] == settled + live["callsRinging"]
    assert (campaign["revision"], campaign["queueDrained"], campaign["activeAgents"]) == (1, False, 20)
    assert live["agentsTalking"] == live["callsConnected"] > 0
    assert live["agentsAvailable"] + live["agentsTalking"] + live["agentsWrapUp"] == 20
    assert seconds["staffed"] == seconds["talk"] + seconds["wrap"] + seconds["idle"]
    assert 20 * 1800 - 3 <= seconds["staffed"] <= 20 * 1800
    records = told["records"]
    assert records["total"] == records["dialable"] + records["exhausted"] == 20_000
    assert records["exhausted"] >= told["connects"]


@holds("9.13")
def test_minutes_sum_to_the_totals(start: Callable[..., Caller]) -> None:
    platform = start()
    platform.advance(1234.5)
    told = measured(platform, "bucket=minute")
    assert {name: sum(one[name] for one in told["buckets"]) for name in SUMS} == {name: told[name] for name in SUMS}
    for name, seconds in told["agentSeconds"].items():
        assert seconds == sum(one["agentSeconds"][name] for one in told["buckets"])
    alone = measured(platform)
    assert {name: alone[name] for name in SUMS} == {name: told[name] for name in SUMS}


def test_day_is_the_same_at_once_by_pieces_and_whoever_looks(start: Callable[..., Caller]) -> None:
    found = []
    for pieces in ([7200], [60] * 120, [0.5, 3.25, 1000, 6196.25]):
        platform = start()
        for seconds in pieces:
            platform.advance(seconds)
            if len(pieces) == 4:
                seen(platform)
        found.append((measured(platform, "bucket=minute"), platform.control("GET", f"/campaigns/{C}")))
    assert found[0] == found[1] == found[2]


@holds("4.66", "4.68", "4.69")
def test_finishing_stop_drains_while_calls_end_by_themselves(start: Callable[..., Caller]) -> None:
    platform = start()
    platform.advance(900)
    stopped = ask(platform, status="STOPPED")
    assert (stopped["queueDrained"], stopped["activeAgents"]) == (False, 0)
    for _ in range(60):
        platform.advance(60)
        live = measured(platform)["live"]
        calls = live["callsRinging"] + live["callsWaiting"] + live["callsConnected"]
        assert seen(platform)["queueDrained"] is (calls == 0)
    after = seen(platform)
    assert (after["queueDrained"], after["revision"]) == (True, 2)
    assert after["totalCallsAttempted"] == stopped["totalCallsAttempted"]
    assert set(measured(platform)["live"].values()) == {0}


@holds("4.70", "4.71", "9.05")
def test_dropping_pause_cuts_what_rings_and_abandons_who_waits(start: Callable[..., Caller]) -> None:
    platform = start("dialer = { answerRate = 0.9, patienceSeconds = 60 }")
    platform.advance(120)
    while not measured(platform)["live"]["callsWaiting"]:
        platform.advance(5)
    before = measured(platform)
    paused = ask(platform, status="PAUSED", drainQueue=False)
    after = measured(platform)
    assert after["abandons"] == before["abandons"] + before["live"]["callsWaiting"]
    assert after["noAnswers"] == before["noAnswers"] + before["live"]["callsRinging"]
    assert after["live"] == {**before["live"], "callsRinging": 0, "callsWaiting": 0, "agentsUnavailable": 0,
                             "agentsAvailable": 0}  # fmt: skip
    assert paused["queueDrained"] is False
    platform.advance(7200)
    assert seen(platform)["queueDrained"] is True
    resumed = ask(platform, status="ACTIVE")
    platform.advance(600)
    assert seen(platform)["totalCallsAttempted"] > resumed["totalCallsAttempted"]


def test_transition_for_later_stops_the_dialer_at_its_instant(start: Callable[..., Caller]) -> None:
    one, other = start(), start()
    ask(one, status="STOPPED", effectiveTime="2026-06-15T12:10:00Z")
    one.advance(3600)
    other.advance(600)
    ask(other, status="STOPPED")
    other.advance(3000)
    assert measured(one) == measured(other)


def test_campaign_that_was_never_told_how_to_dial_dials_nothing(start: Callable[..., Caller]) -> None:
    platform = start(campaign=('id = "C-1"', 'status = "ACTIVE"', "agents = 20"))
    platform.advance(3600)
    assert (seen(platform)["totalCallsAttempted"], seen(platform)["activeAgents"]) == (0, 20)
    ask(platform, dialingRules=rules())
    platform.advance(3600)
    assert seen(platform)["totalCallsAttempted"] > 0


def test_campaign_without_agents_dials_nothing_until_it_has_some(start: Callable[..., Caller]) -> None:
    platform = start(campaign=('id = "C-1"', 'status = "ACTIVE"', RULES))
    platform.advance(3600)
    assert seen(platform)["totalCallsAttempted"] == 0
    platform.arrange(C, agents=3)
    platform.advance(3600)
    assert measured(platform)["agentSeconds"]["staffed"] == pytest.approx(3 * 3600, abs=3)
    assert seen(platform)["totalCallsAttempted"] > 0


def test_schedule_lets_dial_inside_its_windows_only(start: Callable[..., Caller]) -> None:
    platform = start(SCHEDULE.replace('"09:00:00"', '"14:30:00"').replace('"12:00:00"', '"15:00:00"'))
    platform.advance(8 * 3600)  # 14:00 in Berlin when it begins
    minutes = [one["minute"] for one in measured(platform, "bucket=minute")["buckets"] if one["dials"]]
    assert (minutes[0], minutes[-1], len(minutes)) == ("2026-06-15T12:30:00Z", "2026-06-15T12:59:00Z", 30)
    moved = schedule(C, timezone="UTC", timeWindows=[{"dayOfWeek": "MONDAY", "startTime": "20:10:00",
                                                      "endTime": "20:15:00"}])  # fmt: skip
    accepted(platform.put(f"{CAMPAIGNS}/{C}/schedule", moved, headers={"If-Match": 'W/"1"'}, **ONE))
    platform.advance(3600)
    minutes = [one["minute"] for one in measured(platform, "bucket=minute")["buckets"] if one["dials"]]
    assert minutes[30:] == [f"2026-06-15T20:1{number}:00Z" for number in range(5)]


def abandonment(platform: Caller) -> float:
    told = measured(platform)
    return float(told["abandons"] / told["connects"])


@holds("9.01")
def test_wrong_belief_does_harm(start: Callable[..., Caller]) -> None:
    free = rules(
        dialingMethod="PREDICTIVE", maxCallsPerAgent=10, abandonmentRateThreshold={"maxRate": 0.05, "coolDownSec": 0}
    )
    rates = []
    for belief in (0.9, 0.4):
        platform = start("dialer = { answerRate = 0.6 }")
        ask(platform, dialingRules=free, predictiveDialer=pacing(answerRate=belief, abandonRate=0.01))
        platform.advance(2 * 3600)
        rates.append(abandonment(platform))
    assert rates[1] > 2 * rates[0] > 0


def test_weights_act_as_relative_changes_unless_tuning_is_switched_off(start: Callable[..., Caller]) -> None:
    half = {"algorithmId": "a", "parameterWeights": {"max_concurrent": -0.8}, "validationSplit": 0.2,
            "maxDeviationLimit": 0.5, "convergenceThreshold": 0.01}  # fmt: skip
    most = []
    for tuning in (True, False):
        platform = start()
        on = {"enablePredictiveTuning": tuning, "simulationTrigger": "manual", "driftProtection": False}
        body = weights(C, predictiveDialerSettings=half, configuration=on)
        accepted(platform.put(f"{OUTBOUND}/{C}", body, **ONE))
        calls = []
        for _ in range(30):
            platform.advance(30)
            live = measured(platform)["live"]
            calls.append(live["callsRinging"] + live["callsWaiting"] + live["callsConnected"])
        most.append(max(calls))
    assert most[0] == 10  # a fifth of 50
    assert most[1] > 10


def test_answer_rate_moved_from_behind_moves_what_is_measured(start: Callable[..., Caller]) -> None:
    platform = start("dialer = { answerRate = 0.2 }")
    platform.advance(3600)
    before = measured(platform)
    assert platform.arrange(C, dialer={"answerRate": 0.6})["revision"] == 1
    platform.advance(3600)
    after = measured(platform)
    dials, connects = (after[name] - before[name] for name in ("dials", "connects"))
    assert before["connects"] / before["dials"] == pytest.approx(0.2, abs=0.06)
    assert connects / dials == pytest.approx(0.6, abs=0.06)


@pytest.mark.parametrize(
    "set_by_hand",
    [{"callsInFlight": 2}, {"live": {"agentsTalking": 1}}, {"statistics": {"dials": 3}},
     {"records": {"total": 5, "dialable": 5, "exhausted": 0}}],
)  # fmt: skip
def test_dialer_stands_aside_for_what_somebody_sets(start: Callable[..., Caller], set_by_hand: dict[str, Any]) -> None:
    platform = start()
    platform.advance(600)
    platform.arrange(C, **set_by_hand)
    before = measured(platform)
    platform.advance(600)
    after = measured(platform)
    assert {name: after[name] for name in (*SUMS, "live", "records")} == {
        name: before[name] for name in (*SUMS, "live", "records")
    }
    platform.arrange(C, dialer={"running": True})
    platform.advance(600)
    assert measured(platform)["dials"] > after["dials"]
    assert measured(platform)["records"]["total"] == 20_000


def test_dialer_cannot_be_started_and_overruled_at_once(start: Callable[..., Caller]) -> None:
    platform = start()
    body = {"dialer": {"running": True}, "callsInFlight": 1}
    answer = platform.patch(f"/_emulator/campaigns/{C}", body, client=None)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "callsInFlight")


def test_killed_emulator_goes_on_where_its_dialers_were(
    serve: Callable[..., Served], start: Callable[..., Caller], tmp_path: Path
) -> None:
    whole = start()
    killed = serve(tmp_path / "state.db", tenants=tmp_path / "tenants.toml")
    caller = killed.start()
    for platform in (whole, caller):
        platform.advance(700)
        ask(platform, predictiveDialer=pacing(answerRate=0.5))
        platform.advance(300)
        seen(platform)
    assert measured(whole) == measured(caller)
    caller = killed.again()
    assert measured(whole, "bucket=minute") == measured(caller, "bucket=minute")
    for platform in (whole, caller):
        platform.advance(3000)
    assert measured(whole, "bucket=minute") == measured(caller, "bucket=minute")


def test_dialers_carried_on_between_requests_tell_the_same() -> None:
    told = []
    for looks in (False, True):
        machine = ManualClock(1_781_524_800 * 10**9)
        platform = Platform(text(), PlatformClock(machine, at=machine.wall_ns(), speed=60.0), Options(seed=3))
        machine.advance(150)
        if looks:
            assert platform.dialled_campaigns() == [C]
            assert [platform.keep_dialer_up(C) for _ in range(3)] == [True, True, False]  # two hours and a half
        reply = platform.handle(Request("GET", f"/_emulator/campaigns/{C}"))
        assert reply.answer is not None
        told.append(reply.answer)
    assert told[0] == told[1]
    assert json.loads(told[0].body)["totalCallsAttempted"] > 0


def test_sixty_campaigns_dial_beside_each_other() -> None:
    machine = ManualClock(1_781_524_800 * 10**9)
    tenants = text()
    for number in range(60):
        entry = text().partition("[[tenants.campaigns]]")[2].replace("C-1", f"M-{number}")
        tenants += f"\n[[tenants.campaigns]]{entry}"
    platform = Platform(tenants, PlatformClock(machine, at=machine.wall_ns(), speed=60.0), Options(seed=3))
    machine.advance(5)
    dials = set()
    for number in range(60):
        reply = platform.handle(Request("GET", f"/_emulator/campaigns/M-{number}"))
        assert reply.answer is not None
        dials.add(json.loads(reply.answer.body)["totalCallsAttempted"])
    assert min(dials) > 0
    assert len(dials) > 10  # each has chances of its own


def test_clock_set_back_lets_nothing_happen_twice(start: Callable[..., Caller]) -> None:
    platform = start()
    platform.advance(1800)
    before = seen(platform)["totalCallsAttempted"]
    platform.set_now("2026-06-15T12:10:00Z")
    platform.advance(1200)
    assert seen(platform)["totalCallsAttempted"] == before
    platform.advance(60)
    assert seen(platform)["totalCallsAttempted"] > before


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("dialer = { speed = 1 }", "dialer.speed"),
        ("dialer = { answerRate = 1.2 }", "dialer.answerRate"),
        ("dialer = { staffing = [1.0, 0.5] }", "dialer.staffing"),
        ("dialer = { machineShare = 0.6, busyShare = 0.5 }", "dialer.busyShare"),
        ('dialer = { timezone = "EST" }', "dialer.timezone"),
        ("dialer = { talkSeconds = 0 }", "dialer.talkSeconds"),
    ],
)
def test_world_out_of_its_bounds_is_refused_at_the_start(start: Callable[..., Caller], line: str, field: str) -> None:
    with pytest.raises(Exception, match=f"campaigns\\[0\\].{field.replace('.', '[.]')}"):
        start(line)


def test_demo_tenant_has_a_day(launch: Callable[..., Caller]) -> None:
    platform = launch(tenants=Path(paceline.emulator.__file__).with_name("demo.toml"))
    platform.advance(14 * 3600)
    platform.tokens.clear()
    answer = platform.get(f"{CAMPAIGNS}/CMP-12345/statistics?bucket=minute", client="demo-client")
    told = accepted(answer)
    by_minute = {one["minute"][11:16]: one for one in told["buckets"]}
    assert by_minute["15:00"]["agentSeconds"]["staffed"] > by_minute["19:30"]["agentSeconds"]["staffed"]
    assert told["records"]["exhausted"] > 0
    assert told["connects"] > 3000
