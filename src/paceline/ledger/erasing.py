"""A phone number that a ledger was told is erased, by whoever may: its word stays, and says nothing any more."""

from __future__ import annotations

from dataclasses import dataclass

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.failures import LedgerError
from paceline.ledger.numbers import holds_number, is_number, normal_number
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId

KIND = "ledger.erase"
"""What such a note is called in the ledger."""


class NumberTextError(LedgerError):
    """this is not a phone number as the ledger recognises one"""

    code = "phone-number"


class ReasonHoldsNumberError(LedgerError):
    """the reason or the ticket holds a phone number, which would be kept anew"""

    code = "reason-holds-number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of a number.

    Attributes:
        shown: the number for people, all but its last two digits left out.
        entry: the note in the ledger; None where it did not know the number, and nothing was done.
    """

    shown: str
    entry: EntryId | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"number": self.shown, "erased": self.entry is not None, "entry": self.entry}


def erase(book: Book, number: str, *, actor: Actor, reason: str, ticket: str | None = None) -> Erased:
    """Erase a number from a ledger, and note that it was, by its word and never by its digits.

    Raises:
        NumberTextError: this is no number, or digits of which nobody can tell.
        ReasonHoldsNumberError: the reason or the ticket would bring a number back.
        LedgerUnavailableError: nothing was erased.
    """
    number = number.strip()
    if not is_number(number):
        raise NumberTextError(
            "this is not a phone number that the ledger would recognise", hint="write it as +1 415 555 0132"
        )
    if holds_number([reason, ticket or ""]):
        raise ReasonHoldsNumberError(
            "the reason or the ticket holds a phone number, which would be kept anew", hint="name the request instead"
        )
    deed = Deed(kind=KIND, actor=actor, reason=reason, ticket=ticket)
    return Erased(shown=f"+..{normal_number(number)[-2:]}", entry=book.erase_number(number, deed))
