"""The acts in their order, and how they are told: each is carried out and checked, and only then printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paceline.cli.demo import (
    deliveries,
    frozen,
    interruptions,
    lawful,
    outage,
    pacing,
    people,
    proof,
    vancouver,
    weights,
)
from paceline.cli.demo.scene import START, Scene
from paceline.cli.demo.telling import Act, Story, StoryError, Teller, ToldAct, check, evidence_of, only
from paceline.control.outcome import Scheduled
from paceline.control.reviewing.metrics import measured
from paceline.ledger.entry import Query

ACTS: tuple[Callable[[Scene], Act], ...] = (
    vancouver.clocks_disagree,
    people.campaigns_are_listed,
    people.pause_drains,
    people.transition_is_refused,
    people.operators_conflict,
    people.outsider_edits,
    interruptions.answer_is_lost,
    interruptions.fleet_stop_is_killed,
    outage.outage_is_outlasted,
    deliveries.receiver_comes_back,
    frozen.fleet_stays_frozen,
    lawful.schedule_is_judged,
    lawful.retries_are_judged,
    pacing.bold_pacing_is_refused,
    pacing.rollout_is_undone,
    weights.weights_want_data,
    proof.report_is_proved,
)
"""The story."""
_ANSWERS = {"none": "no answer"}
"""What is said instead of a word of the journal."""


def tell_story(scene: Scene, teller: Teller) -> Story:
    """Carry out every act and tell it; return what was told.

    Raises:
        StoryError: an act did not come out as it is told; nothing after it is carried out.
    """
    teller.say(f"An emulator of the campaign platform, its clock at {START}; ada and bob share one ledger.")
    acts = []
    for number, act in enumerate(ACTS, start=1):
        requests, rows = scene.behind.journal()["total"], scene.ada.book.head().size
        try:
            came = act(scene)
        except StoryError as wrong:
            raise StoryError(f"act {number}: {wrong.message}", hint="run `paceline demo --verbose`") from wrong
        newest = scene.behind.journal()["total"] - requests
        journal = scene.behind.journal(newest)["entries"] if newest else []
        told = ToldAct(
            number=number, act=came, evidence=evidence_of(came, journal, list(scene.ada.book.rows(first=rows + 1)))
        )
        acts.append(told)
        teller.tell(told)
    return _ended(scene, teller, acts)


def _ended(scene: Scene, teller: Teller, acts: Sequence[ToldAct]) -> Story:
    journal = scene.behind.journal()
    statuses = ", ".join(f"{count} x {_ANSWERS.get(status, status)}" for status, count in journal["by_status"].items())
    metrics = measured(scene.ada.book.rows())
    accuracy = metrics.accuracy
    scheduled = scene.ada.book.entries(Query(campaign=frozen.WAITS_THERE, outcome=Scheduled.word))
    withdrawn = only("plans on the platform that the freeze withdrew", scheduled)
    check("what became of it", wanted="superseded", found=withdrawn.verdict)
    check("changes that are as wanted, of the others that were sent", wanted=accuracy.n - 1, found=accuracy.hits)
    ending = (
        f"Everything came out as told: {journal['total']} requests reached the platform ({statuses}); of "
        f"{metrics.changes} changes {accuracy.n} were sent, and {accuracy.hits} came to what was wanted; the other "
        f"one the freeze withdrew (entry {withdrawn.number})."
    )
    teller.say(ending, "bold")
    if teller.shows_evidence:
        for stage, spent in metrics.latency.items():
            teller.say(f"   {stage:<10}p50 {spent.p50_ms} ms, p95 {spent.p95_ms} ms, of {spent.n} changes", "dim")
    counts = {
        "acts, each checked": len(acts),
        "requests to the platform": int(journal["total"]),
        "changes asked for": metrics.changes,
        "were sent": accuracy.n,
        "came out as wanted; one a freeze withdrew": accuracy.hits,
        "rows in the ledger": scene.ada.book.head().size,
    }
    return Story(acts=tuple(acts), ending=ending, counts=counts)
