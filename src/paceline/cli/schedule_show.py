"""`paceline schedule week` and `export`: when a campaign may dial, as a picture and as a calendar."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Configured, Everywhere, Output
from paceline.cli.render import console_for, show_data, tell
from paceline.cli.schedule import date_said
from paceline.cli.scheduled import horizon_said, scheduled
from paceline.cli.words import UsageError
from paceline.cli.writing import written

if TYPE_CHECKING:
    from datetime import timedelta

    from paceline.control.schedules.looked import Scheduled
    from paceline.figures.week import Week


class Format(StrEnum):
    """What a schedule is written out as."""

    ICS = "ics"
    SVG = "svg"


def show_week(campaign: str | None = None, /, *, date: str | None = None, everywhere: Everywhere | None = None) -> int:
    """Show a week of a schedule beside the law, on every clock on which contacts may live.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    date
        The first of its seven local dates, such as 2026-11-23; today where none is said.
    """
    everywhere = everywhere or Everywhere()
    seen = scheduled(campaign, everywhere)
    week = _week(seen, date)
    if everywhere.output is Output.TABLE:
        _show_week(week)
    else:
        from paceline.figures.schedule_ahead import week_document

        show_data(week_document(week), everywhere.output, names=[panel.zone for panel in week.panels])
    return exits.DONE


def export_schedule(
    campaign: str | None = None,
    /,
    *,
    format: Format,  # noqa: A002 - the option is called so
    out: Path | None = None,
    horizon: str = "365d",
    date: str | None = None,
    configured: Configured | None = None,
) -> int:
    """Write a schedule as a calendar file that ordinary programs read, or a week of it as a picture.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    format
        ics for a calendar file of all openings, svg for a picture of one week beside the law.
    out
        File to write; standard output without.
    horizon
        How far ahead the calendar goes, such as 365d; it has to be made again after that.
    date
        The first of the seven local dates of the picture, such as 2026-11-23; today where none is said.
    """
    ahead = horizon_said(horizon)
    if date is not None and format is not Format.SVG:
        raise UsageError(
            "--date says which week the picture shows", hint="a calendar begins now; say --horizon for its end"
        )
    seen = scheduled(campaign, configured or Configured())
    content = _calendar(seen, ahead) if format is Format.ICS else _picture(seen, date)
    with written(out) as stream:
        stream.write(content)
    return exits.DONE


def _calendar(seen: Scheduled, ahead: timedelta) -> str:
    from paceline.figures.schedule_ahead import calendar_file

    found = calendar_file(seen, ahead)
    if not found.is_lawful:
        tell("paceline: the calendar holds openings that are not lawful; paceline schedule prove names them")
    return found.text


def _picture(seen: Scheduled, date: str | None) -> str:
    from paceline.figures.svg import svg_of

    return svg_of(_week(seen, date))


def _week(seen: Scheduled, date: str | None) -> Week:
    from paceline.figures.schedule_ahead import week_ahead

    return week_ahead(seen, None if date is None else date_said(date, option="--date"))


def _show_week(week: Week) -> None:
    from rich.text import Text

    from paceline.figures.terminal import lines_of
    from paceline.figures.week import Shade

    styles = {None: "", Shade.CLOSED: "dim", Shade.LEGAL: "cyan", Shade.CALLABLE: "green", Shade.ILLEGAL: "bold red"}
    console = console_for(sys.stdout)
    for line in lines_of(week):
        console.print(Text.assemble(*((piece.text, styles[piece.shade]) for piece in line)))
