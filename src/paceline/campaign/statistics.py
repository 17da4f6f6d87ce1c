"""What a platform's dialer measured and what it is doing, as values; rates are computed here, from whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted over a span.

    Attributes:
        dials: calls that were placed.
        connects: calls that a person answered, the abandoned ones included.
        abandons: those of them that found no agent within two seconds of the completed greeting.
        right_parties: those that reached the person who was meant.
        machines, no_answers, busies: calls that a machine answered, that nobody did, that were engaged.
        talk_s, wrap_s, idle_s, staffed_s: agent time, seconds; staffed is all of it.
    """

    dials: int = 0
    connects: int = 0
    abandons: int = 0
    right_parties: int = 0
    machines: int = 0
    no_answers: int = 0
    busies: int = 0
    talk_s: int = 0
    wrap_s: int = 0
    idle_s: int = 0
    staffed_s: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            dials=self.dials + other.dials,
            connects=self.connects + other.connects,
            abandons=self.abandons + other.abandons,
            right_parties=self.right_parties + other.right_parties,
            machines=self.machines + other.machines,
            no_answers=self.no_answers + other.no_answers,
            busies=self.busies + other.busies,
            talk_s=self.talk_s + other.talk_s,
            wrap_s=self.wrap_s + other.wrap_s,
            idle_s=self.idle_s + other.idle_s,
            staffed_s=self.staffed_s + other.staffed_s,
        )

    @property
    def occupancy(self) -> float | None:
        """Talk and wrap-up over staffed time, a fraction; None while nobody was there.

        >>> Tally(talk_s=45, wrap_s=9, staffed_s=60).occupancy
        0.9
        """
        return (self.talk_s + self.wrap_s) / self.staffed_s if self.staffed_s else None

    @property
    def abandonment(self) -> float | None:
        """Abandoned over answered by a person, a fraction; None while nobody answered.

        >>> Tally(connects=200, abandons=6).abandonment
        0.03
        """
        return self.abandons / self.connects if self.connects else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePicture:
    """How many agents and calls were doing what at one moment."""

    agents_available: int = 0
    agents_talking: int = 0
    agents_wrap_up: int = 0
    agents_unavailable: int = 0
    calls_ringing: int = 0
    calls_waiting: int = 0
    calls_connected: int = 0

    @property
    def agents(self) -> int:
        """Agents that are logged in, whatever they are doing."""
        return self.agents_available + self.agents_talking + self.agents_wrap_up + self.agents_unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """How far a contact list is: all records, those that may be dialed again, and those that are through."""

    total: int
    dialable: int
    exhausted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What the dialer of one campaign measured from `since` to `at`, both by the platform's clock, and does now.

    Attributes:
        minutes: the same by minute, each with its beginning, the oldest first; empty where nobody asked for it.
        records: None where the platform does not tell.
    """

    campaign: CampaignId
    at: datetime
    tally: Tally
    live: LivePicture
    minutes: tuple[tuple[datetime, Tally], ...] = ()
    records: Records | None = None
