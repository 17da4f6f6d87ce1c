"""What guards do is a setting, and the book's share of the requests follows the budget."""

from __future__ import annotations

import pytest

from paceline.control.abandonment.policy import Does, GuardPolicy
from paceline.control.abandonment.polling import Quota
from paceline.settings.failures import SettingsError
from tests.unit.settings.desk import Desk


def test_guards_ease_off_on_a_breach_and_tell_of_an_approach_where_nobody_says_otherwise(desk: Desk) -> None:
    assert desk.read().guards == GuardPolicy(breach=Does.PROGRESSIVE, approach=Does.TELL)


def test_guards_do_what_the_settings_say(desk: Desk) -> None:
    said = desk.read({"PACELINE_GUARD_BREACH": "pause", "PACELINE_GUARD_APPROACH": "progressive"})
    assert said.guards == GuardPolicy(breach=Does.PAUSE, approach=Does.PROGRESSIVE)


def test_guard_that_does_nothing_is_no_setting(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="guard_breach"):
        desk.read({"PACELINE_GUARD_BREACH": "nothing"})


@pytest.mark.parametrize(("limit", "requests", "turn_s"), [(100, 6, 15.0), (0, 60, 15.0), (8, 2, 60.0), (1, 2, 120.0)])
def test_book_takes_a_quarter_of_the_budget_and_one_request_in_a_minute_at_least(
    limit: int, requests: int, turn_s: float
) -> None:
    quota = Quota.of(limit)
    assert (quota.requests, quota.turn_s) == (requests, turn_s)
    assert quota.requests * 60 / quota.turn_s <= max(1, (limit or 960) / 4)
