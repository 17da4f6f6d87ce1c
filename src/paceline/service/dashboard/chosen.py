"""Which campaigns *Campaigns* shows: by state, label, text, or because they need a person; thirty at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from paceline.campaign.observed import State
from paceline.control.attention import Urgency
from paceline.control.facts.facts import Facts
from paceline.control.wall import WallLook, WallRow

ROWS = 30
"""Campaigns on a page: what a page may weigh allows no more."""
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is to be shown; what is empty lets everything through.

    Attributes:
        label: NAME=VALUE.
        text: what the name or the id holds, in any case.
        needing: only those that need a person.
        page: from 1 on.
        wall: whether it is shown large, for a room.
    """

    state: State | None = None
    label: str = ""
    text: str = ""
    needing: bool = False
    page: int = 1
    wall: bool = False

    def query(self, *, page: int | None = None) -> str:
        """Return it as the query of an address, for another page of it where one is named."""
        said: Mapping[str, str] = {
            "state": "" if self.state is None else self.state.value,
            "label": self.label,
            "text": self.text,
            "needing": "1" if self.needing else "",
            "wall": "1" if self.wall else "",
            "page": "" if (page or self.page) == 1 else str(page or self.page),
        }
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def labels(self) -> dict[str, str] | None:
        """The label that is wanted, None when it is none."""
        name, equals, value = self.label.partition("=")
        return {name: value} if name and equals and value else None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """It as the hidden fields of a form."""
        said = (
            ("state", self.state or ""),
            ("label", self.label),
            ("text", self.text),
            ("needing", "1" * self.needing),
        )
        return [(name, str(value)) for name, value in said if value]


def filter_of(  # noqa: PLR0917  # what an address says is called by name
    state: str = "",
    label: Annotated[str, Query(max_length=_LONGEST)] = "",
    text: Annotated[str, Query(max_length=_LONGEST)] = "",
    needing: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    wall: str = "",
) -> Filter:
    """Return the filter that an address names; a state that there is none of is no filter."""
    return Filter(
        state=State(state) if state in State.__members__ else None,
        label=label.strip(),
        text=text.strip(),
        needing=needing == "1",
        page=page,
        wall=wall == "1",
    )


Chosen = Annotated[Filter, Depends(filter_of)]
"""The filter of an address, for a route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of campaigns.

    Attributes:
        rows: the campaigns of the page, those first that need a person most.
        fitting: the ids of all that fit, on every page.
        pages: how many pages they are, at least 1.
    """

    look: WallLook
    filter: Filter
    rows: tuple[WallRow, ...]
    fitting: tuple[str, ...]
    pages: int


def shown(look: WallLook, wanted: Filter, facts: Facts) -> Shown:
    """Return the page of a look that a filter wants.

    Raises:
        LedgerUnavailableError: nobody can tell which campaigns have a label.
    """
    labelled = None if not wanted.label else facts.labelled(wanted.labels or {})
    text = wanted.text.casefold()
    fitting = [
        row
        for row in look.rows
        if (wanted.state is None or row.observed.state is wanted.state)
        and (labelled is None or row.campaign in labelled)
        and (not text or text in row.campaign.casefold() or text in (row.observed.name or "").casefold())
        and (not wanted.needing or row.urgency is not Urgency.NOTHING)
    ]
    pages = max(-(-len(fitting) // ROWS), 1)
    page = min(wanted.page, pages)
    return Shown(
        look=look,
        filter=replace(wanted, page=page),
        rows=tuple(fitting[(page - 1) * ROWS : page * ROWS]),
        fitting=tuple(row.campaign for row in fitting),
        pages=pages,
    )
