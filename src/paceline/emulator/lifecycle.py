"""How a campaign's status moves: the transition table, what waits for its instant, and what becomes of calls in flight.

Rules:
* ACTIVE goes to PAUSED or STOPPED, PAUSED to ACTIVE or STOPPED, STOPPED to ACTIVE; ARCHIVED goes nowhere.
* A pending transition blocks nothing. When it comes due it is judged again; what is refused then is dropped. Coming due
  raises the revision either way.
* Leaving ACTIVE with the queue drained lets every call end by itself; without, calls that ring or wait are dropped at
  once and the waiting ones are abandoned, while connected ones end by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from paceline.emulator.tenant import Campaign, LastDue, Pending
from paceline.emulator.world import World

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "ACTIVE": ("PAUSED", "STOPPED"),
    "PAUSED": ("ACTIVE", "STOPPED"),
    "STOPPED": ("ACTIVE",),
    "ARCHIVED": (),
}
"""Each status and those that may follow it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A status that is asked for: at once when `effective_at` is None or past."""

    status: str
    effective_at: int | None
    drain_queue: bool

    def waits(self, now: int) -> bool:
        """Return whether the wish lies in the future."""
        return self.effective_at is not None and self.effective_at > now


def moved(world: World, campaign: Campaign, wish: Wish, at: int) -> Campaign:
    """Return the campaign with the wished status since `at`; what a dropped queue abandons is counted."""
    calls = campaign.in_flight(at)
    if wish.status != "ACTIVE" and not wish.drain_queue:
        waiting = sum(call.state == "waiting" for call in calls)
        if waiting:
            world.add_counts(campaign.id, at, {"abandons": waiting})
        calls = tuple(call for call in calls if call.state == "connected")
        world.dialing.drop(campaign.id)
    return replace(campaign, status=wish.status, status_since=at, pending=None, calls=calls)


def waiting(campaign: Campaign, wish: Wish, at: int) -> Campaign:
    """Return the campaign with the wish pending until `at`."""
    pending = Pending(status=wish.status, effective_at=at, drain_queue=wish.drain_queue)
    return replace(campaign, pending=pending)


def settled(campaign: Campaign, now: int) -> Campaign:
    """Return the campaign without its pending transition; the present status has a time from here on."""
    since = now if campaign.status_since is None else campaign.status_since
    return replace(campaign, pending=None, status_since=since)


def refused_when_due(world: World, campaign: Campaign, status: str) -> str | None:
    """Return the code of what forbids a transition to `status` now, or None."""
    if campaign.status == "ARCHIVED":
        return "archived"
    if campaign.locked:
        return "locked"
    if status not in TRANSITIONS[campaign.status]:
        return "illegal_transition"
    if status == "ACTIVE" and not world.room_for_active(campaign.tenant):
        return "campaign_limit"
    return None


def bring_due(world: World, now: int) -> None:
    """Carry out or drop every pending transition whose instant has come, in the order of their instants."""
    while world.pending:
        campaign = min((world.campaigns[name] for name in world.pending), key=_due_order)
        pending = campaign.pending
        if pending is None or pending.effective_at > now:
            return
        at = pending.effective_at
        world.dialing.keep_up(campaign.id, at)
        code = refused_when_due(world, campaign, pending.status)
        if code is None:
            after = moved(world, campaign, Wish(pending.status, at, pending.drain_queue), at)
        else:
            after = settled(campaign, at)
        last_due = LastDue(status=pending.status, at=at, applied=code is None, code=code)
        world.put_campaign(replace(after, revision=campaign.revision + 1, last_due=last_due))
        world.dialing.heed(campaign.id, at)


def end_calls(world: World, now: int) -> None:
    """Forget the calls that have ended, so that they stay ended when the clock is set back."""
    for campaign in list(world.campaigns.values()):
        in_flight = campaign.in_flight(now)
        if len(in_flight) < len(campaign.calls):
            world.put_campaign(replace(campaign, calls=in_flight))


def _due_order(campaign: Campaign) -> tuple[int, str]:
    due = campaign.pending.effective_at if campaign.pending else 0
    return (due, campaign.id)
