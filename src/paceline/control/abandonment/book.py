"""What the platform told of each campaign, kept beside the ledger for whoever audits: totals, hours, legal periods.

Rules:
* Nothing is computed that was not told; an hour is the sum of the minutes that were told of it.
* A figure that is told again replaces the one before, with the instant at which it was told.
* What a guard did is kept with the period that it was about, in the transaction of its note.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, delete, insert, select

from paceline.campaign.statistics import Tally
from paceline.compliance.abandonment import Measured
from paceline.ledger.book import Book
from paceline.ledger.entry import instant_from, instant_text
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database
from paceline.storage.pacing_tables import ABANDONMENT_CAMPAIGNS, ABANDONMENT_HOURS, ABANDONMENT_PERIODS

HOUR = timedelta(hours=1)
T = TypeVar("T")
_CAMPAIGNS, _HOURS, _PERIODS = ABANDONMENT_CAMPAIGNS.c, ABANDONMENT_HOURS.c, ABANDONMENT_PERIODS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Dials, calls that a person answered (the abandoned ones included), and those of them that were abandoned."""

    dials: int = 0
    answered: int = 0
    abandoned: int = 0

    @classmethod
    def of(cls, tally: Tally) -> Counts:
        """Return what was counted in a tally."""
        return cls(dials=tally.dials, answered=tally.connects, abandoned=tally.abandons)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            dials=self.dials + other.dials,
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
        )

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            dials=self.dials - other.dials,
            answered=self.answered - other.answered,
            abandoned=self.abandoned - other.abandoned,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one campaign.

    Attributes:
        total: all that was ever counted.
        told_at: when that was told, by the platform's clock.
        first_dial: the first minute in which it dialed; None while nobody has looked, or nobody can tell.
        read_from, read_until: between these the hours were read; None before the first was.
        bases: what was counted before the beginning of a period, by that instant.
        searched: between which instants the first dial is looked for; None while it is not.
        is_lost: whether the first dial was looked for, and the platform's figures do not show it.
    """

    campaign: CampaignId
    total: Counts
    told_at: datetime
    first_dial: datetime | None = None
    read_from: datetime | None = None
    read_until: datetime | None = None
    bases: Mapping[datetime, Counts] = field(default_factory=dict, hash=False)
    searched: tuple[datetime, datetime] | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of a campaign as it was told; `at` is its beginning."""

    at: datetime
    counts: Counts
    talk_s: int = 0
    wrap_s: int = 0
    idle_s: int = 0
    staffed_s: int = 0
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPeriod:
    """A legal period as it was last measured.

    Attributes:
        period: how the law measures, such as `30-day-blocks`.
        document: how its beginning is known (`anchor`), and what a guard did about it (`guard`).
    """

    campaign: CampaignId
    period: str
    start: datetime
    end: datetime
    counts: Counts
    told_at: datetime
    document: Mapping[str, Json] = field(default_factory=dict, hash=False)


class AbandonmentBook:
    """The figures of one tenant's campaigns; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, book: Book) -> None:
        """Keep the figures beside this ledger."""
        self._database = database
        self._ledger = book
        self._tenant = book.tenant

    def known(self, campaigns: Collection[CampaignId] | None = None) -> dict[CampaignId, Known]:
        """Return what is known of these campaigns, or of all.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(ABANDONMENT_CAMPAIGNS).where(_CAMPAIGNS.tenant == self._tenant)
        if campaigns is not None:
            asked = asked.where(_CAMPAIGNS.campaign.in_(sorted(campaigns)))
        rows = self._read(lambda connection: connection.execute(asked).all())
        return {CampaignId(row.campaign): _known(row) for row in rows}

    def first_dial(self, campaign: CampaignId) -> datetime | None:
        """Return the first minute in which a campaign was seen to dial, None where nobody can tell.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        known = self.known([campaign]).get(campaign)
        return None if known is None else known.first_dial

    def keep(
        self, known: Known, *, hours: Iterable[tuple[datetime, Tally]] = (), periods: Iterable[KeptPeriod] = ()
    ) -> None:
        """Keep what was told of one campaign, in one transaction; `hours` are minutes or hours, summed by hour.

        What a guard did about a period stays as it was kept.

        Raises:
            LedgerUnavailableError: nothing was kept.
        """
        summed = _by_hour(hours)
        told = instant_text(known.told_at)
        listed = list(periods)

        def put(connection: Connection) -> None:
            # A person may ask while a worker does: one row at a time, and what either has found stays.
            self._ledger.hold(connection)
            first = known.first_dial or self._first_dial(connection, known.campaign)
            row = {**_row_of(replace(known, first_dial=first)), "tenant": self._tenant}
            _put(connection, ABANDONMENT_CAMPAIGNS, row, ("tenant", "campaign"))
            for at, tally in summed.items():
                hour = _hour_row(at, tally) | {"tenant": self._tenant, "campaign": known.campaign, "told_at": told}
                _put(connection, ABANDONMENT_HOURS, hour, ("tenant", "campaign", "hour"))
            for one in listed:
                held = self._held(connection, one)
                document = {**one.document, **({"guard": held["guard"]} if "guard" in held else {})}
                _put(connection, ABANDONMENT_PERIODS, _period_row(self._tenant, one, document), _PERIOD_KEY)

        with at_the_ledger():
            self._database.write(put)

    def hours(self, campaign: CampaignId, *, since: datetime, until: datetime) -> list[Hour]:
        """Return the hours that began in a span, the oldest first; an hour of which nothing was told is not there.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = (
            select(ABANDONMENT_HOURS)
            .where(_HOURS.tenant == self._tenant, _HOURS.campaign == campaign)
            .where(_HOURS.hour >= instant_text(since), _HOURS.hour < instant_text(until))
            .order_by(_HOURS.hour)
        )
        return [_hour(row) for row in self._read(lambda connection: connection.execute(asked).all())]

    def counted(self, campaign: CampaignId, *, since: datetime, until: datetime) -> Counts:
        """Return the sum of the whole hours within a span; what lies outside of what was read counts for nothing.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        whole = self.hours(campaign, since=since, until=until - HOUR + timedelta(microseconds=1))
        return sum((one.counts for one in whole), Counts())

    def measured(self, campaign: CampaignId, *, since: datetime, until: datetime) -> Measured:
        """Return what was measured in the whole hours within a span.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        counts = self.counted(campaign, since=since, until=until)
        return Measured(abandoned=counts.abandoned, answered_live=counts.answered)

    def periods(self, campaigns: Collection[CampaignId] | None = None) -> list[KeptPeriod]:
        """Return the legal periods of these campaigns, or of all, each as it was last measured, the oldest first.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(ABANDONMENT_PERIODS).where(_PERIODS.tenant == self._tenant)
        if campaigns is not None:
            asked = asked.where(_PERIODS.campaign.in_(sorted(campaigns)))
        asked = asked.order_by(_PERIODS.campaign, _PERIODS.starts, _PERIODS.period)
        return [_kept(row) for row in self._read(lambda connection: connection.execute(asked).all())]

    def every_hour(self) -> list[tuple[CampaignId, Hour]]:
        """Return every hour of every campaign, for a report.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(ABANDONMENT_HOURS).where(_HOURS.tenant == self._tenant)
        asked = asked.order_by(_HOURS.campaign, _HOURS.hour)
        rows = self._read(lambda connection: connection.execute(asked).all())
        return [(CampaignId(row.campaign), _hour(row)) for row in rows]

    def guard_of(self, connection: Connection, period: KeptPeriod) -> Mapping[str, Json]:
        """Return what a guard did about a period, in a transaction of the caller's own; empty where none did."""
        guard = self._held(connection, period).get("guard")
        return guard if isinstance(guard, Mapping) else {}

    def put_guard(self, connection: Connection, period: KeptPeriod, guard: Mapping[str, Json]) -> None:
        """Keep what a guard did about a period, in a transaction of the caller's own."""
        self._ledger.hold(connection)
        document = {**self._held(connection, period), "guard": guard}
        _put(connection, ABANDONMENT_PERIODS, _period_row(self._tenant, period, document), _PERIOD_KEY)

    def _first_dial(self, connection: Connection, campaign: CampaignId) -> datetime | None:
        asked = select(_CAMPAIGNS.first_dial).where(_CAMPAIGNS.tenant == self._tenant, _CAMPAIGNS.campaign == campaign)
        return _instant(connection.execute(asked).scalar_one_or_none())

    def _held(self, connection: Connection, period: KeptPeriod) -> Mapping[str, Json]:
        asked = select(_PERIODS.document).where(
            _PERIODS.tenant == self._tenant,
            _PERIODS.campaign == period.campaign,
            _PERIODS.period == period.period,
            _PERIODS.starts == instant_text(period.start),
        )
        found = connection.execute(asked).scalar_one_or_none()
        return {} if found is None else dict(json.loads(found))

    def _read(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.read(work)


_PERIOD_KEY = ("tenant", "campaign", "period", "starts")


def _put(connection: Connection, table: Table, row: Mapping[str, object], key: tuple[str, ...]) -> None:
    connection.execute(delete(table).where(*(table.c[name] == row[name] for name in key)))
    connection.execute(insert(table).values(**row))


def _by_hour(told: Iterable[tuple[datetime, Tally]]) -> dict[datetime, Tally]:
    summed: dict[datetime, Tally] = {}
    for at, tally in told:
        hour = at.replace(minute=0, second=0, microsecond=0)
        summed[hour] = summed.get(hour, Tally()) + tally
    return summed


def _hour_row(at: datetime, tally: Tally) -> dict[str, object]:
    seconds = {"talk_s": tally.talk_s, "wrap_s": tally.wrap_s, "idle_s": tally.idle_s, "staffed_s": tally.staffed_s}
    counts = {"dials": tally.dials, "answered": tally.connects, "abandoned": tally.abandons}
    return {"hour": instant_text(at), **counts, **seconds}


def _hour(row: Row[Any]) -> Hour:
    return Hour(
        at=instant_from(row.hour),
        counts=_counts(row),
        talk_s=row.talk_s,
        wrap_s=row.wrap_s,
        idle_s=row.idle_s,
        staffed_s=row.staffed_s,
        told_at=instant_from(row.told_at),
    )


def _counts(row: Row[Any]) -> Counts:
    return Counts(dials=row.dials, answered=row.answered, abandoned=row.abandoned)


def _row_of(known: Known) -> dict[str, object]:
    bases: dict[str, Json] = {
        instant_text(at): [one.dials, one.answered, one.abandoned] for at, one in known.bases.items()
    }
    searched: Json = None if known.searched is None else [instant_text(at) for at in known.searched]
    return {
        "campaign": known.campaign,
        "dials": known.total.dials,
        "answered": known.total.answered,
        "abandoned": known.total.abandoned,
        "told_at": instant_text(known.told_at),
        "first_dial": _text(known.first_dial),
        "read_from": _text(known.read_from),
        "read_until": _text(known.read_until),
        "document": canonical_json({"bases": bases, "searched": searched, "lost": known.is_lost}),
    }


def _known(row: Row[Any]) -> Known:
    said = json.loads(row.document)
    searched = said["searched"]
    return Known(
        campaign=CampaignId(row.campaign),
        total=_counts(row),
        told_at=instant_from(row.told_at),
        first_dial=_instant(row.first_dial),
        read_from=_instant(row.read_from),
        read_until=_instant(row.read_until),
        bases={
            instant_from(at): Counts(dials=dials, answered=answered, abandoned=abandoned)
            for at, (dials, answered, abandoned) in said["bases"].items()
        },
        searched=None if searched is None else (instant_from(searched[0]), instant_from(searched[1])),
        is_lost=said["lost"],
    )


def _period_row(tenant: str, one: KeptPeriod, document: Mapping[str, Json]) -> dict[str, object]:
    return {
        "tenant": tenant,
        "campaign": one.campaign,
        "period": one.period,
        "starts": instant_text(one.start),
        "ends": instant_text(one.end),
        "answered": one.counts.answered,
        "abandoned": one.counts.abandoned,
        "told_at": instant_text(one.told_at),
        "document": canonical_json({**document, "dials": one.counts.dials}),
    }


def _kept(row: Row[Any]) -> KeptPeriod:
    document = dict(json.loads(row.document))
    dials = document.pop("dials", 0)
    return KeptPeriod(
        campaign=CampaignId(row.campaign),
        period=row.period,
        start=instant_from(row.starts),
        end=instant_from(row.ends),
        counts=Counts(dials=dials, answered=row.answered, abandoned=row.abandoned),
        told_at=instant_from(row.told_at),
        document=document,
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_from(text)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
