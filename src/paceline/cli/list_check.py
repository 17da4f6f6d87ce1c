"""`paceline list check`: whom of a contact list may be called now and in the next 24 hours, and why not the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.call_options import CallOptions, instant_said
from paceline.cli.configured import Everywhere, Output, rulebook_of
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.words import UsageError
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.compliance.list_outlook import Sum
    from paceline.compliance.list_told import ListTold

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
    from paceline.compliance.list_told import told_of

    everywhere, reading = everywhere or Everywhere(), reading or Reading()
    call, country = (calls or CallOptions()).call(), _country_said(reading.country)
    instant, delimiter = instant_said(at), _delimiter_said(reading.delimiter)
    rulebook, said = rulebook_of(everywhere), reading.columns()
    with _opened(path) as stream:
        told = told_of(stream, rulebook, at=instant, call=call, country=country, said=said, delimiter=delimiter)
    if everywhere.output is Output.TABLE:
        _show_for_people(told)
    else:
        show_data(told.document(), everywhere.output, names=[])
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
    from paceline.compliance.list_told import DELIMITERS

    found = delimiter if delimiter is None else DELIMITERS.get(delimiter, delimiter)
    if found is not None and found not in DELIMITERS.values():
        raise UsageError(f"--delimiter: {delimiter!r} is none", hint=f"there are {', '.join(DELIMITERS)}")
    return found


def _show_for_people(told: ListTold) -> None:

    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    outlook = told.outlook
    whole, bad = outlook.everybody(), told.bad_reasons()
    say(f"{outlook.rows} rows: {whole.contacts} contacts, {sum(bad.values())} bad rows", "bold")
    say(f"{whole.by_hour[0]} may be called at {utc_text(outlook.at)}", "bold")
    if told.unread:
        say(f"not read, though they look like numbers: {', '.join(told.unread)}", "yellow")
    show_table(("FROM", "CALLABLE"), [(utc_text(told.at(hour)), count) for hour, count in enumerate(whole.by_hour)])
    shown = told.bad_rows(SHOWN)
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
