"""Act 17: the audit report of a day is made, and verified from its files alone; forged copies are caught."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from paceline.campaign.lifecycle.changes import Pause
from paceline.cli.demo.people import EAST
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.spoken import Said, said
from paceline.cli.demo.telling import Act, StoryError, check, only
from paceline.figures.chain import Chain, Link, svg_of_chain
from paceline.ledger.entry import Query
from paceline.primitives.clock import MachineClock, utc_text

FOLDER = "audit"
"""Where the audit report lies, beside the report of the story; then two of its files."""
ROWS, CHECKPOINT = "export.jsonl", "checkpoint.txt"
CUT = 5
"""How many rows are cut off the end of a copy."""
_DAY = timedelta(days=1)
_HASH, _SHORT = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b"), r"\1..."
_BEFORE, _AFTER = 1, 2
"""How many rows are shown before the one that was changed, and after it."""


def report_is_proved(scene: Scene) -> Act:
    """Make the report, verify it as its README says, forge two copies of its rows, and have both caught."""
    folder = scene.kept / FOLDER
    now = datetime.fromtimestamp(MachineClock().wall_ns() // 1_000_000_000 + 1, UTC)
    period = ("--from", utc_text(now - _DAY), "--to", utc_text(now))
    made = said(scene.environment, "audit", "report", *period, "--out", str(folder))
    check("how `paceline audit report` ends", wanted=0, found=made.code)
    told = _verify(scene, folder, ROWS)
    whole = json.loads(told.output)
    check("how `paceline audit verify` ends, and what is wrong", wanted=(0, True, None), found=_found(told))
    pause = only("pauses", scene.ada.book.entries(Query(campaign=EAST, kind=Pause.kind)))
    rows = (folder / ROWS).read_text(encoding="utf-8").splitlines(keepends=True)
    edited = _forged(scene, folder, _one_byte_changed(rows, pause.number))
    check("how it ends, and the first bad row", wanted=(1, False, pause.number), found=_found(edited))
    cut = _forged(scene, folder, rows[:-CUT])
    check("the first row that is missing", wanted=(1, False, len(rows) - CUT + 1), found=_found(cut))
    wrong, missing = (str(json.loads(one.output)["faults"][0]["what"]) for one in (edited, cut))
    return Act(
        title="A report that shows every tampering",
        word="verified",
        does="the day's audit report is written, and verified by `paceline audit verify` from its files alone",
        came=f"{whole['entries']} rows, nothing is wrong; with one byte changed in a copy, ada to ida, row "
        f"{pause.number} is named (entry {pause.number}); with the last {CUT} rows cut off {missing}",
        notes=[
            f"in {FOLDER}: paceline audit verify --export {ROWS} --checkpoint {CHECKPOINT} --key {_key(folder)}",
            f"one byte changed: row {pause.number}: {wrong}",
            f"the last {CUT} rows cut off: {missing}",
        ],
        pictures=[svg_of_chain(_picture(rows, pause.number, wrong))],
    )


def _verify(scene: Scene, folder: Path, export: str) -> Said:
    files = ("--export", str(folder / export), "--checkpoint", str(folder / CHECKPOINT))
    return said(scene.environment, "audit", "verify", *files, "--key", _key(folder), "-o", "json")


def _forged(scene: Scene, folder: Path, rows: Sequence[str]) -> Said:
    """Verify other rows against the same checkpoint."""
    forged = folder / "forged.jsonl"
    forged.write_text("".join(rows), encoding="utf-8")
    try:
        return _verify(scene, folder, forged.name)
    finally:
        forged.unlink()


def _found(told: Said) -> tuple[int, object, object]:
    document = json.loads(told.output)
    return told.code, document["ok"], document["first_bad"]


def _key(folder: Path) -> str:
    """Return the public key that the report's README names."""
    text = (folder / "README.txt").read_text(encoding="utf-8")
    found = text.partition("--key ")[2].split(maxsplit=1)
    if not found:
        raise StoryError("the README of the audit report was to say by which key it is verified")
    return found[0]


def _one_byte_changed(rows: Sequence[str], number: int) -> list[str]:
    """Let somebody else have done what a row says: the text stays sound, and as long as it was."""
    forged = list(rows)
    forged[number - 1] = rows[number - 1].replace(r"\"name\":\"ada\"", r"\"name\":\"ida\"")
    changed = sum(one != other for one, other in zip("".join(rows), "".join(forged), strict=True))
    check("bytes that were changed", wanted=1, found=changed)
    return forged


def _picture(rows: Sequence[str], number: int, wrong: str) -> Chain:
    around = range(max(number - _BEFORE, 1), min(number + _AFTER, len(rows)) + 1)
    links = [_link(json.loads(rows[row - 1]), row, sound=row != number) for row in around]
    return Chain(links=links, rows=len(rows), wrong=f"row {number}: {_HASH.sub(_SHORT, wrong)}")


def _link(document: Mapping[str, Any], row: int, *, sound: bool) -> Link:
    body = json.loads(document["body"])
    of = f"of entry {body['entry']}" if "entry" in body else f"of {body.get('campaign') or 'the ledger'}"
    who = f"by {body['actor']['name']}" if "actor" in body else of
    said = (str(body.get("kind") or body["step"]), who if sound else "by ada, now by ida")
    return Link(row=row, said=said, digest=str(document["hash"]), sound=sound)
