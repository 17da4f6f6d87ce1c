"""Acts 7 and 8: what happens in mid-change. An answer is lost after its effect; a process is killed in a fleet stop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.cli.demo.doorway import doorway_to
from paceline.cli.demo.people import WEST
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, StoryError, check, finding_of, only
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.figures.sends import Sending, Sends, Sent, svg_of_sends
from paceline.ledger.book import OPEN
from paceline.ledger.entry import Entry, Query
from paceline.primitives.ids import CampaignId

PATIENCE_S = 60.0
"""How long a command may take until it is where it is killed, seconds."""
LOOK_S = 0.05
"""How often it is looked at whether the command has ended by itself, seconds."""
LOCKED = CampaignId("CMP-20003")
FLEET = tuple(CampaignId(f"CMP-3{number:04d}") for number in range(1, 60))
"""The campaigns that are started beside the locked one."""
ANSWERED, UNANSWERED = 24, 8
"""After so many answers no more arrive; so many requests are then under way at once, and the process is killed."""
_COMMAND = "import sys; from paceline.cli.main import main; sys.exit(main(sys.argv[1:]))"


def answer_is_lost(scene: Scene) -> Act:
    """Break the connection after the effect of a change; its answer is found again."""
    sent = len(scene.behind.changes(WEST))
    scene.behind.control("POST", "/faults", {"kind": "reset_after", "method": "PATCH"})
    resumed = scene.ada.run(Resume(campaign=WEST))
    scene.holds(resumed, word="applied", verdict="achieved", revision=9)
    scene.state(WEST, "ACTIVE")
    tries = scene.behind.changes(WEST)[sent:]
    check("keys of the tries", wanted=1, found=len({_key(one) for one in tries}))
    check("tries that the platform answered from memory", wanted=[False, True], found=[_replayed(one) for one in tries])
    return Act(
        title="The answer is lost, the change is not",
        word="applied once",
        does=f"ada resumes {WEST}, and the answer is lost after its effect",
        came=f"{resumed.word}; sent {len(tries)} times under one key, done once: revision 8 to 9 "
        f"(entry {resumed.entry})",
        outcomes=[resumed],
    )


def fleet_stop_is_killed(scene: Scene) -> Act:
    """Kill bob's stop of a fleet in the middle, say it once more, and count what the platform did for each campaign."""
    for campaign in FLEET:
        scene.behind.control("POST", "/campaigns", {"id": campaign, "status": "ACTIVE", "agents": 4})
    _kill_in_mid_fleet(scene)
    first = _reached(scene)
    check("campaigns that the killed command stopped", wanted=ANSWERED + UNANSWERED, found=len(first))
    left = list(scene.bob.book.entries(Query(outcome=OPEN)))
    check("entries that it left open", wanted=UNANSWERED, found=len(left))
    ended = _once_more(scene)
    every = _reached(scene)
    _each_once(scene, every)
    for entry in left:
        settled = scene.bob.book.read(entry.number)
        check(f"how entry {entry.number} ended", wanted=("applied", "achieved"), found=_ended(settled))
    check("entries that are open", wanted=[], found=scene.bob.book.unfinished())
    refused = only("refused items", (item for item in ended if item.word == "refused"))
    check("which one is refused", wanted=LOCKED, found=refused.change.campaign)
    applied = sum(item.word == "applied" for item in ended)
    return Act(
        title="Killed in the middle of a fleet stop",
        word="each once",
        does=f"bob's `paceline stop` of {len(FLEET) + 1} campaigns is killed (kill -9) with {UNANSWERED} requests on "
        "their way, and he says it once more",
        came=f"{len(first)} were stopped by then, {UNANSWERED} of them without anybody here knowing: these are settled "
        f"first, by their keys; {applied} are stopped now, {refused.word} is one "
        f"({finding_of(refused, 'lifecycle.locked')}); the platform's journal has each of {len(FLEET)} stopped once",
        outcomes=ended,
        pictures=[svg_of_sends(_picture(first, every))],
    )


def _kill_in_mid_fleet(scene: Scene) -> None:
    with doorway_to(scene.environment["PACELINE_API_URL"], passing=ANSWERED, holding=UNANSWERED) as doorway:
        command = subprocess.Popen(  # noqa: S603  # our own interpreter and command
            [sys.executable, "-c", _COMMAND, "stop", LOCKED, *FLEET, "--yes"],
            cwd=scene.folder,
            env={**scene.environment, "PACELINE_API_URL": doorway.url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            for _ in range(round(PATIENCE_S / LOOK_S)):
                if doorway.held.wait(LOOK_S) or command.poll() is not None:
                    break
        finally:
            command.kill()
            _, said = command.communicate()
    if not doorway.held.is_set():
        raise StoryError(f"a command of bob's was to be killed in mid-change, and did not come so far: {said[:500]}")


def _once_more(scene: Scene) -> Sequence[Outcome]:
    found = scene.bob.fleet.find(Target(named=(LOCKED, *FLEET)), lane=Lane.STOPPING)
    order = Order(actor=scene.bob.actor, reason="the evening")
    stopped = scene.bob.fleet.run(found, lambda campaign: Stop(campaign=campaign), order)
    known = ANSWERED + UNANSWERED
    wanted = {"applied": len(FLEET) - known, "unchanged": known, "refused": 1}
    check("the items", wanted=wanted, found=dict(stopped.summary))
    for item in stopped.items:
        scene.state(item.change.campaign, "ACTIVE" if item.change.campaign == LOCKED else "STOPPED")
    return stopped.items


def _each_once(scene: Scene, every: Sequence[Mapping[str, Any]]) -> None:
    """Hold the platform's journal against what is told: one effect for each campaign, and none for the locked one."""
    done = sorted(_campaign(one) for one in every if one["status"] == 200 and not _replayed(one))
    check("campaigns that the platform stopped, each as often as it did", wanted=sorted(FLEET), found=done)
    again = [one for one in every if _replayed(one)]
    check("requests that it answered from memory", wanted=UNANSWERED, found=len(again))
    check("requests for the locked one", wanted=[], found=scene.behind.changes(LOCKED))


def _reached(scene: Scene) -> list[dict[str, Any]]:
    return scene.behind.changes(CampaignId("CMP-3*"))


def _picture(first: Sequence[Mapping[str, Any]], every: Sequence[Mapping[str, Any]]) -> Sends:
    again = {_campaign(one) for one in every if _replayed(one)}
    sent = [
        Sent(
            campaign=_campaign(one),
            became=Sending.AGAIN if _replayed(one) else Sending.LOST if _campaign(one) in again else Sending.ANSWERED,
        )
        for one in every
    ]
    title = f"Every request to stop one of {len(FLEET)} campaigns, in the order in which they reached the platform"
    return Sends(title=title, campaigns=FLEET, sent=sent, broken=len(first), what="kill -9; the same command again")


def _campaign(entry: Mapping[str, Any]) -> CampaignId:
    return CampaignId(str(entry["path"]).rpartition("/")[2])


def _ended(entry: Entry) -> tuple[str | None, str | None]:
    return entry.outcome, entry.verdict


def _key(entry: Mapping[str, Any]) -> object:
    return entry["request"]["headers"].get("idempotency-key")


def _replayed(entry: Mapping[str, Any]) -> bool:
    """Return whether the platform answered a request as it had answered it before, without doing anything."""
    headers = {name.lower(): value for name, value in (entry["answer"] or {}).get("headers", {}).items()}
    return headers.get("idempotent-replayed") == "true"
