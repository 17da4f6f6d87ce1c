"""Whom of a contact list may be called, as a document: what programs read and pages show; no number is in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from paceline.compliance.call import Call
from paceline.compliance.contact_list import BadRow, Columns, ContactList
from paceline.compliance.geography.tables import digest
from paceline.compliance.list_outlook import Outlook
from paceline.compliance.locality import EXAMPLE
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.zonedata import record
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""What may part the cells, by its name."""
NUMBER = "[number]"
"""What stands where a cell of the list held a phone number in a wrong place."""
_NUMBER = re.compile(r"\+?\(?\d(?:[ ().\-/]{0,3}\d){6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTold:
    """What was found of a list.

    Attributes:
        outlook: the counts.
        columns: which columns were read.
    """

    outlook: Outlook
    columns: Columns

    def at(self, hour: int) -> datetime:
        """Return the beginning of an hour, the first is now."""
        return self.outlook.at + timedelta(hours=hour)

    def bad_rows(self, most: int | None = None) -> list[BadRow]:
        """Return the rows that are no contacts, at most so many, in the order of the list."""
        found = islice(self.outlook.bad_rows, most)
        return [BadRow(row=one.row, reason=without_numbers(one.reason)) for one in found]

    def bad_reasons(self) -> dict[str, int]:
        """Return how many rows are bad for each reason, the most frequent first."""
        found: dict[str, int] = {}
        for reason, count in self.outlook.bad_counts.items():
            told = without_numbers(reason)
            found[told] = found.get(told, 0) + count
        return found

    @property
    def unread(self) -> tuple[str, ...]:
        """Other columns that look as if they held numbers."""
        return tuple(without_numbers(name) for name in self.columns.unread)

    def document(self, *, most: int | None = None) -> dict[str, Json]:
        """Return it as JSON shows it, with at most so many of the bad rows; all of them when None."""
        outlook, columns = self.outlook, self.columns
        whole = outlook.everybody()
        reasons = self.bad_reasons()
        rows: list[Json] = [{"row": bad.row, "reason": bad.reason} for bad in self.bad_rows(most)]
        by_hour: list[Json] = [
            {"at": utc_text(self.at(hour)), "callable": count} for hour, count in enumerate(whole.by_hour)
        ]
        name = without_numbers(columns.names[columns.number]) if columns.names else columns.number
        return {
            "at": utc_text(outlook.at),
            "rows": outlook.rows,
            "contacts": whole.contacts,
            "callable_now": whole.by_hour[0],
            "by_hour": by_hour,
            "regions": {name: each.document() for name, each in outlook.by_region().items()},
            "zones": {name: each.document() for name, each in outlook.by_zone().items()},
            "groups": _groups(outlook),
            "closed_now": {**outlook.closed_now},
            "bad": {"count": sum(reasons.values()), "reasons": {**reasons}, "rows": rows},
            "columns": {"number": name, "unread": [*self.unread]},
            "edition": outlook.rulebook.edition,
            "geography": digest(),
            "zone_data": {**record(outlook.by_zone())},
        }


def told_of(
    lines: Iterable[str],
    rulebook: Rulebook,
    *,
    at: datetime,
    call: Call,
    country: str | None = None,
    said: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
) -> ListTold:
    """Read a contact list to its end, and return what was found of it.

    Args:
        lines: of the list, its first row first.
        rulebook: what is decided by.
        at: now, aware.
        call: what holds of every contact; a row's own purpose counts over it.
        country: ISO 3166-1, whose national form numbers without a + are read in; None reads none.
        said: the names of columns that somebody gave, by `number`, `zone`, `region`, `purpose`.
        delimiter: what parts the cells; what stands in the first row most often when None.

    Raises:
        ContactListError: it has no first row, or nobody knows which column holds the numbers.
        StaleZoneDataError: the zone data is too old to decide by.
        ValueError: the instant has no offset.
    """
    outlook = Outlook(rulebook, at=at, call=call, country=country)
    contacts = ContactList(lines, said=said, delimiter=delimiter)
    outlook.take(contacts)
    return ListTold(outlook=outlook, columns=contacts.columns)


def without_numbers(text: str) -> str:
    """Return a text with phone numbers taken out: a cell in the wrong column is told with its reason.

    >>> without_numbers("the zone data knows no zone '+1 (850) 555-0123'")
    "the zone data knows no zone '[number]'"
    """
    return _NUMBER.sub(lambda found: found[0] if found[0] == EXAMPLE else NUMBER, text)


def _groups(outlook: Outlook) -> list[Json]:
    return [
        {
            "regions": [*group.regions],
            "zones": [*group.zones],
            "purposes": [*sorted(group.call.purposes)],
            "contacts": group.contacts,
            "callable_now": group.contacts if group.open_at[0] else 0,
            "next": None if group.next is None else utc_text(group.next),
            "closed_by": [*group.closed_by],
        }
        for group in outlook.groups
    ]
