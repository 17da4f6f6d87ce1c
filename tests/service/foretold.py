"""A forecaster whose numbers can be checked by hand, for tests of what is shown of them; the port's, not the dialer's.

Abandonment is 1 % for each line beyond one that rings for an idle agent, and occupancy 80 % plus 4 % for each of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import Between, Effect, Fit, NoProjection, PeriodRisk, Projection
from paceline.campaign.forecaster import Curve, Dot, ForecastAsked
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order
from tests.contract.systems import ACTIVE, Office
from tests.service.served import Served, serving

AIMS = tuple(Decimal(place) / 1000 for place in range(0, 31, 5))
OPTIMUM = 0.92
ALLOWANCE = 41
WHAT_IF, PACING, PAGE = "/v1/campaigns/ACTIVE/what-if", "/v1/campaigns/ACTIVE/pacing", "/campaigns/ACTIVE"
LIVE = SetPacing(
    campaign=ACTIVE, answer_rate=Decimal("0.5"), abandonment_aim=Decimal("0.005"), max_calls=80, call_interval_ms=200,
    warm_up_s=60, strategy="predictive",
)  # fmt: skip
"""Two lines for an idle agent: by this forecaster 1 % abandoned, 84 % occupancy."""


def about(mean: float, half: float) -> Between:
    return Between(mean=mean, low=mean - half, high=mean + half)


def effect_of(pacing: Pacing) -> Effect:
    beyond = max(lines_per_idle(pacing) - 1, 0.0)
    return Effect(
        utilisation=about(min(0.8 + 0.04 * beyond, 1.0), 0.01),
        abandonment=about(min(0.01 * beyond, 1.0), 0.002),
        connects_per_agent_hour=about(12 + beyond, 0.5),
    )


def fitting(now: Effect) -> Fit:
    """Return that the model gives what was measured."""
    abandoned, busy = now.abandonment.mean, now.utilisation.mean
    return Fit(measured_abandonment=abandoned, measured_utilisation=busy, simulated=now, scale=1.0, holds=True)


@dataclass
class Foreteller:
    """Tells what `effect_of` says; counts what it was asked, and waits where a test holds it."""

    asked: list[ForecastAsked] = field(default_factory=list)
    why_not: str | None = None
    before: Callable[[], object] = lambda: None

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        self.before()
        self.asked.append(asked)
        if self.why_not is not None:
            return NoProjection(why=self.why_not)
        live = asked.observed.pacing
        now, then = None if live is None else effect_of(live), effect_of(asked.wanted)
        difference = None
        if now is not None:
            difference = Effect(
                utilisation=about(then.utilisation.mean - now.utilisation.mean, 0.005),
                abandonment=about(then.abandonment.mean - now.abandonment.mean, 0.001),
                connects_per_agent_hour=about(
                    then.connects_per_agent_hour.mean - now.connects_per_agent_hour.mean, 0.2
                ),
            )
        at, rules = asked.observed.at, tuple(rule for one in asked.periods for rule in one.rules)
        risk = PeriodRisk(
            period="30-day-blocks", rules=rules, start=at - timedelta(days=20),
            end=at + timedelta(days=10), most=3, per=100, answered=5_000, abandoned=100, days_left=7.0,
            now=None if now is None else 0.02, then=0.97 if then.abandonment.mean > 0.03 else 0.01,
            answers_left=2_000.0, abandoned_left=about(60, 15), allowance=ALLOWANCE,
        )  # fmt: skip
        return Projection(
            now=now, then=then, difference=difference, risks=(risk,), optimum=OPTIMUM, gap_closed=0.34,
            fit=None if now is None else fitting(now),
            agents=48.0, days=30, seed=1, measured_since=at - timedelta(days=14), measured_until=at,
            measured_answer_rate=about(0.5, 0.05), measured_handle_s=180.0, ring_s=10.0, ring_unanswered_s=25.0,
            assumed=("two seconds of patience",), cpu_s=0.0,
        )  # fmt: skip

    def curve(self, asked: ForecastAsked) -> Curve | NoProjection:
        if self.why_not is not None:
            return NoProjection(why=self.why_not)
        pacings = [replace(asked.wanted, abandonment_aim=aim) for aim in AIMS]
        dots = tuple(Dot(pacing=one, effect=effect_of(one)) for one in pacings)
        return Curve(dots=dots, optimum=OPTIMUM, days=30)


def asked(**fields: Any) -> dict[str, Any]:
    """Return the body by which a pacing is asked for."""
    return {"predictiveDialer": fields}


def words(answer: httpx2.Response) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@contextmanager
def foretelling(desk: Office, foreteller: Foreteller) -> Iterator[Served]:
    """Serve a system whose campaign ACTIVE has a pacing, and whose forecaster can be checked by hand."""
    system = desk.system(forecaster=lambda: foreteller)
    desk.outside(LIVE)
    facts = {"purpose": "sales", "regions": ["US-NY"], "anchor": "2026-06-01T00:00:00Z"}
    system.facts.declare(ACTIVE, facts, Order(actor=system.actor))
    system.recorder.saw([system.platform.read(ACTIVE)])
    with serving(system) as running:
        yield running
