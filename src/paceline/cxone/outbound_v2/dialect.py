"""The dialect itself: the port, over the one way to the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from urllib.parse import quote, urlencode

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Ability, Document, LiveCalls, Observed, Part, State, Unreadable
from paceline.campaign.ports import (
    Counted,
    Meter,
    PlatformError,
    Prepared,
    Receipt,
    RevisionConflictError,
    UnexpectedAnswerError,
)
from paceline.campaign.simulations import PlatformSimulation, PlatformWebhook, SimulationStarted
from paceline.campaign.statistics import Statistics
from paceline.cxone.exchange import Answer, Request
from paceline.cxone.outbound_v2.reading import (
    accepted_read,
    campaign_read,
    counted_read,
    live_read,
    measured_read,
    page_read,
    schedule_read,
    simulation_read,
    statistics_read,
    unexpected,
    webhook_read,
)
from paceline.cxone.outbound_v2.writing import (
    DIALECT,
    SIMULATIONS,
    Prefix,
    instant_text,
    pacing_block,
    part_of,
    place_of,
    prepared,
    request_of,
    rules_block,
    schedule_block,
    schedule_of,
    sent_version,
    simulation_request,
    tuning_block,
    webhook_request,
    weights_block,
)
from paceline.cxone.transport import Transport
from paceline.primitives.ids import CampaignId, Version

PAGE = 1000
"""How many campaigns are asked for at once: as many as the platform gives."""
ABILITIES = frozenset(
    {
        Ability.RESUME,
        Ability.PAUSE,
        Ability.STOP,
        Ability.FINISH_CALLS,
        Ability.DROP_CALLS,
        Ability.EFFECTIVE_TIME,
        Ability.PRECONDITION,
        Ability.IDEMPOTENCY_KEY,
        Ability.LIVE_CALLS,
        Ability.DIALING_RULES,
        Ability.SCHEDULE,
        Ability.PACING,
        Ability.STATISTICS,
        Ability.TELLS_TUNING,
        Ability.WEIGHTS,
        Ability.SIMULATION,
    }
)
"""What the platform can do through this dialect."""


class OutboundV2:
    """A platform that speaks `/api/v2`; it may be used by many threads."""

    def __init__(self, transport: Transport, *, prefix: Prefix = Prefix.OUTBOUND) -> None:
        """Speak over `transport`; `prefix` is the address that single campaigns are read and changed at."""
        self._transport = transport
        self._prefix = prefix

    @property
    def dialect(self) -> str:
        """The dialect's name."""
        return DIALECT

    @property
    def abilities(self) -> frozenset[Ability]:
        """What this platform can do."""
        return ABILITIES

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        """Return the campaign as it is now; with its schedule, that is a second request.

        Raises:
            PlatformError: when it cannot be read.
        """
        request = Request(
            operation=f"read campaign {campaign}", method="GET", target=place_of(campaign, self._prefix), lane=lane
        )
        observed = self._shown(self._transport.send(request), campaign, request.operation)
        if part is Part.CAMPAIGN:
            return observed
        asked = Request(
            operation=f"read the schedule of campaign {campaign}", method="GET", target=schedule_of(campaign), lane=lane
        )
        return schedule_read(self._transport.send(asked), of=observed, operation=asked.operation)

    def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed | Unreadable]:
        """Yield every campaign of the tenant, or those in one state, in the order of their ids.

        Raises:
            PlatformError: when a page cannot be read; a page that leads back to itself is none.
        """
        operation, cursor = "list campaigns", ""
        while True:
            query = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            query |= {} if state is None else {"status": state.value}
            target = f"{Prefix.OUTBOUND.value}?{urlencode(query)}"
            answer = self._transport.send(Request(operation=operation, method="GET", target=target, lane=lane))
            shown, following = page_read(answer, operation=operation, now=self._transport.now())
            yield from shown
            if following is None:
                return
            if following == cursor:
                raise unexpected(answer, operation, "its nextCursor leads back to the same page")
            cursor = following

    def time(self, *, lane: Lane = Lane.READING) -> datetime:
        """Return the time that the platform's answer to a small request tells; ours, where it tells none.

        Raises:
            PlatformError: when it does not answer.
        """
        target = f"{Prefix.OUTBOUND.value}?{urlencode({'limit': '1'})}"
        answer = self._transport.send(Request(operation="ask the time", method="GET", target=target, lane=lane))
        return answer.at or self._transport.now()

    def live(self, campaign: CampaignId, *, lane: Lane = Lane.READING) -> LiveCalls:
        """Return how many calls are in flight, by what they are doing.

        Raises:
            PlatformError: when it cannot be read.
        """
        operation = f"count the calls of campaign {campaign}"
        target = f"{place_of(campaign, Prefix.SHORT)}/statistics"
        answer = self._transport.send(Request(operation=operation, method="GET", target=target, lane=lane))
        return live_read(answer, operation=operation)

    def counted(self, campaign: CampaignId, *, since: datetime | None = None, lane: Lane = Lane.READING) -> Counted:
        """Return what the dialer counted since an instant, or since it began.

        Raises:
            PlatformError: when it cannot be read.
        """
        operation = f"read the statistics of campaign {campaign}"
        query = "" if since is None else f"?{urlencode({'from': instant_text(since)})}"
        target = f"{place_of(campaign, Prefix.SHORT)}/statistics{query}"
        answer = self._transport.send(Request(operation=operation, method="GET", target=target, lane=lane))
        return counted_read(answer, operation=operation, now=self._transport.now())

    def statistics(
        self, *, since: datetime | None = None, by_minute: bool = False, lane: Lane = Lane.READING
    ) -> tuple[Statistics, ...]:
        """Return what the dialers of all campaigns measured since an instant, and do now.

        Raises:
            PlatformError: when it cannot be read.
        """
        asked = {} if since is None else {"from": instant_text(since)}
        asked |= {"bucket": "minute"} if by_minute else {}
        query = f"?{urlencode(asked)}" if asked else ""
        operation, target = "read the statistics of all campaigns", f"{Prefix.SHORT.value}/statistics{query}"
        answer = self._transport.send(Request(operation=operation, method="GET", target=target, lane=lane))
        return statistics_read(answer, operation=operation, now=self._transport.now())

    def measured(
        self,
        campaign: CampaignId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by_minute: bool = False,
        lane: Lane = Lane.READING,
    ) -> Statistics:
        """Return what the dialer of one campaign measured in a span, and does now.

        Raises:
            PlatformError: when it cannot be read.
        """
        asked = {} if since is None else {"from": instant_text(since)}
        asked |= {} if until is None else {"to": instant_text(until)}
        asked |= {"bucket": "minute"} if by_minute else {}
        operation = f"read the statistics of campaign {campaign}"
        query = f"?{urlencode(asked)}" if asked else ""
        target = f"{place_of(campaign, Prefix.SHORT)}/statistics{query}"
        answer = self._transport.send(Request(operation=operation, method="GET", target=target, lane=lane))
        return measured_read(answer, campaign=campaign, operation=operation, now=self._transport.now())

    def simulate(
        self, campaign: CampaignId, *, duration_s: int, idempotency_key: str, lane: Lane = Lane.CHANGING
    ) -> SimulationStarted:
        """Have the platform simulate a campaign as it is now; the same key is one simulation.

        Raises:
            PlatformError: when it does not; nothing of the campaign changes in any case.
        """
        request = simulation_request(campaign, duration_s=duration_s, idempotency_key=idempotency_key, lane=lane)
        answer = self._transport.send(request)
        return accepted_read(answer, campaign=campaign, operation=request.operation, now=self._transport.now())

    def simulation(self, simulation: str, *, lane: Lane = Lane.READING) -> PlatformSimulation:
        """Return how a simulation stands that was asked for.

        Raises:
            PlatformError: when it cannot be read.
        """
        operation = f"read simulation {simulation[:140]}"
        target = f"{SIMULATIONS}/{quote(simulation, safe='')}"
        answer = self._transport.send(Request(operation=operation, method="GET", target=target, lane=lane))
        return simulation_read(answer, simulation=simulation, operation=operation)

    def tell_tuned(self, url: str, *, name: str, lane: Lane = Lane.CHANGING) -> PlatformWebhook:
        """Have the platform tell an address of each change of weights; one that is told already stays as it is.

        Raises:
            PlatformError: when it does not.
        """
        request = webhook_request(url, name=name, lane=lane)
        return webhook_read(self._transport.send(request), operation=request.operation)

    def block(self, observed: Observed, aspect: str) -> Document | None:
        """Return the block of an aspect that was seen, in the contract's words; a schedule and weights whole."""
        match aspect:
            case "dialing":
                return None if observed.rules is None else {"dialingRules": rules_block(observed.rules)}
            case "pacing":
                return None if observed.pacing is None else {"predictiveDialer": pacing_block(observed.pacing)}
            case "schedule":
                return None if observed.schedule is None else schedule_block(observed.schedule)
            case "weights":
                if observed.weights is None:
                    return None
                tuning = None if observed.tuning is None else {"configuration": tuning_block(observed.tuning)}
                return {"predictiveDialerSettings": weights_block(observed.weights), **(tuning or {})}
            case _:
                raise ValueError(f"{aspect} is no aspect with a block")

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        """Return the exact request of a change, under the precondition of the version if one is given."""
        return prepared(change, version, self._prefix)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        """Send a prepared change; where the answer does not show the campaign, read it back.

        Raises:
            PlatformError: when the change was refused, or nobody knows; see `may_have_happened`.
            UnknownRequestError: when another dialect prepared it.
        """
        request = request_of(prepared, idempotency_key=idempotency_key, lane=lane)
        try:
            answer = self._transport.send(request)
        except RevisionConflictError as conflict:
            conflict.sent = sent_version(prepared)
            raise
        part = part_of(prepared)
        if part is Part.CAMPAIGN and answer.status == 200 and answer.body:
            observed: Observed | None = self._shown(answer, prepared.campaign, request.operation)
        else:
            observed = self._read_back(prepared.campaign, part, lane)
            if observed is not None and part is Part.SCHEDULE:
                observed = _as_answered(answer, observed, request.operation)
        return Receipt(status=answer.status, observed=observed, request_id=answer.request_id)

    def metered(self) -> AbstractContextManager[Meter]:
        """Count what this thread asks of the platform while the block runs."""
        return self._transport.metered()

    def last_look(self, look: Callable[[], None]) -> AbstractContextManager[None]:
        """Have `look` called just before each attempt of a change of this thread leaves, while the block runs."""
        return self._transport.last_look(look)

    def _read_back(self, campaign: CampaignId, part: Part, lane: Lane) -> Observed | None:
        try:
            return self.read(campaign, part=part, lane=lane)
        except PlatformError:
            return None

    def _shown(self, answer: Answer, campaign: CampaignId, operation: str) -> Observed:
        return campaign_read(answer, campaign=campaign, operation=operation, now=self._transport.now())


def _as_answered(answer: Answer, now: Observed, operation: str) -> Observed:
    """Return a schedule as the change left it: where somebody has changed it since, the answer tells, not the look."""
    try:
        answered = schedule_read(answer, of=now, operation=operation)
    except UnexpectedAnswerError:
        return now  # an answer without a body says nothing that the look does not
    return now if answered.version == now.version else answered
