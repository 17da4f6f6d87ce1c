"""What would become of a change: the same findings as the corridor's, no entry, and no request that changes."""

from __future__ import annotations

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed, Part
from paceline.control.foresight import COUNTS_S
from paceline.control.order import Order
from paceline.primitives.ids import CampaignId
from tests.contract.systems import ACTIVE, ARCHIVED, LOCKED, PAUSED, STOPPED, Office

ALL = (ACTIVE, ARCHIVED, LOCKED, PAUSED, STOPPED)


def seen(office: Office) -> list[Observed]:
    shown = {one.campaign: one for one in office.system().platform.list() if isinstance(one, Observed)}
    return [shown[campaign] for campaign in ALL]


def resume(campaign: CampaignId) -> AnyChange:
    return Resume(campaign=campaign)


def test_many_are_foreseen_as_they_then_end_and_nothing_is_kept_of_it(office: Office) -> None:
    system = office.system()
    for make in (resume, lambda campaign: Stop(campaign=campaign), lambda campaign: Pause(campaign=campaign)):
        looked = seen(office)
        before = system.book.head().size
        foreseen = system.foresight.of_many(make, looked)
        assert system.book.head().size == before
        for one in foreseen:
            order = Order(actor=system.actor, dry_run=True)
            ended = system.corridor.run(make(one.change.campaign), order)
            word = "refused" if not one.may and not one.already_so else "unchanged"
            assert ended.word == word, one.change
            assert {found.rule for found in ended.findings} == {found.rule for found in one.findings}


def test_of_many_resumptions_the_first_take_the_places_that_are_left(office: Office) -> None:
    system = office.system(active_limit=lambda: 3)
    foreseen = system.foresight.of_many(resume, [one for one in seen(office) if one.campaign in {PAUSED, STOPPED}])
    assert [one.may for one in foreseen] == [True, False]
    assert [found.rule for found in foreseen[1].findings] == ["lifecycle.fleet-limit"]


def test_settings_are_judged_without_an_entry_and_a_look_counts_for_seconds(office: Office) -> None:
    system = office.system()
    change = SetDialingRules(campaign=ACTIVE, calls_per_agent=99)
    with system.platform.metered() as first:
        system.foresight.seen(ACTIVE, Part.CAMPAIGN)  # a look is kept where it shows something new
    before = system.book.head().size
    found = system.foresight.of_settings(change)
    assert not found.may
    assert "dialing.calls-per-agent" in {one.rule for one in found.findings}
    with system.platform.metered() as second:
        system.foresight.of_settings(change)
    office.clock.advance(COUNTS_S + 1)
    with system.platform.metered() as third:
        system.foresight.of_settings(change)
    assert (first.requests, second.requests, third.requests) == (1, 0, 1)
    assert system.book.head().size == before


def test_frozen_campaign_is_not_foreseen_to_resume(office: Office) -> None:
    system = office.system()
    system.freezes.freeze([PAUSED], Order(actor=system.actor, reason="complaints"))
    looked = [one for one in seen(office) if one.campaign == PAUSED]
    [found] = system.foresight.of_many(resume, looked)
    assert not found.may
    assert [one.rule for one in found.findings] == ["lifecycle.frozen"]
