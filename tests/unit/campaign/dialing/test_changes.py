from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paceline.campaign.blocks import DialingMode
from paceline.campaign.change import Achieved, Difference, Diverged, IncompleteChangeError, Lane
from paceline.campaign.dialing.capacity import may_abandon, most_calls
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Ability, Part
from tests.unit.campaign.dialing.rules import MODERATE
from tests.unit.campaign.situations import C1, seen


def test_rules_are_changed_at_once_on_the_part_that_holds_them() -> None:
    change = SetDialingRules(campaign=C1, cool_down_s=5)
    assert (change.kind, change.lane, change.part) == ("dialing.set", Lane.CHANGING, Part.CAMPAIGN)
    assert change.needs == {Ability.DIALING_RULES}
    assert change.effective_at is None


def test_what_is_not_named_is_filled_in_from_the_live_rules() -> None:
    whole = SetDialingRules(campaign=C1, retry_intervals_min=()).whole_on(seen(rules=MODERATE))
    assert whole == SetDialingRules(
        campaign=C1,
        mode=DialingMode.POWER,
        attempt_limit=3,
        retry_intervals_min=(),
        abandonment_threshold=Decimal("0.02"),
        cool_down_s=60,
        calls_per_agent=2,
    )


def test_first_rules_cannot_leave_anything_as_it_is() -> None:
    with pytest.raises(IncompleteChangeError, match="mode, attempt_limit"):
        SetDialingRules(campaign=C1, cool_down_s=5).whole_on(seen())


def test_rules_are_so_already_when_they_have_what_is_named() -> None:
    live = seen(rules=MODERATE)
    assert SetDialingRules(campaign=C1, abandonment_threshold=Decimal("0.020")).already_so(live)
    assert not SetDialingRules(campaign=C1, abandonment_threshold=Decimal("0.021")).already_so(live)
    assert not SetDialingRules(campaign=C1, cool_down_s=60).already_so(seen())
    assert not SetDialingRules(campaign=C1).already_so(live)


def test_rules_that_read_back_as_named_are_achieved() -> None:
    assert SetDialingRules(campaign=C1, retry_intervals_min=(60, 240)).verify(seen(rules=MODERATE)) == Achieved()


def test_every_field_that_reads_back_otherwise_is_named() -> None:
    change = SetDialingRules(
        campaign=C1,
        mode=DialingMode.PREVIEW,
        attempt_limit=3,
        retry_intervals_min=(60,),
        abandonment_threshold=Decimal("0.01"),
        cool_down_s=0,
    )
    assert change.verify(seen(rules=MODERATE)) == Diverged(
        (
            Difference(field="mode", wanted="PREVIEW", observed="POWER"),
            Difference(field="retry_intervals_min", wanted=("60",), observed=("60", "240")),
            Difference(field="abandonment_threshold", wanted="0.01", observed="0.02"),
            Difference(field="cool_down_s", wanted=0, observed=60),
        )
    )
    found = SetDialingRules(campaign=C1, cool_down_s=60).verify(seen())
    assert found == Diverged((Difference(field="cool_down_s", wanted=60, observed=None),))


@pytest.mark.parametrize(
    ("mode", "calls", "abandons", "most"),
    [
        (DialingMode.PREVIEW, 5, False, 12),
        (DialingMode.PROGRESSIVE, 1, False, 12),
        (DialingMode.PROGRESSIVE, 2, True, 24),
        (DialingMode.POWER, 1, True, 12),
        (DialingMode.PREDICTIVE, 3, True, 36),
    ],
)
def test_mode_and_calls_for_each_agent_say_what_may_be_in_flight(
    mode: DialingMode, calls: int, abandons: bool, most: int
) -> None:
    rules = replace(MODERATE, mode=mode, calls_per_agent=calls)
    assert may_abandon(rules) is abandons
    assert most_calls(12, rules) == most
