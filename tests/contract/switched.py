"""A campaign whose weights are compared by an experiment: what its dialer measured is set by hand, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.weights.changes import SetWeights
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.planning import Terms
from paceline.control.experiments.standing import Experiment
from paceline.control.experiments.starting import Began
from paceline.control.order import Order
from paceline.primitives.ids import CampaignId
from tests.contract.set_up import FLORIDA
from tests.contract.systems import STARTED, Office

TRIED = CampaignId("TRIED")
LIVE: dict[str, Any] = {
    "algorithmId": "alg-7",
    "parameterWeights": {"answer_rate": 0.1, "predictive_factor": 0.1},
    "validationSplit": 0.8,
    "maxDeviationLimit": 0.2,
    "convergenceThreshold": 0.05,
}
TUNING = {"enablePredictiveTuning": True, "simulationTrigger": "automatic", "driftProtection": True}
PACING: dict[str, Any] = {
    "answerRate": 0.5,
    "abandonRate": 0.004,
    "maxConcurrentCalls": 60,
    "callInterval": 200,
    "strategy": "predictive",
    "warmUpPeriod": 0,
}
WISH = SetWeights(campaign=TRIED, adjusted={"predictive_factor": Decimal("0.25")})
FROM, TO = 14 * 3600, 17 * 3600
"""The hours of its blocks, by the clock of UTC."""
TERMS = Terms(seed=11, days=6, hours=(FROM, TO))
MINUTE = timedelta(minutes=1)
OLD, NEW = {"abandoned": 0.010, "utilisation": 0.82}, {"abandoned": 0.012, "utilisation": 0.86}
HARMFUL = {"abandoned": 0.08, "utilisation": 0.90}


@dataclass
class Bench:
    """A campaign that dials, and what it measures under either setting."""

    office: Office
    now: datetime = STARTED

    def __post_init__(self) -> None:
        document = {
            "id": TRIED,
            "status": "ACTIVE",
            "revision": 42,
            "agents": 20,
            "predictiveDialer": PACING,
            "predictiveDialerSettings": LIVE,
            "configuration": TUNING,
        }
        self.office.emulated.control("POST", "/campaigns", document)
        self.office.emulated.arrange(TRIED, live={"callsConnected": 5}, statistics=[])
        self.before(days=1)

    def system(self, name: str = "ada", **options: Any) -> System:
        made = self.office.system(name, **options)
        made.facts.declare(TRIED, dict(FLORIDA), Order(actor=made.actor))
        return made

    def before(self, days: int, **measured: float) -> None:
        """Have had the hours of the blocks measured on days before, under what is live."""
        for day in range(1, days + 1):
            start = (STARTED - timedelta(days=day)).replace(hour=FROM // 3600)
            found = {**OLD, **measured}
            told = [minute(start + at * MINUTE, at + 3 * day, **found) for at in range((TO - FROM) // 60)]
            self.office.emulated.arrange(TRIED, statistics=told)

    def pass_by(self, minutes: int, *, new: dict[str, float] = NEW, old: dict[str, float] = OLD) -> None:
        """Let minutes pass, in which is measured what the live setting does; within the hours of the blocks."""
        found = new if self.live() is Setting.NEW else old
        if FROM <= seconds_of_day(self.now) < TO:
            told = [minute(self.now + at * MINUTE, at + self.now.day, **found) for at in range(minutes)]
            self.office.emulated.arrange(TRIED, statistics=told)
        self.now += minutes * MINUTE
        self.office.emulated.advance(minutes * 60)

    def until(self, hour: int) -> None:
        """Let time pass up to a full hour of the day, or of the next."""
        ahead = (hour * 3600 - seconds_of_day(self.now)) % 86_400
        self.pass_by(ahead // 60)

    def live(self) -> Setting | None:
        factor = self.weights()["parameterWeights"]["predictive_factor"]
        return {0.1: Setting.OLD, 0.25: Setting.NEW}.get(factor)

    def weights(self) -> dict[str, Any]:
        found: dict[str, Any] = self.office.emulated.shown(TRIED)["predictiveDialerSettings"]
        return found

    def block(self, system: System, **measured: Any) -> None:
        """Have a worker look at the beginning of an hour, and let that hour pass."""
        system.worker.once()
        self.pass_by(60, **measured)

    def day(self, system: System, **measured: Any) -> None:
        """Let a whole day of blocks pass, with a worker at each edge."""
        self.until(FROM // 3600)
        for _ in range((TO - FROM) // 3600):
            self.block(system, **measured)
        system.worker.once()

    def to_new(self, system: System) -> None:
        """Let time pass up to the first block of the new setting, and have a worker change over to it."""
        start = next(one.start for one in status(system).plan.blocks if one.setting is Setting.NEW)
        while self.now < start:
            if self.now.hour >= FROM // 3600:
                self.block(system)
            else:
                self.until(FROM // 3600)
        system.worker.once()
        assert self.live() is Setting.NEW

    def effects(self) -> int:
        """How many changes of weights had an effect, and were not only answered as before."""
        sent = self.office.emulated.entries(method="PUT", path=f"/api/v2/*/{TRIED}")
        return sum(1 for one in sent if one["status"] == 200 and "Idempotent-Replayed" not in one["answer"]["headers"])

    def outside(self, factor: str) -> None:
        """Have somebody who knows nothing of this ledger set a weight."""
        platform = self.office.emulated.platform()
        change = SetWeights(campaign=TRIED, adjusted={"predictive_factor": Decimal(factor)})
        self.office.outside(change.whole_on(platform.read(TRIED)))


def seconds_of_day(instant: datetime) -> int:
    return (instant.hour * 60 + instant.minute) * 60 + instant.second


def minute(start: datetime, index: int, *, abandoned: float, utilisation: float) -> dict[str, Any]:
    """A minute of 20 agents with 40 answers; it wavers a little, as measured ones do."""
    waver = (index * 7 % 11 - 5) / 400
    busy = round(1200 * (utilisation + waver))
    talk = round(busy * 0.85)
    lost = int((index + 1) * 40 * abandoned) - int(index * 40 * abandoned)
    return {
        "minute": start.isoformat().replace("+00:00", "Z"),
        "dials": 100,
        "connects": 40,
        "abandons": lost,
        "agentSeconds": {"talk": talk, "wrap": busy - talk, "idle": 1200 - busy, "staffed": 1200},
    }


def order(system: System, reason: str | None = None) -> Order:
    return Order(actor=system.actor, reason=reason)


def plan(
    system: System, terms: Terms = TERMS, wish: SetWeights = WISH, reason: str | None = "which is better"
) -> Began:
    return system.experiment_desk.plan(wish, terms, order(system, reason))


def started(system: System, terms: Terms = TERMS) -> Experiment:
    """Plan and start an experiment against which nothing stands."""
    made = plan(system, terms)
    assert made.experiment is not None, made.document()
    began = system.experiment_desk.start(TRIED, order(system))
    assert began.experiment is not None, began.document()
    return began.experiment


def status(system: System) -> Experiment:
    return system.experiment_desk.status(TRIED)


def noted(system: System) -> list[str]:
    """The notes of experiments, in their order."""
    rows = [str(row.document["kind"]) for row in system.book.rows() if row.step.value == "noted"]
    return [one.removeprefix("experiment.") for one in rows if one.startswith("experiment.")]


def switches(system: System) -> list[str]:
    """The reasons of the changes of weights of experiments, in their order."""
    rows = [row.document for row in system.book.rows() if row.step.value == "opened"]
    return [
        str(one["reason"]) for one in rows if one["kind"] == "weights.set" and str(one["reason"]).startswith("exper")
    ]
