"""All campaigns as who watches them sees them: what each does, how it goes, and what needs a person, worst first.

Rules:
* A look is two requests, whatever the number of campaigns: the list, and the statistics of all of them. One schedule
  is read beside while one is not known, or not known any more: it says whether an active campaign's hours are open.
  A thorough look reads at once those of all that dial nothing, for who looks only once.
* Rates are of the last quarter of an hour, from the platform's own counts by minute; None while nothing was counted.
* A look keeps nothing: what is kept is what the worker saw, and what changes found.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.observed import Ability, Observed, Part, State, Unreadable
from paceline.campaign.ports import Platform, PlatformError
from paceline.campaign.schedule.windows import intervals_between
from paceline.campaign.statistics import LivePicture, Records, Statistics, Tally
from paceline.control.abandonment.account import CampaignAccount
from paceline.control.abandonment.accounts import STALE, Accounts
from paceline.control.attention import QUIET_MINUTES, Known, Need, Urgency, needs_of, urgency_of
from paceline.control.drifts import DRIFT
from paceline.control.facts.facts import DECLARED
from paceline.control.freezes import FREEZE, UNFREEZE, Freezes
from paceline.control.rollout.rollouts import Rollouts
from paceline.control.rollout.standing import Rollout
from paceline.control.unended import UnendedChanges
from paceline.ledger.book import Book
from paceline.ledger.entry import Query, instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.primitives.intervals import Intervals
from paceline.primitives.zones import UnknownZoneError

HOUR = timedelta(hours=1)
"""How far back series go."""
RATE_MINUTES = 15
"""Rates are of so many minutes."""
SEEN_OUTSIDE = timedelta(days=1)
"""So long a change that was made outside is told when nobody does anything about it."""
SCHEDULE_KEPT = timedelta(minutes=10)
"""So long a schedule that was read counts."""
ACCOUNTS_KEPT = timedelta(seconds=30)
"""So long it counts where campaigns stand against the ceilings of the law, by the platform's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One minute of a campaign: its beginning, and its rates as fractions, None where nothing was counted."""

    at: datetime
    occupancy: float | None
    abandonment: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WallRow:
    """One campaign on the wall.

    Attributes:
        observed: the campaign as the list showed it.
        occupancy, abandonment: fractions over the last quarter of an hour.
        hour: what was counted in the last hour.
        series: minute by minute, the oldest first.
        is_open: whether its schedule is open now; None when nobody knows yet.
        account: where it stands against the ceilings of the law, as it was told last; None where nobody has looked.
    """

    observed: Observed
    live: LivePicture | None
    occupancy: float | None
    abandonment: float | None
    hour: Tally
    series: tuple[Point, ...]
    needs: tuple[Need, ...]
    frozen: bool
    is_open: bool | None
    records: Records | None
    account: CampaignAccount | None = None

    @property
    def campaign(self) -> CampaignId:
        """Its id."""
        return self.observed.campaign

    @property
    def urgency(self) -> Urgency:
        """How urgently it needs a person."""
        return urgency_of(self.needs)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        live, seen = self.live, self.observed
        return {
            "campaign": seen.campaign,
            "name": seen.name,
            "state": seen.state.value,
            "revision": seen.revision,
            "version": seen.version,
            "locked": seen.locked,
            "frozen": self.frozen,
            "open": self.is_open,
            "agents": seen.agents if live is None else live.agents,
            "live": None if live is None else {name: getattr(live, name) for name in LivePicture.__slots__},
            "occupancy": self.occupancy,
            "abandonment": self.abandonment,
            "needs": [need.document() for need in self.needs],
            "standing": None if self.account is None else self.account.standing.value,
            "series": [[point.at.timestamp(), point.occupancy, point.abandonment] for point in self.series],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLook:
    """All campaigns at one moment, by the platform's clock, those first that need a person most."""

    at: datetime
    rows: tuple[WallRow, ...]
    unreadable: tuple[Unreadable, ...] = ()

    def in_need(self) -> dict[str, Json]:
        """Return those that need a person as JSON shows them, without their minutes; how many are well; what is unread.

        A campaign that nobody can read stands in `unreadable` with the reason: whether it needs a person is unknown.
        """
        items: list[Json] = [
            {name: value for name, value in row.document().items() if name != "series"}
            for row in self.rows
            if row.needs
        ]
        unread: list[Json] = [{"campaign": one.campaign, "why": one.why} for one in self.unreadable]
        well = len(self.rows) - len(items)
        return {"at": instant_text(self.at), "items": items, "well": well, "unreadable": unread}


@dataclass(slots=True)
class _Hours:
    """The opening hours of one campaign, as they were read last."""

    read_at: datetime
    open_in: Intervals | None


@dataclass(slots=True)
class _Memory:
    """What is remembered between looks."""

    minutes: dict[CampaignId, OrderedDict[datetime, Tally]] = field(default_factory=dict)
    hours: dict[CampaignId, _Hours] = field(default_factory=dict)
    outside: dict[CampaignId, EntryId] = field(default_factory=dict)
    accounts: dict[CampaignId, CampaignAccount] = field(default_factory=dict)
    accounts_at: datetime | None = None
    told: dict[CampaignId, datetime] = field(default_factory=dict)
    latched: dict[CampaignId, Rollout] = field(default_factory=dict)
    ledger_size: int = -1
    declared: int = 0
    looked_at: datetime | None = None


class Wall:
    """Looks at all campaigns; one look at a time, whoever asks."""

    def __init__(
        self,
        platform: Platform,
        *,
        book: Book,
        unended: UnendedChanges,
        freezes: Freezes,
        accounts: Accounts | None = None,
        rollouts: Rollouts | None = None,
    ) -> None:
        """Ask this platform, and these for what is known here; nothing of accounts or rollouts where there are none."""
        self._accounts = accounts
        self._rollouts = rollouts
        self._platform = platform
        self._book = book
        self._unended = unended
        self._freezes = freezes
        self._memory = _Memory()
        self._lock = threading.Lock()

    def look(self, *, thorough: bool = False) -> WallLook:
        """Return all campaigns as they are now.

        Args:
            thorough: whether the schedule of each active campaign that dials nothing is read, where it is not known:
                a request for each. Without, whether such a one ought to dial is known after some looks only.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nobody can tell what is under way.
        """
        with self._lock:
            return self._look(thorough=thorough)

    def _look(self, *, thorough: bool) -> WallLook:
        shown = list(self._platform.list())
        seen = {one.campaign: one for one in shown if isinstance(one, Observed)}
        at = max((one.at for one in seen.values()), default=self._book.now())
        told = self._statistics(at)
        self._read_schedules(seen, at, thorough=thorough)
        self._read_the_ledger(at)
        self._read_the_accounts(at)
        frozen = self._freezes.frozen()
        unended: dict[str, list[Mapping[str, Json]]] = {}
        for one in self._unended.documents():
            unended.setdefault(str(one["campaign"]), []).append(one)
        rows = []
        for campaign, observed in seen.items():
            known = Known(
                observed=observed,
                frozen=frozen.get(campaign),
                unended=unended.get(campaign, ()),
                outside=self._memory.outside.get(campaign),
                live=None if campaign not in told else told[campaign].live,
                is_open=self._is_open(campaign, at),
                recent=self._recent(campaign, at, QUIET_MINUTES) if campaign in told else None,
                account=self._memory.accounts.get(campaign),
                latched=self._memory.latched.get(campaign),
            )
            rows.append(self._row(known, told.get(campaign), at))
        rows.sort(key=lambda row: (row.urgency, _STATES.index(row.observed.state), row.campaign))
        unreadable = tuple(one for one in shown if isinstance(one, Unreadable))
        return WallLook(at=at, rows=tuple(rows), unreadable=unreadable)

    def _row(self, known: Known, told: Statistics | None, at: datetime) -> WallRow:
        campaign = known.observed.campaign
        minutes = self._memory.minutes.get(campaign, OrderedDict())
        lately = self._recent(campaign, at, RATE_MINUTES)
        return WallRow(
            observed=known.observed,
            live=known.live,
            occupancy=lately.occupancy,
            abandonment=lately.abandonment,
            hour=sum(minutes.values(), Tally()),
            series=tuple(
                Point(at=minute, occupancy=tally.occupancy, abandonment=tally.abandonment)
                for minute, tally in minutes.items()
            ),
            needs=needs_of(known, at),
            frozen=known.frozen is not None,
            is_open=known.is_open,
            records=None if told is None else told.records,
            account=known.account,
        )

    def _statistics(self, at: datetime) -> dict[CampaignId, Statistics]:
        """Return what the dialers measured; the minutes that are remembered grow by what is new."""
        if Ability.STATISTICS not in self._platform.abilities:
            return {}
        memory = self._memory.minutes
        # From the minute before the last look on: that one was not over yet.
        last = self._memory.looked_at
        since = at - HOUR if last is None else max(last - timedelta(minutes=1), at - HOUR)
        self._memory.looked_at = at
        told = self._platform.statistics(since=since.replace(second=0, microsecond=0), by_minute=True)
        for one in told:
            minutes = memory.setdefault(one.campaign, OrderedDict())
            minutes.update(one.minutes)
            for minute in [minute for minute in minutes if minute < at - HOUR or minute > at]:
                del minutes[minute]
        return {one.campaign: one for one in told}

    def _recent(self, campaign: CampaignId, at: datetime, minutes: int) -> Tally:
        since = at - timedelta(minutes=minutes)
        counted = self._memory.minutes.get(campaign, OrderedDict())
        return sum((tally for minute, tally in counted.items() if minute >= since), Tally())

    def _read_schedules(self, seen: Mapping[CampaignId, Observed], at: datetime, *, thorough: bool) -> None:
        """Read the schedule of one active campaign, not known yet or for the longest time; thorough, of all silent."""
        if Ability.SCHEDULE not in self._platform.abilities:
            return
        hours = self._memory.hours
        active = [campaign for campaign, one in seen.items() if one.state is State.ACTIVE]
        never = [campaign for campaign in active if campaign not in hours]
        old = [campaign for campaign in active if campaign in hours and hours[campaign].read_at < at - SCHEDULE_KEPT]
        turn = (never or sorted(old, key=lambda campaign: hours[campaign].read_at))[:1]
        if thorough:
            turn = [one for one in (*never, *old) if not self._recent(one, at, QUIET_MINUTES).dials]
        for campaign in turn:
            try:
                read = self._platform.read(campaign, part=Part.SCHEDULE)
                until = at + 2 * HOUR + SCHEDULE_KEPT
                open_in = None if read.schedule is None else intervals_between(read.schedule, at - HOUR, until)
            except (PlatformError, UnknownZoneError):
                open_in = None
            hours[campaign] = _Hours(at, open_in)

    def _is_open(self, campaign: CampaignId, at: datetime) -> bool | None:
        hours = self._memory.hours.get(campaign)
        if hours is None or hours.open_in is None or abs(at - hours.read_at) > HOUR:
            return None
        return at in hours.open_in

    def _read_the_accounts(self, at: datetime) -> None:
        """Read from the book where campaigns stand, those of which it was told news; the platform is not asked."""
        memory = self._memory
        if self._accounts is None or (memory.accounts_at is not None and abs(at - memory.accounts_at) < ACCOUNTS_KEPT):
            return
        told = self._accounts.book.told_at()
        # What nobody was told anew gets old, and then says nothing well.
        fresh = sorted(one for one, when in told.items() if memory.told.get(one) != when or at - when > STALE)
        memory.accounts |= {one.campaign: one for one in (self._accounts.kept(fresh, now=at) if fresh else ())}
        memory.told, memory.accounts_at = told, at

    def _read_the_ledger(self, at: datetime) -> None:
        """Find what was made outside or taken back, and nobody has done anything about, where the ledger has grown."""
        size = self._book.head().size
        if size == self._memory.ledger_size:
            return
        outside: dict[CampaignId, EntryId] = {}
        for entry in self._book.entries(Query(since=at - SEEN_OUTSIDE, limit=1000)):
            if entry.kind == DECLARED and entry.number > self._memory.declared:
                # What a ceiling binds may be another one by that: where everybody stands is computed anew.
                self._memory.declared, self._memory.told, self._memory.accounts_at = entry.number, {}, None
            if entry.campaign is None:
                continue
            if entry.kind == DRIFT:
                outside[entry.campaign] = entry.number
            elif entry.kind in CATALOGUE or entry.kind in _DONE_HERE:
                outside.pop(entry.campaign, None)
        rollouts = [] if self._rollouts is None else self._rollouts.listed()
        self._memory.latched = {one.campaign: one for one in rollouts if one.latch is not None}
        self._memory.outside, self._memory.ledger_size = outside, size


_STATES = (State.ACTIVE, State.PAUSED, State.STOPPED, State.ARCHIVED)
_DONE_HERE = frozenset({FREEZE, UNFREEZE})
