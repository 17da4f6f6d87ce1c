"""Entries of the ledger as documents: what JSON, pages and lines for people are made of; phone numbers stay words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paceline.ledger.entry import Entry, Step
from paceline.primitives.canonical import Json


def entry_document(entry: Entry) -> dict[str, Json]:
    """Return an entry as JSON shows it: who, what, why, how it ended; phone numbers stay words."""
    first = entry.rows[0].document
    details = part(entry.closed.document if entry.closed else {}, "details")
    opening = part(first, "details")
    return {
        "entry": entry.number,
        "at": at_of(first),
        "kind": entry.kind,
        "campaign": entry.campaign,
        "actor": {"name": entry.actor.name, "known_by": entry.actor.known_by},
        "reason": first.get("reason"),
        "ticket": first.get("ticket"),
        "dry_run": bool(opening.get("dry_run")),
        "outcome": entry.outcome,
        "verdict": entry.verdict,
        "findings": details.get("findings", []),
        "before": details.get("before"),
        "after": details.get("after"),
        "requests": details.get("requests"),
        "error": details.get("error"),
        "details": opening,
    }


def rows_document(entry: Entry) -> list[Json]:
    """Return the rows of an entry as JSON shows them."""
    return [
        {
            "sequence": row.sequence,
            "step": row.step.value,
            "at": at_of(row.document),
            "previous": row.previous,
            "hash": row.hash,
            "body": row.document,
        }
        for row in entry.rows
    ]


def ended_word(entry: Entry) -> str:
    """Return how an entry ended; `open` where it did not, `noted` where there was nothing to wait for."""
    return entry.outcome or ("open" if entry.rows[0].step is Step.OPENED else "noted")


def finding_lines(findings: Json) -> list[str]:
    """Return a line for each finding: how much it weighs, what it says, its rule."""
    found = findings if isinstance(findings, Sequence) and not isinstance(findings, str) else ()
    return [f"{one['severity']}: {one['message']} [{one['rule']}]" for one in found if isinstance(one, Mapping)]


def move_line(document: Mapping[str, Json]) -> str:
    """Return from which state and revision to which a campaign went, empty where nobody looked."""
    before, after = part(document, "before"), part(document, "after")
    seen = [f"{one.get('state')} at revision {one.get('revision')}" for one in (before, after) if one]
    return " -> ".join(seen)


def part(document: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """Return an object inside a document, an empty one where there is none."""
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def at_of(document: Mapping[str, Json]) -> str:
    """Return the instant of a row as it stands in the body."""
    return str(document["at"])
