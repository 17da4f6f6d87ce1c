"""Simulations of the platform: what is simulated is fixed when one is asked for, and played when somebody looks.

Rules:
* A simulation is of the campaign as it was when it was asked for: agents, blocks, schedule and the world it dials into.
  Its status, lock, windows and list so far do not matter.
* It runs for its seconds of the platform's clock and is COMPLETED after them. A campaign without agents, or that was
  never told how to dial, cannot be simulated: FAILED at once, with the reason.
"""

from __future__ import annotations

from dataclasses import replace

from paceline.emulator.dialer.orders import told_how
from paceline.emulator.dialer.trial import play
from paceline.emulator.instants import SECOND
from paceline.emulator.tenant import Campaign, Json, Schedule, Simulation
from paceline.emulator.world import World

NO_AGENTS = "the campaign has no agents, so that there is nothing to simulate"
NOT_TOLD = "the campaign has neither dialing rules nor predictive parameters, so that there is nothing to simulate"


def begin(world: World, campaign: Campaign, kind: str, duration_s: int, now: int) -> Simulation:
    """Put a new simulation of a campaign; locked and archived ones too."""
    simulation = Simulation(
        id=world.mint_uuid("simulation"),
        tenant=campaign.tenant,
        campaign=campaign.id,
        kind=kind,
        duration_s=duration_s,
        at=now,
        subject={
            "agents": campaign.agents,
            "blocks": dict(campaign.blocks),
            "dialer": dict(campaign.dialer),
            "schedule": None if campaign.schedule is None else campaign.schedule.body,
        },
    )
    world.simulations.put(simulation.id, simulation)
    return simulation


def why_failed(simulation: Simulation) -> str | None:
    """Return why a simulation cannot be played, None where it can."""
    subject = _subject(simulation)
    if not told_how(subject):
        return NOT_TOLD
    return None if subject.agents > 0 else NO_AGENTS


def result_of(world: World, simulation: Simulation, now: int) -> Json | None:
    """Return the result, played once the simulation's seconds are over; None before."""
    if simulation.result is not None or now < simulation.at + simulation.duration_s * SECOND:
        return simulation.result
    result = play(_subject(simulation), simulation.at, simulation.duration_s, f"{world.seed}:{simulation.id}")
    world.simulations.put(simulation.id, replace(simulation, result=result))
    return result


def _subject(simulation: Simulation) -> Campaign:
    """Return the campaign as it was when the simulation was asked for."""
    given = simulation.subject or {"agents": 0, "blocks": {}, "dialer": {}, "schedule": None}
    schedule = None if given["schedule"] is None else Schedule(id="", number=1, body=given["schedule"])
    return Campaign(
        id=simulation.campaign, tenant=simulation.tenant, name="", agents=given["agents"], blocks=given["blocks"],
        dialer=given["dialer"], schedule=schedule,
    )  # fmt: skip
