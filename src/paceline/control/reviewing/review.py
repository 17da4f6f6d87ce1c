"""One look over a period, for whoever has to answer for it: what was done, what others did, and where nobody looked.

Rules:
* An entry belongs to the period in which it was opened.
* A change outside paceline is between two sightings whose later revision no entry of ours made alone; it is told when
  the later one was first seen in the period.
* Nobody looked before a campaign's first look and after its last one, as far as that lies in the period. Between two
  looks at one revision nothing happened, and between two revisions stands the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from paceline.control.reviewing.metrics import Measuring, Metrics
from paceline.ledger.book import Book
from paceline.ledger.entry import Entry, Query, Step
from paceline.ledger.history import Gap, Sighting, settings_from
from paceline.ledger.readings import Readings
from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A change that somebody made outside paceline, between two looks; `fields` are those that differ after it."""

    campaign: CampaignId
    after: datetime
    before: datetime
    old_revision: str
    new_revision: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A time of the period in which nobody looked at a campaign."""

    campaign: CampaignId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is known of a period.

    Attributes:
        entries: opened in it, the oldest first.
        rows: how many the whole ledger had.
    """

    since: datetime
    until: datetime
    entries: tuple[Entry, ...]
    metrics: Metrics
    outside: tuple[Outside, ...]
    unseen: tuple[Unseen, ...]
    rows: int


def review(book: Book, readings: Readings, *, since: datetime, until: datetime) -> Review:
    """Return what is known of the time from `since` to before `until`; what is still to come is no time unseen.

    Raises:
        LedgerUnavailableError: the ledger cannot be read now.
    """
    measuring = Measuring(since=since, until=until)
    campaigns: set[CampaignId] = set()
    rows = 0
    for row in book.rows():
        rows += 1
        measuring.take(row)
        if row.step is Step.READING:
            campaigns.add(CampaignId(str(row.document["campaign"])))
    outside: list[Outside] = []
    unseen: list[Unseen] = []
    for campaign in sorted(campaigns):
        sightings = readings.sightings(campaign)
        outside += [one for one in changed_outside(campaign, sightings) if since <= one.before < until]
        unseen += unseen_in(campaign, sightings, since=since, until=max(since, min(until, book.now())))
    return Review(
        since=since,
        until=until,
        entries=tuple(book.entries(Query(since=since, until=until))),
        metrics=measuring.result(),
        outside=tuple(sorted(outside, key=lambda one: (one.before, one.campaign))),
        unseen=tuple(unseen),
        rows=rows,
    )


def changed_outside(campaign: CampaignId, sightings: Sequence[Sighting]) -> Iterator[Outside]:
    """Yield the changes that no entry of ours made, from the sightings of a campaign, the oldest first."""
    for place in range(1, len(sightings)):
        pair = sightings[place - 1 : place + 1]
        earlier, later = pair
        known = settings_from(pair, campaign=campaign, instant=later.first_seen)
        if not known.outside:
            continue
        made = known.since or Gap(start=earlier.last_seen, end=later.first_seen)
        names = {*earlier.settings, *later.settings}
        yield Outside(
            campaign=campaign,
            after=made.start or earlier.last_seen,
            before=made.end or later.first_seen,
            old_revision=earlier.revision,
            new_revision=later.revision,
            fields=tuple(sorted(name for name in names if earlier.settings.get(name) != later.settings.get(name))),
        )


def unseen_in(
    campaign: CampaignId, sightings: Sequence[Sighting], *, since: datetime, until: datetime
) -> Iterator[Unseen]:
    """Yield the times between `since` and `until` that lie before the first look or after the last one."""
    if not sightings:
        return
    first, last = min(seen.first_seen for seen in sightings), max(seen.last_seen for seen in sightings)
    for start, end in ((since, min(first, until)), (max(last, since), until)):
        if start < end:
            yield Unseen(campaign=campaign, start=start, end=end)
