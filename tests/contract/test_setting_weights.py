"""Weights through the corridor: data, read, one simulation, judged, applied, verified; in conflict, and undone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.evidence import Lack
from paceline.campaign.observed import Observed, Part
from paceline.campaign.simulations import SimulationStatus
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import undo_of
from paceline.control.approving.policy import Policy, Rule
from paceline.control.order import OnConflict, Order, Override
from paceline.control.outcome import Outcome
from paceline.control.undoing import NoWayBackError, way_back
from paceline.ledger.entry import Entry
from paceline.outbox.addresses import Reach
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId, EntryId
from tests.contract.later import later
from tests.contract.receivers import receiving
from tests.contract.set_up import BARE, FEWER, HELD, rewrite
from tests.contract.systems import STARTED, Meddled, Office, Through, actor
from tests.contract.test_settings_told import heard
from tests.contract.weighed import (
    TUNING,
    WEIGHTS,
    Failing,
    Scripted,
    again,
    asked_of,
    live,
    weighted,
)
from tests.unit.campaign.weights.evidences import CHANCE, GOOD, LACKING

BOLDER = SetWeights(campaign=HELD, adjusted={"call_rate": Decimal("0.25")})
GENTLER = SetWeights(campaign=HELD, adjusted={"answer_rate": Decimal("0.2")})
FIRST = SetWeights(
    campaign=BARE,
    algorithm="adaptive-v2",
    parameters={"call_rate": Decimal("0.1")},
    validation_split=Decimal("0.8"),
    deviation_limit=Decimal("0.2"),
    convergence=Decimal("0.05"),
    enabled=True,
    drift_protection=True,
)
SIMULATED = ("POST", "simulations")


def weighty(outcome: Outcome) -> list[str]:
    return [one.rule for one in outcome.findings if one.severity is not Severity.INFO]


def answered_for(rule: str) -> tuple[Override, ...]:
    return (Override(rule=rule, until=STARTED + timedelta(hours=1)),)


def entry_of(system: System, outcome: Outcome) -> Entry:
    assert outcome.entry is not None
    return system.book.read(outcome.entry)


def test_weights_are_read_simulated_judged_sent_and_read_back(office: Office) -> None:
    weigher = Scripted()
    system = weighted(office, weigher)
    outcome = system.run(BOLDER, ticket="OPS-7")
    assert (outcome.word, outcome.verdict, weighty(outcome)) == ("applied", "achieved", []), outcome.document()
    asked = asked_of(office)
    assert asked.index(("GET", HELD)) < asked.index(SIMULATED), "what is live already costs no simulation"
    assert [method for method, _ in asked if method != "GET"] == ["POST", "PUT"]
    assert asked[-1] == ("PUT", HELD)
    assert live(office) == (
        {**WEIGHTS, "parameterWeights": {**WEIGHTS["parameterWeights"], "call_rate": 0.25}},
        {**TUNING, "simulationTrigger": "manual"},
    )
    told: Any = outcome.document()
    assert told["before"]["weights"]["parameters"]["call_rate"] == "0.1"
    assert told["after"]["weights"]["parameters"]["call_rate"] == "0.25"
    assert (told["evidence"]["worth_having"], told["evidence"]["blocks"]) == (True, 96)
    (question,) = weigher.asked
    assert (question.wanted.of("call_rate"), question.ceiling, weigher.splits) == (Decimal("0.25"), 0.03, [None])


def test_weights_that_are_live_already_cost_no_simulation(desk: Office) -> None:
    system = weighted(desk)
    assert [system.run(BOLDER).word for _ in range(2)] == ["applied", "unchanged"]
    assert asked_of(desk).count(SIMULATED) == 1


def test_request_names_id_and_version_and_both_preconditions(desk: Office) -> None:
    weighted(desk).run(BOLDER)
    (sent,) = desk.sent("PUT")
    body = json.loads(sent["request"]["body"])
    assert (sent["request"]["headers"]["if-match"], body["version"], body["id"]) == ('"42"', 42, HELD)


def test_simulation_of_an_entry_is_kept_and_can_be_read_again(office: Office) -> None:
    system = weighted(office)
    outcome = system.run(BOLDER)
    assert outcome.simulation is not None
    entry = entry_of(system, outcome)
    kept: Any = system.book.revealed(entry.closed.document["details"]) if entry.closed is not None else {}
    assert kept["simulation"] == outcome.simulation.document()
    intent: Any = system.book.revealed(entry.intent)
    assert intent["simulation"]["id"] == outcome.simulation.id
    assert system.platform.simulation(outcome.simulation.id).status is SimulationStatus.RUNNING
    office.emulated.advance(outcome.simulation.duration_s + 1)
    told = system.platform.simulation(outcome.simulation.id)
    assert told.status is SimulationStatus.COMPLETED
    assert told.abandonment is not None
    assert told.abandonment.low <= told.abandonment.mean <= told.abandonment.high


def test_no_simulation_starts_by_itself(desk: Office) -> None:
    outcome = weighted(desk).run(BOLDER)
    assert asked_of(desk).count(SIMULATED) == 1
    assert outcome.findings.of_severity(Severity.INFO).rules == ("weights.trigger", "weights.effect")


@pytest.mark.parametrize("lack", [*Lack], ids=str)
def test_lack_of_evidence_refuses_before_the_platform_is_asked_for_anything(desk: Office, lack: Lack) -> None:
    system = weighted(desk, Scripted(lack=LACKING[lack]))
    before = len(asked_of(desk))
    outcome = system.run(BOLDER)
    rules = {
        Lack.NO_DATA: "weights.no-data",
        Lack.TOO_LITTLE_DATA: "weights.too-little-data",
        Lack.TWIN_FAILED: "weights.twin",
        Lack.OTHER_SPLIT: "weights.split",
        Lack.DRIFTED: "weights.drift",
    }
    assert (outcome.word, outcome.findings.rules, outcome.requests) == ("refused", (rules[lack],), 0)
    assert len(asked_of(desk)) == before
    assert entry_of(system, outcome).outcome == "refused"


def test_without_any_twin_or_experiment_nobody_can_say(desk: Office) -> None:
    weighted(desk)
    outcome = desk.system("bob").run(BOLDER)
    assert (outcome.word, weighty(outcome), outcome.requests) == ("refused", ["weights.no-data"], 0)


def test_lack_that_shows_only_when_it_is_weighed_refuses_too(desk: Office) -> None:
    outcome = weighted(desk, Scripted(evidence=LACKING[Lack.DRIFTED])).run(BOLDER)
    assert (outcome.word, weighty(outcome), desk.sent("PUT")) == ("refused", ["weights.drift"], [])


def test_failure_in_computing_is_a_refusal_and_nothing_worse(desk: Office) -> None:
    outcome = weighted(desk, Failing()).run(BOLDER)
    assert (outcome.word, weighty(outcome)) == ("refused", ["weights.no-data"])
    message = next(iter(outcome.findings.of_severity(Severity.ERROR))).message
    assert "could not be computed from the data (ArithmeticError)" in message
    assert "no number for" not in message


def test_form_at_fault_costs_no_request_and_asks_no_data(desk: Office) -> None:
    weigher = Scripted()
    system = weighted(desk, weigher)
    before = len(asked_of(desk))
    wanted = SetWeights(campaign=HELD, parameters={"speed": Decimal("0.1")}, convergence=Decimal("0.5"))
    outcome = system.run(wanted)
    assert outcome.findings.rules == ("weights.known-key", "weights.bounds")
    assert (outcome.requests, len(asked_of(desk)), weigher.splits) == (0, before, [])


def test_named_split_is_what_data_are_asked_with(desk: Office) -> None:
    weigher = Scripted()
    weighted(desk, weigher).run(replace(BOLDER, validation_split=Decimal("0.7")))
    assert weigher.splits == [Decimal("0.7")]


def test_dry_run_is_judged_on_evidence_and_asks_for_no_simulation(desk: Office) -> None:
    system = weighted(desk)
    outcome = system.corridor.run(BOLDER, Order(actor=system.actor, dry_run=True))
    told: Any = outcome.document()
    assert (outcome.word, told["would"], outcome.simulation) == ("unchanged", "applied", None)
    assert told["evidence"]["metrics"][0]["metric"] == "utilisation"
    assert {method for method, _ in asked_of(desk)} == {"GET"}


def test_gain_that_chance_explains_wants_a_person(desk: Office) -> None:
    system = weighted(desk, Scripted(evidence=CHANCE))
    refused = system.run(BOLDER)
    assert (refused.word, weighty(refused), desk.sent("PUT")) == ("refused", ["weights.significance"], [])
    order = Order(actor=system.actor, overrides=answered_for("weights.significance"))
    made = system.corridor.run(BOLDER, order)
    assert (made.word, weighty(made)) == ("applied", [])


def test_abandonment_above_the_ceiling_is_refused_and_nobody_can_answer_for_it(desk: Office) -> None:
    system = weighted(desk, Scripted(evidence=replace(GOOD, abandonment_high=0.03)))
    order = Order(actor=system.actor, overrides=answered_for("weights.abandonment"))
    outcome = system.corridor.run(BOLDER, order)
    assert (outcome.word, "weights.abandonment" in weighty(outcome)) == ("refused", True)


def test_quarter_from_a_tenth_is_a_lawful_step_and_from_nought_is_not(desk: Office) -> None:
    system = weighted(desk)
    assert system.run(BOLDER).word == "applied"
    far = SetWeights(campaign=HELD, adjusted={"max_concurrent": Decimal("0.25")})
    (found,) = system.run(far).findings.of_severity(Severity.ERROR)
    assert (found.rule, found.field, found.limit) == ("weights.deviation", "max_concurrent", "0.2")


def test_change_that_dials_nothing_otherwise_needs_no_data_and_no_simulation(desk: Office) -> None:
    system = weighted(desk, Scripted(lack=LACKING[Lack.NO_DATA]))
    outcome = system.run(SetWeights(campaign=HELD, drift_protection=False, convergence=Decimal("0.02")))
    assert (outcome.word, outcome.verdict, outcome.findings.rules) == ("applied", "achieved", ("weights.trigger",))
    assert SIMULATED not in asked_of(desk)
    assert live(desk)[1]["driftProtection"] is False


def test_first_weights_want_all_that_is_not_live(desk: Office) -> None:
    system = weighted(desk)
    (found,) = system.run(SetWeights(campaign=BARE, adjusted={"call_rate": Decimal("0.1")})).findings
    assert found.rule == "weights.incomplete"
    assert found.limit == (
        "algorithm", "validation_split", "deviation_limit", "convergence", "enabled", "drift_protection"
    )  # fmt: skip
    assert system.run(FIRST).word == "applied"
    assert live(desk, BARE)[0]["parameterWeights"] == {"call_rate": 0.1}


def test_weights_as_they_are_send_nothing(desk: Office) -> None:
    system = weighted(desk)
    outcome = system.run(SetWeights(campaign=HELD, adjusted={"call_rate": Decimal("0.10")}))
    assert (outcome.word, desk.sent("PUT")) == ("unchanged", [])


def test_conflict_is_told_and_judged_again_with_the_same_simulation(office: Office) -> None:
    weighted(office)
    meddled = Meddled(office.emulated.platform("weigher"), lambda: rewrite(office, FEWER))
    weigher = Scripted()
    system = again(office, weigher, platform=meddled)
    order = Order(actor=system.actor, on_conflict=OnConflict.REJUDGE)
    outcome = system.corridor.run(BOLDER, order)
    assert (outcome.word, outcome.verdict) == ("applied", "achieved"), outcome.document()
    assert asked_of(office).count(SIMULATED) == 1
    assert [one["status"] for one in office.sent("PUT")] == [409, 200]
    assert len(weigher.asked) == 2


def test_conflict_is_reported_where_nothing_else_is_said(desk: Office) -> None:
    weighted(desk)
    meddled = Meddled(desk.emulated.platform("weigher"), lambda: rewrite(desk, FEWER))
    outcome = again(desk, platform=meddled).run(BOLDER)
    assert outcome.word == "conflicted"
    assert live(desk)[0] == WEIGHTS


def test_platform_that_does_not_simulate_keeps_the_change_from_being_made(desk: Office) -> None:
    weighted(desk)
    outcome = desk.system(weigher=Scripted).run(BOLDER)
    assert (outcome.word, desk.sent("PUT")) == ("failed", [])
    assert (outcome.failure is not None and outcome.failure.code) == "forbidden"


class Newer(Through):
    """A platform of a later version, whose weights hold fields that nobody here knows; what it is sent is kept."""

    def __init__(self, desk: Office) -> None:
        super().__init__(desk.emulated.platform("weigher"))
        self.bodies: list[str] = []

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Any = None) -> Observed:
        del lane
        seen = self.beyond.read(campaign, part=part)
        if seen.weights is None or seen.tuning is None:
            return seen
        beside: dict[str, Json] = {"parameterWeights": {"speed": 0.5}, "owner": "model team"}
        weights, tuning = replace(seen.weights, beside=beside), replace(seen.tuning, beside={"note": 1})
        return replace(seen, weights=weights, tuning=tuning)

    def apply(self, prepared: Any, *, idempotency_key: str, lane: Any = None) -> Any:
        del lane
        self.bodies.append(str(prepared.request["body"]))
        return self.beyond.apply(prepared, idempotency_key=idempotency_key)


def test_fields_that_nobody_here_knows_are_sent_back_as_they_were(desk: Office) -> None:
    weighted(desk)
    platform = Newer(desk)
    outcome = again(desk, platform=platform).run(BOLDER)
    assert "platform.rejected" in weighty(outcome)
    (body,) = [json.loads(one) for one in platform.bodies]
    assert body["predictiveDialerSettings"]["parameterWeights"]["speed"] == 0.5
    assert (body["predictiveDialerSettings"]["owner"], body["configuration"]["note"]) == ("model team", 1)


def test_change_that_waits_for_approval_keeps_its_simulation(desk: Office) -> None:
    policy = Policy(rules=(Rule(kinds=("weights.*",)),))
    weighted(desk)
    ada = again(desk, name="ada", approvals=policy)
    asked = ada.run(BOLDER)
    assert (asked.word, asked.findings.refused, live(desk)[0]) == ("scheduled", False, WEIGHTS)
    made = again(desk, approvals=policy).approvals.approve(EntryId(asked.entry or 0), Order(actor=actor("bob")))
    assert (made.word, live(desk)[0]["parameterWeights"]["call_rate"]) == ("applied", 0.25)
    keys = {one["request"]["headers"]["idempotency-key"] for one in desk.sent("POST")}
    assert (len(keys), made.simulation) == (1, asked.simulation)


def test_weights_for_later_are_weighed_at_their_hour(desk: Office) -> None:
    system = weighted(desk, Scripted(lack=LACKING[Lack.NO_DATA]))
    refused = later(system, BOLDER)
    desk.emulated.advance(3600)
    (late,) = system.worker.once().ended
    assert (refused.word, late.word, weighty(late)) == ("scheduled", "refused", ["weights.no-data"])
    knowing = again(desk)
    planned = later(knowing, GENTLER, after=timedelta(hours=2))
    desk.emulated.advance(3600)
    (made,) = knowing.worker.once().ended
    assert (made.entry, made.word, made.verdict) == (planned.entry, "applied", "achieved")
    assert made.evidence == GOOD


def test_undo_brings_back_what_was_live_without_any_data(desk: Office) -> None:
    system = weighted(desk)
    made = system.run(replace(BOLDER, deviation_limit=Decimal("0.05")))
    assert made.entry is not None
    simulations = asked_of(desk).count(SIMULATED)
    blind = again(desk, Scripted(lack=LACKING[Lack.NO_DATA]))
    outcome, back = blind.undoing.undo(made.entry, Order(actor=blind.actor))
    assert (outcome.word, outcome.verdict) == ("applied", "achieved"), outcome.document()
    assert live(desk)[0] == WEIGHTS
    assert asked_of(desk).count(SIMULATED) == simulations
    opened: Any = entry_of(blind, outcome).rows[0].document["details"]
    assert opened["change"]["basis"] == {"ground": "undo", "entry": made.entry}
    assert isinstance(back.change, SetWeights)
    assert back.change.basis == undo_of(made.entry)


def test_undo_of_the_first_weights_sets_them_to_nought(desk: Office) -> None:
    system = weighted(desk)
    made = system.run(FIRST)
    assert made.entry is not None
    outcome, _ = system.undoing.undo(made.entry, Order(actor=system.actor))
    assert (outcome.word, live(desk, BARE)[0]["parameterWeights"]) == ("applied", {"call_rate": 0.0})


def test_undo_after_somebody_else_is_a_conflict(desk: Office) -> None:
    system = weighted(desk)
    made = system.run(BOLDER)
    assert made.entry is not None
    system.run(SetWeights(campaign=HELD, adjusted={"call_rate": Decimal("0.3")}))
    outcome, _ = system.undoing.undo(made.entry, Order(actor=system.actor))
    assert (outcome.word, live(desk)[0]["parameterWeights"]["call_rate"]) == ("conflicted", 0.3)
    with pytest.raises(NoWayBackError):
        way_back(system.book.read(EntryId(outcome.entry or 0)))


def test_weights_are_told_to_subscribers_with_what_data_said(desk: Office) -> None:
    with receiving() as receiver:
        weighted(desk)
        system = again(desk, webhook_reach=Reach.LOOPBACK)
        system.webhooks.add(receiver.url, (), Order(actor=system.actor))
        outcome = system.run(BOLDER)
        (told,) = heard(system, receiver)
    data = told["data"]
    assert (told["type"], told["entry"]) == ("weights.applied", outcome.entry)
    assert data["weights"]["parameters"]["call_rate"] == "0.25"
    assert data["old_weights"]["parameters"]["call_rate"] == "0.1"
    assert (data["evidence"]["blocks"], data["prediction_accuracy"], data["success"]) == (96, None, True)
    assert data["latency_ms"] >= 0
