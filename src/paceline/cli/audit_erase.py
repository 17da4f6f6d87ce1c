"""`paceline audit erase-number`: the number behind a word of the ledger is erased; the chain stays, and verifies.

| how it ended | exit |
| --- | --- |
| erased, or the ledger does not know the number | 0 |
| it is no phone number, or the reason holds one | 64 |
"""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_ledger
from paceline.cli.render import show_data, tell
from paceline.cli.words import UsageError


def erase_number(
    number: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    reason: str,
    ticket: str | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Erase a phone number that stood in a reason or a ticket; nobody can tell any more whose word it was.

    Parameters
    ----------
    number
        As it was written, such as +14155550132 or "(415) 555-0132"; - reads it from standard input, so that no
        shell remembers it.
    reason
        Why, for the ledger, without the number: such as "erasure request of 3 June".
    ticket
        Where it is discussed, for the ledger.
    """
    from paceline.ledger.erasing import NumberTextError, ReasonHoldsNumberError, erase

    everywhere = everywhere or Everywhere()
    number = sys.stdin.readline() if number == "-" else number
    with open_ledger(everywhere) as ledger:
        try:
            erased = erase(ledger.book, number, actor=ledger.actor, reason=reason, ticket=ticket)
        except (NumberTextError, ReasonHoldsNumberError) as error:
            raise UsageError(error.message, hint=error.hint) from None
    if everywhere.output is Output.TABLE:
        unknown = erased.entry is None
        print(f"{erased.shown}  " + ("not known to this ledger" if unknown else f"erased  entry {erased.entry}"))
    else:
        name = "number" if erased.entry is None else f"entry/{erased.entry}"
        show_data(erased.document(), everywhere.output, names=[name])
    if erased.entry is not None:
        tell("paceline: backups that were made before hold it still; they want to be made anew, or destroyed")
    return exits.DONE
