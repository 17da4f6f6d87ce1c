from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.catalogue import CATALOGUE, AnyChange, UnknownChangeError, change_of, document_of
from paceline.campaign.change import Achieved, Change, Difference, Diverged, Lane, Settling
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Drain, Pending, State
from paceline.primitives.ids import CampaignId
from tests.unit.campaign.situations import C1, NOW, seen

LATER = NOW + timedelta(hours=1)
INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC))
CHANGES: st.SearchStrategy[AnyChange] = st.one_of(
    st.builds(Pause, campaign=st.just(C1), effective_at=INSTANTS, drain=st.sampled_from(Drain)),
    st.builds(Stop, campaign=st.just(C1), effective_at=INSTANTS, drain=st.sampled_from(Drain)),
    st.builds(Resume, campaign=st.just(C1), effective_at=INSTANTS),
)


def test_changes_are_changes_and_cannot_be_changed() -> None:
    made: list[Change] = [Pause(campaign=C1), Resume(campaign=C1), Stop(campaign=C1)]
    assert [change.kind for change in made] == ["lifecycle.pause", "lifecycle.resume", "lifecycle.stop"]
    assert [change.lane for change in made] == [Lane.STOPPING, Lane.CHANGING, Lane.STOPPING]
    with pytest.raises(FrozenInstanceError):
        made[0].campaign = CampaignId("C2")  # type: ignore[misc]  # that is the point


def test_state_and_empty_queue_are_achieved() -> None:
    assert Pause(campaign=C1).verify(seen(State.PAUSED)) == Achieved()
    assert Resume(campaign=C1).verify(seen(State.ACTIVE, drained=False)) == Achieved()


@pytest.mark.parametrize("drain", list(Drain))
def test_calls_in_flight_are_settling(drain: Drain) -> None:
    verdict = Stop(campaign=C1, drain=drain).verify(seen(State.STOPPED, drained=False))
    assert verdict == Settling(timedelta(seconds=15))


def test_queue_that_nobody_tells_of_is_taken_as_empty() -> None:
    assert Stop(campaign=C1).verify(seen(State.STOPPED, drained=None)) == Achieved()


def test_another_state_is_diverged_and_named() -> None:
    verdict = Pause(campaign=C1).verify(seen(State.ACTIVE))
    assert verdict == Diverged((Difference(field="state", wanted="PAUSED", observed="ACTIVE"),))


def test_transition_that_still_waits_against_it_is_diverged() -> None:
    pending = Pending(state=State.ACTIVE, effective_at=LATER, drain=Drain.FINISH)
    verdict = Pause(campaign=C1).verify(seen(State.PAUSED, pending=pending))
    assert isinstance(verdict, Diverged)
    assert [difference.field for difference in verdict.differences] == ["pending"]


def test_later_transition_settles_until_just_after_its_instant() -> None:
    pending = Pending(state=State.STOPPED, effective_at=LATER, drain=Drain.FINISH)
    stop = Stop(campaign=C1, effective_at=LATER)
    assert stop.verify(seen(pending=pending)) == Settling(timedelta(hours=1, seconds=1))
    assert stop.verify(seen(pending=pending, at=LATER + timedelta(days=1))) == Settling(timedelta(seconds=1))
    assert stop.verify(seen(State.STOPPED, at=LATER)) == Achieved()
    assert isinstance(stop.verify(seen(State.ACTIVE, at=LATER)), Diverged)


@given(change=CHANGES, state=st.sampled_from([State.ACTIVE, State.PAUSED, State.STOPPED]), drained=st.booleans())
def test_what_is_already_so_is_never_diverged(change: AnyChange, state: State, drained: bool) -> None:
    observed = seen(state, drained=drained)
    if change.already_so(observed):
        assert not isinstance(change.verify(observed), Diverged)


@given(CHANGES)
def test_record_of_a_change_is_that_change(change: AnyChange) -> None:
    assert change_of(document_of(change)) == change
    assert CATALOGUE[change.kind] is type(change)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "lifecycle.explode", "campaign": "C1"},
        {"kind": "lifecycle.pause"},
        {"kind": "lifecycle.pause", "campaign": "C1"},
        {"kind": "lifecycle.pause", "campaign": "../C1", "drain": "finish"},
        {"kind": "lifecycle.pause", "campaign": "C1", "drain": "slowly"},
        {"kind": "lifecycle.resume", "campaign": "C1", "effective_at": "soon"},
    ],
)
def test_record_that_is_no_change_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(UnknownChangeError):
        change_of(document)


def test_instant_of_a_record_keeps_its_offset() -> None:
    written = {"kind": "lifecycle.resume", "campaign": "C1", "effective_at": "2026-06-15T08:00:00-04:00"}
    assert change_of(written).effective_at == datetime(2026, 6, 15, 12, tzinfo=UTC)
