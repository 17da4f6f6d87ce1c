"""One kind of change for many campaigns: an item each, in the order of their ids, every one through the corridor.

Rules:
* Many campaigns are read by the list, a page for a thousand; each is then judged on what the list showed, under its
  revision. One or two are read singly.
* A campaign that the platform shows in an unknown form, or not at all, is an item that failed; the others go on.
* Whatever ended meanwhile, by an earlier run that was interrupted too, is found as it is: `unchanged`, nothing sent.
* Resumptions go one after the other, so that the last place under a limit goes to the first that wants it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed, State, Unreadable
from paceline.campaign.ports import Platform
from paceline.control.order import Order
from paceline.control.outcome import Failed, Failure, Outcome
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

READ_SINGLY = 2
"""Up to so many campaigns are read one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which campaigns: those that are named, and of all others those that fit; `everything` is all there are.

    Attributes:
        named: by their ids.
        state: those that are in it.
        labelled: those among these, which somebody has given the labels that were asked for; None asks for no label.
        everything: every campaign of the tenant.
    """

    named: tuple[CampaignId, ...] = ()
    state: State | None = None
    labelled: frozenset[CampaignId] | None = None
    everything: bool = False

    @property
    def is_selection(self) -> bool:
        """Whether campaigns are chosen by what they are, not by name."""
        return self.everything or self.state is not None or self.labelled is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The campaigns of a target, in the order of their ids, as the list showed them; None is one to be read singly."""

    campaigns: Mapping[CampaignId, Observed | None]
    unreadable: tuple[Unreadable, ...] = ()
    requests: int = 0

    def __len__(self) -> int:
        return len(self.campaigns) + len(self.unreadable)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOutcome:
    """How the changes of many campaigns ended: an item each, and what could not even be read.

    Attributes:
        requests: HTTP requests that reached the platform for all of it, list reads too.
    """

    items: tuple[Outcome, ...]
    unreadable: tuple[Unreadable, ...] = ()
    requests: int = 0
    summary: Mapping[str, int] = field(default_factory=dict, hash=False)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        items: list[Json] = [item.document() for item in self.items]
        items += [unreadable_item(one) for one in self.unreadable]
        return {"items": items, "summary": {**self.summary, "requests": self.requests}}


class Fleet:
    """Finds the campaigns of a target, and carries a change out for each."""

    def __init__(self, platform: Platform, corridor: Corridor, recorder: Recorder, *, concurrency: int = 8) -> None:
        """Send changes of `concurrency` campaigns at once."""
        self._platform = platform
        self._corridor = corridor
        self._recorder = recorder
        self._concurrency = concurrency

    def find(self, target: Target, *, lane: Lane = Lane.READING) -> Found:
        """Return the campaigns of a target; what the list showed is kept.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: what was read cannot be kept.
        """
        if not target.is_selection and len(target.named) <= READ_SINGLY:
            return Found(campaigns=dict.fromkeys(target.named))
        state = None if target.named else target.state
        with self._platform.metered() as meter:
            shown = list(self._platform.list(state=state, lane=lane))
        seen = {one.campaign: one for one in shown if isinstance(one, Observed)}
        self._recorder.saw(seen.values())
        wanted = {campaign: seen.get(campaign) for campaign in target.named}
        if target.is_selection:
            wanted |= {campaign: one for campaign, one in seen.items() if _fits(target, one)}
        unreadable = tuple(one for one in shown if isinstance(one, Unreadable) and _concerns(target, one))
        told = {one.campaign for one in unreadable}
        wanted = {campaign: wanted[campaign] for campaign in sorted(wanted) if campaign not in told}
        return Found(campaigns=wanted, unreadable=unreadable, requests=meter.requests)

    def run(
        self,
        found: Found,
        change_of: Callable[[CampaignId], AnyChange],
        order: Order,
        *,
        under: Mapping[CampaignId, str] | None = None,
        told: Callable[[Outcome], None] = lambda _outcome: None,
    ) -> FleetOutcome:
        """Carry out a change for each campaign.

        Args:
            found: the campaigns.
            change_of: makes the change of each.
            order: who wants it, why, and how far it may go.
            under: the revision or version that the actor looked at, of each campaign of which he named one.
            told: hears of each as it ends, in this thread; what it raises ends the walk, and no further one is begun.
        """
        order = replace(order, campaigns=max(order.campaigns, len(found)))
        orders = {one: replace(order, if_revision=version) for one, version in (under or {}).items()}
        ended: dict[CampaignId, Outcome] = {}
        for outcome in self._each(found, change_of, lambda campaign: orders.get(campaign, order)):
            ended[outcome.change.campaign] = outcome
            told(outcome)
        items = tuple(ended[campaign] for campaign in found.campaigns if campaign in ended)
        summary = summary_of(items, unreadable=len(found.unreadable))
        requests = found.requests + sum(item.requests for item in items)
        return FleetOutcome(items=items, unreadable=found.unreadable, requests=requests, summary=summary)

    def _each(
        self, found: Found, change_of: Callable[[CampaignId], AnyChange], order: Callable[[CampaignId], Order]
    ) -> Iterator[Outcome]:
        changes = [(change_of(campaign), seen) for campaign, seen in found.campaigns.items()]
        at_once = 1 if any(change.lane is not Lane.STOPPING for change, _ in changes) else self._concurrency
        if at_once == 1 or len(changes) <= 1:
            for change, seen in changes:
                yield self._corridor.run(change, order(change.campaign), seen=seen)
            return
        yield from self._at_once(iter(changes), order, min(at_once, len(changes)))

    def _at_once(
        self,
        changes: Iterator[tuple[AnyChange, Observed | None]],
        order: Callable[[CampaignId], Order],
        threads: int,
    ) -> Iterator[Outcome]:
        """Yield outcomes as they come; no change is begun before a thread is free for it."""
        turn, ended = threading.Lock(), SimpleQueue[Outcome | BaseException | None]()

        def work() -> None:
            try:
                while True:
                    with turn:
                        change, seen = next(changes, (None, None))
                    if change is None:
                        break
                    ended.put(self._corridor.run(change, order(change.campaign), seen=seen))
            except BaseException as problem:  # noqa: BLE001 - it belongs to whoever waits for the outcomes
                ended.put(problem)
            ended.put(None)

        with ThreadPoolExecutor(threads, thread_name_prefix="paceline-fleet") as pool:
            for _ in range(threads):
                pool.submit(work)
            left = threads
            try:
                while left:
                    outcome = ended.get()
                    if isinstance(outcome, BaseException):
                        raise outcome
                    if outcome is None:
                        left -= 1
                    else:
                        yield outcome
            finally:
                with turn:
                    changes = iter(())


def unreadable_item(one: Unreadable) -> dict[str, Json]:
    """Return the item of a campaign that could not be read, as JSON shows it."""
    failure = Failure(code="unexpected-answer", message=f"the platform shows it in an unknown form: {one.why}")
    change: dict[str, Json] = {"kind": None, "campaign": one.campaign}
    head: dict[str, Json] = {"outcome": Failed.word, "verdict": None, "change": change}
    nothing: dict[str, Json] = {"findings": [], "before": None, "after": None, "requests": 0, "timings_ms": {}}
    return {**head, **nothing, "error": failure.document(), "entry": None}


def _fits(target: Target, seen: Observed) -> bool:
    if target.state is not None and seen.state is not target.state:
        return False
    return target.labelled is None or seen.campaign in target.labelled


def _concerns(target: Target, one: Unreadable) -> bool:
    """Return whether a campaign that nobody can read may be one of these: when unsure, it is."""
    if one.campaign in target.named:
        return True
    return target.is_selection and (target.labelled is None or one.campaign in target.labelled)


def summary_of(items: Iterable[Outcome], *, unreadable: int = 0) -> dict[str, int]:
    """Return how many ended in which way; what could not be read has failed."""
    counted: dict[str, int] = {}
    for item in items:
        counted[item.word] = counted.get(item.word, 0) + 1
    if unreadable:
        counted[Failed.word] = counted.get(Failed.word, 0) + unreadable
    return counted
