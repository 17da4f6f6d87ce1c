"""Joins what watches abandonment: easing off, guards, and the worker's task that keeps the book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from paceline.campaign.ports import Platform
from paceline.control.abandonment.accounts import Accounts
from paceline.control.abandonment.guards import Guards
from paceline.control.abandonment.periods import EndedPeriods
from paceline.control.abandonment.policy import GuardPolicy
from paceline.control.abandonment.polling import Polling, Quota
from paceline.control.easing import Easing
from paceline.control.facts.law import Law
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.telling.announcing import Announcer
from paceline.ledger.readings import Readings
from paceline.primitives.clock import WaitingClock
from paceline.primitives.ids import CampaignId
from paceline.storage.leases import Leases


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How abandonment is watched.

    Attributes:
        guards: what is done by itself on a breach, and on an approach.
        requests_per_minute: the whole budget of requests, of which the book uses a quarter; 0 is no limit.
    """

    guards: GuardPolicy = field(default_factory=GuardPolicy)
    requests_per_minute: int = 100


class Parts(Protocol):
    """What abandonment is watched with; a whole system has all of it."""

    platform: Platform
    abandonment: Accounts
    corridor: Corridor
    recorder: Recorder
    readings: Readings
    law: Law
    leases: Leases
    crier: Announcer
    clock: WaitingClock


def easing_of(parts: Parts) -> Easing:
    """Return who eases campaigns off."""
    return Easing(
        platform=parts.platform,
        corridor=parts.corridor,
        book=parts.recorder.book,
        readings=parts.readings,
        law=parts.law,
        spans=parts.abandonment.book,
    )


def polling_of(parts: Parts, options: Watching, *, is_steered: Callable[[CampaignId], bool]) -> Polling:
    """Return the task that keeps the book; `is_steered` tells whether somebody brings a campaign back by itself."""
    guards = Guards(
        platform=parts.platform,
        corridor=parts.corridor,
        recorder=parts.recorder,
        book=parts.abandonment.book,
        crier=parts.crier,
        policy=options.guards,
        is_steered=is_steered,
    )
    return Polling(
        platform=parts.platform,
        accounts=parts.abandonment,
        guards=guards,
        periods=EndedPeriods(parts.platform, parts.abandonment.book, parts.law, parts.recorder),
        recorder=parts.recorder,
        leases=parts.leases,
        clock=parts.clock,
        quota=Quota.of(options.requests_per_minute),
    )
