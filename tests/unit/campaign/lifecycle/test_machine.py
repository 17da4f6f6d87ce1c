from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.lifecycle.machine import TRANSITIONS, Step, legal_transition, step_to
from paceline.campaign.lifecycle.model import Wanted
from paceline.campaign.observed import Drain, Pending, State
from tests.unit.campaign.situations import NOW, seen

LATER = NOW + timedelta(hours=1)
LEGAL = {
    ("ACTIVE", "PAUSED"),
    ("ACTIVE", "STOPPED"),
    ("PAUSED", "ACTIVE"),
    ("PAUSED", "STOPPED"),
    ("STOPPED", "ACTIVE"),
}
STATES = st.sampled_from(State)


@pytest.mark.parametrize(("present", "wanted"), list(product(State, State)))
def test_exactly_five_transitions_are_legal(present: State, wanted: State) -> None:
    assert legal_transition(present, wanted) == ((present.value, wanted.value) in LEGAL)


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(State)


@given(present=STATES, wanted=STATES)
def test_step_without_anything_pending_is_the_table_or_nothing(present: State, wanted: State) -> None:
    step = step_to(Wanted(state=wanted), seen(present))
    if present is wanted:
        assert step is (Step.ILLEGAL if present is State.ARCHIVED else Step.NOTHING)
    else:
        assert step is (Step.MOVE if legal_transition(present, wanted) else Step.ILLEGAL)


def test_pending_transition_blocks_no_other() -> None:
    pending = Pending(state=State.STOPPED, effective_at=LATER, drain=Drain.FINISH)
    assert step_to(Wanted(state=State.PAUSED), seen(pending=pending)) is Step.MOVE


def test_held_state_with_something_pending_is_a_cancellation() -> None:
    pending = Pending(state=State.ACTIVE, effective_at=LATER, drain=Drain.FINISH)
    paused = seen(State.PAUSED, pending=pending)
    assert step_to(Wanted(state=State.PAUSED), paused) is Step.CANCEL
    assert step_to(Wanted(state=State.PAUSED, effective_at=LATER), paused) is Step.ILLEGAL


@pytest.mark.parametrize(
    ("drain", "effective_at", "step"),
    [
        (Drain.FINISH, LATER, Step.NOTHING),
        (Drain.DROP, LATER, Step.MOVE),
        (Drain.FINISH, LATER + timedelta(seconds=1), Step.MOVE),
        (Drain.FINISH, None, Step.MOVE),
    ],
)
def test_only_the_very_same_transition_is_pending_already(drain: Drain, effective_at: object, step: Step) -> None:
    pending = Pending(state=State.PAUSED, effective_at=LATER, drain=Drain.FINISH)
    wanted = Wanted(state=State.PAUSED, drain=drain, effective_at=effective_at)  # type: ignore[arg-type]  # from a table
    assert step_to(wanted, seen(pending=pending)) is step


def test_drain_says_nothing_for_a_pending_resumption() -> None:
    pending = Pending(state=State.ACTIVE, effective_at=LATER, drain=Drain.DROP)
    wanted = Wanted(state=State.ACTIVE, effective_at=LATER)
    assert step_to(wanted, seen(State.PAUSED, pending=pending)) is Step.NOTHING


@pytest.mark.parametrize(("drained", "step"), [(True, Step.NOTHING), (None, Step.NOTHING), (False, Step.ILLEGAL)])
def test_drop_comes_too_late_for_calls_that_drain(drained: object, step: Step) -> None:
    assert step_to(Wanted(state=State.PAUSED, drain=Drain.DROP), seen(State.PAUSED, drained=drained)) is step
