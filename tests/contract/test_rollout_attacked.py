"""Rollouts under circumstances that somebody thought up to break them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.approval_policy import Policy, Rule
from paceline.control.rollout.standing import Phase
from tests.contract.rolled import ANSWERED_FOR, GOOD, HARMFUL, ROLLED, SHORT, WISH, Stage, begin, begun, order, status
from tests.contract.systems import Office
from tests.contract.test_rollout_killed import killed, taken_over, walker  # noqa: F401  # the fixture

BLIND = timedelta(minutes=10)


def test_minutes_before_a_step_arrived_are_no_evidence_of_it_though_its_sender_was_killed(
    office: Office, url: str, walker: subprocess.Popen[str]  # noqa: F811  # the fixture
) -> None:
    stage = Stage(office)
    stage.days_before(days=3, hours=7)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    office.emulated.arrange(ROLLED, isLocked=True)
    assert ada.rollout_desk.promote(ROLLED, order(ada)).step == 1
    stage.pass_by(200, **GOOD)
    office.emulated.arrange(ROLLED, isLocked=False)
    killed(walker, office, url, "answered")
    assert stage.live() == "0.012"
    arrived = stage.now
    taken_over(stage, bob)
    assert (status(bob).phase, status(bob).step) == (Phase.RUNNING, 2)
    assert status(bob).began >= arrived


def test_harmless_minutes_that_nobody_saw_count_though_the_campaign_was_paused_since(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=3)
    ada = stage.system()
    begun(ada, terms=replace(SHORT, blind=BLIND))
    ada.rollout_desk.promote(ROLLED, order(ada))
    stage.pass_by(60, **GOOD)
    desk.outside(Pause(campaign=ROLLED))
    stage.pass_by(1)
    ada.worker.once()
    assert (status(ada).step, stage.live()) == (1, "0.008")


def test_step_that_waits_for_approval_is_withdrawn_when_somebody_else_changed_the_pacing(desk: Office) -> None:
    stage = Stage(desk)
    policy = Policy(rules=(Rule(kinds=("pacing.*",)),))
    ada = stage.system("ada", approvals=policy)
    begun(ada)
    stage.outside("0.006")
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    assert (status(ada).phase, ada.recorder.unended()) == (Phase.CONFLICTED, [])


def test_step_that_waits_for_approval_is_withdrawn_when_a_person_pauses_the_rollout(desk: Office) -> None:
    stage = Stage(desk)
    policy = Policy(rules=(Rule(kinds=("pacing.*",)),))
    ada, bob = stage.system("ada", approvals=policy), stage.system("bob", approvals=policy)
    begun(ada)
    bob.rollout_desk.pause(ROLLED, order(bob, "complaints"))
    assert (status(ada).phase, ada.recorder.unended(), stage.live()) == (Phase.PAUSED, [], "0.004")
    assert bob.rollout_desk.resume(ROLLED, order(bob)).phase is Phase.RUNNING
    (again,) = ada.recorder.unended()
    bob.approvals.approve(again.entry, order(bob))
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    assert (status(ada).step, stage.live()) == (1, "0.008")


def test_rollout_of_a_campaign_that_takes_no_change_any_more_ends(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    desk.emulated.arrange(ROLLED, status="ARCHIVED")
    assert ada.rollout_desk.abort(ROLLED, order(ada)).phase is Phase.CONFLICTED
    stage.pass_by(1)
    ada.worker.once()
    assert "ARCHIVED" in str(status(ada).history[-1]["why"])


def test_way_back_is_taken_within_minutes_of_the_lock_that_kept_it(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=2)
    ada = stage.system()
    begun(ada)
    desk.emulated.arrange(ROLLED, isLocked=True)
    for _ in range(60):
        stage.pass_by(5, **HARMFUL)
        ada.worker.once()
    assert status(ada).phase is Phase.UNDOING
    desk.emulated.arrange(ROLLED, isLocked=False)
    stage.pass_by(5, **HARMFUL)
    ada.worker.once()
    assert (status(ada).phase, stage.live()) == (Phase.UNDONE, "0.004")


@pytest.mark.parametrize("steps", [2, 20])
def test_steps_that_would_change_nothing_are_refused_with_how_many_do(desk: Office, steps: int) -> None:
    stage = Stage(desk)
    refused = begin(stage.system(), wish=SetPacing(campaign=ROLLED, max_calls=61), terms=replace(SHORT, steps=steps))
    (found,) = (one for one in refused.findings if one.rule == "rollout.plan")
    assert (refused.rollout, "1 step" in found.message) == (None, True)


def test_undo_of_a_completed_rollout_does_not_begin_beside_a_newer_one(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada, terms=replace(SHORT, steps=1))
    done = ada.rollout_desk.promote(ROLLED, order(ada))
    assert done.phase is Phase.COMPLETED
    wish = SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.016"))
    assert begin(ada, wish=wish).rollout is not None
    taken_up = replace(done, phase=Phase.UNDOING)
    with pytest.raises(Exception, match="under way"):
        ada.rollouts.keep(taken_up)
