"""`paceline audit verify`, `checkpoint`, `prove`, `export`: what convinces somebody who does not have to trust us."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.entrance import open_ledger
from paceline.cli.render import show_data, tell
from paceline.cli.signing import public_of
from paceline.cli.words import UsageError
from paceline.cli.writing import FileError, text_of, written
from paceline.ledger.export_form import Form
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId

if TYPE_CHECKING:
    from paceline.ledger.verify import Verification

_SEVERAL = Parameter(negative=())
_OUT = Parameter(name="--out")
_CHECKPOINT = "name a file that `paceline audit checkpoint --out FILE` wrote"


def verify_ledger(
    *,
    checkpoint: Annotated[tuple[Path, ...], _SEVERAL] = (),
    key: Annotated[tuple[str, ...], _SEVERAL] = (),
    export: Path | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Verify the ledger, or an export of it; 0 when nothing is wrong, 1 when something is.

    Parameters
    ----------
    checkpoint
        A file with a checkpoint that was kept elsewhere: it shows a tail cut off, or a ledger written anew.
    key
        A public key to trust, as `audit checkpoint` told it; without one, that of the data folder.
    export
        A file of rows, as `audit export` writes it, instead of the database.
    """
    from paceline.bootstrap.signing import own_keys

    everywhere = everywhere or Everywhere()
    checkpoints = [text_of(path, hint=_CHECKPOINT) for path in checkpoint]
    keys = dict(public_of(text) for text in key)
    if export is not None:
        if checkpoints and not keys:
            keys = own_keys(settings_of(everywhere).data_folder)
        found = _verified_export(export, checkpoints, keys)
        if not checkpoints:
            tell("paceline: without --checkpoint nobody can tell whether rows are missing at the end")
    else:
        from paceline.ledger.verify import verify_database

        with open_ledger(everywhere) as ledger:
            keys = keys or (own_keys(ledger.data_folder) if checkpoints else {})
            found = verify_database(ledger.database, tenant=ledger.book.tenant, checkpoints=checkpoints, keys=keys)
    _show_verification(found, everywhere.output)
    return exits.DONE if found.ok else exits.ERROR


def sign_checkpoint(*, out: Annotated[Path, _OUT], everywhere: Everywhere | None = None) -> int:
    """Sign where the ledger ends now; keep the file where nobody who can change the ledger can change it.

    Parameters
    ----------
    out
        The file to write.
    """
    from paceline.bootstrap.signing import sealed_by

    with open_ledger(everywhere or Everywhere()) as ledger:
        sealed, public = sealed_by(ledger)
    with written(out) as stream:
        stream.write(sealed.text)
    tell(f"paceline: {out} vouches for {sealed.size} rows; keep it, and this public key, away from the ledger:")
    print(public)
    return exits.DONE


def prove_entry(
    number: Annotated[int, Parameter(validator=validators.Number(gte=1))],
    /,
    *,
    checkpoint: Path | None = None,
    out: Annotated[Path | None, _OUT] = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Write the proof that an entry is in the ledger: its rows, and their ways to the root of the tree.

    Parameters
    ----------
    number
        Its number in the ledger.
    checkpoint
        The checkpoint whose root the proof leads to; else it leads to the root of the ledger as it is now.
    out
        The file to write, standard output without one.
    """
    from paceline.bootstrap.signing import own_keys
    from paceline.ledger.checkpoint import read_checkpoint
    from paceline.ledger.proofs import prove

    everywhere = everywhere or Everywhere()
    with open_ledger(everywhere) as ledger:
        size: int | None = None
        if checkpoint is not None:
            size = read_checkpoint(text_of(checkpoint), keys=own_keys(ledger.data_folder)).size
            if number > size:
                raise UsageError(f"entry {number} is younger than the checkpoint, which ends with row {size}")
        proof = prove(ledger.book, EntryId(number), size=size)
    with written(out) as stream:
        stream.write(json.dumps(proof, indent=2, ensure_ascii=False) + "\n")
    return exits.DONE


def export_ledger(
    *,
    form: Annotated[Form, Parameter(name="--format")] = Form.JSONL,
    out: Annotated[Path | None, _OUT] = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Export the ledger: every row as a line of JSON, which can be verified, or every entry as CSV.

    Parameters
    ----------
    form
        jsonl or csv.
    out
        The file to write, standard output without one.
    """
    from paceline.ledger.exporting import lines_of

    with open_ledger(everywhere or Everywhere()) as ledger, written(out) as stream:
        stream.writelines(lines_of(ledger.book, form))
    return exits.DONE


def _verified_export(export: Path, checkpoints: list[str], keys: Mapping[str, bytes]) -> Verification:
    from paceline.ledger.verify import rows_of_export, verify

    try:
        # Bytes that are no UTF-8 become a row that no check accepts, and not an error without a number.
        with export.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            rows = rows_of_export(lines)
            first = next(rows, None)
            named = {} if first is None else first
            tenant = str(named.get("tenant", ""))
            tell(f"paceline: the export is of tenant {tenant!r}")
            return verify(rows if first is None else chain([first], rows), tenant=tenant, checkpoints=checkpoints,
                          keys=keys)  # fmt: skip
    except OSError as problem:
        raise FileError(f"{export} cannot be read: {problem.strerror}") from problem


def _show_verification(found: Verification, output: Output) -> None:
    if output is not Output.TABLE:
        data: dict[str, Json] = {
            "ok": found.ok,
            "entries": found.entries,
            "head": found.head,
            "first_bad": found.first_bad,
        }
        if found.faults:
            data["faults"] = [{"row": fault.sequence, "what": fault.what} for fault in found.faults]
        show_data(data, output, names=["ok" if found.ok else "bad"])
        return
    word = "nothing is wrong" if found.ok else "the ledger is not as it was written"
    print(f"{word}: {found.entries} rows, head {found.head}", file=sys.stdout)
    for fault in found.faults:
        place = "" if fault.sequence is None else f"row {fault.sequence}: "
        print(f"  {place}{fault.what}", file=sys.stdout)
