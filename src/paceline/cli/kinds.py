"""The kinds of entries, as `--kind` names them: one, or `ASPECT.*` for all of an aspect."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from paceline.cli.words import UsageError
from paceline.control.reviewing.kinds import ASPECTS, KINDS

if TYPE_CHECKING:
    from paceline.ledger.book import Book


def known_kind(word: str, book: Book) -> str:
    """Return a kind as it was typed, when this version or this ledger knows it.

    Raises:
        UsageError: nobody knows it; the hint names those that there are.
        LedgerUnavailableError: nobody can tell.
    """
    from paceline.ledger.entry import Query

    if word in KINDS or word in ASPECTS or book.entries(Query(kind=word, limit=1)):
        return word
    near = get_close_matches(word, (*KINDS, *ASPECTS), n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join((*KINDS, *ASPECTS))
    raise UsageError(f"--kind: {word[:40]!r} is no kind of entry", hint=f"{meant}known: {listed}")
