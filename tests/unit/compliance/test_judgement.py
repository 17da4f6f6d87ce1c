"""Which rule binds at an instant, told to people."""

from __future__ import annotations

from datetime import date

from paceline.compliance.call import Call, Line
from paceline.compliance.judgement import Judgement, judged
from paceline.compliance.rule import Banned, Blackout, ClosedDays
from paceline.compliance.rulebook import Calendar
from paceline.primitives.intervals import seconds_of
from tests.unit.compliance.law_made import book, hours, instant, place, rule

FEDERAL = rule("US/hours", hours(8, 21))
AT = instant("2026-11-21T01:15Z")


def told(*judgements: Judgement) -> list[tuple[str | None, str | None, str, str]]:
    return [(one.rule.id if one.rule else None, one.zone, one.verdict, one.why) for one in judgements]


def test_limit_that_binds_is_seen_beside_those_that_do_not() -> None:
    law = book(FEDERAL, rule("US-FL/hours", hours(8, 20)))
    where = place("America/New_York", "US", "US-FL")
    assert told(*judged(law, where, Call(), AT)) == [
        ("US-hours", "America/New_York", "open", "Fridays open 08:00 to 21:00; it is 20:15:00 on 2026-11-20 there"),
        (
            "US-FL-hours",
            "America/New_York",
            "closed",
            "Fridays open 08:00 to 20:00; it is 20:15:00 on 2026-11-20 there",
        ),
    ]


def test_every_zone_and_every_clock_is_judged_and_none_twice() -> None:
    law = book(FEDERAL, rule("US-MS/hours", hours(8, 20, range(6), also_in=("Etc/GMT+6",))))
    where = [place("America/Chicago", "US", "US-MS"), place("America/New_York", "US", "US-MS")]
    assert [(one.rule and one.rule.id, one.zone, one.verdict) for one in judged(law, [*where, *where], Call(), AT)] == [
        ("US-hours", "America/Chicago", "open"),
        ("US-MS-hours", "America/Chicago", "open"),
        ("US-MS-hours", "Etc/GMT+6", "open"),
        ("US-hours", "America/New_York", "open"),
        ("US-MS-hours", "America/New_York", "closed"),
    ]


def test_closed_day_is_told_by_name_and_an_open_one_as_such() -> None:
    calendar = Calendar(name="days", first=date(2026, 1, 1), last=date(2026, 12, 31), days={date(2026, 11, 20): "fair"})
    law = book(FEDERAL, rule("US-RI/days", ClosedDays(calendar="days")), calendars={"days": calendar})
    where = place("America/New_York", "US", "US-RI")
    assert told(*judged(law, where, Call(), AT))[1][2:] == ("closed", "2026-11-20 is closed: fair")
    open_day = judged(law, where, Call(), instant("2026-11-19T15:00Z"))[1]
    assert (open_day.verdict, open_day.why) == ("open", "2026-11-19 is an open day there")
    beyond = judged(law, where, Call(), instant("2027-01-04T15:00Z"))[1]
    assert beyond.why == "2027-01-04 is closed: the calendar days reaches from 2026-01-01 to 2026-12-31"


def test_emergency_is_told_with_its_end() -> None:
    start_s = seconds_of(instant("2026-11-20T12:00Z"))
    where = place("America/New_York", "US", "US-NY")
    lasting = book(FEDERAL, rule("US-NY/dark", Blackout(start_s=start_s, end_s=None)))
    assert told(*judged(lasting, where, Call(), AT))[1][2:] == (
        "closed",
        "an emergency closes all calls from 2026-11-20T12:00:00Z until further notice",
    )
    over = book(FEDERAL, rule("US-NY/dark", Blackout(start_s=start_s, end_s=start_s + 3600)))
    assert judged(over, where, Call(), AT)[1].is_open


def test_ban_is_not_judged_while_the_line_is_unknown() -> None:
    law = book(FEDERAL, rule("US-AZ/mobile", Banned(), lines=frozenset({Line.MOBILE})))
    where = place("America/Phoenix", "US", "US-AZ")
    unknown = judged(law, where, Call(), AT)[1]
    assert (unknown.verdict, unknown.is_open) == ("not judged", True)
    assert unknown.why.startswith("not judged: line type unknown")
    assert judged(law, where, Call(lines=frozenset({Line.MOBILE})), AT)[-1].why == "such calls are banned"
    landline = frozenset({Line.RESIDENTIAL})
    assert [one.rule for one in judged(law, where, Call(lines=landline), AT)] == [FEDERAL]


def test_law_of_calls_received_asks_for_time_to_ring() -> None:
    law = book(rule("US/hours", hours(8, 21, received=True)))
    assert "leave time to ring" in judged(law, place("America/New_York"), Call(), AT)[0].why


def test_what_nobody_knows_is_closed_and_told() -> None:
    (unknown,) = judged(book(FEDERAL), place("Europe/Lisbon", "PT"), Call(), AT)
    assert (unknown.rule, unknown.verdict) == (None, "closed")
    assert unknown.why == "no rule is known that sets hours for such calls in PT on 2026-11-21"
    (nowhere,) = judged(book(FEDERAL), [], Call(), AT)
    assert (nowhere.zone, nowhere.is_open) == (None, False)


def test_weekday_without_an_opening_is_told_closed() -> None:
    law = book(rule("US/hours", hours(8, 21, range(4))))
    (closed,) = judged(law, place("America/New_York"), Call(), AT)
    assert closed.why == "Fridays closed; it is 20:15:00 on 2026-11-20 there"


def test_end_of_the_hours_is_closed_and_the_second_before_is_open() -> None:
    law, where = book(FEDERAL), place("UTC")
    (before,) = judged(law, where, Call(), instant("2026-11-20T20:59:59.999Z"))
    (end,) = judged(law, where, Call(), instant("2026-11-20T21:00Z"))
    assert (before.is_open, end.is_open) == (True, False)


def test_rule_that_is_not_in_force_is_not_told() -> None:
    ended = date(2026, 11, 20)
    ban = rule("US-AZ/mobile", Banned(), lines=frozenset({Line.MOBILE}), ends=ended)
    law = book(FEDERAL, rule("US-AZ/hours", hours(8, 9), ends=ended), ban)
    assert [one.rule for one in judged(law, place("America/Phoenix", "US", "US-AZ"), Call(), AT)] == [FEDERAL]
