"""Caps and gaps: planted cases, and a count of every call by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.compliance.call import Call
from paceline.primitives.zones import zone
from paceline.records.calls import Ending
from paceline.records.judging.judge import Question
from tests.unit.records.judging.calls_made import DEBT, FLORIDA, LONDON, NEW_YORK, SALES, Made, broken_by, judged_made

MONDAY = datetime(2026, 11, 16, 15, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CAP = "US-FL-attempts"


def after(span: timedelta, **said: object) -> Made:
    return Made(at=(MONDAY + span).isoformat(), **said)  # type: ignore[arg-type]  # what a test says of a call


def test_the_fourth_call_in_24_hours_is_one_too_many_and_24_hours_exactly_are_within() -> None:
    four = [after(0 * HOUR), after(HOUR), after(2 * HOUR), after(DAY)]
    assert broken_by(judged_made(four), CAP) == {4: True}
    assert broken_by(judged_made([*four[:3], after(DAY + timedelta(microseconds=1))]), CAP) == {}


def test_calls_of_two_campaigns_may_be_about_two_subjects() -> None:
    made = [after(n * HOUR, campaign="CD"[n % 2]) for n in range(4)]
    assert broken_by(judged_made(made), CAP) == {4: False}


def test_a_call_that_could_not_be_connected_counts_only_perhaps() -> None:
    made = [after(0 * HOUR), after(HOUR, ending=Ending.FAILED), after(2 * HOUR), after(3 * HOUR)]
    assert broken_by(judged_made(made), CAP) == {4: False}


def test_what_was_dialed_before_the_span_counts_and_is_not_judged() -> None:
    made = [after(n * HOUR) for n in range(5)]
    question = Question(call=SALES, since=MONDAY + 4 * HOUR)
    assert broken_by(judged_made(made, question), CAP) == {5: True}


def test_a_cap_binds_from_the_day_of_its_law_on() -> None:
    oregon = [
        Made(number="+15035550123", at=f"{day}T{hour}:00:00+00:00")
        for day in ("2025-12-31", "2026-01-02")
        for hour in (17, 18, 19, 20)
    ]
    assert broken_by(judged_made(oregon), "US-OR-attempts") == {8: True}


def test_the_eighth_call_about_a_debt_in_seven_days_is_one_too_many_and_the_days_are_local() -> None:
    # Seven calls on the first day, and one on the seventh local day: late in the evening, when it is the eighth in UTC.
    first = [after(n * HOUR, debt=9, number=NEW_YORK) for n in range(7)]
    seventh = Made(number=NEW_YORK, debt=9, at="2026-11-23T01:30:00+00:00")
    eighth = Made(number=NEW_YORK, debt=9, at="2026-11-23T14:00:00+00:00")
    assert broken_by(judged_made([*first, seventh], Question(call=DEBT)), "US-7") == {8: True}
    assert broken_by(judged_made([*first, eighth], Question(call=DEBT)), "US-7") == {}


@pytest.mark.parametrize(
    ("of_last", "certain"),
    [({"debt": 9}, True), ({"debt": 8}, None), ({"debt": 0}, False), ({"debt": 9, "number": "+12125550199"}, False)],
)
def test_calls_are_counted_by_debt(of_last: dict[str, object], certain: bool | None) -> None:
    made = [after(n * HOUR, debt=9, number=NEW_YORK) for n in range(7)]
    last = after(8 * HOUR, **{"number": NEW_YORK, **of_last})
    found = judged_made([*made, last], Question(call=DEBT))
    assert broken_by(found, "US-7") == ({} if certain is None else {8: certain})
    assert found.debts_untold == int(of_last["debt"] == 0)


def test_a_debt_is_left_alone_for_seven_days_from_the_day_of_a_conversation() -> None:
    talked = after(0 * HOUR, debt=9, number=NEW_YORK, ending=Ending.CONNECTED)
    made = [talked, *(after(n * DAY, debt=9, number=NEW_YORK) for n in (6, 7))]
    assert broken_by(judged_made(made, Question(call=DEBT)), "US-7-gap") == {2: True}


@pytest.mark.parametrize(
    ("ending", "rule", "hours"), [("abandoned", "GB-gap-abandoned", 72), ("machine", "GB-gap-machine", 24)]
)
def test_a_number_rests_after_what_happened_to_it(ending: str, rule: str, hours: int) -> None:
    before = after(0 * HOUR, number=LONDON, ending=Ending(ending), length_s=30.0)
    early = after(hours * HOUR + timedelta(seconds=29), number=LONDON)
    rested = after(hours * HOUR + timedelta(seconds=30), number=LONDON)
    assert broken_by(judged_made([before, early]), rule) == {2: True}
    assert broken_by(judged_made([before, rested]), rule) == {}


def test_the_earlier_call_is_named_by_its_row() -> None:
    found = judged_made([after(n * HOUR) for n in range(4)])
    (capped,) = [one for one in found.broken if one.rule_id == CAP]
    assert capped.examples[0].why == "more than 3 calls in 24 hours; the first of them is row 1"


def calls() -> st.SearchStrategy[list[Made]]:
    hours = st.integers(0, 24 * 18).map(lambda n: (MONDAY + n * HOUR / 2).isoformat())
    made = st.builds(
        Made,
        at=hours,
        number=st.sampled_from((FLORIDA, "+18505550123", NEW_YORK)),
        ending=st.sampled_from((Ending.NO_ANSWER, Ending.CONNECTED, Ending.FAILED)),
        campaign=st.sampled_from(("C", "D")),
        debt=st.sampled_from((0, 7, 7, 8, 8)),
    )
    return st.lists(made, min_size=1, max_size=40)


def by_hand(made: list[Made], is_alike: Callable[[Made, Made], bool], most: int, row: int) -> list[bool]:
    """Return for each zone whether a call is one too many in seven local days, counting all that are alike."""
    one = made[row]
    zones = ("America/New_York", "America/Chicago") if one.number.startswith("+1850") else ("America/New_York",)
    told = []
    for key in zones:
        today = one.instant.astimezone(zone(key)).date()
        together = [
            other
            for place, other in enumerate(made)
            if is_alike(one, other)
            and (other.instant, place) <= (one.instant, row)
            and today - other.instant.astimezone(zone(key)).date() < 7 * DAY
        ]
        told.append(len(together) > most)
    return told


@settings(max_examples=60, deadline=None)
@given(made=calls())
def test_every_call_about_a_debt_is_counted_as_by_hand(made: list[Made]) -> None:
    found = broken_by(judged_made(made, Question(call=DEBT)), "US-7")
    untold = {one.number for one in made if one.debt == 0}

    def narrow(one: Made, other: Made) -> bool:
        connected = Ending.FAILED not in {one.ending, other.ending}
        return connected and one.debt == other.debt != 0 and one.number == other.number

    def same_debt(one: Made, other: Made) -> bool:
        return one.debt == other.debt != 0

    def any_debt(one: Made, other: Made) -> bool:
        return one.number == other.number and one.number in untold

    expected = {}
    for row in range(len(made)):
        wide = any(by_hand(made, same_debt, 7, row)) or any(by_hand(made, any_debt, 7, row))
        sure = all(by_hand(made, narrow, 7, row))
        if wide or sure:
            expected[row + 1] = sure
    assert found == expected


@settings(max_examples=60, deadline=None)
@given(made=calls())
def test_every_call_about_a_subject_is_counted_as_by_hand(made: list[Made]) -> None:
    found = broken_by(judged_made(made), CAP)
    expected = {}
    for row, one in enumerate(made):
        before = [
            other
            for place, other in enumerate(made)
            if other.number == one.number
            and (other.instant, place) <= (one.instant, row)
            and one.instant - other.instant <= DAY
        ]
        sure = [other for other in before if other.campaign == one.campaign and other.ending is not Ending.FAILED]
        if len(before) > 3 and one.number != NEW_YORK:
            expected[row + 1] = len(sure) > 3 and one.ending is not Ending.FAILED
    assert found == expected


@settings(max_examples=60, deadline=None)
@given(made=calls())
def test_every_call_after_a_conversation_is_found_as_by_hand(made: list[Made]) -> None:
    found = broken_by(judged_made(made, Question(call=Call(purposes=DEBT.purposes))), "US-7-gap")
    untold = {one.number for one in made if one.debt == 0}
    expected = set()
    for row, one in enumerate(made):
        for place, other in enumerate(made):
            alike = one.debt == other.debt != 0 or (one.number == other.number and one.number in untold)
            is_later = (other.instant, place) < (one.instant, row)
            if alike and is_later and other.ending is Ending.CONNECTED:
                zones = (
                    ("America/New_York", "America/Chicago") if one.number.startswith("+1850") else ("America/New_York",)
                )
                days = [
                    one.instant.astimezone(zone(key)).date() - other.instant.astimezone(zone(key)).date()
                    for key in zones
                ]
                if any(day < 7 * DAY for day in days):
                    expected.add(row + 1)
    assert set(found) == expected
