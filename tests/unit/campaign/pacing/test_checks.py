from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import DialingMode
from paceline.campaign.catalogue import document_of
from paceline.campaign.change import HouseRules
from paceline.campaign.observed import Ability, Situation
from paceline.campaign.pacing.checks import COUNTS, RATES
from paceline.compliance.rule import Period
from paceline.primitives.canonical import canonical_json
from paceline.primitives.findings import Finding, Findings, Severity
from tests.unit.campaign.dialing.rules import MODERATE as RULES
from tests.unit.campaign.laws import FEDERAL, judged_in, law, made
from tests.unit.campaign.pacing.pacings import LAW, MODERATE, NOW, around, ceiling, measured, setting, whole
from tests.unit.campaign.situations import C1, seen

STRANGE: list[Any] = [
    True,
    False,
    "0.8",
    "80",
    "",
    0.8,
    float("nan"),
    float("inf"),
    -float("inf"),
    1e400,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("-Infinity"),
    [80],
    {"a": 1},
    b"80",
    object(),
    10**5000,
    -(10**5000),
    -1,
    Decimal(-1),
    Decimal("1E+999999"),
    Decimal("0.5" + "0" * 50 + "1"),
]
"""What is no value of any field, whatever its type."""
FIRST = "answer_rate"


def validated(**named: Any) -> Findings:
    return setting(**named).validate(HouseRules())


def only(found: Findings) -> Finding:
    (finding,) = found
    return finding


def refusals(found: Findings) -> set[str]:
    return set(found.of_severity(Severity.ERROR).rules)


def test_nothing_is_found_about_lawful_pacing_that_is_live_already() -> None:
    assert whole().validate(HouseRules()) == Findings()
    assert whole().guard(around()) == Findings()


def test_change_that_names_nothing_is_refused() -> None:
    found = only(validated())
    assert (found.rule, found.field) == ("pacing.incomplete", FIRST)
    assert setting().guard(around()).refused


def test_first_pacing_has_to_name_everything() -> None:
    found = only(setting(max_calls=50, warm_up_s=0).guard(around(live=None)))
    assert (found.rule, found.severity) == ("pacing.incomplete", Severity.ERROR)
    assert found.limit == ("answer_rate", "abandonment_aim", "call_interval_ms", "strategy")


@pytest.mark.parametrize("field", [*RATES, *COUNTS])
@pytest.mark.parametrize("value", STRANGE, ids=[f"{place}-{type(one).__name__}" for place, one in enumerate(STRANGE)])
def test_what_is_no_number_of_its_kind_within_its_bounds_is_refused_in_every_field(field: str, value: Any) -> None:
    change = setting(**{field: value})
    least, most = {**RATES, **COUNTS}[field]
    for found in (change.validate(HouseRules()), change.guard(around())):
        finding = only(found)
        assert (finding.rule, finding.severity, finding.field) == ("pacing.bounds", Severity.ERROR, field)
        assert finding.message.startswith(f"{field} ")
        assert f"{least} to {most}" in finding.message
        assert finding.limit in {f"{least} to {most}", str(least), str(most), least, most}
        assert finding.source == "the platform's contract"
        canonical_json(finding.document())
    assert not change.loosens(seen(pacing=MODERATE))
    # What is refused is recorded, and so it has to be JSON.
    assert json.loads(canonical_json(document_of(change)))["campaign"] == C1


@pytest.mark.parametrize("field", [*RATES, *COUNTS])
def test_bounds_of_the_platform_are_values_and_what_lies_past_them_is_none(field: str) -> None:
    bounds: tuple[Any, Any] = {**RATES, **COUNTS}[field]
    (least, most), beside = bounds, Decimal("0.000001") if field in RATES else 1
    for value in (least, most):
        assert validated(**{field: value}) == Findings()
    for value, bound in ((least - beside, least), (most + beside, most)):
        finding = only(validated(**{field: value}))
        shown = (str(value), str(bound)) if field in RATES else (value, bound)
        assert (finding.rule, finding.field, (finding.found, finding.limit)) == ("pacing.bounds", field, shown)


@given(st.decimals(min_value=-1, max_value=2, places=4))
def test_rates_are_compared_exactly(value: Decimal) -> None:
    exact = Fraction(value)
    assert validated(answer_rate=value).refused == (not Fraction(40, 100) <= exact <= Fraction(95, 100))
    assert validated(abandonment_aim=value).refused == (not 0 <= exact <= Fraction(3, 100))


@given(st.integers())
def test_counts_are_whole_numbers_within_their_bounds(value: int) -> None:
    assert validated(max_calls=value).refused == (not 5 <= value <= 150)
    assert validated(call_interval_ms=value).refused == (not 50 <= value <= 500)
    assert validated(warm_up_s=value).refused == (not 0 <= value < 2**31)


@pytest.mark.parametrize("strategy", ["Predictive", "progressive", "", True, 3, "x" * 500, ["predictive"]])
def test_strategy_is_the_one_that_the_platform_knows(strategy: Any) -> None:
    finding = only(validated(strategy=strategy))
    assert (finding.rule, finding.field, finding.limit) == ("pacing.strategy", "strategy", ("predictive",))
    canonical_json(finding.document())
    assert validated(strategy="predictive") == Findings()


def test_every_fault_is_told_at_once() -> None:
    found = validated(answer_rate=Decimal("0.3"), abandonment_aim=Decimal("0.2"), max_calls=4, strategy="slow")
    assert found.rules == ("pacing.bounds", "pacing.bounds", "pacing.bounds", "pacing.strategy")


def test_live_field_that_the_platform_would_not_take_is_refused_with_the_rest() -> None:
    found = setting(max_calls=81).guard(around(live=replace(MODERATE, warm_up_s=-1)))
    assert [(one.rule, one.field) for one in found] == [("pacing.bounds", "warm_up_s")]


@pytest.mark.parametrize(("aim", "lawful"), [("0", True), ("0.02", True), ("0.0200001", False), ("0.03", False)])
def test_aim_keeps_to_the_strictest_ceiling_exactly(aim: str, lawful: bool) -> None:
    both = law(FEDERAL, made("US/abandon", ceiling(3)), made("US-FL/abandon", ceiling(1, 50)))
    live = replace(MODERATE, abandonment_aim=Decimal("0.03"))
    found = setting(abandonment_aim=Decimal(aim)).guard(around(live=live, rulebook=both))
    assert refusals(found) == (set() if lawful else {"pacing.abandonment-ceiling"})
    if not lawful:
        (told,) = [one for one in found if one.rule == "pacing.abandonment-ceiling"]
        assert (told.found, told.limit, told.source) == (aim, "1/50", "the law of US-FL/abandon")


def test_unlawful_aim_that_is_left_as_it_is_hinders_nobody_and_is_told() -> None:
    strict = law(FEDERAL, made("US/abandon", ceiling(1, 200)))
    found = setting(answer_rate=Decimal("0.80")).guard(around(rulebook=strict))
    assert (only(found).rule, only(found).severity) == ("pacing.abandonment-ceiling", Severity.INFO)
    assert only(found).message.startswith("the live aim of 0.01, left as it is: ")


LOOSER = [
    {"answer_rate": Decimal("0.71")},
    {"abandonment_aim": Decimal("0.011")},
    {"max_calls": 81},
    {"call_interval_ms": 119},
    {"warm_up_s": 59},
]
TIGHTER = [
    {"answer_rate": Decimal("0.73")},
    {"abandonment_aim": Decimal("0.009")},
    {"max_calls": 79},
    {"call_interval_ms": 121},
    {"warm_up_s": 61},
    {"answer_rate": Decimal("0.72"), "max_calls": 80},
]


@pytest.mark.parametrize("named", LOOSER, ids=lambda named: next(iter(named)))
def test_nothing_is_loosened_while_the_measured_rate_is_over_its_ceiling(named: dict[str, Any]) -> None:
    change = setting(**named)
    assert change.loosens(seen(pacing=MODERATE))
    (found,) = change.guard(around(measured=(measured(31),))).of_severity(Severity.ERROR)
    assert (found.rule, found.field) == ("pacing.loosens", next(iter(named)))
    assert (found.found, found.limit, found.source) == ("31/1000", "3/100", "the law of US/abandon")
    assert not change.guard(around(measured=(measured(30),))).refused


@pytest.mark.parametrize("known", [None, (), (measured(0, 10, Period.DAY),)])
@pytest.mark.parametrize("named", LOOSER, ids=lambda named: next(iter(named)))
def test_nothing_is_loosened_while_the_rate_is_not_known(named: dict[str, Any], known: Any) -> None:
    assert refusals(setting(**named).guard(around(measured=known))) == {"pacing.loosens"}


@pytest.mark.parametrize("named", TIGHTER, ids=str)
@pytest.mark.parametrize("known", [(measured(31),), None])
def test_what_does_not_loosen_is_taken_whatever_was_measured_and_projected(named: dict[str, Any], known: Any) -> None:
    change = setting(**named)
    assert not change.loosens(seen(pacing=MODERATE))
    assert change.guard(around(measured=known, forecast=None)) == Findings()


def test_pacing_of_one_line_for_each_idle_agent_loosens_nothing() -> None:
    gentle = whole(answer_rate=Decimal("0.50"), abandonment_aim=Decimal(0))
    assert not gentle.loosens(seen(pacing=MODERATE))
    assert not gentle.loosens(seen())
    assert gentle.guard(around(live=None, forecast=None, measured=None)) == Findings()


@pytest.mark.parametrize("mode", DialingMode)
def test_mode_in_which_pacing_has_no_effect_is_told(mode: DialingMode) -> None:
    observed = seen(pacing=MODERATE, rules=replace(RULES, mode=mode))
    found = setting(max_calls=79).guard(around(observed=observed))
    assert found.rules == (() if mode is DialingMode.PREDICTIVE else ("pacing.mode",))
    assert not found.refused


def test_region_that_nobody_knows_is_refused() -> None:
    found = setting(max_calls=79).guard(around("US-NY", "US-ZZ"))
    assert (only(found).rule, only(found).found) == ("pacing.unknown-region", ("US-ZZ",))
    nowhere = judged_in((), observed=seen(pacing=MODERATE), rulebook=LAW)
    assert setting(max_calls=79).guard(nowhere).rules == ("pacing.unknown-region",)
    lawless = Situation(observed=seen(pacing=MODERATE), abilities=frozenset(Ability), now=NOW)
    assert setting(max_calls=79).guard(lawless).rules == ("pacing.unknown-region",)


def test_obstacles_are_told_too() -> None:
    lacking = frozenset(Ability) - {Ability.PACING}
    blocked = seen(pacing=MODERATE, locked=True)
    found = setting(max_calls=79).guard(around(observed=blocked, abilities=lacking))
    assert found.rules == ("lifecycle.unsupported", "lifecycle.locked")
