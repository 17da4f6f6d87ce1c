"""Two settings of one campaign are compared block by block; whatever happens, the old one is live in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.evidence import UTILISATION, Evidence
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import NoAnswerError, Prepared, Receipt
from paceline.campaign.weights.changes import SetWeights
from paceline.control.approving.policy import Policy, Rule
from paceline.control.experiments.experiments import OvertakenError
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Phase
from paceline.control.experiments.steering import ExperimentStateError
from paceline.control.fleet.fleet import Found
from paceline.control.order import Order, Override
from paceline.control.rollout.starting import Terms as RolloutTerms
from tests.contract.forecasts import NoForecast
from tests.contract.set_up import FLORIDA
from tests.contract.switched import (
    FROM,
    HARMFUL,
    OLD,
    TERMS,
    TRIED,
    WISH,
    Bench,
    noted,
    order,
    plan,
    started,
    status,
    switches,
)
from tests.contract.systems import Office, Through


def test_experiment_finds_the_better_setting_puts_the_old_one_back_and_speaks_for_it_alone(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    assert started(ada).live is Setting.OLD
    seen = []
    for _ in range(6):
        bench.until(FROM // 3600)
        for _ in range(3):
            ada.worker.once()
            seen.append(bench.live())
            bench.pass_by(60)
        ada.worker.once()
        assert bench.live() is Setting.OLD, "overnight the old one is live"
    ended = status(ada)
    assert seen == [one.setting for one in ended.plan.blocks]
    assert (ended.phase, noted(ada)) == (Phase.FINISHED, ["plan", "start", "look", "end"])
    assert all(one.carried for one in ended.blocks)
    _, look = ada.experiment_desk.analyse(TRIED)
    assert look is not None
    assert look.evidence is not None
    assert look.evidence.worth_having
    assert look.evidence.of(UTILISATION).difference.mean == pytest.approx(0.04, abs=0.002)
    assert len(switches(ada)) == bench.effects()
    other = ada.run(SetWeights(campaign=TRIED, adjusted={"call_rate": Decimal("0.2")}), dry_run=True)
    assert [one.rule for one in other.findings if one.severity == "error"] == ["weights.no-data"]
    made = ada.run(WISH, dry_run=True)
    assert isinstance(made.evidence, Evidence)
    assert (made.evidence.source, made.evidence.entry) == ("experiment", ended.entry)
    assert not made.findings.refused, made.document()
    bench.outside("0.12")
    moved = ada.run(WISH, dry_run=True)
    assert [one.rule for one in moved.findings if one.severity == "error"] == ["weights.no-data"]
    bench.outside("0.1")
    desk.emulated.advance(61 * 86_400)
    aged = ada.run(WISH, dry_run=True)
    assert "weights.no-data" in {one.rule for one in aged.findings}


def test_coins_stand_in_the_ledger_before_anything_is_sent(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    made = plan(ada)
    assert made.experiment is not None
    assert [one.rule for one in made.findings] == ["experiment.power"]
    (row,) = (one for one in ada.book.rows() if one.document.get("kind") == "experiment.plan")
    details = row.document["details"]
    assert isinstance(details, Mapping)
    assert details["plan"] == made.experiment.plan.document()
    assert (bench.effects(), bench.live(), noted(ada)) == (0, Setting.OLD, ["plan"])
    again = plan(ada, replace(TERMS, seed=None))
    assert again.experiment is not None
    assert again.experiment.plan.seed != TERMS.seed
    assert [one.phase for one in ada.experiments.all_of(TRIED)] == [Phase.ABORTED, Phase.PLANNED]


def test_dry_run_keeps_nothing_and_shows_the_plan(desk: Office) -> None:
    ada = Bench(desk).system()
    made = ada.experiment_desk.plan(WISH, TERMS, replace(order(ada), dry_run=True))
    assert (made.experiment, noted(ada)) == (None, [])
    assert made.plan is not None
    assert len(made.plan.blocks) == 18


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        (SetWeights(campaign=TRIED, adjusted={"predictive_factor": Decimal("0.1")}), "experiment.settings"),
        (replace(WISH, deviation_limit=Decimal("0.3")), "experiment.settings"),
        (replace(WISH, enabled=False), "experiment.settings"),
    ],
)
def test_what_cannot_be_compared_is_refused(desk: Office, wish: SetWeights, rule: str) -> None:
    ada = Bench(desk).system()
    assert [one.rule for one in plan(ada, wish=wish).findings] == [rule]


def test_new_weights_beyond_the_live_limit_are_refused_as_any_change_is(desk: Office) -> None:
    ada = Bench(desk).system()
    made = plan(ada, wish=SetWeights(campaign=TRIED, adjusted={"predictive_factor": Decimal("0.35")}))
    assert made.judged is not None
    assert "weights.deviation" in {one.rule for one in made.judged.findings}
    assert made.experiment is None


def test_plan_that_could_show_nothing_is_refused_with_what_would_do(desk: Office) -> None:
    ada = Bench(desk).system()
    (found,) = plan(ada, replace(TERMS, hours=(FROM, FROM + 3600))).findings
    assert found.rule == "experiment.plan"
    assert "pairs would do" in found.message


def test_experiment_that_is_started_late_or_on_other_settings_is_refused(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    assert plan(ada).experiment is not None
    bench.outside("0.15")
    (found,) = ada.experiment_desk.start(TRIED, order(ada)).findings
    assert found.rule == "experiment.moved"
    bench.outside("0.1")
    bench.until(15)
    (found,) = ada.experiment_desk.start(TRIED, order(ada)).findings
    assert found.rule == "experiment.late"
    assert status(ada).phase is Phase.PLANNED


def test_policy_that_wants_a_second_person_for_each_switch_refuses(desk: Office) -> None:
    policy = Policy(rules=(Rule(kinds=("weights.*",)),))
    ada = Bench(desk).system(approvals=policy)
    assert "experiment.approval" in {one.rule for one in plan(ada).findings}


def test_stranger_who_changes_the_weights_ends_it_and_nothing_is_sent(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada)
    bench.to_new(ada)
    bench.outside("0.17")
    sent = bench.effects()
    bench.pass_by(2)
    ada.worker.once()
    ended = status(ada)
    assert (ended.phase, bench.live(), bench.effects()) == (Phase.CONFLICTED, None, sent)
    assert "outside paceline" in str(ended.outcome)


def test_stranger_who_sets_one_of_the_two_by_hand_ends_it_too(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada)
    bench.to_new(ada)
    bench.outside("0.1")
    bench.pass_by(2)
    ada.worker.once()
    assert (status(ada).phase, bench.live()) == (Phase.CONFLICTED, Setting.OLD)


def test_change_of_what_else_decides_ends_it_with_the_old_setting_live(desk: Office) -> None:
    bench = Bench(desk)
    ada, guard = bench.system(), bench.system("guard")
    started(ada)
    bench.to_new(ada)
    eased = guard.run(SetPacing(campaign=TRIED, abandonment_aim=Decimal("0.002")))
    assert eased.word == "applied", eased.document()
    bench.pass_by(1)
    ada.worker.once()
    ended = status(ada)
    assert (ended.phase, bench.live()) == (Phase.ABORTED, Setting.OLD)
    assert "compare with nothing" in str(ended.outcome)


def test_new_setting_that_harms_is_taken_back_within_minutes(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada)
    bench.to_new(ada)
    for _ in range(10):
        bench.pass_by(3, new=HARMFUL)
        ada.worker.once()
        if not status(ada).phase.is_under_way:
            break
    ended = status(ada)
    assert (ended.phase, ended.harmed, bench.live()) == (Phase.ABORTED, True, Setting.OLD)
    assert "abandon" in str(ended.outcome)
    assert noted(ada)[-2:] == ["abort", "end"]
    again = ada.run(WISH, dry_run=True)
    assert [one.rule for one in again.findings if one.severity == "error"] == ["weights.no-data"]


def test_new_setting_that_the_law_forbids_now_pauses_it_and_says_so(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada, replace(TERMS, seed=4))
    assert status(ada).plan.blocks[0].setting is Setting.NEW
    bench.before(1, abandoned=0.0305)
    day_ago = bench.now - timedelta(days=1)
    ada.facts.declare(TRIED, {**FLORIDA, "anchor": day_ago.isoformat()}, order(ada))
    bench.until(FROM // 3600)
    ada.worker.once()
    paused = status(ada)
    assert (paused.phase, paused.held, bench.live()) == (Phase.PAUSED, "refused", Setting.OLD)
    assert "the new setting was refused" in str(paused.history[-1]["why"])


def test_freeze_pauses_it_and_the_block_is_dropped_with_its_pair(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada)
    bench.to_new(ada)
    given_up = status(ada).plan.at(bench.now)
    assert given_up is not None
    bench.pass_by(5)
    ada.freeze.freeze(Found(campaigns={TRIED: None}), Order(actor=ada.actor, reason="complaints"))
    ada.worker.once()
    paused = status(ada)
    assert (paused.phase, paused.held, bench.live()) == (Phase.PAUSED, "frozen", Setting.OLD)
    (found,) = ada.experiment_desk.start(TRIED, order(ada)).findings
    assert found.rule == "experiment.not-dialing"
    bench.pass_by(60)
    ada.worker.once()
    record = next(one for one in status(ada).blocks if one.number == given_up.number)
    assert (record.carried, "frozen" in record.why) == (False, True)


def test_campaign_that_rests_gets_the_old_setting_and_goes_on_by_itself(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada)
    bench.to_new(ada)
    ada.run(Pause(campaign=TRIED))
    bench.pass_by(1)
    ada.worker.once()
    assert (status(ada).phase, bench.live()) == (Phase.RUNNING, Setting.OLD)


def test_setting_that_comes_late_is_not_carried_out_and_never_brought_about(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada, replace(TERMS, seed=4))
    bench.until(FROM // 3600)
    bench.pass_by(20)
    ada.worker.once()
    assert bench.live() is Setting.OLD, "nobody worked when it was time"
    bench.pass_by(40)
    ada.worker.once()
    (record,) = status(ada).blocks
    assert not record.carried
    assert "was not live by" in record.why


def test_persons_pause_start_again_and_abort_it(desk: Office) -> None:
    bench = Bench(desk)
    ada, bob = bench.system(), bench.system("bob")
    started(ada)
    bench.to_new(ada)
    assert bob.experiment_desk.pause(TRIED, order(bob, "lunch")).phase is Phase.PAUSED
    assert bench.live() is Setting.OLD
    began = ada.experiment_desk.start(TRIED, order(ada))
    assert began.experiment is not None
    assert began.experiment.phase is Phase.RUNNING
    assert (ada.experiment_desk.start(TRIED, order(ada)).findings.refused, bench.live()) == (True, Setting.OLD)
    aborted = bob.experiment_desk.abort(TRIED, order(bob, "enough"))
    assert (aborted.phase, aborted.outcome) == (Phase.ABORTED, "aborted by bob: enough")
    for steer in (bob.experiment_desk.pause, bob.experiment_desk.abort, bob.experiment_desk.start):
        with pytest.raises(ExperimentStateError):
            steer(TRIED, order(bob))


def test_two_workers_change_over_once(desk: Office) -> None:
    bench = Bench(desk)
    ada, bob = bench.system(), bench.system("bob")
    started(ada)
    bench.to_new(ada)
    bob.worker.once()
    assert len(switches(ada)) == bench.effects() == 1


def test_rollout_supervision_and_experiment_exclude_each_other(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system(forecaster=NoForecast)
    started(ada)
    until = bench.now + timedelta(days=1)
    answered = Order(actor=ada.actor, overrides=(Override(rule="pacing.no-projection", until=until),))
    wish = SetPacing(campaign=TRIED, abandonment_aim=Decimal("0.008"))
    (found,) = (
        one for one in ada.rollout_desk.start(wish, RolloutTerms(steps=1), answered).findings if one.severity == "error"
    )
    assert (found.rule, found.found) == ("rollout.experiment", status(ada).entry)
    assert "experiment of ada" in str(ada.supervision.start(TRIED, order(ada)).document())
    ada.experiment_desk.abort(TRIED, order(ada))
    assert ada.rollout_desk.start(wish, RolloutTerms(steps=1), answered).rollout is not None
    assert {one.rule for one in plan(ada).findings} == {"experiment.steered"}


def test_experiment_that_a_rollout_overtook_does_not_start(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system(forecaster=NoForecast)
    experiment = plan(ada).experiment
    assert experiment is not None
    override = Override(rule="pacing.no-projection", until=bench.now + timedelta(days=1))
    wish = SetPacing(campaign=TRIED, abandonment_aim=Decimal("0.008"))
    begun = ada.rollout_desk.start(wish, RolloutTerms(steps=1), Order(actor=ada.actor, overrides=(override,)))
    assert begun.rollout is not None
    with pytest.raises(OvertakenError, match=r"rollout \d+ of campaign TRIED is under way by now"):
        ada.experiment_desk.steering.start(experiment, order(ada), at=bench.now, version="any")


def test_pacing_is_compared_as_weights_are(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system(forecaster=NoForecast)
    override = Override(rule="pacing.no-projection", until=bench.now + timedelta(days=5))
    wish = SetPacing(campaign=TRIED, abandonment_aim=Decimal("0.006"))
    made = ada.experiment_desk.plan(wish, replace(TERMS, seed=4), Order(actor=ada.actor, overrides=(override,)))
    assert made.experiment is not None, made.document()
    ada.experiment_desk.start(TRIED, order(ada))
    bench.until(FROM // 3600)
    ada.worker.once()
    assert desk.emulated.shown(TRIED)["predictiveDialer"]["abandonRate"] == 0.006
    assert ada.experiment_desk.abort(TRIED, order(ada)).phase is Phase.ABORTED
    assert desk.emulated.shown(TRIED)["predictiveDialer"]["abandonRate"] == 0.004


class Slow(Through):
    """A platform on the way to which the first change is held up: nobody can tell whether it arrived."""

    held_up: Prepared | None = None

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if self.held_up is None or self.held_up == prepared:
            self.held_up = prepared
            raise NoAnswerError("nobody answers", operation="apply", request_sent=True)
        return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)


def test_switch_that_comes_late_is_taken_back_before_it_ends(desk: Office) -> None:
    bench = Bench(desk)
    slow = Slow(desk.emulated.platform())
    ada = bench.system(platform=slow)
    started(ada, replace(TERMS, seed=4))
    bench.until(FROM // 3600)
    ada.worker.once()
    assert (status(ada).held, bench.live()) == ("unanswered", Setting.OLD)
    ending = ada.experiment_desk.abort(TRIED, order(ada, "enough"))
    assert ending.phase is Phase.ENDING, "what was sent may come yet, and would leave the new setting live"
    assert slow.held_up is not None
    slow.beyond.apply(slow.held_up, idempotency_key="late")
    assert bench.live() is Setting.NEW
    for _ in range(2):
        bench.pass_by(1)
        ada.worker.once()
    assert (status(ada).phase, bench.live()) == (Phase.ABORTED, Setting.OLD)
    assert ada.recorder.unended() == []


def test_platform_that_is_away_at_the_edge_holds_it_up_and_nothing_else(desk: Office) -> None:
    bench = Bench(desk)
    ada = bench.system()
    started(ada, replace(TERMS, seed=4))
    bench.until(FROM // 3600)
    desk.emulated.arrange(TRIED, isLocked=True)
    ada.worker.once()
    assert (status(ada).held, bench.live()) == ("in-the-way", Setting.OLD)
    desk.emulated.arrange(TRIED, isLocked=False)
    bench.pass_by(1, old=OLD)
    ada.worker.once()
    assert bench.live() is Setting.NEW
