"""The whole ledger as text for whoever does not have the database: rows to verify, or entries for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

from paceline.ledger.book import Book
from paceline.ledger.entry import Query
from paceline.ledger.export_form import Form
from paceline.ledger.proofs import exported
from paceline.ledger.spreadsheet import COLUMNS, csv_row


def lines_of(book: Book, form: Form) -> Iterator[str]:
    """Yield the lines of an export, line feeds included; phone numbers stay words.

    Raises:
        LedgerUnavailableError: the ledger cannot be read now.
    """
    if form is Form.JSONL:
        yield from exported(book)
        return
    line = _Line()
    told = csv.writer(line, lineterminator="\n")
    for cells in chain([COLUMNS], (csv_row(entry) for entry in book.entries(Query()))):
        told.writerow(cells)
        yield line.text


class _Line:
    """The last line that was written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)
