"""What the platform told of each campaign, kept beside the ledger for whoever audits: totals, hours, legal periods.

Rules:
* Nothing is computed that was not told; an hour is the sum of the minutes that were told of it.
* A figure that is told again replaces the one before, with the instant at which it was told. But of a period that has a
  beginning nothing is taken back: where the platform tells less of it than before, what it told before stays, and that
  it tells less is kept beside it (`less`).
* What a guard did is kept with the period that it was about, in the transaction of its note.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Insert, Row, Table, bindparam, case, delete, func, insert, select

from paceline.campaign.statistics import Tally
from paceline.compliance.abandonment import Measured
from paceline.compliance.rule import Period
from paceline.control.abandonment.kept import HOUR, Counts, Hour, KeptPeriod, Known
from paceline.control.allowance import DAY
from paceline.ledger.book import Book
from paceline.ledger.entry import instant_from, instant_text
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database
from paceline.storage.pacing_tables import ABANDONMENT_CAMPAIGNS, ABANDONMENT_HOURS, ABANDONMENT_PERIODS

T = TypeVar("T")
_CAMPAIGNS, _HOURS, _PERIODS = ABANDONMENT_CAMPAIGNS.c, ABANDONMENT_HOURS.c, ABANDONMENT_PERIODS.c


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

    def told_at(self) -> dict[CampaignId, datetime]:
        """Return when the platform told last of each campaign that is known here.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(_CAMPAIGNS.campaign, _CAMPAIGNS.told_at).where(_CAMPAIGNS.tenant == self._tenant)
        rows = self._read(lambda connection: connection.execute(asked).all())
        return {CampaignId(row.campaign): instant_from(row.told_at) for row in rows}

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
            for told_of in listed:
                held = self._held(connection, told_of)
                one = _not_less(held, told_of)
                done = {} if held is None else {name: held.document[name] for name in _DONE if name in held.document}
                _put(connection, ABANDONMENT_PERIODS, _period_row(self._tenant, one, {**one.document, **done}), _KEY)

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

    def days(
        self, campaigns: Collection[CampaignId], *, end: datetime, most: int
    ) -> dict[CampaignId, dict[int, Counts]]:
        """Return what was counted in each of the last days of 24 hours before an instant, 0 being the very last one.

        Args:
            campaigns: one reading for all of them.
            end: a whole hour.
            most: so many days back; a day without any count is not there.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        began = [end - (place + 1) * DAY for place in range(most)]
        place = case(*((_HOURS.hour >= instant_text(at), number) for number, at in enumerate(began)))
        asked = (
            select(
                _HOURS.campaign,
                place.label("place"),
                *(func.sum(_HOURS[name]).label(name) for name in ("dials", "answered", "abandoned")),
            )
            .where(_HOURS.tenant == self._tenant, _HOURS.campaign.in_(sorted(campaigns)))
            .where(_HOURS.hour >= instant_text(began[-1]), _HOURS.hour < instant_text(end))
            .group_by(_HOURS.campaign, "place")
        )
        found: dict[CampaignId, dict[int, Counts]] = {}
        for row in self._read(lambda connection: connection.execute(asked).all()):
            counts = Counts(dials=int(row.dials), answered=int(row.answered), abandoned=int(row.abandoned))
            found.setdefault(CampaignId(row.campaign), {})[row.place] = counts
        return found

    def counted(self, campaign: CampaignId, period: str, start: datetime, *, until: datetime) -> tuple[int, int] | None:
        """Return answered and abandoned calls of a period as they were told up to an instant, None if never.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        held = self._read(lambda connection: self._one(connection, campaign, period, start))
        return None if held is None or held.told_at > until else (held.counts.answered, held.counts.abandoned)

    def measured(self, campaign: CampaignId, *, since: datetime, until: datetime) -> Measured:
        """Return what was measured in the whole hours within a span; what was not read counts for nothing.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        whole = self.hours(campaign, since=since, until=until - HOUR + timedelta(microseconds=1))
        counts = sum((one.counts for one in whole), Counts())
        return Measured(abandoned=counts.abandoned, answered_live=counts.answered)

    def periods(
        self, campaigns: Collection[CampaignId] | None = None, *, ending_after: datetime | None = None
    ) -> list[KeptPeriod]:
        """Return the legal periods of these campaigns, or of all, each as it was last measured, the oldest first.

        Args:
            campaigns: None for all.
            ending_after: only those that end later; None for all that were ever kept.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(ABANDONMENT_PERIODS).where(_PERIODS.tenant == self._tenant)
        if campaigns is not None:
            asked = asked.where(_PERIODS.campaign.in_(sorted(campaigns)))
        if ending_after is not None:
            asked = asked.where(_PERIODS.ends > instant_text(ending_after))
        asked = asked.order_by(_PERIODS.campaign, _PERIODS.starts, _PERIODS.period)
        return [_kept(row) for row in self._read(lambda connection: connection.execute(asked).all())]

    def unnoted(self, now: datetime) -> list[KeptPeriod]:
        """Return the periods that ended and whose final figures are not in the ledger, the oldest first.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = (
            select(ABANDONMENT_PERIODS)
            .where(_PERIODS.tenant == self._tenant, _PERIODS.ends <= instant_text(now))
            .where(_PERIODS.period != Period.DAY.value, ~_PERIODS.document.contains('"ended":'))
            .order_by(_PERIODS.ends, _PERIODS.campaign, _PERIODS.period)
        )
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
        held = self._held(connection, period)
        guard = None if held is None else held.document.get("guard")
        return guard if isinstance(guard, Mapping) else {}

    def put_guard(self, connection: Connection, period: KeptPeriod, guard: Mapping[str, Json]) -> None:
        """Keep what a guard did about a period, in a transaction of the caller's own; its figures stay as they are."""
        self._ledger.hold(connection)
        held = self._held(connection, period) or period
        _put(connection, ABANDONMENT_PERIODS, _period_row(self._tenant, held, {**held.document, "guard": guard}), _KEY)

    def ended(self, connection: Connection, period: KeptPeriod) -> bool:
        """Return whether the final figures of a period are in the ledger, in a transaction of the caller's own."""
        held = self._held(connection, period)
        return held is not None and "ended" in held.document

    def put_ended(self, connection: Connection, period: KeptPeriod, entry: int) -> None:
        """Keep the final figures of a period, and the entry that has them, in a transaction of the caller's own."""
        held = self._held(connection, period) or period
        document = {**held.document, **period.document, "ended": entry}
        _put(connection, ABANDONMENT_PERIODS, _period_row(self._tenant, period, document), _KEY)

    def _first_dial(self, connection: Connection, campaign: CampaignId) -> datetime | None:
        asked = select(_CAMPAIGNS.first_dial).where(_CAMPAIGNS.tenant == self._tenant, _CAMPAIGNS.campaign == campaign)
        return _instant(connection.execute(asked).scalar_one_or_none())

    def _held(self, connection: Connection, period: KeptPeriod) -> KeptPeriod | None:
        return self._one(connection, period.campaign, period.period, period.start)

    def _one(self, connection: Connection, campaign: CampaignId, period: str, start: datetime) -> KeptPeriod | None:
        asked = select(ABANDONMENT_PERIODS).where(
            _PERIODS.tenant == self._tenant,
            _PERIODS.campaign == campaign,
            _PERIODS.period == period,
            _PERIODS.starts == instant_text(start),
        )
        found = connection.execute(asked).one_or_none()
        return None if found is None else _kept(found)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.read(work)


_KEY = ("tenant", "campaign", "period", "starts")
_DONE = ("guard", "ended")
"""What is kept of a period, whatever is told of it later."""


def _not_less(held: KeptPeriod | None, told: KeptPeriod) -> KeptPeriod:
    """Return what is to be kept of a period: what was told now, or before where that was more."""
    if held is None or told.period == Period.DAY.value or not told.counts.is_less_than(held.counts):
        return told
    if told.told_at < held.told_at:
        # It was asked before the other, and comes after it; or the clock was set back.
        return held
    now: dict[str, Json] = {"answered": told.counts.answered, "abandoned": told.counts.abandoned}
    return replace(held, document={**held.document, "less": {"at": instant_text(told.told_at), **now}})


def _put(connection: Connection, table: Table, row: Mapping[str, object], key: tuple[str, ...]) -> None:
    gone, put = _putting(table, key)
    connection.execute(gone, {f"of_{name}": row[name] for name in key})
    connection.execute(put, dict(row))


@cache
def _putting(table: Table, key: tuple[str, ...]) -> tuple[Delete, Insert]:
    """Return what takes a row away by its key, and what puts one."""
    return delete(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in key)), insert(table)


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
