"""`paceline changes list`, `show`, `cancel`, `undo`: what waits or has not ended, and the way back.

What a second person decides is `approving`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.campaign.observed import Stage
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.differences import exit_by_difference, only_with_dry_run, would_apply
from paceline.cli.entrance import open_system
from paceline.cli.entries import entry_lines, printable
from paceline.cli.render import console_for, exit_of, show_data, show_outcome, show_table, tell
from paceline.cli.unended import COLUMNS, table_row
from paceline.control.adoption import Adopt
from paceline.ledger.shown import entry_document, rows_document
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId, campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.approving.asked import Asked
    from paceline.ledger.entry import Entry

_LEAST_ONE = Parameter(validator=validators.Number(gte=1))


class NotWaitingError(PacelineError):
    """this change does not wait for its hour"""

    code = "not-waiting"


def list_changes(
    *, campaign: str | None = None, status: Stage | None = None, everywhere: Everywhere | None = None
) -> int:
    """List the changes that wait for their hour or approval, are being made, settle, or are in doubt; the oldest first.

    Parameters
    ----------
    campaign
        Of this campaign only.
    status
        How far it has come.
    """
    everywhere = everywhere or Everywhere()
    named = None if campaign is None else [campaign_id(campaign)]
    with open_system(everywhere, adopt=Adopt.NO) as system:
        found = system.unended.documents(campaigns=named, stage=status)
    if everywhere.output is Output.TABLE:
        show_table(COLUMNS, (table_row(one) for one in found))
    else:
        items: list[Json] = [*found]
        show_data({"items": items}, everywhere.output, names=[f"entry/{one['entry']}" for one in found])
    return exits.DONE


def show_change(number: Annotated[int, _LEAST_ONE], /, *, everywhere: Everywhere | None = None) -> int:
    """Show one change with all its rows, how far it has come, and when it is due.

    Parameters
    ----------
    number
        The number of its entry.
    """
    from paceline.control.unended import due_of

    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        entry = system.book.read(EntryId(number))
        stage = system.unended.stage_of(entry)
        status: str = "ended" if stage is None else stage.value
        told: dict[str, Json] = {"status": status, "due": due_of(entry)}
        asked = system.desk.of(entry.number)
        if asked is not None:
            told["approval"] = asked.document()
        document: Mapping[str, Json] = {**entry_document(entry), **told, "rows": rows_document(entry)}
        if everywhere.output is not Output.TABLE:
            show_data(document, everywhere.output, names=[f"entry/{number}"])
            return exits.DONE
        revealed = system.book.revealed(document)
    document = revealed if isinstance(revealed, Mapping) else document
    rows = document["rows"]
    lines = [*entry_lines(document, rows if isinstance(rows, list) else [])]
    lines.append(f"  status: {status}" + ("" if told["due"] is None else f", for {told['due']}"))
    if asked is not None:
        lines.append(f"  approval: {_approval(asked, is_waiting=stage is Stage.WAITS_FOR_APPROVAL)}")
    console = console_for(sys.stdout)
    for place, line in enumerate(lines):
        console.print(printable(line), markup=False, highlight=False, style="bold" if place == 0 else "")
    return exits.DONE


def cancel_change(
    number: Annotated[int, _LEAST_ONE], /, *, reason: str | None = None, everywhere: Everywhere | None = None
) -> int:
    """Withdraw a change that waits for its hour or for approval.

    Parameters
    ----------
    number
        The number of its entry.
    reason
        Why, for the ledger.
    """
    from paceline.control.order import Order
    from paceline.control.outcome import Expired
    from paceline.ledger.failures import EntryClosedError, EntryNotFoundError

    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        try:
            outcome = system.agenda.cancel(EntryId(number), Order(actor=system.actor, reason=reason))
        except (EntryNotFoundError, EntryClosedError) as late:
            raise _not_waiting(system, system.book.read(EntryId(number))) from late
    # It expires by that; what had been sent already is in doubt, and was not withdrawn.
    withdrawn = isinstance(outcome.ending, Expired)
    if everywhere.output is not Output.TABLE:
        data: dict[str, Json] = {"withdrawn": withdrawn, **outcome.document()}
        show_data(data, everywhere.output, names=[f"entry/{number}"])
    elif withdrawn:
        print(f"entry {number}  withdrawn: {outcome.change.kind} of {outcome.change.campaign}")
    else:
        show_outcome(outcome, everywhere.output)
    return exits.DONE if withdrawn else exit_of(outcome)


def undo_change(
    number: Annotated[int, _LEAST_ONE],
    /,
    *,
    reason: str | None = None,
    ticket: str | None = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    detailed_exitcode: Annotated[bool, Parameter(negative=())] = False,
    everywhere: Everywhere | None = None,
) -> int:
    """Lead a campaign back to the state that it was in before a change, by a new change.

    When somebody has changed its state since, nothing is done and that is told.

    Parameters
    ----------
    number
        The number of the entry of that change.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    dry_run
        Check it to the end, record it, send nothing.
    detailed_exitcode
        With --dry-run: end with 2 when something would be done, and with 0 when there is nothing to do.
    """
    from paceline.control.order import Order

    everywhere = everywhere or Everywhere()
    only_with_dry_run(detailed=detailed_exitcode, dry_run=dry_run)
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        order = Order(actor=system.actor, reason=reason, ticket=ticket, dry_run=dry_run)
        outcome, back = system.undoing.undo(EntryId(number), order)
    show_outcome(outcome, everywhere.output)
    if "lifecycle.transition" in outcome.findings.rules:
        tell(f"paceline: {back.detour}")
    return exit_by_difference(exit_of(outcome), differs=would_apply([outcome]), detailed=detailed_exitcode)


def _approval(asked: Asked, *, is_waiting: bool) -> str:
    until = utc_text(asked.until)
    if asked.given is not None:
        return f"by {asked.given.by} (entry {asked.given.note})"
    if not is_waiting:
        return "never given"
    who = " or ".join(sorted(asked.approvers)) or "anybody"
    return f"wanted until {until}, by {who} other than {asked.by}: paceline changes approve {asked.entry}"


def _not_waiting(system: System, entry: Entry) -> NotWaitingError:
    stage = system.unended.stage_of(entry)
    if stage is Stage.SETTLING and entry.outcome == "scheduled":
        return NotWaitingError(
            f"entry {entry.number} waits on the platform, not here",
            hint="ask for the state that the campaign has now: that withdraws what is pending",
        )
    told = f"is {stage.value}" if stage is not None else f"has ended: {entry.outcome or 'it was only noted'}"
    return NotWaitingError(
        f"entry {entry.number} {told}", hint="`paceline changes list --status waiting` says what waits"
    )
