from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.forecast import Forecast, NoProjection, WithinEnvelope
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.formulas import by_formulas
from paceline.compliance.rule import Period
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId
from paceline.teletraffic.engset import fixed_lines, load_per_line
from paceline.teletraffic.erlang import erlang_b
from tests.unit.campaign.laws import FEDERAL, law, made
from tests.unit.campaign.pacing.pacings import (
    MODERATE,
    around,
    between,
    ceiling,
    effect,
    fit,
    measured,
    projection,
    risk,
    setting,
    whole,
)
from tests.unit.campaign.situations import seen

BOLDER = setting(abandonment_aim=Decimal("0.015"))


def judged(forecast: Forecast | None, change: SetPacing = BOLDER, **more: Any) -> Findings:
    return change.guard(around(forecast=forecast, **more))


def of(rule: str, found: Findings) -> Finding:
    (finding,) = [one for one in found if one.rule == rule]
    return finding


def weighty(found: Findings) -> list[tuple[str, Severity]]:
    return [(one.rule, one.severity) for one in found if one.severity is not Severity.INFO]


def test_bold_pacing_is_told_with_its_numbers_and_refused_for_its_probability_of_breach() -> None:
    found = judged(projection(0.97, 0.041, 0.005))
    told = of("pacing.breach", found)
    assert told.message == (
        "2.4 % today, would be 4.1 % ± 0.5 abandoned, above 3/100; the period to 14 December ends above 3/100 with "
        "probability 0.97; 41 more calls may be abandoned before then"
    )
    assert (told.severity, told.field, told.found, told.limit) == (Severity.ERROR, "abandonment_aim", 0.97, 0.5)
    assert told.source == "the law of US/abandon"
    assert "pacing.projection" not in found.rules


@pytest.mark.parametrize(
    ("chance", "abandonment", "half", "severity"),
    [
        (0.0, 0.02, 0.002, None),
        (0.05, 0.02, 0.002, None),
        (0.0500001, 0.02, 0.002, Severity.REVIEW),
        (0.5, 0.031, 0.002, Severity.REVIEW),
        (0.5000001, 0.02, 0.002, Severity.ERROR),
        (1.0, 0.05, 0.002, Severity.ERROR),
        (0.01, 0.0321, 0.002, Severity.ERROR),
        (0.01, 0.0319, 0.002, Severity.REVIEW),
        (0.0, 0.0300001, 0.02, Severity.REVIEW),
        (0.01, 0.03, 0.002, None),
    ],
)
def test_breach_wants_a_person_from_one_in_twenty_on_and_is_refused_where_it_is_likely(
    chance: float, abandonment: float, half: float, severity: Severity | None
) -> None:
    found = judged(projection(chance, abandonment, half))
    assert weighty(found) == ([] if severity is None else [("pacing.breach", severity)])
    assert ("pacing.projection" in found.rules) == (severity is not Severity.ERROR)


@given(chances=st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_likeliest_of_all_periods_counts(chances: list[float]) -> None:
    found = judged(projection(risks=tuple(risk(chance) for chance in chances)))
    worst = max(chances)
    severity = Severity.ERROR if worst > 0.5 else Severity.REVIEW if worst > 0.05 else None
    assert weighty(found) == ([] if severity is None else [("pacing.breach", severity)])
    if severity is not None:
        assert of("pacing.breach", found).found == round(worst, 4)


def test_period_whose_ceiling_the_long_run_breaks_is_named_though_another_is_likelier_to_end_above() -> None:
    looser = risk(0.4, most=5, rules=("US-FL-loose",))
    found = judged(projection(0.01, 0.034, 0.002, risks=(risk(0.3), looser)))
    assert "above 3/100 with probability 0.30" in of("pacing.breach", found).message


def test_gain_and_risk_are_told_when_nothing_is_refused() -> None:
    found = judged(projection(0.02))
    told = of("pacing.projection", found)
    assert told.severity is Severity.INFO
    assert told.message == (
        "agents are busy 88.0 % of their time, which would change by +2.1 ± 0.4 points, 35 % of the way to the best "
        "that the ceiling allows; 2.4 % today, would be 2.0 % ± 0.2 abandoned; the period to 14 December ends above "
        "3/100 with probability 0.02; 41 more calls may be abandoned before then"
    )
    assert not found.of_severity(Severity.REVIEW)


def test_first_pacing_is_told_without_a_comparison() -> None:
    first = projection(now=None, difference=None, gap_closed=None)
    told = of("pacing.projection", judged(first, whole(), live=None))
    assert told.message.startswith(
        "agents would be busy 90.0 % ± 0.4 of their time; nothing is live, would be 2.0 % ± 0.2 abandoned"
    )


@pytest.mark.parametrize(("left", "said"), [(1, "1 more call may"), (0, "no more call may"), (-5, "no more call may")])
def test_allowance_is_told_in_calls(left: int, said: str) -> None:
    assert said in of("pacing.projection", judged(projection(risks=(risk(0.01, allowance=left),)))).message


@pytest.mark.parametrize(
    ("chance", "said"), [(0.0, "0.00"), (0.001, "below 0.01"), (0.999, "above 0.99"), (1.0, "1.00")]
)
def test_what_is_nearly_sure_is_not_told_as_sure(chance: float, said: str) -> None:
    found = judged(projection(chance))
    message = of("pacing.breach" if chance > 0.5 else "pacing.projection", found).message
    assert f"with probability {said};" in message


def test_change_without_a_projection_wants_a_person_and_is_told_why() -> None:
    found = judged(NoProjection(why="nothing was measured yet"))
    assert weighty(found) == [("pacing.no-projection", Severity.REVIEW)]
    message = of("pacing.no-projection", found).message
    assert "nothing was measured yet" in message
    assert "answerRate 0.50, abandonRate 0" in message
    assert weighty(judged(None)) == [("pacing.no-projection", Severity.REVIEW)]


def test_pacing_within_a_certified_envelope_is_not_projected_again() -> None:
    assert judged(WithinEnvelope(entry=EntryId(7))) == Findings()


def test_envelope_opens_neither_the_law_nor_the_step() -> None:
    within = WithinEnvelope(entry=EntryId(7))
    assert weighty(judged(within, measured=(measured(31),))) == [("pacing.loosens", Severity.ERROR)]
    far = setting(answer_rate=Decimal("0.60"))
    assert weighty(judged(within, far)) == [("pacing.step-limit", Severity.REVIEW)]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_projection_of_what_are_no_numbers_is_none(wrong: float) -> None:
    for broken in (
        projection(wrong),
        projection(abandonment=wrong),
        projection(half=wrong),
        projection(now=effect(wrong)),
        projection(risks=(risk(0.01), risk(wrong))),
    ):
        assert weighty(judged(broken)) == [("pacing.no-projection", Severity.REVIEW)]


def test_ceiling_that_the_projection_does_not_reach_counts_as_not_projected() -> None:
    both = law(FEDERAL, made("US/abandon", ceiling(3)), made("US-FL/daily", ceiling(3, period=Period.DAY)))
    known = (measured(), measured(0, 10, Period.DAY))
    found = judged(projection(), rulebook=both, measured=known)
    assert weighty(found) == [("pacing.no-projection", Severity.REVIEW)]
    assert "US-FL-daily" in of("pacing.no-projection", found).message
    whole_one = projection(risks=(risk(0.01), risk(0.01, rules=("US-FL-daily",))))
    assert weighty(judged(whole_one, rulebook=both, measured=known)) == []
    assert weighty(judged(projection(risks=()))) == [("pacing.no-projection", Severity.REVIEW)]


def test_where_no_law_sets_a_ceiling_nothing_can_be_breached() -> None:
    found = judged(projection(risks=(), abandonment=0.2), rulebook=law(FEDERAL))
    assert weighty(found) == []
    assert found.rules == ("pacing.projection",)


def test_model_that_does_not_give_what_was_measured_wants_a_person() -> None:
    found = judged(projection(fit=fit(holds=False)))
    assert weighty(found) == [("pacing.fit", Severity.REVIEW)]
    assert "2.4 % abandoned and 87.0 % busy, by the model 5.1 % and 88.0 %" in of("pacing.fit", found).message
    scaled = of("pacing.fit", judged(projection(fit=fit(holds=True, scale=1.27))))
    assert (scaled.severity, "1.27 times the lines" in scaled.message) == (Severity.INFO, True)
    assert "pacing.fit" not in judged(projection(fit=fit(holds=True))).rules


@pytest.mark.parametrize(
    ("belief", "severity", "said"),
    [
        ("0.65", Severity.REVIEW, "below what was measured, 0.720 (on most days 0.690 to 0.750): 1.11 times"),
        ("0.68", Severity.REVIEW, "below what was measured"),
        ("0.69", None, ""),
        ("0.71", None, ""),
    ],
)
def test_belief_below_what_any_usual_day_answered_wants_a_person(
    belief: str, severity: Severity | None, said: str
) -> None:
    found = judged(projection(), setting(answer_rate=Decimal(belief)))
    assert weighty(found) == ([] if severity is None else [("pacing.answer-rate", severity)])
    if severity is not None:
        told = of("pacing.answer-rate", found)
        assert said in told.message
        assert (told.field, told.found, told.limit) == ("answer_rate", belief, "0.720")
        assert told.source == "measured from 2026-11-14 to 2026-11-21"


def test_belief_above_the_measured_one_is_told() -> None:
    truth = between(0.3, 0.05)
    told = of("pacing.answer-rate", judged(projection(measured_answer_rate=truth), setting(answer_rate=Decimal("0.7"))))
    assert (told.severity, "goes slower than its aim" in told.message) == (Severity.INFO, True)
    assert "pacing.answer-rate" not in judged(projection(measured_answer_rate=truth)).rules


def test_belief_that_the_change_leaves_as_it_is_hinders_it_not() -> None:
    truth = between(0.9, 0.01)
    left = of("pacing.answer-rate", judged(projection(measured_answer_rate=truth)))
    named = judged(projection(measured_answer_rate=truth), setting(answer_rate=Decimal("0.71")))
    assert (left.severity, of("pacing.answer-rate", named).severity) == (Severity.INFO, Severity.REVIEW)
    first = projection(now=None, difference=None, measured_answer_rate=truth)
    assert ("pacing.answer-rate", Severity.REVIEW) in weighty(judged(first, whole(), live=None))


def test_published_example_is_found_far_too_fast_by_both_closed_forms() -> None:
    lines, interval = by_formulas(MODERATE, projection(), refuses=False)
    assert (lines.rule, interval.rule) == ("pacing.lines", "pacing.interval")
    assert {lines.severity, interval.severity} == {Severity.INFO}
    by_engset = fixed_lines(50, 80, load_per_line(0.72, 180.0, 12.0)).abandonment
    by_erlang = erlang_b(50, 0.72 * 180.0 / 0.120)
    assert f"abandon {100 * by_engset:.1f} % of" in lines.message
    assert f"abandon {100 * by_erlang:.1f} % of" in interval.message
    assert "warning" in interval.message
    # The interval that the warning names keeps the ceiling, and a shorter one does not.
    assert isinstance(interval.limit, int)
    assert erlang_b(50, 0.72 * 180.0 / (interval.limit * 1.001 / 1000)) <= 0.03
    assert erlang_b(50, 0.72 * 180.0 / (interval.limit * 0.999 / 1000)) > 0.03
    assert isinstance(lines.limit, int)
    assert fixed_lines(50, lines.limit, load_per_line(0.72, 180.0, 12.0)).abandonment <= 0.03


def test_lines_are_refused_where_the_projection_breaches_too_and_the_change_raises_them() -> None:
    more = setting(max_calls=88)
    assert weighty(judged(projection(0.9), more)) == [
        ("pacing.breach", Severity.ERROR),
        ("pacing.lines", Severity.ERROR),
    ]
    assert weighty(judged(projection(0.01), more)) == []
    assert judged(projection(0.9)).rules == ("pacing.breach",)
    assert judged(projection(0.01), more).rules == ("pacing.projection", "pacing.lines")
    assert judged(projection(0.9), setting(call_interval_ms=110)).rules == ("pacing.breach", "pacing.interval")
    first = projection(0.9, now=None, difference=None)
    assert ("pacing.lines", Severity.ERROR) in weighty(judged(first, whole(), live=None))


def test_lines_that_are_no_more_than_the_agents_are_not_spoken_of() -> None:
    found = judged(projection(agents=90.0), setting(max_calls=81))
    assert "pacing.lines" not in found.rules


def test_closed_forms_say_nothing_of_what_they_cannot_hold() -> None:
    for broken in (
        projection(measured_handle_s=0.0),
        projection(measured_answer_rate=between(0.0)),
        projection(measured_answer_rate=between(float("nan"))),
        projection(agents=float("inf")),
        projection(risks=()),
    ):
        assert by_formulas(MODERATE, broken, refuses=True) == []


def test_answer_rate_that_is_no_number_is_not_compared() -> None:
    assert "pacing.answer-rate" not in judged(projection(measured_answer_rate=between(float("nan")))).rules


def test_mixed_change_is_judged_by_what_is_expected_of_it_whole() -> None:
    mixed = replace(BOLDER, answer_rate=Decimal("0.80"))
    assert mixed.loosens(around().observed)
    assert weighty(judged(projection(0.9), mixed)) == [("pacing.breach", Severity.ERROR)]


def test_too_few_answers_since_the_pacing_is_live_want_a_person() -> None:
    found = judged(projection(fit=None))
    assert weighty(found) == [("pacing.fit", Severity.REVIEW)]
    assert "too few people answered" in of("pacing.fit", found).message
    # Where nothing was live, there is nothing that the model could give.
    assert "pacing.fit" not in judged(projection(fit=None, now=None)).rules


@pytest.mark.parametrize(
    ("agents", "is_far"), [(None, False), (0, False), (50, False), (70, False), (71, True), (24, False), (23, True)]
)
def test_far_more_or_fewer_agents_than_were_measured_want_a_person(agents: int | None, is_far: bool) -> None:
    found = judged(projection(agents_seen=(40, 50)), observed=seen(pacing=MODERATE, agents=agents))
    assert weighty(found) == ([("pacing.fit", Severity.REVIEW)] if is_far else [])
    if is_far:
        assert f"{agents} agents are there now, and 40 to 50 were measured" in of("pacing.fit", found).message


@pytest.mark.parametrize(("agents", "is_far"), [(1, False), (3, False), (5, False), (6, True)])
def test_two_agents_more_or_less_are_never_far(agents: int, is_far: bool) -> None:
    found = judged(projection(agents_seen=(3, 3)), observed=seen(pacing=MODERATE, agents=agents))
    assert ("pacing.fit" in found.rules) is is_far
