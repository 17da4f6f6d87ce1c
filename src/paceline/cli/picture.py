"""Pictures of simulated days: which one, in which form, and where it is written."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.cli.render import tell
from paceline.cli.words import UsageError
from paceline.cli.writing import FileError

if TYPE_CHECKING:  # matplotlib and numpy load only when something is drawn
    from paceline.figures.curves import Form
    from paceline.simulation.result import Result
    from paceline.simulation.scenario import Scenario


class Of(StrEnum):
    """What a picture shows."""

    FRONTIER = "frontier"
    DAY = "day"


def form_of(picture: Path) -> Form:
    """Return the form that the end of a file's name asks for, before anything is computed.

    Raises:
        UsageError: it is neither .svg nor .png, its folder is not there, or it is a folder itself.
        ModuleNotFoundError: matplotlib is not installed.
    """
    from paceline.figures.curves import Form, can_draw

    found = picture.suffix.lower().removeprefix(".")
    if found not in {form.value for form in Form}:
        raise UsageError(f"--picture {picture} must end with .svg or .png")
    if not picture.absolute().parent.is_dir():
        raise UsageError(f"--picture {picture}: there is no such folder")
    if picture.is_dir():
        raise UsageError(f"--picture {picture} is a folder")
    if not os.access(picture if picture.exists() else picture.absolute().parent, os.W_OK):
        raise UsageError(f"--picture {picture} cannot be written: it is not yours to write")
    can_draw()
    return Form(found)


def write_picture(picture: Path, of: Of, scenario: Scenario, result: Result, *, workers: int) -> None:
    """Draw simulated days and write the file.

    Raises:
        FileError: the file cannot be written.
    """
    from paceline.figures.curves import day_picture, frontier_picture
    from paceline.figures.frontier import frontier_of

    form = form_of(picture)
    if of is Of.FRONTIER:
        drawn = frontier_picture(frontier_of(scenario, result, workers=workers), form)
    else:
        policy = "no pacing" if scenario.pacing is None else scenario.pacing.policy.value
        drawn = day_picture(result, limit=scenario.limit, policy=policy, form=form)
    try:
        picture.write_bytes(drawn)
    except OSError as problem:
        raise FileError(f"{picture} cannot be written: {problem.strerror}") from problem
    tell(f"{picture}: the {of} of {result.days} days")
