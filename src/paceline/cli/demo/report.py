"""The story as a page: one file of HTML with its pictures in it, which loads nothing, to look at and to print."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from paceline.cli.demo.proof import FOLDER
from paceline.cli.demo.scene import START
from paceline.cli.demo.telling import Story, ToldAct
from paceline.cli.writing import FileError, written
from paceline.primitives.clock import MachineClock, utc_text
from paceline.primitives.zones import zone_data_version
from paceline.settings.failures import SettingsError
from paceline.settings.reading import usual_data_folder
from paceline.settings.running import made_folder

PAGE = "demo.html"
STORY = "demo"
"""The folder of the story, in the data folder."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing."""


def place_of(named: Path | None, environment: Mapping[str, str]) -> Path:
    """Return the folder for the report, empty: the one that was named, else one in the data folder, or a new one.

    Raises:
        FileError: the named one cannot be made, or is not empty.
    """
    if named is not None:
        return _made(named.absolute())
    try:
        folder = made_folder(usual_data_folder(environment)) / STORY
        folder.mkdir(exist_ok=True)
        (folder / PAGE).unlink(missing_ok=True)
        if (folder / FOLDER).exists():
            shutil.rmtree(folder / FOLDER)
    except (OSError, SettingsError):
        # Whoever has no home folder to write to sees the story all the same.
        return Path(tempfile.mkdtemp(prefix="paceline-demo-"))
    return folder


def written_report(folder: Path, story: Story) -> Path:
    """Write the page into a folder and return the file.

    Raises:
        FileError: it cannot be written.
    """
    file = folder / PAGE
    with written(file) as stream:
        stream.write(page_of(story))
    return file


def page_of(story: Story) -> str:
    """Return the page; every word in it is escaped, and every picture was where it was drawn."""
    pages = Environment(
        loader=PackageLoader("paceline.cli.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["coded"] = _coded
    return pages.get_template("report.html").render(
        policy=POLICY,
        story=story,
        pictures={told.number: _pictures(told) for told in story.acts},
        starts=START,
        made=utc_text(datetime.fromtimestamp(MachineClock().wall_ns() // 1_000_000_000, UTC)),
        zone_data=zone_data_version(),
        audit=FOLDER,
    )


def _pictures(told: ToldAct) -> list[Markup]:
    return [Markup(one) for one in told.act.pictures]  # noqa: S704  # every word in it was escaped where it was drawn


def _coded(words: str) -> Markup:
    """Return words as a sentence of the page, with what stands between backticks as code."""
    parts = f"{words[0].upper()}{words[1:]}.".split("`")
    told = (Markup("<code>{}</code>").format(one) if place % 2 else escape(one) for place, one in enumerate(parts))
    return Markup("").join(told)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = next(folder.iterdir(), None) is None
    except OSError as problem:
        raise FileError(f"the folder {folder} cannot be made: {problem.strerror}") from problem
    if not is_empty:
        raise FileError(f"the folder {folder} is not empty", hint="name a folder that does not exist yet")
    return folder
