from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import Pacing
from paceline.campaign.catalogue import change_of, document_of
from paceline.campaign.change import Achieved, Difference, Diverged, IncompleteChangeError, Lane
from paceline.campaign.observed import Ability, Part
from paceline.campaign.pacing.boldness import GENTLEST, bolder, lines_per_idle, loosening, may_abandon
from paceline.campaign.pacing.changes import SetPacing
from tests.unit.campaign.pacing.pacings import MODERATE, setting
from tests.unit.campaign.situations import C1, seen

PACINGS = st.builds(
    Pacing,
    answer_rate=st.decimals(min_value=Decimal("0.40"), max_value=Decimal("0.95"), places=3),
    abandonment_aim=st.decimals(min_value=0, max_value=Decimal("0.03"), places=4),
    max_calls=st.integers(5, 150),
    call_interval_ms=st.integers(50, 500),
    warm_up_s=st.integers(0, 600),
)


def test_pacing_is_changed_at_once_on_the_part_that_holds_it() -> None:
    change = setting(warm_up_s=5)
    assert (change.kind, change.lane, change.part) == ("pacing.set", Lane.CHANGING, Part.CAMPAIGN)
    assert change.needs == {Ability.PACING}
    assert change.effective_at is None


def test_what_is_not_named_is_filled_in_from_the_live_pacing_with_what_stands_beside() -> None:
    live = replace(MODERATE, beside={"future": [1]})
    filled = setting(abandonment_aim=Decimal(0)).whole_on(seen(pacing=live))
    assert filled == SetPacing.to(C1, replace(MODERATE, abandonment_aim=Decimal(0)))
    assert filled.beside == {"future": [1]}


def test_first_pacing_cannot_leave_anything_as_it_is() -> None:
    with pytest.raises(IncompleteChangeError, match="abandonment_aim, max_calls"):
        setting(answer_rate=Decimal("0.6")).whole_on(seen())


def test_pacing_is_so_already_when_it_has_what_is_named() -> None:
    live = seen(pacing=MODERATE)
    assert setting(answer_rate=Decimal("0.720")).already_so(live)
    assert not setting(answer_rate=Decimal("0.721")).already_so(live)
    assert not setting(warm_up_s=60).already_so(seen())
    assert not setting().already_so(live)


def test_every_field_that_reads_back_otherwise_is_named() -> None:
    change = setting(answer_rate=Decimal("0.7"), abandonment_aim=Decimal("0.01"), max_calls=81, strategy="predictive")
    assert change.verify(seen(pacing=MODERATE)) == Diverged(
        (
            Difference(field="answer_rate", wanted="0.7", observed="0.72"),
            Difference(field="max_calls", wanted=81, observed=80),
        )
    )
    assert setting(max_calls=80).verify(seen(pacing=MODERATE)) == Achieved()
    missing = Diverged((Difference(field="max_calls", wanted=80, observed=None),))
    assert setting(max_calls=80).verify(seen()) == missing


@given(pacing=PACINGS)
def test_record_of_a_change_is_read_back_as_it_was(pacing: Pacing) -> None:
    change = SetPacing.to(C1, pacing)
    assert change_of(document_of(change)) == change
    assert change_of(document_of(setting(warm_up_s=3))) == setting(warm_up_s=3)


@given(one=PACINGS, other=PACINGS)
def test_what_calls_up_more_answers_always_loosens(one: Pacing, other: Pacing) -> None:
    assert may_abandon(other) == (lines_per_idle(other) > 1)
    if lines_per_idle(other) > max(lines_per_idle(one), 1):
        assert loosening(one, other)
    assert bolder(one, one) == ()
    assert set(loosening(one, other)) <= set(bolder(one, other))
    assert not (may_abandon(other) and other != one and bolder(one, other) == bolder(other, one) == ())


def test_gentlest_pacing_rings_one_line_for_each_idle_agent() -> None:
    rate, aim = GENTLEST
    gentle = replace(MODERATE, answer_rate=rate, abandonment_aim=aim)
    assert (lines_per_idle(gentle), may_abandon(gentle), loosening(MODERATE, gentle)) == (1.0, False, ())
