"""Whatever is said of millions at once is what the careful function says of one person."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - a seeded choice of cases

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.compliance.call import Call, Mode, Purpose
from paceline.compliance.decision import Decision, decide, decided
from paceline.compliance.geography.tables import area_codes
from paceline.compliance.locality import Locality, Standing, locate
from paceline.compliance.numbering import Numbering
from paceline.compliance.recipients import (
    MOST_GROUPS,
    NEVER,
    Groups,
    NoArraysError,
    Recipients,
    TooManyGroupsError,
)
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.intervals import seconds_of
from tests.unit.compliance.law_made import instant
from tests.unit.compliance.numbers_drawn import drawn

SALES = Call(purposes=frozenset({Purpose.SALES}))
INSTANTS = tuple(
    instant(text)
    for text in (
        "1969-12-31T23:59:59+00:00",  # the second before the first
        "2026-03-08T09:59:59+00:00",  # the clock springs forward in America
        "2026-03-29T01:00:00+00:00",  # in Europe
        "2026-04-04T21:30:00+00:00",  # and falls back in Australia
        "2026-07-04T16:00:00+00:00",  # Independence Day
        "2026-10-17T13:00:00+00:00",  # the day before Pennsylvania's hours change
        "2026-10-18T13:00:00+00:00",
        "2026-11-01T06:30:00+00:00",  # an hour that comes twice in New York
        "2026-11-20T13:59:59.750000+00:00",
        "2026-11-26T18:00:00+00:00",  # Thanksgiving
        "2026-12-25T10:00:00+00:00",
        "2027-02-28T23:59:59+00:00",
        "2031-06-15T15:00:00+00:00",  # beyond most calendars
    )
)


@pytest.fixture(scope="module")
def numbering() -> Numbering:
    return Numbering(the_rulebook())


def said_of_one(number: str, at: datetime, call: Call) -> tuple[bool, int]:
    return told(decide(the_rulebook(), number=number, at=at, call=call))


def told(decision: Decision) -> tuple[bool, int]:
    return decision.is_callable, NEVER if decision.next is None else seconds_of(decision.next)


def as_integers(numbers: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(number[1:]) for number in numbers], dtype=np.int64)


@pytest.mark.parametrize(("call", "seed"), [(Call(), 1), (SALES, 2)])
def test_twenty_thousand_get_the_verdicts_of_the_careful_function(numbering: Numbering, call: Call, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - the same cases each time
    begin = instant("2026-01-01T00:00:00+00:00")
    instants = [*INSTANTS, *(begin + timedelta(seconds=dice.randrange(500 * 86_400)) for _ in range(7))]
    everybody = Recipients(the_rulebook(), call=call, numbering=numbering)
    for at in instants:
        numbers = drawn(500, dice)
        before = len(everybody)
        everybody.add_numbers(as_integers(numbers))
        may_call, next_s = everybody.judge(at)
        cold, cold_next_s = everybody.judge_numbers(as_integers(numbers), at)
        said = [said_of_one(number, at, call) for number in numbers]
        assert list(zip(may_call[before:].tolist(), next_s[before:].tolist(), strict=True)) == said
        assert list(zip(cold.tolist(), cold_next_s.tolist(), strict=True)) == said
    assert len(everybody) == 10_000


def test_every_group_opens_and_closes_at_the_second(numbering: Numbering) -> None:
    numbers = {numbering.kind_of(number): number for number in drawn(3_000, Random(4))}  # noqa: S311 - the same cases
    everybody = Recipients(the_rulebook(), call=SALES, numbering=numbering)
    everybody.add_numbers(as_integers(list(numbers.values())))
    begin = instant("2026-11-20T00:00:00+00:00")
    places = [locate(number, rulebook=the_rulebook()) for number in numbers.values()]
    changes = 0
    # One question after the other, so that all are answered by the same open intervals.
    for half_hour in range(48):
        for at in (begin + timedelta(minutes=30 * half_hour, seconds=second) for second in (-1, 0)):
            may_call, next_s = everybody.judge(at)
            said = [told(decided(the_rulebook(), where, at, SALES)) for where in places]
            assert list(zip(may_call.tolist(), next_s.tolist(), strict=True)) == said
            changes += len(set(may_call.tolist()))
    assert len(numbers) > 80
    assert changes > 96


def test_every_area_code_is_where_the_careful_function_has_it(numbering: Numbering) -> None:
    for code in range(200, 1000):
        for rest in ("2340123", "5550199", "9119999", "0000000"):
            number = f"+1{code}{rest}"
            assert same_place(numbering.locate(number), locate(number, rulebook=the_rulebook())), number
    assert all(numbering.kind_of(f"+1{code}4567890") for code in area_codes())


@settings(max_examples=300, deadline=None)
@given(number=st.from_regex(r"\+(1|33|34|44|49|52|55|61|64|86|91|262|353|590)\d{2,12}", fullmatch=True))
def test_number_of_a_kind_is_where_the_careful_function_has_it(numbering: Numbering, number: str) -> None:
    alone = locate(number, rulebook=the_rulebook())
    assert same_place(numbering.locate(number), alone)
    # A yes never waits for somebody to ask.
    assert numbering.kind_of(number) or alone.standing is not Standing.LOCATED


def same_place(one: Locality, other: Locality) -> bool:
    if other.standing is not Standing.LOCATED:
        return (one.standing, one.why, one.places) == (other.standing, other.why, ())
    return (one.standing, one.places) == (other.standing, other.places)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    zone=st.sampled_from([None, "America/Los_Angeles", "Europe/London", "Asia/Tokyo", "Mars/Olympus"]),
    region=st.sampled_from([None, "US-FL", "CA-ON", "GB", "US-XX"]),
    purpose=st.sampled_from(Purpose),
)
def test_address_region_and_purpose_count_as_they_do_for_one(
    numbering: Numbering, seed: int, zone: str | None, region: str | None, purpose: Purpose
) -> None:
    law, call = the_rulebook(), Call(purposes=frozenset({purpose}), modes=frozenset({Mode.LIVE}))
    everybody = Recipients(law, call=SALES, numbering=numbering)
    (number,) = drawn(1, Random(seed))  # noqa: S311 - the same cases each time
    everybody.add(number, zone=zone, region=region, call=call)
    at = INSTANTS[seed % len(INSTANTS)]
    may_call, next_s = everybody.judge(at)
    one = decide(law, number=number, at=at, call=call, address_zone=zone, region=region)
    assert (may_call[0], next_s[0]) == told(one)


def test_roll_names_everybody_who_may_be_called_and_nobody_else(numbering: Numbering) -> None:
    everybody = Recipients(the_rulebook(), call=SALES, numbering=numbering)
    everybody.add_numbers(as_integers(drawn(5_000, Random(3))))  # noqa: S311 - the same cases each time
    roll = everybody.roll()
    for at in INSTANTS:
        chosen = roll.open_at(everybody.opens_s(at), seconds_of(at))
        may_call, _ = everybody.judge(at)
        assert sorted(roll.rows(chosen).tolist()) == may_call.nonzero()[0].tolist()
        assert chosen.contacts == int(may_call.sum())
        assert all(end < begin for (_, end), (begin, _) in zip(chosen.ranges, chosen.ranges[1:], strict=False))


def test_what_is_no_number_is_never_called(numbering: Numbering) -> None:
    everybody = Recipients(the_rulebook(), call=Call(), numbering=numbering)
    odd = np.array([0, -1, -18502340123, 1, 10**10, 10**15, 2**62, 18502340123], dtype=np.int64)
    may_call, next_s = everybody.judge_numbers(odd, instant("2026-11-20T18:00:00+00:00"))
    assert may_call.tolist() == [False] * 7 + [True]
    assert next_s.tolist()[:7] == [NEVER] * 7
    for text in ("", "+", "18502340123", "+1850234O123", "+１8502340123"):
        assert everybody.groups[everybody.add(text)].where.standing is Standing.MALFORMED


def test_nobody_is_nobody(numbering: Numbering) -> None:
    everybody = Recipients(the_rulebook(), call=Call(), numbering=numbering)
    may_call, next_s = everybody.judge(INSTANTS[0])
    assert (may_call.size, next_s.size, everybody.roll().order.size) == (0, 0, 0)


def test_old_zone_data_closes_everything(numbering: Numbering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzdata.IANA_VERSION", "2026e")
    everybody = Recipients(the_rulebook(), call=Call(), numbering=numbering)
    everybody.add("+18502340123")
    may_call, next_s = everybody.judge(instant("2026-11-20T15:00:00+00:00"))
    assert (may_call.tolist(), next_s.tolist()) == ([False], [NEVER])


def test_groups_hold_no_number(numbering: Numbering) -> None:
    everybody = Recipients(the_rulebook(), call=Call(), numbering=numbering)
    for number in ("+18502340123", "+1 850 234 0123", "+12912340123", "nonsense 8502340123"):
        group = everybody.groups[everybody.add(number, zone="Asia/Nowhere8502340123")]
        assert "2340123" not in repr(group)


def test_groups_have_an_end() -> None:
    groups = Groups()

    def made(number: int) -> Locality:
        return Locality(number=None, standing=Standing.LOCATED, why="made", zones=frozenset({f"Zone/{number}"}))

    for number in range(MOST_GROUPS):
        assert groups.of(made(number), SALES) == number
    with pytest.raises(TooManyGroupsError, match="65,536"):
        groups.of(made(0), Call())
    assert groups.of(made(7), SALES) == 7


def test_instant_without_an_offset_is_refused(numbering: Numbering) -> None:
    everybody = Recipients(the_rulebook(), call=Call(), numbering=numbering)
    with pytest.raises(ValueError, match="offset"):
        everybody.judge(datetime.fromisoformat("2026-11-20T15:00:00"))


WITHOUT = """
import sys
sys.modules["numba"] = None
from paceline.compliance.recipients import *
from paceline.compliance.shelf import the_rulebook
from paceline.compliance.call import Call
from datetime import datetime, UTC
everybody = Recipients(the_rulebook(), call=Call())
everybody.add("+18502340123")
try:
    everybody.judge(datetime(2026, 11, 20, tzinfo=UTC))
except NoArraysError as told:
    print(told, told.hint)
"""


def test_without_numba_the_error_says_what_to_install() -> None:
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", WITHOUT], check=True, capture_output=True, text=True
    )
    assert ran.stdout == "millions of recipients at once need numba install paceline[sim]\n"
    assert NoArraysError.code == "no-arrays"
