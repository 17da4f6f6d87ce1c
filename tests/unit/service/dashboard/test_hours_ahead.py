"""The hours of a campaign beside the law: open exactly when its wall clock and every single rule say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import Directive, Schedule, Window
from paceline.campaign.observed import Circumstances, Observed, State
from paceline.compliance.call import Call, Purpose
from paceline.compliance.judgement import judged
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.ids import CampaignId, Version
from paceline.primitives.zones import zone
from paceline.service.dashboard.hours_ahead import hours_ahead

ZONE = "America/New_York"
SCHEDULE = Schedule(
    zone=ZONE,
    directive=Directive.STRICT,
    windows=tuple(Window(weekday=day, start_s=9 * 3600, end_s=19 * 3600) for day in range(6)),
    max_calls=10,
)
START = datetime(2026, 1, 5, tzinfo=UTC)
RULEBOOK: Rulebook = the_rulebook()


def circumstances(*regions: str) -> Circumstances:
    return Circumstances(regions=frozenset(regions), call=Call(purposes=frozenset({Purpose.SALES})))


def observed(at: datetime) -> Observed:
    return Observed(campaign=CampaignId("CMP-1"), state=State.ACTIVE, version=Version("1"), at=at, schedule=SCHEDULE)


def is_open(at: datetime, regions: tuple[str, ...]) -> bool:
    """Return whether it may dial, rule by rule on the wall clock of each place."""
    here = at.astimezone(zone(ZONE))
    scheduled = here.weekday() < 6 and 9 <= here.hour < 19
    call = circumstances(*regions).call
    places = RULEBOOK.places(frozenset(regions))
    return scheduled and all(one.is_open for one in judged(RULEBOOK, places, call, at))


@given(st.integers(0, 365 * 24 * 4), st.sampled_from([("US-FL",), ("US-FL", "US-CA"), ("US-NY",)]))
def test_it_is_open_when_its_hours_and_every_rule_are(quarters: int, regions: tuple[str, ...]) -> None:
    at = START + timedelta(minutes=15 * quarters)
    found = hours_ahead(observed(at), SCHEDULE, circumstances(*regions), RULEBOOK)
    assert found.both.is_open == is_open(at, regions)
    if found.both.is_open:
        assert found.both.until is not None
        assert is_open(found.both.until - timedelta(seconds=1), regions)
        assert not is_open(found.both.until, regions)
    else:
        assert found.both.opens is not None
        assert is_open(found.both.opens, regions)
        assert not is_open(found.both.opens - timedelta(seconds=1), regions)


def test_change_of_clocks_and_dated_closures_within_thirty_days_are_told() -> None:
    at = datetime(2026, 10, 15, 12, tzinfo=UTC)
    found = hours_ahead(observed(at), SCHEDULE, circumstances("US-FL"), RULEBOOK)
    changes = [one for one in found.coming if "comes twice" in one.what]
    assert [one.on for one in changes] == ["2026-11-01 06:00 UTC", "2026-11-01 07:00 UTC"]
    assert [clock.zone for clock in found.clocks] == ["America/Chicago", "America/New_York"]
    far = hours_ahead(observed(at - timedelta(days=40)), SCHEDULE, circumstances("US-FL"), RULEBOOK)
    assert not any("comes twice" in one.what for one in far.coming)


def test_region_of_which_nobody_knows_the_law_is_closed() -> None:
    at = datetime(2026, 6, 16, 16, tzinfo=UTC)
    found = hours_ahead(observed(at), SCHEDULE, circumstances("US-FL", "XX-1"), RULEBOOK)
    assert found.unknown == ("XX-1",)
    assert (found.schedule.is_open, found.both.is_open, found.both.opens) == (True, False, None)
    assert not found.holds


def test_picture_has_no_style_of_its_own() -> None:
    found = hours_ahead(observed(START), SCHEDULE, circumstances("US-FL"), RULEBOOK)
    assert "<style" not in found.picture
    assert "style=" not in found.picture
