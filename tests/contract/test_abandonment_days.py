"""Days of many campaigns in one reading are the sums of their hours, and accounts those of each alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paceline.campaign.statistics import Tally
from paceline.compliance.rule import Period
from paceline.control.abandonment.kept import Counts, KeptPeriod, Known
from paceline.control.allowance import bounds
from paceline.control.order import Order
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId
from tests.contract.systems import Office

END = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_NUMBERS = count(1)
_BACK = st.integers(0, 24 * 20)


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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(_BACK, _BACK, st.integers(0, 72), st.sampled_from([None, 3, 40])), min_size=2, max_size=4),
    st.sampled_from([None, -30, 0, 5]),
)
def test_accounts_of_many_campaigns_are_those_of_each_alone(
    desk: Office, campaigns: list[tuple[int, int, int, int | None]], ahead: int | None
) -> None:
    system = desk.system()
    accounts, names = system.abandonment, []
    for read_from, read_until, told, anchored in campaigns:
        name = CampaignId(f"ACC-{next(_NUMBERS)}")
        told_at, first = END - timedelta(hours=told), END - timedelta(hours=read_from)
        if anchored is not None:
            system.facts.declare(name, {"anchor": utc_text(END - anchored * DAY)}, Order(actor=system.actor))
        known = Known(
            campaign=name, total=Counts(dials=900, answered=300, abandoned=5), told_at=told_at, first_dial=first,
            read_from=first, read_until=END - timedelta(hours=read_until),
        )  # fmt: skip
        spans = [(Period.DAY, told_at - DAY, told_at)]
        for period in (Period.BLOCKS_30D, Period.CALENDAR_MONTH):
            span = bounds(period, first, told_at)
            spans += [] if span is None else [(period, *span)]
        accounts.book.keep(
            known,
            hours=[(END - timedelta(hours=back), Tally(dials=back, connects=3, abandons=back % 2))
                   for back in range(read_until, max(read_from, read_until + 1), 7)],
            periods=[KeptPeriod(campaign=name, period=period.value, start=start, end=end, counts=known.total,
                                told_at=told_at) for period, start, end in spans],
        )  # fmt: skip
        names.append(name)
    now = None if ahead is None else END + timedelta(hours=ahead)
    names.append(CampaignId("NEVER-ASKED"))
    assert accounts.kept(names, now=now) == [one for name in names for one in accounts.kept([name], now=now)]
