"""How near the optimum is what is found: the instances whose optimum is known exactly."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.optimiser.campaigns import markov, tell
from paceline.optimizer.best.pacing import Wish, best_pacing

NEAR_POINTS = 0.3
AGENTS = (10, 25, 50, 100)
COLUMNS = (
    (180.0, 12.0, 0.1),
    (180.0, 12.0, 0.3),
    (180.0, 12.0, 0.6),
    (60.0, 12.0, 0.3),
    (300.0, 12.0, 0.3),
    (180.0, 30.0, 0.3),
    (180.0, 4.0, 0.3),
)
"""Seconds of a talk and of a ring, and the answer rate."""


def study(share: float) -> Iterator[str]:
    """Print each instance, and yield those that end too far from their optimum or above the limit."""
    tell(
        "\n| agents | T s | R s | p | optimum, % | found, % | behind, points | abandoned, % | policy "
        "| settings: aim, and occupancy once sent, % | CPU s, of them solving |\n|" + " --- |" * 11
    )
    furthest = 0.0
    for agents in AGENTS if share >= 1 else AGENTS[:1]:
        for talk_s, ring_s, answer in COLUMNS:
            best = best_pacing(markov(agents, handle_s=talk_s, ring_s=ring_s, answer=answer), Wish(seed=agents))
            assert best.optimum is not None
            behind = 100 * (best.behind_optimum or 0.0)
            furthest = max(furthest, behind)
            found, sent = best.found.certified, best.sent
            told = "none" if sent is None else f"{sent.block.abandonment_aim}, {sent.certified.utilisation.mean:.2%}"
            tell(
                f"| {agents} | {talk_s:g} | {ring_s:g} | {answer:g} "
                f"| {best.optimum:.2%} | {found.utilisation.mean:.2%} | {behind:.2f} | {found.abandonment.mean:.2%} "
                f"| {best.found.pacing.policy} | {told} | {best.cpu_s:.2f}, {best.optimum_cpu_s:.2f} |"
            )
            if behind > NEAR_POINTS:
                yield f"{agents} agents, T={talk_s:g} R={ring_s:g} p={answer:g}: {behind:.2f} points behind the optimum"
            if found.certificate.upper > best.found.certified.certificate.limit:
                yield f"{agents} agents: certified above the limit"
    tell(f"\nThe furthest is {furthest:.2f} points behind its optimum.")
