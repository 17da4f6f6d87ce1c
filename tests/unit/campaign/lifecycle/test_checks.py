from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from paceline.campaign.change import HouseRules
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability, Drain, LiveCalls, Pending, Stage, State, Unfinished
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId
from tests.unit.campaign.situations import C1, NOW, seen, situation

LATER = NOW + timedelta(hours=1)


def only(found: Findings) -> Finding:
    (finding,) = found
    return finding


def test_nothing_is_found_about_a_sound_pause() -> None:
    pause = Pause(campaign=C1)
    assert pause.validate(HouseRules()) == Findings()
    assert pause.guard(situation()) == Findings()


def test_illegal_transition_is_refused_with_what_may_follow() -> None:
    found = only(Pause(campaign=C1).guard(situation(seen(State.STOPPED))))
    assert (found.rule, found.severity, found.field) == ("lifecycle.transition", Severity.ERROR, "state")
    assert (found.found, found.limit) == ("STOPPED", ("ACTIVE",))


@pytest.mark.parametrize("change", [Pause(campaign=C1), Resume(campaign=C1), Stop(campaign=C1)], ids=lambda c: c.kind)
def test_archived_campaign_takes_no_change(change: Pause | Resume | Stop) -> None:
    assert change.guard(situation(seen(State.ARCHIVED))).rules == ("lifecycle.transition",)


def test_locked_campaign_takes_no_change() -> None:
    found = Stop(campaign=C1).guard(situation(seen(locked=True)))
    assert found.rules == ("lifecycle.locked",)
    assert found.refused


def test_everything_that_is_wrong_is_told_at_once() -> None:
    other = Unfinished(entry=EntryId(9), kind="lifecycle.stop", by="ann", stage=Stage.OPEN)
    around = situation(
        seen(State.ARCHIVED, locked=True), abilities=frozenset(), active=3, active_limit=3, unfinished=(other,)
    )
    assert Resume(campaign=C1).guard(around).rules == (
        "lifecycle.unsupported",
        "lifecycle.locked",
        "lifecycle.transition",
        "lifecycle.fleet-limit",
        "lifecycle.unfinished",
    )


def test_state_already_held_finds_nothing_though_the_campaign_is_locked() -> None:
    pause = Pause(campaign=C1)
    paused = seen(State.PAUSED, locked=True)
    assert pause.already_so(paused)
    assert pause.guard(situation(paused)) == Findings()


def test_platform_without_a_pause_refuses_it_by_name() -> None:
    skills = frozenset({Ability.RESUME, Ability.STOP, Ability.FINISH_CALLS})
    found = only(Pause(campaign=C1).guard(situation(abilities=skills)))
    assert (found.rule, found.limit) == ("lifecycle.unsupported", ("pause",))
    assert Stop(campaign=C1).guard(situation(abilities=skills)) == Findings()


def test_change_needs_its_verb_its_drain_and_its_instant() -> None:
    assert Stop(campaign=C1, drain=Drain.DROP, effective_at=LATER).needs == {
        Ability.STOP, Ability.DROP_CALLS, Ability.EFFECTIVE_TIME,
    }  # fmt: skip
    assert Resume(campaign=C1).needs == {Ability.RESUME}


@pytest.mark.parametrize(
    ("effective_at", "severity"),
    [
        (NOW - timedelta(seconds=61), Severity.ERROR),
        (NOW - timedelta(seconds=60), Severity.INFO),
        (NOW, Severity.INFO),
        (NOW + timedelta(microseconds=1), None),
        (NOW + timedelta(days=366), None),
        (NOW + timedelta(days=366, seconds=1), Severity.ERROR),
    ],
)
def test_instant_is_near_and_not_past(effective_at: datetime, severity: Severity | None) -> None:
    found = Pause(campaign=C1, effective_at=effective_at).guard(situation())
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])
    assert set(found.rules) <= {"lifecycle.effective-time"}


def test_instant_without_an_offset_is_refused_before_anything_is_read() -> None:
    pause = Pause(campaign=C1, effective_at=datetime(2026, 6, 15, 14))  # noqa: DTZ001  # that is the point
    assert only(pause.validate(HouseRules())).rule == "lifecycle.effective-time"
    assert pause.guard(situation()).refused


def test_pending_transition_that_is_replaced_is_named() -> None:
    pending = Pending(state=State.STOPPED, effective_at=LATER, drain=Drain.FINISH)
    found = only(Pause(campaign=C1).guard(situation(seen(pending=pending))))
    assert (found.rule, found.severity) == ("lifecycle.effective-time", Severity.INFO)
    assert "STOPPED that is pending for 2026-06-15T13:00:00Z" in found.message


def test_later_instant_that_would_only_cancel_is_refused() -> None:
    pending = Pending(state=State.ACTIVE, effective_at=LATER, drain=Drain.FINISH)
    paused = seen(State.PAUSED, pending=pending)
    assert Pause(campaign=C1, effective_at=LATER).guard(situation(paused)).refused


@pytest.mark.parametrize(
    ("active", "limit", "refused"), [(2, 3, False), (3, 3, True), (None, 3, False), (3, None, False)]
)
def test_fleet_limit_counts_before_the_campaign_joins(active: int | None, limit: int | None, refused: bool) -> None:
    around = situation(seen(State.PAUSED), active=active, active_limit=limit)
    found = Resume(campaign=C1).guard(around)
    assert found.refused == refused
    if refused:
        assert (only(found).rule, only(found).found, only(found).limit) == ("lifecycle.fleet-limit", 3, 3)


def test_fleet_limit_of_a_later_resumption_is_told_only() -> None:
    around = situation(seen(State.PAUSED), active=3, active_limit=3)
    assert only(Resume(campaign=C1, effective_at=LATER).guard(around)).severity is Severity.INFO


def test_drop_that_comes_too_late_is_refused() -> None:
    found = only(Pause(campaign=C1, drain=Drain.DROP).guard(situation(seen(State.PAUSED, drained=False))))
    assert (found.rule, found.severity) == ("lifecycle.transition", Severity.ERROR)
    assert "no longer be dropped" in found.message


def test_fleet_limit_never_holds_up_a_stop() -> None:
    assert Stop(campaign=C1).guard(situation(active=9, active_limit=3)) == Findings()


def test_stop_does_not_give_way_to_somebody_who_resumes_but_a_resumption_gives_way_to_anybody() -> None:
    resuming = Unfinished(entry=EntryId(17), kind="lifecycle.resume", by="ann", stage=Stage.OPEN)
    assert not Stop(campaign=C1).guard(situation(unfinished=(resuming,))).refused
    paused = situation(seen(State.PAUSED), unfinished=(resuming,))
    assert Resume(campaign=C1).guard(paused).rules == ("lifecycle.unfinished",)


@pytest.mark.parametrize(("stage", "refused"), [(Stage.OPEN, True), (Stage.IN_DOUBT, False), (Stage.SETTLING, False)])
def test_only_a_change_that_somebody_is_at_refuses_another(stage: Stage, refused: bool) -> None:
    other = Unfinished(entry=EntryId(17), kind="lifecycle.pause", by="ann", stage=stage, stops=True)
    found = Stop(campaign=C1).guard(situation(unfinished=(other,)))
    assert only(found).rule == "lifecycle.unfinished"
    assert only(found).found == 17
    assert found.refused == refused


def test_agents_that_lose_their_calls_are_told() -> None:
    found = only(Stop(campaign=C1).guard(situation(seen(agents=48))))
    assert (found.rule, found.severity, found.found) == ("lifecycle.agents", Severity.INFO, 48)


def test_drop_tells_how_many_calls_it_cuts() -> None:
    live = LiveCalls(ringing=3, waiting=2, connected=40)
    found = only(Stop(campaign=C1, drain=Drain.DROP).guard(situation(live=live)))
    assert (found.rule, found.found) == ("lifecycle.drop", 5)
    assert Stop(campaign=C1).guard(situation(live=live)) == Findings()
