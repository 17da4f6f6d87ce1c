"""Acts 1 to 5: people at work. They look, pause with a drain, are refused, and meet each other and somebody outside."""

from __future__ import annotations

from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed
from paceline.cli.demo.behind import CONSOLE
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, finding_of, only
from paceline.control.draining import Limit
from paceline.control.fleet.fleet import Target
from paceline.control.meanwhile import OUTSIDE
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.ledger.entry import Query
from paceline.primitives.ids import CampaignId

EAST, WEST, SOUTH = CampaignId("CMP-12345"), CampaignId("CMP-20001"), CampaignId("CMP-20002")
CALLS_S = (20, 45, 90)
"""After how many seconds each call in flight ends."""


def campaigns_are_listed(scene: Scene) -> Act:
    """List the campaigns; what was seen is kept in the ledger."""
    found = scene.ada.fleet.find(Target(everything=True))
    check("campaigns that cannot be read", wanted=(), found=found.unreadable)
    seen = [observed for observed in found.campaigns.values() if observed is not None]
    for observed in seen:
        scene.state(observed.campaign, observed.state.value)
    check("the campaigns that were listed", wanted=5, found=len(seen))
    return Act(
        title="The campaigns as they stand",
        word="listed",
        does="ada lists the campaigns",
        came=", ".join(_named(observed) for observed in seen),
    )


def pause_drains(scene: Scene) -> Act:
    """Pause while calls are in flight, and look again when they have ended."""
    calls = [{"state": "connected", "secondsLeft": seconds} for seconds in CALLS_S]
    scene.behind.control("PATCH", f"/campaigns/{EAST}", {"callsInFlight": calls})
    paused = scene.ada.run(Pause(campaign=EAST), reason="lunch")
    scene.holds(paused, word="applied", verdict="settling", revision=43)
    scene.state(EAST, "PAUSED")
    check("whether the queue is empty yet", wanted=False, found=_drained(scene, EAST))
    scene.behind.control("PUT", "/clock", {"advanceSeconds": max(CALLS_S)})
    later = scene.ada.draining.waited_for(paused, Limit(here_s=30.0))
    scene.holds(later, word="applied", verdict="achieved", revision=43)
    check("whether the queue is empty", wanted=True, found=_drained(scene, EAST))
    entry = only("entries of the pause", scene.ada.book.entries(Query(campaign=EAST)))
    check("its number", wanted=paused.entry, found=entry.number)
    steps = ", ".join(row.step.value for row in entry.rows)
    check("the rows of the entry", wanted="opened, intent, closed, verdict", found=steps)
    came = f"{paused.word}, {paused.verdict} while they end; {max(CALLS_S)} s later {later.verdict}"
    return Act(
        title="A pause that lets its calls end",
        word="applied",
        does=f"ada pauses {EAST} with {len(CALLS_S)} calls in flight",
        came=f"{came} (revision 42 to 43, entry {entry.number}: {steps})",
        outcomes=[paused],
    )


def transition_is_refused(scene: Scene) -> Act:
    """Ask for what the transition table does not know."""
    refused = scene.bob.run(Pause(campaign=SOUTH))
    scene.holds(refused, word="refused", revision=3)
    check("requests to change the campaign", wanted=[], found=scene.behind.changes(SOUTH))
    found = only("refusals", (one for one in refused.findings if one.rule == "lifecycle.transition"))
    check("what is allowed", wanted=("ACTIVE",), found=found.limit)
    return Act(
        title="What cannot be costs no request",
        word="refused",
        does=f"bob pauses {SOUTH}",
        came=f"{refused.word}: {found.message}, only ACTIVE; nothing was sent (entry {refused.entry})",
        outcomes=[refused],
    )


def operators_conflict(scene: Scene) -> Act:
    """Let bob act on what he saw before ada changed it: his resume is given up, his stop goes through."""
    looked = scene.bob.platform.read(EAST)
    hers = scene.ada.run(Resume(campaign=EAST))
    scene.holds(hers, word="applied", verdict="achieved", revision=44)
    sent = len(scene.behind.changes(EAST))
    resumed = scene.bob.run(Resume(campaign=EAST), if_revision=str(looked.revision))
    scene.holds(resumed, word="conflicted", revision=44)
    check("requests that bob's resume has sent", wanted=sent, found=len(scene.behind.changes(EAST)))
    _names(resumed, field="status", was="PAUSED", now="ACTIVE", by=f"ada (entry {hers.entry})")
    stopped = scene.bob.corridor.run(Stop(campaign=EAST), Order(actor=scene.bob.actor), seen=looked)
    scene.holds(stopped, word="applied", verdict="achieved", revision=45)
    _names(stopped, field="status", was="PAUSED", now="ACTIVE", by=f"ada (entry {hers.entry})")
    answers = [entry["status"] for entry in scene.behind.changes(EAST)[sent:]]
    check("the answers to bob's stop", wanted=[409, 200], found=answers)
    return Act(
        title="Two people, one campaign",
        word="in conflict",
        does=f"bob resumes {EAST} as he saw it, at revision {looked.revision}",
        came=f"{resumed.word}: {finding_of(resumed, 'change.conflict')}; his stop on the same view meets "
        f"{answers[0]}, is judged again, tells him the same, and is {stopped.word} (revision 44 to 45)",
        outcomes=[hers, resumed, stopped],
    )


def outsider_edits(scene: Scene) -> Act:
    """Let somebody who does not use paceline change a campaign that ada has looked at."""
    looked = scene.ada.platform.read(WEST)
    made = scene.behind.edit(WEST, {"status": "STOPPED"})
    check("the revision that the edit made", wanted=8, found=made["revision"])
    resumed = scene.ada.run(Resume(campaign=WEST), if_revision=str(looked.revision))
    scene.holds(resumed, word="conflicted", revision=8)
    _names(resumed, field="status", was="PAUSED", now="STOPPED", by=OUTSIDE)
    senders = [entry["client"] for entry in scene.behind.changes(WEST)]
    check("who has sent changes", wanted=[CONSOLE], found=senders)
    return Act(
        title="Somebody outside was faster",
        word="in conflict",
        does=f"somebody stops {WEST} by another program, and ada resumes it as she saw it",
        came=f"{resumed.word}: {finding_of(resumed, 'change.conflict')}",
        outcomes=[resumed],
    )


def _named(observed: Observed) -> str:
    return f"{observed.campaign} {observed.state.value}{' and locked' if observed.locked else ''}"


def _drained(scene: Scene, campaign: CampaignId) -> object:
    return scene.behind.shown(campaign)["queueDrained"]


def _names(outcome: Outcome, *, field: str, was: str, now: str, by: str) -> None:
    named = [(one.field, one.limit, one.found, one.source) for one in outcome.findings if one.rule == "change.conflict"]
    check("the field, both values, and who changed it", wanted=[(field, was, now, by)], found=named)
