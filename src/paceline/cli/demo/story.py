"""The acts in their order, and how they are told: each is carried out and checked, and only then printed."""

from __future__ import annotations

from collections.abc import Callable

from paceline.cli.demo import deliveries, fleets, frozen, interruptions, lawful, outage, pacing, people, proof, weights
from paceline.cli.demo.scene import START, Scene
from paceline.cli.demo.telling import Act, StoryError, Teller, check, only
from paceline.control.metrics import measured
from paceline.control.outcome import Scheduled
from paceline.ledger.entry import Query

ACTS: tuple[Callable[[Scene], Act], ...] = (
    people.campaigns_are_listed,
    people.pause_drains,
    people.transition_is_refused,
    people.operators_conflict,
    people.outsider_edits,
    interruptions.answer_is_lost,
    interruptions.process_is_killed,
    fleets.fleet_is_stopped,
    outage.outage_is_outlasted,
    deliveries.receiver_comes_back,
    frozen.fleet_stays_frozen,
    lawful.schedule_is_judged,
    lawful.retries_are_judged,
    pacing.bold_pacing_is_refused,
    pacing.rollout_is_undone,
    weights.weights_want_data,
    proof.ledger_is_proved,
)
"""The story."""
_ANSWERS = {"none": "no answer"}
"""What is said instead of a word of the journal."""


def tell_story(scene: Scene, teller: Teller) -> None:
    """Carry out every act and tell it.

    Raises:
        StoryError: an act did not come out as it is told; nothing after it is carried out.
    """
    teller.say(f"An emulator of the campaign platform, its clock at {START}; ada and bob share one ledger.")
    for number, act in enumerate(ACTS, start=1):
        requests, rows = scene.behind.journal()["total"], scene.ada.book.head().size
        try:
            told = act(scene)
        except StoryError as wrong:
            raise StoryError(f"act {number}: {wrong.message}", hint="run `paceline demo --verbose`") from wrong
        teller.line(number, told)
        if teller.shows_evidence:
            newest = scene.behind.journal()["total"] - requests
            journal = scene.behind.journal(newest)["entries"]
            teller.evidence(told, journal, list(scene.ada.book.rows(first=rows + 1)))
    _end(scene, teller)


def _end(scene: Scene, teller: Teller) -> None:
    journal = scene.behind.journal()
    statuses = ", ".join(f"{count} x {_ANSWERS.get(status, status)}" for status, count in journal["by_status"].items())
    metrics = measured(scene.ada.book.rows())
    accuracy = metrics.accuracy
    scheduled = scene.ada.book.entries(Query(campaign=frozen.WAITS_THERE, outcome=Scheduled.word))
    withdrawn = only("plans on the platform that the freeze withdrew", scheduled)
    check("what became of it", wanted="superseded", found=withdrawn.verdict)
    check("changes that are as wanted, of the others that were sent", wanted=accuracy.n - 1, found=accuracy.hits)
    teller.say(
        f"Everything came out as told: {journal['total']} requests reached the platform ({statuses}); of "
        f"{metrics.changes} changes {accuracy.n} were sent, and {accuracy.hits} came to what was wanted; the other "
        f"one the freeze withdrew (entry {withdrawn.number}).",
        "bold",
    )
    if teller.shows_evidence:
        for stage, spent in metrics.latency.items():
            teller.say(f"   {stage:<10}p50 {spent.p50_ms} ms, p95 {spent.p95_ms} ms, of {spent.n} changes", "dim")
    teller.say("Next: `paceline up`; then, in another terminal, `paceline get campaigns` or `paceline stop CMP-12345`.")
