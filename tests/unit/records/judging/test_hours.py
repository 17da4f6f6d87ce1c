"""Which calls were outside the hours of the law is what the careful function says of each one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.compliance.call import EVERY_LINE, Call, Line, Purpose
from paceline.compliance.decision import decide
from paceline.compliance.judgement import judged
from paceline.compliance.rule import ClosedDays
from paceline.compliance.shelf import the_rulebook
from paceline.records.calls import LineType
from paceline.records.judging.findings import NO_RULE
from paceline.records.judging.judge import Question, judge_calls
from tests.unit.records.judging.calls_made import (
    FLORIDA,
    NEW_YORK,
    SALES,
    Made,
    broken_by,
    judged_made,
    kinds_of_the_law,
    rows_of,
)

TWO_ZONES = "+18505550123"
BLACKOUT = """
[[rule]]
id = "US-LA-blackout-test"
jurisdiction = "US-LA"
kind = "blackout"
citation = "invented for this test"
summary = "No calls."
from = 2026-11-18T18:00:07Z
until = 2026-11-18T18:30:29Z
confidence = "high"
source = "house"
verified_on = 2026-11-20
"""
NUMBERS = (
    FLORIDA,
    NEW_YORK,
    TWO_ZONES,
    "+12085550123",  # Idaho: Boise and Los Angeles
    "+12155550123",  # Pennsylvania, whose hours changed in October 2026
    "+12285550123",  # Mississippi: a fixed offset beside the clock
    "+16025550123",  # Arizona: a ban of mobiles
    "+12505550123",  # British Columbia, three clocks
    "+442079460123",
    "+61412345678",  # an Australian mobile: many zones
    "+33612345678",
    "+34912345678",
    "+8613812345678",  # a country without rules
    "+18005550123",  # bound to no place
    "+15555550123",  # a number that there is not
)
REGIONS = (None, None, None, "US-FL", "FL", "US-RI", "CA-ON", "nowhere")
KINDS = (Call(), SALES, Call(purposes=frozenset({Purpose.DEBT, Purpose.INFO})), Call(lines=frozenset({Line.BUSINESS})))
EDGES = (
    "2026-03-08T06:59:59.999999+00:00",  # the clock springs forward in America
    "2026-03-08T12:00:00+00:00",
    "2026-10-18T03:59:59+00:00",  # the last second before Pennsylvania's new hours
    "2026-11-01T05:30:00+00:00",  # an hour that comes twice
    "2026-11-01T06:30:00+00:00",
    "2026-11-21T02:00:00+00:00",  # 21:00:00 in New York
    "2026-11-21T01:59:59.999999+00:00",
    "2026-11-26T18:00:00+00:00",  # Thanksgiving
    "2026-12-25T15:00:00+00:00",
)
LINE_OF = {LineType.LANDLINE: frozenset({Line.RESIDENTIAL, Line.BUSINESS}), LineType.CELL: frozenset({Line.MOBILE})}


def instants() -> st.SearchStrategy[str]:
    minutes = st.integers(0, 400 * 96).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * n))
    return st.one_of(st.sampled_from(EDGES), minutes.map(datetime.isoformat))


def calls() -> st.SearchStrategy[list[Made]]:
    made = st.builds(
        Made,
        at=instants(),
        number=st.sampled_from(NUMBERS),
        region=st.sampled_from(REGIONS),
        line=st.sampled_from(list(LineType)),
        campaign=st.sampled_from(("C", "D")),
    )
    return st.lists(made, min_size=1, max_size=25)


def region_said(made: Made) -> str | None:
    return "US-FL" if made.region == "FL" else made.region


@settings(max_examples=8, deadline=None)
@given(made=calls(), kind=st.sampled_from(KINDS), other=st.sampled_from(KINDS))
def test_each_call_gets_the_verdict_of_the_careful_function(made: list[Made], kind: Call, other: Call) -> None:
    found = judged_made(made, Question(call=kind, calls={"D": other}))
    law = the_rulebook()
    of_times = [one for one in found.broken if one.rule is None or one.kind in {"hours", "closed-days", "ban"}]
    closed: dict[int, dict[str, bool]] = {}
    for violation in found.violations():
        if violation.broken in of_times:
            closed.setdefault(violation.row, {})[violation.broken.rule_id] = violation.is_certain
    for row, one in enumerate(made, 1):
        call = kind if one.campaign == "C" else other
        lines = LINE_OF.get(one.line, call.lines) if call.lines == EVERY_LINE else call.lines
        call = Call(purposes=call.purposes, lines=lines)
        said = decide(law, number=one.number, at=one.instant, call=call, region=region_said(one))
        is_unplaced = bool(found.unplaced[row - 1])
        assert (row not in closed and not is_unplaced) is said.is_callable
        assert is_unplaced is (not said.locality.zones)
        if row in closed:
            rules = {NO_RULE if j.rule is None else j.rule.id for j in said.judgements if not j.is_open}
            assert set(closed[row]) == rules
            somewhere_open = any(
                all(
                    j.is_open
                    for j in judged(law, place, Call(purposes=frozenset({p}), lines=frozenset({n})), one.instant)
                )
                for place, p, n in product(said.locality.places, call.purposes, call.lines)
            )
            assert set(closed[row].values()) == {not somewhere_open}


def test_nine_in_the_evening_exactly_is_too_late_and_the_microsecond_before_is_not() -> None:
    found = judged_made(
        [
            Made(number=NEW_YORK, at="2026-11-21T02:00:00+00:00"),
            Made(number=NEW_YORK, at="2026-11-21T01:59:59.999999+00:00"),
        ]
    )
    assert broken_by(found, "US-1") == {1: True}


@pytest.mark.parametrize(
    ("at", "certain"),
    [
        ("2026-11-20T13:30:00+00:00", False),  # 08:30 in New York, 07:30 in Chicago
        ("2026-11-20T12:30:00+00:00", True),  # before eight in both
        ("2026-11-20T14:00:00+00:00", None),
        ("2026-03-08T12:30:00+00:00", False),  # the clock sprang forward in the night: 08:30 and 07:30
        ("2026-11-01T13:30:00+00:00", False),  # and fell back
    ],
)
def test_an_area_code_in_two_zones_is_certain_only_where_both_are_closed(at: str, certain: bool | None) -> None:
    found = judged_made([Made(number=TWO_ZONES, at=at)])
    assert broken_by(found, "US-FL-hours") == ({} if certain is None else {1: certain})
    assert (found.certain, found.possible) == (int(certain is True), int(certain is False))


def test_the_law_of_the_day_judges_and_not_that_of_today() -> None:
    pennsylvania = "+12155550123"
    before, after = "2026-10-17T12:30:00+00:00", "2026-10-19T12:30:00+00:00"
    found = judged_made([Made(number=pennsylvania, at=before), Made(number=pennsylvania, at=after)])
    assert broken_by(found, "US-PA-hours") == {2: True}
    assert broken_by(found, "US-PA-hours-before-2026-10-18") == {}


def test_a_closed_day_is_told_with_its_name_and_the_rule_with_its_citation() -> None:
    found = judged_made([Made(number="+14015550123", at="2026-11-26T16:00:00+00:00")])
    (closed,) = [one for one in found.broken if one.kind == "closed-days"]
    assert closed.rule is not None
    assert isinstance(closed.rule.terms, ClosedDays)
    assert closed.rule.citation
    assert "Thanksgiving" in closed.examples[0].why


def test_of_an_unknown_purpose_the_rules_of_every_purpose_are_asked_and_only_possible() -> None:
    # Half past eight in Dallas, half past nine in New York.
    early = Made(number=NEW_YORK, region="US-TX", at="2026-11-20T14:30:00+00:00")
    sold, unknown = judged_made([early]), judged_made([early], Question(call=Call()))
    assert broken_by(sold, "US-TX-hours") == {1: False}
    assert broken_by(unknown, "US-TX-hours") == {1: False}
    # Ten on a Sunday in Dallas, on a line that is no business's.
    sunday = Made(number="+12145550123", at="2026-11-22T16:00:00+00:00", line=LineType.CELL)
    assert broken_by(judged_made([sunday]), "US-TX-hours") == {1: True}
    assert broken_by(judged_made([sunday], Question(call=Call())), "US-TX-hours") == {1: False}


def test_a_cell_phone_in_arizona_is_banned_and_an_unknown_line_is_told_as_not_judged() -> None:
    arizona = "+16025550123"
    found = judged_made([Made(number=arizona, line=LineType.CELL), Made(number=arizona)])
    assert broken_by(found, "US-AZ-mobile-ban") == {1: True}
    assert "US-AZ-mobile-ban" in {rule.id for rule in found.not_judged}


def test_calls_outside_the_span_are_not_judged() -> None:
    night = "2026-11-20T08:00:00+00:00"
    made = [Made(at="2026-11-19T08:00:00+00:00"), Made(at=night), Made(at="2026-11-21T08:00:00+00:00")]
    since, until = datetime.fromisoformat(night), datetime.fromisoformat("2026-11-21T08:00:00+00:00")
    found = judged_made(made, Question(call=SALES, since=since, until=until))
    assert (found.calls, broken_by(found, "US-1")) == (1, {2: True})


def test_many_numbers_are_located_as_few_are() -> None:
    made = [Made(number=number, region=region, at=EDGES[5]) for number in NUMBERS for region in REGIONS[2:]]
    few, many = (
        judge_calls(rows_of(made), the_rulebook(), Question(), kinds=kinds) for kinds in (None, kinds_of_the_law())
    )
    assert [(one.row, one.broken.rule_id, one.is_certain) for one in few.violations()] == [
        (one.row, one.broken.rule_id, one.is_certain) for one in many.violations()
    ]
    assert few.unplaced_why == many.unplaced_why


def test_nothing_is_found_in_nothing() -> None:
    found = judged_made([])
    assert (found.calls, found.is_against_the_law, found.is_whole, list(found.violations())) == (0, False, True, [])


def test_an_emergency_closes_from_one_second_to_another(tmp_path: Path) -> None:
    rules = tmp_path / "blackout.toml"
    rules.write_text(BLACKOUT, encoding="utf-8")
    louisiana = [
        Made(number="+15045550123", at=f"2026-11-18T{at}+00:00")
        for at in ("18:00:06", "18:00:07", "18:30:28.999999", "18:30:29")
    ]
    found = judged_made(louisiana, rulebook=the_rulebook((rules,)))
    assert broken_by(found, "US-LA-blackout-test") == {2: True, 3: True}
