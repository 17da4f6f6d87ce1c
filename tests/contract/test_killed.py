"""A process is killed at each moment of its walk, and the same command is run again: one effect, one closed entry each.

What the platform does meanwhile: it answers; it resets the connection before a change has its effect; or after it.
"""

from __future__ import annotations

from typing import Any

import pytest

from paceline.campaign.lifecycle.changes import Stop
from paceline.primitives.clock import MachineClock, ManualClock
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database
from tests.contract.emulated import Emulated
from tests.contract.killing import LEASE_S, Killer
from tests.contract.scenes import OVER_S, REVISION, WALL_NS, Case, Scene, cases
from tests.contract.walker import follow


@pytest.fixture
def scene(request: pytest.FixtureRequest, crowded: Emulated, place: tuple[str, Database], killer: Killer) -> Scene:
    case = request.node.callspec.params.get("case")
    return Scene(crowded, *place, killer, "lifecycle.pause" if case is None else case.kind)


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_change_of_a_killed_process_has_one_effect_and_one_closed_entry_after_a_rerun(scene: Scene, case: Case) -> None:
    if case.fault is not None:
        scene.fault(case.fault, None if case.lasting else 1)
    scene.killed(case.moment)
    if case.lasting:
        scene.platform.control("DELETE", "/faults")
    outcome = scene.again()
    assert (outcome.word, outcome.verdict) == (("unchanged", None) if case.has_effect else ("applied", "achieved")), (
        outcome.document()
    )
    first, second = scene.entries()
    assert (first.actor.name, first.outcome, second.actor.name) == ("ada", case.word, "bob")
    assert second.outcome == outcome.word
    made = first if case.has_effect else second
    assert scene.maker() == made.number
    assert len(scene.effects()) == 1
    intent = made.intent
    assert intent is not None
    assert scene.effects() == [intent["key"]]
    if case.word == "failed":
        assert first.closed is not None
        details: Any = first.closed.document["details"]
        assert details["error"]["code"] == "interrupted"
    if case.word == "in_doubt":
        verdict: Any = first.rows[-1].document["details"]
        assert verdict["happened"] is case.has_effect


SETTLING = [
    *(("unsent", moment) for moment in ("validate", "lost", "found", "verify", "close", "settle")),
    *(("answered", moment) for moment in ("lost", "unsent", "answered", "found", "verify", "close", "settle")),
]
"""Where the first process died, and where the second one does, most of them while it settles what the first left."""


@pytest.mark.parametrize(("first_moment", "moment"), SETTLING)
def test_process_that_dies_while_it_settles_for_another_leaves_both_to_the_next(
    scene: Scene, first_moment: str, moment: str
) -> None:
    scene.killed(first_moment)
    scene.killed(moment, actor="eve", wall_ns=WALL_NS + round(OVER_S * 1e9), settles_first=False)
    has_effect = first_moment == "answered"
    outcome = scene.again(clock=ManualClock(wall_ns=WALL_NS + round(2 * OVER_S * 1e9)))
    assert outcome.word == ("unchanged" if has_effect else "applied")
    first, second, third = scene.entries()
    assert [entry.actor.name for entry in (first, second, third)] == ["ada", "eve", "bob"]
    assert (first.outcome, second.outcome) == ("applied" if has_effect else "failed", "failed")
    assert scene.maker() == (first if has_effect else third).number
    assert len(scene.effects()) == 1


def test_rerun_waits_for_the_lease_of_the_dead_by_the_real_clock(scene: Scene) -> None:
    scene.killed("answered", wall_ns=None, lease_s=0.3)
    assert scene.again(clock=MachineClock(), lease_s=0.3).word == "unchanged"
    first, second = scene.entries()
    assert (first.outcome, second.outcome) == ("applied", "unchanged")
    assert scene.maker() == first.number


def test_many_dead_are_waited_for_as_long_as_one(scene: Scene) -> None:
    for _ in range(3):
        scene.killed("validate")
    clock = ManualClock(wall_ns=WALL_NS)
    assert scene.again(clock=clock).word == "applied"
    assert LEASE_S <= clock.running_ns() / 1e9 < LEASE_S + 1
    assert [entry.outcome for entry in scene.entries()] == ["failed", "failed", "failed", "applied"]


def test_stop_that_is_killed_before_it_settled_a_dead_resumption_leaves_it_to_the_next(scene: Scene) -> None:
    scene.campaign = CampaignId(scene.campaign.replace("ACTIVE", "PAUSED"))
    scene.killed("answered", kind="lifecycle.resume")
    late_ns = WALL_NS + round(OVER_S * 1e9)
    scene.killed("close", kind="lifecycle.stop", actor="eve", wall_ns=late_ns)
    scene.change = Stop(campaign=scene.campaign)
    assert scene.again(clock=ManualClock(wall_ns=late_ns + round(OVER_S * 1e9))).word == "unchanged"
    resumed, stopped, again = scene.entries()
    assert [one.outcome for one in (resumed, stopped, again)] == ["applied", "applied", "unchanged"]
    assert scene.platform.shown(scene.campaign)["revision"] == REVISION + 2
    with scene.system() as system:
        made = {one.revision: one.made_by for one in system.readings.sightings(scene.campaign)}
    assert made[str(REVISION + 1)] == resumed.number
    assert made[str(REVISION + 2)] == stopped.number


@pytest.mark.parametrize("fault", ["reset_before", "reset_after"])
def test_platform_that_is_still_away_when_the_dead_are_settled_leaves_a_doubt_to_the_next(
    scene: Scene, fault: str
) -> None:
    scene.fault(fault, None)
    scene.killed("unanswered")
    doubtful = scene.again()
    scene.platform.control("DELETE", "/faults")
    assert doubtful.word == ("in_doubt" if fault == "reset_before" else "unchanged")
    with scene.system(clock=ManualClock(wall_ns=WALL_NS + round(2 * OVER_S * 1e9))) as system:
        last = system.run(scene.change)
    assert last.word == ("applied" if fault == "reset_before" else "unchanged")
    first, second, third = scene.entries()
    assert scene.maker() == (third if fault == "reset_before" else first).number
    assert first.outcome == ("failed" if fault == "reset_before" else "in_doubt")
    assert second.outcome == doubtful.word
    assert len(scene.effects()) == 1


def test_two_who_clear_up_the_same_doubt_say_so_once(scene: Scene) -> None:
    scene.fault("reset_after", None)
    scene.killed("close")
    scene.platform.control("DELETE", "/faults")
    with scene.system() as one, scene.system() as other:
        left = [scene.change]

        def reached(moment: str) -> None:
            if moment == "found" and left:
                other.run(left.pop())

        follow(one, reached)
        one.run(scene.change)
    assert left == []
    assert [row.step.value for row in scene.entries()[0].rows] == ["opened", "intent", "closed", "verdict"]
