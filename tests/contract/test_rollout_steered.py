"""Persons steer a rollout, others come in between, and each is told who did what."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from paceline.campaign.blocks import DialingMode
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order
from paceline.control.rollout.standing import Phase
from paceline.control.rollout.steering import RolloutStateError
from paceline.cxone.exchange import Request
from paceline.primitives.clock import MachineClock
from tests.contract.later import effects, number
from tests.contract.rolled import (
    ANSWERED_FOR,
    GOOD,
    LIVE,
    ROLLED,
    SHORT,
    WISH,
    Stage,
    begin,
    begun,
    kinds,
    order,
    status,
)
from tests.contract.systems import Meddled, Office

UNSTEPPED = replace(SHORT, steps=1)


def test_person_promotes_without_evidence_up_to_the_end(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    assert ada.rollout_desk.promote(ROLLED, order(ada, "I watch it")).step == 2
    assert stage.live() == "0.012"
    assert ada.rollout_desk.promote(ROLLED, order(ada)).phase is Phase.COMPLETED
    with pytest.raises(RolloutStateError, match="is completed, not running or paused"):
        ada.rollout_desk.promote(ROLLED, order(ada))
    (promoted,) = (one for one in status(ada).history if one["what"] == "promote")
    assert promoted["why"] == "promoted by ada without waiting for evidence: I watch it"


def test_abort_takes_it_back_and_latches_with_who_and_why(desk: Office) -> None:
    stage = Stage(desk)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    aborted = bob.rollout_desk.abort(ROLLED, order(bob, "complaints"))
    assert (aborted.phase, stage.live()) == (Phase.ABORTED, "0.004")
    (found,) = begin(ada).findings
    assert (found.rule, found.source) == ("rollout.latched", "bob")
    assert "complaints" in found.message
    for steer in (bob.rollout_desk.abort, bob.rollout_desk.undo, bob.rollout_desk.pause, bob.rollout_desk.resume):
        with pytest.raises(RolloutStateError):
            steer(ROLLED, order(bob))


def test_completed_rollout_is_undone_by_a_person_and_not_latched(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada, terms=UNSTEPPED)
    ada.rollout_desk.promote(ROLLED, order(ada))
    undone = ada.rollout_desk.undo(ROLLED, order(ada, "too many complaints"))
    assert (undone.phase, undone.latch, stage.live()) == (Phase.UNDONE, None, "0.004")
    assert begin(ada).rollout is not None


def test_undo_of_what_somebody_changed_since_sends_nothing_and_tells_who_and_what(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system()
    begun(ada, terms=UNSTEPPED)
    ada.rollout_desk.promote(ROLLED, order(ada))
    stage.outside("0.02")
    sent = len(office.sent())
    told = ada.rollout_desk.undo(ROLLED, order(ada))
    assert (told.phase, stage.live(), len(office.sent())) == (Phase.CONFLICTED, "0.02", sent)
    why = str(told.history[-1]["why"])
    assert "predictiveDialer" in why
    assert "outside paceline" in why


def test_conflict_with_another_operator_stops_it_and_tells_who_and_what(office: Office) -> None:
    stage = Stage(office)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    change = SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.009"))
    made = bob.run(change)
    assert made.word == "refused", "a bolder one wants somebody who answers for it"
    made = bob.corridor.run(change, Order(actor=bob.actor, overrides=ANSWERED_FOR))
    assert made.word == "applied"
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    ended = status(ada)
    assert (ended.phase, stage.live(), ended.latch) == (Phase.CONFLICTED, "0.009", None)
    assert f"bob (entry {number(made)})" in str(ended.history[-1]["why"])
    stage.pass_by(300, **GOOD)
    ada.worker.once()
    assert stage.live() == "0.009"


@pytest.mark.parametrize("by", ["pacing", "mode"])
def test_rollout_that_one_of_ours_eased_off_is_undone_by_that(desk: Office, by: str) -> None:
    stage = Stage(desk)
    if by == "mode":
        rules = {
            "dialingMethod": "PREDICTIVE",
            "retrySettings": {"maxAttempts": 2, "intervalMinutes": [240]},
            "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 300},
            "maxCallsPerAgent": 2,
        }
        _set_rules(desk, rules)
    ada, guard = stage.system("ada"), stage.system("guard")
    begun(ada)
    if by == "mode":
        eased = guard.run(SetDialingRules(campaign=ROLLED, mode=DialingMode.PROGRESSIVE))
    else:
        eased = guard.run(SetPacing(campaign=ROLLED, answer_rate=Decimal("0.55"), abandonment_aim=Decimal("0.001")))
    assert eased.word == "applied", eased.document()
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    ended = status(ada)
    assert ended.phase is Phase.UNDONE
    assert str(ended.history[-1]["why"]).startswith(f"eased off by guard (entry {eased.entry})")


def _set_rules(office: Office, block: dict[str, Any]) -> None:
    request = Request(
        operation="edit",
        method="PATCH",
        target=f"/api/v2/outbound/campaigns/{ROLLED}",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"dialingRules": block}).encode(),
    )
    office.emulated.transport().send(request)


def test_way_back_is_not_refused_for_being_long(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    wish = SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.012"), max_calls=72)
    begun(ada, wish=wish, terms=replace(SHORT, steps=3))
    ada.rollout_desk.promote(ROLLED, order(ada))
    ada.rollout_desk.promote(ROLLED, order(ada))
    assert desk.emulated.shown(ROLLED)["predictiveDialer"]["maxConcurrentCalls"] == 72
    assert ada.rollout_desk.undo(ROLLED, order(ada)).phase is Phase.UNDONE
    assert desk.emulated.shown(ROLLED)["predictiveDialer"] == LIVE


def test_locked_campaign_is_taken_back_as_soon_as_it_yields(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    desk.emulated.arrange(ROLLED, isLocked=True)
    assert ada.rollout_desk.abort(ROLLED, order(ada)).phase is Phase.UNDOING
    with pytest.raises(RolloutStateError, match="is undoing"):
        ada.rollout_desk.clear(ROLLED, order(ada))
    entries = len(kinds(ada))
    for _ in range(3):
        stage.pass_by(1, **GOOD)
        ada.worker.once()
    assert len(kinds(ada)) - entries <= 2, "each try comes later than the one before"
    desk.emulated.arrange(ROLLED, isLocked=False)
    stage.pass_by(5, **GOOD)
    ada.worker.once()
    assert (status(ada).phase, stage.live()) == (Phase.ABORTED, "0.004")


def test_two_workers_at_the_same_moment_bring_one_step_about_once(office: Office) -> None:
    stage = Stage(office)
    clock = MachineClock()
    systems = [stage.system(name, clock=clock, platform=office.emulated.platform()) for name in ("ada", "bob", "eve")]
    started = systems[0].rollout_desk.starting.start(WISH, SHORT, Order(actor=systems[0].actor, overrides=ANSWERED_FOR))
    assert (started.rollout is not None, stage.live()) == (True, "0.004")
    for one in systems:
        one.time.look()
    gate = Barrier(len(systems))

    def turn(system: Any) -> int:
        gate.wait()
        done: int = system.rollout_desk.turns.run(system.time)
        return done

    with ThreadPoolExecutor(len(systems)) as pool:
        assert sum(pool.map(turn, systems)) == 1
    assert (status(systems[0]).step, stage.live(), effects(office, ROLLED)) == (1, "0.008", [ROLLED])
    assert kinds(systems[0]) == ["pacing.set", "start", "pacing.set", "step"]


def test_change_just_before_a_step_arrives_stops_the_rollout(office: Office) -> None:
    stage = Stage(office)
    meddled = Meddled(office.emulated.platform(), lambda: stage.outside("0.006"))
    ada = stage.system(platform=meddled)
    ended = begun(ada)
    assert (ended.phase, stage.live()) == (Phase.CONFLICTED, "0.006")
    assert "outside paceline" in str(ended.history[-1]["why"])


def test_pause_just_before_a_step_arrives_holds_it_until_the_campaign_dials_again(desk: Office) -> None:
    stage = Stage(desk)
    meddled = Meddled(desk.emulated.platform(), lambda: desk.outside(Pause(campaign=ROLLED)))
    ada = stage.system(platform=meddled)
    held = begun(ada)
    assert (held.phase, held.step, stage.live()) == (Phase.RUNNING, 0, "0.004")
    desk.outside(Resume(campaign=ROLLED))
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    assert (status(ada).step, stage.live()) == (1, "0.008")


def test_abort_while_a_worker_sends_a_step_is_carried_out_by_that_worker(office: Office) -> None:
    stage = Stage(office)
    bob = stage.system("bob")
    seen: list[Phase] = []

    def abort() -> None:
        seen.append(bob.rollout_desk.abort(ROLLED, order(bob, "not this one")).phase)

    ada = stage.system("ada", platform=Meddled(office.emulated.platform(), abort))
    ended = begun(ada)
    assert (seen, ended.phase, stage.live()) == ([Phase.UNDOING], Phase.ABORTED, "0.004")
    assert ended.latch is not None
    assert ended.latch.by == "bob"


def test_person_can_abort_while_the_platform_is_away_and_it_is_done_when_it_is_back(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system()
    begun(ada)
    office.emulated.order("reset_before", path="/api/*", times=None)
    assert ada.rollout_desk.abort(ROLLED, order(ada, "complaints")).phase is Phase.UNDOING
    office.emulated.control("DELETE", "/faults")
    stage.pass_by(5, **GOOD)
    ada.time.look()
    ada.rollout_desk.turns.run(ada.time)
    assert (status(ada).phase, stage.live()) == (Phase.ABORTED, "0.004")
