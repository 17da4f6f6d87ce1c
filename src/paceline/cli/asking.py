"""Whether many campaigns may be changed: asked where somebody can answer, wanted as options where nobody can."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from paceline.cli.options import Targeting
from paceline.cli.render import tell
from paceline.cli.words import UsageError
from paceline.primitives.errors import PacelineError

if TYPE_CHECKING:
    from paceline.control.fleet.fleet import Found

SHOWN = 10
"""How many campaigns are named in a question."""


class CountError(PacelineError):
    """there are more campaigns, or fewer, than was said"""

    code = "count"


def may_go_on(verb: str, found: Found, targeting: Targeting, *, dry_run: bool = False) -> bool:
    """Return whether these campaigns may be changed; false means that somebody said no.

    What only tries asks nobody, for nothing is sent.

    Raises:
        CountError: there are more, or fewer, than --count says.
        UsageError: nobody can be asked, and an option that says yes is missing.
    """
    hold_count(len(found), targeting)
    if dry_run or len(found) == 0 or (len(found) == 1 and not targeting.everything):
        return True
    if targeting.yes and (targeting.count is not None or not targeting.everything):
        return True
    if sys.stdin.isatty() and sys.stderr.isatty():
        return _asked(verb, found)
    if targeting.everything:
        raise UsageError(
            "--all without a terminal wants --yes and --count N",
            hint=f"{len(found)} campaigns would be changed: add --yes --count {len(found)} if those are meant",
        )
    raise UsageError(
        "several campaigns without a terminal want --yes", hint=f"{len(found)} campaigns would be changed: add --yes"
    )


def hold_count(found: int, targeting: Targeting) -> None:
    """Hold how many campaigns there are against --count, if it says anything.

    Raises:
        CountError: there are others.
    """
    if targeting.count is None or targeting.count == found:
        return
    told = "1 campaign was" if found == 1 else f"{found} campaigns were"
    raise CountError(f"{told} found, and --count says {targeting.count}: nothing was done")


def _asked(verb: str, found: Found) -> bool:
    for campaign, seen in list(found.campaigns.items())[:SHOWN]:
        tell(f"  {campaign}" if seen is None else f"  {campaign}  {seen.state}  {seen.name or ''}")
    if len(found) > SHOWN:
        tell(f"  and {len(found) - SHOWN} more")
    print(f"{verb} {len(found)} campaigns? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    tell("paceline: nothing was done")
    return False
