"""A kept twin is held against what was measured after its data."""

from __future__ import annotations

from paceline.twin.checking import Newer, check_twin
from paceline.twin.halves import day_spans
from paceline.twin.model import instant_of
from tests.unit.twin.fitted_twin import DAYS, TRUTH, fitted, material
from tests.unit.twin.known_campaign import half_hours


def test_newer_days_are_predicted_and_charted_and_those_of_the_data_are_not_looked_at() -> None:
    twin, measured = fitted(), half_hours(TRUTH, DAYS + 3, 3)
    told = material(measured, TRUTH, told=0.8).told
    checked = check_twin(twin, Newer(half_hours=measured, told=told))
    assert checked.result is not None
    assert (checked.result.since, checked.result.is_last) == (instant_of(day_spans(measured)[DAYS].start), False)
    assert {one.held.days for one in checked.judged} == {3}
    assert all(one.held.covered > 0.7 for one in checked.judged)
    assert checked.drifted is None
    document = checked.document()
    assert (document["drift"], len(checked.charts)) == (None, 6)


def test_nothing_newer_is_no_drift_and_no_result() -> None:
    checked = check_twin(fitted(), Newer(half_hours=fitted().half_hours))
    assert (checked.result, checked.judged, checked.charts, checked.drifted) == (None, (), (), None)
