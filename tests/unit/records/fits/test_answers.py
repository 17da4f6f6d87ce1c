"""Who answers: the truth is found behind the attempts; the arithmetic is that of direct likelihoods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from benchmarks.fits.sampler import HOURS, LINES, World, sampled_cells
from paceline.records.calls import LineType
from paceline.records.fits.answer_fit import AnswerFit
from paceline.records.fits.answers import drawn_answers, fit_answers, fitted_answers
from paceline.records.fits.attempts import Decline, sifted
from paceline.records.fits.errors import TooFewRecordsError
from paceline.records.fits.shares import fit_share, shares_of
from paceline.records.summary import Cells

FLAT = np.ones((2, HOURS.size))


def cells_of(world: World, seed: int = 1) -> Cells:
    return sampled_cells(world, np.random.default_rng(seed))


@settings(max_examples=80)
@given(mean=st.floats(0.02, 0.9), total=st.floats(0.5, 1e4), attempts=st.integers(1, 12))
def test_who_is_left_answers_as_the_beta_geometric_law_says(mean: float, total: float, attempts: int) -> None:
    exact = [total / (total + attempt) for attempt in range(attempts)]
    assert sifted(mean, 1 / (total + 1), np.ones(attempts)) == pytest.approx(exact, rel=1e-6)


def test_an_evening_sifts_more_than_a_morning() -> None:
    mean, total, history = 0.2, 6.0, np.array([1.4, 0.5, 1.2, 0.9])
    at = (np.arange(200_000) + 0.5) / 200_000
    own = special.betaincinv(mean * total, (1 - mean) * total, at)
    left, expected = np.ones(at.size), []
    for factor in history:
        expected.append(float((left * own).sum() / left.sum() / mean))
        left *= 1 - factor * own
    assert sifted(mean, 1 / (total + 1), history) == pytest.approx(expected, rel=1e-4)


def test_people_all_alike_answer_the_same_at_every_attempt() -> None:
    assert sifted(0.2, 0.0, np.ones(4)).tolist() == [1.0] * 4


def test_heterogeneity_is_that_of_the_likelihood_of_the_raw_sequences() -> None:
    world = World(by_hour=FLAT, means=(0.2, 0.2), day_spread=0.0, attempts=6, persons=15_000, days=60, late_evening=1.0)
    cells = cells_of(world)
    fit = fit_answers(cells)
    reached = np.array([int(cells.answered[cells.attempt == attempt].sum()) for attempt in range(1, 7)])
    tried = np.array([int(cells.dials[cells.attempt == attempt].sum()) for attempt in range(1, 7)])

    def lost(at: np.ndarray) -> float:
        one, other = np.exp(at)
        # Of those who are dialed an n-th time, a / (a + b + n - 1) answer; this is the law of a whole sequence, too.
        rates = one / (one + other + np.arange(6))
        return -float(stats.binom.logpmf(reached, tried, rates).sum())

    found = optimize.minimize(lost, np.log([1.0, 4.0]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})
    one, other = np.exp(found.x)
    assert fit.concentration == pytest.approx(one + other, rel=0.03)
    assert fit.mean == pytest.approx(one / (one + other), rel=0.01)
    assert sum(fit.rate(LineType.CELL, 12, attempt) for attempt in (1, 4)) > 0


def test_late_attempts_in_the_evening_do_not_make_bad_evenings() -> None:
    raw, fitted = [], []
    for seed in (1, 2, 3):
        world = World(late_evening=10.0, persons=20_000)
        for one in fit_answers(cells_of(world, seed)).hours:
            line = LINES.index(one.line)
            true = world.means[line] * float(world.by_hour[line][one.hour - int(HOURS[0])])
            if one.hour >= HOURS[-4]:
                raw.append(one.answered / one.dials / true - 1)
                fitted.append(one.rate / true - 1)
    assert np.mean(raw) < -0.15
    assert abs(np.mean(fitted)) < 0.03


def test_ageing_is_found_where_it_is_assumed_and_not_told_from_people_where_not() -> None:
    world = World(concentration=float("inf"), ageing=0.8, persons=20_000)
    cells = cells_of(world)
    ageing = fit_answers(cells, decline=Decline.AGEING)
    assert ageing.heterogeneity == 0.0
    assert ageing.ageing == pytest.approx(0.8, abs=0.03)
    people = fit_answers(cells, decline=Decline.PEOPLE)
    assert people.ageing == 1.0
    assert people.heterogeneity > 0.1
    # Both say nearly the same of every attempt: only the bend of the fall tells them apart.
    for one, other in zip(ageing.attempts, people.attempts, strict=True):
        assert one.expected == pytest.approx(other.expected, rel=0.05)


def test_both_can_be_asked_for_and_both_are_unsure() -> None:
    cells = cells_of(World(ageing=0.9, attempts=6, persons=20_000))
    table, found = fitted_answers(cells, decline=Decline.BOTH, open_from=10)
    drawn = drawn_answers(table, found, Decline.BOTH, draws=20, chance=np.random.default_rng(1))
    one_table, one_found = fitted_answers(cells, decline=Decline.PEOPLE, open_from=10)
    alone = drawn_answers(one_table, one_found, Decline.PEOPLE, draws=20, chance=np.random.default_rng(1))
    assert drawn.heterogeneity.std() > 1.5 * alone.heterogeneity.std()
    assert found.ageing == pytest.approx(0.9, abs=4 * drawn.ageing.std())


def test_the_attempt_that_stands_for_all_later_ones_does_not_bend_the_others() -> None:
    cells = cells_of(World(attempts=8, persons=20_000, days=40))
    whole = fit_answers(cells)
    merged = fit_answers(replace(cells, attempt=np.minimum(cells.attempt, 4)), open_from=4)
    assert merged.open_from == 4
    assert merged.attempts[-1].expected == pytest.approx(merged.attempts[-1].answered, rel=0.01)
    assert merged.heterogeneity == pytest.approx(whole.heterogeneity, abs=0.05)
    assert merged.rate(LineType.CELL, 12, 9) == merged.rate(LineType.CELL, 12, 4)


def test_hours_that_chance_alone_tells_apart_are_drawn_together() -> None:
    flat = fit_answers(cells_of(World(by_hour=FLAT, persons=4000)))
    steep = fit_answers(cells_of(World(by_hour=np.linspace([0.5, 0.5], [1.5, 1.5], HOURS.size).T, persons=40_000)))
    assert np.mean([one.own for one in flat.hours]) < 0.6
    assert np.mean([one.own for one in steep.hours]) > 0.85
    raw = [one.answered / one.expected for one in flat.hours]
    assert np.std(raw) > 0.02


def test_the_spread_of_days_is_found_beyond_chance() -> None:
    calm = fit_answers(cells_of(World(day_spread=0.0, persons=20_000)))
    wild = fit_answers(cells_of(World(day_spread=0.2, persons=20_000)))
    assert calm.day_spread_low == 0.0
    assert calm.day_spread_high < 0.08
    assert wild.day_spread_low < 0.2 < wild.day_spread_high
    assert wild.day_spread_low > 0.1


def test_expected_answers_of_cells_are_the_fit_rates_times_their_dials() -> None:
    cells = cells_of(World(persons=3000))
    fit = fit_answers(cells)
    expected = fit.expected(cells)
    names = list(LineType)
    for row in (0, 7, expected.size - 1):
        line = names[int(cells.line[row])]
        rate = fit.rate(line, int(cells.hour[row]), int(cells.attempt[row]))
        assert expected[row] == pytest.approx(cells.dials[row] * rate)
    assert expected.sum() == pytest.approx(cells.answered.sum(), rel=0.05)
    assert fit.rate(LineType.VOIP, 3, 1) == pytest.approx(fit.mean)
    assert AnswerFit.of(fit.document()) == fit


def test_few_days_are_drawn_by_the_model() -> None:
    cells = cells_of(World(days=4, persons=4000))
    table, found = fitted_answers(cells, decline=Decline.PEOPLE, open_from=10)
    drawn = drawn_answers(table, found, Decline.PEOPLE, draws=200, chance=np.random.default_rng(1))
    assert drawn.days == 4
    assert drawn.log_rates.mean(axis=0) == pytest.approx(np.log(found.rates(table)), abs=0.05)
    assert (drawn.ageing == 1.0).all()


def test_a_line_type_that_never_answered_stays_within_reason() -> None:
    cells = cells_of(World(persons=4000))
    more = replace(
        cells,
        **{
            name: np.append(getattr(cells, name), [last])
            for name, last in {
                **dict.fromkeys(("answered", "machines", "busies", "failed"), 0),
                "day": cells.day[0],
                "hour": 12,
                "line": list(LineType).index(LineType.VOIP),
                "attempt": 1,
                "dials": 5,
            }.items()
        },
    )
    table, found = fitted_answers(more, decline=Decline.PEOPLE, open_from=10)
    drawn = drawn_answers(table, found, Decline.PEOPLE, draws=20, chance=np.random.default_rng(1))
    voip = fit_answers(more).rate(LineType.VOIP, 12, 1)
    assert 0.02 < voip < 0.2
    assert np.isfinite(drawn.log_rates).all()
    assert np.exp(drawn.log_rates).max() < 0.5
    assert fit_answers(more).rate(LineType.CELL, 12, 1) == pytest.approx(
        fit_answers(cells).rate(LineType.CELL, 12, 1), rel=0.01
    )


def test_only_first_attempts_tell_nothing_of_people() -> None:
    fit = fit_answers(cells_of(World(attempts=1, persons=6000)))
    assert (fit.heterogeneity, fit.ageing) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("world", "why"),
    [(World(persons=100), "answers: .* found"), (World(days=1, persons=3000, attempts=1), "days with dials: 1 found")],
)
def test_too_few_answers_or_days_are_not_fitted(world: World, why: str) -> None:
    with pytest.raises(TooFewRecordsError, match=why):
        fit_answers(cells_of(world))


def test_shares_of_days_are_beta_binomial() -> None:
    chance = np.random.default_rng(1)
    tried = np.full(60, 900)
    happened = chance.binomial(tried, chance.beta(0.3 * 80, 0.7 * 80, 60))
    fit = fit_share(happened, tried)
    one, other = fit.share * (1 / fit.likeness - 1), (1 - fit.share) * (1 / fit.likeness - 1)
    best = stats.betabinom.logpmf(happened, tried, one, other).sum()
    for share, total in ((fit.share * 1.02, 80), (fit.share, 60), (fit.share * 0.98, 110)):
        assert best >= stats.betabinom.logpmf(happened, tried, share * total, (1 - share) * total).sum() - 1e-6
    assert fit.interval()[0] < 0.3 < fit.interval()[1]
    assert fit.likeness == pytest.approx(1 / 81, rel=0.5)
    alone = 1.96 * (0.3 * 0.7 / tried.sum()) ** 0.5
    assert fit.interval()[1] - fit.interval()[0] > 4 * alone  # calls of a day are alike: far wider than single calls


def test_a_share_of_nothing_has_the_rule_of_three_above_it() -> None:
    fit = fit_share([0, 0, 0], [100, 100, 100])
    assert (fit.share, fit.interval()) == (0.0, (0.0, 0.01))
    assert fit.drawn(np.random.default_rng(1)) == 0.0
    with pytest.raises(TooFewRecordsError):
        fit_share([1], [10])


def test_machines_engaged_and_failed_are_found() -> None:
    shares = shares_of(cells_of(World(persons=6000)))
    found = [one.share for _, one in shares.each()]
    assert found == pytest.approx([0.45, 0.04, 0.03], rel=0.12)
    assert type(shares).of(shares.document()) == shares
