"""The day that `paceline up` begins in: always a working day under way, never in the future."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.cli.dialing_day import PLACE, bring_to_life, day_under_way
from paceline.emulator.server import EmulatorServer, Listening
from paceline.primitives.zones import zone


@pytest.mark.parametrize(
    ("now", "goes_on"),
    [
        ("2026-11-21T07:00:00+00:00", "2026-11-20T15:30:00+00:00"),  # a Saturday: Friday
        ("2026-11-23T15:29:00+00:00", "2026-11-20T15:30:00+00:00"),  # Monday, before half past ten: Friday
        ("2026-11-23T17:45:12+00:00", "2026-11-23T17:45:12+00:00"),  # Monday at noon: now
        ("2026-11-24T00:10:00+00:00", "2026-11-23T15:30:00+00:00"),  # Monday evening: that morning
        ("2026-07-07T13:00:00+00:00", "2026-07-06T14:30:00+00:00"),  # in summer an hour earlier by UTC
    ],
)
def test_it_goes_on_in_a_working_hour(now: str, goes_on: str) -> None:
    assert day_under_way(datetime.fromisoformat(now)).goes_on == datetime.fromisoformat(goes_on)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants bounds without a zone
def test_it_is_a_working_day_that_has_begun(now: datetime) -> None:
    day = day_under_way(now)
    there = day.goes_on.astimezone(zone(PLACE))
    assert there.weekday() < 5
    assert time(10, 30) <= there.time() <= time(16, 30)
    assert day.begins < day.goes_on <= now
    assert day.begins.astimezone(zone(PLACE)).time() == time(9)
    assert now - day.goes_on < timedelta(days=4)


def test_morning_has_been_dialed_when_it_goes_on() -> None:
    day = day_under_way(datetime(2026, 11, 21, 7, tzinfo=UTC))
    server = EmulatorServer(Listening(now=day.begins_text, speed=0.0, tenants=None))
    server.start()
    try:
        bring_to_life(server.platform, day)
        assert server.platform.now() == round(day.goes_on.timestamp()) * 10**9
        assert not any(server.platform.keep_dialer_up(campaign) for campaign in server.platform.dialled_campaigns())
        assert server.platform.dialled_campaigns() == ["CMP-12345"]
    finally:
        server.stop()
