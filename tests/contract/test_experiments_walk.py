"""An experiment in a world that goes its own way: requests are lost, it is locked, paused, frozen, and time goes by.

Whatever happens, a worker that has looked leaves the new setting live only in its own blocks, and what is aborted has
the old one back in the end, with nothing that might come late.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random  # noqa: TID251 - a walk that can be walked again

import pytest

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.weights.changes import SetWeights
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Phase
from paceline.primitives.errors import PacelineError
from tests.contract.switched import FROM, TERMS, TRIED, Bench, order, started, status
from tests.contract.systems import Office
from tests.contract.test_rollout_walk import Rough

STEPS = 15
SEEDS = 2
ACTS = ("work", "work", "minutes", "minutes", "hour", "pause", "start", "start", "rests", "dials", "dials", "locked",
        "unlocked", "unlocked")  # fmt: skip


def act(word: str, bench: Bench, who: System) -> None:
    match word:
        case "minutes":
            bench.pass_by(7)
        case "hour":
            bench.pass_by(60)
        case "pause":
            who.experiment_desk.pause(TRIED, order(who))
        case "start":
            who.experiment_desk.start(TRIED, order(who))
        case "rests":
            who.run(Pause(campaign=TRIED))
        case "dials":
            who.run(Resume(campaign=TRIED))
        case "locked" | "unlocked":
            bench.office.emulated.arrange(TRIED, isLocked=word == "locked")
        case _:
            who.worker.once()


def may_be_new(bench: Bench, who: System) -> bool:
    """Return whether the new setting may be live: its block is under way, or its way back has not been taken yet."""
    found = status(who)
    block = found.plan.at(bench.now)
    in_its_block = block is not None and block.setting is Setting.NEW and found.phase is Phase.RUNNING
    goes_back = found.going is not None and found.going.to is Setting.OLD
    return in_its_block or goes_back


@pytest.mark.parametrize("seed", range(SEEDS))
def test_new_setting_is_live_in_its_own_blocks_alone_and_never_in_the_end(desk: Office, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a walk that can be walked again
    bench = Bench(desk)
    rough = Rough(desk.emulated.platform(), chance)
    ada = bench.system(platform=rough)
    started(ada, replace(TERMS, seed=seed))
    bench.until(FROM // 3600)
    rough.loses = 0.15
    for _ in range(STEPS):
        with suppress(PacelineError):
            act(chance.choice(ACTS), bench, ada)
        before = len(status(ada).history), status(ada).looked
        with suppress(PacelineError):
            ada.worker.once()
        is_looked_at = status(ada).looked == bench.now and (len(status(ada).history), status(ada).looked) != before
        assert bench.live() in set(Setting)
        if is_looked_at and bench.live() is Setting.NEW:
            assert may_be_new(bench, ada) or status(ada).left is Setting.NEW, status(ada).document()
    rough.loses = 0.0
    desk.emulated.arrange(TRIED, isLocked=False)
    with suppress(PacelineError):
        ada.experiment_desk.abort(TRIED, order(ada))
    for _ in range(4):
        bench.pass_by(10)
        ada.worker.once()
    assert not status(ada).phase.is_under_way
    assert bench.live() is Setting.OLD, status(ada).document()
    assert ada.recorder.unended(kind=SetWeights.kind) == []
