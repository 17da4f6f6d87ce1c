"""What a rollout sees of its step, and what it does when it sees nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.rollout.standing import Phase
from paceline.primitives.ids import campaign_id
from tests.contract.forecasts import NoForecast
from tests.contract.rolled import (
    GOOD,
    HARMFUL,
    LIVE,
    ROLLED,
    SHORT,
    Stage,
    begun,
    order,
    status,
)
from tests.contract.set_up import FLORIDA
from tests.contract.systems import Office

UNSTEPPED = replace(SHORT, steps=1)


def test_what_nobody_saw_for_too_long_goes_back_a_step_at_the_first_contact(office: Office) -> None:
    stage = Stage(office)
    stage.days_before(days=5)
    ada = stage.system()
    begun(ada, terms=replace(SHORT, blind=timedelta(minutes=10)))
    ada.rollout_desk.promote(ROLLED, order(ada))
    assert stage.live() == "0.012"
    stage.pass_by(9, **GOOD)
    ada.worker.once()
    assert stage.live() == "0.012"
    stage.pass_by(11, **GOOD)
    ada.worker.once()
    back = status(ada)
    assert (back.phase, back.step, stage.live()) == (Phase.RUNNING, 1, "0.008")
    assert "nobody saw for 11 minutes what it did, more than 10" in str(back.history[-2]["why"])
    stage.pass_by(30, **GOOD)
    ada.worker.once()
    back = status(ada)
    assert (back.phase, back.step, stage.live()) == (Phase.PAUSED, 0, "0.004")
    assert ada.rollout_desk.resume(ROLLED, order(ada)).step == 1
    assert stage.live() == "0.008"


def test_missed_minutes_that_show_harm_take_it_back_whole(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=5)
    ada = stage.system()
    begun(ada, terms=replace(SHORT, blind=timedelta(minutes=10)))
    ada.rollout_desk.promote(ROLLED, order(ada))
    stage.pass_by(100, **HARMFUL)
    ada.worker.once()
    assert (status(ada).phase, stage.live()) == (Phase.UNDONE, "0.004")


def test_time_in_which_nobody_dialed_is_no_time_without_sight(desk: Office) -> None:
    stage = Stage(desk)
    desk.emulated.arrange(ROLLED, live={"callsConnected": 0})
    ada = stage.system()
    begun(ada, terms=replace(SHORT, blind=timedelta(minutes=10)))
    stage.pass_by(600)
    ada.worker.once()
    assert (status(ada).step, status(ada).phase) == (1, Phase.RUNNING)


def test_platform_that_dials_and_tells_nothing_is_not_trusted_for_longer_than_the_blind_time(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada, terms=replace(SHORT, blind=timedelta(minutes=10)))
    stage.pass_by(9)
    ada.worker.once()
    assert status(ada).step == 1
    stage.pass_by(2)
    ada.worker.once()
    assert (status(ada).step, status(ada).phase) == (0, Phase.PAUSED)


def test_dialer_that_abandons_too_much_is_taken_back_by_what_it_does(office: Office) -> None:
    belief = {**LIVE, "answerRate": 0.6, "maxConcurrentCalls": 150}
    dialer = {"answerRate": 0.6, "records": 60000, "talkSeconds": 60, "wrapSeconds": 10}
    document = {"id": "BOLD", "status": "ACTIVE", "agents": 30, "predictiveDialer": belief, "dialer": dialer}
    office.emulated.control("POST", "/campaigns", document)
    bold = campaign_id("BOLD")
    ada = office.system(forecaster=NoForecast)
    ada.facts.declare(bold, dict(FLORIDA), order(ada))
    office.emulated.advance(1200)
    wish = SetPacing(campaign=bold, abandonment_aim=Decimal("0.03"))
    begun(ada, wish=wish, terms=replace(SHORT, steps=1, blind=timedelta(hours=1)))
    for _ in range(8):
        office.emulated.advance(1200)
        ada.time.look()
        ada.rollout_desk.turns.run(ada.time)
        if ada.rollouts.of(bold).phase is Phase.UNDONE:
            break
    ended = ada.rollouts.of(bold)
    assert (ended.phase, ended.step) == (Phase.UNDONE, 0), ended.judgement
    assert office.emulated.shown(bold)["predictiveDialer"] == belief
    assert ended.judgement is not None
    assert ended.judgement["decision"] == "undo"


def test_only_new_minutes_are_asked_for_and_all_of_them_by_a_process_that_begins_anew(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system("ada")
    begun(ada)

    def asked() -> list[str]:
        looks = desk.emulated.entries(method="GET", path=f"*/{ROLLED}/statistics")
        return [str(one["request"]["query"]) for one in looks if "bucket" in str(one["request"]["query"])]

    stage.pass_by(40, **GOOD)
    ada.worker.once()
    stage.pass_by(1, **GOOD)
    before = len(asked())
    ada.worker.once()
    assert "12%3A39%3A00" in asked()[before]
    stage.pass_by(1, **GOOD)
    before = len(asked())
    stage.system("bob").worker.once()
    assert "12%3A00%3A00" in asked()[before]


def test_steps_are_compared_with_what_was_measured_under_the_pacing_before_alone(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    ada.recorder.saw([ada.platform.read(ROLLED)])
    stage.pass_by(90)
    stage.outside("0.003")
    stage.pass_by(30)
    ada.recorder.saw([ada.platform.read(ROLLED)])
    seen = stage.now
    stage.pass_by(60)
    desk.outside(Pause(campaign=ROLLED))
    desk.outside(Resume(campaign=ROLLED))
    assert begun(ada).measured_since == seen


def test_statistics_that_cannot_be_read_hold_it_and_take_it_back_a_step_after_the_blind_time(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada, terms=replace(SHORT, blind=timedelta(minutes=10)))
    ada.rollout_desk.promote(ROLLED, order(ada))
    desk.emulated.order("reset_before", method="GET", path=f"*/{ROLLED}/statistics", times=None)
    stage.pass_by(5, **GOOD)
    ada.time.look()
    ada.rollout_desk.turns.run(ada.time)
    assert (status(ada).step, status(ada).held) == (2, "not-measured")
    stage.pass_by(6, **GOOD)
    ada.time.look()
    ada.rollout_desk.turns.run(ada.time)
    assert (status(ada).step, stage.live()) == (1, "0.008")


def test_campaign_that_cannot_be_read_holds_up_no_other_and_is_tried_again(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    desk.emulated.order("status", method="GET", path=f"*/{ROLLED}", status=404, times=1)
    stage.pass_by(1, **GOOD)
    ada.time.look()
    assert ada.rollout_desk.turns.run(ada.time) == 0
    looked = status(ada).looked
    stage.pass_by(2, **GOOD)
    ada.time.look()
    ada.rollout_desk.turns.run(ada.time)
    assert status(ada).looked != looked
