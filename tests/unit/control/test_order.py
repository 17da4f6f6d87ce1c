"""What an order expects of a campaign, and what becomes of it when that is over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.change import Lane
from paceline.control.order import OnConflict, Order
from paceline.ledger.entry import Actor
from paceline.primitives.ids import Version
from tests.unit.campaign.situations import seen

ADA = Actor(name="ada", known_by="test")


@pytest.mark.parametrize(
    ("written", "named", "fits"),
    [
        (None, None, True),
        ("42", "42", True),
        ('"42"', "42", True),
        ('W/"42"', "42", True),
        (' "42" ', "42", True),
        ("*", "*", False),
        ("43", "43", False),
        ("", "", False),
        ("042", "042", False),
    ],
)
def test_revision_is_told_as_a_number_or_as_a_tag(written: str | None, named: str | None, fits: bool) -> None:
    order = Order(actor=ADA, if_revision=written)
    assert order.named_revision == named
    assert order.expects(seen(version=Version("42"), revision=42)) is (fits or written == "*")


@given(number=st.integers(min_value=0, max_value=10**15))
def test_every_form_of_a_revision_names_it_and_no_other(number: int) -> None:
    for written in (f"{number}", f'"{number}"', f'W/"{number}"'):
        order = Order(actor=ADA, if_revision=written)
        assert order.expects(seen(version=Version(str(number)), revision=number))
        assert not order.expects(seen(version=Version(str(number + 1)), revision=number + 1))


def test_tag_is_expected_where_the_revision_is_another_word() -> None:
    observed = seen(version=Version("abc"), revision=7)
    assert Order(actor=ADA, if_revision='"abc"').expects(observed)
    assert Order(actor=ADA, if_revision="7").expects(observed)
    assert not Order(actor=ADA, if_revision="8").expects(observed)


@pytest.mark.parametrize(
    ("asked", "lane", "again"),
    [
        (None, Lane.STOPPING, True),
        (None, Lane.CHANGING, False),
        (OnConflict.REPORT, Lane.STOPPING, False),
        (OnConflict.REPORT, Lane.CHANGING, False),
        (OnConflict.REJUDGE, Lane.STOPPING, True),
        (OnConflict.REJUDGE, Lane.CHANGING, True),
    ],
)
def test_stop_is_judged_again_unless_it_is_to_report(asked: OnConflict | None, lane: Lane, again: bool) -> None:
    assert Order(actor=ADA, on_conflict=asked).rejudges(lane) is again
