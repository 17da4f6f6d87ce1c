"""`paceline changes approve`, `reject`: a second person decides what waits for that, one change or several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.campaign.change import Lane
from paceline.cli import exits
from paceline.cli.configured import Everywhere
from paceline.cli.entrance import open_system
from paceline.cli.render import exit_of, exit_of_fleet, show_fleet, show_outcome, tell
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.order import Order
    from paceline.control.outcome import Outcome

_LEAST_ONE = Parameter(validator=validators.Number(gte=1))


def approve_changes(
    *numbers: Annotated[int, _LEAST_ONE],
    reason: str | None = None,
    ticket: str | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Approve changes that wait for a second person; they are judged again, and made at once or at their hour.

    Whoever asked for a change cannot approve it.

    Parameters
    ----------
    numbers
        The numbers of their entries.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    """
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.before(Lane.CHANGING)) as system:
        order = _order(system, reason, ticket)
        outcomes = _decided(system, numbers, lambda entry: system.approvals.approve(entry, order))
        if any(one.word == "scheduled" for one in outcomes) and not system.worker.has_company():
            tell("paceline: no worker lives on this database, and what was approved wants one: paceline work")
    return _shown(outcomes, everywhere)


def reject_changes(
    *numbers: Annotated[int, _LEAST_ONE],
    reason: str | None = None,
    ticket: str | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Reject changes that wait for a second person: they end as refused, and nothing is sent.

    Parameters
    ----------
    numbers
        The numbers of their entries.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    """
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        order = _order(system, reason, ticket)
        outcomes = _decided(system, numbers, lambda entry: system.approvals.reject(entry, order))
    # That it is refused is what was wanted.
    _shown(outcomes, everywhere)
    return exits.DONE if all(one.word == "refused" for one in outcomes) else exits.PARTLY


def _order(system: System, reason: str | None, ticket: str | None) -> Order:
    from paceline.control.order import Order

    return Order(actor=system.actor, reason=reason, ticket=ticket)


def _decided(system: System, numbers: tuple[int, ...], decide: Callable[[EntryId], Outcome]) -> list[Outcome]:
    """Return how each ended; of several, one that fails does not keep the others from being decided.

    Raises:
        NotAskedError: one of them does not wait for approval, and none was decided.
    """
    from paceline.control.outcome import Failed, Failure, Outcome

    entries = [EntryId(number) for number in dict.fromkeys(numbers)]
    if not entries:
        raise UsageError("no change is named", hint="which wait: paceline changes list --status waits-for-approval")
    if len(entries) == 1:
        return [decide(entries[0])]
    for entry in entries:
        system.approvals.asked(entry)
    outcomes: list[Outcome] = []
    for entry in entries:
        try:
            outcomes.append(decide(entry))
        except PacelineError as error:
            failed = Failed(Failure.of(error))
            outcomes.append(Outcome(change=system.approvals.change(entry), ending=failed, entry=entry))
    return outcomes


def _shown(outcomes: list[Outcome], everywhere: Everywhere) -> int:
    from paceline.control.fleet.fleet import FleetOutcome

    if len(outcomes) == 1:
        show_outcome(outcomes[0], everywhere.output)
        return exit_of(outcomes[0])
    words = [one.word for one in outcomes]
    fleet = FleetOutcome(
        items=tuple(outcomes),
        requests=sum(one.requests for one in outcomes),
        summary={word: words.count(word) for word in dict.fromkeys(words)},
    )
    show_fleet(fleet, everywhere.output)
    return exit_of_fleet(fleet)
