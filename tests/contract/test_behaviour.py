"""Our transition table against the platform's own answers, for every pair of states, something pending or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, product

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Achieved, Diverged, Settling
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.lifecycle.machine import TRANSITIONS, Step, step_to
from paceline.campaign.observed import Drain, State
from paceline.campaign.ports import PlatformError, WrongStateError
from paceline.primitives.ids import CampaignId
from tests.contract.emulated import Emulated

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
KEYS = count()
LATER = NOW + timedelta(hours=1)
CHANGES: dict[State, type[Pause | Resume | Stop]] = {
    State.ACTIVE: Resume,
    State.PAUSED: Pause,
    State.STOPPED: Stop,
}
PAIRS = list(product(State, CHANGES))


def told(emulated: Emulated, change: AnyChange) -> PlatformError | None:
    """Return the platform's refusal of a change, None when it took it."""
    platform = emulated.platform()
    try:
        platform.apply(platform.prepare(change, None), idempotency_key=f"told-{next(KEYS)}")
    except PlatformError as refusal:
        return refusal
    return None


@pytest.mark.parametrize(("present", "wanted"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
def test_table_says_what_the_platform_says(emulated: Emulated, present: State, wanted: State) -> None:
    campaign = CampaignId(present.value)
    refusal = told(emulated, CHANGES[wanted](campaign=campaign))
    assert (refusal is None) == (wanted in TRANSITIONS[present])
    if refusal is not None:
        assert isinstance(refusal, WrongStateError)
        assert refusal.state is present
        assert refusal.allowed == (() if present is State.ARCHIVED else TRANSITIONS[present])


@pytest.mark.parametrize(("present", "wanted"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
def test_later_transition_is_judged_from_the_present_state(emulated: Emulated, present: State, wanted: State) -> None:
    change = CHANGES[wanted](campaign=CampaignId(present.value), effective_at=LATER)
    assert (told(emulated, change) is None) == (wanted in TRANSITIONS[present])


PENDING = [
    (present, pending, wanted, later)
    for present in CHANGES
    for pending in TRANSITIONS[present]
    for wanted in CHANGES
    for later in (False, True)
]


@pytest.mark.parametrize(
    ("present", "pending", "wanted", "later"),
    PENDING,
    ids=[f"{a}-{b}-{c}-{'later' if d else 'now'}" for a, b, c, d in PENDING],
)
def test_step_beside_a_pending_transition_is_what_the_platform_does(
    emulated: Emulated, present: State, pending: State, wanted: State, later: bool
) -> None:
    campaign = CampaignId(present.value)
    assert told(emulated, CHANGES[pending](campaign=campaign, effective_at=LATER)) is None
    platform = emulated.platform()
    change = CHANGES[wanted](campaign=campaign, effective_at=LATER + timedelta(hours=1) if later else None)
    step = step_to(change.wanted, platform.read(campaign))
    refusal = told(emulated, change)
    after = platform.read(campaign)
    if step is Step.MOVE:
        assert refusal is None
        assert change.verify(after) == (Settling(timedelta(hours=2, seconds=1)) if later else Achieved())
    elif step is Step.CANCEL:
        assert refusal is None
        assert (after.state, after.pending) == (present, None)
        assert change.verify(after) == Achieved()
    elif later and wanted is present:
        # The platform takes it, but does something else: the pending transition is withdrawn and nothing is planned.
        assert step is Step.ILLEGAL
        assert (refusal, after.pending) == (None, None)
    else:
        assert step is Step.ILLEGAL
        assert isinstance(refusal, WrongStateError)
        assert isinstance(change.verify(after), Diverged)


@pytest.mark.parametrize("drain", list(Drain))
def test_state_already_held_needs_no_request_and_the_platform_would_refuse_one(
    emulated: Emulated, drain: Drain
) -> None:
    pause = Pause(campaign=CampaignId("PAUSED"), drain=drain)
    assert pause.already_so(emulated.platform().read(pause.campaign))
    assert isinstance(told(emulated, pause), WrongStateError)


def test_transition_that_is_pending_exactly_so_needs_no_request(emulated: Emulated) -> None:
    stop = Stop(campaign=CampaignId("ACTIVE"), effective_at=LATER)
    assert told(emulated, stop) is None
    assert stop.already_so(emulated.platform().read(stop.campaign))


def test_calls_that_drain_can_no_longer_be_dropped(emulated: Emulated) -> None:
    campaign = CampaignId("ACTIVE")
    emulated.arrange("ACTIVE", callsInFlight=[{"state": "waiting", "secondsLeft": 60}])
    assert told(emulated, Pause(campaign=campaign)) is None
    dropping = Pause(campaign=campaign, drain=Drain.DROP)
    assert step_to(dropping.wanted, emulated.platform().read(campaign)) is Step.ILLEGAL
    assert isinstance(told(emulated, dropping), WrongStateError)
