"""Easing off: to progressive dialing and to the last good pacing; never bolder, whatever the step, without approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from paceline.bootstrap import System
from paceline.campaign.blocks import DialingMode, Pacing
from paceline.campaign.pacing.boldness import lines_per_idle, loosening
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.approving.policy import Policy, Rule
from paceline.control.ease_to import EaseTo
from paceline.control.easing import NothingGoodError
from paceline.control.order import Order, Override
from tests.contract.bold import BOLD, DAY_S, PREDICTIVE, account, order, pass_time, put
from tests.contract.systems import ACTIVE, PAUSED, Office

ORDINARY = SetPacing(campaign=BOLD, answer_rate=Decimal("0.60"), abandonment_aim=Decimal("0.001"))
"""One line for each idle agent and a little more, where six in ten answer."""


def live(system: System) -> Pacing:
    found = system.platform.read(BOLD).pacing
    assert found is not None
    return found


def tightened(system: System) -> Pacing:
    """Set the ordinary pacing, answering for the size of the step."""
    until = system.platform.time() + timedelta(hours=1)
    overrides = (Override(rule="pacing.step-limit", until=until),)
    outcome = system.corridor.run(ORDINARY, Order(actor=system.actor, overrides=overrides))
    assert outcome.word == "applied", outcome.findings
    return live(system)


def test_pacing_eases_to_one_line_for_each_idle_agent_whatever_the_step(office: Office) -> None:
    put(office)
    system = office.system()
    before = live(system)
    outcome = system.easing.ease(BOLD, EaseTo.PROGRESSIVE, order(system))
    assert (outcome.word, outcome.verdict) == ("applied", "achieved"), outcome.findings
    now = live(system)
    assert lines_per_idle(now) == 1.0
    assert now == replace(before, answer_rate=now.answer_rate, abandonment_aim=now.abandonment_aim)
    assert loosening(before, now) == ()
    again = system.easing.ease(BOLD, EaseTo.PROGRESSIVE, order(system))
    assert again.word == "unchanged"


@pytest.mark.parametrize("mode", ["PREDICTIVE", "POWER"])
def test_rules_ease_to_the_progressive_mode_and_keep_all_else(desk: Office, mode: str) -> None:
    put(desk, dialingRules={**PREDICTIVE, "dialingMethod": mode})
    system = desk.system()
    before = system.platform.read(BOLD).rules
    assert before is not None
    outcome = system.easing.ease(BOLD, EaseTo.PROGRESSIVE, order(system))
    assert (outcome.word, outcome.change.kind) == ("applied", "dialing.set"), outcome.findings
    assert system.platform.read(BOLD).rules == replace(before, mode=DialingMode.PROGRESSIVE)


def test_preview_is_gentler_and_stays(desk: Office) -> None:
    put(desk, dialingRules={**PREDICTIVE, "dialingMethod": "PREVIEW"})
    system = desk.system()
    assert system.easing.ease(BOLD, EaseTo.PROGRESSIVE, order(system)).word == "unchanged"
    assert desk.emulated.shown(BOLD)["dialingRules"]["dialingMethod"] == "PREVIEW"


def test_campaign_that_was_never_told_how_to_dial_is_refused_and_not_set_up(desk: Office) -> None:
    system = desk.system()
    outcome = system.easing.ease(PAUSED, EaseTo.PROGRESSIVE, order(system))
    assert (outcome.word, "pacing.incomplete" in outcome.findings.rules) == ("refused", True)


def test_easing_off_waits_for_no_approval_and_dry_runs_send_nothing(desk: Office) -> None:
    put(desk)
    system = desk.system(approvals=Policy(rules=(Rule(kinds=("pacing.*",)),)))
    tried = system.easing.ease(BOLD, EaseTo.PROGRESSIVE, replace(order(system), dry_run=True))
    assert (tried.word, tried.dry_run, desk.emulated.shown(BOLD)["revision"]) == ("unchanged", True, 42)
    assert system.easing.ease(BOLD, EaseTo.PROGRESSIVE, order(system)).word == "applied"


def test_last_good_pacing_is_the_newest_that_kept_the_ceiling_while_it_was_live(office: Office) -> None:
    put(office)
    system = office.system()
    good = tightened(system)
    pass_time(office, DAY_S)
    account(system)
    system.explain(BOLD)
    bold = replace(good, answer_rate=Decimal("0.40"), abandonment_aim=Decimal("0.03"))
    office.outside(SetPacing.to(BOLD, bold))
    pass_time(office, 3600)
    assert live(system) == bold
    outcome = system.easing.ease(BOLD, EaseTo.LAST_GOOD, order(system))
    assert outcome.word == "applied", outcome.findings
    assert live(system) == good


def test_pacing_that_abandoned_too_much_is_not_gone_back_to(office: Office) -> None:
    put(office)
    pass_time(office, 5 * 3600)
    system = office.system()
    account(system)
    system.explain(BOLD)
    good = tightened(system)
    pass_time(office, 3600)
    # The bold one before is the only other: it was bolder.
    with pytest.raises(NothingGoodError, match="is bolder than the present one"):
        system.easing.ease(BOLD, EaseTo.LAST_GOOD, order(system))
    assert live(system) == good


def test_pacing_that_was_not_measured_long_enough_is_not_gone_back_to(desk: Office) -> None:
    put(desk)
    system = desk.system()
    good = tightened(system)
    system.explain(BOLD)
    desk.outside(SetPacing.to(BOLD, replace(good, abandonment_aim=Decimal("0.02"))))
    with pytest.raises(NothingGoodError, match="fewer than 200") as found:
        system.easing.ease(BOLD, EaseTo.LAST_GOOD, order(system))
    assert "--to progressive" in str(found.value.hint)


def test_pacing_whose_measured_abandonment_was_above_the_ceiling_is_told_as_the_reason(desk: Office) -> None:
    put(desk, dialer={"answerRate": 0.95, "records": 10**6, "talkSeconds": 60})
    system = desk.system()
    mild = replace(live(system), answer_rate=Decimal("0.41"))
    until = system.platform.time() + timedelta(hours=1)
    made = system.corridor.run(
        SetPacing.to(BOLD, mild),
        Order(actor=system.actor, overrides=(Override(rule="pacing.step-limit", until=until),)),
    )
    assert made.word == "applied", made.findings
    pass_time(desk, 6 * 3600)
    account(system)
    system.explain(BOLD)
    desk.outside(SetPacing.to(BOLD, replace(mild, answer_rate=Decimal("0.40"))))
    with pytest.raises(NothingGoodError, match="above a ceiling"):
        system.easing.ease(BOLD, EaseTo.LAST_GOOD, order(system))


def test_campaign_whose_pacing_nobody_here_ever_set_has_no_last_good_one(desk: Office) -> None:
    put(desk)
    system = desk.system()
    with pytest.raises(NothingGoodError, match="no earlier pacing of BOLD was seen"):
        system.easing.ease(BOLD, EaseTo.LAST_GOOD, order(system))
    with pytest.raises(NothingGoodError, match="has no pacing"):
        system.easing.ease(ACTIVE, EaseTo.LAST_GOOD, order(system))
