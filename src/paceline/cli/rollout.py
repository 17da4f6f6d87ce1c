"""`paceline rollout`: a pacing applied in steps under watch, promoted on evidence, undone when it harms.

| where it stands | exit |
| --- | --- |
| it goes on, is paused, was completed; an abort or undo was carried out | 0 |
| it could not begin | 3; 5 where another rollout, a lock or somebody else's change is in the way |
| somebody else changed the pacing, and it was left | 5 |
| it is being taken back, and is not there yet | 6 |
| it was undone by evidence, as `status` shows | 8 |
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from paceline.cli import block_words, exits
from paceline.cli.configured import Everywhere
from paceline.cli.entrance import open_system
from paceline.cli.options import OneCampaign
from paceline.cli.render import exit_of, tell
from paceline.cli.rollout_told import show_rollout, show_started
from paceline.cli.target import one_named
from paceline.cli.words import UsageError, overrides_said, span
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from collections.abc import Callable

    from paceline.bootstrap import System
    from paceline.control.order import Order
    from paceline.control.rollout.desk import RolloutDesk
    from paceline.control.rollout.standing import Rollout
    from paceline.control.rollout.starting import Started, Terms
    from paceline.primitives.ids import CampaignId

_LEAST_ONE = Parameter(validator=validators.Number(gte=1))
_IN_THE_WAY = frozenset(
    {"rollout.under-way", "rollout.latched", "rollout.supervised", "rollout.experiment", "rollout.not-dialing"}
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What the ledger keeps beside who did it."""

    reason: str | None = None
    """Why, for the ledger."""
    ticket: str | None = None
    """Where it is discussed, for the ledger."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What a person answers for."""

    override: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """A rule whose finding wants a person's word, which this gives for the wish and its steps; never law."""
    until: str | None = None
    """With --override: until when that word counts, an instant with an offset."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What has to be seen of a step before the next."""

    interval: str | None = None
    """Least time at a step, such as 30m."""
    least_answers: Annotated[int | None, _LEAST_ONE] = None
    """How many people must have answered at a step before the next."""
    least_gain: Annotated[float | None, Parameter(validator=validators.Number(gte=0, lt=1))] = None
    """Utilisation that a step must be shown to gain, a fraction such as 0.005."""
    blind: str | None = None
    """How long nobody may have seen what a step does before it goes back by one, such as 10m."""
    level: Annotated[float | None, Parameter(validator=validators.Number(gt=0.5, lt=1))] = None
    """How surely the whole rollout makes no false step, such as 0.95."""

    def terms(self, steps: int) -> Terms:
        """Return the terms of a rollout in so many steps.

        Raises:
            UsageError: a span of time is none.
        """
        from paceline.control.rollout.starting import Terms

        return Terms(
            steps=steps,
            interval=None if self.interval is None else span(self.interval, option="--interval"),
            least_answers=self.least_answers,
            least_gain=self.least_gain,
            blind=None if self.blind is None else span(self.blind, option="--blind"),
            level=self.level,
        )


def start_rollout(
    *words: str,
    steps: Annotated[int, _LEAST_ONE],
    file: Annotated[Path | None, Parameter(name="--file", allow_leading_hyphen=True)] = None,
    evidence: Evidence | None = None,
    if_revision: str | None = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    why: Why | None = None,
    answering: Answering | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Begin a rollout: the whole wish is judged, then its first step is made; a worker takes it from there.

    Each step is promoted when it is shown to gain without abandoning too much, and undone when it is shown to harm.

    Parameters
    ----------
    words
        The id of one campaign, and KEY=VALUE such as abandonRate=0.012.
    steps
        In how many even steps, 1 to 20.
    file
        The pacing in the contract's words, in YAML, TOML or JSON; - is standard input. KEY=VALUE counts over it.
    if_revision
        The revision of the campaign that was looked at; if it has moved on, that is a conflict.
    dry_run
        Judge the wish and show the steps that lead there: no rollout begins, and nothing is sent.
    """
    from dataclasses import replace

    ids = tuple(word for word in words if "=" not in word)
    fields: Any = block_words.named_by(block_words.PACING, [word for word in words if "=" in word], file)
    if len(ids) > 1:
        raise UsageError("a rollout is of one campaign", hint="begin one for each")
    terms = (evidence or Evidence()).terms(steps)
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.MUST) as system:
        from paceline.campaign.pacing.changes import SetPacing

        campaign = one_named(ids[0] if ids else None, system)
        order = replace(order_for(system, why, answering, if_revision=if_revision), dry_run=dry_run)
        started = system.rollout_desk.start(SetPacing(campaign=campaign, **fields), terms, order)
        show_started(started, everywhere.output)
        if started.rollout is not None and started.rollout.phase.is_under_way:
            _tell_if_alone(system)
    return _exit_of_start(started)


def rollout_status(campaign: OneCampaign = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show where the last rollout of a campaign stands: its steps, what was decided, and on which numbers."""
    from paceline.control.rollout.standing import Phase

    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        found = system.rollout_desk.status(one_named(campaign, system))
        show_rollout(found, everywhere.output)
        if found.phase.is_under_way:
            _tell_if_alone(system)
    return exits.UNDONE if found.phase is Phase.UNDONE and found.latch is not None else _exit_of(found)


def pause_rollout(
    campaign: OneCampaign = None,
    /,
    *,
    why: Why | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Have a rollout stay at its step until somebody resumes it; what harms is undone all the same."""
    return _steered(campaign, lambda desk: desk.pause, why, everywhere)


def resume_rollout(
    campaign: OneCampaign = None,
    /,
    *,
    why: Why | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Have a paused rollout go on."""
    return _steered(campaign, lambda desk: desk.resume, why, everywhere)


def promote_rollout(
    campaign: OneCampaign = None,
    /,
    *,
    why: Why | None = None,
    answering: Answering | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Go to the next step on your word, without waiting for evidence; the step is judged as any change is."""
    return _steered(campaign, lambda desk: desk.promote, why, everywhere, answering)


def abort_rollout(
    campaign: OneCampaign = None,
    /,
    *,
    why: Why | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Take a rollout back, and let no other begin before somebody clears that."""
    return _steered(campaign, lambda desk: desk.abort, why, everywhere)


def undo_rollout(
    campaign: OneCampaign = None,
    /,
    *,
    why: Why | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Restore what was live before a rollout, unless somebody changed it since: that is told, and nothing is sent."""
    return _steered(campaign, lambda desk: desk.undo, why, everywhere)


def clear_rollout(
    campaign: OneCampaign = None,
    /,
    *,
    why: Why | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Let rollouts of a campaign begin again after one was undone by evidence or aborted."""
    return _steered(campaign, lambda desk: desk.clear, why, everywhere)


def _steered(
    campaign: str | None,
    verb: Callable[[RolloutDesk], Callable[[CampaignId, Order], Rollout]],
    why: Why | None,
    everywhere: Everywhere | None,
    answering: Answering | None = None,
) -> int:
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        found = verb(system.rollout_desk)(one_named(campaign, system), order_for(system, why, answering))
        show_rollout(found, everywhere.output)
        if found.phase.is_under_way:
            _tell_if_alone(system)
    return _exit_of(found)


def order_for(system: System, why: Why | None, answering: Answering | None, *, if_revision: str | None = None) -> Order:
    """Return the order of whoever types a command.

    Raises:
        UsageError: of --override and --until one is missing, or the instant is none.
    """
    from paceline.control.order import Order

    why, answering = why or Why(), answering or Answering()
    overrides = overrides_said(answering.override, answering.until, such_as="pacing.no-projection")
    return Order(actor=system.actor, reason=why.reason, ticket=why.ticket, if_revision=if_revision, overrides=overrides)


def _tell_if_alone(system: System) -> None:
    if not system.worker.has_company():
        tell("paceline: no worker lives, so nobody looks at the rollout; start one: paceline work")


def _exit_of_start(started: Started) -> int:
    if started.rollout is not None:
        return _exit_of(started.rollout)
    against = {found.rule for found in started.findings if found.severity != "info"}
    if against:
        return exits.CONFLICT if against <= _IN_THE_WAY else exits.REFUSED
    return exit_of(started.judged)


def _exit_of(rollout: Rollout) -> int:
    from paceline.control.rollout.standing import Phase

    if rollout.phase is Phase.CONFLICTED:
        return exits.CONFLICT
    return exits.UNSETTLED if rollout.phase is Phase.UNDOING else exits.DONE
