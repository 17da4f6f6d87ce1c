"""Rollouts in a world that goes its own way: requests are lost, others meddle, persons change their minds.

Whatever happens, one rollout at most is under way, what is live is what somebody asked for, and what is aborted in the
end is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random  # noqa: TID251 - a walk that can be walked again

import pytest

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import NoAnswerError, Platform, Prepared, Receipt
from paceline.control.rollout.standing import Phase
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId
from tests.contract.rolled import GOOD, HARMFUL, ROLLED, SHORT, Stage, begin, order
from tests.contract.systems import Office, Through

STEPS = 30
SEEDS = 6
ACTS = ("good", "harm", "nothing", "work", "work", "work", "start", "clear", "promote", "pause", "resume", "abort",
        "undo", "campaign paused", "campaign resumed", "campaign resumed", "locked", "unlocked", "time")  # fmt: skip


class Rough(Through):
    """A platform that loses requests and answers, and on which somebody meddles just before a change arrives."""

    def __init__(self, beyond: Platform, chance: Random) -> None:
        super().__init__(beyond)
        self.chance = chance
        self.loses = 0.0
        self.meddling: list[Callable[[], object]] = []

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        if self.chance.random() < self.loses:
            raise NoAnswerError("lost on the way", operation="read", request_sent=False)
        return self.beyond.read(campaign, part=part, lane=lane)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if self.meddling and self.chance.random() < 0.2:
            self.chance.choice(self.meddling)()
        fate = self.chance.random()
        if fate < self.loses:
            raise NoAnswerError("lost on the way", operation="change", request_sent=False)
        receipt = self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        if fate < 2 * self.loses:
            lost = NoAnswerError("the answer was lost", operation="change", request_sent=True)
            lost.may_have_happened = True
            raise lost
        return receipt


@dataclass
class Walk:
    """Two persons, one campaign, and what was done."""

    office: Office
    seed: int
    outside: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - a walk that can be walked again
        self.stage = Stage(self.office)
        self.stage.days_before(days=5, hours=4)
        self.roads = [Rough(self.office.emulated.platform(), self.chance) for _ in range(2)]
        names = zip(("ada", "bob"), self.roads, strict=True)
        self.people = [self.stage.system(name, platform=road) for name, road in names]
        self.roads[0].meddling = [lambda: self._steer(self.people[1], "abort"), self._set_outside]
        for road in self.roads:
            road.loses = self.chance.choice([0.0, 0.05, 0.2])

    def step(self, act: str) -> None:
        """Do one thing, by whoever's turn it is; what is refused or lost changes nothing here."""
        who, stage = self.chance.choice(self.people), self.stage
        match act:
            case "good" | "harm":
                stage.pass_by(self.chance.choice([1, 30, 150]), **(GOOD if act == "good" else HARMFUL))
            case "nothing":
                stage.pass_by(self.chance.choice([1, 30]))
            case "work":
                self.work(who)
            case "start":
                blind = timedelta(minutes=self.chance.choice([10, 600]))
                with suppress(PacelineError):
                    begin(who, terms=replace(SHORT, blind=blind))
            case "campaign paused" | "campaign resumed":
                change = Pause(campaign=ROLLED) if act == "campaign paused" else Resume(campaign=ROLLED)
                with suppress(PacelineError):
                    self.office.outside(change)
            case "locked" | "unlocked":
                self.office.emulated.arrange(ROLLED, isLocked=act == "locked")
            case "time":
                self.office.clock.advance(60)
            case _:
                self._steer(who, act)

    def work(self, who: System) -> None:
        with suppress(PacelineError):
            who.time.look()
            who.watch.settle()
            who.rollout_desk.turns.run(who.time)

    def _steer(self, who: System, verb: str) -> None:
        with suppress(PacelineError):
            getattr(who.rollout_desk, verb)(ROLLED, order(who))

    def _set_outside(self) -> None:
        aim = self.chance.choice(["0.005", "0.009"])
        self.outside.add(aim)
        with suppress(PacelineError):
            self.stage.outside(aim)

    def calm(self) -> None:
        """Let nothing be lost any more, nobody meddle, and the campaign dial."""
        for road in self.roads:
            road.loses, road.meddling = 0.0, []
        self.office.clock.advance(120)
        for act in ("unlocked", "campaign resumed"):
            self.step(act)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rollout_keeps_its_word_whatever_happens_around_it(desk: Office, seed: int) -> None:
    walk = Walk(desk, seed)
    ada, rollouts = walk.people[0], walk.people[0].rollouts
    for act in ["start", *walk.chance.choices(ACTS, k=STEPS)]:
        walk.step(act)
        found = rollouts.listed()
        assert sum(one.phase.is_under_way for one in found) <= 1
        asked = {float(one.pacing_at(step).abandonment_aim) for one in found for step in range(one.last + 1)}
        assert float(walk.stage.live()) in {0.004, *asked, *map(float, walk.outside)}
    walk.calm()
    if rollouts.under_way(ROLLED) is not None:
        ada.rollout_desk.abort(ROLLED, order(ada))
        for _ in range(5):
            walk.stage.pass_by(61)
            desk.clock.advance(60)
            walk.work(ada)
        last = rollouts.of(ROLLED)
        assert last.phase in {Phase.ABORTED, Phase.UNDONE, Phase.CONFLICTED}
        if last.phase is not Phase.CONFLICTED:
            assert float(walk.stage.live()) == float(last.original.abandonment_aim)
    walk.work(ada)
    assert [one for one in ada.recorder.unended() if one.stage.value != "settling"] == []
