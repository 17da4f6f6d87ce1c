"""A contact list as lines of CSV, row by row: which columns hold what, and what each row says; pure.

Rules:
* Every row comes out once, in order: as a contact, or with the reason why it is none. Empty lines are no rows.
* A quote that is not closed spoils its own row: the lines that it would take along are rows of their own. What goes
  over more than `MOST_LINES` is held for that: each row would else read the rest of the list once more.
* Two columns that may both hold the region, or the zone, are no list before somebody names the one that counts.
* Rows are numbered as a spreadsheet numbers them; the row of names is 1.
* A bare region code such as `FL` is read by the country of the number, then by whichever country has it alone.
* A number in national form is read by the country that the caller names, and is none without.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from paceline.compliance.call import Purpose
from paceline.primitives.errors import PacelineError

NAMES: Mapping[str, tuple[str, ...]] = {
    "number": (
        "number",
        "phonenumber",
        "phone",
        "e164",
        "msisdn",
        "telephone",
        "telephonenumber",
        "tel",
        "mobile",
        "mobilephone",
        "cell",
        "cellphone",
        "homephone",
        "phone1",
        "primaryphone",
        "contactnumber",
        "destination",
    ),
    "zone": ("addresszone", "timezone", "zone", "tz", "tzid"),
    "region": ("region", "regioncode", "state", "statecode", "province", "stateprovince", "iso31662"),
    "purpose": ("purpose",),
}
"""What a column may be called, small letters and digits only, the surest first."""
MOST_LINES = 50
"""So many lines a row may go over."""
_DELIMITERS = ",;\t|"
_NUMBER_INSIDE = re.compile(r"[\r\n].*\d[\d ().-]{8,}", re.ASCII)
_DIGITS_OF_A_NUMBER = 7
_WHERE = ("zone", "region")
_LOOKS_LIKE_A_NUMBER = re.compile(r"\+[\d ().-]{6,24}", re.ASCII)


class ContactListError(PacelineError):
    """the contact list cannot be read"""

    code = "contact-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold what, by their places from 0; None where the list has no such column.

    Attributes:
        names: what the columns are called; none where the list has no row of names.
        unread: other columns that look as if they held numbers.
    """

    number: int
    zone: int | None = None
    region: int | None = None
    purpose: int | None = None
    names: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What one row says of a person; empty cells are None.

    Attributes:
        number: as it was written. To be kept out of logs and ledger.
    """

    row: int
    number: str = field(repr=False)
    zone: str | None
    region: str | None
    purpose: Purpose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that is no contact, or a contact whom nobody may ever call."""

    row: int
    reason: str


def columns_of(header: Sequence[str], said: Mapping[str, str | None]) -> Columns:
    """Return which columns hold what, by their names.

    Args:
        header: the first row.
        said: the names that somebody gave, by `number`, `zone`, `region`, `purpose`; they count over what is guessed.

    Raises:
        ContactListError: no column holds numbers, one that somebody named is not there, or two may hold the same.
    """
    plain = [_plain(name) for name in header]
    places = {what: _place(what, plain, header, said.get(what)) for what in NAMES}
    number = places["number"]
    if number is None:
        return _without_names(header)
    unread = (name for at, name in enumerate(header) if at != number and plain[at] in NAMES["number"])
    return Columns(
        number=number,
        zone=places["zone"],
        region=places["region"],
        purpose=places["purpose"],
        names=tuple(header),
        unread=tuple(unread),
    )


class _Lines:
    """Lines that can be given back, but for the first of a row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._taken: list[str] = []
        self._again: deque[str] = deque()
        self.come_again = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) == MOST_LINES:
            raise csv.Error(f"it goes over more than {MOST_LINES} lines: a quote is not closed")
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        return line

    @property
    def taken(self) -> int:
        """How many lines the row has."""
        return len(self._taken)

    def begin(self) -> None:
        """Begin a row."""
        self._taken.clear()
        self.come_again = bool(self._again)

    def give_back(self) -> None:
        """Let all lines of the row but its first come again."""
        self._again.extendleft(reversed(self._taken[1:]))


class ContactList:
    """The rows of a list, read once from its lines, as few at a time as there are.

    Attributes:
        columns: what was found in its first row.
    """

    def __init__(
        self, lines: Iterable[str], *, said: Mapping[str, str | None] | None = None, delimiter: str | None = None
    ) -> None:
        """Read the first row.

        Raises:
            ContactListError: there is none, or nobody knows which column holds the numbers.
        """
        self._lines = iter(lines)
        first = next((line for line in self._lines if line.strip()), None)
        if first is None:
            raise ContactListError("the contact list is empty", hint="its first row names the columns: number,state")
        self._delimiter = delimiter or _delimiter(first)
        try:
            header = [cell.strip() for cell in next(csv.reader([first], delimiter=self._delimiter))]
        except csv.Error as unreadable:
            raise ContactListError(f"the first row of the contact list cannot be read: {unreadable}") from unreadable
        self.columns = columns_of(header, said or {})
        self._first = None if self.columns.names else first

    def __iter__(self) -> Iterator[Contact | BadRow]:
        """Yield every row, in order."""
        lines = _Lines(self._lines if self._first is None else chain([self._first], self._lines))
        row = 1 if self.columns.names else 0
        while True:
            lines.begin()
            # A reader for each row: one that failed would go on in the middle of a quote.
            try:
                cells = next(csv.reader(lines, delimiter=self._delimiter, strict=True), None)
                broken = None if cells is None else self._broken(cells, lines)
            except csv.Error as unreadable:
                cells, broken = [], f"unreadable: {unreadable}"
            if cells is None:
                return
            if broken is not None:
                # What a quote that is not closed took along comes again, line by line.
                lines.give_back()
            if broken is not None or any(cell.strip() for cell in cells):
                row += 1
                yield self._contact(row, cells) if broken is None else BadRow(row=row, reason=broken)

    def _broken(self, cells: Sequence[str], lines: _Lines) -> str | None:
        """Return why these cells are no row of this list; None when they are one, or an empty line."""
        expected = len(self.columns.names)
        if expected and any(cell.strip() for cell in cells) and len(cells) != expected:
            return f"it has {len(cells)} cells, and the first row has {expected}"
        if lines.come_again and lines.taken > 1:
            return "it goes over several lines after a quote that is not closed"
        if any(_NUMBER_INSIDE.search(cell.strip()) for cell in cells):
            return "a cell goes over several lines with a number in them: a quote is not closed"
        return None

    def _contact(self, row: int, cells: Sequence[str]) -> Contact | BadRow:
        number = self._cell(cells, self.columns.number)
        if number is None:
            return BadRow(row=row, reason="no number")
        if "\n" in number or "\r" in number:
            return BadRow(row=row, reason="its number goes over several lines")
        purpose = self._cell(cells, self.columns.purpose)
        if purpose is not None and purpose.lower() not in {each.value for each in Purpose}:
            return BadRow(row=row, reason="unknown purpose: there are sales, debt, research and info")
        return Contact(
            row=row,
            number=number,
            zone=self._cell(cells, self.columns.zone),
            region=self._cell(cells, self.columns.region),
            purpose=None if purpose is None else Purpose(purpose.lower()),
        )

    @staticmethod
    def _cell(cells: Sequence[str], place: int | None) -> str | None:
        return None if place is None or place >= len(cells) else cells[place].strip() or None


def region_code(text: str, countries: Iterable[str], known: Iterable[str]) -> str:
    """Return the ISO 3166-2 code that a cell means, the text itself where nobody can tell.

    Args:
        text: `US-FL`, or `FL`; `DE` is Delaware beside a number of the United States, and Germany beside others.
        countries: those of the number, which count first.
        known: every region code that there is.
    """
    written, codes = text.upper().replace("_", "-"), frozenset(known)
    for country in sorted(countries):
        if f"{country}-{written}" in codes:
            return f"{country}-{written}"
    if written in codes:
        return written
    alone = [code for code in codes if code.partition("-")[2] == written]
    return alone[0] if len(alone) == 1 else text


def _place(what: str, plain: Sequence[str], header: Sequence[str], said: str | None) -> int | None:
    if said is not None:
        if said in header and (what not in _WHERE or list(header).count(said) == 1):
            return list(header).index(said)
        alike = [at for at, name in enumerate(plain) if name and name == _plain(said)]
        if len(alike) > 1 and what in _WHERE:
            raise _undecided(what, header, alike)
        if alike:
            return alike[0]
        raise ContactListError(
            f"the contact list has no column {_name_told(said)!r} for the {what}",
            hint=f"its columns: {', '.join(_name_told(name) for name in header[:20])}",
        )
    found = [at for at, name in enumerate(plain) if name in NAMES[what]]
    if what in _WHERE and len(found) > 1:
        raise _undecided(what, header, found)
    return next((list(plain).index(name) for name in NAMES[what] if name in plain), None)


def _undecided(what: str, header: Sequence[str], places: Sequence[int]) -> ContactListError:
    """Return that nobody knows which of several columns counts: a person is where the wrong one does not say."""
    return ContactListError(
        f"several columns may hold the {what}: {', '.join(_name_told(header[at]) for at in places[:20])}",
        hint=f"name the one that counts: --{what}-column NAME; two of one name cannot be told apart",
    )


def _name_told(name: str) -> str:
    """Return a name of a column as it may be told: a list without a row of names has somebody's number there."""
    return "(a number)" if sum(one.isdigit() for one in name) >= _DIGITS_OF_A_NUMBER else name[:32]


def _without_names(header: Sequence[str]) -> Columns:
    """Return the columns of a list whose first row is a contact already."""
    numbers = [at for at, cell in enumerate(header) if _LOOKS_LIKE_A_NUMBER.fullmatch(cell)]
    if len(numbers) == 1:
        return Columns(number=numbers[0])
    raise ContactListError(
        "no column of the contact list is called number or phone",
        hint="name it: --number-column NAME; the first row names the columns",
    )


def _delimiter(first: str) -> str:
    """Return what the cells of the first row are parted by: what stands there most often."""
    return max(_DELIMITERS, key=first.count)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
