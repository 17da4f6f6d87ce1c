"""Days of many campaigns in one reading are the sums of their hours, on either database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from paceline.campaign.statistics import Tally
from paceline.control.abandonment.kept import Counts, Known
from paceline.primitives.ids import CampaignId
from tests.contract.systems import Office

END = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_days_of_many_campaigns_are_the_sums_of_their_hours(office: Office) -> None:
    book = office.system().abandonment.book
    names = [CampaignId(f"DAY-{number}") for number in range(3)]
    for number, campaign in enumerate(names[:2]):
        hours = [
            (END - timedelta(hours=back), Tally(dials=9 * back, connects=3 * back + number, abandons=back % 2))
            for back in range(-2, 24 * 5, 3 + number)
        ]
        known = Known(campaign=campaign, total=Counts(), told_at=END, read_from=END - 4 * DAY, read_until=END)
        book.keep(known, hours=hours)
    found = book.days(names, end=END, most=4)
    assert names[2] not in found
    for campaign in names[:2]:
        for place in range(4):
            since, until = END - (place + 1) * DAY, END - place * DAY
            hours_of = book.hours(campaign, since=since, until=until)
            assert found[campaign][place] == sum((one.counts for one in hours_of), Counts())
    assert book.told_at() == dict.fromkeys(names[:2], END)
