"""What is due waits for no other campaign: each holds up its own, and a platform that is away holds up all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paceline.campaign.lifecycle.changes import Resume, Stop
from tests.contract.later import HOUR, pass_by, planned, status, waiting
from tests.contract.systems import ACTIVE, PAUSED, RESUME, STOP, STOPPED, Office

MOMENT = timedelta(seconds=21)


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_stop_in_doubt_holds_no_resumption_of_another_campaign(office: Office, kind: str) -> None:
    ada = office.system()
    office.emulated.order(kind, method="PATCH", path=f"*/{ACTIVE}", times=None)
    stop, back, resume = planned(ada, STOP), planned(ada, Resume(campaign=ACTIVE), after=2 * HOUR), planned(ada, RESUME)
    pass_by(office, HOUR)
    done = ada.worker.once()
    assert ([(one.entry, one.word) for one in done.ended], done.waiting) == ([(resume, "applied")], 1)
    for _ in range(3):
        pass_by(office, MOMENT)
        assert ada.worker.once().ended == ()
    assert waiting(ada) == [stop, back]


def test_stop_in_doubt_holds_a_later_resumption_of_its_own_campaign_until_it_is_made(office: Office) -> None:
    ada = office.system()
    office.emulated.order("reset_before", method="PATCH", path=f"*/{ACTIVE}", times=None)
    stop = planned(ada, STOP)
    back = planned(ada, Resume(campaign=ACTIVE), after=HOUR + timedelta(seconds=30))
    pass_by(office, HOUR)
    assert ada.worker.once().ended == ()
    pass_by(office, timedelta(seconds=31))
    assert ada.worker.once().ended == ()
    assert waiting(ada) == [stop, back]
    office.emulated.control("DELETE", "/faults")
    pass_by(office, MOMENT)
    ended = [(one.entry, one.word) for one in ada.worker.once().ended]
    assert ended == [(stop, "applied"), (back, "applied")]
    assert status(office, ACTIVE) == "ACTIVE"


def test_campaign_that_nobody_can_look_at_holds_no_other(office: Office) -> None:
    ada = office.system(platform=office.emulated.platform(attempts=1))
    stop, resume = planned(ada, Stop(campaign=PAUSED)), planned(ada, Resume(campaign=STOPPED))
    office.emulated.order("status", method="GET", path=f"*/{PAUSED}", status=503, times=None)
    pass_by(office, HOUR)
    done = ada.worker.once()
    assert ([one.entry for one in done.ended], done.waiting) == ([resume], 1)
    office.emulated.control("DELETE", "/faults")
    pass_by(office, MOMENT)
    assert [one.entry for one in ada.worker.once().ended] == [stop]
