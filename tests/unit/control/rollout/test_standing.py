"""Where a rollout stands is kept and read back whole, and what is gentler is gentler."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from paceline.campaign.blocks import Pacing
from paceline.campaign.pacing.boldness import bolder
from paceline.control.order import Override
from paceline.control.rollout.plan import Plan
from paceline.control.rollout.standing import (
    UNDER_WAY,
    Going,
    Latch,
    Phase,
    Rollout,
    gentler_of,
    rollout_of,
)
from paceline.control.undertakings.standing import HISTORY, next_minute
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import canonical_json
from paceline.primitives.ids import CampaignId, EntryId

AT = datetime(2026, 6, 15, 12, 0, 37, 250_000, tzinfo=UTC)
ADA = Actor(name="ada", known_by="test")
ACTORS = some.builds(Actor, name=some.text(min_size=1, max_size=5), known_by=some.just("test"))
INSTANTS = some.integers(0, 10**12).map(lambda us: AT + timedelta(microseconds=us))
PACINGS = some.builds(
    Pacing,
    answer_rate=some.decimals(Decimal("0.40"), Decimal("0.95"), places=3),
    abandonment_aim=some.decimals(0, Decimal("0.03"), places=4),
    max_calls=some.integers(5, 150),
    call_interval_ms=some.integers(50, 500),
    warm_up_s=some.integers(0, 600),
)
GOINGS = some.builds(
    Going,
    to=some.integers(0, 3),
    left=some.none() | some.integers(0, 3),
    since=INSTANTS,
    actor=ACTORS,
    why=some.text(max_size=20),
    then=some.sampled_from(Phase),
    entry=some.none() | some.integers(1, 99).map(EntryId),
    tries=some.integers(0, 9),
    not_before=some.none() | INSTANTS,
    gentler=some.booleans(),
)
ROLLOUTS = some.builds(
    Rollout,
    entry=some.integers(1, 99).map(EntryId),
    campaign=some.just(CampaignId("CMP-1")),
    phase=some.sampled_from(Phase),
    plan=some.lists(PACINGS, min_size=3, max_size=3).map(lambda steps: Plan(steps=tuple(steps))),
    actor=ACTORS,
    reason=some.none() | some.text(max_size=9),
    ticket=some.none() | some.text(max_size=9),
    overrides=some.just((Override(rule="pacing.fit", until=AT),)) | some.just(()),
    original=PACINGS,
    mode=some.none() | some.just("PREDICTIVE"),
    started=INSTANTS,
    measured_since=INSTANTS,
    step=some.integers(0, 3),
    began=INSTANTS,
    version=some.text(min_size=1, max_size=4),
    seen=some.none() | INSTANTS,
    looked=some.none() | INSTANTS,
    going=some.none() | GOINGS,
    held=some.none() | some.just("too-early"),
    judgement=some.none() | some.just({"decision": "hold", "numbers": {"answered": 3}}),
    latch=some.none() | some.builds(Latch, by=some.text(max_size=5), why=some.text(max_size=5), at=INSTANTS),
    history=some.just(()) | some.just(({"what": "start", "entry": 3},)),
    fence=some.integers(1, 9),
)


GENTLE = Pacing(answer_rate=Decimal("0.5"), abandonment_aim=Decimal(0), max_calls=9, call_interval_ms=99, warm_up_s=0)
BEGUN = Rollout(
    entry=EntryId(1), campaign=CampaignId("CMP-1"), phase=Phase.RUNNING, plan=Plan(steps=(GENTLE,)), actor=ADA,
    reason=None, ticket=None, original=GENTLE, mode=None, started=AT, measured_since=AT, began=AT, version="1",
)  # fmt: skip


@given(ROLLOUTS)
def test_rollout_is_read_back_as_it_was_kept(rollout: Rollout) -> None:
    kept = json.loads(canonical_json(rollout.kept()))
    read = rollout_of(rollout.entry, rollout.campaign, rollout.phase.value, kept, rollout.fence)
    assert read == rollout
    assert canonical_json(read.document()) == canonical_json(rollout.document())


@given(PACINGS, PACINGS)
def test_gentler_of_two_pacings_is_bolder_than_neither(one: Pacing, other: Pacing) -> None:
    gentle = gentler_of(one, other)
    assert (bolder(one, gentle), bolder(other, gentle)) == ((), ())
    assert gentler_of(gentle, one) == gentler_of(one, gentle) == gentle


@given(INSTANTS)
def test_next_minute_is_the_first_full_one_after_an_instant(at: datetime) -> None:
    then = next_minute(at)
    assert timedelta() < then - at <= timedelta(minutes=1)
    assert (then.second, then.microsecond) == (0, 0)


def test_history_keeps_the_last_events_only() -> None:
    rollout = BEGUN
    for number in range(HISTORY + 5):
        rollout = rollout.with_event("hold", str(number), AT)
    assert (len(rollout.history), rollout.history[-1]["why"]) == (HISTORY, str(HISTORY + 4))


def test_way_back_is_told_where_there_is_one() -> None:
    told = {phase: replace(BEGUN, phase=phase).way_back for phase in Phase}
    assert {phase for phase, way in told.items() if way == "paceline rollout undo CMP-1"} == {
        Phase.RUNNING, Phase.PAUSED, Phase.COMPLETED
    }  # fmt: skip
    latched = replace(BEGUN, phase=Phase.ABORTED, latch=Latch(by="ada", why="complaints", at=AT))
    assert latched.way_back == "paceline rollout clear CMP-1"
    assert {phase for phase in Phase if phase.is_under_way} == UNDER_WAY
