"""The report of a period: files that can be read, printed and verified by whoever does not have to trust us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from paceline.bootstrap.signing import Keeper, public_text, signer_of
from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.abandonment.spreadsheet import abandonment_lines
from paceline.control.reviewing.metric_rows import stats_rows
from paceline.control.reviewing.report_page import page
from paceline.control.reviewing.review import review
from paceline.ledger.export_form import Form
from paceline.ledger.exporting import lines_of
from paceline.ledger.proofs import seal
from paceline.ledger.readings import Readings
from paceline.ledger.verify import verify_database
from paceline.storage.database import Database

PAGE, ROWS, ENTRIES, ABANDONMENT = "report.html", "export.jsonl", "entries.csv", "abandonment.csv"
CHECKPOINT, README = "checkpoint.txt", "README.txt"


class Reported(Keeper, Protocol):
    """What a report is made of; a whole system has it, and the ledger alone."""

    @property
    def database(self) -> Database:
        """Where the ledger is kept."""
        ...

    @property
    def readings(self) -> Readings:
        """What the platform was seen to hold."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The files of a report, by their names, as pieces of text.

    Attributes:
        is_whole: whether the ledger is as it was written; else only the page is there, and what to do.
        files: to be written in this order; a piece is read from the ledger when it is asked for.
    """

    is_whole: bool
    files: tuple[tuple[str, Iterable[str]], ...]


def report_of(keeper: Reported, *, since: datetime, until: datetime) -> Report:
    """Return the report of a period, `until` not part of it; the ledger is signed where it is whole.

    Raises:
        CheckpointError: there is no key that could sign.
        LedgerUnavailableError: the ledger cannot be read now.
    """
    tenant = keeper.book.tenant
    # Before it is signed or read: a ledger that somebody has changed may hold rows that cannot even be read.
    verified = verify_database(keeper.database, tenant=tenant)
    told = None
    checkpoint = public = None
    if verified.ok:
        signer = signer_of(keeper)
        checkpoint, public = seal(keeper.book, signer).text, public_text(signer.public)
        keys = {signer.id: signer.public}
        verified = verify_database(keeper.database, tenant=tenant, checkpoints=[checkpoint], keys=keys)
        told = review(keeper.book, keeper.readings, since=since, until=until)
    text = page(
        tenant=tenant,
        since=since,
        until=until,
        made_at=keeper.book.now(),
        verified=verified,
        review=told,
        checkpoint=checkpoint,
        figures=[] if told is None else stats_rows(told.metrics),
    )
    files: list[tuple[str, Iterable[str]]] = [(PAGE, [text])]
    if checkpoint is not None and public is not None:
        files += [
            (ROWS, lines_of(keeper.book, Form.JSONL)),
            (ENTRIES, lines_of(keeper.book, Form.CSV)),
            (ABANDONMENT, abandonment_lines(AbandonmentBook(keeper.database, keeper.book))),
            (CHECKPOINT, [checkpoint]),
        ]
    files.append((README, [_readme(public)]))
    return Report(is_whole=verified.ok, files=tuple(files))


def _readme(public: str | None) -> str:
    if public is None:
        return (
            f"{PAGE} says what is wrong with the ledger. Nothing else is here: what it says cannot be relied on.\n"
            "Restore the database from a copy, and make the report anew.\n"
        )
    return f"""{PAGE}       what was done in the period, to read and to print
{ENTRIES}       every entry of the whole ledger, for a spreadsheet
{ABANDONMENT}  what the platform told of abandoned calls, by hour and by legal period, and when it told it
{ROWS}      every row of the whole ledger, a line each, as it was hashed
{CHECKPOINT}    where the ledger ended when this was made, signed

Phone numbers are in none of these files: where one was, a word stands for it (number:...).
A cell of a .csv file that would begin like a formula begins with an apostrophe.

To verify that no row was changed, removed or added:

    paceline audit verify --export {ROWS} --checkpoint {CHECKPOINT} --key {public}

It prints what it found and ends with 0 when nothing is wrong. The key after --key is only as good as the way on which
you got it: compare it with the one that you were given on another way.
"""
