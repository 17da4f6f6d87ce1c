"""Pacing through the corridor: set, read back, in conflict, refused by step, law or what is not known, and undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Observed, Part
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order, Override
from paceline.control.outcome import Outcome
from paceline.control.undoing import NoWayBackError, way_back
from paceline.ledger.entry import Entry
from paceline.outbox.addresses import Reach
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId
from tests.contract.receivers import receiving
from tests.contract.set_up import BARE, FEWER, HELD, RULES, declare, furnish
from tests.contract.systems import STARTED, Meddled, Office, Through
from tests.contract.test_settings_told import heard

DIALER: dict[str, Any] = {
    "answerRate": 0.72,
    "abandonRate": 0.01,
    "maxConcurrentCalls": 80,
    "callInterval": 120,
    "strategy": "predictive",
    "warmUpPeriod": 60,
}
SLOWER = SetPacing(campaign=HELD, answer_rate=Decimal("0.82"))
FASTER = SetPacing(campaign=HELD, abandonment_aim=Decimal("0.015"))
GENTLE = SetPacing(
    campaign=BARE,
    answer_rate=Decimal("0.50"),
    abandonment_aim=Decimal(0),
    max_calls=20,
    call_interval_ms=200,
    warm_up_s=0,
    strategy="predictive",
)


def answered_for(*rules: str) -> tuple[Override, ...]:
    return tuple(Override(rule=rule, until=STARTED + timedelta(hours=1)) for rule in rules)


def paced(office: Office, name: str = "ada", **options: Any) -> System:
    """Return a system in an office where HELD has pacing and dials predictively, and everything is declared."""
    predictive = {**RULES, "dialingMethod": "PREDICTIVE"}
    furnish(office, predictiveDialer=DIALER, dialingRules=predictive)
    system = office.system(name, **options)
    declare(system)
    return system


def answering(system: System, change: SetPacing, *rules: str) -> Outcome:
    """Run a change whose actor answers for the findings of these rules."""
    return system.corridor.run(change, Order(actor=system.actor, overrides=answered_for(*rules)))


def live(office: Office, campaign: CampaignId = HELD) -> dict[str, Any]:
    found: dict[str, Any] = office.emulated.shown(campaign)["predictiveDialer"]
    return found


def pacing(observed: Observed | None) -> Pacing:
    assert observed is not None
    assert observed.pacing is not None
    return observed.pacing


def entry_of(system: System, outcome: Outcome) -> Entry:
    assert outcome.entry is not None
    return system.book.read(outcome.entry)


def weighty(outcome: Outcome) -> list[str]:
    return [one.rule for one in outcome.findings if one.severity is not Severity.INFO]


def test_pacing_is_set_and_read_back_from_the_platform(office: Office) -> None:
    outcome = paced(office).run(SLOWER, ticket="OPS-7")
    assert (outcome.word, outcome.verdict, outcome.findings.rules) == ("applied", "achieved", ())
    told: Any = outcome.document()
    assert (told["before"]["pacing"]["answer_rate"], told["after"]["pacing"]["answer_rate"]) == ("0.72", "0.82")
    (sent,) = office.sent()
    assert sent["request"]["headers"]["if-match"] == '"42"'
    assert live(office) == {**DIALER, "answerRate": 0.82}


def test_step_too_far_wants_a_person_and_is_recorded_when_one_answers_for_it(office: Office) -> None:
    system, far = paced(office), replace(SLOWER, answer_rate=Decimal("0.85"))
    refused = system.run(far)
    assert (refused.word, weighty(refused), office.sent()) == ("refused", ["pacing.step-limit"], [])
    made = answering(system, far, "pacing.step-limit")
    assert (made.word, made.findings.rules) == ("applied", ("pacing.step-limit",))
    assert "ada answers for it until" in next(iter(made.findings)).message


def test_declared_step_is_held_and_the_tighter_of_two_counts(desk: Office) -> None:
    system = paced(desk)
    declare(system, HELD, **{"limits.pacing_step": "0.08"})
    system.facts.declare(None, {"limits.pacing_step": "0.05"}, Order(actor=system.actor))
    refused = system.run(replace(SLOWER, answer_rate=Decimal("0.78")))
    (found,) = refused.findings
    assert (refused.word, found.rule, found.limit) == ("refused", "pacing.step-limit", "0.77")
    assert system.run(replace(SLOWER, answer_rate=Decimal("0.77"))).word == "applied"


def test_house_limits_of_campaign_and_tenant_hold_together(desk: Office) -> None:
    system = paced(desk)
    declare(system, HELD, **{"limits.most_abandonment_aim": "0.02", "limits.least_call_interval_ms": 100})
    house: dict[str, Json] = {
        "limits.most_abandonment_aim": "0.011",
        "limits.least_answer_rate": "0.7",
        "limits.max_calls": 82,
    }
    system.facts.declare(None, house, Order(actor=system.actor))
    wanted = SetPacing(
        campaign=HELD,
        answer_rate=Decimal("0.69"),
        abandonment_aim=Decimal("0.012"),
        max_calls=83,
        call_interval_ms=110,
    )
    found = [(one.field, one.limit) for one in system.run(wanted).findings if one.rule == "pacing.declared"]
    assert found == [("answer_rate", "0.7"), ("abandonment_aim", "0.011"), ("max_calls", 82)]


def test_loosening_that_nobody_can_project_wants_a_person(office: Office) -> None:
    system = paced(office)
    refused = system.run(FASTER)
    assert (refused.word, weighty(refused), office.sent()) == ("refused", ["pacing.no-projection"], [])
    told: Any = refused.document()
    assert told["forecast"]["none"]
    made = answering(system, FASTER, "pacing.no-projection")
    assert (made.word, live(office)["abandonRate"]) == ("applied", 0.015)


def test_law_is_overridden_by_nobody(desk: Office) -> None:
    system = paced(desk)
    counts = {"minute": "2026-06-15T11:30:00Z", "dials": 300, "connects": 100, "abandons": 4}
    desk.emulated.arrange(HELD, statistics=counts)
    refused = answering(system, FASTER, "pacing.loosens", "pacing.no-projection", "pacing.fit", "pacing.breach")
    (found,) = [one for one in refused.findings if one.severity is Severity.ERROR]
    assert (refused.word, found.rule, found.found, found.limit) == ("refused", "pacing.loosens", "4/100", "3/100")
    # To tighten is allowed at any rate.
    assert system.run(SLOWER).word == "applied"


@pytest.mark.parametrize(
    "named",
    [
        {"answer_rate": 0.8},
        {"answer_rate": "0.8"},
        {"abandonment_aim": True},
        {"abandonment_aim": Decimal("NaN")},
        {"max_calls": float("nan")},
        {"max_calls": -(10**5000)},
        {"call_interval_ms": "120"},
        {"warm_up_s": False},
        {"strategy": 7},
    ],
    ids=lambda named: next(iter(named)),
)
def test_what_is_no_value_is_refused_and_recorded(desk: Office, named: dict[str, Any]) -> None:
    system = paced(desk)
    outcome = system.run(SetPacing(campaign=HELD, **named))
    (found,) = outcome.findings
    assert (outcome.word, found.field, desk.sent()) == ("refused", next(iter(named)), [])
    assert found.rule in {"pacing.bounds", "pacing.strategy"}
    assert entry_of(system, outcome).outcome == "refused"


def test_campaign_without_pacing_gets_it_whole(desk: Office) -> None:
    system = paced(desk)
    assert weighty(system.run(replace(GENTLE, max_calls=None))) == ["pacing.incomplete"]
    outcome = system.run(GENTLE)
    assert (outcome.word, pacing(outcome.after).max_calls, outcome.before is not None and outcome.before.pacing) == (
        "applied",
        20,
        None,
    )
    with pytest.raises(NoWayBackError, match="no pacing before"):
        way_back(entry_of(system, outcome))


def test_pacing_that_was_changed_outside_in_between_is_a_conflict(office: Office) -> None:
    paced(office)
    outside = replace(SLOWER, answer_rate=Decimal("0.80"))

    def meddle() -> None:
        platform = office.emulated.platform()
        now = platform.read(HELD)
        platform.apply(platform.prepare(outside.whole_on(now), now.version), idempotency_key="outside")

    system = office.system(platform=Meddled(office.emulated.platform(), meddle))
    outcome = system.run(SLOWER)
    (found,) = [one for one in outcome.findings if one.rule == "change.conflict"]
    assert (outcome.word, found.field, found.source) == ("conflicted", "predictiveDialer", "outside paceline")
    assert live(office)["answerRate"] == 0.8


class Later(Through):
    """A platform of a later version, whose pacing holds a field that nobody here knows; what it is sent is kept."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.emulated.platform())
        self.bodies: list[str] = []

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Any = None) -> Observed:
        del lane
        seen = self.beyond.read(campaign, part=part)
        beside = {"ringSeconds": 20}
        return seen if seen.pacing is None else replace(seen, pacing=replace(seen.pacing, beside=beside))

    def apply(self, prepared: Any, *, idempotency_key: str, lane: Any = None) -> Any:
        del lane
        self.bodies.append(str(prepared.request["body"]))
        return self.beyond.apply(prepared, idempotency_key=idempotency_key)


def test_field_that_nobody_here_knows_is_sent_back_as_it_was(desk: Office) -> None:
    platform = Later(desk)
    outcome = paced(desk, platform=platform).run(SLOWER)
    assert weighty(outcome) == ["platform.rejected"]
    assert '"ringSeconds":20' in platform.bodies[0]


def test_undo_restores_the_pacing_before_and_is_held_up_by_no_step(office: Office) -> None:
    system = paced(office)
    down = system.run(SetPacing(campaign=HELD, max_calls=72, answer_rate=Decimal("0.80")))
    assert down.word == "applied"
    assert down.entry is not None
    # What leads back loosens, so that it is judged as such; and 72 to 80 is more than a tenth of 72.
    order = Order(actor=system.actor, reason="too slow")
    refused, _ = system.undoing.undo(down.entry, order)
    assert (refused.word, weighty(refused)) == ("refused", ["pacing.no-projection"])
    answered = replace(order, overrides=answered_for("pacing.no-projection"))
    undone, back = system.undoing.undo(down.entry, answered)
    assert (undone.word, live(office), back.left) == ("applied", DIALER, pacing(down.after))
    assert "pacing.step-limit" in undone.findings.rules
    assert entry_of(system, undone).rows[0].document["reason"] == f"too slow (undo of entry {down.entry})"


def test_undo_of_a_loosening_is_projected_by_nobody(office: Office) -> None:
    system = paced(office)
    up = answering(system, FASTER, "pacing.no-projection")
    assert up.entry is not None
    undone, _ = system.undoing.undo(up.entry, Order(actor=system.actor))
    assert (undone.word, undone.findings.rules, undone.forecast, live(office)) == ("applied", (), None, DIALER)
    with pytest.raises(NoWayBackError, match="refused"):
        way_back(entry_of(system, system.run(FASTER)))


def test_undo_of_pacing_that_somebody_changed_since_does_nothing_and_says_who(office: Office) -> None:
    system, other = paced(office), office.system("bob")
    first = system.run(SLOWER)
    since = other.run(SetPacing(campaign=HELD, max_calls=75))
    assert first.entry is not None
    told, _ = system.undoing.undo(first.entry, Order(actor=system.actor))
    (found,) = [one for one in told.findings if one.severity is Severity.ERROR]
    assert (told.word, found.rule) == ("conflicted", "change.conflict")
    assert f"bob (entry {since.entry})" in str(found.source) + found.message
    assert live(office)["maxConcurrentCalls"] == 75


def test_undo_of_pacing_leaves_alone_what_else_was_changed_since(office: Office) -> None:
    system = paced(office)
    first = answering(system, FASTER, "pacing.no-projection")
    assert system.run(FEWER).word == "applied"
    assert first.entry is not None
    told, _ = system.undoing.undo(first.entry, Order(actor=system.actor))
    assert (told.word, live(office)) == ("applied", DIALER)
    assert office.emulated.shown(HELD)["dialingRules"]["retrySettings"]["maxAttempts"] == 2


def test_explanation_judges_the_pacing_and_projects_nothing(desk: Office) -> None:
    system = paced(desk)
    told = system.explain(HELD).settings
    assert told.pacing is not None
    assert (told.pacing.is_lawful, told.pacing.findings.rules) == (True, ())
    assert told.document()["pacing"] == {
        "held": {
            "answer_rate": "0.72",
            "abandonment_aim": "0.01",
            "max_calls": 80,
            "call_interval_ms": 120,
            "warm_up_s": 60,
            "strategy": "predictive",
        },
        "lawful": True,
        "findings": [],
    }
    bare = system.explain(BARE).settings
    assert bare.pacing is not None
    assert (bare.pacing.block, bare.pacing.is_lawful) == (None, None)


def test_reporting_hears_of_pacing_that_was_set_and_of_what_was_refused(office: Office) -> None:
    with receiving() as receiver:
        system = paced(office, webhook_reach=Reach.LOOPBACK)
        system.webhooks.add(receiver.url, ("pacing.*",), Order(actor=system.actor))
        made, refused = system.run(SLOWER), system.run(FASTER)
        first, second = heard(system, receiver)
    assert (first["type"], first["campaign"], first["entry"]) == ("pacing.applied", HELD, made.entry)
    data = first["data"]
    assert (data["old_parameters"]["answer_rate"], data["new_parameters"]["answer_rate"]) == ("0.72", "0.82")
    assert (data["answer_rate_change"], data["compliance_verdict"], data["success"]) == ("0.10", "passed", True)
    assert (data["wanted"], data["latency_ms"] >= 0, data["revision"]) == ({"answer_rate": "0.82"}, True, 43)
    data = second["data"]
    assert (second["type"], second["entry"]) == ("pacing.refused", refused.entry)
    assert (data["new_parameters"], data["answer_rate_change"], data["success"]) == (None, None, False)
    assert (data["old_parameters"]["answer_rate"], data["compliance_verdict"]) == ("0.82", "review")
