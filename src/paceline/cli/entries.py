"""Entries of the ledger as rows of a table, and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from paceline.ledger.entry import Step
from paceline.ledger.shown import finding_lines, move_line, part
from paceline.primitives.canonical import Json

TABLE = ("ENTRY", "AT", "KIND", "CAMPAIGN", "ACTOR", "OUTCOME", "VERDICT", "REASON")
"""The columns of a table for people."""


def table_row(document: Mapping[str, Json], *, ended: str) -> tuple[str, ...]:
    """Return the cells of a table for people; `ended` is the word for how the entry ended."""
    actor = part(document, "actor")
    cells = (
        document["entry"], str(document["at"])[:19] + "Z", document["kind"], document["campaign"], actor.get("name"),
        f"{ended} (dry run)" if document["dry_run"] else ended, document["verdict"], document["reason"],
    )  # fmt: skip
    return tuple("" if cell is None else printable(str(cell)) for cell in cells)


def entry_lines(document: Mapping[str, Json], rows: Sequence[Json]) -> Iterator[str]:
    """Yield what a person reads of one entry, its document and its rows; the first line is its heading."""
    actor = part(document, "actor")
    about = f" of {document['campaign']}" if document["campaign"] else ""
    yield f"entry {document['entry']}: {document['kind']}{about}{' (dry run)' if document['dry_run'] else ''}"
    yield f"  by {actor.get('name')} ({actor.get('known_by')})"
    for name in ("reason", "ticket"):
        if document[name] is not None:
            yield f"  {name}: {document[name]}"
    for row in rows:
        if isinstance(row, Mapping):
            yield f"  {row['at']}  row {row['sequence']}  {_step_line(row)}"
    for line in finding_lines(document["findings"]):
        yield f"  {line}"
    error = part(document, "error")
    if error:
        yield f"  {error.get('message')} [{error.get('code')}]"
    last = rows[-1] if rows else None
    if isinstance(last, Mapping):
        yield f"  hash of its last row: {last['hash']}"


def printable(text: str) -> str:
    """Return a text without the control characters that could steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _step_line(row: Mapping[str, Json]) -> str:
    body = part(row, "body")
    if row["step"] == Step.CLOSED.value:
        verdict = f" ({body.get('verdict')})" if body.get("verdict") else ""
        moved = move_line(part(body, "details"))
        return f"closed: {body.get('outcome')}{verdict}{', ' + moved if moved else ''}"
    if row["step"] == Step.VERDICT.value:
        return f"looked again: {body.get('verdict')}"
    if row["step"] == Step.INTENT.value:
        return f"about to send, judged on revision {part(body, 'request').get('judged')}"
    return str(row["step"])
