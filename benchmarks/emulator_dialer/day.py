"""An eight-hour day of 50 agents in the running emulator, read through the contract, beside `paceline simulate` of it.

Twenty-four campaigns that are alike dial at the same time, each with its own chance: they are the days. The emulator
shares no code with the simulation.
"""

from __future__ import annotations

import json
import math
import sys
import threading
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np

from paceline.inference.quantiles import normal_quantile, t_quantile
from paceline.simulation.engine import simulate
from paceline.simulation.reading import read_scenario
from paceline.simulation.result import Measured, Result, measured
from paceline.testing import RunningEmulator, running_emulator

CAMPAIGNS, SIMULATED_DAYS, SPEED = 24, 400, 2880.0
DAY_S = 8 * 3600
START, END = "2026-06-15T12:00:00Z", "2026-06-15T20:00:00Z"
LOOK_EVERY_S = 0.25
MEASURES = ("utilisation", "abandonment", "connects_per_agent_hour", "answers per dial", "dials per day")
SCENARIO = """
[agents]
count = 50
[talk]
distribution = "lognormal"
mean_s = 155
[wrap]
distribution = "lognormal"
mean_s = 25
cv = 0.6
[answer]
probability = 0.3
distribution = "lognormal"
cv = 0.4
ring_answered_s = 10
ring_unanswered_s = { distribution = "deterministic", mean_s = 25 }
[unanswered]
machine = 0.3
busy = 0.05
busy_s = 2
[patience]
seconds = 2
[lines]
cap = 150
calls_per_s = 20
[pacing]
policy = "idle_lines"
lines_per_idle = 3.55
tick_s = 0.05
"""
"""What the campaigns below are, in the words of the simulation: g(0.0092) / 0.40 = 3.55 lines for each idle agent.

A look each 50 ms that places one call at most is told as that tick and 20 dials a second.
"""
TENANT = """
[[tenants]]
id = "bench"
requests_per_minute = 100000
[[tenants.clients]]
id = "bench"
secret = "bench"
token_lifetime_s = 86400
scopes = ["Campaign.ReadWrite", "campaign:read", "outbound:campaign:read"]
"""
CAMPAIGN = """
[[tenants.campaigns]]
id = "DAY-{number:02}"
status = "ACTIVE"
agents = 50
[tenants.campaigns.predictiveDialer]
answerRate = 0.40
abandonRate = 0.0092
maxConcurrentCalls = 150
callInterval = 50
strategy = "predictive"
warmUpPeriod = 0
[tenants.campaigns.dialer]
records = 10000000
answerRate = 0.3
machineShare = 0.3
busyShare = 0.05
ringSeconds = 10
ringVariation = 0.4
noAnswerSeconds = 25
talkSeconds = 155
talkVariation = 1
wrapSeconds = 25
wrapVariation = 0.6
patienceSeconds = 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One measure, from both sides.

    Attributes:
        name: one of `MEASURES`.
        emulated: over the campaigns.
        simulated: over the simulated days.
        z: their difference in standard errors.
    """

    name: str
    emulated: Measured
    simulated: Measured
    z: float


def emulated_days(campaigns: int = CAMPAIGNS, *, speed: float = SPEED) -> list[dict[str, Any]]:
    """Return what the contract tells of each campaign's day.

    Args:
        campaigns: how many dial at the same time.
        speed: seconds of the platform in a second; 0 moves its clock by the whole day at once.
    """
    tenants = TENANT + "".join(CAMPAIGN.format(number=number) for number in range(campaigns))
    with running_emulator(tenants, now=START, speed=speed, seed=11) as emulator, _client(emulator) as client:
        if speed == 0:
            client.put("/_emulator/clock", json={"advanceSeconds": DAY_S}).raise_for_status()
        while True:
            told = client.get("/api/v2/campaigns/statistics", params={"from": START, "to": END})
            told.raise_for_status()
            document: dict[str, Any] = told.json()
            if document["serverTime"] >= END:
                days: list[dict[str, Any]] = document["campaigns"]
                return days
            threading.Event().wait(LOOK_EVERY_S)


def compared(days: list[dict[str, Any]], simulated: Result) -> list[Compared]:
    """Return every measure of emulated days beside that of simulated ones."""
    agents = [one["agentSeconds"] for one in days]
    rows = {name: np.array([one[name] for one in days], dtype=np.float64) for name in ("dials", "connects", "abandons")}
    staffed = np.array([one["staffed"] for one in agents], dtype=np.float64)
    busy = np.array([one["talk"] + one["wrap"] for one in agents], dtype=np.float64)
    ours = _counts(simulated)
    theirs = {
        "utilisation": measured(busy, staffed),
        "abandonment": measured(rows["abandons"], rows["connects"]),
        "connects_per_agent_hour": measured(rows["connects"] - rows["abandons"], staffed / 3600),
        "answers per dial": measured(rows["connects"], rows["dials"]),
        "dials per day": measured(rows["dials"], np.ones(len(days))),
    }
    return [
        Compared(name=name, emulated=theirs[name], simulated=ours[name], z=_z(theirs[name], ours[name]))
        for name in MEASURES
    ]


def print_day() -> bool:
    """Print the comparison; return whether every measure agrees within error."""
    days = emulated_days()
    rows = compared(days, simulate(read_scenario(SCENARIO), seed=5, days=SIMULATED_DAYS, workers=2))
    bound = normal_quantile((1 + 0.99 ** (1 / len(rows))) / 2)  # Sidak: one false alarm in a hundred, all together
    sys.stdout.write(
        f"{len(days)} campaigns of 50 agents for 8 hours at {SPEED:,.0f} times the speed of the clock, beside "
        f"{SIMULATED_DAYS} simulated days; |z| at most {bound:.2f}.\n\n"
        "| measure | emulator | simulation | z |\n| --- | --- | --- | --- |\n"
    )
    for one in rows:
        sys.stdout.write(f"| {one.name} | {_told(one.emulated)} | {_told(one.simulated)} | {one.z:+.2f} |\n")
    return all(abs(one.z) <= bound for one in rows)


def _client(emulator: RunningEmulator) -> httpx2.Client:
    form = {"grant_type": "client_credentials", "client_id": "bench", "client_secret": "bench"}
    with httpx2.Client(base_url=emulator.url) as asked:
        token = json.loads(asked.post("/oauth/token", data=form).raise_for_status().text)["access_token"]
    return httpx2.Client(base_url=emulator.url, headers={"Authorization": f"Bearer {token}"}, timeout=60.0)


def _counts(simulated: Result) -> dict[str, Measured]:
    from paceline.simulation import counters as c

    tallies = simulated.tallies
    return {
        "utilisation": simulated.utilisation,
        "abandonment": simulated.abandonment,
        "connects_per_agent_hour": simulated.connects_per_agent_hour,
        "answers per dial": measured(tallies[:, c.ANSWERS], tallies[:, c.DIALS]),
        "dials per day": measured(tallies[:, c.DIALS], np.ones(simulated.days)),
    }


def _z(one: Measured, other: Measured) -> float:
    return (one.mean - other.mean) / math.hypot(_error(one), _error(other))


def _error(found: Measured) -> float:
    """Return the standard error that an interval was made from."""
    assert found.half_width is not None
    return found.half_width / t_quantile(0.975, found.n - 1)


def _told(found: Measured) -> str:
    form = ",.0f" if found.mean > 1000 else ".3f" if found.mean > 1 else ".4f"
    return f"{found.mean:{form}} +- {found.half_width or 0.0:{form}}"
