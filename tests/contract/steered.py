"""A campaign with a running dialer that the supervisor steers: the emulator's clock is moved minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order
from paceline.control.supervision.standing import Standing
from paceline.control.supervision.supervisor import Begun
from paceline.primitives.ids import CampaignId
from tests.contract.forecasts import NoForecast
from tests.contract.set_up import FLORIDA
from tests.contract.systems import STARTED, Office

STEERED = CampaignId("STEERED")
GENTLE: dict[str, Any] = {
    "answerRate": 0.5,
    "abandonRate": 0.0,
    "maxConcurrentCalls": 150,
    "callInterval": 50,
    "strategy": "predictive",
    "warmUpPeriod": 0,
}
WORLD = {"records": 10_000_000, "answerRate": 0.3}
DAYS = 2
"""That are rehearsed in tests."""


@dataclass
class Floor:
    """A campaign that dials, who works on it, and its platform's clock."""

    office: Office
    agents: int = 30
    history: timedelta = timedelta(hours=3)

    def __post_init__(self) -> None:
        document = {
            "id": STEERED,
            "status": "ACTIVE",
            "agents": self.agents,
            "predictiveDialer": GENTLE,
            "dialer": WORLD,
        }
        self.office.emulated.control("POST", "/campaigns", document)
        self.office.emulated.advance(self.history.total_seconds())

    def system(self, name: str = "ada", **options: Any) -> System:
        made = self.office.system(name, forecaster=NoForecast, **options)
        declared = {**FLORIDA, "anchor": STARTED.isoformat()}
        made.facts.declare(STEERED, declared, Order(actor=made.actor))
        return made

    def start(self, system: System, *, target: Decimal | None = None, dry_run: bool = False) -> Begun:
        order = Order(actor=system.actor, reason="keep it at its limit", dry_run=dry_run)
        return system.supervision.start(STEERED, order, target=target, days=DAYS)

    def begun(self, system: System, **said: Any) -> Standing:
        found = self.start(system, **said)
        assert found.standing is not None, found.document()
        return found.standing

    def minutes(self, system: System, number: int = 1) -> Standing:
        """Let minutes pass, with a turn of the supervisor after each; return where it stands then."""
        for _ in range(number):
            self.office.emulated.advance(60)
            self.turn(system)
        return self.standing(system)

    def turn(self, system: System) -> int:
        system.time.look()
        return system.supervision.run(system.time)

    def standing(self, system: System) -> Standing:
        found = system.supervision.of(STEERED)
        assert found is not None
        return found

    def answer_rate(self, rate: float) -> None:
        self.office.emulated.arrange(STEERED, dialer={**WORLD, "answerRate": rate})

    def pacing(self) -> dict[str, Any]:
        found: dict[str, Any] = self.office.emulated.shown(STEERED)["predictiveDialer"]
        return found

    def outside(self, **fields: Any) -> None:
        """Have somebody who knows nothing of this ledger set the pacing."""
        platform = self.office.emulated.platform()
        change = SetPacing(campaign=STEERED, **fields).whole_on(platform.read(STEERED))
        self.office.outside(change)

    def counted(self, path: str = "/api/v2/*") -> int:
        """How many requests were answered; a token that expired with the moved clock costs one more."""
        return sum(one["status"] < 400 for one in self.office.emulated.entries(path=path))


def kinds(system: System) -> list[str]:
    """The notes and changes in the ledger, in their order, declarations aside."""
    told = [str(row.document["kind"]) for row in system.book.rows() if row.step.value in {"noted", "opened"}]
    return [kind for kind in told if kind != "facts.declare"]
