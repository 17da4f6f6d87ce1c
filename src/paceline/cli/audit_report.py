"""`paceline audit report`: a folder for whoever has to answer for a period, which can be read, printed and verified."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.audit import period
from paceline.cli.configured import Everywhere
from paceline.cli.entrance import open_ledger
from paceline.cli.render import tell
from paceline.cli.writing import FileError, written


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
    from paceline.bootstrap.reporting import PAGE, report_of

    start, end = period(since, until)
    first, last = start or datetime.min.replace(tzinfo=UTC), end or datetime.max.replace(tzinfo=UTC)
    _made(out)
    with open_ledger(everywhere or Everywhere()) as ledger:
        report = report_of(ledger, since=first, until=last)
        for name, texts in report.files:
            with written(out / name) as stream:
                stream.writelines(texts)
    tell(f"paceline: {out / PAGE} is written" + ("" if report.is_whole else "; the ledger is not as it was written"))
    print(out / PAGE)
    return exits.DONE if report.is_whole else exits.ERROR


def _made(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_empty = next(out.iterdir(), None) is None
    except OSError as problem:
        raise FileError(f"the folder {out} cannot be made: {problem.strerror}") from problem
    if not is_empty:
        raise FileError(f"the folder {out} is not empty", hint="name a folder that does not exist yet")
