"""`paceline audit report`: a folder for whoever has to answer for a period, which can be read, printed and verified."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.abandonment_rows import abandonment_lines
from paceline.cli.audit import period, stats_rows
from paceline.cli.audit_proof import Form, lines_of
from paceline.cli.configured import Everywhere
from paceline.cli.entrance import open_ledger
from paceline.cli.render import tell
from paceline.cli.report_page import page
from paceline.cli.signing import public_text, signer_of
from paceline.cli.writing import FileError, written

if TYPE_CHECKING:
    from paceline.bootstrap import Ledger

PAGE, ROWS, ENTRIES, ABANDONMENT = "report.html", "export.jsonl", "entries.csv", "abandonment.csv"
CHECKPOINT, README = "checkpoint.txt", "README.txt"


def write_report(
    *,
    since: Annotated[str, Parameter(name="--from")],
    until: Annotated[str, Parameter(name="--to")],
    out: Annotated[Path, Parameter(name="--out")],
    everywhere: Everywhere | None = None,
) -> int:
    """Write a folder about a period: a page to read and print, all rows, and how to verify them; 1 when they are bad.

    Parameters
    ----------
    since
        Start of the period, such as 2026-06-01T00:00:00Z.
    until
        End of the period, not part of it.
    out
        The folder to make; it must not exist, or be empty.
    """
    start, end = period(since, until)
    first, last = start or datetime.min.replace(tzinfo=UTC), end or datetime.max.replace(tzinfo=UTC)
    _made(out)
    with open_ledger(everywhere or Everywhere()) as ledger:
        is_whole = _written(ledger, out, since=first, until=last)
    tell(f"paceline: {out / PAGE} is written" + ("" if is_whole else "; the ledger is not as it was written"))
    print(out / PAGE)
    return exits.DONE if is_whole else exits.ERROR


def _written(ledger: Ledger, out: Path, *, since: datetime, until: datetime) -> bool:
    from paceline.control.review import review
    from paceline.ledger.proofs import seal
    from paceline.ledger.verify import verify_database

    tenant = ledger.book.tenant
    # Before it is signed or read: a ledger that somebody has changed may hold rows that cannot even be read.
    verified = verify_database(ledger.database, tenant=tenant)
    told = None
    checkpoint = public = None
    if verified.ok:
        signer = signer_of(ledger)
        checkpoint, public = seal(ledger.book, signer).text, public_text(signer.public)
        keys = {signer.id: signer.public}
        verified = verify_database(ledger.database, tenant=tenant, checkpoints=[checkpoint], keys=keys)
        told = review(ledger.book, ledger.readings, since=since, until=until)
    text = page(
        tenant=tenant,
        since=since,
        until=until,
        made_at=ledger.book.now(),
        verified=verified,
        review=told,
        checkpoint=checkpoint,
        figures=[] if told is None else stats_rows(told.metrics),
    )
    _write(out / PAGE, [text])
    if checkpoint is not None and public is not None:
        _write(out / ROWS, lines_of(ledger, Form.JSONL))
        _write(out / ENTRIES, lines_of(ledger, Form.CSV))
        _write(out / ABANDONMENT, abandonment_lines(ledger))
        _write(out / CHECKPOINT, [checkpoint])
    _write(out / README, [_readme(public)])
    return verified.ok


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


def _made(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_empty = next(out.iterdir(), None) is None
    except OSError as problem:
        raise FileError(f"the folder {out} cannot be made: {problem.strerror}") from problem
    if not is_empty:
        raise FileError(f"the folder {out} is not empty", hint="name a folder that does not exist yet")


def _write(path: Path, texts: Iterable[str]) -> None:
    with written(path) as stream:
        stream.writelines(texts)
