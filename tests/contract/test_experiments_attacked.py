"""Experiments in the hands of whoever would have the new setting stay: it is taken back, and speaks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.bootstrap.weighing import FirstThatKnows
from paceline.campaign.blocks import Directive, Window
from paceline.campaign.change import Lane
from paceline.campaign.evidence import UTILISATION, Evidence, NoEvidence
from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.observed import Observed, Part
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weigher import WeighAsked
from paceline.campaign.weights.changes import SetWeights
from paceline.control.approving.policy import Policy, Rule
from paceline.control.experiments.counts import BlockRecord, Counts
from paceline.control.experiments.looking import look_at
from paceline.control.experiments.plan import PlannedBlock, Setting
from paceline.control.experiments.standing import Experiment, Phase
from paceline.control.experiments.weighing import ExperimentWeigher
from paceline.control.order import Order, Override
from paceline.control.undoing import NoWayBackError
from paceline.ledger.entry import Query
from paceline.primitives.ids import CampaignId
from tests.contract.forecasts import NoForecast
from tests.contract.set_up import rewrite
from tests.contract.switched import FROM, TERMS, TRIED, WISH, Bench, order, plan, started, status
from tests.contract.systems import Office, Through
from tests.unit.campaign.weights.evidences import GOOD

NEW_FIRST = replace(TERMS, seed=4)
"""Its first block has the new setting."""


def on_new(desk: Office, **options: Any) -> tuple[Bench, System]:
    """An experiment in its first block, whose setting is the new one."""
    bench = Bench(desk)
    ada = bench.system(**options)
    started(ada, NEW_FIRST)
    bench.until(FROM // 3600)
    ada.worker.once()
    assert bench.live() is Setting.NEW
    return bench, ada


def counted(block: PlannedBlock, gain: int, lost: int = 0) -> BlockRecord:
    busy = 2_400_000 + 131 * (block.number * 7 % 11) + (gain if block.setting is Setting.NEW else 0)
    found = Counts(dials=90_000, answered=30_000, abandoned=150 + lost, busy_s=busy, staffed_s=3_000_000)
    return BlockRecord(number=block.number, carried=True, kept=found, whole=found)


def over(
    system: System, gain: int = 120_000, *, phase: Phase = Phase.FINISHED, looks: int = 1, **fields: Any
) -> Experiment:
    """Keep an experiment that is over, whose blocks show a gain; it was planned and never sent anything."""
    made = plan(system).experiment
    assert made is not None
    blocks = tuple(counted(one, gain) for one in made.plan.blocks)
    ended = replace(made, phase=phase, started=made.planned, blocks=blocks, **fields)
    told = ({**look_at(ended, 1, ceiling=0.03).document(), "at": "now"},) if looks else ()
    return system.experiments.keep(replace(ended, looks=told))


def asked(system: System) -> WeighAsked:
    observed = system.platform.read(TRIED)
    wanted = WISH.wanted.on(observed.weights)
    assert wanted is not None
    return WeighAsked(observed=observed, wanted=wanted, tuning=observed.tuning, ceiling=0.03)


class Foretold:
    """A twin that always has something good to say."""

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> NoEvidence | None:
        del campaign, split, named
        return None

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        del asked
        return GOOD


def weighed(system: System) -> Evidence | NoEvidence:
    measured = ExperimentWeigher(system.experiments)
    return FirstThatKnows((measured, Foretold()), predictions=system.predictions).weigh(asked(system))


# What is left on that nobody judged.


def test_limit_that_somebody_changes_leaves_no_new_weights_behind(desk: Office) -> None:
    bench, ada = on_new(desk)
    made = ada.run(SetWeights(campaign=TRIED, deviation_limit=Decimal("0.05")))
    assert made.word == "applied", made.document()
    bench.pass_by(1)
    ada.worker.once()
    assert (status(ada).phase, bench.live()) == (Phase.RUNNING, Setting.NEW)
    ended = ada.experiment_desk.abort(TRIED, order(ada))
    assert (ended.phase, bench.live()) == (Phase.ABORTED, Setting.OLD), "a narrower limit does not hold up the way back"
    assert bench.weights()["maxDeviationLimit"] == 0.05, "what he made stays"


def test_tuning_that_somebody_switches_off_leaves_no_new_weights_behind(desk: Office) -> None:
    bench, ada = on_new(desk)
    live = ada.platform.read(TRIED)
    desk.outside(SetWeights(campaign=TRIED, enabled=False).whole_on(live))
    bench.pass_by(1)
    ada.worker.once()
    assert (status(ada).phase, bench.live()) == (Phase.ABORTED, Setting.OLD)
    assert desk.emulated.shown(TRIED)["configuration"]["enablePredictiveTuning"] is False


def test_other_pacing_that_somebody_sets_leaves_no_new_aim_behind(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system(forecaster=NoForecast)
    override = Override(rule="pacing.no-projection", until=bench.now + timedelta(days=5))
    wish = SetPacing(campaign=TRIED, abandonment_aim=Decimal("0.003"))
    assert ada.experiment_desk.plan(wish, NEW_FIRST, Order(actor=ada.actor, overrides=(override,))).experiment
    ada.experiment_desk.start(TRIED, order(ada))
    bench.until(FROM // 3600)
    ada.worker.once()
    assert desk.emulated.shown(TRIED)["predictiveDialer"]["abandonRate"] == 0.003
    desk.outside(SetPacing(campaign=TRIED, max_calls=50).whole_on(ada.platform.read(TRIED)))
    bench.pass_by(1)
    ada.worker.once()
    shown = desk.emulated.shown(TRIED)["predictiveDialer"]
    assert (status(ada).phase, shown["abandonRate"], shown["maxConcurrentCalls"]) == (Phase.ABORTED, 0.004, 50)


def test_part_of_the_new_setting_that_a_stranger_leaves_on_is_told(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    wish = SetWeights(campaign=TRIED, adjusted={"predictive_factor": Decimal("0.25"), "answer_rate": Decimal("0.2")})
    assert plan(ada, NEW_FIRST, wish).experiment is not None
    ada.experiment_desk.start(TRIED, order(ada))
    bench.until(FROM // 3600)
    ada.worker.once()
    bench.outside("0.17")
    bench.pass_by(1)
    ada.worker.once()
    assert status(ada).phase is Phase.CONFLICTED
    assert "of the new setting answer_rate is live still" in str(status(ada).outcome)


def test_switch_of_an_experiment_is_not_undone(desk: Office) -> None:
    bench, ada = on_new(desk)
    ada.experiment_desk.abort(TRIED, order(ada))
    entries = [one.number for one in ada.book.entries(Query(kind=SetWeights.kind, outcome="applied"))]
    assert (len(entries), bench.live()) == (2, Setting.OLD)
    for entry in entries:
        with pytest.raises(NoWayBackError, match="brings its old setting back by itself"):
            ada.undoing.undo(entry, order(ada))
    assert bench.live() is Setting.OLD


def test_policy_that_comes_during_it_pauses_it_and_nothing_waits_for_approval(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada, NEW_FIRST)
    strict = bench.system("bob", approvals=Policy(rules=(Rule(kinds=("weights.*",)),)))
    bench.until(FROM // 3600)
    strict.worker.once()
    assert (status(ada).phase, status(ada).held, bench.live()) == (Phase.PAUSED, "refused", Setting.OLD)
    assert "second person" in str(status(ada).history[-1]["why"])
    assert ada.recorder.unended() == [], "approved hours later it would be live outside its blocks"


# What was no whole block of its setting.


def test_block_in_which_a_stranger_changed_it_and_changed_it_back_is_dropped(desk: Office) -> None:
    bench, ada = on_new(desk)
    bench.pass_by(20)
    bench.outside("0.3")
    bench.outside("0.25")
    bench.pass_by(40)
    ada.worker.once()
    (record,) = status(ada).blocks
    assert (record.carried, "after it began" in record.why) == (False, True)


def test_block_in_which_the_campaign_rested_unseen_is_dropped(desk: Office) -> None:
    bench, ada = on_new(desk)
    bench.pass_by(20)
    ada.run(Pause(campaign=TRIED))
    ada.run(Resume(campaign=TRIED))
    bench.pass_by(40)
    ada.worker.once()
    assert [one.carried for one in status(ada).blocks] == [False]


def test_blocks_that_go_by_while_it_is_paused_are_dropped_whoever_looks(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada, replace(TERMS, seed=1))
    assert status(ada).plan.blocks[0].setting is Setting.OLD
    bench.until(FROM // 3600)
    ada.worker.once()
    bench.pass_by(30)
    ada.experiment_desk.steering.pause(TRIED, order(ada, "it goes badly"), at=bench.now)
    bench.pass_by(30)
    ada.experiment_desk.start(TRIED, order(ada))
    (record,) = status(ada).blocks
    assert (record.carried, record.why) == (False, "the experiment was paused")


class SetBack(Through):
    """A platform whose clock can be set back."""

    by = timedelta(0)

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        found = self.beyond.read(campaign, part=part, lane=lane)
        return replace(found, at=found.at - self.by)


def test_block_that_is_over_is_not_begun_again_when_the_clock_is_set_back(desk: Office) -> None:
    platform = SetBack(desk.emulated.platform())
    bench, ada = on_new(desk, platform=platform)
    bench.pass_by(60)
    ada.worker.once()
    platform.by = timedelta(minutes=10)
    looked = ada.experiment_desk.turns.now(status(ada).entry)
    assert (looked.looked, bench.live()) == (bench.now - platform.by, Setting.OLD)


def test_block_that_the_schedule_closes_by_now_is_dropped(desk: Office) -> None:
    bench, ada = on_new(desk)
    morning = tuple(Window(weekday=day, start_s=8 * 3600, end_s=14 * 3600 + 1800) for day in range(7))
    rewrite(
        desk,
        SetSchedule(campaign=TRIED, zone="Etc/UTC", directive=Directive.STRICT, windows=morning, max_calls=50),
    )
    bench.pass_by(60)
    ada.worker.once()
    (record,) = status(ada).blocks
    assert (record.carried, record.why) == (False, "the schedule was changed, and is closed in it")


def test_change_of_what_else_decides_is_seen_before_a_look_is_taken(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    made = started(ada)
    *before, last = made.plan.blocks
    ada.experiments.keep(replace(made, blocks=tuple(counted(one, 120_000) for one in before)))
    bench.pass_by((last.start - bench.now) // timedelta(minutes=1))
    ada.worker.once()
    bench.pass_by(60)
    desk.outside(SetPacing(campaign=TRIED, abandonment_aim=Decimal("0.002")).whole_on(ada.platform.read(TRIED)))
    ada.worker.once()
    ended = status(ada)
    assert (ended.phase, ended.looks) == (Phase.ABORTED, ())


def test_minutes_that_the_platform_tells_late_are_waited_for(desk: Office) -> None:
    bench, ada = on_new(desk)
    bench.pass_by(58)
    bench.now += timedelta(minutes=2)
    desk.emulated.advance(120)
    ada.worker.once()
    (record,) = status(ada).blocks
    assert (record.carried, record.kept) == (True, None)
    bench.pass_by(11)
    ada.worker.once()
    (record,) = status(ada).blocks
    assert (record.carried, "agents were there" in record.why) == (False, True)


# What it speaks for.


def test_experiment_that_was_taken_back_for_its_harm_silences_what_was_said_before_and_the_twin(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    first = over(ada)
    found = weighed(ada)
    assert isinstance(found, Evidence)
    assert (found.source, found.entry) == ("experiment", first.entry)
    over(ada, phase=Phase.ABORTED, looks=0, harmed=True, outcome="abandonment is shown to be above 3.00%")
    against = weighed(ada)
    assert isinstance(against, NoEvidence)
    assert "took them back: abandonment" in against.why
    bench.outside("0.12")
    assert weighed(ada) == replace(GOOD, accuracy=()), "of other live weights it says nothing"


def test_person_who_ends_one_makes_it_speak_for_nothing(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    over(ada, phase=Phase.ABORTED)
    assert weighed(ada) == replace(GOOD, accuracy=())


def test_one_that_is_tried_again_and_again_is_held_to_one_level_for_all(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    over(ada)
    once = weighed(ada)
    over(ada, phase=Phase.ABORTED)
    over(ada)
    thrice = weighed(ada)
    assert isinstance(once, Evidence)
    assert isinstance(thrice, Evidence)
    narrow, wide = (one.of(UTILISATION).difference for one in (once, thrice))
    assert narrow.mean == wide.mean
    assert wide.high - wide.low > narrow.high - narrow.low


def test_it_speaks_for_sixty_days_from_its_last_block_and_not_from_its_planned_end(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    made = over(ada)
    first_look = made.plan.looks[0]
    early = replace(made, blocks=made.blocks[: first_look + 1])
    long = replace(early.plan, blocks=(*early.plan.blocks, *(
        replace(one, number=one.number + 16, start=one.start + timedelta(days=80), pair=f"later {one.pair}")
        for one in early.plan.blocks
    )))  # fmt: skip
    ada.experiments.keep(replace(early, plan=long))
    assert isinstance(weighed(ada), Evidence)
    found = replace(asked(ada), observed=replace(ada.platform.read(TRIED), at=bench.now + timedelta(days=66)))
    assert isinstance(ExperimentWeigher(ada.experiments).weigh(found), NoEvidence)
