"""The command: it loads the story, and all that the story needs, only when it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.render import console_for


def demo(
    *,
    verbose: Annotated[bool, Parameter(negative=())] = False,
    report: Path | None = None,
    database_url: str | None = None,
) -> int:
    """Show on an emulator what becomes of changes: drained, refused, in conflict, lost and found, late, proved.

    It starts everything that it needs, leaves nothing running, and ends with 1 when an act did not come out as told.
    Its last line says where the story lies with its pictures, and the audit report that comes from it.

    Parameters
    ----------
    verbose
        Show the evidence of each act: findings, requests and answers, rows of the ledger.
    report
        The folder to write the report into; it must not exist, or be empty. Else it replaces the one before, in the
        data folder.
    database_url
        An empty database to keep its ledger in, such as postgresql+psycopg://...; else a file that goes away again.
    """
    from paceline.cli.demo.report import place_of, written_report
    from paceline.cli.demo.scene import scene_set
    from paceline.cli.demo.story import tell_story
    from paceline.cli.demo.telling import Teller

    folder = place_of(report, os.environ)
    teller = Teller(console_for(sys.stdout), shows_evidence=verbose)
    with scene_set(folder, database_url) as scene:
        story = tell_story(scene, teller)
    file = written_report(folder, story)
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    teller.say("Next: `paceline up`; then, in another terminal, `paceline get campaigns` or `paceline stop CMP-12345`.")
    teller.point(f"The story with its pictures: {opener} ", file.as_uri())
    return exits.DONE
