"""`paceline schedule week` and `export`: when a campaign may dial, as a picture and as a calendar."""

from __future__ import annotations

import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Configured, Everywhere, Output
from paceline.cli.render import console_for, show_data, tell
from paceline.cli.schedule import date_said
from paceline.cli.scheduled import Scheduled, horizon_said, scheduled
from paceline.cli.words import UsageError
from paceline.cli.writing import written
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
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
        show_data(_week_document(week), everywhere.output, names=[panel.zone for panel in week.panels])
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
    from paceline.campaign.schedule.proof import closed_days, proof
    from paceline.figures.ics import calendar_of
    from paceline.primitives.intervals import Intervals

    found = proof(seen.schedule, seen.law, seen.at, ahead)
    days = closed_days(found)
    paused = Intervals.of(span for day in days for span in day.instants.spans)
    left_out = paused if seen.facts.closed_days_paused else Intervals()
    if any(breach.hours for breach in found.breaches) or (days and not seen.facts.closed_days_paused):
        tell("paceline: the calendar holds openings that are not lawful; paceline schedule prove names them")
    end = seen.at + ahead
    return calendar_of(seen.campaign, seen.name, seen.schedule, start=seen.at, end=end, paused=left_out)


def _picture(seen: Scheduled, date: str | None) -> str:
    from paceline.figures.svg import svg_of

    return svg_of(_week(seen, date))


def _week(seen: Scheduled, date: str | None) -> Week:
    from paceline.figures.named import title_of
    from paceline.figures.week import today_in, week_of

    first = today_in(seen.schedule.zone, seen.at) if date is None else date_said(date, option="--date")
    return week_of(title_of(seen.campaign, seen.name), seen.schedule, seen.law, first)


def _show_week(week: Week) -> None:
    from rich.text import Text

    from paceline.figures.terminal import lines_of
    from paceline.figures.week import Shade

    styles = {None: "", Shade.CLOSED: "dim", Shade.LEGAL: "cyan", Shade.CALLABLE: "green", Shade.ILLEGAL: "bold red"}
    console = console_for(sys.stdout)
    for line in lines_of(week):
        console.print(Text.assemble(*((piece.text, styles[piece.shade]) for piece in line)))


def _week_document(week: Week) -> dict[str, Json]:
    from paceline.figures.week import Panel, Shade

    def panel_document(panel: Panel) -> dict[str, Json]:
        stretches: list[Json] = [
            {
                "date": panel.dates[one.day].isoformat(),
                "start_s": one.start_s,
                "end_s": one.end_s,
                "shade": one.shade.name.lower(),
            }
            for one in panel.stretches
        ]
        notes: dict[str, Json] = {panel.dates[day].isoformat(): note for day, note in panel.notes.items()}
        return {"zone": panel.zone, "alike": [*panel.alike], "stretches": stretches, "notes": notes}

    totals: dict[str, Json] = {shade.name.lower(): week.totals_s.get(shade, 0) // 60 for shade in Shade if shade}
    return {
        "campaign": week.campaign,
        "from": week.together.dates[0].isoformat(),
        "minutes": totals,
        "together": panel_document(week.together),
        "clocks": [panel_document(panel) for panel in week.panels],
        "edition": week.edition,
        "zone_data": week.zone_data,
    }
