"""Keeps frozen campaigns stopped: lists what is active, and stops what is frozen and dials all the same.

Rules:
* One worker does it at a time, whoever has the lease: every `URGENT_S` while a frozen campaign was not seen stopped,
  else every `CALM_S`.
* It reads as a change does: behind what stops, before what only looks. The stops themselves go first.
* A stop that would be refused for the same reason as the last one is not tried: nothing is written or told anew of a
  campaign that is locked still. Where only a try can tell, each is twice as long after the one before, up to
  `LONGEST_S`.
* A campaign counts as stopped when the list shows that it does not dial, and nobody alive is at a resumption of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection

from paceline.campaign.catalogue import ends_dialing
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Stop
from paceline.campaign.observed import Drain, Frozen, Observed, Situation, Stage, State
from paceline.campaign.ports import Platform
from paceline.control.fleet.fleet import Fleet, FleetOutcome, Found, summary_of
from paceline.control.freezes import Freezes, is_loose
from paceline.control.kept import Unended
from paceline.control.order import Order
from paceline.control.outcome import Applied, Failed, Failure, Outcome, Refused, Unchanged
from paceline.control.recorder import Recorder
from paceline.ledger.entry import Entry, Query
from paceline.primitives.clock import Clock
from paceline.primitives.ids import CampaignId
from paceline.storage.due_work import FencedError, Work, WorkExistsError, listing
from paceline.storage.leases import Claim, Leases

ROOM = "enforcement"
"""The room of the due work in which the turn stands."""
URGENT_S, CALM_S = 5.0, 30.0
"""Between two looks, in seconds: while a frozen campaign was not seen stopped, and once all were."""
LONGEST_S = 300.0
"""The longest time between two tries of one campaign whose stop fails for the same reason, in seconds."""
LOOKED_AT = 20
"""How many of a campaign's last stops are looked through for tries that failed."""
_SECOND = 1_000_000_000
_KEY = "turn"
_NOT_MADE = frozenset({Refused.word, Failed.word})


class Enforcement:
    """Keeps the frozen campaigns of one tenant stopped; any number of processes share it."""

    def __init__(
        self, *, platform: Platform, fleet: Fleet, recorder: Recorder, freezes: Freezes, leases: Leases, clock: Clock
    ) -> None:
        """Join what stops campaigns, what latches them, and whose turn it is."""
        self._platform = platform
        self._fleet = fleet
        self._recorder = recorder
        self._freezes = freezes
        self._leases = leases
        self._clock = clock
        self._tenant = recorder.book.tenant

    def in_turn(self, order: Order) -> FleetOutcome | None:
        """Do the same as `enforce` when it is this process's turn; None when it is not, or nothing is frozen.

        Raises:
            PlatformError: the platform cannot be asked; the next turn comes all the same.
            LedgerUnavailableError: nobody can tell what is frozen.
        """
        if not self._freezes.frozen():
            return None
        claim = self._turn(is_urgent=bool(self._freezes.frozen(stopped=False)))
        if claim is None:
            return None
        try:
            with self._leases.kept([claim]):
                return self.enforce(order)
        finally:
            due_ns = self._clock.wall_ns() + round(CALM_S * _SECOND)
            with suppress(FencedError):
                self._recorder.in_transaction(lambda connection: self._leases.postpone(connection, claim, due_ns))

    def enforce(self, order: Order) -> FleetOutcome | None:
        """Stop what is frozen and dials all the same; None when nothing is frozen.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nobody can tell what is frozen.
        """
        frozen = self._freezes.frozen()
        if not frozen:
            return None
        shown = [one for one in self._platform.list(lane=Lane.CHANGING) if one.campaign in frozen]
        seen = [one for one in shown if isinstance(one, Observed)]
        loose = {one.campaign: one for one in seen if is_loose(one)}
        self._recorder.saw(loose.values())
        same = {campaign: self._same_again(one, frozen[campaign]) for campaign, one in loose.items()}
        tried = {campaign: one for campaign, one in loose.items() if same[campaign] is None}
        stops = self._fleet.run(Found(campaigns=dict(tried), requests=1), stop_of, order)
        items = tuple(sorted((*stops.items, *filter(None, same.values())), key=lambda item: item.change.campaign))
        coming = {one.campaign for one in self.on_their_way(frozen)}
        stopped = {item.change.campaign for item in items if is_stopped(item)}
        stopped |= {one.campaign for one in seen if one.campaign not in loose}
        self._freezes.saw_stopped(stopped - coming)
        self._freezes.saw_dialing(loose.keys() - stopped)
        return replace(stops, items=items, summary=summary_of(items))

    def on_their_way(self, campaigns: Iterable[CampaignId]) -> list[Unended]:
        """Return the changes of these campaigns that somebody alive is at, and that may let them dial.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        others = self._recorder.unended(campaigns=[*campaigns], stage=Stage.OPEN)
        return [
            other for other in others if not ends_dialing(other.kind) and not self._recorder.owner.is_dead(other.owner)
        ]

    def _turn(self, *, is_urgent: bool) -> Claim | None:
        """Return the claim of the turn when it has come: it is put as a calm one, and taken early when it is urgent."""
        now_ns = self._clock.wall_ns()
        room = self._recorder.looked_up(lambda connection: listing(connection, self._tenant, room=ROOM))
        if not room:
            self._recorder.in_transaction(self._begin)
        due_ns = now_ns + round((CALM_S - URGENT_S) * _SECOND) if is_urgent else now_ns
        claims = self._leases.claim(self._tenant, ROOM, now_ns=due_ns, limit=1)
        return claims[0] if claims else None

    def _begin(self, connection: Connection) -> None:
        with suppress(WorkExistsError):
            self._leases.put(connection, Work(tenant=self._tenant, room=ROOM, key=_KEY, due_ns=0))

    def _same_again(self, observed: Observed, frozen: Frozen) -> Outcome | None:
        """Return how a stop would end as the last one did, so that it is not tried now; None when it is to be tried."""
        query = Query(campaign=observed.campaign, kind=Stop.kind, limit=LOOKED_AT)
        tries: list[Entry] = []
        for entry in reversed(self._recorder.book.entries(query)):
            if entry.outcome not in _NOT_MADE or entry.number < frozen.entry:
                break
            tries.append(entry)
        if not tries:
            return None
        last = tries[0]
        change = stop_of(observed.campaign)
        if _was_locked(last) and not observed.locked:
            return None
        if _was_locked(last):
            situation = Situation(observed=observed, abilities=self._platform.abilities, now=observed.at)
            findings = change.guard(situation)
            return Outcome(change=change, ending=Refused(), findings=findings, before=observed, entry=last.number)
        wait_s = min(LONGEST_S, URGENT_S * 2.0 ** (len(tries) - 1))
        if (self._recorder.book.now() - last.at).total_seconds() >= wait_s:
            return None
        failure = Failure(code="tried-before", message=f"{_told(last)} (entry {last.number})", retryable=True)
        return Outcome(change=change, ending=Failed(failure), before=observed, entry=last.number)


def stop_of(campaign: CampaignId) -> Stop:
    """Return the stop of a freeze: it is for what dials now; what rings or waits may still find an agent."""
    return Stop(campaign=campaign, drain=Drain.FINISH)


def is_stopped(item: Outcome) -> bool:
    """Return whether a campaign dials no more: stopped, or archived, which takes no change and never dials."""
    archived = item.before is not None and item.before.state is State.ARCHIVED
    return archived or isinstance(item.ending, Applied | Unchanged)


def why_not(item: Outcome) -> str:
    """Return in words why a campaign was not stopped."""
    if item.failure is not None:
        return item.failure.message
    return "; ".join(found.message for found in item.findings) or item.word


def not_stopped(stops: FleetOutcome) -> dict[CampaignId, str]:
    """Return the campaigns that these stops did not stop, with the reasons."""
    return {item.change.campaign: why_not(item) for item in stops.items if not is_stopped(item)}


def _details(entry: Entry) -> Mapping[str, object]:
    told = None if entry.closed is None else entry.closed.document["details"]
    return told if isinstance(told, Mapping) else {}


def _findings(entry: Entry) -> list[Mapping[str, object]]:
    found = _details(entry).get("findings")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _was_locked(entry: Entry) -> bool:
    return any(one["rule"] == "lifecycle.locked" for one in _findings(entry))


def _told(entry: Entry) -> str:
    """Return in words why an earlier stop was not made."""
    error = _details(entry).get("error")
    if isinstance(error, Mapping):
        return str(error["message"])
    return "; ".join(str(one["message"]) for one in _findings(entry)) or str(entry.outcome)
