"""What somebody asks the page of the law for: from which date on, where, and which rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from paceline.compliance.rule_terms import KINDS

RULES_SHOWN = 50
"""So many rules stand on one page."""
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which rules somebody asks for; empty texts ask for all."""

    where: str = ""
    kind: str = ""
    text: str = ""
    only: bool = False
    on: date | None = None


class Asked(BaseModel):
    """What somebody asks the page for, as it stands in its address; what is none of these is left aside."""

    where: str = Field(default="", max_length=100)
    kind: str = Field(default="", max_length=100)
    text: str = Field(default="", max_length=100)
    only: str = Field(default="", max_length=100)
    on: str = Field(default="", max_length=40)
    start: int = Field(default=0, ge=0, le=100_000)

    def filters(self) -> tuple[Filters, str]:
        """Return which rules are asked for, and what is wrong with the date."""
        day, wrong = day_said(self.on)
        kind = self.kind if self.kind in KINDS else ""
        return Filters(where=self.where.strip().upper(), kind=kind, text=self.text, only=bool(self.only), on=day), wrong


def steps_of(filters: Filters, start: int, many: int) -> tuple[str, str]:
    """Return where the rules before these stand, and those after them; empty where there are none."""
    said = {
        "where": filters.where,
        "kind": filters.kind,
        "text": filters.text,
        "only": "yes" if filters.only else "",
        "on": "" if filters.on is None else filters.on.isoformat(),
    }
    kept = {name: value for name, value in said.items() if value}

    def at(place: int) -> str:
        return f"/law?{urlencode({**kept, 'start': str(place)})}#rules" if 0 <= place < many else ""

    return at(start - RULES_SHOWN), at(start + RULES_SHOWN)


def query_of(filters: Filters) -> str:
    """Return what of it the other parts of the page have to know, as the query of an address; empty for nothing."""
    said = {"where": filters.where, "on": "" if filters.on is None else filters.on.isoformat()}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"?{query}" if query else ""


def day_said(text: str) -> tuple[date | None, str]:
    """Return the date that was typed, None where none was or it is none; and what is wrong with it."""
    if not text.strip():
        return None, ""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None, "that is no date: write 2026-11-20"
    return (found, "") if found.year in _YEARS else (None, f"the law of {found.year} is not known")
