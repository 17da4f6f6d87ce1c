"""`paceline optimise`: the best pacing under the abandonment limit, for a scenario or a campaign as it was measured."""

from __future__ import annotations

from pathlib import Path

from paceline.cli.configured import Everywhere
from paceline.cli.optimising import Searching, found_for, told
from paceline.cli.render import tell
from paceline.cli.words import UsageError

LEGAL_PATIENCE_S = 2.0
"""Seconds after which an answer without an agent is abandoned, where the law says when (16 CFR 310.4(b)(4)(ii))."""


def optimise(
    campaign: str | None = None,
    /,
    *,
    scenario: Path | None = None,
    searching: Searching | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Find the best pacing under the abandonment limit, with a certificate from days that no choice has seen.

    Nothing is sent. Exit code 0 when there is one, 3 when no setting keeps the limit, or when what was found for a
    campaign would be refused now, 64 when the scenario is off.

    Parameters
    ----------
    campaign
        Its id: the scenario is made of what its platform measured; its live lines, interval and warm-up are kept.
    scenario
        TOML file of the campaign's day, without [pacing]. [limit] has abandonment, and window = "day" or "30d" where
        95 of 100 such windows are to be within it too.
    """
    everywhere, searching = everywhere or Everywhere(), searching or Searching()
    if (campaign is None) == (scenario is None):
        raise UsageError("give either --scenario FILE or the id of a campaign")
    if searching.workers is not None and not 1 <= searching.workers <= 64:
        raise UsageError(f"--workers is {searching.workers}; it must be from 1 to 64")
    if searching.seed is not None and not 0 <= searching.seed < 1 << 64:
        raise UsageError(f"--seed is {searching.seed}; it must be from 0 to {(1 << 64) - 1}")
    if scenario is None:
        from paceline.cli.optimise_measured import optimise_measured

        return optimise_measured(campaign or "", searching, everywhere)
    if not scenario.is_file():
        raise UsageError(f"--scenario {scenario} is no file")
    from paceline.simulation.reading import read_scenario

    read = read_scenario(scenario)
    if read.pacing is not None:
        tell("its [pacing] is what is looked for; only numbers of a policy that is tuned are taken from it")
    if read.patience.seconds > LEGAL_PATIENCE_S:
        tell(
            f"an answer may wait {read.patience.seconds:g} s here and is not counted as abandoned; where the law "
            f"counts after {LEGAL_PATIENCE_S:g} s, this limit is not the law's"
        )
    best = found_for(read, searching, everywhere)
    return told(best, searching, everywhere)
