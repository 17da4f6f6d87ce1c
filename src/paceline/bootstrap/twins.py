"""Joins a twin with what it is made of: kept call records, or what the platform measured; and where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from paceline.campaign.evidence import Lack, NoEvidence
from paceline.campaign.observed import Ability
from paceline.twin.kept import Twins

if TYPE_CHECKING:
    from paceline.campaign.observed import Observed
    from paceline.campaign.ports import Platform
    from paceline.control.survey import Survey
    from paceline.control.telling.announcing import Announcer
    from paceline.ledger.book import Book
    from paceline.ledger.entry import Actor
    from paceline.ledger.readings import Readings
    from paceline.primitives.ids import CampaignId, TenantId
    from paceline.records.reading.records import Records
    from paceline.storage.database import Database
    from paceline.twin.boldness import Boldness
    from paceline.twin.checking import Newer
    from paceline.twin.drift import RingDay
    from paceline.twin.effort import Effort
    from paceline.twin.fitting import Material
    from paceline.twin.model import Twin

DAYS = 28
"""Days back that the platform is asked for, where nobody names another number."""
_RETRY_MIN = 60
"""Minutes between attempts where no rules tell them: what such a platform does."""
_ASPECTS = ("pacing", "dialing", "weights")


class Parts(Protocol):
    """What twins are kept in; a whole system has it, and the ledger alone."""

    @property
    def database(self) -> Database:
        """Where they are kept."""
        ...

    @property
    def book(self) -> Book:
        """The ledger beside them."""
        ...

    @property
    def crier(self) -> Announcer:
        """Who tells of a drift."""
        ...


class Whole(Parts, Protocol):
    """What a twin is made from; a whole system has it."""

    platform: Platform
    survey: Survey
    readings: Readings
    actor: Actor


def twins_of(parts: Parts) -> Twins:
    """Return the kept twins of a tenant; whoever subscribed is told of a drift."""
    return Twins(parts.database, parts.book, tell=parts.crier.noted)


def told_of(observed: Observed) -> Callable[[int], Boldness] | None:
    """Return what a campaign's dialer is told, by the number of agents; None where nobody knows its pacing."""
    from paceline.twin.boldness import boldness_of, told_by

    max_calls = None if observed.schedule is None else observed.schedule.max_calls
    told = told_by(observed, max_calls=max_calls)
    if boldness_of(told, 1) is None:
        return None

    def bold(agents: int) -> Boldness:
        found = boldness_of(told, agents)
        if found is None:
            message = "a pacing that is known for one agent is known for any number"
            raise ValueError(message)
        return found

    return bold


def platform_material(
    system: Whole, campaign: CampaignId, *, days: int = DAYS, seed: int = 0, effort: Effort | None = None
) -> Material | NoEvidence:
    """Return what the platform measured, to fit a twin from; or why there is nothing.

    Days before the settings that are live were first seen in the place of others are left out: they were dialed
    otherwise.

    Args:
        system: whose platform is asked.
        campaign: which.
        days: so many back.
        seed: of the bootstrap.
        effort: how much is drawn.

    Raises:
        PlatformError: it cannot be asked now.
    """
    from paceline.twin.effort import Effort as Spent
    from paceline.twin.fitting import Material
    from paceline.twin.halves import half_hours_of
    from paceline.twin.model import MadeOf
    from paceline.twin.vectors import platform_fitting

    if Ability.STATISTICS not in system.platform.abilities:
        return _nothing("this platform does not tell what it measures", campaign)
    observed = system.survey.looked_at(campaign).observed
    told = told_of(observed)
    if told is None:
        why = f"campaign {campaign} was told no pacing, so that nobody knows how boldly it dials"
        return NoEvidence(lack=Lack.NO_DATA, why=why, advice=f"paceline set pacing {campaign}")
    since, paced = observed.at - timedelta(days=days), live_since(system, observed)
    since = since if paced is None else max(since, paced)
    half_hours = half_hours_of(system.platform.measured(campaign, since=since, by_minute=True))
    if not half_hours.start.size:
        return _nothing(f"nothing was measured of campaign {campaign} since {since:%Y-%m-%d %H:%M} UTC", campaign)
    spent = effort or Spent()
    return Material(
        campaign=campaign,
        made_of=MadeOf.PLATFORM,
        half_hours=half_hours,
        fitting=platform_fitting(half_hours, seed=seed, effort=spent),
        embargo_s=60.0 * _longest_retry_min(observed),
        zone="UTC" if observed.schedule is None else observed.schedule.zone,
        told=told,
        assumed=("the settings that are live were live on all days: nobody saw others",) if paced is None else (),
        effort=spent,
    )


def _nothing(why: str, campaign: CampaignId) -> NoEvidence:
    return NoEvidence(lack=Lack.NO_DATA, why=why, advice=f"import call records: {_IMPORT.format(campaign)}")


_IMPORT = "paceline data import FILE --campaign {}"


def live_since(system: Whole, observed: Observed) -> datetime | None:
    """Return when the settings that decide how boldly is dialed were first seen in the place of others; None if unseen.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    blocks = [system.platform.block(observed, aspect) or {} for aspect in _ASPECTS]
    names = {name for block in blocks for name in block}
    live = {name: observed.document.get(name) for name in names}
    first = None
    for seen in reversed(system.readings.sightings(observed.campaign)):
        if {name: seen.settings.get(name) for name in names} != live:
            return first
        first = seen.first_seen
    return None


def _longest_retry_min(observed: Observed) -> int:
    rules = observed.rules
    return max(rules.retry_intervals_min, default=_RETRY_MIN) if rules is not None else _RETRY_MIN


@contextmanager
def kept_records(folder: Path, tenant: TenantId, campaign: CampaignId) -> Iterator[Records | None]:
    """Open the call records that are kept of a campaign; None where none are."""
    from paceline.records.importing.keeping import folder_of, kept_in
    from paceline.records.reading.records import records_of

    kept = kept_in(folder_of(folder, tenant, campaign))
    if not kept:
        yield None
        return
    with records_of(kept) as records:
        yield records


def records_material(
    records: Records,
    campaign: CampaignId,
    *,
    zone: str,
    split: float,
    days: int | None = None,
    seed: int = 0,
    effort: Effort | None = None,
) -> Material | NoEvidence:
    """Return call records, to fit a twin from; or why they are no use.

    Args:
        records: all of them.
        campaign: whose.
        zone: of local hours.
        split: share of the days that will be fitted on.
        days: the last so many days of dialing; all where None.
        seed: of the bootstrap.
        effort: how much is drawn.
    """
    from paceline.records.summary import Span
    from paceline.twin.effort import Effort as Spent
    from paceline.twin.fitting import Material
    from paceline.twin.halves import day_spans, knows_staffing
    from paceline.twin.model import MadeOf, instant_of
    from paceline.twin.records_vectors import embargo_of, records_fitting

    span = records.span
    if days is not None:
        spans = day_spans(records.half_hours())
        span = Span(since=instant_of(spans[-days].start), until=span.until) if len(spans) > days else span
    whole, spent = records.summary(span, zone=zone), effort or Spent()
    if not knows_staffing(whole.half_hours):
        why = "the call records do not tell when agents were there"
        advice = f"import them with a column `agent`, or with --shifts FILE: {_IMPORT.format(campaign)}"
        return NoEvidence(lack=Lack.NO_DATA, why=why, advice=advice)
    embargo = embargo_of(whole.half_hours, reach_s=records.reach_s(), horizon_s=whole.retry_horizon_s, split=split)
    return Material(
        campaign=campaign,
        made_of=MadeOf.RECORDS,
        half_hours=whole.half_hours,
        fitting=records_fitting(records, whole, seed=seed, effort=spent),
        embargo_s=embargo.seconds,
        zone=zone,
        assumed=(embargo.assumed,) if embargo.assumed else (),
        effort=spent,
    )


def newer_records(twin: Twin, records: Records) -> Newer:
    """Return what call records tell of the time after a twin's data, with what was expected of who was dialed."""
    from paceline.twin.checking import Newer
    from paceline.twin.records_vectors import expected_of, rates_of

    whole = records.summary(zone=twin.zone)
    fit = twin.fitted_records
    expected = None if fit is None else rates_of(whole.cells, expected_of(fit.answers, whole.cells), twin.zone)
    return Newer(half_hours=whole.half_hours, expected=expected, rings=_ring_days(twin, records))


def _ring_days(twin: Twin, records: Records) -> tuple[RingDay, ...]:
    from paceline.records.summary import Span
    from paceline.twin.drift import RingDay
    from paceline.twin.halves import day_spans
    from paceline.twin.model import half_hour_of, instant_of

    since = twin.days[0].start
    spans = [one for one in day_spans(records.half_hours()) if one.start >= since]
    if not any(one.start >= half_hour_of(twin.standing.data_until) for one in spans):
        return ()
    found = []
    for one in spans:
        rings = records.summary(Span(since=instant_of(one.start), until=instant_of(one.end)), zone="UTC").ring_answered
        count = float(rings.ended.sum())
        if count < _FEWEST_RINGS:
            continue
        middle = (range(rings.ended.size), rings.ended.tolist())
        mean = sum((at + 0.5) * number for at, number in zip(*middle, strict=True)) / count * rings.step_s
        spread = sum(((at + 0.5) * rings.step_s - mean) ** 2 * number for at, number in zip(*middle, strict=True))
        found.append(RingDay(start=one.start, mean_s=mean, error_s=(spread / count**2) ** 0.5))
    return tuple(found)


_FEWEST_RINGS = 30


def newer_measured(system: Whole, twin: Twin) -> Newer:
    """Return what the platform measured after a twin's data.

    Raises:
        PlatformError: it cannot be asked now.
    """
    from paceline.twin.checking import Newer
    from paceline.twin.halves import half_hours_of

    observed = system.survey.looked_at(twin.campaign).observed
    history = system.platform.measured(twin.campaign, since=twin.standing.data_until, by_minute=True)
    return Newer(half_hours=half_hours_of(history), told=told_of(observed))
