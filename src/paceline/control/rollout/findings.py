"""What stands against a rollout, or is to be told of one, as findings.

* `rollout.nothing-bolder`: what is wanted lets more calls be abandoned than what is live; else one change does it.
* `rollout.under-way`: no other rollout of the campaign is under way.
* `rollout.latched`: no rollout was undone by evidence or aborted that nobody has cleared since.
* `rollout.supervised`: the campaign's pacing is not steered by the supervisor.
* `rollout.experiment`: no experiment of the campaign is under way.
* `rollout.not-dialing`: the campaign is ACTIVE, not frozen, and dials predictively, so that a step can be judged by
  what it does.
* `rollout.unmeasured`: the platform tells what it measures; told, where too few days were measured to compare with, or
  nobody saw what was live then.
* `rollout.plan`: the steps are as small, and the least evidence as sound, as a plan has to have them.
"""

from __future__ import annotations

from datetime import datetime

from paceline.campaign.blocks import DialingMode
from paceline.campaign.observed import Frozen, Observed, State
from paceline.control.rollout.evidence import FEWEST_DAYS
from paceline.control.rollout.standing import Rollout
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Severity
from paceline.primitives.ids import CampaignId, EntryId


def nothing_bolder(campaign: CampaignId) -> Finding:
    """Return that a rollout is not what leads to this pacing."""
    return Finding(
        rule="rollout.nothing-bolder",
        severity=Severity.ERROR,
        message="what is wanted lets no more calls be abandoned than what is live: there is nothing to watch for; "
        f"set it at once with `paceline set pacing {campaign}`",
    )


def in_the_way(other: Rollout) -> Finding:
    """Return that another rollout of the campaign is under way, or latched."""
    if other.latch is not None and not other.phase.is_under_way:
        latch = other.latch
        return Finding(
            rule="rollout.latched",
            severity=Severity.ERROR,
            message=f"rollout {other.entry} was ended by {latch.by} at {_at(latch.at)}: {latch.why}; "
            f"read why, then clear it: paceline rollout clear {other.campaign}",
            found=other.entry,
            source=latch.by,
        )
    return Finding(
        rule="rollout.under-way",
        severity=Severity.ERROR,
        message=f"rollout {other.entry} by {other.actor.name} is {other.phase.value} at step {other.step} of "
        f"{other.last}: one at a time",
        found=other.entry,
        source=other.actor.name,
    )


def supervised(campaign: CampaignId) -> Finding:
    """Return that the supervisor steers the campaign."""
    return Finding(
        rule="rollout.supervised",
        severity=Severity.ERROR,
        message=f"the pacing of campaign {campaign} is steered minute by minute: two who steer undo each other",
    )


def experimented(entry: EntryId) -> Finding:
    """Return that an experiment of the campaign is under way; `entry` is that in which it was planned."""
    return Finding(
        rule="rollout.experiment",
        severity=Severity.ERROR,
        message=f"experiment {entry} of the campaign is under way: its blocks would compare with nothing",
        found=entry,
    )


def not_dialing(observed: Observed, frozen: Frozen | None) -> Finding | None:
    """Return that a step could not be judged by what it does; None when it can."""
    mode = None if observed.rules is None else observed.rules.mode
    if frozen is not None:
        why, found, limit = f"{frozen.by} froze the campaign", "frozen", State.ACTIVE.value
    elif observed.state is not State.ACTIVE:
        why, found, limit = f"the campaign is {observed.state}", observed.state.value, State.ACTIVE.value
    elif mode not in {None, DialingMode.PREDICTIVE}:
        why, found, limit = f"the campaign dials in mode {mode}", str(mode), DialingMode.PREDICTIVE.value
    else:
        return None
    return Finding(
        rule="rollout.not-dialing",
        severity=Severity.ERROR,
        message=f"{why}: nothing would show what a step does",
        field="state" if limit == State.ACTIVE.value else "mode",
        found=found,
        limit=limit,
    )


def unmeasured() -> Finding:
    """Return that the platform does not tell what it measures."""
    return Finding(
        rule="rollout.unmeasured",
        severity=Severity.ERROR,
        message="this platform does not tell what it measures: no step could be judged by evidence",
    )


def no_baseline(days: int) -> Finding | None:
    """Return that too few days were measured under the pacing that is live; None when they are enough."""
    if days >= FEWEST_DAYS:
        return None
    told = "nothing was" if not days else f"{days} day{' was' if days == 1 else 's were'}"
    return Finding(
        rule="rollout.unmeasured",
        severity=Severity.INFO,
        message=f"{told} measured under the pacing that is live, and it takes {FEWEST_DAYS} days to tell a gain from a "
        "day that differs: no gain can be shown, a person promotes",
        found=days,
        limit=FEWEST_DAYS,
    )


def supposed_live(since: datetime, first_seen: datetime | None) -> Finding | None:
    """Return that nobody saw whether what is live was so while it was measured; None when somebody did."""
    if first_seen is not None and first_seen <= since:
        return None
    looked = "nobody here looked at it before" if first_seen is None else f"nobody here saw it before {_at(first_seen)}"
    return Finding(
        rule="rollout.unmeasured",
        severity=Severity.INFO,
        message=f"steps are compared with what was measured since {_at(since)}, and {looked}: it is supposed that its "
        "pacing was then as it is now",
    )


def no_plan(why: PacelineError) -> Finding:
    """Return that no plan can be made of what was asked for."""
    hint = "" if why.hint is None else f"; {why.hint}"
    return Finding(rule="rollout.plan", severity=Severity.ERROR, message=f"{why.message}{hint}")


def _at(instant: object) -> str:
    return str(instant).replace("+00:00", "Z").replace(" ", "T")
