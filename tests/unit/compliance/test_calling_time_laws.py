"""Whatever the rules are, tables and judgements say what a person would who reads them, and more only closes more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.compliance.call import Call, Line, Mode, Place, Purpose
from paceline.compliance.calling_time import callable_at, legal, next_callable
from paceline.compliance.judgement import judged
from paceline.compliance.rule import Banned, Blackout, ClosedDays, Hours, Opening, Rule
from paceline.compliance.rulebook import Calendar
from paceline.primitives.intervals import seconds_of
from tests.unit.compliance.law_made import book, hours, may_call, place, rule

ZONES = ("America/New_York", "America/St_Johns", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
WHERE = ("US", "US-FL", "US-PA", "PR")
FIRST = datetime(2026, 10, 23, tzinfo=UTC)
SPAN = (FIRST, FIRST + timedelta(days=14))
"""Two weeks in which several of the zones change their clocks."""
DAYS = st.dates(date(2026, 10, 21), date(2026, 11, 8))
CALENDARS = {
    "holidays": Calendar(
        name="holidays", first=date(2026, 1, 1), last=date(2026, 11, 3), days={date(2026, 10, 26): "a Monday"}
    )
}
ALWAYS = (rule("US/always", hours(0, 24)), rule("PR/always", hours(0, 24)))
"""Where every hour is known to be open, so that another rule can only close."""


@st.composite
def openings(draw: st.DrawFn) -> Hours:
    found = []
    for weekday in draw(st.sets(st.integers(0, 6), min_size=3)):
        first = draw(st.integers(0, 23)) * 60
        found.append(Opening(weekday=weekday, start=first, end=draw(st.integers(first // 30 + 1, 48)) * 30))
    return Hours(openings=tuple(found), also_in=tuple(draw(st.sets(st.sampled_from(ZONES), max_size=1))))


@st.composite
def blackouts(draw: st.DrawFn) -> Blackout:
    start_s = seconds_of(FIRST) + draw(st.integers(0, 14 * 24)) * 3600
    return Blackout(start_s=start_s, end_s=draw(st.none() | st.just(start_s + 7200)))


def some(members: type[Purpose | Mode | Line]) -> st.SearchStrategy[frozenset[object]]:
    return st.frozensets(st.sampled_from(list(members)), min_size=1)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    terms = draw(
        st.one_of(openings(), openings(), blackouts(), st.just(ClosedDays(calendar="holidays")), st.just(Banned()))
    )
    return rule(
        f"{draw(st.sampled_from(WHERE))}/{draw(st.integers(0, 10**6))}",
        terms,
        begins=draw(st.none() | DAYS),
        ends=draw(st.none() | DAYS),
        purposes=frozenset(Purpose(str(one)) for one in draw(some(Purpose))),
        modes=frozenset(Mode(str(one)) for one in draw(some(Mode))),
        lines=frozenset(Line(str(one)) for one in draw(some(Line))),
    )


LAWS = st.lists(rules(), max_size=6)
PLACES = st.builds(
    lambda key, where: place(key, *where), st.sampled_from(ZONES), st.sets(st.sampled_from(WHERE), min_size=1)
)
CALLS = st.builds(
    lambda purposes, modes, lines: Call(
        purposes=frozenset(Purpose(str(one)) for one in purposes),
        modes=frozenset(Mode(str(one)) for one in modes),
        lines=frozenset(Line(str(one)) for one in lines),
    ),
    some(Purpose),
    some(Mode),
    some(Line),
)
INSTANTS = st.integers(0, 14 * 24 * 60 - 1).map(lambda minute: FIRST + timedelta(minutes=minute))


@settings(max_examples=60)
@given(made=LAWS, known=st.booleans(), where=PLACES, call=CALLS, moments=st.lists(INSTANTS, min_size=40, max_size=40))
def test_tables_say_what_the_rules_say_one_by_one(
    made: list[Rule], known: bool, where: Place, call: Call, moments: list[datetime]
) -> None:
    law = book(*(ALWAYS if known else ()), *made, calendars=CALENDARS)
    found = legal(law, where, call, SPAN)
    for at in moments:
        assert (at in found) == may_call(law, where, call, at)


@settings(max_examples=60)
@given(made=LAWS, wheres=st.lists(PLACES, max_size=3), call=CALLS, at=INSTANTS)
def test_instant_is_callable_when_every_judgement_is_open(
    made: list[Rule], wheres: list[Place], call: Call, at: datetime
) -> None:
    law = book(*ALWAYS, *made, calendars=CALENDARS)
    judgements = judged(law, wheres, call, at)
    assert judgements
    assert (at in callable_at(law, wheres, call, SPAN)) == all(one.is_open for one in judgements)


@settings(max_examples=40)
@given(made=LAWS, more=rules(), where=PLACES, call=CALLS)
def test_another_rule_never_opens_a_minute(made: list[Rule], more: Rule, where: Place, call: Call) -> None:
    before = legal(book(*ALWAYS, *made, calendars=CALENDARS), where, call, SPAN)
    after = legal(book(*ALWAYS, *made, more, calendars=CALENDARS), where, call, SPAN)
    assert not (after - before)


@settings(max_examples=40)
@given(made=LAWS, wheres=st.lists(PLACES, min_size=1, max_size=3), more=PLACES, call=CALLS)
def test_another_place_never_opens_a_minute(made: list[Rule], wheres: list[Place], more: Place, call: Call) -> None:
    law = book(*ALWAYS, *made, calendars=CALENDARS)
    assert not (callable_at(law, [*wheres, more], call, SPAN) - callable_at(law, wheres, call, SPAN))


@settings(max_examples=40)
@given(made=LAWS, known=st.booleans(), where=PLACES, call=CALLS, other=CALLS)
def test_not_knowing_what_a_call_is_for_never_opens_a_minute(
    made: list[Rule], known: bool, where: Place, call: Call, other: Call
) -> None:
    law = book(*(ALWAYS if known else ()), *made, calendars=CALENDARS)
    wider = Call(purposes=call.purposes | other.purposes, modes=call.modes | other.modes, lines=call.lines)
    assert not (legal(law, where, wider, SPAN) - legal(law, where, call, SPAN))


@settings(max_examples=40)
@given(made=LAWS, where=PLACES, call=CALLS, at=INSTANTS)
def test_next_callable_instant_is_the_first_of_all(made: list[Rule], where: Place, call: Call, at: datetime) -> None:
    law = book(*ALWAYS, *made, calendars=CALENDARS)
    horizon = timedelta(days=30)
    found = callable_at(law, [where], call, (at, at + horizon)).next_from(at)
    assert next_callable(law, [where], call, at, horizon) == found
