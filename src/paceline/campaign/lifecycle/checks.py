"""The rules of the lifecycle, each a function that returns its finding or None, in the order in which they are told.

* `lifecycle.unsupported`: the platform has every ability that the change needs.
* `lifecycle.locked`: the campaign is not locked.
* `lifecycle.frozen`: a campaign that somebody froze is not resumed, not later either, until a person unfreezes it.
* `lifecycle.transition`: the transition table leads there.
* `lifecycle.effective-time`: an instant is aware, not past, at most 366 days ahead; what is pending is named before it
  is replaced.
* `lifecycle.fleet-limit`: one more ACTIVE campaign stays within the declared limit.
* `lifecycle.unfinished`: nobody else is changing the campaign right now; what settles is told. A pause or stop does
  not give way to somebody who resumes: whichever of them comes second meets another revision.
* `lifecycle.drop`: how many calls a drop will cut.
* `lifecycle.agents`: how many agents will be without calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from paceline.campaign.lifecycle.machine import TRANSITIONS, Step, step_to
from paceline.campaign.lifecycle.model import Wanted
from paceline.campaign.observed import Ability, Drain, Frozen, Situation, Stage, State, Unfinished
from paceline.campaign.obstacles import locked, unsupported
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Findings, Severity

PAST_GRACE = timedelta(seconds=60)
"""How far an instant may lie in the past and still mean now: the time that typing and travelling take."""
FARTHEST = timedelta(days=366)
"""How far ahead an instant may lie; beyond it is a slip of the pen."""


def sound(wanted: Wanted) -> Findings:
    """Judge what can be judged without looking at the platform."""
    return Findings.of([None if wanted.effective_at is None else aware(wanted.effective_at)])


def aware(instant: datetime) -> Finding | None:
    """Return the finding that refuses an instant without an offset; None when it has one."""
    if instant.utcoffset() is not None:
        return None
    return _timing(Severity.ERROR, "the instant has no offset: nobody knows when it is", found=f"{instant}")


def guarded(wanted: Wanted, needs: frozenset[Ability], situation: Situation) -> Findings:
    """Judge the wish in the situation; where the campaign is so already, only what is worth telling is found."""
    if sound(wanted).refused:
        return sound(wanted)
    found = [unsupported(needs, situation)]
    if step_to(wanted, situation.observed) is not Step.NOTHING:
        found += [locked(situation), unfrozen(wanted, situation.frozen), _transition(wanted, situation)]
        found += [_timely(wanted, situation.now), _replaced(wanted, situation), _within_fleet(wanted, situation)]
        found += [_finished(wanted, other) for other in situation.unfinished]
        found += [_cut(wanted, situation), _agents(wanted, situation)]
    return Findings.of(found)


def unfrozen(wanted: Wanted, frozen: Frozen | None) -> Finding | None:
    """Return the finding that refuses a resumption of a frozen campaign; None when nothing does."""
    if frozen is None or wanted.state is not State.ACTIVE:
        return None
    why = "" if frozen.reason is None else f": {frozen.reason}"
    since = utc_text(frozen.since.replace(microsecond=0))
    return Finding(
        rule="lifecycle.frozen",
        severity=Severity.ERROR,
        message=(
            f"{frozen.by} froze it at {since} (entry {frozen.entry}){why}; it stays stopped until a person unfreezes it"
        ),
        field="state",
        found="frozen",
        source=f"{frozen.by} (entry {frozen.entry})",
    )


def _transition(wanted: Wanted, situation: Situation) -> Finding | None:
    observed = situation.observed
    if step_to(wanted, observed) is not Step.ILLEGAL:
        return None
    allowed = TRANSITIONS[observed.state]
    if observed.state is not wanted.state:
        message = f"a campaign that is {observed.state} cannot become {wanted.state}"
    elif observed.pending is not None:
        message = (
            f"the campaign is {observed.state} already, and asking for it at a later instant would withdraw the "
            f"transition to {observed.pending.state} that is pending for {utc_text(observed.pending.effective_at)}"
        )
    else:
        message = f"the campaign is {observed.state} already; calls that are draining can no longer be dropped"
    return Finding(
        rule="lifecycle.transition",
        severity=Severity.ERROR,
        message=message,
        field="state",
        found=observed.state.value,
        limit=tuple(state.value for state in allowed),
    )


def _timely(wanted: Wanted, now: datetime) -> Finding | None:
    return None if wanted.effective_at is None else timely(wanted.effective_at, now)


def timely(instant: datetime, now: datetime) -> Finding | None:
    """Return what there is to tell of an instant at which something is to happen, by the platform's time."""
    if instant < now - PAST_GRACE:
        message = f"{utc_text(instant)} is past: on the platform it is {utc_text(now)}"
        return _timing(Severity.ERROR, message, found=utc_text(instant), limit=utc_text(now))
    if instant > now + FARTHEST:
        limit = utc_text(now + FARTHEST)
        return _timing(
            Severity.ERROR, f"{utc_text(instant)} is more than a year ahead", found=utc_text(instant), limit=limit
        )
    if instant <= now:
        return _timing(Severity.INFO, "the instant has just passed, so it happens at once", found=utc_text(instant))
    return None


def _replaced(wanted: Wanted, situation: Situation) -> Finding | None:
    pending = situation.observed.pending
    if pending is None or step_to(wanted, situation.observed) is Step.ILLEGAL:
        return None
    planned = f"the transition to {pending.state} that is pending for {utc_text(pending.effective_at)}"
    return _timing(Severity.INFO, f"it takes the place of {planned}", found=utc_text(pending.effective_at))


def _timing(severity: Severity, message: str, *, found: str, limit: str | None = None) -> Finding:
    return Finding(
        rule="lifecycle.effective-time",
        severity=severity,
        message=message,
        field="effective_at",
        found=found,
        limit=limit,
    )


def _within_fleet(wanted: Wanted, situation: Situation) -> Finding | None:
    active, limit = situation.active, situation.active_limit
    if wanted.state is not State.ACTIVE or active is None or limit is None or active < limit:
        return None
    later = wanted.lies_ahead_of(situation.now)
    when = "; it is judged again when its instant comes" if later else ""
    return Finding(
        rule="lifecycle.fleet-limit",
        severity=Severity.INFO if later else Severity.ERROR,
        message=f"{active} campaigns are active, and {limit} may be{when}",
        field="state",
        found=active,
        limit=limit,
        source="the declared limit of active campaigns",
    )


def _finished(wanted: Wanted, other: Unfinished) -> Finding:
    gives_way = other.stage is Stage.OPEN and (wanted.state is State.ACTIVE or other.stops)
    told = {
        Stage.OPEN: "is being carried out right now",
        Stage.IN_DOUBT: "was sent and never answered, it may have happened",
        Stage.SETTLING: "was accepted and is still settling",
        Stage.WAITING: "waits for its hour",
        Stage.WAITS_FOR_APPROVAL: "waits for approval by a second person",
    }
    return Finding(
        rule="lifecycle.unfinished",
        severity=Severity.ERROR if gives_way else Severity.INFO,
        message=f"{other.kind} by {other.by} (entry {other.entry}) {told[other.stage]}",
        found=other.entry,
    )


def _cut(wanted: Wanted, situation: Situation) -> Finding | None:
    live = situation.live
    if live is None or wanted.state is State.ACTIVE or wanted.drain is not Drain.DROP:
        return None
    cut = live.ringing + live.waiting
    return Finding(
        rule="lifecycle.drop",
        severity=Severity.INFO,
        message=f"{cut} calls will be cut: {live.ringing} ring, and {live.waiting} wait and will count as abandoned",
        field="drain",
        found=cut,
    )


def _agents(wanted: Wanted, situation: Situation) -> Finding | None:
    observed = situation.observed
    if observed.state is not State.ACTIVE or wanted.state is State.ACTIVE or not observed.agents:
        return None
    return Finding(
        rule="lifecycle.agents",
        severity=Severity.INFO,
        message=f"{observed.agents} agents work on the campaign and will get no new calls from it",
        field="state",
        found=observed.agents,
    )
