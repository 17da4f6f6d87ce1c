"""A campaign whose pacing is rolled out: what its dialer measured is set by hand, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order, Override
from paceline.control.rollout.standing import Rollout
from paceline.control.rollout.starting import Started, Terms
from paceline.primitives.ids import CampaignId
from tests.contract.forecasts import NoForecast
from tests.contract.set_up import FLORIDA
from tests.contract.systems import STARTED, Office

ROLLED = CampaignId("ROLLED")
LIVE: dict[str, Any] = {
    "answerRate": 0.5,
    "abandonRate": 0.004,
    "maxConcurrentCalls": 60,
    "callInterval": 200,
    "strategy": "predictive",
    "warmUpPeriod": 0,
}
WISH = SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.012"))
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
ANSWERED_FOR = (Override(rule="pacing.no-projection", until=UNTIL),)
SHORT = Terms(
    steps=2, interval=timedelta(minutes=30), least_answers=100, blind=timedelta(hours=12), least_gain=0.0, level=0.9
)
MINUTE = timedelta(minutes=1)
GOOD, HARMFUL = {"abandoned": 0.005, "utilisation": 0.90}, {"abandoned": 0.08, "utilisation": 0.90}
BEFORE = {"abandoned": 0.01, "utilisation": 0.82}


@dataclass
class Stage:
    """A campaign that dials, and whoever works on it."""

    office: Office
    now: datetime = STARTED

    def __post_init__(self) -> None:
        document = {"id": ROLLED, "status": "ACTIVE", "revision": 42, "agents": 20, "predictiveDialer": LIVE}
        self.office.emulated.control("POST", "/campaigns", document)
        self.office.emulated.arrange(ROLLED, live={"callsConnected": 5}, statistics=[])

    def system(self, name: str = "ada", **options: Any) -> System:
        made = self.office.system(name, forecaster=NoForecast, **options)
        made.facts.declare(ROLLED, dict(FLORIDA), Order(actor=made.actor))
        return made

    def days_before(self, days: int = 6, hours: int = 6) -> None:
        """Have had the same hours measured on days before, as they were under what is live."""
        minutes = [
            _minute(STARTED - timedelta(days=day) + index * MINUTE, index + day, **BEFORE)
            for day in range(1, days + 1)
            for index in range(hours * 60)
        ]
        for part in range(0, len(minutes), 1500):
            self.office.emulated.arrange(ROLLED, statistics=minutes[part : part + 1500])

    def pass_by(self, minutes: int, **measured: float) -> None:
        """Let minutes pass in which this was measured; in none of them anything when it is not said."""
        if measured:
            told = [_minute(self.now + index * MINUTE, index, **measured) for index in range(minutes)]
            self.office.emulated.arrange(ROLLED, statistics=told)
        self.now += minutes * MINUTE
        self.office.emulated.advance(minutes * 60)

    def live(self) -> str:
        """The aim that the platform holds: by it the steps are told apart."""
        return str(self.office.emulated.shown(ROLLED)["predictiveDialer"]["abandonRate"])

    def outside(self, aim: str) -> Observed:
        """Have somebody who knows nothing of this ledger set the aim."""
        platform = self.office.emulated.platform()
        change = SetPacing(campaign=ROLLED, abandonment_aim=Decimal(aim)).whole_on(platform.read(ROLLED))
        return self.office.outside(change)


def _minute(start: datetime, index: int, *, abandoned: float, utilisation: float) -> dict[str, Any]:
    """A minute of 20 agents with 40 answers; it wavers a little, as measured ones do."""
    waver = (index * 7 % 11 - 5) / 400
    busy = round(1200 * (utilisation + waver))
    talk = round(busy * 0.85)
    answered = 40
    lost = int((index + 1) * answered * abandoned) - int(index * answered * abandoned)
    seconds = {"talk": talk, "wrap": busy - talk, "idle": 1200 - busy, "staffed": 1200}
    return {
        "minute": start.isoformat().replace("+00:00", "Z"),
        "dials": 100,
        "connects": answered,
        "abandons": lost,
        "agentSeconds": seconds,
    }


def begin(system: System, *, wish: SetPacing = WISH, terms: Terms = SHORT, **order: Any) -> Started:
    """Begin a rollout, for which somebody answers that nothing could be projected."""
    said = {"reason": "more talk", "overrides": ANSWERED_FOR, **order}
    return system.rollout_desk.start(wish, terms, Order(actor=system.actor, **said))


def begun(system: System, **said: Any) -> Rollout:
    """Begin a rollout against which nothing stands."""
    started = begin(system, **said)
    assert started.rollout is not None, started.document()
    return started.rollout


def kinds(system: System) -> list[str]:
    """The notes and changes of a rollout, in their order."""
    rows = [row for row in system.book.rows() if row.step.value in {"noted", "opened"}]
    told = [str(row.document["kind"]) for row in rows]
    return [one.removeprefix("rollout.") for one in told if one.startswith(("rollout.", "pacing."))]


def status(system: System) -> Rollout:
    return system.rollout_desk.status(ROLLED)


def order(system: System, reason: str | None = None) -> Order:
    return Order(actor=system.actor, reason=reason)
