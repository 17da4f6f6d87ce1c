"""Contact lists as people have them: names of columns, delimiters, bad rows; no row is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.compliance.call import Purpose
from paceline.compliance.contact_list import (
    MOST_LINES,
    BadRow,
    Contact,
    ContactList,
    ContactListError,
    region_code,
)


def read(text: str, **said: str) -> list[Contact | BadRow]:
    return list(ContactList(io.StringIO(text, newline=""), said=said))


def contact(row: int, number: str, **more: str) -> Contact:
    purpose = None if "purpose" not in more else Purpose(more["purpose"])
    return Contact(row=row, number=number, zone=more.get("zone"), region=more.get("region"), purpose=purpose)


@pytest.mark.parametrize(
    "text",
    [
        "phone,state\n+18502340123,FL\n",
        "Name;Phone Number;State\nA;+18502340123;FL\n",
        "PHONE\tPROVINCE\n+18502340123\tFL\r\n",
        "region|number\nFL|+18502340123",
        '"Phone","Region Code"\n\n"+18502340123","FL"\n',
    ],
)
def test_columns_are_found_by_their_names(text: str) -> None:
    assert read(text) == [contact(2, "+18502340123", region="FL")]


def test_every_column_is_read() -> None:
    text = "number,timezone,region,purpose\n+18502340123,America/Chicago,US-FL,Debt\n"
    assert read(text) == [contact(2, "+18502340123", zone="America/Chicago", region="US-FL", purpose="debt")]


def test_column_that_somebody_names_counts() -> None:
    text = "phone,work\n+12125550123,+18502340123\n"
    assert read(text, number="work") == [contact(2, "+18502340123")]
    with pytest.raises(ContactListError, match="no column 'home'"):
        read(text, number="home")


def test_other_columns_of_numbers_are_told() -> None:
    columns = ContactList(["phone,mobile,name\n"]).columns
    assert (columns.number, columns.unread) == (0, ("mobile",))


@pytest.mark.parametrize("names", ["region,region", "region,state", "Region,region", "timezone,tz"])
def test_two_columns_that_say_where_a_person_is_are_no_list_before_one_is_named(names: str) -> None:
    what = "zone" if "tz" in names else "region"
    one, other = names.split(",")
    text = f"number,{names}\n+18502340123,US-FL,US-CA\n"
    with pytest.raises(ContactListError, match=f"several columns may hold the {what}: {names.replace(',', ', ')}"):
        read(text)
    if one == other:
        with pytest.raises(ContactListError, match="several columns"):
            read(text, **{what: one})
    else:
        assert read(text, **{what: other}) == [contact(2, "+18502340123", **{what: "US-CA"})]


def test_list_without_names_is_read_when_one_cell_is_a_number() -> None:
    assert read("+18502340123\n+12125550123\n") == [contact(1, "+18502340123"), contact(2, "+12125550123")]
    with pytest.raises(ContactListError, match="number or phone"):
        read("name,city\nA,B\n")


def test_empty_list_is_an_error() -> None:
    with pytest.raises(ContactListError, match="empty"):
        read("\n \n")


def test_bad_rows_are_told_by_row_and_reason() -> None:
    text = "phone,name,purpose\n,A,\n+18502340123,B\n+18502340123,C,gift\n\n+18502340123,D,info\n"
    found = read(text)
    assert [row.row for row in found] == [2, 3, 4, 5]
    reasons = [row.reason for row in found if isinstance(row, BadRow)]
    assert reasons == [
        "no number",
        "it has 2 cells, and the first row has 3",
        "unknown purpose: there are sales, debt, research and info",
    ]


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ('phone,name\n+18502340123,"A\n+12125550123,B\n', 2),
        ('phone,name\n+18502340123,"A\n+12125550123,B"\n+12125550123,B\n', 2),
        ('phone,name\n"+18502340123,A\n+12125550123,"B"\n', 2),
        ('phone,name\n+18502340123,"A"x\n+12125550123,B\n', 2),
    ],
)
def test_quote_that_is_not_closed_takes_no_other_row_along(text: str, bad: int) -> None:
    found = read(text)
    assert [each.row for each in found] == list(range(2, text.count("\n") + 1))
    assert isinstance(found[bad - 2], BadRow)
    kept = [each.number for each in found if isinstance(each, Contact)]
    assert len(kept) + sum(isinstance(each, BadRow) for each in found) == text.count("\n") - 1
    assert "+12125550123" in kept


def test_cell_over_several_lines_belongs_to_its_row() -> None:
    found = read('phone,address\n+18502340123,"1 Main St\nMiami"\n+12125550123,x\n')
    assert found == [contact(2, "+18502340123"), contact(3, "+12125550123")]


def test_quotes_that_are_never_closed_are_read_in_time_that_grows_with_the_list() -> None:
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        yield "number,note\n"
        for _ in range(3_000):
            taken += 1
            yield 'a","x\n'

    found = iter(ContactList(lines()))
    first = next(found)
    assert first == BadRow(
        row=2, reason=f"unreadable: it goes over more than {MOST_LINES} lines: a quote is not closed"
    )
    assert taken <= MOST_LINES + 1, "what follows is not read for one row"
    assert sum(1 for _ in found) == 2_999
    whole = "\n".join(["x"] * MOST_LINES)
    assert read(f'phone,address\n+18502340123,"{whole}"\n') == [contact(2, "+18502340123")]


@given(
    rows=st.lists(
        st.tuples(st.text(alphabet="+0123456789,;\"'\n ab", max_size=12), st.text(alphabet='ab",\n', max_size=6))
    )
)
def test_no_row_is_lost(rows: list[tuple[str, str]]) -> None:
    whole = io.StringIO()
    writer = csv.writer(whole)
    writer.writerow(("phone", "name"))
    writer.writerows(rows)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    found = read(whole.getvalue())
    # A row of several lines may come out as several bad ones; none comes out as less than one.
    assert [each.row for each in found] == list(range(2, len(found) + 2))
    assert len(found) >= len(filled)
    plain = {number.strip() for number, name in filled if number.strip() and "\n" not in number + name}
    assert plain <= {each.number for each in found if isinstance(each, Contact)}


def test_region_code_is_read_by_the_country_of_the_number() -> None:
    known = ("US-FL", "US-WA", "AU-WA", "CA-ON")
    assert region_code("us-fl", ["US"], known) == "US-FL"
    assert region_code("WA", ["AU"], known) == "AU-WA"
    assert region_code("FL", ["CA"], known) == "US-FL"
    assert region_code("WA", ["CA"], known) == "WA"
    assert region_code("Florida", ["US"], known) == "Florida"


def test_state_that_is_written_like_a_country_is_that_of_the_country_of_the_number() -> None:
    known = ("US-DE", "US-IN", "US-CA", "DE", "IN", "CA", "CA-ON", "US-NY")
    assert [region_code(cell, ["US"], known) for cell in ("DE", "in", "CA")] == ["US-DE", "US-IN", "US-CA"]
    assert [region_code(cell, ["DE"], known) for cell in ("DE", "IN")] == ["DE", "IN"]
    assert region_code("US-DE", ["DE"], known) == "US-DE"
    assert region_code("DE", ["CA", "US"], known) == "US-DE"
