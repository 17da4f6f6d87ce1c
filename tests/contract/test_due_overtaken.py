"""A resumption that waits meets a pause or stop, or somebody outside: whoever stops is told the truth, and counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import NoAnswerError, Prepared, Receipt
from paceline.control.order import OnConflict
from paceline.control.outcome import Outcome
from paceline.ledger import drafts
from paceline.ledger.entry import Deed
from paceline.primitives.ids import CampaignId
from tests.contract.asking import approved, asked, people
from tests.contract.later import HOUR, later, messages, number, pass_by, planned, status
from tests.contract.systems import ACTIVE, PAUSED, RESUME, STARTED, STOPPED, Meddled, Office, Through

MOMENT = timedelta(seconds=21)


class Lost(Through):
    """A platform whose first answer is lost, the request of which arrives or not; then nobody can look for a while."""

    arrives, is_dark, is_first = True, False, True
    held: tuple[Prepared, str] | None = None

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if not self.is_first:
            return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        self.is_first, self.is_dark, self.held = False, True, (prepared, idempotency_key)
        if self.arrives:
            self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        lost = NoAnswerError("the answer was lost", operation="change it", request_sent=True)
        lost.may_have_happened = True
        raise lost

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        if self.is_dark:
            raise NoAnswerError("nobody answers", operation="look", request_sent=False)
        return self.beyond.read(campaign, part=part, lane=lane)


@pytest.mark.parametrize(("campaign", "change"), [(STOPPED, Stop(campaign=STOPPED)), (PAUSED, Pause(campaign=PAUSED))])
def test_stop_by_hand_is_not_unchanged_while_a_worker_sends_a_resumption(
    office: Office, campaign: CampaignId, change: AnyChange
) -> None:
    bob, said = office.system("bob"), list[Outcome]()
    meddled = Meddled(office.emulated.platform(), lambda: said.append(bob.run(change)))
    planned(bob, Resume(campaign=campaign))
    pass_by(office, HOUR)
    (made,) = office.system("worker", platform=meddled).worker.once().ended
    assert (made.word, status(office, campaign)) == ("applied", "ACTIVE")
    assert (said[0].word, said[0].findings.rules) == ("conflicted", ("lifecycle.unfinished",))
    assert "still on its way" in str(said[0].findings)
    assert bob.run(change).word == "applied"


def test_stop_by_hand_is_not_unchanged_while_an_approver_sends_a_resumption(office: Office) -> None:
    ada, bob = people(office)
    said: list[Outcome] = []
    meddled = Meddled(office.emulated.platform(), lambda: said.append(bob.run(Stop(campaign=STOPPED))))
    carol = office.system("carol", platform=meddled)
    assert approved(carol, asked(ada, Resume(campaign=STOPPED))).word == "applied"
    assert said[0].word == "conflicted"


def test_stop_by_hand_is_not_unchanged_while_a_resumption_is_in_doubt_and_may_arrive(office: Office) -> None:
    ada, lost = office.system("ada"), Lost(office.emulated.platform())
    lost.arrives = False
    worker = office.system("worker", platform=lost)
    entry = planned(ada, Resume(campaign=STOPPED))
    pass_by(office, HOUR)
    assert worker.worker.once().waiting == 1
    assert ada.run(Stop(campaign=STOPPED)).word == "conflicted"
    lost.is_dark = False
    pass_by(office, MOMENT)
    # It did not happen, and is not sent again: somebody wanted the campaign stopped.
    (ended,) = worker.worker.once().ended
    assert (ended.entry, ended.word, "agenda.stopped-since" in ended.findings.rules) == (entry, "conflicted", True)
    assert status(office, STOPPED) == "STOPPED"
    assert ada.run(Stop(campaign=STOPPED)).word == "unchanged"


def test_stop_by_hand_is_unchanged_when_what_was_in_doubt_can_arrive_no_more(office: Office) -> None:
    ada, lost = office.system("ada"), Lost(office.emulated.platform())
    lost.arrives = False
    planned(ada, RESUME)
    pass_by(office, HOUR)
    assert office.system("worker", platform=lost).worker.once().waiting == 1
    assert ada.run(Stop(campaign=PAUSED)).word == "applied"
    assert ada.run(Stop(campaign=PAUSED)).word == "unchanged"


def test_resumption_that_took_effect_is_told_as_such_though_a_stop_came_since(office: Office) -> None:
    ada, bob, lost = office.system("ada"), office.system("bob"), Lost(office.emulated.platform())
    worker = office.system("worker", platform=lost)
    entry = planned(ada, RESUME)
    pass_by(office, HOUR)
    assert (worker.worker.once().waiting, status(office, PAUSED)) == (1, "ACTIVE")
    pass_by(office, MOMENT)
    assert bob.run(Stop(campaign=PAUSED)).word == "applied"
    lost.is_dark = False
    pass_by(office, MOMENT)
    done = worker.worker.once()
    (ended,) = done.ended
    assert (ended.entry, ended.word, ended.after is not None, done.drifts) == (entry, "applied", True, ())
    assert {one.revision: one.made_by for one in ada.readings.sightings(PAUSED)}["8"] == entry
    assert status(office, PAUSED) == "STOPPED"


@pytest.mark.parametrize("campaign", [PAUSED, ACTIVE])
def test_stop_that_waits_on_the_platform_is_not_withdrawn_by_a_due_resumption(
    office: Office, campaign: CampaignId
) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    planned(ada, Resume(campaign=campaign))
    assert bob.run(Stop(campaign=campaign, effective_at=STARTED + 2 * HOUR)).word == "scheduled"
    pass_by(office, HOUR)
    (ended,) = ada.worker.once().ended
    assert (ended.word, ended.findings.rules) == ("conflicted", ("agenda.stopped-since",))
    pass_by(office, HOUR)
    assert status(office, campaign) == "STOPPED"


def test_stop_that_waits_on_the_platform_is_not_withdrawn_by_an_approved_resumption(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    bob.run(Stop(campaign=PAUSED, effective_at=STARTED + 2 * HOUR))
    assert approved(bob, entry).word == "conflicted"
    assert office.emulated.shown(PAUSED)["pendingTransition"]["status"] == "STOPPED"


def test_stop_that_somebody_outside_left_with_the_platform_is_not_withdrawn(office: Office) -> None:
    ada = office.system()
    office.outside(Stop(campaign=PAUSED, effective_at=STARTED + 3 * HOUR))
    entry = planned(ada, RESUME)
    pass_by(office, HOUR)
    (ended,) = ada.worker.once().ended
    assert (ended.entry, ended.findings.rules) == (entry, ("agenda.stop-pending",))
    assert office.emulated.shown(PAUSED)["pendingTransition"]["status"] == "STOPPED"


def test_stop_on_the_platform_and_a_later_resumption_here_are_one_plan(office: Office) -> None:
    ada = office.system()
    ada.run(Stop(campaign=ACTIVE, effective_at=STARTED + HOUR))
    back = planned(ada, Resume(campaign=ACTIVE), after=2 * HOUR)
    pass_by(office, HOUR)
    ada.worker.once()
    assert status(office, ACTIVE) == "STOPPED"
    pass_by(office, HOUR)
    assert [(one.entry, one.word) for one in ada.worker.once().ended] == [(back, "applied")]


def test_stop_made_outside_since_is_told_and_the_resumption_is_a_conflict(office: Office) -> None:
    ada = office.system()
    entry = planned(ada, RESUME)
    office.outside(Stop(campaign=PAUSED))
    pass_by(office, HOUR)
    (ended,) = ada.worker.once().ended
    assert (ended.word, ended.findings.rules) == ("conflicted", ("agenda.changed-since", "change.conflict"))
    assert messages(ada, entry)[1] == (
        "status was PAUSED when this was asked for and is STOPPED now: changed by outside paceline"
    )
    assert status(office, PAUSED) == "STOPPED"


def test_change_made_outside_since_it_was_asked_for_is_not_undone_by_an_approval(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada, Resume(campaign=STOPPED))
    office.outside(Resume(campaign=STOPPED))
    office.outside(Stop(campaign=STOPPED))
    ended = approved(bob, entry)
    assert (ended.word, ended.findings.rules[0], status(office, STOPPED)) == (
        "conflicted",
        "agenda.changed-since",
        "STOPPED",
    )


def test_resumption_that_is_to_be_judged_again_tells_what_changed_outside_and_goes_on(office: Office) -> None:
    ada = office.system()
    entry = number(later(ada, RESUME, on_conflict=OnConflict.REJUDGE))
    office.outside(Stop(campaign=PAUSED))
    pass_by(office, HOUR)
    assert [one.word for one in ada.worker.once().ended] == ["applied"]
    assert "changed by outside paceline" in messages(ada, entry)[0]


def test_due_stop_tells_what_changed_outside_and_is_made(office: Office) -> None:
    ada = office.system()
    entry = planned(ada, Stop(campaign=ACTIVE))
    office.outside(Pause(campaign=ACTIVE))
    pass_by(office, HOUR)
    assert [one.word for one in ada.worker.once().ended] == ["applied"]
    assert "status was ACTIVE when this was asked for" in messages(ada, entry)[0]


def test_dry_run_of_a_stop_stands_against_no_resumption(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    planned(ada, RESUME)
    assert bob.run(Stop(campaign=PAUSED), dry_run=True).word == "unchanged"
    pass_by(office, HOUR)
    assert [one.word for one in ada.worker.once().ended] == ["applied"]


def test_stop_by_hand_is_not_forgotten_behind_many_later_entries(desk: Office) -> None:
    ada = desk.system()
    planned(ada, RESUME)
    ada.run(Stop(campaign=PAUSED))
    note = drafts.noted(Deed(kind="campaign.note", actor=ada.actor, campaign=PAUSED), at=ada.book.now())

    def note_many(connection: Connection) -> None:
        for _ in range(501):
            ada.book.put(connection, note)

    ada.recorder.in_transaction(note_many)
    pass_by(desk, HOUR)
    assert [one.word for one in ada.worker.once().ended] == ["conflicted"]
    assert status(desk, PAUSED) == "STOPPED"
