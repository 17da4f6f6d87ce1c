"""Entries of a newer version, which this one cannot read: left alone, named, and in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from paceline.bootstrap import System
from paceline.campaign.catalogue import UnknownChangeError
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Stage
from paceline.control.fleet.fleet import Found
from paceline.control.order import Order
from paceline.control.owners import LEASE_S, SKEW_S
from paceline.control.under_way import changes_check
from paceline.ledger import drafts
from paceline.ledger.entry import Deed
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.tables import CONTROL_UNFINISHED
from tests.contract.later import planned, status
from tests.contract.systems import ACTIVE, PAUSED, Office

NEWER = "pacing.set-slope"


@dataclass(frozen=True)
class Newer:
    """What a newer version left behind, in these stages."""

    system: System

    def left(self, campaign: CampaignId, stage: Stage) -> EntryId:
        """Write its entry as that version would."""
        book, owner = self.system.book, self.system.owner
        details: dict[str, Json] = {"change": {"kind": NEWER, "campaign": campaign, "slope": 2}}
        deed = Deed(kind=NEWER, campaign=campaign, actor=self.system.actor, details=details)
        numbers: list[EntryId] = []

        def put(connection: object) -> None:
            row = book.put(connection, drafts.opened(deed, at=book.now()))  # type: ignore[arg-type] # a connection
            numbers.append(row.entry)
            values = {"tenant": book.tenant, "entry": row.entry, "campaign": campaign, "kind": NEWER}
            values |= {"actor": "eve", "owner": owner.name, "stage": stage.value}
            connection.execute(CONTROL_UNFINISHED.insert(), values)  # type: ignore[attr-defined] # the same

        self.system.recorder.in_transaction(put)
        return numbers[0]


def order(system: System) -> Order:
    return Order(actor=system.actor)


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.IN_DOUBT, Stage.SETTLING, Stage.WAITING])
def test_unknown_entry_keeps_no_stop_no_freeze_and_no_worker_from_their_work(office: Office, stage: Stage) -> None:
    ada, newer = office.system("ada"), Newer(office.system("eve"))
    for campaign in (ACTIVE, PAUSED):
        newer.left(campaign, stage)
    office.clock.advance(LEASE_S + SKEW_S + 1)
    assert ada.run(Pause(campaign=ACTIVE)).word == "applied"
    assert ada.run(Stop(campaign=ACTIVE)).word == "applied"
    due = planned(ada, Stop(campaign=PAUSED))
    assert ada.worker.once().platform_away is None
    outcome = ada.freeze.freeze(Found(campaigns={PAUSED: None}), order(ada))
    assert (status(office, ACTIVE), status(office, PAUSED)) == ("STOPPED", "STOPPED")
    assert (outcome.not_yet, ada.book.read(due).outcome) == ({}, "expired")
    assert [one.kind for one in outcome.not_withdrawn] == ([NEWER] if stage is Stage.WAITING else [])
    assert [one.kind for one in ada.recorder.unended()] == [NEWER, NEWER]
    assert "does not know: a newer one can end it" in changes_check(ada.recorder).found


def test_resumption_names_what_it_cannot_read(desk: Office) -> None:
    ada = desk.system("ada")
    entry = Newer(desk.system("eve")).left(PAUSED, Stage.IN_DOUBT)
    (named,) = [one for one in ada.run(Resume(campaign=PAUSED)).findings if one.rule == "lifecycle.unfinished"]
    assert named.found == entry


def test_person_who_cancels_it_is_told_that_it_cannot_be_read(desk: Office) -> None:
    ada = desk.system("ada")
    entry = Newer(desk.system("eve")).left(PAUSED, Stage.WAITING)
    with pytest.raises(UnknownChangeError):
        ada.agenda.cancel(entry, order(ada))
    assert [one.entry for one in ada.recorder.unended()] == [entry]
