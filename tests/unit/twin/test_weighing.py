"""What a twin tells of new weights: reasons why it has no say, and half-hours replayed where it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from paceline.campaign.blocks import DialingMode, DialingRules, Tuning, Weights
from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION, Evidence, Lack, NoEvidence, Source
from paceline.campaign.weigher import WeighAsked, Weigher
from paceline.inference.promotion import Metric
from paceline.primitives.ids import CampaignId
from paceline.twin.model import Drifted, Twin
from paceline.twin.plausible import boldest_of, plausible
from paceline.twin.weighing import TwinWeigher
from tests.unit.optimizer.tuner.twins import (
    BEGAN,
    CAMPAIGN,
    HALVES,
    TUNING,
    observed,
    twin,
    weights,
    without_say,
)

LIVE = weights(predictive_factor="-0.1")
SEEN = observed(LIVE)
TWIN = twin(SEEN)
LINES = TWIN.draws[0].lines


def weigher(kept: Twin | None) -> Weigher:
    """Return who weighs by this twin."""
    return TwinWeigher(lambda _campaign: kept)


def weighed(wanted: Weights, *, ceiling: float = 0.03, tuning: Tuning | None = TUNING) -> Evidence | NoEvidence:
    """Return what the twin tells of these weights."""
    return weigher(TWIN).weigh(WeighAsked(observed=SEEN, wanted=wanted, tuning=tuning, ceiling=ceiling))


def evidence(wanted: Weights, *, ceiling: float = 0.03, tuning: Tuning | None = TUNING) -> Evidence:
    """Return the evidence that there is."""
    found = weighed(wanted, ceiling=ceiling, tuning=tuning)
    assert isinstance(found, Evidence)
    return found


def test_metrics_of_blocks_and_of_evidence_have_the_same_names() -> None:
    assert [one.value for one in Metric] == [UTILISATION, ABANDONMENT, CONNECTS]


@pytest.mark.parametrize(
    ("kept", "split", "lack", "advice"),
    [
        (None, None, Lack.NO_DATA, "paceline twin fit CMP-12345"),
        (twin(SEEN, days=10), None, Lack.TOO_LITTLE_DATA, "with more days of data: paceline twin fit CMP-12345"),
        (without_say(TWIN, "it covers 60 %"), None, Lack.TWIN_FAILED, "see paceline twin check CMP-12345"),
        (TWIN, Decimal("0.8"), Lack.OTHER_SPLIT, "paceline twin fit CMP-12345 --split 0.8"),
    ],
)
def test_each_lack_has_its_own_word_and_advice(
    kept: Twin | None, split: Decimal | None, lack: Lack, advice: str
) -> None:
    found = weigher(kept).at_hand(CAMPAIGN, split=split)
    assert found is not None
    assert found.lack is lack
    assert advice in found.advice
    assert found.why


def test_what_failed_its_check_tells_what_it_failed() -> None:
    found = weigher(without_say(TWIN, "utilisation: 61 % of 90 %")).at_hand(CAMPAIGN, split=None)
    assert found is not None
    assert "utilisation: 61 % of 90 %" in found.why


def test_drift_takes_the_say_away() -> None:
    drifted = Drifted(
        quantity="handle_time",
        toward="more",
        since=BEGAN,
        found=BEGAN + timedelta(hours=3),
        run_length_days=90.0,
    )
    found = weigher(replace(TWIN, drifted=drifted)).at_hand(CAMPAIGN, split=None)
    assert found is not None
    assert found.lack is Lack.DRIFTED
    assert "more handle time" in found.why


def test_a_twin_that_passed_has_a_say_for_its_own_split() -> None:
    assert weigher(TWIN).at_hand(CAMPAIGN, split=None) is None
    assert weigher(TWIN).at_hand(CAMPAIGN, split=Decimal("0.70")) is None


def test_weights_that_want_another_split_are_not_weighed() -> None:
    found = weighed(replace(LIVE, validation_split=Decimal("0.5")))
    assert isinstance(found, NoEvidence)
    assert found.lack is Lack.OTHER_SPLIT


def test_pairs_are_as_many_as_the_held_out_half_hours() -> None:
    found = evidence(weights(predictive_factor="0.1"))
    assert (found.source, found.blocks, found.days) == (Source.TWIN, 5 * HALVES, 5)
    assert (found.since, found.until) == (BEGAN + timedelta(days=7), BEGAN + timedelta(days=11, hours=HALVES / 2))
    assert found.twin is TWIN.standing


def test_a_change_of_a_billionth_shows_nothing_at_all() -> None:
    found = evidence(weights(predictive_factor="-0.099999999"))
    assert [(one.difference.mean, one.p_value, one.significant) for one in found.metrics] == [(0.0, 1.0, False)] * 3
    assert not found.worth_having


def test_bolder_weights_busy_more_and_abandon_more() -> None:
    found = evidence(weights(predictive_factor="0.2"))
    assert found.of(UTILISATION).difference.low > 0.0
    assert found.of(ABANDONMENT).difference.mean > 0.0
    assert found.of(CONNECTS).difference.mean > 0.0
    assert found.worth_having


def test_one_change_of_a_whole_is_above_the_ceiling() -> None:
    found = evidence(weights(predictive_factor="1"))
    assert found.abandonment_high > found.ceiling


def test_gentler_weights_are_told_as_a_loss() -> None:
    found = evidence(weights(predictive_factor="-0.3"))
    assert found.of(UTILISATION).difference.high < 0.0
    assert not found.worth_having


def test_a_dialer_that_may_be_bolder_than_its_fit_bounds_abandonment() -> None:
    """The fit found fewer lines than were told, and is not sure: what abandons more is reckoned with."""
    low, high = 0.92 * LINES, 0.96 * LINES
    draws = (replace(TWIN.draws[0], lines=low), replace(TWIN.draws[1], lines=high))
    unsure = replace(TWIN, draws=draws)
    boldest = {draw.lines for draw in boldest_of(unsure).draws}
    assert boldest == {LINES * (1 + (high - low) / (high + low))}
    asked = WeighAsked(observed=SEEN, wanted=weights(), tuning=TUNING, ceiling=0.03)
    sure = replace(unsure, told=None, draws=tuple(replace(draw, lines=low) for draw in draws))
    known, found = weigher(sure).weigh(asked), weigher(unsure).weigh(asked)
    assert isinstance(known, Evidence)
    assert isinstance(found, Evidence)
    assert found.abandonment_high > known.abandonment_high


def test_what_is_said_holds_of_every_twin_that_may_be_true() -> None:
    """Draws apart by a step in whole lines: one vector holds on all days, so that days do not average it away."""
    apart = tuple(replace(TWIN.draws[0], lines=lines) for lines in (0.8 * LINES, LINES, 1.1 * LINES))
    unsure = replace(TWIN, draws=apart)
    asked = WeighAsked(observed=SEEN, wanted=weights(), tuning=TUNING, ceiling=0.03)
    found = weigher(unsure).weigh(asked)
    assert isinstance(found, Evidence)
    for one in plausible(unsure):
        alone = weigher(replace(one, told=one.draws[0].lines)).weigh(asked)
        assert isinstance(alone, Evidence)
        assert found.abandonment_high >= alone.of(ABANDONMENT).new
    narrow = evidence(weights())
    wide, known = (one.of(UTILISATION).difference for one in (found, narrow))
    assert wide.high - wide.low > known.high - known.low


def so_often(before: int, campaign: CampaignId, evidence: Evidence) -> int:
    """Return how often the days were asked before, whatever the question is."""
    assert (campaign, evidence.source) == (CAMPAIGN, Source.TWIN)
    return before


def test_who_asks_again_and_again_is_told_less_surely() -> None:
    asked = WeighAsked(observed=SEEN, wanted=weights(predictive_factor="0.1"), tuning=TUNING, ceiling=0.03)
    first, second, late = (
        TwinWeigher(lambda _campaign: TWIN, asked_before=partial(so_often, before)).weigh(asked)
        for before in (0, 1, 50)
    )
    assert isinstance(first, Evidence)
    assert isinstance(second, Evidence)
    assert isinstance(late, Evidence)
    assert first.worth_having
    assert first.abandonment_high < second.abandonment_high < late.abandonment_high
    assert first.of(UTILISATION).difference.low > second.of(UTILISATION).difference.low
    assert first.of(UTILISATION).p_adjusted < second.of(UTILISATION).p_adjusted
    assert late.of(UTILISATION).p_adjusted > 0.05
    assert not late.worth_having


def test_the_boldest_draw_is_reckoned_with_where_nobody_knows_what_was_told() -> None:
    assert {draw.lines for draw in boldest_of(replace(TWIN, told=None)).draws} == {LINES}


def test_weights_that_do_not_act_change_what_the_live_ones_did() -> None:
    """Switching the tuning off is as if all weights were 0."""
    off = evidence(LIVE, tuning=replace(TUNING, enabled=False))
    zero = evidence(weights())
    assert off.metrics == zero.metrics


def test_the_same_question_has_the_same_answer() -> None:
    one, other = (evidence(weights(predictive_factor="0.1")) for _ in range(2))
    assert replace(one, cpu_s=0.0) == replace(other, cpu_s=0.0)


def test_nobody_knows_what_weights_do_without_a_pacing() -> None:
    asked = WeighAsked(observed=observed(LIVE, pacing=None), wanted=weights(), tuning=TUNING, ceiling=0.03)
    found = weigher(TWIN).weigh(asked)
    assert isinstance(found, NoEvidence)
    assert found.lack is Lack.NO_DATA
    assert "set pacing" in found.advice


def test_weights_of_a_prediction_change_nothing_where_none_decides() -> None:
    rules = DialingRules(
        mode=DialingMode.PROGRESSIVE,
        attempt_limit=3,
        retry_intervals_min=(60, 120),
        abandonment_threshold=Decimal("0.03"),
        cool_down_s=60,
        calls_per_agent=3,
    )
    asked = WeighAsked(
        observed=replace(SEEN, rules=rules), wanted=weights(predictive_factor="0.2"), tuning=TUNING, ceiling=0.03
    )
    found = weigher(TWIN).weigh(asked)
    assert isinstance(found, Evidence)
    assert found.of(UTILISATION).difference.mean == 0.0
