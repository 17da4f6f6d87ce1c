"""What is handed to somebody who does not have the ledger: a checkpoint, a proof of an entry, an export of all rows."""

from __future__ import annotations

from collections.abc import Iterator

from paceline.ledger.book import Book, Head
from paceline.ledger.chain import hash_of, start_of
from paceline.ledger.checkpoint import Checkpoint, sign_checkpoint
from paceline.ledger.entry import Row
from paceline.ledger.failures import ChainBrokenError
from paceline.ledger.keys import Signer
from paceline.ledger.tree import consistency_proof, inclusion_proof, leaf_hash, root_of
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import EntryId


def seal(book: Book, signer: Signer) -> Checkpoint:
    """Return a signed checkpoint of the ledger as it is now; keep its text elsewhere.

    Raises:
        ChainBrokenError: it was tampered with, so it is not signed.
        LedgerUnavailableError: the ledger cannot be read now.
    """
    head = book.head()
    root = root_of(_checked_leaves(book, head))
    return sign_checkpoint(
        tenant=book.tenant, size=head.size, head=head.hash, root=root.hex(), at=book.now(), signer=signer
    )


def prove(book: Book, entry: EntryId, *, size: int | None = None) -> dict[str, Json]:
    """Return the rows of an entry with the proofs that they are in the ledger's tree of `size` rows, or of all.

    `verify.proves` checks it against a root, the one of a checkpoint.

    Raises:
        EntryNotFoundError: there is no such entry.
        LedgerUnavailableError: the ledger cannot be read now.
    """
    size = book.head().size if size is None else size
    found = book.read(entry)
    leaves = [_leaf(row) for row in book.rows(last=size)]
    rows: list[Json] = [
        {**_exported(row), "proof": [node.hex() for node in inclusion_proof(row.sequence - 1, leaves)]}
        for row in found.rows
        if row.sequence <= size
    ]
    return {"entry": entry, "size": size, "root": root_of(leaves).hex(), "rows": rows}


def prove_growth(book: Book, first: int, second: int) -> list[str]:
    """Return the proof, in hex, that the ledger of `first` rows is the beginning of the one of `second`.

    Raises:
        LedgerUnavailableError: the ledger cannot be read now.
    """
    leaves = [_leaf(row) for row in book.rows(last=second)]
    return [node.hex() for node in consistency_proof(first, leaves)]


def exported(book: Book) -> Iterator[str]:
    """Yield every row as a line of JSON, line feed included, in order.

    Raises:
        LedgerUnavailableError: the ledger cannot be read now.
    """
    for row in book.rows():
        yield canonical_json(_exported(row)) + "\n"


def _exported(row: Row) -> dict[str, Json]:
    return {
        "tenant": row.tenant,
        "sequence": row.sequence,
        "previous": row.previous,
        "hash": row.hash,
        "body": row.body,
    }


def _checked_leaves(book: Book, head: Head) -> Iterator[bytes]:
    before = start_of(book.tenant)
    size = 0
    for size, row in enumerate(book.rows(last=head.size), start=1):
        expected = hash_of(tenant=book.tenant, sequence=size, previous=before, body=row.body)
        if (row.sequence, row.previous, row.hash) != (size, before, expected):
            raise ChainBrokenError(sequence=size, expected=expected, found=row.hash)
        before = row.hash
        yield _leaf(row)
    if (size, before) != (head.size, head.hash):
        raise ChainBrokenError(sequence=size + 1, expected=head.hash, found=before)
    beyond = next(book.rows(first=size + 1), None)
    # Somebody may have appended meanwhile; then the head has moved on with the rows.
    if beyond is not None and book.head() == head:
        raise ChainBrokenError(sequence=size + 1, expected="the end", found=beyond.hash)


def _leaf(row: Row) -> bytes:
    return leaf_hash(bytes.fromhex(row.hash))
