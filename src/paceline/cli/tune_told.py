"""What `paceline tune` says to people: what was found, how, what the held-out days say of it, and how it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.cli import evidence_told
from paceline.cli.render import show_table

if TYPE_CHECKING:
    from paceline.optimizer.tuner.told import Fit, Tuned


def show_tuned(found: Tuned, *, steps: int, is_applied: bool) -> None:
    """Print what was found, and what comes next where it is not applied at once."""
    from paceline.campaign.evidence import Evidence

    rows = [
        ("weights", _weights(found)),
        ("now", _fit(found.live_fit)),
        ("then", _fit(found.fit) if found.changed else "as now"),
        ("search", f"{found.evaluated} weights on {found.days} days of the fit, of {', '.join(found.searched)}"),
        ("convergence", found.convergence),
        ("computing", f"{found.cpu_s:.2f} CPU s, seed {found.seed}"),
    ]
    show_table(("", "FOUND"), rows)
    if not found.changed:
        print(f"\nnothing is proposed: {found.why}")
        return
    print("\nwhat the days that were held out say of it:")
    if isinstance(found.evidence, Evidence):
        show_table(evidence_told.COLUMNS, evidence_told.rows_of(found.evidence))
    for line in [] if found.evidence is None else evidence_told.below(found.evidence):
        print(line)
    if not found.is_borne_out:
        print("the held-out days do not bear it out: with more days the twin and the search know more")
    if not is_applied:
        print(f"\n{command_of(found, steps)}")


def command_of(found: Tuned, steps: int) -> str:
    """Return the command that makes the first of so many steps."""
    words = " ".join(f"{key}={value.normalize():f}" for key, value in found.step(1, steps).items())
    return f"paceline set weights {found.campaign} {words}"


def _weights(found: Tuned) -> str:
    if not found.changed:
        return "as they are"
    return ", ".join(f"{key} {found.live.of(key)} -> {value}" for key, value in found.changed.items())


def _fit(fit: Fit) -> str:
    return (
        f"{fit.utilisation:.2%} busy, {fit.abandonment:.2%} abandoned; held-out days show at most {fit.bound:.2%} "
        "nine times of ten"
    )
