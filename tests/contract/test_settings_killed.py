"""A process is killed while it sets a schedule, rules or weights, and the same command is run again: one effect."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paceline.campaign.blocks import DialingMode
from paceline.campaign.catalogue import document_of
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.changes import SetWeights
from paceline.control.order import Order
from paceline.storage.database import Database
from tests.contract.emulated import Emulated
from tests.contract.killing import Killer
from tests.contract.scenes import Scene
from tests.contract.set_up import FLORIDA, WHOLE
from tests.contract.weighed import Scripted
from tests.unit.campaign.weights.evidences import GOOD

RULES = SetDialingRules(
    campaign=WHOLE.campaign,
    mode=DialingMode.PROGRESSIVE,
    attempt_limit=2,
    retry_intervals_min=(240,),
    abandonment_threshold=Decimal("0.03"),
    cool_down_s=60,
    calls_per_agent=1,
)
WEIGHTS = SetWeights(
    campaign=WHOLE.campaign,
    algorithm="adaptive-v2",
    parameters={"answer_rate": Decimal("0.1")},
    validation_split=Decimal("0.8"),
    deviation_limit=Decimal("0.2"),
    convergence=Decimal("0.05"),
    enabled=True,
    drift_protection=True,
)
MOMENTS = [("unsent", None), ("answered", None), ("verify", None), ("unanswered", "reset_after"), ("close", None)]


@pytest.mark.parametrize("change", [WHOLE, RULES], ids=lambda one: str(one.kind))
@pytest.mark.parametrize(("moment", "fault"), MOMENTS, ids=str)
def test_settings_of_a_killed_process_have_one_effect_and_one_closed_entry_after_a_rerun(
    crowded: Emulated,
    place: tuple[str, Database],
    killer: Killer,
    change: SetSchedule | SetDialingRules,
    moment: str,
    fault: str | None,
) -> None:
    method = "PUT" if isinstance(change, SetSchedule) else "PATCH"
    scene = Scene(crowded, *place, killer, "lifecycle.pause")
    wanted = replace(change, campaign=scene.campaign)
    with scene.system() as system:
        system.facts.declare(scene.campaign, dict(FLORIDA), Order(actor=system.actor))
    if fault is not None:
        crowded.order(fault, method=method, path=f"*/{scene.campaign}*", times=1)
    scene.killed(moment, change=document_of(wanted))
    with scene.system() as system:
        outcome = system.run(wanted)
        seen = {one.revision: one.made_by for one in system.readings.sightings(scene.campaign, _part(wanted))}
    happened = moment != "unsent"
    assert outcome.word == ("unchanged" if happened else "applied"), outcome.document()
    first, second = [entry for entry in scene.entries() if entry.kind == wanted.kind]
    assert (first.outcome, second.outcome) == (("applied", "unchanged") if happened else ("failed", "applied"))
    assert [made for made in seen.values() if made is not None] == [(first if happened else second).number]
    assert effects(crowded, method, scene.campaign) == 1


@pytest.mark.parametrize("moment", ["simulated", "unsent", "answered"])
def test_weights_of_a_killed_process_leave_one_simulation_for_each_command_that_changes_something_and_one_effect(
    crowded: Emulated, place: tuple[str, Database], killer: Killer, moment: str
) -> None:
    scene = Scene(crowded, *place, killer, "lifecycle.pause")
    wanted = replace(WEIGHTS, campaign=scene.campaign)
    with scene.system() as system:
        system.facts.declare(scene.campaign, dict(FLORIDA), Order(actor=system.actor))
    scene.killed(moment, change=document_of(wanted), weighs=True)
    assert len(simulations(crowded, scene.campaign)) == 1
    with scene.system(weigher=Scripted) as system:
        outcome = system.run(wanted)
    happened = moment == "answered"
    assert outcome.word == ("unchanged" if happened else "applied"), outcome.document()
    first, second = [entry for entry in scene.entries() if entry.kind == wanted.kind]
    assert (first.outcome, second.outcome) == (("applied", "unchanged") if happened else ("failed", "applied"))
    assert effects(crowded, "PUT", scene.campaign) == 1
    assert len(set(simulations(crowded, scene.campaign))) == (1 if happened else 2), "what changes nothing costs none"
    said: Any = {} if first.closed is None else first.closed.document["details"]
    assert ("evidence" in said, "simulation" in said) == (moment != "simulated", moment != "simulated")
    if happened:
        assert said["evidence"] == GOOD.document()
        assert said["simulation"]["id"]


def simulations(crowded: Emulated, campaign: str) -> list[str]:
    """The keys under which the platform was asked to simulate a campaign."""
    asked = crowded.entries(method="POST", path="*/simulations")
    return [
        entry["request"]["headers"]["idempotency-key"]
        for entry in asked
        if json.loads(entry["request"]["body"])["campaignId"] == campaign
    ]


def _part(change: SetSchedule | SetDialingRules) -> str | None:
    return "schedule" if isinstance(change, SetSchedule) else None


def effects(crowded: Emulated, method: str, campaign: str) -> int:
    """How many requests had an effect, and were not only answered as before."""
    sent = crowded.entries(method=method, path=f"*/{campaign}*")
    return sum(
        entry["status"] == 200 and "Idempotent-Replayed" not in entry["answer"]["headers"]
        for entry in sent
        if "headers" in entry["answer"]
    )
