"""A campaign of the running emulator, its clock moved day by day, and a system that tunes it through the corridor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from paceline.bootstrap import Options, System
from paceline.bootstrap.twins import platform_material, twins_of
from paceline.bootstrap.watching import Watching
from paceline.campaign.evidence import NoEvidence
from paceline.campaign.observed import Observed
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Transport
from paceline.ledger.entry import Actor
from paceline.optimizer.tuner.told import TuneAsked, Tuned
from paceline.optimizer.tuner.tuner import tuned
from paceline.primitives.clock import MachineClock, computed_ns
from paceline.primitives.ids import TenantId, campaign_id
from paceline.storage.database import open_database
from paceline.testing import running_emulator
from paceline.twin.effort import Effort
from paceline.twin.fitting import fit_twin
from paceline.twin.kept import By
from paceline.twin.model import Twin
from paceline.twin.weighing import TwinWeigher, seed_of

START = datetime(2026, 1, 5, tzinfo=UTC)
OPENS, HOURS = 14, 8
"""The first hour of dialing, UTC, and how many: from 9 to 17 in Florida."""
SPLIT, CEILING = 0.7, 0.03
CAMPAIGN = campaign_id("CMP-12345")
TENANT = """
[[tenants]]
id = "bench"
requests_per_minute = 1000000
[[tenants.clients]]
id = "bench"
secret = "bench"
token_lifetime_s = 31536000
scopes = ["Campaign.ReadWrite", "outbound:campaign:simulate"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A campaign with weights that were badly set.

    Attributes:
        name: in a few words.
        planted: the weights that are live, 0 where not named.
        agents: agents.
        answer_rate: of dials, a fraction; of a day 5 % more or less.
        aim: of the pacing.
        before, after: days of dialing before and after it is tuned.
        seed: of everything.
        is_told: whether what was measured tells what bolder dialing would do.
    """

    name: str
    planted: dict[str, float]
    agents: int = 20
    answer_rate: float = 0.4
    aim: float = 0.003
    before: int = 20
    after: int = 10
    seed: int = 7
    is_told: bool = True

    def settings(self) -> dict[str, Any]:
        """Return the campaign in the emulator's words."""
        names = ("answer_rate", "call_rate", "predictive_factor", "max_concurrent", "agent_efficiency")
        return {
            "id": CAMPAIGN,
            "status": "ACTIVE",
            "agents": self.agents,
            "predictiveDialer": {
                "answerRate": max(self.answer_rate, 0.40),
                "abandonRate": self.aim,
                "maxConcurrentCalls": 150,
                "callInterval": 50,
                "strategy": "predictive",
                "warmUpPeriod": 0,
            },
            "predictiveDialerSettings": {
                "algorithmId": "predictive-v2",
                "parameterWeights": {name: self.planted.get(name, 0.0) for name in names},
                "validationSplit": SPLIT,
                "maxDeviationLimit": 0.5,
                "convergenceThreshold": 0.1,
            },
            "configuration": {"enablePredictiveTuning": True, "simulationTrigger": "manual", "driftProtection": True},
            "dialer": self.dialer(0),
        }

    def dialer(self, day: int) -> dict[str, Any]:
        """Return the emulator's table for a day."""
        chance = np.random.default_rng([self.seed, day])
        rate = self.answer_rate * math.exp(0.05 * float(chance.standard_normal()))
        open_hours = range(OPENS, OPENS + HOURS)
        return {
            "records": 10_000_000,
            "answerRate": [round(min(rate, 0.95), 6)] * 24,
            "staffing": [1.0 if hour in open_hours else 0.0 for hour in range(24)],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day came to by the platform's statistics: agents' time in seconds, and people."""

    busy_s: float
    staffed_s: float
    answered: int
    abandoned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What tuning a campaign came to.

    Attributes:
        tuned: what was found; words where nothing could be.
        outcome: of the change through the corridor; None where there was none.
        twin: with its standing.
        before, after: days.
        fit_s, tune_s: processor seconds.
        simulations: that the platform was asked for.
    """

    twin: Twin | None
    tuned: Tuned | str
    outcome: Outcome | None
    before: tuple[Day, ...]
    after: tuple[Day, ...]
    fit_s: float
    tune_s: float
    simulations: int


def came_of(world: World, folder: Path, *, effort: Effort | None = None) -> Came:
    """Return what days before and after are, and what was done between them."""
    with _system(world, folder) as (system, http):
        order = Order(actor=system.actor, reason="bench")
        told = {"purpose": "sales", "regions": ["US-FL"], "anchor": _text(START + timedelta(hours=OPENS))}
        system.facts.declare(CAMPAIGN, told, order)
        _days(http, world, 0, world.before)
        observed = system.survey.looked_at(CAMPAIGN).observed
        began = computed_ns()
        twin = fitted(system, seed=world.seed, effort=effort)
        fit_s = (computed_ns() - began) / 1e9
        found: Tuned | str = "no twin" if twin is None else _tuned(observed, twin)
        outcome = None
        if twin is not None and isinstance(found, Tuned) and found.changed:
            outcome = system.run(found.change(), reason="tuned on the twin")
        is_made = outcome is not None and outcome.word == "applied"
        if is_made:
            _days(http, world, world.before, world.before + world.after)
        return Came(
            twin=twin,
            tuned=found,
            outcome=outcome,
            before=_measured(system, range(world.before)),
            after=_measured(system, range(world.before, world.before + world.after)) if is_made else (),
            fit_s=fit_s,
            tune_s=found.cpu_s if isinstance(found, Tuned) else 0.0,
            simulations=_simulations(http),
        )


def fitted(system: System, *, seed: int, effort: Effort | None = None) -> Twin | None:
    """Return the twin of the platform's statistics, kept; None where there are too few."""
    material = platform_material(system, CAMPAIGN, seed=seed, effort=effort)
    found = material if isinstance(material, NoEvidence) else fit_twin(material, split=SPLIT, seed=seed)
    if isinstance(found, NoEvidence):
        return None
    return twins_of(system).keep(found, By(actor=system.actor, reason="bench"))


def _tuned(observed: Observed, twin: Twin) -> Tuned | str:
    asked = TuneAsked(observed=observed, twin=twin, ceiling=CEILING, seed=seed_of(twin))
    weigher = TwinWeigher(lambda _campaign: twin)
    lacking = weigher.at_hand(CAMPAIGN, split=None)
    return lacking.why if lacking is not None else tuned(asked, weigher)


@contextmanager
def _system(world: World, folder: Path) -> Iterator[tuple[System, httpx2.Client]]:
    clock = MachineClock()
    with (
        running_emulator(TENANT, now=_text(START), speed=0.0, seed=world.seed) as emulator,
        httpx2.Client(base_url=f"{emulator.url}/_emulator", trust_env=False, timeout=120.0) as http,
        open_database(f"sqlite:///{folder}/paceline.db") as database,
    ):
        transport = Transport(
            Address(api=emulator.url, token=f"{emulator.url}/oauth/token"),
            Credentials(client_id="bench", client_secret="bench"),  # noqa: S106  # of an invented tenant
            throttle=MemoryThrottle(clock, Allowance(limit=1_000_000, window_s=1.0, margin_s=0.0)),
        )
        with System(
            platform=OutboundV2(transport),
            database=database,
            tenant=TenantId("bench"),
            actor=Actor(name="bench", known_by="benchmark"),
            clock=clock,
            options=Options(watching=Watching(requests_per_minute=1_000_000)),
        ) as system:
            system.closes(transport.close)
            http.post("/campaigns", json=world.settings()).raise_for_status()
            yield system, http


def _days(http: httpx2.Client, world: World, first: int, last: int) -> None:
    """Move the clock over days, each with an answer rate of its own."""
    for day in range(first, last):
        http.patch(f"/campaigns/{CAMPAIGN}", json={"dialer": world.dialer(day)}).raise_for_status()
        http.put("/clock", json={"now": _text(START + timedelta(days=day + 1))}).raise_for_status()


def _measured(system: System, days: range) -> tuple[Day, ...]:
    found = []
    for day in days:
        since = START + timedelta(days=day)
        told = system.platform.measured(CAMPAIGN, since=since, until=since + timedelta(days=1)).tally
        found.append(
            Day(
                busy_s=told.talk_s + told.wrap_s,
                staffed_s=told.staffed_s,
                answered=told.connects,
                abandoned=told.abandons,
            )
        )
    return tuple(found)


def _simulations(http: httpx2.Client) -> int:
    told = http.get("/journal", params={"path": "/api/*", "limit": "100000"}).raise_for_status().json()
    return sum("simulation" in one["path"] and one["method"] == "POST" for one in told["entries"])


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
