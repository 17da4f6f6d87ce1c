"""What the corridor itself tells of a change."""

from __future__ import annotations

import pytest

from paceline.campaign.ports import NoAnswerError
from paceline.control.order import Order
from paceline.control.told import found_again, left_open, not_expected, stands_against, taken_for_dead
from paceline.ledger.entry import Actor
from paceline.ledger.failures import LedgerUnavailableError
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId, Version
from tests.unit.campaign.situations import seen

ADA = Actor(name="ada", known_by="test")


@pytest.mark.parametrize(("severity", "against"), [("info", False), ("review", True), ("error", True)])
def test_what_a_person_has_to_look_at_stands_against_a_change_too(severity: str, against: bool) -> None:
    finding = Finding(rule="a.rule", severity=Severity(severity), message="so")
    info = Finding(rule="b.rule", severity=Severity.INFO, message="so")
    assert stands_against(Findings(info, finding)) is against
    assert not stands_against(Findings())


def test_other_revision_than_expected_is_told_with_both() -> None:
    finding = not_expected(Order(actor=ADA, if_revision="41"), seen(version=Version("42"), revision=42))
    assert (finding.rule, finding.field, finding.found, finding.limit) == ("change.revision", "revision", 42, "41")
    assert finding.severity is Severity.INFO


def test_other_tag_than_expected_is_told_where_there_is_no_revision() -> None:
    assert not_expected(Order(actor=ADA, if_revision="x"), seen(version=Version("y"))).found == "y"


def test_what_became_of_the_record_is_told_with_the_entry() -> None:
    assert (
        "no answer came at first (nothing)"
        in found_again(NoAnswerError("nothing", operation="pause", request_sent=True)).message
    )
    for finding in (taken_for_dead(EntryId(7)), left_open(EntryId(7), LedgerUnavailableError("away"))):
        assert (finding.severity, finding.found) == (Severity.REVIEW, 7)
        assert "entry 7" in finding.message
    assert "(away)" in left_open(EntryId(7), LedgerUnavailableError("away")).message
