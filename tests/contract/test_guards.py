"""Guards on a dialer that breaches the ceiling: what they do, once, what they say, and what keeps them from it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paceline.bootstrap.watching import Watching
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Prepared, Receipt, UnavailableError
from paceline.control.abandonment.guards import APPROACH, BREACH, LONGEST_TRY
from paceline.control.abandonment.policy import Does, GuardPolicy
from paceline.control.abandonment.remaining import Standing
from paceline.control.approving.policy import Policy, Rule
from paceline.control.ease_to import EaseTo
from paceline.control.order import Order
from paceline.ledger.entry import Entry
from paceline.outbox.addresses import Reach
from tests.contract.bold import BOLD, PACING, PREDICTIVE, account, entries, pass_time, put
from tests.contract.receivers import receiving
from tests.contract.systems import ACTIVE, Office, Through

BREACHED = GuardPolicy(breach=Does.PAUSE)


def details(entry: Entry) -> Any:
    return entry.rows[0].document["details"]


def watching(**policy: Does) -> Watching:
    return Watching(guards=replace(GuardPolicy(), **policy))


def shown(office: Office) -> Any:
    return office.emulated.shown(BOLD)


def test_breach_eases_a_campaign_off_once_and_the_note_holds_the_numbers(office: Office) -> None:
    put(office)
    system = office.system()
    pass_time(office, 3600)
    assert system.worker.once().tasks == 1
    (note,), (change,) = entries(system, BREACH), entries(system, SetPacing.kind)
    told = details(note)
    assert told["abandoned"] * 100 > 3 * told["answered"]
    assert (told["standing"], told["does"], told["ceiling"], told["anchor"]) == (
        "breached",
        "progressive",
        "3/100",
        "first-dial",
    )
    assert change.outcome == "applied"
    assert (change.actor.name, change.actor.known_by) == ("guard", "paceline")
    reason = change.rows[0].document["reason"]
    assert f"{told['abandoned']} of {told['answered']} calls" in str(reason)
    held = shown(office)["predictiveDialer"]
    assert (held["answerRate"], held["abandonRate"], held["maxConcurrentCalls"]) == (0.5, 0, 20)
    # It dials one line for each idle agent now, and stays over the ceiling for a while: that is no news.
    for _ in range(3):
        pass_time(office, 1800)
        assert system.worker.once().tasks == 0
    assert account(system).standing is Standing.BREACHED
    assert len(entries(system, BREACH)) == len(entries(system, SetPacing.kind)) == 1


def test_breach_of_a_campaign_with_dialing_rules_changes_its_mode(office: Office) -> None:
    put(office, dialingRules=PREDICTIVE)
    system = office.system()
    pass_time(office, 3600)
    system.worker.once()
    rules = shown(office)["dialingRules"]
    assert rules == {**PREDICTIVE, "dialingMethod": "PROGRESSIVE"}
    assert shown(office)["predictiveDialer"]["abandonRate"] == 0.03
    (change,) = entries(system, "dialing.set")
    assert change.outcome == "applied"


def test_policy_pauses_or_only_tells(desk: Office) -> None:
    put(desk)
    telling = desk.system("ada", watching=watching(breach=Does.TELL))
    pass_time(desk, 3600)
    assert telling.worker.once().tasks == 1
    assert len(entries(telling, BREACH)) == 1
    assert (shown(desk)["status"], shown(desk)["revision"]) == ("ACTIVE", 42)
    pausing = desk.system("bob", watching=Watching(guards=BREACHED))
    pass_time(desk, 60)
    # It was told already in this period, and is no worse.
    assert pausing.worker.once().tasks == 0
    pass_time(desk, 4 * 3600)
    assert pausing.worker.once().tasks == 1
    assert shown(desk)["status"] == "PAUSED"
    (pause,) = entries(pausing, Pause.kind)
    assert (pause.outcome, pause.actor.name) == ("applied", "guard")


def test_guard_that_was_killed_after_its_note_goes_on_after_the_restart(office: Office) -> None:
    class Away(Through):
        def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
            del prepared, idempotency_key, lane
            raise UnavailableError("it is away for this test", operation="change a campaign")

    put(office)
    pass_time(office, 3600)
    before = office.system("ada", platform=Away(office.emulated.platform()))
    before.worker.once()
    assert shown(office)["predictiveDialer"] == PACING
    after = office.system("bob")
    pass_time(office, LONGEST_TRY.total_seconds())
    assert after.worker.once().tasks == 1
    assert shown(office)["predictiveDialer"]["abandonRate"] == 0
    assert [entry.outcome for entry in entries(after, SetPacing.kind)] == ["failed", "applied"]
    # Told once, however often it was tried.
    assert len(entries(after, BREACH)) == 1
    pass_time(office, 3600)
    assert after.worker.once().tasks == 0


def test_what_is_not_taken_is_tried_again_after_longer_and_longer(desk: Office) -> None:
    put(desk)
    system = desk.system()
    pass_time(desk, 3600)
    desk.emulated.arrange(BOLD, isLocked=True)
    system.worker.once()
    tried = len(entries(system, SetPacing.kind))
    for _ in range(6):
        pass_time(desk, 50)
        system.worker.once()
    # Locked, it can be neither eased off nor paused: after a minute, two, four.
    assert len(entries(system, SetPacing.kind)) - tried <= 3
    desk.emulated.arrange(BOLD, isLocked=False)
    pass_time(desk, LONGEST_TRY.total_seconds())
    system.worker.once()
    assert entries(system, SetPacing.kind)[-1].outcome == "applied"


def test_breach_that_cannot_be_eased_off_pauses_the_campaign(desk: Office) -> None:
    put(desk, dialingRules={**PREDICTIVE, "abandonmentRateThreshold": {"maxRate": 0.05, "coolDownSec": 0}})
    system = desk.system()
    # Nobody knows the law of where it calls: nothing may be set, and a pause needs no law.
    system.facts.declare(BOLD, {"purpose": "sales", "regions": ["US-FL", "XX-YY"]}, Order(actor=system.actor))
    pass_time(desk, 3600)
    system.worker.once()
    (eased,), (pause,) = entries(system, "dialing.set"), entries(system, Pause.kind)
    assert (eased.outcome, pause.outcome) == ("refused", "applied")
    assert "could not be eased off by itself" in str(pause.rows[0].document["reason"])
    assert shown(desk)["status"] == "PAUSED"


def test_guard_waits_for_nobody_to_approve_it(desk: Office) -> None:
    put(desk)
    system = desk.system(approvals=Policy(rules=(Rule(kinds=("pacing.*", "dialing.*")),)))
    pass_time(desk, 3600)
    system.worker.once()
    assert entries(system, SetPacing.kind)[-1].outcome == "applied"


def test_campaign_that_does_not_dial_is_left_alone(desk: Office) -> None:
    put(desk)
    system = desk.system()
    pass_time(desk, 3600)
    desk.outside(Pause(campaign=BOLD))
    pass_time(desk, 3600)
    assert system.worker.once().tasks == 0
    assert (entries(system, BREACH), account(system).standing) == ([], Standing.BREACHED)


def test_campaign_that_breaches_anew_far_worse_is_acted_upon_again(desk: Office) -> None:
    put(desk)
    system = desk.system()
    pass_time(desk, 3600)
    system.worker.once()
    live = system.platform.read(BOLD).pacing
    assert live is not None
    desk.outside(SetPacing.to(BOLD, replace(live, answer_rate=Decimal("0.40"), abandonment_aim=Decimal("0.03"))))
    pass_time(desk, 3 * 3600)
    assert system.worker.once().tasks == 1
    assert len(entries(system, BREACH)) == 2
    assert shown(desk)["predictiveDialer"]["abandonRate"] == 0


@pytest.mark.parametrize("does", [Does.TELL, Does.PROGRESSIVE])
def test_allowance_that_is_nearly_used_up_is_told_and_eased_off_where_the_policy_says_so(
    desk: Office, does: Does
) -> None:
    put(desk)
    counts = {"minute": "2026-06-15T11:00:00Z", "dials": 3000, "connects": 1000, "abandons": 27}
    desk.emulated.arrange(BOLD, statistics=[counts])
    system = desk.system(watching=watching(approach=does))
    pass_time(desk, 600)
    assert system.worker.once().tasks == 1
    (note,) = entries(system, APPROACH)
    assert (details(note)["standing"], details(note)["used"]) == ("approaching", 0.9)
    assert len(entries(system, SetPacing.kind)) == (does is Does.PROGRESSIVE)
    # A breach is worse: it is acted upon though the approach was.
    desk.emulated.arrange(BOLD, statistics=[counts | {"abandons": 40}])
    pass_time(desk, 600)
    system.worker.once()
    assert len(entries(system, BREACH)) == 1
    assert shown(desk)["predictiveDialer"]["abandonRate"] == 0


def test_subscribers_hear_of_a_breach_before_the_change_that_answers_it(desk: Office) -> None:
    put(desk)
    with receiving() as receiver:
        system = desk.system(webhook_reach=Reach.LOOPBACK)
        system.webhooks.add(receiver.url, ("guard.*", "pacing.*"), Order(actor=system.actor))
        pass_time(desk, 3600)
        system.worker.once()
        first, second = receiver.taken()
    assert ([first["type"], second["type"]], first["campaign"]) == ([BREACH, "pacing.applied"], BOLD)
    assert (first["data"]["standing"], first["data"]["period"]) == ("breached", "30-day-blocks")
    assert (first["sequence"], second["sequence"]) == (1, 2)


def test_explanation_says_where_a_campaign_stands_badly(desk: Office) -> None:
    put(desk)
    system = desk.system()
    pass_time(desk, 3600)
    system.worker.once()
    assert any("over 3 in 100 (US-2, US-5)" in reason for reason in system.explain(BOLD).why)


def test_declared_least_belief_does_not_stand_in_the_way_of_easing(desk: Office) -> None:
    put(desk, predictiveDialer={**PACING, "answerRate": 0.7})
    system = desk.system()
    system.facts.declare(BOLD, {"limits.least_answer_rate": "0.60"}, Order(actor=system.actor))
    outcome = system.easing.ease(BOLD, EaseTo.PROGRESSIVE, Order(actor=system.actor))
    assert outcome.word == "applied", outcome.findings


def test_campaign_that_goes_on_breaching_though_it_dials_gently_is_paused(desk: Office) -> None:
    put(desk)
    system = desk.system()
    pass_time(desk, 3600)
    system.worker.once()
    assert shown(desk)["predictiveDialer"]["abandonRate"] == 0
    counts = {"minute": "2026-06-15T12:30:00Z", "dials": 3000, "connects": 900, "abandons": 300}
    desk.emulated.arrange(BOLD, statistics=[counts])
    pass_time(desk, 600)
    assert system.worker.once().tasks == 1
    assert len(entries(system, BREACH)) == 2
    (pause,) = entries(system, Pause.kind)
    assert "dials gently already" in str(pause.rows[0].document["reason"])
    assert shown(desk)["status"] == "PAUSED"


def test_campaign_that_nobody_told_how_to_dial_is_paused_on_a_breach(desk: Office) -> None:
    counts = {"minute": "2026-06-15T11:00:00Z", "dials": 3000, "connects": 1000, "abandons": 60}
    desk.emulated.arrange(ACTIVE, statistics=[counts])
    system = desk.system()
    pass_time(desk, 600)
    system.worker.once()
    (pause,) = entries(system, Pause.kind, ACTIVE)
    assert (pause.outcome, desk.emulated.shown(ACTIVE)["status"]) == ("applied", "PAUSED")
