"""The rules of the weights: form, steps from the live weights, the law, and what data say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import WEIGHT_KEYS
from paceline.campaign.evidence import UTILISATION, Lack
from paceline.campaign.observed import WEIGHTS, Situation
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import switch_of, undo_of
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId
from tests.unit.campaign.pacing.pacings import measured
from tests.unit.campaign.situations import C1, seen
from tests.unit.campaign.weights.evidences import (
    CHANCE,
    GOOD,
    LACKING,
    around,
    setting,
    shown,
    tuning,
    weights,
)

HUNDREDTHS = st.integers(-100, 100).map(lambda it: Decimal(it) / 100)
ENTRY = EntryId(17)


def found(change: SetWeights, situation: Situation | None = None) -> Findings:
    return change.guard(situation or around())


def against(findings: Findings) -> list[tuple[str, str]]:
    return [(one.rule, one.severity.value) for one in findings if one.severity is not Severity.INFO]


def only(findings: Findings, rule: str) -> Finding:
    (one,) = [one for one in findings if one.rule == rule]
    return one


def test_change_that_names_nothing_is_incomplete() -> None:
    (one,) = setting().validate(None)  # type: ignore[arg-type]  # no rule of the room asks the rulebook
    assert (one.rule, one.severity) == ("weights.incomplete", Severity.ERROR)


def test_map_without_any_weight_is_none() -> None:
    (one,) = found(setting(parameters={}))
    assert (one.rule, one.field) == ("weights.incomplete", "parameters")


def test_unknown_weight_is_named_with_the_known_ones() -> None:
    (one,) = found(setting(speed="0.1"))
    assert (one.rule, one.field, one.limit) == ("weights.known-key", "speed", WEIGHT_KEYS)
    assert "answer_rate, call_rate, predictive_factor, max_concurrent, agent_efficiency" in one.message


@pytest.mark.parametrize(
    ("named", "rule", "field", "limit"),
    [
        ({"call_rate": "1.001"}, "weights.bounds", "call_rate", "1"),
        ({"call_rate": "-1.5"}, "weights.bounds", "call_rate", "-1"),
        ({"validation_split": Decimal("0.95")}, "weights.split", "validation_split", "0.9"),
        ({"validation_split": Decimal("0.05")}, "weights.split", "validation_split", "0.1"),
        ({"deviation_limit": Decimal("0.6")}, "weights.bounds", "deviation_limit", "0.5"),
        ({"deviation_limit": Decimal("0.001")}, "weights.bounds", "deviation_limit", "0.01"),
        ({"convergence": Decimal("0.2")}, "weights.bounds", "convergence", "0.1"),
        ({"convergence": Decimal("0.0001")}, "weights.bounds", "convergence", "0.001"),
    ],
    ids=str,
)
def test_what_is_out_of_bounds_is_refused_with_field_and_limit(
    named: dict[str, Any], rule: str, field: str, limit: str
) -> None:
    (one,) = found(setting(**named))
    assert (one.rule, one.severity, one.field, one.limit) == (rule, Severity.ERROR, field, limit)


@pytest.mark.parametrize(
    "named",
    [
        {"parameters": {"call_rate": 0.1}},
        {"parameters": {"call_rate": "0.1"}},
        {"parameters": {"call_rate": Decimal("NaN")}},
        {"parameters": {"call_rate": Decimal("0.1000000000000000000001")}},
        {"parameters": {7: Decimal(0)}},
        {"convergence": True},
        {"validation_split": 10**5000},
        {"enabled": 1},
        {"drift_protection": "true"},
        {"algorithm": " "},
        {"algorithm": 7},
        {"algorithm": "a\x1b[2Jb"},
        {"algorithm": "a\nb"},
        {"trigger": "x" * 200},
    ],
    ids=lambda named: next(iter(named)),
)
def test_what_is_no_value_is_refused_and_never_fails(named: dict[str, Any]) -> None:
    (one,) = found(setting(**named))
    assert one.severity is Severity.ERROR


def test_quarter_from_a_tenth_is_within_two_tenths_and_from_nought_is_not() -> None:
    assert against(found(setting(call_rate="0.25"))) == []
    one = only(found(setting(max_concurrent="0.25")), "weights.deviation")
    assert (one.severity, one.field, one.found, one.limit) == (Severity.ERROR, "max_concurrent", "0.25", "0.2")
    assert "one change goes to 0.2 at most" in one.message


def test_change_that_raises_its_own_limit_is_held_to_the_live_one() -> None:
    one = only(found(setting(call_rate="0.45", deviation_limit=Decimal("0.5"))), "weights.deviation")
    assert (one.limit, "counts for later changes" in one.message) == ("0.2", True)


def test_first_weights_are_held_to_the_limit_that_they_name_from_nought() -> None:
    first = replace(SetWeights.to(C1, weights({"call_rate": "0.3"}), tuning()))
    bare = around(observed=seen())
    one = only(found(first, bare), "weights.deviation")
    assert (one.field, one.limit) == ("call_rate", "0.2")
    assert against(found(replace(first, deviation_limit=Decimal("0.3")), bare)) == []


def test_weight_that_a_new_map_leaves_out_counts_as_nought() -> None:
    far = around(weights({"call_rate": "0.3", "answer_rate": "0.1"}))
    one = only(found(setting(parameters={"answer_rate": Decimal("0.1")}), far), "weights.deviation")
    assert (one.field, one.found) == ("call_rate", "0")


@given(old=HUNDREDTHS, new=HUNDREDTHS, limit=st.integers(1, 50).map(lambda it: Decimal(it) / 100))
def test_step_is_refused_exactly_where_fractions_say_so(old: Decimal, new: Decimal, limit: Decimal) -> None:
    live = around(weights({"call_rate": str(old)}, deviation_limit=limit))
    refused = "weights.deviation" in found(setting(call_rate=str(new)), live).rules
    assert refused == (abs(Fraction(new) - Fraction(old)) > Fraction(limit))


def test_step_is_compared_exactly_however_small_the_difference() -> None:
    live = around(weights({"call_rate": "-1E-40"}))
    assert "weights.deviation" in found(setting(call_rate="0.2"), live).rules


BOLD, GENTLE = {"call_rate": "0.9"}, {"answer_rate": "0.9"}


@pytest.mark.parametrize(
    ("held", "was", "is_step"),
    [(BOLD, False, True), (GENTLE, False, False), (BOLD, True, False), (GENTLE, True, True), ({}, False, False)],
    ids=str,
)
def test_switch_that_brings_bold_weights_into_effect_is_a_step_of_all_they_are(
    held: dict[str, str], *, was: bool, is_step: bool
) -> None:
    held = {"max_concurrent": "0.2", **held}
    judged = found(setting(enabled=not was), around(weights(held), tuning(enabled=was)))
    assert ("weights.deviation" in judged.rules) is is_step
    if is_step:
        one = only(judged, "weights.deviation")
        assert (one.severity, one.limit, "in effect" in one.message) == (Severity.ERROR, "0.2", True)


def test_weights_walked_up_while_they_do_not_act_are_not_switched_on_in_one_step() -> None:
    off, live = tuning(enabled=False), weights({"call_rate": "0.1"})
    for rate in ("0.3", "0.5", "0.7"):
        assert against(found(setting(call_rate=rate), around(live, off, evidence=None))) == []
        live = replace(live, parameters={"call_rate": Decimal(rate)})
    assert against(found(setting(enabled=True), around(live, off))) == [("weights.deviation", "error")]
    both = setting(enabled=True, call_rate="0.6")
    assert against(found(both, around(live, off))) == [("weights.deviation", "error")]


def test_what_is_brought_back_is_held_up_by_no_step_and_no_data() -> None:
    back = setting(call_rate="0.9", basis=undo_of(ENTRY))
    assert against(found(back, around(evidence=None))) == []


def test_switch_of_an_experiment_needs_no_data_and_is_held_to_the_step() -> None:
    blind = around(evidence=None)
    assert against(found(setting(call_rate="0.2", basis=switch_of(ENTRY)), blind)) == []
    assert against(found(setting(call_rate="0.9", basis=switch_of(ENTRY)), blind)) == [("weights.deviation", "error")]


@pytest.mark.parametrize("basis", [undo_of(ENTRY), switch_of(ENTRY)], ids=str)
def test_law_and_what_was_measured_hold_on_any_ground(basis: Any) -> None:
    over = around(measured=(measured(abandoned=40),), evidence=None)
    assert against(found(setting(call_rate="0.2", basis=basis), over)) == [("weights.loosens", "error")]


@pytest.mark.parametrize(
    ("named", "is_bolder"),
    [
        ({"call_rate": "0.2"}, True),
        ({"call_rate": "0"}, False),
        ({"answer_rate": "0"}, True),
        ({"answer_rate": "0.2"}, False),
        ({"predictive_factor": "0.01"}, True),
        ({"max_concurrent": "0.01"}, True),
        ({"agent_efficiency": "0.01"}, True),
        ({"agent_efficiency": "-0.01"}, False),
        ({"algorithm": "other"}, True),
        ({"enabled": False}, True),
    ],
    ids=str,
)
def test_only_what_dials_more_boldly_is_held_to_what_was_measured(named: dict[str, Any], *, is_bolder: bool) -> None:
    over = around(measured=(measured(abandoned=40),))
    assert ("weights.loosens" in found(setting(**named), over).rules) is is_bolder


def test_bolder_weights_wait_until_somebody_knows_the_law() -> None:
    lawless = replace(around(), rulebook=None)
    assert only(found(setting(call_rate="0.2"), lawless), "weights.unknown-region").severity is Severity.ERROR
    assert only(found(setting(call_rate="0"), lawless), "weights.unknown-region").severity is Severity.INFO


def test_other_algorithm_wants_a_person() -> None:
    one = only(found(setting(algorithm="other")), "weights.algorithm")
    assert (one.severity, one.found, one.limit) == (Severity.REVIEW, "other", "adaptive-v2")
    assert "weights.algorithm" not in found(setting(algorithm="adaptive-v2", call_rate="0.2")).rules


@pytest.mark.parametrize("live", ["manual", "automatic"])
def test_trigger_is_told_whatever_is_live(live: str) -> None:
    one = only(found(setting(call_rate="0.2"), around(held=tuning(trigger=live))), "weights.trigger")
    assert (one.severity, one.found, one.limit) == (Severity.INFO, live, "manual")


@pytest.mark.parametrize(
    ("lack", "rule"),
    [
        (Lack.NO_DATA, "weights.no-data"),
        (Lack.TOO_LITTLE_DATA, "weights.too-little-data"),
        (Lack.TWIN_FAILED, "weights.twin"),
        (Lack.OTHER_SPLIT, "weights.split"),
        (Lack.DRIFTED, "weights.drift"),
    ],
)
def test_each_lack_of_evidence_is_an_error_of_its_own(lack: Lack, rule: str) -> None:
    judged = found(setting(call_rate="0.2"), around(evidence=LACKING[lack]))
    assert against(judged) == [(rule, "error")]


def test_nobody_asked_is_no_data() -> None:
    assert against(found(setting(call_rate="0.2"), around(evidence=None))) == [("weights.no-data", "error")]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"abandonment_high": float("nan")},
        {"half_width": float("inf")},
        {"metrics": GOOD.metrics[:1]},
        {"metrics": (shown(UTILISATION, 0.8, float("nan"), half=0.01), *GOOD.metrics[1:])},
        {"blocks": 0},
    ],
    ids=lambda spoilt: next(iter(spoilt)),
)
def test_evidence_of_no_numbers_is_none(spoilt: dict[str, Any]) -> None:
    judged = found(setting(call_rate="0.2"), around(evidence=replace(GOOD, **spoilt)))
    assert against(judged) == [("weights.no-data", "error")]


def test_what_data_show_is_told_in_numbers() -> None:
    judged = found(setting(call_rate="0.2"))
    assert against(judged) == []
    assert "80.00 % to 83.00 % (+3.00 points, 95 % from +2.00 to +4.00)" in only(judged, "weights.effect").message


def test_noise_is_not_significant_however_large_the_edits_are() -> None:
    far = around(weights({"call_rate": "-0.5"}, deviation_limit=Decimal("0.5")), evidence=CHANCE)
    for change in (setting(call_rate="-0.499999999"), setting(call_rate="0")):
        one = only(found(change, far), "weights.significance")
        assert (one.severity, one.found) == (Severity.REVIEW, 0.8)
        assert "96 blocks" in one.message


def test_gain_that_is_no_chance_and_too_small_is_not_worth_having() -> None:
    metrics = (shown(UTILISATION, 0.80, 0.804, half=0.002), *GOOD.metrics[1:])
    small = around(evidence=replace(GOOD, metrics=metrics, worth_having=False))
    assert against(found(setting(call_rate="0.2"), small)) == [("weights.worth", "review")]


def test_estimate_that_is_less_precise_than_the_weights_want_is_not_converged() -> None:
    wide = around(evidence=replace(GOOD, half_width=0.06))
    one = only(found(setting(call_rate="0.2"), wide), "weights.convergence")
    assert (one.severity, one.found, one.limit) == (Severity.REVIEW, 0.06, "0.05")


def test_change_that_wants_less_precision_of_itself_is_held_to_the_live_one() -> None:
    wide = around(evidence=replace(GOOD, half_width=0.06))
    one = only(found(setting(call_rate="0.2", convergence=Decimal("0.06")), wide), "weights.convergence")
    assert (one.limit, "counts for later changes" in one.message) == ("0.05", True)
    eased = replace(wide, observed=seen(weights=weights(convergence=Decimal("0.06")), tuning=tuning()))
    assert against(found(setting(call_rate="0.2"), eased)) == []
    strict = found(setting(call_rate="0.2", convergence=Decimal("0.05")), eased)
    assert against(strict) == [("weights.convergence", "review")]


def test_evidence_of_a_twin_that_nobody_has_checked_is_none() -> None:
    judged = found(setting(call_rate="0.2"), around(evidence=replace(GOOD, twin=None)))
    assert against(judged) == [("weights.twin", "error")]


@pytest.mark.parametrize(("high", "refused"), [(0.0299, False), (0.03, True), (0.05, True)])
def test_upper_bound_of_abandonment_has_to_be_below_the_ceiling(high: float, *, refused: bool) -> None:
    judged = found(setting(call_rate="0.2"), around(evidence=replace(GOOD, abandonment_high=high)))
    assert (("weights.abandonment", "error") in against(judged)) is refused


def test_evidence_made_for_a_looser_ceiling_is_held_to_that_of_the_law() -> None:
    loose = replace(GOOD, abandonment_high=0.035, ceiling=0.05)
    assert only(found(setting(call_rate="0.2"), around(evidence=loose)), "weights.abandonment").limit == 0.03


def test_person_may_answer_for_gentler_weights_that_are_still_above_the_ceiling() -> None:
    judged = found(setting(answer_rate="0.2"), around(evidence=replace(GOOD, abandonment_high=0.05)))
    assert against(judged) == [("weights.abandonment", "review")]


def test_what_dials_as_before_is_judged_by_no_data() -> None:
    change = setting(convergence=Decimal("0.02"), drift_protection=False)
    assert found(change, around(evidence=None)).rules == ("weights.trigger",)


def test_weights_that_do_not_act_are_judged_by_no_data_until_they_do() -> None:
    off = around(held=tuning(enabled=False), evidence=None)
    assert against(found(setting(call_rate="0.2"), off)) == []
    assert against(found(setting(enabled=True), off)) == [("weights.no-data", "error")]


def test_block_in_an_unknown_form_is_not_replaced() -> None:
    odd = around(observed=seen(weights=weights(), tuning=tuning(), unknown_blocks=frozenset({WEIGHTS})))
    assert ("lifecycle.unknown-form", "error") in against(found(setting(call_rate="0.2"), odd))


def test_platform_without_weights_refuses_by_name() -> None:
    judged = found(setting(call_rate="0.2"), replace(around(), abilities=frozenset()))
    assert only(judged, "lifecycle.unsupported").limit == ("weights",)


def test_live_weights_that_a_change_leaves_out_of_bounds_are_judged_as_they_are_sent_too() -> None:
    odd = around(weights({"call_rate": "0.1"}, convergence=Decimal("0.5")))
    assert ("weights.bounds", "error") in against(found(setting(call_rate="0.2"), odd))
