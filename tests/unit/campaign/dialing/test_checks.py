from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.blocks import DialingMode, DialingRules
from paceline.campaign.change import HouseRules
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Ability, Limits, Measurement, Observed, Situation, Stage, State, Unfinished
from paceline.compliance.rule import AbandonmentCeiling, AttemptCap, Counted, Denominator, GapAfter, Period
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId
from tests.unit.campaign.dialing.rules import MODERATE
from tests.unit.campaign.laws import FEDERAL, judged_in, law, made
from tests.unit.campaign.situations import C1, seen

NOW = datetime(2026, 11, 21, 3, 38, tzinfo=UTC)
THREE_IN_A_DAY = AttemptCap(most=3, period=timedelta(hours=24), counted=Counted.ROLLING, per="subject")


def ceiling(most: int, per: int = 100, period: Period = Period.BLOCKS_30D) -> AbandonmentCeiling:
    return AbandonmentCeiling(most=most, per=per, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=period)


LAW = law(FEDERAL, made("US/abandon", ceiling(3)), made("US-FL/attempts", THREE_IN_A_DAY))


def setting(told: DialingRules = MODERATE, **more: Any) -> SetDialingRules:
    """Return the change that names everything."""
    named = {name: getattr(told, name) for name in DialingRules.__slots__}
    return SetDialingRules(campaign=C1, **{**named, **more})


def measured(abandoned: int, answered: int, period: Period = Period.BLOCKS_30D) -> Measurement:
    start = NOW - timedelta(days=12)
    return Measurement(answered=answered, abandoned=abandoned, start=start, end=NOW, period=period.value)


def around(*regions: str, live: DialingRules | None = MODERATE, **more: Any) -> Situation:
    """Return the situation in these regions, in Florida when none is named, nothing having been abandoned."""
    plain = {"now": NOW, "observed": seen(rules=live), "rulebook": LAW, "measured": (measured(0, 1000),)}
    return judged_in(regions or ("US-FL",), **{**plain, **more})


def validated(**named: Any) -> Findings:
    return SetDialingRules(campaign=C1, **named).validate(HouseRules())


def only(found: Findings) -> Finding:
    (finding,) = found
    return finding


def refusals(found: Findings) -> set[str]:
    return set(found.of_severity(Severity.ERROR).rules)


def test_nothing_is_found_about_lawful_rules() -> None:
    assert setting().validate(HouseRules()) == Findings()
    assert setting().guard(around()) == Findings()


def test_change_that_names_nothing_is_refused() -> None:
    assert only(validated()).rule == "dialing.incomplete"


def test_change_that_is_unsound_in_itself_passes_no_guard() -> None:
    assert SetDialingRules(campaign=C1).guard(around()).refused
    assert SetDialingRules(campaign=C1, calls_per_agent=11).guard(around()).refused


def test_first_rules_have_to_name_everything() -> None:
    found = only(SetDialingRules(campaign=C1, mode=DialingMode.PREVIEW, cool_down_s=0).guard(around(live=None)))
    assert (found.rule, found.severity) == ("dialing.incomplete", Severity.ERROR)
    assert found.limit == ("attempt_limit", "retry_intervals_min", "abandonment_threshold", "calls_per_agent")


def test_what_is_not_named_stays_and_is_told_but_hinders_nobody_where_it_is_unlawful() -> None:
    change = SetDialingRules(campaign=C1, cool_down_s=600)
    assert change.guard(around()) == Findings()
    found = change.guard(around(live=replace(MODERATE, abandonment_threshold=Decimal("0.04"))))
    assert not found.refused
    assert found.rules == ("dialing.abandonment-ceiling",)
    named = replace(change, abandonment_threshold=Decimal("0.04"))
    assert refusals(named.guard(around(live=MODERATE))) == {"dialing.abandonment-ceiling"}
    malformed = change.guard(around(live=replace(MODERATE, retry_intervals_min=(60, 15))))
    assert refusals(malformed) == {"dialing.retry-spacing"}


@pytest.mark.parametrize(("attempts", "sound"), [(0, False), (1, True), (300, True), (301, False)])
def test_attempts_are_1_to_300(attempts: int, sound: bool) -> None:
    assert validated(attempt_limit=attempts).rules == (() if sound else ("dialing.attempts",))


@pytest.mark.parametrize(
    ("intervals", "rules"),
    [
        ((), ()),
        ((1, 50_000), ()),
        ((0, 15), ("dialing.retry-range",)),
        ((15, 50_001), ("dialing.retry-range",)),
        ((15, 15), ("dialing.retry-spacing",)),
        ((60, 15), ("dialing.retry-spacing",)),
        ((-5, -10), ("dialing.retry-range", "dialing.retry-range", "dialing.retry-spacing")),
    ],
)
def test_intervals_are_1_to_50000_minutes_and_increase(intervals: tuple[int, ...], rules: tuple[str, ...]) -> None:
    assert validated(retry_intervals_min=intervals).rules == rules


def test_interval_at_fault_is_named_by_its_place() -> None:
    assert only(validated(retry_intervals_min=(15, 50_001))).field == "retry_intervals_min[1]"


def test_intervals_keep_within_what_was_declared() -> None:
    change = setting(attempt_limit=3, retry_intervals_min=(30, 240))
    assert change.guard(around(limits=Limits(retry_min_minutes=30, retry_max_minutes=240))) == Findings()
    found = change.guard(around(limits=Limits(retry_min_minutes=31, retry_max_minutes=239)))
    assert [(one.rule, one.found, one.limit, one.source) for one in found] == [
        ("dialing.retry-range", 30, 31, "the declared limits"),
        ("dialing.retry-range", 240, 239, "the declared limits"),
    ]


def test_more_intervals_than_attempts_are_refused() -> None:
    found = only(setting(attempt_limit=2, retry_intervals_min=(15, 60, 240)).guard(around("US-NY")))
    assert (found.rule, found.found, found.limit) == ("dialing.attempts", 3, 2)


@pytest.mark.parametrize("attempts", [4, 5, 300])
def test_first_call_and_three_retries_are_refused_where_three_in_24_hours_hold(attempts: int) -> None:
    change = setting(attempt_limit=attempts, retry_intervals_min=(15, 60, 240))
    found = only(change.guard(around("US-FL")))
    assert (found.rule, found.severity, found.limit) == ("dialing.attempts", Severity.ERROR, 3)
    assert found.source == "the law of US-FL/attempts"
    assert "US-FL-attempts" in found.message


@pytest.mark.parametrize(("region", "attempts"), [("US-FL", 3), ("US-NY", 4), ("US-NY", 300)])
def test_same_retries_are_taken_where_they_are_lawful(region: str, attempts: int) -> None:
    change = setting(attempt_limit=attempts, retry_intervals_min=(15, 60, 240))
    assert change.guard(around(region)) == Findings()


@pytest.mark.parametrize("wrong", ["0.051", "-0.01", "3", "NaN", "Infinity"])
def test_threshold_that_is_no_fraction_to_five_in_100_is_refused(wrong: str) -> None:
    assert validated(abandonment_threshold=Decimal(wrong)).rules == ("dialing.abandonment-ceiling",)


@pytest.mark.parametrize(("threshold", "lawful"), [("0", True), ("0.030", True), ("0.0300001", False), ("0.05", False)])
def test_threshold_keeps_to_the_ceiling_of_the_law_exactly(threshold: str, lawful: bool) -> None:
    live = replace(MODERATE, abandonment_threshold=Decimal("0.05"))
    found = setting(abandonment_threshold=Decimal(threshold)).guard(around(live=live))
    assert refusals(found) == (set() if lawful else {"dialing.abandonment-ceiling"})
    if not lawful:
        assert (only(found).found, only(found).limit) == (threshold, "3/100")
        assert only(found).source == "the law of US/abandon"


def test_strictest_ceiling_counts() -> None:
    both = law(FEDERAL, made("US/abandon", ceiling(3)), made("US-NY/abandon", ceiling(1, 50)))
    found = only(setting(abandonment_threshold=Decimal("0.025")).guard(around("US-NY", rulebook=both)))
    assert (found.limit, found.source) == ("1/50", "the law of US-NY/abandon")


def test_threshold_up_to_the_platform_s_own_is_taken_where_no_law_sets_a_ceiling() -> None:
    change = setting(abandonment_threshold=Decimal("0.05"))
    assert change.guard(around("US-NY", rulebook=law(FEDERAL))) == Findings()


@pytest.mark.parametrize(("seconds", "sound"), [(-1, False), (0, True), (86_400, True)])
def test_cool_down_is_not_negative(seconds: int, sound: bool) -> None:
    assert validated(cool_down_s=seconds).rules == (() if sound else ("dialing.cool-down",))


@pytest.mark.parametrize(("calls", "sound"), [(0, False), (1, True), (10, True), (11, False)])
def test_calls_per_agent_are_1_to_10(calls: int, sound: bool) -> None:
    assert validated(calls_per_agent=calls).rules == (() if sound else ("dialing.calls-per-agent",))


@pytest.mark.parametrize(
    ("mode", "tier", "refused"),
    [
        (DialingMode.PREDICTIVE, "STANDARD", True),
        (DialingMode.PREDICTIVE, "PROFESSIONAL", True),
        (DialingMode.PREDICTIVE, "ENTERPRISE", False),
        (DialingMode.PREDICTIVE, None, False),
        (DialingMode.POWER, "STANDARD", False),
    ],
)
def test_predictive_dialing_needs_the_highest_declared_tier(mode: DialingMode, tier: str | None, refused: bool) -> None:
    found = setting(mode=mode).guard(around(limits=Limits(licence_tier=tier)))
    assert refusals(found) == ({"dialing.licence"} if refused else set())


LOOSER = [
    {"calls_per_agent": 3},
    {"abandonment_threshold": Decimal("0.021")},
    {"cool_down_s": 59},
    {"mode": DialingMode.PREDICTIVE},
]
TIGHTER = [
    {"calls_per_agent": 1},
    {"abandonment_threshold": Decimal("0.02")},
    {"cool_down_s": 61},
    {"mode": DialingMode.PROGRESSIVE},
    {"mode": DialingMode.PREVIEW, "calls_per_agent": 10},
    {"attempt_limit": 2, "retry_intervals_min": (30,)},
]


@pytest.mark.parametrize("named", LOOSER)
def test_nothing_is_loosened_while_the_measured_rate_is_over_its_ceiling(named: dict[str, Any]) -> None:
    change = SetDialingRules(campaign=C1, **named)
    over, paused = (measured(31, 1000),), seen(State.PAUSED, rules=MODERATE)
    for observed in (seen(rules=MODERATE), paused):
        found = only(change.guard(around(observed=observed, measured=over)))
        assert (found.rule, found.severity, found.field) == ("dialing.loosens", Severity.ERROR, next(iter(named)))
        assert (found.found, found.limit, found.source) == ("31/1000", "3/100", "the law of US/abandon")
    assert change.guard(around(measured=(measured(30, 1000),))) == Findings()
    assert change.loosens(seen(rules=MODERATE))


@pytest.mark.parametrize("named", TIGHTER)
@pytest.mark.parametrize("known", [(measured(31, 1000),), None])
def test_what_does_not_loosen_is_taken_whatever_was_measured(
    named: dict[str, Any], known: tuple[Measurement, ...] | None
) -> None:
    change = SetDialingRules(campaign=C1, **named)
    assert change.guard(around(measured=known)) == Findings()
    assert not change.loosens(seen(rules=MODERATE))


@pytest.mark.parametrize("known", [None, (), (measured(0, 10, Period.DAY),)])
@pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED, State.STOPPED])
def test_nothing_is_loosened_in_any_state_while_the_rate_is_not_known(
    known: tuple[Measurement, ...] | None, state: State
) -> None:
    change = SetDialingRules(campaign=C1, calls_per_agent=3)
    found = only(change.guard(around(measured=known, observed=seen(state, rules=MODERATE))))
    assert (found.rule, found.severity) == ("dialing.loosens", Severity.ERROR)


def test_abandoned_calls_without_an_answered_one_are_over() -> None:
    change = SetDialingRules(campaign=C1, calls_per_agent=3)
    assert refusals(change.guard(around(measured=(measured(1, 0),)))) == {"dialing.loosens"}
    assert change.guard(around(measured=(measured(0, 0),))) == Findings()


def test_period_that_is_over_counts_though_another_is_not_known() -> None:
    both = law(FEDERAL, made("US/abandon", ceiling(3)), made("US-FL/daily", ceiling(3, period=Period.DAY)))
    paused = seen(State.PAUSED, rules=MODERATE)
    change = SetDialingRules(campaign=C1, calls_per_agent=3)
    found = change.guard(around(rulebook=both, observed=paused, measured=(measured(9, 10, Period.DAY),)))
    assert refusals(found) == {"dialing.loosens"}


def test_first_rules_that_may_abandon_loosen_and_those_that_cannot_do_not() -> None:
    assert setting().loosens(seen())
    assert not setting(mode=DialingMode.PREVIEW).loosens(seen())
    assert not setting(mode=DialingMode.PROGRESSIVE, calls_per_agent=1).loosens(seen())
    assert not SetDialingRules(campaign=C1, calls_per_agent=99).loosens(seen(rules=MODERATE))


def test_progressive_dialing_of_several_calls_for_each_agent_loosens_what_was_preview() -> None:
    preview = replace(MODERATE, mode=DialingMode.PREVIEW)
    change = SetDialingRules(campaign=C1, mode=DialingMode.PROGRESSIVE)
    assert change.loosens(seen(rules=preview))
    assert not change.loosens(seen(rules=replace(preview, calls_per_agent=1)))


def test_gap_that_the_law_wants_after_an_event_is_told() -> None:
    after = made("US-NY/gap", GapAfter(event="abandoned", gap=timedelta(hours=72)))
    found = only(setting().guard(around("US-NY", rulebook=law(FEDERAL, after))))
    assert (found.rule, found.severity, found.limit) == ("dialing.gap", Severity.INFO, 72 * 60)
    assert "US-NY-gap wants 3 days without a call after `abandoned`" in found.message
    once = setting(attempt_limit=1, retry_intervals_min=())
    assert once.guard(around("US-NY", rulebook=law(FEDERAL, after))) == Findings()


def test_calls_in_flight_are_told_against_the_lines() -> None:
    busy = seen(rules=MODERATE, agents=40)
    told = only(setting().guard(around(observed=busy, limits=Limits(max_calls=60))))
    assert (told.rule, told.severity, told.found, told.limit) == ("dialing.capacity", Severity.INFO, 80, 60)
    assert only(setting().guard(around(observed=busy))).limit is None


def test_region_that_nobody_knows_is_refused() -> None:
    found = only(setting().guard(around("US-NY", "US-ZZ")))
    assert (found.rule, found.found) == ("dialing.unknown-region", ("US-ZZ",))
    assert setting().guard(judged_in((), observed=seen(rules=MODERATE))).rules == ("dialing.unknown-region",)
    lawless = Situation(observed=seen(rules=MODERATE), abilities=frozenset(Ability), now=NOW)
    assert setting().guard(lawless).rules == ("dialing.unknown-region",)


def test_obstacles_are_told_too() -> None:
    blocked: Observed = seen(rules=MODERATE, locked=True)
    lacking = frozenset(Ability) - {Ability.DIALING_RULES}
    found = setting().guard(around(observed=blocked, abilities=lacking))
    assert found.rules == ("lifecycle.unsupported", "lifecycle.locked")


@pytest.mark.parametrize("stage", Stage)
def test_change_under_way_is_told_at_every_stage(stage: Stage) -> None:
    other = Unfinished(entry=EntryId(7), kind="dialing.set", by="ada", stage=stage)
    situation = replace(around(observed=seen(rules=MODERATE)), unfinished=(other,))
    (told,) = [one for one in setting().guard(situation) if one.found == 7]
    assert told.message.startswith("dialing.set by ada (entry 7) ")


@settings(max_examples=60, deadline=None)
@given(
    attempts=st.integers(1, 12),
    intervals=st.sets(st.integers(1, 2000), max_size=5).map(lambda drawn: tuple(sorted(drawn))),
)
def test_no_retries_pass_that_call_four_times_in_any_24_hours(attempts: int, intervals: tuple[int, ...]) -> None:
    found = setting(attempt_limit=attempts, retry_intervals_min=intervals).guard(around("US-FL"))
    if found.refused:
        return
    at = [0]
    for place in range(attempts - 1):
        at.append(at[-1] + (intervals[min(place, len(intervals) - 1)] if intervals else 0))
    assert all(sum(first <= other <= first + 24 * 60 for other in at) <= 3 for first in at)
