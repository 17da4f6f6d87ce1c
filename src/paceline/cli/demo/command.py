"""The command: it loads the story, and all that the story needs, only when it runs."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.render import console_for


def demo(*, verbose: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Show on an emulator what becomes of changes: drained, refused, in conflict, lost and found, late, proved.

    It starts everything that it needs, leaves nothing behind, and ends with 1 when an act did not come out as told.

    Parameters
    ----------
    verbose
        Show the evidence of each act: findings, requests and answers, rows of the ledger.
    """
    from paceline.cli.demo.scene import scene_set
    from paceline.cli.demo.story import tell_story
    from paceline.cli.demo.telling import Teller

    with scene_set() as scene:
        tell_story(scene, Teller(console_for(sys.stdout), shows_evidence=verbose))
    return exits.DONE
