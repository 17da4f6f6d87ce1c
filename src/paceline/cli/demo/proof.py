"""Act 14: the ledger is verified and sealed; then copies are forged with plain SQL, and both forgeries are caught."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from paceline.campaign.lifecycle.changes import Pause
from paceline.cli.demo.people import EAST
from paceline.cli.demo.scene import TENANT, Scene
from paceline.cli.demo.telling import Act, StoryError, check, only
from paceline.ledger.checkpoint import Checkpoint
from paceline.ledger.entry import Query
from paceline.ledger.keys import Signer
from paceline.ledger.proofs import seal
from paceline.ledger.verify import Verification, verify, verify_database

CUT = 5
"""How many rows are cut off the end."""


def ledger_is_proved(scene: Scene) -> Act:
    """Verify, sign a checkpoint, forge two copies, and have both caught."""
    signer = Signer.fresh()
    checkpoint = seal(scene.ada.book, signer)
    keys = {signer.id: signer.public}
    whole = verify_database(scene.database, tenant=TENANT, checkpoints=[checkpoint.text], keys=keys)
    check("what is wrong with the ledger", wanted=(), found=whole.faults)
    check("the rows that the checkpoint vouches for", wanted=checkpoint.size, found=whole.entries)
    pause = only("pauses", scene.ada.book.entries(Query(campaign=EAST, kind=Pause.kind)))
    with _copy(scene.file, scene.folder / "edited.db") as copy:
        refusal = _refused(copy, pause.number)
        _edit_one_byte(copy, pause.number)
        edited = _verified(copy)
    check("the first bad row of the edited copy", wanted=pause.number, found=edited.first_bad)
    size = whole.entries - CUT
    with _copy(scene.file, scene.folder / "cut.db") as copy:
        _cut_off(copy, size)
        alone, against = _verified(copy), _verified(copy, checkpoint, keys)
    check("what is wrong with the cut copy when nobody kept a checkpoint", wanted=(), found=alone.faults)
    check("the first row that is missing by the checkpoint", wanted=size + 1, found=against.first_bad)
    return Act(
        does="the ledger is verified and a checkpoint signed",
        came=f"{whole.entries} rows, all sound; with one byte of ada's name changed in a copy the first bad row is "
        f"{edited.first_bad} (entry {pause.number}); with the last {CUT} rows cut off {against.faults[0].what}",
        notes=[
            *(f"checkpoint: {line}" for line in checkpoint.text.splitlines()),
            f"UPDATE in the copy, its triggers in place: {refusal}",
            f"its triggers dropped, one byte changed: row {edited.first_bad}: {edited.faults[0].what}",
            f"rows cut off, head set back: sound by itself; against the checkpoint: {against.faults[0].what}",
        ],
    )


@contextmanager
def _copy(file: Path, place: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file)) as ledger, closing(sqlite3.connect(place)) as copy:
        ledger.backup(copy)
        copy.row_factory = sqlite3.Row
        yield copy


def _refused(copy: sqlite3.Connection, sequence: int) -> str:
    try:
        copy.execute("UPDATE ledger_entries SET body = body || ' ' WHERE sequence = ?", (sequence,))
    except sqlite3.IntegrityError as refusal:
        return str(refusal)
    raise StoryError("the database itself was to refuse an UPDATE of the ledger, and took it")


def _edit_one_byte(copy: sqlite3.Connection, sequence: int) -> None:
    """Let somebody else have paused: the text stays sound, and as long as it was."""
    _drop_triggers(copy)
    (body,) = copy.execute("SELECT body FROM ledger_entries WHERE sequence = ?", (sequence,)).fetchone()
    forged = body.replace('"name":"ada"', '"name":"ida"')
    check("bytes that were changed", wanted=1, found=sum(one != other for one, other in zip(body, forged, strict=True)))
    copy.execute("UPDATE ledger_entries SET body = ? WHERE sequence = ?", (forged, sequence))


def _cut_off(copy: sqlite3.Connection, size: int) -> None:
    """Cut the copy down to `size` rows, and set the head back as a careful forger would."""
    _drop_triggers(copy)
    copy.execute("DELETE FROM ledger_entries WHERE sequence > ?", (size,))
    copy.execute(
        "UPDATE ledger_heads SET size = ?, hash = (SELECT hash FROM ledger_entries WHERE sequence = ?)", (size, size)
    )


def _drop_triggers(copy: sqlite3.Connection) -> None:
    names = [row["name"] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        copy.execute(f'DROP TRIGGER "{name}"')


def _verified(
    copy: sqlite3.Connection, checkpoint: Checkpoint | None = None, keys: Mapping[str, bytes] | None = None
) -> Verification:
    rows: list[dict[str, Any]] = [
        dict(row) for row in copy.execute("SELECT * FROM ledger_entries WHERE tenant = ? ORDER BY sequence", (TENANT,))
    ]
    size, digest = copy.execute("SELECT size, hash FROM ledger_heads WHERE tenant = ?", (TENANT,)).fetchone()
    checkpoints = [] if checkpoint is None else [checkpoint.text]
    return verify(rows, tenant=TENANT, checkpoints=checkpoints, keys=keys, end=(size, digest))
