"""What may not speak for weights: data long past, numbers that are none, and that they were live once before."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from paceline.bootstrap.weighing import FirstThatKnows
from paceline.campaign.evidence import Lack
from paceline.campaign.weights.changes import SetWeights
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.ledger.entry import Query
from paceline.primitives.findings import Severity
from paceline.primitives.ids import EntryId
from tests.contract.set_up import HELD
from tests.contract.systems import STARTED, Office
from tests.contract.weighed import Scripted, again, weighted
from tests.unit.campaign.weights.evidences import GOOD, LACKING, PASSED


def rate(value: str) -> SetWeights:
    return SetWeights(campaign=HELD, adjusted={"call_rate": Decimal(value)})


def test_twin_whose_data_are_long_past_has_no_say(desk: Office) -> None:
    system = weighted(desk)

    def refused(ended: timedelta) -> list[str]:
        old = replace(GOOD, twin=replace(PASSED, data_until=STARTED - ended))
        knowing = FirstThatKnows((Scripted(evidence=old),), predictions=system.predictions)
        outcome = again(desk, knowing).run(rate("0.25"), dry_run=True)
        return [one.rule for one in outcome.findings if one.severity is not Severity.INFO]

    assert refused(timedelta(days=61)) == ["weights.drift"]
    assert refused(timedelta(days=59)) == []
    assert system.book.entries(Query(kind=SetWeights.kind, outcome="applied")) == []


@pytest.mark.parametrize("spoilt", [{"abandonment_high": math.nan}, {"half_width": math.inf}], ids=str)
def test_evidence_that_no_ledger_can_hold_refuses_and_leaves_nothing_open(
    desk: Office, spoilt: dict[str, float]
) -> None:
    system = weighted(desk, Scripted(evidence=replace(GOOD, **spoilt)))  # type: ignore[arg-type]  # numbers, all of them
    outcome = system.run(rate("0.25"))
    refused = [one.rule for one in outcome.findings if one.severity is not Severity.INFO]
    assert (outcome.word, refused, desk.sent("PUT")) == ("refused", ["weights.no-data"], [])
    assert outcome.entry is not None
    assert system.book.read(outcome.entry).outcome == "refused"


def test_who_undoes_an_undoing_of_bolder_weights_is_judged_on_data(desk: Office) -> None:
    def undone(entry: EntryId | None, weigher: Scripted) -> Outcome:
        system = again(desk, weigher)
        assert entry is not None
        outcome, _ = system.undoing.undo(entry, Order(actor=system.actor))
        return outcome

    blind = Scripted(lack=LACKING[Lack.NO_DATA])
    made = weighted(desk).run(rate("0.25"))
    back = undone(made.entry, blind)
    refused = undone(back.entry, blind)
    assert (back.word, refused.word, refused.findings.rules) == ("applied", "refused", ("weights.no-data",))
    knowing = Scripted()
    assert (undone(back.entry, knowing).word, len(knowing.asked)) == ("applied", 1)
    gentler = again(desk).run(rate("0.1"))
    bolder = undone(gentler.entry, blind)
    assert (bolder.word, undone(bolder.entry, blind).word) == ("applied", "applied")
