"""`paceline schedule next`: when a campaign may dial next, and what comes that it does not expect."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.schedule_prove import DAY_COLUMNS, closed_day_document, day_rows
from paceline.cli.scheduled import Scheduled, instant_text, scheduled
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from datetime import datetime

    from paceline.campaign.schedule.proof import Proof
    from paceline.primitives.intervals import Intervals

AHEAD = timedelta(days=366)
"""How far ahead is looked."""
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
    from paceline.campaign.schedule.proof import lawful_instants, proof

    everywhere = everywhere or Everywhere()
    seen = scheduled(campaign, everywhere)
    found = proof(seen.schedule, seen.law, seen.at, AHEAD)
    lawful = lawful_instants(seen.schedule, seen.law, seen.at, seen.at + AHEAD)
    opens = lawful.next_from(seen.at)
    data = _next_document(seen, found, lawful)
    if everywhere.output is Output.TABLE:
        _show_next(seen, found, data)
    else:
        show_data(data, everywhere.output, names=["never" if opens is None else instant_text(opens)])
    return exits.REFUSED if opens is None else exits.DONE


def _next_document(seen: Scheduled, found: Proof, lawful: Intervals) -> dict[str, Json]:
    from paceline.campaign.schedule.proof import closed_days

    opens, until = _first(lawful, seen.at)
    is_open, _ = _first(found.scheduled, seen.at)
    return {
        "campaign": seen.campaign,
        "state": seen.state.value,
        "at": instant_text(seen.at),
        "next": opens,
        "until": until,
        "scheduled": is_open,
        "closed_days": [closed_day_document(day) for day in closed_days(found)],
        "paused_on_closed_days": seen.facts.closed_days_paused,
        "clock_changes": _changes(seen),
        "places": len(seen.law.places),
        "unknown_regions": [*seen.unknown],
        "edition": seen.law.rulebook.edition,
        "zone_data": found.zone_data,
    }


def _first(instants: Intervals, at: datetime) -> tuple[str | None, str | None]:
    """Return the first instant from `at` on, and the end of the stretch that it is in."""
    from paceline.primitives.intervals import Intervals

    opens = instants.next_from(at)
    if opens is None:
        return None, None
    ((_, end), *_) = instants & Intervals.between(opens, at + AHEAD)
    return instant_text(opens), instant_text(end)


def _changes(seen: Scheduled) -> list[Json]:
    """Return the next change of each clock, those of the same instant and the same kind together."""
    from paceline.figures.week import changes_ahead
    from paceline.primitives.intervals import instant_at

    zones = sorted({seen.schedule.zone, *(place.zone for place in seen.law.places)})
    found: dict[tuple[int, str], list[Json]] = {}
    for zone in zones:
        for change in changes_ahead(zone, seen.at)[:1]:
            found.setdefault((change.at_s, change.told()), []).append(zone)
    return [
        {"at": instant_text(instant_at(at)), "told": told, "zones": named}
        for (at, told), named in sorted(found.items())
    ]


def _show_next(seen: Scheduled, found: Proof, data: dict[str, Json]) -> None:
    from paceline.campaign.schedule.proof import closed_days

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
    if days := closed_days(found):
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
