"""Dialing rules through the corridor: set, read back, in conflict, refused by law, platform or what was measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paceline.campaign.blocks import DialingMode, DialingRules
from paceline.campaign.change import Lane
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import Prepared, Receipt
from paceline.compliance.shelf import the_rulebook
from paceline.control.fleet.fleet import Target
from paceline.control.order import OnConflict, Order
from paceline.control.outcome import Outcome
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import CampaignId
from tests.contract.set_up import (
    BARE,
    FEWER,
    HELD,
    RULES,
    TWO_DAYS,
    Spoiling,
    declare,
    furnish,
    furnished,
    held,
    set_up_by_hand,
    threshold,
)
from tests.contract.systems import Meddled, Office, Through, steps

FASTER = SetDialingRules(campaign=HELD, mode=DialingMode.POWER, calls_per_agent=2)
MANY = SetDialingRules(campaign=HELD, attempt_limit=4, retry_intervals_min=(15, 60, 240))
NOON = "2026-06-15T11:30:00Z"


def errors(outcome: Outcome) -> tuple[str, ...]:
    return outcome.findings.of_severity(Severity.ERROR).rules


def rules(observed: Observed | None) -> DialingRules:
    assert observed is not None
    assert observed.rules is not None
    return observed.rules


def test_rules_are_set_and_read_back_from_the_platform(office: Office) -> None:
    outcome = furnished(office).run(FEWER, ticket="OPS-7")
    assert (outcome.word, outcome.verdict) == ("applied", "achieved")
    assert (rules(outcome.before).attempt_limit, rules(outcome.after).attempt_limit) == (3, 2)
    told: Any = outcome.document()
    assert (told["before"]["revision"], told["after"]["revision"]) == (42, 43)
    assert told["after"]["rules"] == {
        "mode": "PROGRESSIVE",
        "attempt_limit": 2,
        "retry_intervals_min": [240],
        "abandonment_threshold": "0.03",
        "cool_down_s": 300,
        "calls_per_agent": 1,
    }
    assert "schedule" not in told["after"]
    (sent,) = office.sent()
    assert sent["request"]["headers"]["x-if-match"] == "42"
    assert held(office)["dialingRules"] == {**RULES, "retrySettings": {"maxAttempts": 2, "intervalMinutes": [240]}}


def test_rules_that_are_so_already_send_nothing_and_have_an_entry(office: Office) -> None:
    system = furnished(office)
    outcome = system.run(SetDialingRules(campaign=HELD, calls_per_agent=1, mode=DialingMode.PROGRESSIVE))
    assert (outcome.word, outcome.findings.rules, office.sent()) == ("unchanged", (), [])
    assert steps(system, outcome.entry) == ["opened", "closed"]


def test_unlawful_rules_that_are_so_already_are_told_to_be_unlawful(desk: Office) -> None:
    system = furnished(desk)
    set_up_by_hand(desk, {**RULES, "retrySettings": {"maxAttempts": 4, "intervalMinutes": [15, 60, 240]}})
    outcome = system.run(MANY)
    assert (outcome.word, len(desk.sent())) == ("unchanged", 1)
    (found,) = [one for one in outcome.findings if one.rule == "dialing.attempts"]
    assert (found.severity, "US-FL-attempts" in found.message) == (Severity.INFO, True)


def test_retry_matrix_is_refused_where_three_calls_a_day_hold_and_taken_where_they_do_not(office: Office) -> None:
    system = furnished(office)
    refused = system.run(MANY)
    (found,) = [one for one in refused.findings if one.rule == "dialing.attempts"]
    assert (refused.word, found.found, found.limit) == ("refused", 4, 3)
    assert "501.616" in str(found.source)
    declare(system, HELD, regions=["US-NY"])
    assert system.run(MANY).word == "applied"
    assert len(office.sent()) == 1


def test_campaign_without_rules_gets_them_whole(desk: Office) -> None:
    system = furnished(desk)
    assert errors(system.run(replace(FEWER, campaign=BARE))) == ("dialing.incomplete",)
    whole = replace(FEWER, campaign=BARE, mode=DialingMode.PREVIEW, cool_down_s=60, calls_per_agent=1)
    outcome = system.run(replace(whole, abandonment_threshold=threshold("0.03").abandonment_threshold))
    assert (outcome.word, rules(outcome.after).mode) == ("applied", DialingMode.PREVIEW)
    assert (outcome.before is not None and outcome.before.rules) is None


@pytest.mark.parametrize("named", ['W/"42"', '"42"', "42", "*"])
def test_revision_that_was_looked_at_lets_the_change_through(desk: Office, named: str) -> None:
    assert furnished(desk).run(FEWER, if_revision=named).word == "applied"


def test_rules_that_were_changed_outside_in_between_are_a_conflict_with_both_values(office: Office) -> None:
    furnish(office)
    edited = {**RULES, "abandonmentRateThreshold": {"maxRate": 0.02, "coolDownSec": 300}}
    system = office.system(platform=Meddled(office.emulated.platform(), lambda: set_up_by_hand(office, edited)))
    declare(system)
    outcome = system.run(FEWER)
    (found,) = [one for one in outcome.findings if one.rule == "change.conflict"]
    assert (outcome.word, outcome.after, found.field, found.source) == (
        "conflicted",
        None,
        "dialingRules",
        "outside paceline",
    )
    assert (json.loads(str(found.limit)), json.loads(str(found.found))) == (RULES, edited)


def test_rules_that_may_be_judged_again_keep_what_was_set_outside(desk: Office) -> None:
    furnish(desk)
    edited = {**RULES, "abandonmentRateThreshold": {"maxRate": 0.02, "coolDownSec": 300}}
    system = desk.system(platform=Meddled(desk.emulated.platform(), lambda: set_up_by_hand(desk, edited)))
    declare(system)
    outcome = system.run(FEWER, on_conflict=OnConflict.REJUDGE)
    assert (outcome.word, str(rules(outcome.after).abandonment_threshold)) == ("applied", "0.02")
    assert rules(outcome.after).attempt_limit == 2


def test_rules_that_the_platform_refuses_are_refused_with_their_fields(desk: Office) -> None:
    spoilt = {"dialingRules": {**RULES, "maxCallsPerAgent": 11, "dialingMethod": "LOUD"}}
    outcome = furnished(desk, platform=Spoiling(desk.emulated.platform(), spoilt)).run(FEWER)
    assert (outcome.word, sorted(str(one.field) for one in outcome.findings)) == (
        "refused",
        ["dialingRules.dialingMethod", "dialingRules.maxCallsPerAgent"],
    )
    assert held(desk)["dialingRules"] == RULES


def test_revision_and_header_that_differ_are_a_fault_that_is_told(desk: Office) -> None:
    outcome = furnished(desk, platform=Spoiling(desk.emulated.platform(), {"revision": 41})).run(FEWER)
    assert (outcome.word, set(outcome.findings.rules)) == ("refused", {"platform.rejected"})


@pytest.mark.parametrize(("kind", "words"), [("reset_before", ("in_doubt", "applied")),
                                             ("reset_after", ("in_doubt", "unchanged"))])  # fmt: skip
def test_rules_that_nobody_answered_for_are_in_doubt_until_the_next_command(
    office: Office, kind: str, words: tuple[str, str]
) -> None:
    system = furnished(office, platform=office.emulated.platform(attempts=1))
    office.emulated.order(kind, method="PATCH", times=None)
    doubt = system.run(FEWER)
    office.emulated.control("DELETE", "/faults")
    again = office.system("bob").run(FEWER)
    assert ((doubt.word, again.word), system.recorder.unended()) == (words, [])
    assert office.emulated.shown(HELD)["revision"] == 43
    made = {one.revision: one.made_by for one in system.readings.sightings(HELD)}
    assert made["43"] == (doubt.entry if words[1] == "unchanged" else again.entry)


def test_rules_whose_answer_was_lost_are_found_again_with_one_effect(desk: Office) -> None:
    system = furnished(desk, platform=desk.emulated.platform(attempts=1))
    desk.emulated.order("reset_after", method="PATCH", times=1)
    outcome = system.run(FEWER)
    assert (outcome.word, len(desk.sent()), len(desk.sent_keys())) == ("applied", 2, 1)
    assert desk.emulated.shown(HELD)["revision"] == 43


def measured(office: Office, connects: int, abandons: int) -> None:
    counts = {"minute": NOON, "dials": 3 * connects, "connects": connects, "abandons": abandons}
    office.emulated.arrange(HELD, statistics=counts)


def test_what_was_measured_decides_whether_more_may_be_abandoned(office: Office) -> None:
    system = furnished(office)
    measured(office, connects=100, abandons=4)
    refused = system.run(FASTER)
    (found,) = [one for one in refused.findings if one.severity is Severity.ERROR]
    assert (refused.word, found.rule, found.found, found.limit) == ("refused", "dialing.loosens", "4/100", "3/100")
    assert system.run(threshold("0.02")).word == "applied"
    measured(office, connects=1000, abandons=30)
    assert system.run(FASTER).word == "applied"
    # To tighten is allowed at any rate.
    measured(office, connects=100, abandons=50)
    assert system.run(SetDialingRules(campaign=HELD, calls_per_agent=1)).word == "applied"
    assert errors(system.run(SetDialingRules(campaign=HELD, calls_per_agent=3))) == ("dialing.loosens",)


def test_rate_that_nobody_can_tell_keeps_an_active_campaign_from_being_loosened(desk: Office) -> None:
    """It dialed more than a block ago, and nobody declared when first: where its blocks begin is not known."""
    system = furnished(desk)
    counts = {"minute": "2026-04-01T12:00:00Z", "dials": 30, "connects": 10, "abandons": 0}
    desk.emulated.arrange(HELD, statistics=counts)
    refused = system.run(FASTER)
    assert (refused.word, errors(refused)) == ("refused", ("dialing.loosens",))
    assert system.run(FEWER).word == "applied"
    declare(system, HELD, anchor="2026-04-01T12:00:00Z")
    assert system.run(FASTER).word == "applied"


@pytest.mark.parametrize("status", ["PAUSED", "STOPPED"])
def test_rate_that_nobody_can_tell_keeps_a_campaign_that_rests_from_being_loosened(desk: Office, status: str) -> None:
    furnish(desk, status=status)
    system = desk.system()
    declare(system)
    desk.emulated.arrange(HELD, statistics={"minute": "2026-04-01T12:00:00Z", "dials": 30})
    refused = system.run(FASTER)
    assert (refused.word, errors(refused), desk.sent()) == ("refused", ("dialing.loosens",), [])


@pytest.mark.parametrize("anchor", [None, "2026-04-01T12:00:00Z", "2027-01-01T00:00:00Z"])
def test_rate_of_a_campaign_that_never_dialed_is_known(desk: Office, anchor: str | None) -> None:
    furnish(desk, status="PAUSED")
    system = desk.system()
    declare(system, HELD, **({} if anchor is None else {"anchor": anchor}))
    outcome = system.run(FASTER)
    assert (outcome.word, outcome.findings.of_severity(Severity.ERROR)) == ("applied", Findings())


def test_first_dial_that_is_yet_to_come_hides_nothing_that_was_measured(desk: Office) -> None:
    system = furnished(desk)
    declare(system, HELD, anchor="2026-06-15T12:00:01Z")
    measured(desk, connects=100, abandons=50)
    (found,) = [one for one in system.run(FASTER).findings if one.severity is Severity.ERROR]
    assert (found.rule, found.found) == ("dialing.loosens", "50/100")
    desk.emulated.arrange(HELD, statistics={"minute": "2026-04-01T12:00:00Z", "dials": 30})
    assert errors(system.run(FASTER)) == ("dialing.loosens",)


def test_frozen_campaign_may_get_settings_and_is_not_resumed_by_them(office: Office) -> None:
    system = furnished(office)
    found = system.fleet.find(Target(named=(HELD,)))
    system.freeze.freeze(found, Order(actor=system.actor, reason="complaint 17"))
    assert [system.run(change).word for change in (FEWER, TWO_DAYS)] == ["applied", "applied"]
    assert office.emulated.shown(HELD)["status"] == "STOPPED"
    assert system.freezes.of(HELD) is not None


def test_settings_and_a_pause_that_drains_leave_each_other_alone(office: Office) -> None:
    system = furnished(office)
    office.emulated.arrange(HELD, callsInFlight=[{"state": "connected", "secondsLeft": 600}])
    pause = system.run(Pause(campaign=HELD))
    assert pause.verdict == "settling"
    assert [system.run(change).word for change in (FEWER, TWO_DAYS)] == ["applied", "applied"]
    assert [one.entry for one in system.recorder.unended()] == [pause.entry]
    office.emulated.advance(601)
    system.watch.settle()
    assert pause.entry is not None
    assert system.book.read(pause.entry).rows[-1].document["verdict"] == "achieved"


class Unread(Through):
    """A platform that takes changes, and cannot be read right after."""

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        return replace(self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane), observed=None)


def test_pause_supersedes_no_settings_that_could_not_be_read_back(office: Office) -> None:
    system = furnished(office, platform=Unread(office.emulated.platform()))
    blind = system.run(TWO_DAYS)
    assert (blind.word, blind.verdict, blind.after) == ("applied", "settling", None)
    assert office.system("bob").run(Pause(campaign=HELD)).word == "applied"
    system.watch.settle()
    assert blind.entry is not None
    assert system.book.read(blind.entry).rows[-1].document["verdict"] == "achieved"


class Advanced(Through):
    """A platform of a later version, whose blocks hold fields that nobody here knows; what it is sent is kept."""

    body: Any = None
    odd_windows = False

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        seen = self.beyond.read(campaign, part=part, lane=lane)
        if seen.rules is None:
            return seen
        beside: dict[str, Json] = {"ringSeconds": 20, "retrySettings": {"restHours": 28}}
        schedule = None if seen.schedule is None else replace(seen.schedule, beside={"holidays": ["US"]})
        unknown = frozenset({"time windows"} if self.odd_windows else ())
        return replace(seen, rules=replace(seen.rules, beside=beside), schedule=schedule, unknown_blocks=unknown)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        self.body = json.loads(str(prepared.request["body"]))
        return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)


def test_fields_that_nobody_here_knows_are_sent_back_as_they_were(desk: Office) -> None:
    platform = Advanced(desk.emulated.platform())
    system = furnished(desk, platform=platform)
    assert errors(system.run(FEWER)) == ("platform.rejected", "platform.rejected")
    assert platform.body["dialingRules"]["retrySettings"] == {
        "restHours": 28,
        "maxAttempts": 2,
        "intervalMinutes": [240],
    }
    assert platform.body["dialingRules"]["ringSeconds"] == 20
    system.run(TWO_DAYS)
    assert (platform.body["holidays"], len(platform.body["timeWindows"])) == (["US"], 2)


def test_windows_with_fields_that_nobody_knows_are_not_replaced(desk: Office) -> None:
    platform = Advanced(desk.emulated.platform())
    platform.odd_windows = True
    outcome = furnished(desk, platform=platform).run(TWO_DAYS)
    assert (outcome.word, errors(outcome), desk.sent("PUT")) == ("refused", ("lifecycle.unknown-form",), [])


def test_law_that_cannot_be_read_fails_changes_of_settings_and_keeps_no_campaign_from_being_stopped(
    desk: Office, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text("[[rule]]\nid = 7\n")
    system = furnished(desk, rulebook=lambda: the_rulebook([tmp_path / "own.toml"]))
    outcome = system.run(FEWER)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, desk.sent()) == ("failed", "rule-file", [])
    assert system.recorder.unended() == []
    assert system.run(Pause(campaign=HELD)).word == "applied"
    assert "the law cannot be read" in system.explain(HELD).settings.unknown[0]
