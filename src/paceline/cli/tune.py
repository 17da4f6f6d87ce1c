"""`paceline tune`: better weights, looked for on a campaign's twin, proven on days held out, and handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.weights.steps import MOST_STEPS
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.render import exit_of, show_data, show_outcome, tell
from paceline.cli.tune_told import show_tuned
from paceline.cli.whole import whole
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.ids import campaign_id

if TYPE_CHECKING:  # numpy and numba load only when something is played
    from paceline.bootstrap import System
    from paceline.optimizer.tuner.told import Tuned


def tune(
    campaign: str,
    /,
    *,
    seed: Annotated[int | None, Parameter(converter=whole)] = None,
    steps: Annotated[int | None, Parameter(converter=whole)] = None,
    apply: Annotated[bool, Parameter(negative=())] = False,
    reason: str | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Look for better weights on the campaign's twin, and ask the days that are held out once what they are worth.

    Nothing is sent without --apply; what the days were asked is noted in the ledger. Exit code 0 when there is a
    proposal or none is better, 3 when nobody can say, or the held-out days do not bear the proposal out.

    Parameters
    ----------
    campaign
        Its id. It has weights and a twin: paceline twin fit ID.
    seed
        The same seed finds the same; one of the data without.
    steps
        In so many equal steps, 1 to 20: the first one alone is proposed, or applied. Before the next, days under it are
        to be measured, the twin fitted anew, and the best looked for again, one step fewer: it may have moved.
    apply
        Hand the change to the corridor, which judges it as any other.
    reason
        Why, for the ledger.
    """
    everywhere = everywhere or Everywhere()
    if steps is not None and not 1 <= steps <= MOST_STEPS:
        raise UsageError(f"--steps is {steps}; it must be from 1 to {MOST_STEPS}")
    if seed is not None and not 0 <= seed < 1 << 48:
        raise UsageError(f"--seed is {seed}; it must be from 0 to {(1 << 48) - 1}")
    if reason is not None and not apply:
        raise UsageError("--reason is for the ledger, and without --apply nothing is done")
    from paceline.bootstrap.tuning import tuned_for

    with open_system(everywhere, adopt=Adopt.TRY) as system:
        found = tuned_for(system, campaign_id(campaign), seed=seed, tell=tell)
        if isinstance(found, str):
            tell(f"paceline: no weights can be proposed for campaign {campaign}: {found}")
            return exits.REFUSED
        if not apply or not found.changed:
            return _told(found, steps or 1, everywhere)
        if everywhere.output is Output.TABLE:
            show_tuned(found, steps=steps or 1, is_applied=True)
        return _applied(system, found, steps or 1, reason, everywhere)


def _told(found: Tuned, steps: int, everywhere: Everywhere) -> int:
    if everywhere.output is Output.TABLE:
        show_tuned(found, steps=steps, is_applied=False)
    else:
        from paceline.bootstrap.tuning import tuned_document

        show_data(tuned_document(found, steps), everywhere.output, names=[found.campaign])
    return exits.DONE if not found.changed or found.is_borne_out else exits.REFUSED


def _applied(system: System, found: Tuned, steps: int, reason: str | None, everywhere: Everywhere) -> int:
    """Hand the first step to the corridor, and return the exit code of what became of it."""
    from paceline.control.order import Order

    outcome = system.corridor.run(found.change(steps=steps), Order(actor=system.actor, reason=reason))
    show_outcome(outcome, everywhere.output)
    code = exit_of(outcome)
    if steps > 1 and code == exits.DONE:
        tell(f"step 1 of {steps} is made; when days under it were measured: paceline twin fit {found.campaign}, then")
        tell(f"  paceline tune {found.campaign} --steps {steps - 1} --apply")
    return code
