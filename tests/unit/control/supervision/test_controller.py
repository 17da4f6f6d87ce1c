"""The controller by itself: the theorem against adversaries, and the pacing that it asks for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from paceline.campaign.blocks import Pacing
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.pacing.checks import COUNTS, RATES
from paceline.control.supervision.controller import (
    Account,
    Bounds,
    Counts,
    Running,
    Terms,
    asked,
    doubted,
    is_progressive,
    lines_asked,
    pacing_of,
    updated,
)

BOUNDS = Bounds(
    least_answer_rate=Decimal("0.40"),
    most_answer_rate=Decimal("0.95"),
    most_abandonment_aim=Decimal("0.03"),
    max_calls=150,
    call_interval_ms=50,
    warm_up_s=0,
)
TERMS = Terms(target=Decimal("0.0295"), gain=0.02, most_owed=Decimal(60), most_saved=Decimal(50))
PERIOD = Running(answered=10_000, abandoned=200, most=3, per=100, reserve=15.0)
targets = st.decimals(min_value="0.001", max_value="0.029", places=4)
terms = st.builds(
    Terms,
    target=targets,
    gain=st.floats(0.01, 0.5),
    most_owed=st.integers(1, 200).map(Decimal),
    most_saved=st.integers(0, 200).map(Decimal),
)
rates = st.floats(0.01, 1.0)


@st.composite
def adversaries(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Intervals: answers, how many of them an adversary would have abandoned, and what still rings at its end."""
    answered = st.integers(0, 60)
    return draw(st.lists(st.tuples(answered, answered, st.integers(0, 40)), min_size=1, max_size=120))


@given(terms, adversaries(), st.floats(-1.0, 1.0))
def test_abandonment_of_any_span_is_bounded_by_the_theorem_whatever_happens(
    of: Terms, intervals: list[tuple[int, int, int]], place: float
) -> None:
    owed_1 = (of.most_owed if place > 0 else of.most_saved) * Decimal(str(round(place, 3)))
    assume(owed_1 < of.most_owed)
    account = Account(owed=owed_1, answer_rate=0.3)
    answered = abandoned = worst = run = pipe = 0
    for answers, wished, rings in intervals:
        if is_progressive(of, account, ()):
            # One line for each idle agent: nobody is abandoned but by what rang when it was set.
            lost = min(wished, answers, pipe)
            pipe -= lost
            run += lost
        else:
            lost = min(wished, answers)
            pipe, run = rings, lost
        worst = max(worst, run)
        answered, abandoned = answered + answers, abandoned + lost
        account = updated(of, account, Counts(ended=answers * 3, answered=answers, abandoned=lost))
        assert Fraction(abandoned) <= Fraction(of.target) * answered + Fraction(of.worst(owed_1, worst))


@given(terms, adversaries())
def test_account_telescopes_exactly_while_nothing_is_held_at_its_lowest(
    of: Terms, intervals: list[tuple[int, int, int]]
) -> None:
    account = Account(owed=Decimal(0), answer_rate=0.3)
    answered = abandoned = 0
    for answers, wished, _ in intervals:
        lost = min(wished, answers)
        answered, abandoned = answered + answers, abandoned + lost
        before = account.owed
        account = updated(of, account, Counts(ended=answers, answered=answers, abandoned=lost))
        assume(before + lost - of.target * answers > -of.most_saved)
    assert account.owed == abandoned - of.target * answered


@given(terms, st.integers(0, 10_000))
def test_no_more_is_saved_than_the_terms_keep(of: Terms, answered: int) -> None:
    after = updated(of, Account(owed=Decimal(0), answer_rate=0.3), Counts(ended=0, answered=answered, abandoned=0))
    assert after.owed >= -of.most_saved


@given(terms, rates, st.integers(-200, 200), st.integers(1, 200))
def test_more_owed_never_calls_up_more_lines(of: Terms, rate: float, owed: int, more: int) -> None:
    fewer = lines_asked(of, Account(owed=Decimal(owed + more), answer_rate=rate), ())
    assert fewer <= lines_asked(of, Account(owed=Decimal(owed), answer_rate=rate), ())


@given(terms, rates, st.integers(0, 100))
def test_account_at_its_highest_asks_for_one_line_for_each_idle_agent(of: Terms, rate: float, beyond: int) -> None:
    account = Account(owed=of.most_owed + beyond, answer_rate=rate)
    wanted = asked(of, account, (), BOUNDS, None)
    assert wanted is not None
    assert lines_per_idle(wanted) <= 1.0


@given(terms, rates, st.integers(-200, 200), st.integers(0, 5000), st.integers(0, 100))
def test_legal_period_at_its_ceiling_or_above_asks_for_one_line_for_each_idle_agent(
    of: Terms, rate: float, owed: int, hundreds: int, beyond: int
) -> None:
    over = Running(answered=100 * hundreds + 1, abandoned=3 * hundreds + 1 + beyond, most=3, per=100, reserve=15.0)
    account = Account(owed=max(Decimal(owed), -of.most_saved), answer_rate=rate)
    assert is_progressive(of, account, (PERIOD, over))
    wanted = asked(of, account, (PERIOD, over), BOUNDS, None)
    assert wanted is not None
    assert lines_per_idle(wanted) <= 1.0


@given(st.floats(1.0, 50.0), rates)
def test_pacing_that_is_asked_for_is_one_that_the_platform_takes_and_no_bolder(lines: float, rate: float) -> None:
    pacing = pacing_of(lines, rate, BOUNDS)
    least, most = RATES["answer_rate"]
    assert least <= pacing.answer_rate <= most
    assert 0 <= pacing.abandonment_aim <= RATES["abandonment_aim"][1]
    assert COUNTS["max_calls"][0] <= pacing.max_calls <= COUNTS["max_calls"][1]
    assert BOUNDS.hold(pacing)
    assert lines_per_idle(pacing) <= lines + 1e-9


@given(st.floats(1.01, 8.5), st.floats(0.05, 0.9))
def test_pacing_within_the_bounds_comes_near_the_lines_that_are_asked_for(lines: float, rate: float) -> None:
    told = lines_per_idle(pacing_of(lines, rate, BOUNDS))
    belief = min(max(rate, 0.40), 0.95)
    reached = min(lines, 3.5 / (belief + 0.01))
    assert reached * 0.97 - 0.03 <= told <= lines + 1e-9


def test_one_line_for_each_idle_agent_is_told_as_the_gentlest_pacing() -> None:
    pacing = pacing_of(1.0, 0.3, BOUNDS)
    assert (pacing.answer_rate, pacing.abandonment_aim, lines_per_idle(pacing)) == (Decimal("0.50"), Decimal(0), 1.0)


def test_step_too_small_to_matter_is_not_asked_for() -> None:
    account = Account(owed=Decimal(0), answer_rate=0.3)
    live = pacing_of(1 / 0.3 * 1.02, 0.3, BOUNDS)
    assert asked(TERMS, account, (), BOUNDS, live) is None
    assert asked(TERMS, account, (), BOUNDS, pacing_of(1 / 0.3 * 1.2, 0.3, BOUNDS)) is not None


def test_live_pacing_that_is_gentle_enough_already_is_left_where_one_line_has_to_ring() -> None:
    account = Account(owed=TERMS.most_owed, answer_rate=0.3)
    gentle = Pacing(
        answer_rate=Decimal("0.60"), abandonment_aim=Decimal(0), max_calls=150, call_interval_ms=50, warm_up_s=0
    )
    assert asked(TERMS, account, (), BOUNDS, gentle) is None


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=40), rates)
def test_tracked_answer_rate_stays_among_those_that_were_seen(
    batches: list[tuple[int, float]], believed: float
) -> None:
    account = Account(owed=Decimal(0), answer_rate=believed, dials=100.0)
    seen = [believed]
    for ended, share in batches:
        answered = int(ended * share)
        seen.append(answered / ended)
        account = updated(TERMS, account, Counts(ended=ended, answered=answered, abandoned=0))
        assert min(*seen, believed) - 1e-9 <= account.answer_rate <= max(*seen, believed, 0.01) + 1e-9


def test_doubted_answer_rate_is_learned_anew_faster() -> None:
    account = Account(owed=Decimal(0), answer_rate=0.2, dials=600.0)
    counts = Counts(ended=100, answered=60, abandoned=0)
    assert updated(TERMS, doubted(account, 0.1), counts).answer_rate > updated(TERMS, account, counts).answer_rate
