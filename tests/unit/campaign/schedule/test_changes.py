from __future__ import annotations

import pytest

from paceline.campaign.blocks import Directive
from paceline.campaign.change import Achieved, Difference, Diverged, IncompleteChangeError, Lane
from paceline.campaign.observed import Ability, Part
from paceline.campaign.schedule.changes import SetSchedule
from tests.unit.campaign.schedule.schedules import schedule, weekly, window
from tests.unit.campaign.situations import C1, seen


def test_schedule_is_changed_at_once_on_the_part_that_holds_it() -> None:
    change = SetSchedule(campaign=C1, max_calls=5)
    assert (change.kind, change.lane, change.part) == ("schedule.set", Lane.CHANGING, Part.SCHEDULE)
    assert change.needs == {Ability.SCHEDULE}
    assert change.effective_at is None


def test_what_is_not_named_is_filled_in_from_the_live_schedule() -> None:
    live = weekly(9, 17, days=[0, 1], zone="America/Chicago", directive=Directive.FLEXIBLE)
    whole = SetSchedule(campaign=C1, max_calls=5).whole_on(seen(schedule=live))
    assert whole == SetSchedule(
        campaign=C1, zone="America/Chicago", directive=Directive.FLEXIBLE, windows=live.windows, max_calls=5
    )
    assert whole.whole_on(seen(schedule=schedule())) == whole


def test_first_schedule_cannot_leave_anything_as_it_is() -> None:
    with pytest.raises(IncompleteChangeError, match="zone, directive, windows"):
        SetSchedule(campaign=C1, max_calls=5).whole_on(seen())


def test_schedule_is_so_already_when_it_has_what_is_named_in_any_order() -> None:
    live = seen(schedule=weekly(9, 17, days=[0, 1]))
    other_way = tuple(reversed(weekly(9, 17, days=[0, 1]).windows))
    assert SetSchedule(campaign=C1, windows=other_way).already_so(live)
    assert not SetSchedule(campaign=C1, windows=other_way[:1]).already_so(live)
    assert not SetSchedule(campaign=C1, windows=other_way).already_so(seen())
    assert not SetSchedule(campaign=C1).already_so(live)


def test_schedule_that_reads_back_as_named_is_achieved() -> None:
    change = SetSchedule(campaign=C1, windows=weekly(9, 17).windows, max_calls=50)
    assert change.verify(seen(schedule=weekly(9, 17))) == Achieved()


def test_every_field_that_reads_back_otherwise_is_named() -> None:
    change = SetSchedule(
        campaign=C1, zone="UTC", directive=Directive.STRICT, windows=(window(0, 540, 600),), max_calls=7
    )
    found = change.verify(seen(schedule=schedule(windows=(window(0, 540, 601),), max_calls=8)))
    assert found == Diverged(
        (
            Difference(field="zone", wanted="UTC", observed="America/New_York"),
            Difference(field="windows", wanted=("Monday 09:00-10:00",), observed=("Monday 09:00-10:01",)),
            Difference(field="max_calls", wanted=7, observed=8),
        )
    )


def test_schedule_that_is_not_there_after_the_change_diverged() -> None:
    found = SetSchedule(campaign=C1, max_calls=7).verify(seen())
    assert found == Diverged((Difference(field="max_calls", wanted=7, observed=None),))
