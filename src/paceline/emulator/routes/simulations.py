"""Simulations: asked for, and read again."""

from __future__ import annotations

from paceline.emulator import blocks
from paceline.emulator.documents import simulation_document
from paceline.emulator.forms import Block, Choice, Integer
from paceline.emulator.messages import Answer, answer, refusal
from paceline.emulator.operation import READ, SIMULATE, Exchange, Operation
from paceline.emulator.schemas import ref
from paceline.emulator.simulating import begin
from paceline.emulator.tenant import Campaign
from paceline.emulator.world import World

KIND = "predictive_weight_validation"
AUTOMATIC_S = 300
"""How long a simulation lasts that a change of weights starts, seconds of the platform's clock."""

BODY = Block({"campaignId": blocks.CAMPAIGN_ID, "simulationType": Choice((KIND,)), "durationSeconds": Integer(1, 3600)})


def begin_automatic(world: World, campaign: Campaign, now: int) -> None:
    """Put the simulation that a change of weights starts by itself where `simulationTrigger` is `automatic`."""
    if campaign.blocks.get("configuration", {}).get("simulationTrigger") == "automatic":
        begin(world, campaign, KIND, AUTOMATIC_S, now)


def start_simulation(exchange: Exchange) -> Answer:
    """Accept a simulation of one of the tenant's campaigns."""
    document, world = exchange.document, exchange.world
    campaign = world.campaigns.get(document["campaignId"])
    if campaign is None:
        return refusal(404, "not_found", f"there is no campaign {document['campaignId']}")
    if exchange.client is None or campaign.tenant != exchange.client.tenant:
        return refusal(403, "forbidden", f"{campaign.id} belongs to another tenant")
    simulation = begin(world, campaign, document["simulationType"], document["durationSeconds"], exchange.now)
    accepted = simulation_document(world, simulation, exchange.now)
    accepted = {name: accepted[name] for name in ("id", "campaignId", "simulationType", "durationSeconds")}
    place = (("Location", f"/api/v2/outbound/campaigns/simulations/{simulation.id}"),)
    return answer(202, {**accepted, "status": "RUNNING"}, place)


def read_simulation(exchange: Exchange) -> Answer:
    """Answer with how a simulation stands."""
    if exchange.simulation is None:
        raise LookupError("the address names no simulation")
    return answer(200, simulation_document(exchange.world, exchange.simulation, exchange.now))


OPERATIONS = (
    Operation(
        name="startSimulation", method="POST", path="/api/v2/outbound/campaigns/simulations",
        summary="Simulate a campaign's weights", answer=start_simulation, success={202: ref("SimulationAccepted")},
        scopes=SIMULATE, body=BODY, refuses=(409,),
    ),
    Operation(
        name="readSimulation", method="GET", path="/api/v2/outbound/campaigns/simulations/{simulation}",
        summary="Read a simulation", answer=read_simulation, success={200: ref("Simulation")}, scopes=READ,
    ),
)  # fmt: skip
"""Every operation on simulations."""
