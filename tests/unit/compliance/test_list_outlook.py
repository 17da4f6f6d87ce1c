"""The outlook of a list says what asking for each contact at each hour would say, and counts every row once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from paceline.compliance.call import Call, Purpose
from paceline.compliance.contact_list import BadRow, Contact, ContactList
from paceline.compliance.decision import decide
from paceline.compliance.list_outlook import HOURS, Outlook
from paceline.compliance.shelf import the_rulebook
from paceline.compliance.zonedata import StaleZoneDataError
from tests.unit.compliance.law_made import instant

AT = instant("2026-11-20T22:15:00+00:00")
LIST = """phone,timezone,state,purpose
+18502340123,,,
+18502340124,,,sales
+12122340123,,,sales
+12122340123,America/Los_Angeles,,sales
+12122340123,,FL,sales
+14162340123,,ON,sales
+14162340123,,FL,sales
+442079460018,,,debt
+61412345678,,,research
+34912345678,,,sales
+14802340123,,AZ,
+19072340123,,,info
+14362340123,,,
+18002340123,,,
+12912340123,,,
nonsense,,,
+12122340123,America/New_Yrok,,
+12122340123,,Florida,
,,,sales
+12122340123,,
+8613812345678,,,
"""


def outlook(text: str = LIST, *, country: str | None = None) -> Outlook:
    found = Outlook(the_rulebook(), at=AT, call=Call(), country=country)
    found.take(ContactList(text.splitlines(keepends=True)))
    return found


def contacts() -> list[Contact]:
    return [each for each in ContactList(LIST.splitlines(keepends=True)) if isinstance(each, Contact)]


def asked(contact: Contact, hour: int) -> bool:
    state = contact.region
    region = {"FL": "US-FL", "ON": "CA-ON", "AZ": "US-AZ"}.get(state, state) if state is not None else None
    purposes = Call().purposes if contact.purpose is None else frozenset({contact.purpose})
    at = AT + timedelta(hours=hour)
    return decide(
        the_rulebook(),
        number=contact.number,
        at=at,
        call=Call(purposes=purposes),
        address_zone=contact.zone,
        region=region,
    ).is_callable


def test_every_hour_counts_whom_a_single_question_would_allow() -> None:
    single = tuple(sum(asked(contact, hour) for contact in contacts()) for hour in range(HOURS))
    assert outlook().everybody().by_hour == single
    assert len(set(single)) > 4


def test_every_row_is_counted_once() -> None:
    found = outlook()
    bad = list(found.bad_rows)
    assert found.rows == LIST.count("\n") - 1
    assert found.everybody().contacts + len(bad) == found.rows
    assert [row.row for row in bad] == [15, 16, 17, 18, 19, 20, 21, 22]
    assert Counter(row.reason for row in bad) == found.bad_counts
    assert sum(group.contacts for group in found.groups) == found.everybody().contacts


def test_sums_by_region_and_zone_reach_everybody() -> None:
    found = outlook()
    regions, zones = found.by_region(), found.by_zone()
    assert regions["US-NY"].contacts == 3
    assert regions["US-FL"].contacts == 4
    assert {"GB", "AU", "ES", "CA-ON"} <= set(regions)
    assert "US" not in regions
    assert zones["America/Chicago"].contacts == 4
    assert zones["America/Los_Angeles"].contacts == 1
    for each in (*regions.values(), *zones.values()):
        assert 0 <= each.by_hour[0] <= each.contacts


def test_groups_say_when_they_open_and_what_closes_them() -> None:
    for group in outlook().groups:
        assert group.open_at[0] == (group.next == AT) == (group.closed_by == ())
    closed = outlook().closed_now
    assert sum(closed.values()) >= sum(group.contacts for group in outlook().groups if not group.open_at[0])


def test_purpose_of_a_row_counts_over_that_of_the_list() -> None:
    text = "phone,purpose\n+13122340123,sales\n+13122340123,\n"
    found = Outlook(the_rulebook(), at=AT, call=Call(purposes=frozenset({Purpose.DEBT})))
    found.take(ContactList(text.splitlines(keepends=True)))
    assert {group.call.purposes for group in found.groups} == {
        frozenset({Purpose.SALES}),
        frozenset({Purpose.DEBT}),
    }


def test_national_form_is_read_only_by_a_country_that_is_named() -> None:
    text = "phone\n(850) 234-0123\n1-850-234-0123\n"
    assert outlook(text).everybody().contacts == 0
    assert outlook(text, country="US").by_region()["US-FL"].contacts == 2


def test_state_that_is_written_like_a_country_is_the_state_of_the_number() -> None:
    found = outlook("phone,state\n+12122340123,DE\n+12122340123,CA\n+4930234567,DE\n")
    assert set(found.by_region()) == {"US-NY", "US-DE", "US-CA", "DE"}
    assert found.by_region()["DE"].contacts == 1


def test_zone_data_that_is_too_old_counts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzdata.IANA_VERSION", "2025b")
    with pytest.raises(StaleZoneDataError):
        outlook()


def test_reasons_hold_no_number() -> None:
    for reason in outlook().bad_counts:
        assert "2340123" not in reason


def test_bad_rows_keep_their_order_and_reason() -> None:
    rows: list[BadRow] = [BadRow(row=number, reason=f"reason {number % 3}") for number in range(2, 5_000)]
    found = Outlook(the_rulebook(), at=AT, call=Call())
    found.take(rows)
    assert list(found.bad_rows) == rows


def test_forgotten_answers_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paceline.compliance.list_outlook._KEPT", 2)
    single = tuple(sum(asked(one, hour) for one in contacts()) for hour in range(HOURS))
    assert outlook().everybody().by_hour == single


def test_answers_by_kind_of_number_are_those_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = outlook()
    monkeypatch.setattr("paceline.compliance.list_outlook._MANY", 0)
    by_kind = outlook()
    assert by_kind.groups == alone.groups
    assert list(by_kind.bad_rows) == list(alone.bad_rows)
