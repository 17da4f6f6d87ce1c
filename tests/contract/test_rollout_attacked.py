"""Rollouts under circumstances that somebody thought up to break them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from paceline.campaign.catalogue import change_of
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.statistics import Tally
from paceline.control.approving.policy import Policy, Rule
from paceline.control.rollout.measuring import outside
from paceline.control.rollout.standing import Phase
from paceline.control.settlement import change_in
from paceline.ledger.entry import Query
from paceline.outbox.addresses import Reach
from tests.contract.killing import Killer
from tests.contract.receivers import receiving
from tests.contract.rolled import BEFORE, GOOD, HARMFUL, MINUTE, ROLLED, SHORT, Stage, begin, begun, order, status
from tests.contract.systems import STARTED, Office
from tests.contract.test_rollout_killed import taken_over

BLIND = timedelta(minutes=10)


def test_minutes_before_a_step_arrived_are_no_evidence_of_it_though_its_sender_was_killed(
    office: Office,
    url: str,
    killer: Killer,
) -> None:
    stage = Stage(office)
    stage.days_before(days=5, hours=7)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    office.emulated.arrange(ROLLED, isLocked=True)
    assert ada.rollout_desk.promote(ROLLED, order(ada)).step == 1
    stage.pass_by(200, **GOOD)
    office.emulated.arrange(ROLLED, isLocked=False)
    killer.round(office, url, ROLLED, "answered", projects=False)
    assert stage.live() == "0.012"
    arrived = stage.now
    taken_over(stage, bob)
    assert (status(bob).phase, status(bob).step) == (Phase.RUNNING, 2)
    assert status(bob).began >= arrived


def test_harmless_minutes_that_nobody_saw_count_though_the_campaign_was_paused_since(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=5)
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
    stage.days_before(days=5)
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


def test_way_back_waits_for_nobody_who_can_tell_the_law(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    ada.facts.declare(ROLLED, {"regions": ["US-ZZ"]}, order(ada))
    assert ada.rollout_desk.abort(ROLLED, order(ada)).phase is Phase.ABORTED
    assert stage.live() == "0.004"


def test_way_back_that_loosens_a_field_above_the_ceiling_takes_the_gentler_of_each_field(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=1)
    ada = stage.system()
    wish = SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.012"), answer_rate=Decimal("0.55"))
    begun(ada, wish=wish, terms=replace(SHORT, steps=1))
    stage.pass_by(200, abandoned=0.2, utilisation=0.9)
    ada.time.look()
    ada.rollout_desk.turns.run(ada.time)
    assert status(ada).phase is Phase.UNDONE
    shown = desk.emulated.shown(ROLLED)["predictiveDialer"]
    assert (shown["abandonRate"], shown["answerRate"]) == (0.004, 0.55)
    assert "the gentler of each field is live" in str(status(ada).history[-1]["why"])


def test_what_a_step_leaves_as_it_is_is_not_named_by_its_change(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    (entry,) = ada.book.entries(Query(campaign=ROLLED, kind="pacing.set", outcome="applied"))
    change: Any = change_of(change_in(entry))
    assert change.abandonment_aim == Decimal("0.008")
    assert {change.answer_rate, change.max_calls, change.call_interval_ms, change.warm_up_s} == {None}


@pytest.mark.parametrize(("days", "told"), [(0, "nothing was measured"), (3, "3 days were measured")])
def test_too_few_days_before_are_told_at_the_start(desk: Office, days: int, told: str) -> None:
    stage = Stage(desk)
    stage.days_before(days=days, hours=2)
    messages = [one.message for one in begin(stage.system()).findings]
    assert messages[0].startswith(told)
    assert len(messages) == (2 if days else 1)


def test_gain_over_too_few_days_is_held_for_a_person(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=4, hours=5)
    ada = stage.system()
    begun(ada)
    stage.pass_by(200, **GOOD)
    ada.worker.once()
    assert (status(ada).step, status(ada).held) == (1, "no-baseline")


def test_rollout_that_was_taken_back_costs_its_own_minutes_and_not_the_days_before_it(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=5, hours=7)
    ada = stage.system()
    begun(ada)
    since = stage.now
    stage.pass_by(30, **GOOD)
    ada.rollout_desk.undo(ROLLED, order(ada))
    until = stage.now
    stage.pass_by(20, **BEFORE)
    again = begin(ada, terms=replace(SHORT, steps=1))
    assert again.rollout is not None
    assert again.rollout.others == ((since, until),)
    assert again.rollout.measured_since < since - timedelta(days=5)
    assert not any("no gain can be shown" in one.message for one in again.findings)
    stage.pass_by(145, **GOOD)
    ada.worker.once()
    assert (status(ada).phase, stage.live()) == (Phase.COMPLETED, "0.012")


def test_minutes_of_another_pacing_and_those_that_settle_after_it_are_left_out() -> None:
    minutes = tuple((STARTED + at * MINUTE, Tally(dials=at)) for at in range(10))
    others = ((STARTED + timedelta(seconds=90), STARTED + timedelta(seconds=200)),)
    left = outside(minutes, others, settle=timedelta(minutes=2))
    assert [tally.dials for _, tally in left] == [0, 6, 7, 8, 9]


def test_undo_is_told_with_reason_numbers_and_way_back_in_status_event_and_ledger(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system(webhook_reach=Reach.LOOPBACK)
    with receiving() as receiver:
        ada.webhooks.add(receiver.url, ["rollout.undo"], order(ada))
        begun(ada)
        stage.pass_by(100, **HARMFUL)
        ada.worker.once()
        (event,) = receiver.taken()
    (note,) = ada.book.entries(Query(campaign=ROLLED, kind="rollout.undo"))
    row: Any = note.rows[0].document
    stands: Any = status(ada).document()
    told: Any = next(one for one in stands["history"] if one["what"] == "undo")
    heard: Any = event["data"]
    assert heard["reason"] == row["reason"] == told["why"] == stands["judgement"]["reason"]
    assert heard["numbers"] == row["details"]["numbers"] == told["numbers"] == stands["judgement"]["numbers"]
    assert heard["way_back"] == row["details"]["way_back"] == stands["way_back"] == "paceline rollout clear ROLLED"
