"""`--detailed-exitcode`: whether a dry run found that something would be done, told by the exit code 2.

A refusal, a conflict and everything else that is not 0 keeps its own code: what may not be done differs in nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.words import UsageError

if TYPE_CHECKING:
    from paceline.control.outcome import Outcome


def only_with_dry_run(*, detailed: bool, dry_run: bool) -> None:
    """Hold the option against the one that it belongs to.

    Raises:
        UsageError: without a dry run what was found is done, and no code tells of it.
    """
    if detailed and not dry_run:
        raise UsageError(
            "--detailed-exitcode tells by the code what --dry-run found, and there is no --dry-run",
            hint="add --dry-run; what a change came to stands in `outcome`, with -o json",
        )


def exit_by_difference(code: int, *, differs: bool, detailed: bool) -> int:
    """Return 2 instead of 0 where something would be done, and somebody asked to be told."""
    return exits.DIFFERENT if detailed and differs and code == exits.DONE else code


def would_apply(outcomes: Iterable[Outcome]) -> bool:
    """Return whether one of these dry runs would apply, or plan, something."""
    from paceline.control.outcome import Unchanged

    return any(isinstance(one.ending, Unchanged) and one.ending.would_apply for one in outcomes)
