"""What is looked for in the audit trail, and what of it cannot be looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends
from fastapi import Query as Asked

from paceline.control.outcome import WORDS
from paceline.control.reviewing.kinds import ASPECTS, KINDS
from paceline.ledger.book import OPEN
from paceline.ledger.entry import Query
from paceline.primitives.ids import MalformedIdError, campaign_id

PAGE = 50
"""Entries on a page."""
OUTCOMES = (*WORDS, OPEN)
"""How an entry may have ended, or that it has not."""
PROPOSED = tuple(sorted({*KINDS, *ASPECTS}))
"""The kinds that are proposed; others may be typed."""
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
Text = Annotated[str, Asked(max_length=128)]
"""What somebody typed into a field of the search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What somebody typed; what is empty lets everything through.

    Attributes:
        since, until: as a form sends local times, meant as UTC; the first counts, the second does not.
        before: only entries with a smaller number than this: the next page.
    """

    campaign: str = ""
    actor: str = ""
    kind: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    before: int | None = None

    def query(self, *, limit: int) -> Query | str:
        """Return what the ledger is asked, or, in words, what cannot be asked.

        Args:
            limit: at most so many entries, the newest.
        """
        try:
            start, end = _instant(self.since), _instant(self.until)
            named = campaign_id(self.campaign) if self.campaign else None
        except MalformedIdError as wrong:
            return wrong.message
        except ValueError:
            return "a time reads such as 2026-06-15T12:00, and is UTC"
        if start is not None and end is not None and end <= start:
            return "the end must be later than the beginning"
        if self.outcome and self.outcome not in OUTCOMES:
            return f"an outcome is one of {', '.join(OUTCOMES)}"
        return Query(
            campaign=named,
            actor=self.actor or None,
            kind=self.kind or None,
            outcome=self.outcome or None,
            since=start,
            until=end,
            before=self.before,
            limit=limit,
        )

    @property
    def times(self) -> tuple[str, str]:
        """The two times as a field for local times can show them; empty where it cannot."""
        since, until = (text[:16] if _LOCAL.match(text) else "" for text in (self.since, self.until))
        return since, until

    @property
    def is_empty(self) -> bool:
        """Whether everything is let through."""
        return not any((self.campaign, self.actor, self.kind, self.outcome, self.since, self.until))

    def address(self, **other: str | int) -> str:
        """Return it as the query of an address, with other fields beside it; the page is left out."""
        said: dict[str, str | int] = {
            "campaign": self.campaign,
            "actor": self.actor,
            "kind": self.kind,
            "outcome": self.outcome,
            "from": self.since,
            "to": self.until,
        }
        return urlencode({name: value for name, value in {**said, **other}.items() if value})


def search_of(  # noqa: PLR0917  # what an address says is called by name
    campaign: Text = "",
    actor: Text = "",
    kind: Text = "",
    outcome: Text = "",
    since: Annotated[str, Asked(alias="from", max_length=40)] = "",
    until: Annotated[str, Asked(alias="to", max_length=40)] = "",
    before: Annotated[int | None, Asked(ge=1, le=2**53)] = None,
) -> Search:
    """Return the search that an address names."""
    return Search(
        campaign=campaign.strip(),
        actor=actor.strip(),
        kind=kind.strip(),
        outcome=outcome.strip(),
        since=since.strip(),
        until=until.strip(),
        before=before,
    )


Searched = Annotated[Search, Depends(search_of)]
"""The search of an address, for a route."""


def _instant(text: str) -> datetime | None:
    """Return an instant; without an offset it is UTC, as the field of the form says.

    Raises:
        ValueError: it is none.
    """
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
