"""`paceline list check`: whom of a contact list may be called now and in the next 24 hours, and why not the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.call_options import CallOptions, instant_said
from paceline.cli.configured import Everywhere, Output, rulebook_of
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.words import UsageError

if TYPE_CHECKING:
    from paceline.compliance.contact_list import Columns
    from paceline.compliance.list_outlook import Outlook, Sum
    from paceline.primitives.canonical import Json

SHOWN = 20
"""So many bad rows are shown to people; programs get all of them."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the list is read; columns are found by their names where nothing is said."""

    country: str | None = None
    """Country in whose national form numbers without a + are written, such as US; such rows are bad without."""
    number_column: str | None = None
    """Name of the column with the numbers, where it is not called number or phone."""
    zone_column: str | None = None
    """Name of the column with the zones of the addresses."""
    region_column: str | None = None
    """Name of the column with the regions or states."""
    purpose_column: str | None = None
    """Name of the column with the purposes."""
    delimiter: str | None = None
    """What parts the cells: comma, semicolon, tab or bar."""

    def columns(self) -> dict[str, str | None]:
        """Return the names that were said, by what the columns hold."""
        return {
            "number": self.number_column,
            "zone": self.zone_column,
            "region": self.region_column,
            "purpose": self.purpose_column,
        }


def check_list(
    path: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    at: str | None = None,
    calls: CallOptions | None = None,
    reading: Reading | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Say whom of a contact list may be called now and at the beginning of each of the next 24 hours.

    Every row counts once: in a region and a zone, or as a bad row with its reason. A purpose that a row says counts
    over --purpose. Exit 0 when the list was read. Nothing is recorded, and no number is shown.

    Parameters
    ----------
    path
        A CSV file whose first row names the columns: number or phone, perhaps timezone, state or region, purpose; -
        reads standard input.
    at
        Instant with an offset that counts as now; now where none is said.
    """
    from paceline.compliance.contact_list import ContactList
    from paceline.compliance.list_outlook import Outlook

    everywhere, reading = everywhere or Everywhere(), reading or Reading()
    call, country = (calls or CallOptions()).call(), _country_said(reading.country)
    outlook = Outlook(rulebook_of(everywhere), at=instant_said(at), call=call, country=country)
    with _opened(path) as stream:
        contacts = ContactList(stream, said=reading.columns(), delimiter=_delimiter_said(reading.delimiter))
        outlook.take(contacts)
    if everywhere.output is Output.TABLE:
        _show_for_people(outlook, contacts.columns)
    else:
        show_data(_document(outlook, contacts.columns), everywhere.output, names=[])
    return exits.DONE


@contextmanager
def _opened(path: str) -> Iterator[TextIO]:
    """Open a file of text; bytes that are none stay where they are, and spoil only their own row."""
    # Standard input is opened anew: as it stands it may stop at bytes that are no text.
    where = sys.stdin.fileno() if path == "-" else Path(path)
    try:
        with open(where, encoding="utf-8-sig", errors="replace", newline="", closefd=path != "-") as stream:
            yield stream
    except OSError as failed:
        raise UsageError(f"the contact list {path} cannot be read: {failed.strerror}") from failed


def _country_said(country: str | None) -> str | None:
    if country is None or (len(country) == 2 and country.isascii() and country.isalpha()):
        return country and country.upper()
    raise UsageError(f"--country: {country[:32]!r} is no country", hint="write it as US")


def _delimiter_said(delimiter: str | None) -> str | None:
    named = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
    found = delimiter if delimiter is None else named.get(delimiter, delimiter)
    if found is not None and found not in named.values():
        raise UsageError(f"--delimiter: {delimiter!r} is none", hint=f"there are {', '.join(named)}")
    return found


def _document(outlook: Outlook, columns: Columns) -> dict[str, Json]:
    from paceline.compliance.geography.tables import digest
    from paceline.compliance.zonedata import record

    whole = outlook.everybody()
    rows: list[Json] = [{"row": bad.row, "reason": bad.reason} for bad in outlook.bad_rows]
    by_hour: list[Json] = [
        {"at": _written(outlook, hour), "callable": count} for hour, count in enumerate(whole.by_hour)
    ]
    return {
        "at": _written(outlook, 0),
        "rows": outlook.rows,
        "contacts": whole.contacts,
        "callable_now": whole.by_hour[0],
        "by_hour": by_hour,
        "regions": {name: each.document() for name, each in outlook.by_region().items()},
        "zones": {name: each.document() for name, each in outlook.by_zone().items()},
        "groups": _groups(outlook),
        "closed_now": {**outlook.closed_now},
        "bad": {"count": len(rows), "reasons": {**outlook.bad_counts}, "rows": rows},
        "columns": {
            "number": columns.names[columns.number] if columns.names else columns.number,
            "unread": [*columns.unread],
        },
        "edition": outlook.rulebook.edition,
        "geography": digest(),
        "zone_data": {**record(outlook.by_zone())},
    }


def _groups(outlook: Outlook) -> list[Json]:
    return [
        {
            "regions": [*group.regions],
            "zones": [*group.zones],
            "purposes": [*sorted(group.call.purposes)],
            "contacts": group.contacts,
            "callable_now": group.contacts if group.open_at[0] else 0,
            "next": None if group.next is None else group.next.isoformat().replace("+00:00", "Z"),
            "closed_by": [*group.closed_by],
        }
        for group in outlook.groups
    ]


def _show_for_people(outlook: Outlook, columns: Columns) -> None:
    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    whole, bad = outlook.everybody(), outlook.bad_counts
    say(f"{outlook.rows} rows: {whole.contacts} contacts, {sum(bad.values())} bad rows", "bold")
    say(f"{whole.by_hour[0]} may be called at {_written(outlook, 0)}", "bold")
    if columns.unread:
        say(f"not read, though they look like numbers: {', '.join(columns.unread)}", "yellow")
    hours = [(_written(outlook, hour), count) for hour, count in enumerate(whole.by_hour)]
    show_table(("FROM", "CALLABLE"), hours)
    shown = list(islice(outlook.bad_rows, SHOWN))
    tables: tuple[tuple[tuple[str, ...], list[tuple[object, ...]]], ...] = (
        (("REGION", "CONTACTS", "CALLABLE NOW"), [_sum_row(*each) for each in outlook.by_region().items()]),
        (("ZONE", "CONTACTS", "CALLABLE NOW"), [_sum_row(*each) for each in outlook.by_zone().items()]),
        (("CLOSED NOW BY", "CONTACTS"), [*outlook.closed_now.items()]),
        (("BAD BECAUSE", "ROWS"), [*bad.items()]),
        (("BAD ROW", "REASON"), [(each.row, each.reason) for each in shown]),
    )
    for names, rows in tables:
        if rows:
            show_table(names, rows)
    if sum(bad.values()) > len(shown):
        say(f"and {sum(bad.values()) - len(shown)} more bad rows: -o json names all", "dim")
    say(f"rules {outlook.rulebook.edition}", "dim")


def _sum_row(name: str, each: Sum) -> tuple[object, ...]:
    return name, each.contacts, each.by_hour[0]


def _written(outlook: Outlook, hour: int) -> str:
    return (outlook.at + timedelta(hours=hour)).isoformat().replace("+00:00", "Z")
