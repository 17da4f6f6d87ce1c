"""`paceline schedule next`: when a campaign may dial next, and what comes that it does not expect."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.schedule_prove import DAY_COLUMNS, day_rows
from paceline.cli.scheduled import scheduled
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.control.schedules.looked import Scheduled

SHOWN = 5
"""So many coming closed days are shown to people; programs get all of them."""
CHANGE_COLUMNS = ("CLOCK CHANGES", "WHERE", "WHAT")


def next_opening(campaign: str | None = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Say when a campaign may dial next: open by its schedule, and legal wherever a contact may be; 3 when never.

    From now on, by the platform's clock, a year ahead; with the coming days that a law closes, and changes of clocks.
    It says nothing of whether the campaign is active.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    """
    from paceline.figures.schedule_ahead import next_document

    everywhere = everywhere or Everywhere()
    seen = scheduled(campaign, everywhere)
    data = next_document(seen)
    if everywhere.output is Output.TABLE:
        _show_next(seen, data)
    else:
        show_data(data, everywhere.output, names=[str(data["next"] or "never")])
    return exits.REFUSED if data["next"] is None else exits.DONE


def _show_next(seen: Scheduled, data: dict[str, Json]) -> None:
    from paceline.campaign.schedule.proof import closed_days, proof
    from paceline.figures.schedule_ahead import AHEAD

    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    if data["next"] is None:
        say(f"{seen.campaign}  never within a year", "bold red")
    else:
        say(f"{seen.campaign}  {data['next']} until {data['until']}", "bold")
    say(f"  it is {seen.state.value}; open by its schedule from {data['scheduled']}")
    if seen.unknown:
        say(f"  nobody knows the law of {', '.join(seen.unknown)}: unknown is closed", "red")
    if days := closed_days(proof(seen.schedule, seen.law, seen.at, AHEAD)):
        show_table(DAY_COLUMNS, day_rows(days[:SHOWN]))
        if len(days) > SHOWN:
            say(f"and {len(days) - SHOWN} more closed days: -o json names all", "dim")
    changes = data["clock_changes"]
    rows = [one for one in changes if isinstance(one, dict)] if isinstance(changes, list) else []
    if rows:
        show_table(CHANGE_COLUMNS, [(row["at"], _few(row["zones"]), row["told"]) for row in rows])
    say(f"rules {data['edition']}, zone data {data['zone_data']}", "dim")


def _few(zones: Json) -> str:
    named = [str(one) for one in zones] if isinstance(zones, list) else []
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
