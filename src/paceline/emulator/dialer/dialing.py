"""The dialers of a platform: one for each campaign that was told how to dial, carried on when somebody looks.

Rules:
* A campaign has a dialer when it has agents, dialing rules or predictive parameters or a world of its own, is not
  archived, and nobody set its calls, counts or records by hand.
* What a dialer measured between two saves follows from the state at the first, so it is saved only when its orders
  change, when the clock is moved, and every ten minutes of the platform's time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from paceline.emulator.dialer.chance import key_of
from paceline.emulator.dialer.engine import NEVER, Dialer
from paceline.emulator.dialer.orders import orders_of, told_how
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import MINUTE
from paceline.emulator.table import Table
from paceline.emulator.tenant import Campaign, DialerState, MinuteCounts

SAVED_EVERY = 10 * MINUTE


class Ground(Protocol):
    """What the dialers stand on: the world's campaigns, their own saved states, and the minutes they write."""

    seed: str
    campaigns: Table[Campaign]
    dialers: Table[DialerState]
    minutes: Table[MinuteCounts]

    def show_minute(self, counts: MinuteCounts) -> None:
        """Set what was counted in one minute, without having it saved."""
        ...

    def counted_in(self, campaign: str, minute: int) -> Mapping[str, int]:
        """Return what stands in a campaign's minute."""
        ...


def has_dialer(campaign: Campaign) -> bool:
    """Return whether a dialer runs for the campaign whenever it is ACTIVE."""
    return campaign.agents > 0 and not campaign.by_hand and campaign.status != "ARCHIVED" and told_how(campaign)


@dataclass(slots=True)
class _Running:
    """A dialer, the campaign as its orders were read, the instant it was saved at, and the minutes not saved yet."""

    dialer: Dialer
    campaign: Campaign
    saved_at: int
    unsaved: set[int]


class Dialing:
    """Every dialer of a platform, by campaign."""

    def __init__(self, world: Ground) -> None:
        """Start without any."""
        self._world = world
        self._running: dict[str, _Running] = {}

    def of(self, campaign: str) -> Dialer | None:
        """Return the dialer of a campaign as it was last carried on, None where none runs."""
        running = self._running.get(campaign)
        return None if running is None else running.dialer

    def begin(self, now: int) -> None:
        """Start or take up again the dialers of all campaigns of a world that was just filled."""
        for campaign in self._world.campaigns.values():
            state = self._world.dialers.get(campaign.id)
            if state is not None and has_dialer(campaign):
                dialer = Dialer.restored(
                    state.document, self._key(campaign), truth_of(campaign.dialer), orders_of(campaign)
                )
                self._running[campaign.id] = _Running(dialer, campaign, dialer.at, set())
            else:
                self.heed(campaign.id, now)

    def campaigns(self) -> list[str]:
        """Return the campaigns that a dialer runs for."""
        return list(self._running)

    def keep_up(self, campaign: str, now: int, *, at_most: int = NEVER) -> bool:
        """Carry the dialer of a campaign on until now, or by `at_most`; return whether it has not come so far."""
        running = self._running.get(campaign)
        if running is None or running.dialer.at >= now:
            return False
        to = min(now, running.dialer.at + at_most)
        running.dialer.advance(to, lambda minute, counts: self._show(running, minute, counts))
        if to - running.saved_at >= SAVED_EVERY:
            self._save(running)
        return to < now

    def keep_all_up(self, now: int, *, save: bool = False) -> None:
        """Carry every dialer on until now."""
        for campaign, running in self._running.items():
            self.keep_up(campaign, now)
            if save:
                self._save(running)

    def heed(self, name: str, now: int) -> None:
        """Give a campaign's dialer the orders that the campaign holds from now on; start or end it where it must."""
        campaign, running = self._world.campaigns[name], self._running.get(name)
        if not has_dialer(campaign):
            self._running.pop(name, None)
            self._world.dialers.drop(name)
        elif running is None:
            counted = self._world.counted_in(name, now // MINUTE * MINUTE)
            dialer = Dialer(self._key(campaign), truth_of(campaign.dialer), orders_of(campaign), now, counted)
            self._running[name] = _Running(dialer, campaign, now, set())
            self._save(self._running[name])
        elif running.campaign is not campaign:
            self.keep_up(name, now)
            orders = orders_of(campaign)
            if orders != running.dialer.orders or campaign.dialer != running.campaign.dialer:
                running.dialer.obey(orders, truth_of(campaign.dialer))
                self._save(running)
            running.campaign = campaign

    def heed_changed(self, now: int) -> None:
        """Heed every campaign that changed since the last save."""
        for name in sorted(self._world.campaigns.changed):
            self.heed(name, now)

    def drop(self, campaign: str) -> None:
        """Cut what rings and waits for a campaign."""
        running = self._running.get(campaign)
        if running is not None:
            running.dialer.drop(lambda minute, counts: self._show(running, minute, counts))
            self._save(running)

    def _key(self, campaign: Campaign) -> int:
        return key_of(f"{self._world.seed}:{campaign.id}")

    def _show(self, running: _Running, minute: int, counts: dict[str, int]) -> None:
        self._world.show_minute(MinuteCounts(campaign=running.campaign.id, minute=minute, counts=counts))
        running.unsaved.add(minute)

    def _save(self, running: _Running) -> None:
        """Have the state and the minutes that led to it saved with the next request."""
        campaign = running.campaign.id
        self._world.dialers.put(campaign, DialerState(campaign=campaign, document=running.dialer.document()))
        self._world.minutes.changed.update(
            MinuteCounts(campaign=campaign, minute=minute, counts={}).key for minute in running.unsaved
        )
        running.saved_at = running.dialer.at
        running.unsaved.clear()
