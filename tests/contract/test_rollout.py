"""A rollout begins, goes from step to step by evidence, and back when it harms."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.approving.policy import Policy, Rule
from paceline.control.fleet.fleet import Found
from paceline.control.order import Override
from paceline.control.rollout.joining import rollout_desk
from paceline.control.rollout.rollouts import NoRolloutError, OvertakenError
from paceline.control.rollout.standing import Phase
from paceline.control.rollout.steering import RolloutStateError
from paceline.ledger.entry import Query
from paceline.outbox.addresses import Reach
from paceline.primitives.ids import campaign_id
from tests.contract.receivers import receiving
from tests.contract.rolled import (
    ANSWERED_FOR,
    GOOD,
    HARMFUL,
    ROLLED,
    SHORT,
    UNTIL,
    WISH,
    Stage,
    begin,
    begun,
    kinds,
    order,
    status,
)
from tests.contract.systems import PAUSED, Office

UNSTEPPED = replace(SHORT, steps=1)


def test_wish_is_judged_whole_and_its_first_step_is_live_at_once(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system()
    rollout = begun(ada, ticket="T-7")
    assert (rollout.phase, rollout.step, rollout.last, stage.live()) == (Phase.RUNNING, 1, 2, "0.008")
    assert kinds(ada) == ["pacing.set", "start", "pacing.set", "step"]
    said: Any = ada.book.read(rollout.entry).rows[0].document
    step: Any = rollout.history[1]["entry"]
    told: Any = ada.book.read(step).rows[0].document["details"]
    assert (said["reason"], said["ticket"], told["way_back"]) == ("more talk", "T-7", "paceline rollout undo ROLLED")
    judged: Any = ada.book.read(said["details"]["judged"])
    assert (judged.outcome, judged.rows[0].document["details"]["dry_run"]) == ("unchanged", True)
    change = ada.book.read(told["entry"])
    assert (change.actor.name, change.outcome, change.verdict) == ("ada", "applied", "achieved")
    assert change.rows[0].document["reason"] == f"rollout {rollout.entry} step 1/2: more talk"


def test_evidence_promotes_step_by_step_until_what_was_wanted_is_live(office: Office) -> None:
    stage = Stage(office)
    stage.days_before(days=5, hours=5)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    seen = []
    for _ in range(3):
        stage.pass_by(145, **GOOD)
        bob.worker.once()
        seen.append((status(bob).phase.value, status(bob).step, stage.live()))
    assert seen == [("running", 2, "0.012"), ("completed", 2, "0.012"), ("completed", 2, "0.012")]
    promoted: Any = next(one for one in status(bob).history if one["what"] == "promote")
    assert (promoted["by"], promoted["numbers"]["abandonment"]["high"] < 0.03) == ("bob", True)
    changes = ada.book.entries(Query(campaign=ROLLED, kind="pacing.set"))
    assert [one.actor.name for one in changes] == ["ada", "ada", "ada"]
    assert ada.rollouts.under_way(ROLLED) is None


def test_what_harms_is_undone_by_itself_and_latched_until_a_person_clears_it(office: Office) -> None:
    stage = Stage(office)
    stage.days_before(days=5)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    stage.pass_by(100, **HARMFUL)
    bob.worker.once()
    undone = status(bob)
    assert (undone.phase, undone.step, stage.live()) == (Phase.UNDONE, 0, "0.004")
    assert undone.latch is not None
    assert undone.latch.why.startswith(("abandonment is shown to be above 3.00%", "the legal period"))
    assert undone.way_back == "paceline rollout clear ROLLED"
    assert kinds(bob)[-3:] == ["undo", "pacing.set", "end"]
    refused = begin(ada)
    (latched,) = refused.findings
    assert (refused.rollout, latched.rule, latched.source) == (None, "rollout.latched", "the evidence")
    assert undone.latch.why in latched.message
    cleared = ada.rollout_desk.clear(ROLLED, order(ada, "the list was wrong"))
    assert (cleared.latch, cleared.phase) == (None, Phase.UNDONE)
    with pytest.raises(RolloutStateError):
        ada.rollout_desk.clear(ROLLED, order(ada))
    assert "rollout.latched" not in begin(ada).findings.rules


def test_nothing_measured_is_held_and_never_promoted(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=5)
    desk.emulated.arrange(ROLLED, live={"callsConnected": 0})
    ada = stage.system()
    begun(ada)
    for _ in range(5):
        stage.pass_by(60)
        ada.worker.once()
    assert (status(ada).phase, status(ada).step, status(ada).held) == (Phase.RUNNING, 1, "no-data")
    assert kinds(ada).count("hold") == 1


def test_hold_is_told_anew_only_when_its_reason_is_another_one(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    begun(ada)
    for _ in range(3):
        stage.pass_by(10, **GOOD)
        ada.worker.once()
    stage.pass_by(300, **GOOD)
    ada.worker.once()
    held = [str(one["why"]) for one in status(ada).history if one["what"] == "hold"]
    assert [one.partition(":")[0] for one in held] == [
        "10 of at least 30 minutes are over",
        "utilisation cannot be compared",
    ]


@pytest.mark.parametrize("what", ["paused", "frozen", "by a person"])
def test_rollout_of_a_campaign_that_does_not_dial_is_held_though_the_evidence_is_good(desk: Office, what: str) -> None:
    stage = Stage(desk)
    stage.days_before(days=5)
    ada = stage.system()
    begun(ada)
    match what:
        case "paused":
            desk.outside(Pause(campaign=ROLLED))
        case "frozen":
            ada.freezes.freeze([ROLLED], order(ada))
        case _:
            ada.rollout_desk.pause(ROLLED, order(ada, "lunch"))
    stage.pass_by(200, **GOOD)
    ada.worker.once()
    assert (status(ada).step, stage.live()) == (1, "0.008")
    match what:
        case "paused":
            desk.outside(Resume(campaign=ROLLED))
        case "frozen":
            ada.freezes.unfreeze([ROLLED], order(ada))
            ada.run(Resume(campaign=ROLLED))
        case _:
            ada.rollout_desk.resume(ROLLED, order(ada))
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    assert (status(ada).step, stage.live()) == (2, "0.012")


def test_paused_rollout_that_harms_is_undone(desk: Office) -> None:
    stage = Stage(desk)
    stage.days_before(days=5)
    ada = stage.system()
    begun(ada)
    assert ada.rollout_desk.pause(ROLLED, order(ada)).phase is Phase.PAUSED
    stage.pass_by(100, **HARMFUL)
    ada.worker.once()
    assert (status(ada).phase, stage.live()) == (Phase.UNDONE, "0.004")


def test_steps_wait_for_a_second_person_and_the_way_back_for_nobody(office: Office) -> None:
    stage = Stage(office)
    policy = Policy(rules=(Rule(kinds=("pacing.*",)),))
    ada, bob = stage.system("ada", approvals=policy), stage.system("bob", approvals=policy)
    waits = begun(ada)
    assert (waits.step, waits.held, stage.live()) == (0, "waits", "0.004")
    stage.pass_by(5, **GOOD)
    ada.worker.once()
    assert stage.live() == "0.004"
    going = status(ada).going
    assert going is not None
    assert going.entry is not None
    bob.approvals.approve(going.entry, order(bob))
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    assert (status(ada).step, stage.live()) == (1, "0.008")
    assert ada.rollout_desk.abort(ROLLED, order(ada)).phase is Phase.ABORTED
    assert stage.live() == "0.004"


@pytest.mark.parametrize("at", [0, 1])
def test_step_that_waits_for_approval_is_withdrawn_when_the_rollout_is_aborted(desk: Office, at: int) -> None:
    stage = Stage(desk)
    policy = Policy(rules=(Rule(kinds=("pacing.*",)),))
    ada, bob = stage.system("ada", approvals=policy if at == 0 else Policy()), stage.system("bob", approvals=policy)
    begun(ada)
    if at == 1:
        bob.rollout_desk.promote(ROLLED, order(bob))
    assert (status(ada).step, [one.kind for one in ada.recorder.unended()]) == (at, ["pacing.set"])
    assert bob.rollout_desk.abort(ROLLED, order(bob, "complaints")).phase is Phase.ABORTED
    assert (stage.live(), ada.recorder.unended()) == ("0.004", [])


def test_step_whose_approval_is_denied_waits_for_a_person(desk: Office) -> None:
    stage = Stage(desk)
    policy = Policy(rules=(Rule(kinds=("pacing.*",)),))
    ada, bob = stage.system("ada", approvals=policy), stage.system("bob", approvals=policy)
    going = begun(ada).going
    assert going is not None
    assert going.entry is not None
    bob.approvals.reject(going.entry, order(bob, "not today"))
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    assert (status(ada).phase, status(ada).held, stage.live()) == (Phase.PAUSED, "refused", "0.004")


@pytest.mark.parametrize(
    ("wish", "steps", "rule"),
    [
        (SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.002")), 2, "rollout.nothing-bolder"),
        (SetPacing(campaign=ROLLED, max_calls=90), 2, "rollout.plan"),
        (SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.012")), 40, "rollout.plan"),
    ],
)
def test_rollout_that_cannot_be_is_refused_with_the_reason(
    desk: Office, wish: SetPacing, steps: int, rule: str
) -> None:
    stage = Stage(desk)
    ada = stage.system()
    refused = begin(ada, wish=wish, terms=replace(SHORT, steps=steps))
    assert (refused.rollout, [one.rule for one in refused.findings if one.severity == "error"]) == (None, [rule])
    assert stage.live() == "0.004"
    with pytest.raises(NoRolloutError):
        status(ada)


def test_rollout_of_a_campaign_that_does_not_dial_does_not_begin(desk: Office) -> None:
    stage = Stage(desk)
    desk.outside(Pause(campaign=ROLLED))
    assert begin(stage.system()).findings.rules == ("rollout.not-dialing",)


def test_rollout_of_a_frozen_campaign_does_not_begin(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    ada.freeze.freeze(Found(campaigns={ROLLED: None}), order(ada))
    found = begin(ada).findings
    assert (found.rules, [one.found for one in found]) == (("rollout.not-dialing",), ["frozen"])


def test_campaign_that_is_steered_minute_by_minute_has_no_rollout(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    steered = rollout_desk(ada, is_supervised=lambda campaign: campaign == ROLLED)
    answered = replace(order(ada), overrides=ANSWERED_FOR)
    refused = steered.start(WISH, SHORT, answered)
    assert (refused.rollout, refused.findings.rules) == (None, ("rollout.supervised",))


def test_whole_wish_is_refused_for_what_one_change_would_be(desk: Office) -> None:
    stage = Stage(desk)
    ada = stage.system()
    over = begin(ada, wish=SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.04")))
    assert (over.rollout, over.judged.word) == (None, "refused")
    assert "pacing.bounds" in over.judged.findings.rules
    unknown = begin(ada, overrides=())
    assert (unknown.rollout, "pacing.no-projection" in unknown.judged.findings.rules) == (None, True)
    stale = begin(ada, if_revision="7")
    assert (stale.rollout, stale.judged.word) == (None, "conflicted")
    locked = Override(rule="pacing.bounds", until=UNTIL)
    assert begin(ada, wish=WISH, overrides=(locked,)).rollout is None


def test_campaign_has_one_rollout_at_a_time(office: Office) -> None:
    stage = Stage(office)
    ada, bob = stage.system("ada"), stage.system("bob")
    first = begun(ada)
    wish = SetPacing(campaign=ROLLED, abandonment_aim=Decimal("0.02"))
    (other,) = begin(bob, wish=wish).findings
    assert (other.rule, other.found, other.source) == ("rollout.under-way", first.entry, "ada")
    with pytest.raises(NoRolloutError):
        ada.rollout_desk.status(PAUSED)


def test_who_read_an_older_standing_writes_nothing(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system()
    old = begun(ada)
    ada.rollouts.keep(replace(old, held="one"))
    rows = len(list(ada.book.rows()))
    with pytest.raises(OvertakenError):
        ada.rollouts.keep(replace(old, held="two"))
    assert (status(ada).held, len(list(ada.book.rows()))) == ("one", rows)


def test_rollout_is_read_back_as_it_was_kept(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system()
    kept = begun(ada)
    assert ada.rollouts.read(kept.entry) == ada.rollouts.of(ROLLED) == kept
    assert ada.rollouts.listed() == ada.rollouts.listed(under_way=True) == [kept]
    with pytest.raises(NoRolloutError):
        ada.rollouts.of(campaign_id("NOBODY"))


def test_every_event_is_told_to_who_hears(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system(webhook_reach=Reach.LOOPBACK)
    with receiving() as receiver:
        ada.webhooks.add(receiver.url, ["rollout.*"], order(ada))
        begun(ada)
        ada.rollout_desk.abort(ROLLED, order(ada))
        ada.worker.once()
        told = [one["type"] for one in receiver.taken()]
    assert told == ["rollout.start", "rollout.step", "rollout.abort", "rollout.end"]


def test_minutes_are_looked_at_once_by_the_platforms_clock(desk: Office) -> None:
    stage = Stage(desk)
    ada, bob = stage.system("ada"), stage.system("bob")
    begun(ada)
    stage.pass_by(1, **GOOD)
    ada.worker.once()
    looked = status(ada)
    bob.worker.once()
    ada.worker.once()
    assert status(ada) == looked
    assert looked.looked == stage.now
