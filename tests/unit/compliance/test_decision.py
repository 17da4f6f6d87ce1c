"""One person, one instant: the answer, the rule that closes, the next instant, and what the record holds."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paceline.compliance.call import Call, Line, Mode, Purpose
from paceline.compliance.calling_time import callable_at
from paceline.compliance.decision import Decision, decide
from paceline.compliance.geography.tables import area_codes, digest
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.zones import file_hash
from tests.unit.compliance.law_made import instant

SALES = Call(purposes=frozenset({Purpose.SALES}))
FLORIDA = "+18502340123"


def asked(number: str, at: str, *, call: Call = SALES, zone: str | None = None, region: str | None = None) -> Decision:
    return decide(the_rulebook(), number=number, at=instant(at), call=call, address_zone=zone, region=region)


@pytest.mark.parametrize(
    ("number", "at", "callable_then", "closing"),
    [
        (FLORIDA, "2026-11-20T13:59:59+00:00", False, {"US-1", "US-4", "US-FL-hours"}),
        (FLORIDA, "2026-11-20T14:00:00+00:00", True, set()),
        (FLORIDA, "2026-11-21T00:59:59+00:00", True, set()),
        (FLORIDA, "2026-11-21T01:00:00+00:00", False, {"US-FL-hours"}),
        ("+12122340123", "2026-11-21T01:30:00+00:00", True, set()),
        ("+12122340123", "2026-11-21T02:00:00+00:00", False, {"US-1", "US-4", "US-NY-hours"}),
    ],
)
def test_answer_names_the_rules_that_close(number: str, at: str, callable_then: bool, closing: set[str]) -> None:
    decision = asked(number, at)
    assert decision.is_callable is callable_then
    closed = {one.rule.id for one in decision.judgements if one.rule is not None and not one.is_open}
    assert closed == closing
    assert bool(decision.reasons) is not callable_then


def test_next_instant_is_the_first_that_is_callable() -> None:
    late = asked(FLORIDA, "2026-11-21T03:00:00+00:00")
    assert late.next == instant("2026-11-21T14:00:00+00:00")
    assert asked(FLORIDA, "2026-11-21T14:00:00+00:00").next == late.next
    assert not asked(FLORIDA, "2026-11-21T13:59:59+00:00").is_callable


@pytest.mark.parametrize(
    ("number", "purpose", "at", "closing"),
    [
        ("+12032340123", Purpose.SALES, "2023-05-10T12:30:00+00:00", {"US-CT-hours"}),
        ("+12032340123", Purpose.SALES, "2023-05-10T13:00:00+00:00", set()),
        ("+15042340123", Purpose.SALES, "2021-09-17T22:59:59+00:00", {"US-LA-blackout-2021"}),
        ("+15042340123", Purpose.SALES, "2021-09-17T23:00:00+00:00", set()),
        ("+12122340123", Purpose.DEBT, "2020-06-10T16:00:00+00:00", set()),
        ("+12122340123", Purpose.DEBT, "2021-11-30T04:30:00+00:00", {"HOUSE-US-debt-hours-before-2021-11-30"}),
        ("+12122340123", Purpose.DEBT, "2021-12-01T04:30:00+00:00", {"US-6"}),
        ("+33142340123", Purpose.SALES, "2022-06-08T12:30:00+00:00", set()),
        ("+33142340123", Purpose.SALES, "2022-06-08T11:30:00+00:00", {"HOUSE-FR-sales-hours-before-2023-03-01"}),
        ("+33142340123", Purpose.SALES, "2023-06-07T11:30:00+00:00", {"FR-hours"}),
        ("+12052340123", Purpose.SALES, "2023-06-14T17:00:00+00:00", set()),
        ("+12152340123", Purpose.SALES, "2023-06-13T14:00:00+00:00", set()),
        ("+12152340123", Purpose.SALES, "2023-06-14T14:00:00+00:00", {"US-PA-closed-days"}),
    ],
)
def test_call_of_years_ago_is_judged_by_the_rules_of_its_day(
    number: str, purpose: Purpose, at: str, closing: set[str]
) -> None:
    decision = asked(number, at, call=Call(purposes=frozenset({purpose}), modes=frozenset({Mode.LIVE})))
    assert {one.rule.id for one in decision.judgements if one.rule is not None and not one.is_open} == closing
    assert decision.is_callable is (not closing)


def test_document_has_what_scripts_rely_on_and_never_the_number() -> None:
    document = asked(FLORIDA, "2026-11-21T01:30:00+00:00").document()
    assert (document["callable"], document["next"]) == (False, "2026-11-21T14:00:00Z")
    assert document["zones"] == ["America/Chicago", "America/New_York"]
    rules = {one["id"]: one for one in document["rules"]}  # type: ignore[index,union-attr,call-overload]  # any JSON
    assert rules["US-FL-hours"]["verdict"] == "closed"  # type: ignore[index,call-overload]  # any JSON
    assert rules["US-1"]["verdict"] == "open"  # type: ignore[index,call-overload]  # any JSON
    assert rules["US-FL-hours"]["citation"].startswith("Fla. Stat. 501.616")  # type: ignore[index,union-attr,call-overload]  # any JSON
    text = json.dumps(document)
    assert "2340123" not in text
    assert '"America/Chicago": "2026-11-20T19:30:00-06:00"' in text


def test_document_names_what_it_was_decided_by() -> None:
    document = asked(FLORIDA, "2026-11-21T01:30:00+00:00").document()
    assert document["edition"] == the_rulebook().edition
    assert document["geography"] == digest()
    chicago = file_hash("America/Chicago")
    assert document["zone_data"] == {
        "version": "2026f",
        "files": {"America/Chicago": chicago, "America/New_York": file_hash("America/New_York")},
    }


def test_duties_and_caps_are_told_as_not_judged() -> None:
    told = {rule.id for rule in asked(FLORIDA, "2026-11-20T15:00:00+00:00").not_judged}
    assert {"US-FL-attempts", "US-8", "US-9", "US-2"} <= told
    assert "US-10-all" not in told  # in force from 31 January 2027 only


def test_ban_of_an_unknown_line_is_told_and_closes_nothing() -> None:
    arizona, noon = "+14802340123", "2026-11-20T19:00:00+00:00"
    unknown = asked(arizona, noon)
    assert unknown.is_callable
    assert "not judged" in {one.verdict for one in unknown.judgements}
    mobile = Call(purposes=SALES.purposes, lines=frozenset({Line.MOBILE}))
    assert not asked(arizona, noon, call=mobile).is_callable


@pytest.mark.parametrize("number", ["+18002340123", "+12912340123", "nonsense", "+12423220123", "+8613812345678"])
def test_number_without_a_place_is_closed_for_good(number: str) -> None:
    decision = asked(number, "2026-11-20T15:00:00+00:00", zone="America/New_York", region="US-NY")
    assert (decision.is_callable, decision.next, decision.document()["rules"]) == (False, None, [])
    assert len(decision.reasons) == 1


def test_old_zone_data_closes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzdata.IANA_VERSION", "2026e")
    decision = asked(FLORIDA, "2026-11-20T15:00:00+00:00")
    assert (decision.is_callable, decision.next) == (False, None)
    assert "2026e" in decision.reasons[0]


def test_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        decide(the_rulebook(), number=FLORIDA, at=datetime.fromisoformat("2026-11-20T15:00:00"), call=SALES)


@settings(max_examples=80, deadline=None)
@given(code=st.sampled_from(sorted(area_codes())), minute=st.integers(min_value=0, max_value=400 * 1440))
def test_single_verdicts_and_tables_say_the_same(code: str, minute: int) -> None:
    law, at = the_rulebook(), instant("2026-01-01T00:00:00+00:00") + timedelta(minutes=minute)
    decision = decide(law, number=f"+1{code}2340123", at=at, call=Call())
    second = callable_at(law, decision.locality.places, Call(), (at, at + timedelta(seconds=1)))
    assert decision.is_callable == bool(second)
    # Not every exchange is given out in every area: 684 has no 234.
    assume(decision.locality.places)
    assert decision.is_callable == all(one.is_open for one in decision.judgements)
    assert decision.is_callable == (decision.next == at)
