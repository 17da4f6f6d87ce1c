"""The menu: which pages there are, in their order and groups, and who is shown them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from paceline.control.access.rights import Right

PACING, WEIGHTS, LAW, MORE = "Pacing", "Weights", "Law", "More"
"""The groups of the menu: each opens and shows its pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page in the menu: its address, and all addresses below it, belong to it; alone, or in a group."""

    path: str
    label: str
    group: str = ""
    right: Right = Right.READ

    def holds(self, path: str) -> bool:
        """Return whether an address belongs to this page.

        >>> Place(path="/changes", label="Changes").holds("/changes/17")
        True
        """
        if self.path == "/":
            return path == "/" or path.startswith(("/campaigns/", "/many/"))
        return path == self.path or path.startswith(f"{self.path}/")


PLACES: tuple[Place, ...] = (
    Place(path="/", label="Campaigns"),
    Place(path="/wall", label="Wall"),
    Place(path="/changes", label="Changes"),
    Place(path="/rollouts", label="Rollouts", group=PACING),
    Place(path="/abandonment", label="Abandonment", group=PACING),
    Place(path="/experiments", label="Experiments", group=WEIGHTS),
    Place(path="/accuracy", label="Accuracy", group=WEIGHTS),
    Place(path="/law", label="Law", group=LAW),
    Place(path="/calling-time", label="Calling time", group=LAW),
    Place(path="/lists", label="Contact lists", group=LAW),
    Place(path="/audit", label="Audit trail"),
    Place(path="/webhooks", label="Webhooks", group=MORE),
    Place(path="/keys", label="Keys", group=MORE, right=Right.ADMINISTER),
    Place(path="/runbooks", label="Runbooks", group=MORE),
    Place(path="/words", label="Words", group=MORE),
)
"""The menu, from the first to the last; pages of one group stand side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the menu as it is seen from a page: a link, or a group of links under a label.

    Attributes:
        label: of the group, empty for a link that stands alone.
        places: its pages, each with whether one is there now.
    """

    label: str
    places: tuple[tuple[Place, bool], ...]

    @property
    def is_here(self) -> bool:
        """Whether one is on a page of it now."""
        return any(is_here for _place, is_here in self.places)


def menu_of(places: Sequence[Place], path: str) -> list[Entry]:
    """Return the menu as it is seen from an address.

    >>> [(entry.label, len(entry.places), entry.is_here) for entry in menu_of(PLACES[2:5], "/rollouts/CMP-1")]
    [('', 1, False), ('Pacing', 2, True)]
    """
    found: list[Entry] = []
    for group, members in groupby(places, key=lambda place: place.group):
        seen = [(place, place.holds(path)) for place in members]
        found += _entries(group, seen)
    return found


def _entries(group: str, seen: Iterable[tuple[Place, bool]]) -> list[Entry]:
    if group:
        return [Entry(label=group, places=tuple(seen))]
    return [Entry(label="", places=(one,)) for one in seen]
