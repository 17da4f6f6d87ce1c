"""Drift is told exactly once, with both values, whoever saw it first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed
from paceline.control.drifts import DRIFT, Drifts
from paceline.control.fleet.fleet import Target
from paceline.control.meanwhile import Meanwhile
from paceline.ledger.entry import Query
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, TenantId, campaign_id
from tests.contract.later import later
from tests.contract.systems import ACTIVE, PAUSE, PAUSED, STARTED, STOP, STOPPED, Office

_NUMBERS = count(1)


def noted(system: System, campaign: CampaignId = ACTIVE) -> list[tuple[int, Any, Any]]:
    """The drift that was told of a campaign: the revision it led to, and both values of its state."""
    found: list[tuple[int, Any, Any]] = []
    for entry in system.book.entries(Query(campaign=campaign, kind=DRIFT)):
        details: Any = entry.rows[0].document["details"]
        states = [(one["limit"], one["found"]) for one in details["findings"] if one["field"] == "status"]
        found.append((details["revision"], *states[0]))
    return found


LOOKS: dict[str, Callable[[System], object]] = {
    "the list of many": lambda system: system.fleet.find(Target(everything=True)),
    "an explanation": lambda system: system.explain(ACTIVE),
    "a plan": lambda system: later(system, STOP),
    "a change of ours that comes next": lambda system: system.run(STOP),
    "a dry run": lambda system: system.run(STOP, dry_run=True),
    "another change that is refused": lambda system: system.run(Pause(campaign=ACTIVE), if_revision="42"),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_drift_that_another_look_saw_first_is_told_once(office: Office, look: Callable[[System], object]) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    assert ada.worker.once().drifts == ()
    office.outside(PAUSE)
    look(bob)
    told = [*bob.worker.once().drifts, *ada.worker.once().drifts, *bob.worker.once().drifts]
    assert [one.campaign for one in told] == [ACTIVE]
    assert noted(ada) == [(43, "ACTIVE", "PAUSED")]


def test_each_of_several_drifts_that_were_seen_is_told_with_its_own_values(office: Office) -> None:
    ada = office.system()
    ada.worker.once()
    for change in (PAUSE, Stop(campaign=ACTIVE), Resume(campaign=ACTIVE)):
        office.outside(change)
        office.emulated.advance(1)
        ada.explain(ACTIVE)
    assert len(ada.worker.once().drifts) == 3
    assert noted(ada) == [(43, "ACTIVE", "PAUSED"), (44, "PAUSED", "STOPPED"), (45, "STOPPED", "ACTIVE")]
    office.outside(PAUSE)
    assert len(ada.worker.once().drifts) == 1
    assert noted(ada)[3:] == [(46, "ACTIVE", "PAUSED")]


class Overtaken(Meanwhile):
    """Judges what differs, after somebody else has told it."""

    def __init__(self, system: System, other: System) -> None:
        super().__init__(system.recorder, system.readings)
        self.other = other

    def told(self, judged: Observed, now: Observed, **said: Any) -> Findings:
        assert len(self.other.watch.look_for_drift()) == 1
        return super().told(judged, now, **said)


def test_of_two_who_saw_the_same_drift_at_once_one_tells_it(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    ada.worker.once()
    office.outside(PAUSE)
    drifts = Drifts(recorder=bob.recorder, readings=bob.readings, meanwhile=Overtaken(bob, ada), actor=bob.actor)
    observed = bob.platform.read(ACTIVE)
    bob.recorder.saw([observed])
    assert drifts.told(observed) == ()
    assert len(noted(ada)) == 1


@pytest.mark.parametrize("seen_by_another", [True, False])
def test_what_the_platform_carries_out_for_us_later_is_no_drift(office: Office, seen_by_another: bool) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    ada.worker.once()
    assert ada.run(Stop(campaign=ACTIVE, effective_at=STARTED + timedelta(minutes=1))).word == "scheduled"
    office.emulated.advance(61)
    if seen_by_another:
        bob.explain(ACTIVE)
    # Whoever looks at all campaigns may come before whoever settles.
    assert ada.watch.look_for_drift() == ()
    ada.watch.settle()
    assert ada.watch.look_for_drift() == ()
    office.outside(Resume(campaign=ACTIVE))
    assert len(ada.watch.look_for_drift()) == 1


def test_what_somebody_withdrew_before_the_platform_carried_it_out_is_drift(office: Office) -> None:
    ada = office.system()
    ada.worker.once()
    due = STARTED + timedelta(minutes=1)
    assert ada.run(Stop(campaign=ACTIVE, effective_at=due)).word == "scheduled"
    office.outside(PAUSE)
    office.emulated.advance(61)
    assert len(ada.watch.look_for_drift()) == 1


def test_campaign_that_was_never_seen_before_has_not_drifted(office: Office) -> None:
    ada = office.system()
    office.outside(Resume(campaign=PAUSED))
    office.outside(Resume(campaign=STOPPED))
    assert ada.worker.once().drifts == ()


STEPS = st.lists(st.sampled_from(["outside", "ours", "find", "read", "ada", "bob"]), max_size=12)
NEXT = {"ACTIVE": Pause, "PAUSED": Stop, "STOPPED": Resume}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_change_made_outside_after_the_first_look_is_told_once_and_none_of_ours_is(
    desk: Office, steps: list[str]
) -> None:
    name = campaign_id(f"DRIFTS-{next(_NUMBERS)}")
    desk.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": "ACTIVE"})
    desk.tenant = TenantId(f"tenant-{name.lower()}")
    wide = desk.emulated.platform("wide")
    ada, bob = (desk.system(one, platform=wide) for one in ("ada", "bob"))
    ada.explain(name)
    strange: list[int] = []
    unseen = False
    for step in steps:
        shown = desk.emulated.shown(name)
        change = NEXT[shown["status"]](campaign=name)
        if step == "outside" and not unseen:
            wide.apply(wide.prepare(change, None), idempotency_key=f"outside-{next(_NUMBERS)}")
            strange.append(shown["revision"] + 1)
            # Two changes that nobody saw between are one drift; the walk leaves them apart.
            unseen = True
            continue
        unseen = unseen and step == "outside"
        if step == "ours":
            assert ada.run(change).word == "applied"
        elif step == "find":
            bob.fleet.find(Target(everything=True))
        elif step == "read":
            bob.explain(name)
        elif step in {"ada", "bob"}:
            (ada if step == "ada" else bob).watch.look_for_drift()
        desk.emulated.advance(1)
    bob.watch.look_for_drift()
    ada.watch.look_for_drift()
    assert [revision for revision, _, _ in noted(ada, name)] == strange
