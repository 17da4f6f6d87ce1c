"""Act 8: sixty campaigns are stopped at once, by one read of the list and one request each."""

from __future__ import annotations

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Stop
from paceline.campaign.observed import State
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, finding_of, only
from paceline.control.fleet import Target
from paceline.control.order import Order
from paceline.primitives.ids import CampaignId

LOCKED = CampaignId("CMP-20003")
MORE = 59
"""How many campaigns are started beside the locked one."""


def fleet_is_stopped(scene: Scene) -> Act:
    """Stop all that is active; the one that is locked is an item that was refused."""
    for number in range(1, MORE + 1):
        fresh = {"id": f"CMP-3{number:04d}", "status": "ACTIVE", "agents": 4}
        scene.behind.control("POST", "/campaigns", fresh)
    before = scene.behind.journal()["total"]
    found = scene.ada.fleet.find(Target(state=State.ACTIVE), lane=Lane.STOPPING)
    check("campaigns that are active", wanted=MORE + 1, found=len(found))
    order = Order(actor=scene.ada.actor, reason="the evening")
    stopped = scene.ada.fleet.run(found, lambda campaign: Stop(campaign=campaign), order)
    check("the items", wanted={"applied": MORE, "refused": 1}, found=dict(stopped.summary))
    reached = scene.behind.journal()["total"] - before
    check("requests that reached the platform, and that were told", wanted=reached, found=stopped.requests)
    for item in stopped.items:
        scene.state(item.change.campaign, "ACTIVE" if item.change.campaign == LOCKED else "STOPPED")
    refused = only("refused items", (item for item in stopped.items if item.word == "refused"))
    check("which one is refused", wanted=LOCKED, found=refused.change.campaign)
    each = stopped.requests / len(stopped.items)
    return Act(
        does=f"ada stops all {len(stopped.items)} active campaigns",
        came=f"{stopped.summary['applied']} applied, {stopped.summary['refused']} refused "
        f"({finding_of(refused, 'lifecycle.locked')}); {stopped.requests} requests, {each:.2f} for each campaign, "
        "the list read included",
        outcomes=stopped.items,
    )
