"""The options that commands share, each group as one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter, validators

from paceline.campaign.observed import Drain, State
from paceline.control.order import OnConflict

OneCampaign = Annotated[str | None, Parameter(help="Its id; the campaign that is set where none is given.")]
"""The campaign that a command is for."""
Campaigns = Annotated[str, Parameter(help="Ids; the campaign that is set where none is given.")]
"""Each of the campaigns that are named."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Draining:
    """What becomes of calls in flight."""

    drain: Drain = Drain.FINISH
    """finish lets calls that ring or wait find an agent; drop cuts them, and the answered ones count as abandoned."""
    drain_timeout: str = "10m"
    """With --wait: how long calls may take to end by the platform's clock, such as 10m; nothing is cut after it."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Targeting:
    """Which campaigns a command is for, beside those that are named."""

    label: Annotated[tuple[str, ...], Parameter(name=["--label", "-l"], negative=())] = ()
    """Campaigns that were given this label, NAME=VALUE; several must all fit."""
    status: State | None = None
    """Campaigns in this state."""
    everything: Annotated[bool, Parameter(name="--all", negative=())] = False
    """Every campaign of the tenant."""
    yes: Annotated[bool, Parameter(negative=())] = False
    """Do not ask; several campaigns without a terminal want it."""
    count: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None
    """How many campaigns there must be, at least 1, else nothing is done; --all wants it."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """Options of every command that changes something."""

    reason: str | None = None
    """Why, for the ledger."""
    ticket: str | None = None
    """Where it is discussed, for the ledger."""
    dry_run: Annotated[bool, Parameter(negative=())] = False
    """Check it to the end, record it, send nothing."""
    detailed_exitcode: Annotated[bool, Parameter(negative=())] = False
    """With --dry-run: end with 2 when something would be done, and with 0 when there is nothing to do."""
    if_revision: str | None = None
    """The revision or tag of the one campaign that was looked at; if it has moved on, that is a conflict."""
    on_conflict: OnConflict | None = None
    """What to do when the campaign has moved on: a pause or stop is judged again, all else reported."""
    override: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """A rule whose finding wants a person's word, which this gives, on record; never law, never the platform."""
    until: str | None = None
    """With --override: until when that word counts, an instant with an offset."""
    at: str | None = None
    """Instant at which it is to happen, with an offset, such as 2026-06-15T17:00:00-04:00."""
    by: str | None = None
    """Who carries out a change with --at: platform sends the instant along; a worker does it without."""
    not_after: str | None = None
    """How late a worker may make a change with --at, 15m when not said; pauses and stops are made however late.

    Without --at: how long a change waits for approval that it wants.
    """
    wait: Annotated[bool, Parameter(negative=())] = False
    """Wait until calls have drained; a change with --at is not waited for."""
    timeout: str | None = None
    """Longest wait, for calls to drain and for the platform to answer, such as 90s or 15m."""
