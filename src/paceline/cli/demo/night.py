"""Hours that pass by hand: ada, bob and a worker under one clock, which is moved together with the platform's.

It starts as long before the machine's clock as the night lasts: whoever gets a message judges its age by the machine's,
and the rows of the ledger that are written at night bear the hours of the night.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import check
from paceline.control.order import NOT_AFTER, Order
from paceline.control.outcome import Outcome
from paceline.control.work.worker import Round
from paceline.cxone.attempt import Limits
from paceline.cxone.retry import Schedule
from paceline.cxone.transport import Patience
from paceline.primitives.clock import MachineClock, ManualClock
from paceline.primitives.ids import CampaignId

ATTEMPT_S = 1.0
"""How long a worker waits for an answer where the platform is silent, in seconds: not as long here as there."""
IMPATIENT = Patience(limits=Limits(connect_s=ATTEMPT_S, attempt_s=ATTEMPT_S), schedule=Schedule(attempts=1))
"""It asks once: what gets no answer is tried again in a later round."""
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """Who is at work, and since when by the platform's clock."""

    scene: Scene
    ada: System
    bob: System
    worker: System
    clock: ManualClock
    since: datetime

    def at(self, after: timedelta) -> str:
        """Return the hour and minute on the platform's clock so long after the night fell."""
        return f"{self.since + after:%H:%M}"

    def passes(self, time: timedelta) -> None:
        """Let so much time pass, on the platform and here."""
        self.scene.behind.control("PUT", "/clock", {"advanceSeconds": time.total_seconds()})
        self.clock.advance(time.total_seconds())

    def round(self) -> Round:
        """Have the worker do everything that there is to be done now."""
        return self.worker.worker.once()

    def plan(self, change: AnyChange, after: timedelta, *, not_after: timedelta = NOT_AFTER) -> Outcome:
        """Have ada's change wait for its hour, so long after the night fell; it is made `not_after` late at the most.

        Raises:
            StoryError: it does not wait.
        """
        order = Order(actor=self.ada.actor, not_after=not_after)
        planned = self.ada.agenda.schedule(change, order, self.since + after)
        check(f"the outcome of {change.kind} for later", wanted="scheduled", found=planned.word)
        return planned


@contextmanager
def night_fallen(scene: Scene, at: str, *, lasts: timedelta, patience: Patience | None = None) -> Iterator[Night]:
    """Let a night begin at this instant of the platform, which must not be over there; it lasts so long.

    `patience` is the worker's with the platform; None is what every worker has.
    """
    scene.behind.control("PUT", "/clock", {"now": at})
    clock = ManualClock(MachineClock().wall_ns() - round(lasts.total_seconds() * _SECOND))
    with (
        scene.opened("ada", clock) as ada,
        scene.opened("bob", clock) as bob,
        scene.opened("worker", clock, patience=patience) as worker,
    ):
        since = datetime.fromisoformat(at).astimezone(UTC)
        yield Night(scene=scene, ada=ada, bob=bob, worker=worker, clock=clock, since=since)


def arrive(scene: Scene, campaign: CampaignId, state: str) -> None:
    """Have a campaign on the platform that was not there before."""
    scene.behind.control("POST", "/campaigns", {"id": campaign, "status": state, "agents": 10})
