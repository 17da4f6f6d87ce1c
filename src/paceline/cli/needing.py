"""`paceline get needs`: which campaigns need a person now, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.render import show_data, show_table, tell
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from paceline.control.wall import WallLook

COLUMNS = ("CAMPAIGN", "STATE", "NEEDS A PERSON", "WHY", "DO THIS", "ENTRY", "NAME")


def get_needs(*, everywhere: Everywhere | None = None) -> int:
    """List the campaigns that need a person now, the most urgent first, and why.

    It is what the page Campaigns shows first: frozen, in doubt, late, breached, taken back, changed outside, locked,
    not dialing, approaching its ceiling, waiting for approval.
    """
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        look = system.wall.look(thorough=True)
    needing = [row for row in look.rows if row.needs]
    if everywhere.output is Output.TABLE:
        if needing:
            show_table(COLUMNS, _cells(look))
        tell(f"{len(needing)} of {len(look.rows)} campaigns need a person")
    else:
        show_data(look.in_need(), everywhere.output, names=[f"campaign/{row.campaign}" for row in needing])
    for one in look.unreadable:
        tell(f"paceline: {one.campaign or 'a campaign without an id'} is shown in an unknown form: {one.why}")
    return exits.PARTLY if look.unreadable else exits.DONE


def _cells(look: WallLook) -> Iterator[tuple[object, ...]]:
    """Yield a line for each need, the campaign on the first of its lines only."""
    for row in look.rows:
        about: tuple[object, ...] = (row.campaign, row.observed.state.value)
        for need in row.needs:
            yield (*about, need.urgency.word, need.reason, need.action, need.entry, row.observed.name)
            about = ("", "")
