"""The independent verifier: it trusts nothing that the ledger's own code does, and shares none of it.

It hashes the stored text and reads it, with the standard library; signatures are checked by `cryptography`. What the
rows have to fulfil, in the order in which it is asked (`chain`, `tree`, `checkpoint` and `keys` say how it is made):

1. Sequence numbers run from 1 without a gap, all of one tenant.
2. A row's hash is that of its tenant, number, previous hash and body. A row that is sound in itself but names another
   hash before it convicts the row before.
3. A body is JSON without doubled keys, and the columns beside it, where there are any, say the same.
4. An entry is opened before it is continued, closed once, and judged again only afterwards.
5. A key that follows another was signed by it.
6. The end is the one that the database's head names, where it is given.
7. Every checkpoint is signed by a trusted key, and the chain had its head and its root when it had its size. The first
   bad row is then the first that no checkpoint vouches for.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, text

from paceline.storage.database import Database

Stored = Mapping[str, Any]
"""A row as it lies in the database or in an export: columns by name."""

_HASH = re.compile("[0-9a-f]{64}")
_CHECKPOINT = re.compile(
    r'(?P<signed>paceline ledger checkpoint 1\ntenant (?P<tenant>"[^\n]*")\nsize (?P<size>0|[1-9][0-9]{0,17})\n'
    r"head (?P<head>[0-9a-f]{64})\nroot (?P<root>[0-9a-f]{64})\nat [^\n]+\nkey (?P<key>[0-9a-f]{16})\n)"
    r"signature (?P<signature>[A-Za-z0-9+/=]{88})\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong; `sequence` is the row it is about, None when it is about no row."""

    sequence: int | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found.

    Attributes:
        entries: rows that were there.
        head: hash of the last row that was sound, with all before it.
        first_bad: the first row that is wrong or missing; None when none is, or none can be named.
        faults: in the order in which they were found; after the first one in a row, later rows are only counted.
    """

    entries: int
    head: str
    first_bad: int | None
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(
    rows: Iterable[Stored],
    *,
    tenant: str,
    checkpoints: Sequence[str] = (),
    keys: Mapping[str, bytes] | None = None,
    end: tuple[int, str] | None = None,
) -> Verification:
    """Return what is wrong with these rows of a tenant, in the order in which they lie.

    Args:
        rows: columns `tenant`, `sequence`, `previous`, `hash`, `body`, and any other of the table.
        tenant: whose ledger it has to be.
        checkpoints: texts that were kept elsewhere.
        keys: trusted public keys, 32 bytes each, by their ids; rotations in the ledger add to them.
        end: size and hash of the head, as the database names them.
    """
    walk = _Walk(tenant, {int(found["size"]) for found in map(_CHECKPOINT.fullmatch, checkpoints) if found})
    faults: list[Fault] = []
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the number of rows is wanted, whatever they hold
        fault = None if faults else walk.step(row)
        if fault is not None:
            faults.append(fault)
    if not faults and end is not None and (walk.size, walk.digest) != end:
        missing = walk.size + 1 if end[0] > walk.size else min(end[0] + 1, max(walk.size, 1))
        faults.append(
            Fault(sequence=missing, what=f"the database names a head of {end[0]} rows, {walk.size} are there")
        )
    trusted = walk.trusted(keys or {})
    vouched = 0
    for checkpoint in sorted(checkpoints, key=_size_of):
        fault = walk.against(checkpoint, trusted, vouched, sound=not faults)
        if fault is None:
            vouched = max(vouched, min(_size_of(checkpoint), walk.size))
        else:
            faults.append(fault)
    named = [fault.sequence for fault in faults if fault.sequence is not None]
    return Verification(entries=count, head=walk.digest, first_bad=min(named) if named else None, faults=tuple(faults))


def verify_database(
    database: Database, *, tenant: str, checkpoints: Sequence[str] = (), keys: Mapping[str, bytes] | None = None
) -> Verification:
    """Return what is wrong with a tenant's rows as they lie in the database, all seen at one moment.

    Raises:
        StorageUnavailableError: the database cannot be read now.
    """

    def look(connection: Connection) -> Verification:
        asked = {"tenant": tenant}
        head = connection.execute(text("SELECT size, hash FROM ledger_heads WHERE tenant = :tenant"), asked)
        named = head.one_or_none()
        lying = connection.execution_options(yield_per=1000).execute(
            text("SELECT * FROM ledger_entries WHERE tenant = :tenant ORDER BY sequence"), asked
        )
        end = (0, _start(tenant)) if named is None else (int(named.size), str(named.hash))
        return verify(map(dict, lying.mappings()), tenant=tenant, checkpoints=checkpoints, keys=keys, end=end)

    return database.read(look)


def rows_of_export(lines: Iterable[str]) -> Iterator[Stored]:
    """Yield the rows of an export, a line of JSON each; a line that is none becomes a row that no check accepts."""
    for line in lines:
        row = _parsed(line)
        yield row if isinstance(row, dict) else {}


def proves(proof: Mapping[str, Any], *, root: str) -> bool:
    """Return whether a proof of an entry (`proofs.prove`) leads from each of its rows to this root."""
    rows = proof.get("rows")
    size = proof.get("size")
    if not isinstance(rows, list) or not rows or not isinstance(size, int) or proof.get("root") != root:
        return False
    return all(_leads(row, size, root) for row in rows)


class _Walk:
    """What is known after the rows so far; a fault ends it."""

    def __init__(self, tenant: str, sizes: set[int]) -> None:
        self.tenant = tenant
        self.size = 0
        self.digest = _start(tenant)
        self._sizes = sizes
        self._digests: list[str] = []
        self._closed: dict[int, bool] = {}
        self._successions: list[tuple[bytes, bytes]] = []

    def step(self, row: Stored) -> Fault | None:
        """Take one more row, or say what is wrong with it."""
        number = self.size + 1
        if not _is_row(row):
            return Fault(sequence=number, what="a value is missing, or of another kind")
        if row["tenant"] != self.tenant:
            return Fault(sequence=number, what=f"the row belongs to tenant {row['tenant']!r}")
        if row["sequence"] != number:
            return Fault(sequence=number, what=f"row {row['sequence']} lies where row {number} has to be")
        digest = _digest(row)
        if digest != row["hash"]:
            return Fault(sequence=number, what=f"its hash is {row['hash']}, its text has {digest}")
        if row["previous"] != self.digest:
            if number == 1:
                return Fault(sequence=1, what="it does not begin where a chain of this tenant begins")
            return Fault(sequence=number - 1, what="the row after it was chained to another row in this place")
        document = _parsed(row["body"])
        wrong = _misfit(row, document) or self._out_of_order(document, number) or self._bad_succession(document)
        if wrong:
            return Fault(sequence=number, what=wrong)
        self.size, self.digest = number, digest
        self._digests.append(digest)
        return None

    def trusted(self, keys: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the keys with all that are tied to them by rotations."""
        known = dict(keys)
        before = -1
        while before != len(known):
            before = len(known)
            for pair in self._successions:
                if any(_key_id(public) in known for public in pair):
                    known.update({_key_id(public): public for public in pair})
        return known

    def against(self, checkpoint: str, keys: Mapping[str, bytes], vouched: int, *, sound: bool) -> Fault | None:
        """Say what is wrong with the checkpoint, or with the rows by the checkpoint."""
        found = _CHECKPOINT.fullmatch(checkpoint)
        if found is None:
            return Fault(sequence=None, what="this is not the text of a checkpoint")
        if found["key"] not in keys:
            return Fault(sequence=None, what=f"the key {found['key']} that signed the checkpoint is not known")
        public = keys[found["key"]]
        signed = found["signed"].encode("utf-8")
        if _key_id(public) != found["key"] or not _signed_by(public, b64decode(found["signature"]), signed):
            return Fault(sequence=None, what=f"the checkpoint's signature is not that of key {found['key']}")
        if _parsed(found["tenant"]) != self.tenant:
            return Fault(sequence=None, what=f"the checkpoint is of tenant {found['tenant']}")
        size = int(found["size"])
        if size > self.size:
            # A fault in a row has been named already; what lies behind it was not looked at.
            what = f"the checkpoint has seen {size} rows, {self.size} are there"
            return Fault(sequence=self.size + 1, what=what) if sound else None
        digest = self._digests[size - 1] if size else _start(self.tenant)
        if (digest, _root(self._leaves(size)).hex()) != (found["head"], found["root"]):
            return Fault(sequence=vouched + 1, what=f"rows {vouched + 1} to {size} are not those of the checkpoint")
        return None

    def _leaves(self, size: int) -> list[bytes]:
        return [hashlib.sha256(b"\x00" + bytes.fromhex(digest)).digest() for digest in self._digests[:size]]

    def _out_of_order(self, document: dict[str, Any], number: int) -> str | None:
        entry, step = document.get("entry", number), document["step"]
        if step in {"opened", "noted", "reading"}:
            if step == "opened":
                self._closed[number] = False
            return None if "entry" not in document else "it opens an entry and names another"
        if entry not in self._closed:
            return f"it continues entry {entry}, which was not opened before"
        if self._closed[entry] != (step == "verdict"):
            return f"entry {entry} is {'closed already' if self._closed[entry] else 'not closed yet'}"
        self._closed[entry] = self._closed[entry] or step == "closed"
        return None

    def _bad_succession(self, document: dict[str, Any]) -> str | None:
        if document["step"] != "noted" or document.get("kind") != "ledger.key":
            return None
        try:
            details = document["details"]
            if details["previous"] is None:
                return None
            old, new = b64decode(details["previous"]["public"]), b64decode(details["public"])
            message = b"paceline ledger rotation 1\n" + self.tenant.encode("utf-8") + b"\n" + old + new
            signed = _signed_by(old, b64decode(details["previous"]["signature"]), message)
            if signed and _signed_by(new, b64decode(details["signature"]), message):
                self._successions.append((old, new))
                return None
        except (KeyError, TypeError, ValueError):
            return "it names a new key in a form that cannot be read"
        return "the new key is not signed by the key before it"


def _is_row(row: Stored) -> bool:
    texts = all(isinstance(row.get(name), str) for name in ("tenant", "previous", "hash", "body"))
    if not texts or type(row.get("sequence")) is not int or not 0 < row["sequence"] < 1 << 63:
        return False
    return _HASH.fullmatch(row["previous"]) is not None and _HASH.fullmatch(row["hash"]) is not None


def _misfit(row: Stored, document: object) -> str | None:
    """Say where the columns differ from the body, or why the body cannot be read."""
    if not isinstance(document, dict) or document.get("step") not in _COLUMNS:
        return "its body is not that of a row"
    actor = document.get("actor")
    says = {name: document.get(name) for name in _COLUMNS[document["step"]]}
    says |= {"actor": actor.get("name") if isinstance(actor, dict) else None} if "actor" in says else {}
    says["entry"] = document.get("entry", row["sequence"])
    for name in ("entry", "step", "at", "campaign", "actor", "kind", "outcome"):
        if name in row and row[name] != says.get(name):
            return f"its column {name} says {row[name]!r}, its body {says.get(name)!r}"
    return None


_COLUMNS = {
    "opened": ("step", "at", "campaign", "actor", "kind"),
    "noted": ("step", "at", "campaign", "actor", "kind"),
    "reading": ("step", "at", "campaign"),
    "intent": ("step", "at"),
    "closed": ("step", "at", "outcome"),
    "verdict": ("step", "at"),
}
"""Which columns repeat the body, by step."""


def _start(tenant: str) -> str:
    return hashlib.sha256(f"paceline ledger start 1\n{tenant}".encode(errors="surrogatepass")).hexdigest()


def _digest(row: Stored) -> str:
    # No text of ours has surrogates; kept as they are, they cannot pass for another letter.
    tenant, body = (row[name].encode(errors="surrogatepass") for name in ("tenant", "body"))
    seal = hashlib.sha256(b"paceline ledger row 1\n")
    seal.update(b"%s%s" % (len(tenant).to_bytes(8, "big"), tenant))
    seal.update(row["sequence"].to_bytes(8, "big"))
    seal.update(bytes.fromhex(row["previous"]))
    seal.update(b"%s%s" % (len(body).to_bytes(8, "big"), body))
    return seal.hexdigest()


def _parsed(said: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what the text says; None when it is no JSON, or says a key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key is there twice")
        return found

    try:
        return json.loads(said, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None


def _root(leaves: list[bytes]) -> bytes:
    """Return the root by the definition: split at the largest power of two below the number of leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _root(leaves[:split]) + _root(leaves[split:])).digest()


def _leads(row: Stored, size: int, root: str) -> bool:
    path = row.get("proof")
    if not _is_row(row) or not isinstance(path, list) or _digest(row) != row["hash"] or row["sequence"] > size:
        return False
    nodes = [bytes.fromhex(node) for node in path if isinstance(node, str) and _HASH.fullmatch(node)]
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(row["hash"])).digest()
    return len(nodes) == len(path) and _climbed(leaf, row["sequence"] - 1, size, nodes) == bytes.fromhex(root)


def _climbed(leaf: bytes, index: int, size: int, nodes: list[bytes]) -> bytes | None:
    """Return the root that a path leads to, from the top down as it was split; None when it has another length."""
    if size == 1:
        return None if nodes else leaf
    if not nodes:
        return None
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        below = _climbed(leaf, index, split, nodes[:-1])
        return None if below is None else hashlib.sha256(b"\x01" + below + nodes[-1]).digest()
    below = _climbed(leaf, index - split, size - split, nodes[:-1])
    return None if below is None else hashlib.sha256(b"\x01" + nodes[-1] + below).digest()


def _signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key_id(public: bytes) -> str:
    return hashlib.sha256(b"paceline ledger key 1\n" + public).hexdigest()[:16]


def _size_of(checkpoint: str) -> int:
    found = _CHECKPOINT.fullmatch(checkpoint)
    return int(found["size"]) if found else 0
