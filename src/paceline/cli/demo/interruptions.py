"""Acts 6 and 7: what happens in mid-change. An answer is lost after its effect, a process is killed before it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.cli.demo.doorway import doorway_to
from paceline.cli.demo.people import WEST
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, StoryError, check, only
from paceline.ledger.book import OPEN
from paceline.ledger.entry import Query

PATIENCE_S = 60.0
"""How long a command may take until the platform has answered it, seconds."""
LOOK_S = 0.1
"""How often it is looked at whether the command has ended by itself, seconds."""
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
        does=f"ada resumes {WEST}, and the answer is lost after its effect",
        came=f"{resumed.word}; sent {len(tries)} times under one key, done once: revision 8 to 9 "
        f"(entry {resumed.entry})",
        outcomes=[resumed],
    )


def process_is_killed(scene: Scene) -> Act:
    """Kill a command of bob's between its effect and its answer; ada's command settles what it left."""
    sent = len(scene.behind.changes(WEST))
    _kill_in_mid_change(scene)
    left = only("entries that were left open", scene.ada.book.entries(Query(campaign=WEST, outcome=OPEN)))
    check("the rows that were left", wanted=["opened", "intent"], found=[row.step.value for row in left.rows])
    stopped = scene.ada.run(Stop(campaign=WEST))
    scene.holds(stopped, word="unchanged", revision=10)
    scene.state(WEST, "STOPPED")
    settled = scene.ada.book.read(left.number)
    check("how the entry that was left ended", wanted=("applied", "achieved"), found=(settled.outcome, settled.verdict))
    check("entries that are open", wanted=[], found=scene.ada.book.unfinished())
    tries = scene.behind.changes(WEST)[sent:]
    check("tries that the platform answered from memory", wanted=[False, True], found=[_replayed(one) for one in tries])
    kept = None if settled.intent is None else settled.intent["key"]
    check("keys of the tries", wanted={kept}, found={_key(one) for one in tries})
    return Act(
        does=f"bob's `paceline stop {WEST}` is killed (kill -9) before its answer, and ada stops it too",
        came=f"his entry {left.number} is settled first, by its key: {settled.outcome}, once, revision 9 to 10; "
        f"hers is {stopped.word} (entry {stopped.entry})",
        outcomes=[stopped],
    )


def _kill_in_mid_change(scene: Scene) -> None:
    with doorway_to(scene.environment["PACELINE_API_URL"]) as doorway:
        command = subprocess.Popen(  # noqa: S603  # our own interpreter and command
            [sys.executable, "-c", _COMMAND, "stop", WEST],
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


def _key(entry: Mapping[str, Any]) -> object:
    return entry["request"]["headers"].get("idempotency-key")


def _replayed(entry: Mapping[str, Any]) -> bool:
    """Return whether the platform answered a request as it had answered it before, without doing anything."""
    headers = {name.lower(): value for name, value in (entry["answer"] or {}).get("headers", {}).items()}
    return headers.get("idempotent-replayed") == "true"
