"""What of a campaign needs a person now: in which order, why, and the one thing to do about it. Pure.

The order, the most urgent first:

1. `frozen-dialing`: it is frozen, and dials all the same.
2. `in-doubt`: something was sent to it, and nobody knows whether it happened.
3. `frozen`: somebody froze it, and only a person lets it go.
4. `late`: a change whose hour has come was not made, or was put aside.
5. `breached`: more of its calls were abandoned than a ceiling of the law allows in the period that is running.
6. `taken-back`: a rollout was undone by evidence, or aborted, and nobody has cleared that.
7. `changed-outside`: somebody changed it outside paceline, and nobody here has done anything to it since.
8. `locked`: it is locked on the platform.
9. `not-dialing`: it is active and its schedule is open, and nothing is dialed.
10. `approaching`: its legal period is likely to end above its ceiling, or most of what is allowed is used.
11. `approval`: a change of it waits for a second person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from paceline.campaign.observed import Frozen, Observed, Stage, State
from paceline.campaign.statistics import LivePicture, Tally
from paceline.control.abandonment.account import CampaignAccount, PeriodAccount
from paceline.control.abandonment.remaining import Standing
from paceline.control.rollout.standing import Rollout
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId

LATE_AFTER = timedelta(minutes=1)
"""A change that waits so long after its hour is late."""
QUIET_MINUTES = 5
"""An active campaign that dialed nothing in so many minutes of an open schedule is not dialing."""


class Urgency(IntEnum):
    """How urgent a need is; the lower, the more."""

    FROZEN_DIALING = 1
    IN_DOUBT = 2
    FROZEN = 3
    LATE = 4
    BREACHED = 5
    TAKEN_BACK = 6
    CHANGED_OUTSIDE = 7
    LOCKED = 8
    NOT_DIALING = 9
    APPROACHING = 10
    APPROVAL = 11
    NOTHING = 12

    @property
    def word(self) -> str:
        """Its name, as pages and programs have it.

        >>> Urgency.CHANGED_OUTSIDE.word
        'changed-outside'
        """
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What needs a person.

    Attributes:
        reason: why, in words.
        action: what to do, in words: the label of the one button.
        entry: the entry of the ledger that it is about, None when it is about the campaign as it is.
    """

    urgency: Urgency
    reason: str
    action: str
    entry: EntryId | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"word": self.urgency.word, "reason": self.reason, "action": self.action, "entry": self.entry}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one campaign.

    Attributes:
        unended: its changes that have not come to their end, as `UnendedChanges` tells them.
        outside: the entry that tells of a change made outside, when nothing was done here since.
        is_open: whether its schedule is open now; None when nobody knows.
        recent: what was counted in the last `QUIET_MINUTES`, None when nobody knows.
        account: where it stands against the ceilings of the law; None where nobody has looked.
        latched: its rollout that was taken back and not cleared, None without one.
    """

    observed: Observed
    frozen: Frozen | None = None
    unended: Sequence[Mapping[str, Json]] = ()
    outside: EntryId | None = None
    live: LivePicture | None = None
    is_open: bool | None = None
    recent: Tally | None = None
    account: CampaignAccount | None = None
    latched: Rollout | None = None


def needs_of(known: Known, now: datetime) -> tuple[Need, ...]:
    """Return what needs a person, the most urgent first; `now` is the platform's time."""
    found = [_frozen(known), _over(known), _taken_back(known), _outside(known), _locked(known), _not_dialing(known)]
    found += [_of_change(one, now) for one in known.unended]
    return tuple(sorted((need for need in found if need is not None), key=lambda need: need.urgency))


def urgency_of(needs: Sequence[Need]) -> Urgency:
    """Return how urgent the most urgent of these is."""
    return min((need.urgency for need in needs), default=Urgency.NOTHING)


def worst_of(account: CampaignAccount | None) -> PeriodAccount | None:
    """Return the period of an account that is nearest to its ceiling or furthest above; None where none is known."""
    measured = [] if account is None else [one for one in account.periods if one.used is not None]
    return max(measured, key=lambda one: (_WORSE.index(one.standing), one.used or 0.0), default=None)


_WORSE = (Standing.UNKNOWN, Standing.OK, Standing.APPROACHING, Standing.BREACHED)


def _frozen(known: Known) -> Need | None:
    frozen = known.frozen
    if frozen is None:
        return None
    why = "" if frozen.reason is None else f": {frozen.reason}"
    if known.observed.state is State.ACTIVE:
        told = f"{frozen.by} froze it{why}, and it is active all the same"
        return Need(urgency=Urgency.FROZEN_DIALING, reason=told, action="Stop it", entry=frozen.entry)
    told = f"{frozen.by} froze it{why}"
    return Need(urgency=Urgency.FROZEN, reason=told, action="Look why, unfreeze", entry=frozen.entry)


def _over(known: Known) -> Need | None:
    worst = worst_of(known.account)
    if worst is None or worst.counts is None or worst.standing not in {Standing.BREACHED, Standing.APPROACHING}:
        return None
    counts, ceiling = worst.counts, f"{worst.ceiling.most} in {worst.ceiling.per}"
    until = "" if worst.end is None else f", until {worst.end:%Y-%m-%d}"
    told = f"{counts.abandoned} of {counts.answered} answered calls were abandoned; the law allows {ceiling}{until}"
    if worst.standing is Standing.BREACHED:
        return Need(urgency=Urgency.BREACHED, reason=told, action="Ease off")
    likely = "" if worst.to_come is None else f"; it ends above with probability {worst.to_come.breach:.2f}"
    return Need(urgency=Urgency.APPROACHING, reason=f"{told}{likely}", action="See what is left")


def _taken_back(known: Known) -> Need | None:
    rollout = known.latched
    if rollout is None or rollout.latch is None:
        return None
    told = f"rollout {rollout.entry} was ended by {rollout.latch.by}: {rollout.latch.why}"
    return Need(urgency=Urgency.TAKEN_BACK, reason=told, action="Read why, clear it", entry=rollout.entry)


def _outside(known: Known) -> Need | None:
    if known.outside is None:
        return None
    told = "somebody changed it outside paceline"
    return Need(urgency=Urgency.CHANGED_OUTSIDE, reason=told, action="See what differs", entry=known.outside)


def _locked(known: Known) -> Need | None:
    if not known.observed.locked:
        return None
    told = "it is locked on the platform: no change is taken"
    return Need(urgency=Urgency.LOCKED, reason=told, action="Look again")


def _not_dialing(known: Known) -> Need | None:
    live, recent = known.live, known.recent
    if known.observed.state is not State.ACTIVE or known.is_open is not True or live is None or recent is None:
        return None
    if recent.dials or live.calls_ringing or live.calls_waiting or live.calls_connected:
        return None
    why = "no agent is logged in" if live.agents == 0 else f"{live.agents} agents are logged in"
    told = f"its schedule is open, and nothing was dialed for {QUIET_MINUTES} minutes: {why}"
    return Need(urgency=Urgency.NOT_DIALING, reason=told, action="See why")


def _of_change(one: Mapping[str, Json], now: datetime) -> Need | None:
    entry = one["entry"]
    number = EntryId(entry) if isinstance(entry, int) else None
    about = f"{one['kind']} by {one['by']}"
    stage = str(one["status"])
    if stage == Stage.IN_DOUBT.value:
        told = f"{about} was sent, and nobody knows yet whether it happened"
        return Need(urgency=Urgency.IN_DOUBT, reason=told, action="See what is known", entry=number)
    if "trouble" in one:
        told = f"{about} was {'put aside' if one.get('put_aside') else 'not made yet'}: {one['trouble']}"
        return Need(urgency=Urgency.LATE, reason=told, action="Look at the change", entry=number)
    due = one.get("due")
    if stage == Stage.WAITING.value and due is not None and _is_late(str(due), now):
        told = f"{about} was due at {due}, and was not made"
        return Need(urgency=Urgency.LATE, reason=told, action="See whether a worker lives", entry=number)
    if stage == Stage.WAITS_FOR_APPROVAL.value:
        until = one.get("approve_until")
        told = f"{about} waits for a second person{f' until {until}' if until else ''}"
        return Need(urgency=Urgency.APPROVAL, reason=told, action="Decide", entry=number)
    return None


def _is_late(due: str, now: datetime) -> bool:
    return datetime.fromisoformat(due) + LATE_AFTER < now
