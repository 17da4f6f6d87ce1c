"""What was predicted is never lost, nor sent twice: in doubt, by the hundred, or with two workers at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from paceline.bootstrap import System
from paceline.campaign.weights.changes import SetWeights
from paceline.control.kept import Opened
from paceline.control.order import Order
from paceline.control.outcome import Failure, InDoubt, Outcome
from paceline.control.predictions import turns as prediction_turns
from paceline.control.tracked import turns as tracked_turns
from paceline.control.tracked.turns import HELD as TURN_HELD
from paceline.control.tracked.turns import TrackedRuns
from paceline.control.weighing.weighed import weighed
from paceline.tracking.failures import TrackingAwayError
from paceline.tracking.run import Run, Sent
from tests.contract.set_up import HELD
from tests.contract.systems import Office, actor
from tests.contract.test_predictions import looked
from tests.contract.weighed import again, weighted
from tests.unit.campaign.weights.evidences import GOOD


def rate(value: str) -> SetWeights:
    return SetWeights(campaign=HELD, adjusted={"call_rate": Decimal(value)})


def sent_and_never_answered(system: System, change: SetWeights) -> Opened:
    """Send a change on evidence, and end its entry as one whose answer was lost."""
    opened = system.recorder.open(change, Order(actor=system.actor))
    seen = system.platform.read(HELD)
    prepared = system.platform.prepare(change.whole_on(seen), seen.version)
    sent = system.recorder.intend(opened, prepared, seen, number=1, weighed=weighed(GOOD, None))
    system.platform.apply(sent.prepared, idempotency_key=sent.key)
    lost = InDoubt(Failure(code="no-answer", message="no answer came"))
    system.recorder.close(opened.entry, Outcome(change=change, ending=lost))
    return opened


@dataclass
class Server:
    """A tracking server that keeps what it is sent; `meanwhile` is another worker, who comes while it is."""

    meanwhile: TrackedRuns | None = None
    system: System | None = None
    runs: list[Run] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    falls_silent_at: int | None = None
    """The entry of a run that it never answers."""

    def send(self, run: Run) -> Sent:
        if _entry_of(run) == self.falls_silent_at:
            raise TrackingAwayError
        if self.meanwhile is not None and self.system is not None:
            self.others.append(self.meanwhile.run(self.system.time))
        self.runs.append(run)
        return Sent(run_id=f"r{len(self.runs)}")

    def close(self) -> None:
        """Nothing is held."""


def _entry_of(run: Run) -> int:
    return int(run.key.rpartition(":")[2])


def sender(system: System, server: Server, name: str = "worker") -> TrackedRuns:
    return TrackedRuns(system.recorder, lambda: server, actor=actor(name), pictures=lambda _entry: ())


def test_change_that_was_in_doubt_has_its_prediction_and_its_run_once_it_is_known_to_have_happened(
    office: Office,
) -> None:
    system, server = weighted(office), Server()
    change = rate("0.25")
    opened = sent_and_never_answered(system, change)
    runs = sender(system, server)
    assert (looked(system), system.predictions.of(), runs.run(system.time)) == (0, [], 0)
    made = system.platform.read(HELD)
    system.recorder.judge_again(opened.entry, change.verify(made), made, happened=True, of=change)
    looked(system)
    (one,) = system.predictions.of()
    assert (one.entry, [metric.metric for metric in one.metrics]) == (
        opened.entry, [metric.metric for metric in GOOD.metrics]
    )  # fmt: skip
    assert (runs.run(system.time), runs.run(system.time)) == (1, 0)
    assert server.runs[0].metrics["evidence.blocks"] == GOOD.blocks


def test_every_prediction_is_taken_up_and_every_run_is_sent_however_many_came_at_once(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (prediction_turns, tracked_turns):
        monkeypatch.setattr(module, "_PAGE", 2)
    system, server = weighted(desk), Server()
    made = [system.run(rate(value)).entry for value in ("0.12", "0.14", "0.16", "0.18", "0.2")]
    system.run(SetWeights(campaign=HELD, drift_protection=False))
    assert sender(system, server).run(system.time) == 6
    looked(system)
    assert [one.entry for one in system.predictions.of()] == made


def test_one_worker_sends_at_a_time_and_takes_the_turn_of_one_that_died(desk: Office) -> None:
    system = weighted(desk)
    system.run(rate("0.2"))
    other = Server()
    server = Server(meanwhile=sender(again(desk), other, "other"), system=system)
    assert sender(system, server).run(system.time) == 1
    assert (len(server.runs), server.others, other.runs) == (1, [0], [])

    system.run(rate("0.25"))
    sender(system, server)._hold_turn(TURN_HELD)  # noqa: SLF001 - as one that was killed in its turn leaves it
    assert sender(system, server).run(system.time) == 0
    desk.clock.advance(TURN_HELD.total_seconds() + 1)
    assert sender(system, other).run(system.time) == 1


def test_run_that_the_server_falls_silent_at_holds_up_none_that_came_after_it(desk: Office) -> None:
    system = weighted(desk)
    first, *later = [system.run(rate(value)).entry for value in ("0.12", "0.14", "0.16")]
    server = Server(falls_silent_at=first)
    runs = sender(system, server)
    assert [runs.run(system.time) for _ in range(3)] == [0, 2, 0]
    server.falls_silent_at = None
    assert [runs.run(system.time) for _ in range(2)] == [1, 0]
    assert [_entry_of(run) for run in server.runs] == [*later, first]
