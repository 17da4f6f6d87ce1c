"""The independent verifier finds everything that can be done to a ledger, and nothing in one that is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.ledger.chain import hash_of, start_of
from paceline.ledger.verify import Verification, proves, rows_of_export, verify
from tests.unit.ledger.ledgers import ACME, Made, made_ledger

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_ledger(tmp_path_factory.mktemp("ledger"))


def verified(made: Made, rows: Rows, *checkpoints: str) -> Verification:
    return verify(rows, tenant="acme", checkpoints=checkpoints, keys={made.new.id: made.new.public})


def copied(made: Made) -> Rows:
    return [dict(row) for row in made.rows]


def chained_anew(rows: Rows, first: int) -> None:
    """Give the rows from number `first` on new numbers and hashes, as somebody would who knows how."""
    for number, row in enumerate(rows[first - 1 :], start=first):
        row["sequence"] = number
        row["previous"] = rows[number - 2]["hash"] if number > 1 else start_of(ACME)
        row["hash"] = hash_of(tenant=ACME, sequence=number, previous=row["previous"], body=row["body"])


def test_whole_ledger_is_found_whole(made: Made) -> None:
    found = verified(made, made.rows, made.middle, made.last)
    assert (found.ok, found.entries, found.first_bad, found.head) == (True, len(made.rows), None, made.head)
    assert found.faults == ()


def test_export_is_found_whole(made: Made) -> None:
    found = verified(made, list(map(dict, rows_of_export(made.lines))), made.last)
    assert (found.ok, found.entries, found.head) == (True, len(made.rows), made.head)


def test_empty_ledger_is_whole() -> None:
    found = verify([], tenant="acme", end=(0, start_of(ACME)))
    assert (found.ok, found.entries, found.head) == (True, 0, start_of(ACME))


@given(data=st.data())
def test_every_edit_of_a_column_is_found_where_it_is(made: Made, data: st.DataObject) -> None:
    rows = copied(made)
    place = data.draw(st.integers(1, len(rows)))
    column = data.draw(st.sampled_from(sorted(rows[0])))
    before = rows[place - 1][column]
    other = st.text() | st.integers() | st.none() | st.sampled_from([row[column] for row in made.rows])
    rows[place - 1][column] = data.draw(other.filter(lambda value: (type(value), value) != (type(before), before)))
    assert verified(made, rows).first_bad == place


@given(data=st.data())
def test_every_edit_of_one_letter_of_a_body_is_found_where_it_is(made: Made, data: st.DataObject) -> None:
    rows = copied(made)
    place = data.draw(st.integers(1, len(rows)))
    body = rows[place - 1]["body"]
    letter = data.draw(st.integers(0, len(body) - 1))
    new = data.draw(st.characters().filter(lambda other: other != body[letter]))
    rows[place - 1]["body"] = body[:letter] + new + body[letter + 1 :]
    assert verified(made, rows).first_bad == place


@pytest.mark.parametrize("letter", ["\ud800", "\x00"])
def test_letter_that_no_text_can_hold_does_not_pass_for_another(made: Made, letter: str) -> None:
    rows = copied(made)
    rows[1]["body"] = rows[1]["body"].replace("?", letter)
    assert verified(made, rows).first_bad == 2


@given(data=st.data())
def test_edit_with_a_new_hash_is_found_by_the_row_after_it(made: Made, data: st.DataObject) -> None:
    rows = copied(made)
    place = data.draw(st.integers(1, len(rows) - 1))
    row = rows[place - 1]
    row["body"] = row["body"].replace('"v":1', '"v":2')
    row["hash"] = hash_of(tenant=ACME, sequence=place, previous=row["previous"], body=row["body"])
    assert verified(made, rows).first_bad == place


@given(data=st.data())
def test_every_deletion_is_found_where_it_is(made: Made, data: st.DataObject) -> None:
    rows = copied(made)
    first = data.draw(st.integers(1, len(rows) - 1))
    last = data.draw(st.integers(first, len(rows) - 1))
    del rows[first - 1 : last]
    assert verified(made, rows).first_bad == first
    for number, row in enumerate(rows, start=1):
        row["sequence"] = number
    assert verified(made, rows).first_bad == first


@given(data=st.data())
def test_every_insertion_is_found(made: Made, data: st.DataObject) -> None:
    rows = copied(made)
    place = data.draw(st.integers(1, len(rows)))
    rows.insert(place - 1, dict(data.draw(st.sampled_from(made.rows))))
    assert verified(made, rows).first_bad in {place, place + 1}  # a row said twice: either copy
    previous = rows[place - 2]["hash"] if place > 1 else start_of(ACME)
    fitting = rows[place - 1] | {"sequence": place, "previous": previous}
    fitting["hash"] = hash_of(tenant=ACME, sequence=place, previous=previous, body=fitting["body"])
    rows[place - 1] = fitting
    assert verified(made, rows).first_bad in {place, place + 1}


@given(data=st.data())
def test_every_reordering_is_found_where_it_begins(made: Made, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(made.rows))).filter(lambda order: order != sorted(order)))
    first = next(number for number, place in enumerate(order, start=1) if place != number - 1)
    rows = [dict(made.rows[place]) for place in order]
    assert verified(made, rows).first_bad == first
    for number, row in enumerate(rows, start=1):
        row["sequence"] = number
    assert verified(made, rows).first_bad == first


@given(data=st.data())
def test_every_truncation_is_found_against_a_checkpoint_and_by_the_head(made: Made, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, len(made.rows) - 1))
    rows = made.rows[:left]
    assert verified(made, rows).ok
    found = verify(rows, tenant="acme", checkpoints=[made.last], keys={made.new.id: made.new.public})
    assert (found.ok, found.first_bad, found.entries) == (False, left + 1, left)
    by_head = verify(rows, tenant="acme", end=(len(made.rows), made.head))
    assert (by_head.ok, by_head.first_bad) == (False, left + 1)


@given(data=st.data())
def test_ledger_written_anew_is_found_against_a_checkpoint(made: Made, data: st.DataObject) -> None:
    rows = copied(made)
    place = data.draw(st.integers(1, len(rows)))
    rows[place - 1]["body"] = rows[place - 1]["body"].replace('"v":1', '"v":2')
    chained_anew(rows, place)
    assert verified(made, rows).ok
    found = verified(made, rows, made.middle, made.last)
    assert not found.ok
    # Nothing tells more than between which checkpoints it was: the first row that none vouches for is named.
    assert found.first_bad == (1 if place <= 11 else 12)


@pytest.mark.parametrize("number", [1, 2])
def test_forged_checkpoint_is_told_from_a_bad_ledger(made: Made, number: int) -> None:
    lines = made.last.splitlines(keepends=True)
    forged = {
        1: "".join(lines).replace(f"size {len(made.rows)}", "size 3"),
        2: made.last.replace(lines[-1], made.middle.splitlines(keepends=True)[-1]),
    }[number]
    found = verified(made, made.rows, forged)
    assert (found.ok, found.first_bad) == (False, None)
    assert "signature" in found.faults[0].what


def test_key_that_nobody_trusts_is_named(made: Made) -> None:
    found = verify(made.rows, tenant="acme", checkpoints=[made.last], keys={})
    assert (found.ok, found.first_bad) == (False, None)
    assert made.new.id in found.faults[0].what


def test_rotation_carries_trust_from_either_key_to_the_other(made: Made) -> None:
    for signer in (made.old, made.new):
        keys = {signer.id: signer.public}
        assert verify(made.rows, tenant="acme", checkpoints=[made.middle, made.last], keys=keys).ok


def test_rotation_that_the_old_key_did_not_sign_is_found(made: Made) -> None:
    rows = copied(made)
    place = len(rows) - 1
    document = json.loads(rows[place - 1]["body"])
    signature = document["details"]["signature"]
    document["details"]["previous"]["signature"] = signature
    rows[place - 1]["body"] = json.dumps(document)
    chained_anew(rows, place)
    found = verified(made, rows)
    assert found.first_bad == place
    assert "not signed" in found.faults[0].what


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.update(body=row["body"][:-1] + ',"v":1}'),
        lambda row: row.update(body="[]"),
        lambda row: row.update(body="not JSON"),
    ],
    ids=["a key twice", "no object", "no JSON"],
)
def test_body_that_is_none_is_found_though_its_hash_is_right(
    made: Made, change: Callable[[dict[str, Any]], None]
) -> None:
    rows = copied(made)
    change(rows[6])
    chained_anew(rows, 7)
    assert verified(made, rows).first_bad == 7


def test_rows_in_an_impossible_order_are_found_though_the_chain_is_right(made: Made) -> None:
    rows = copied(made)
    closing = next(row for row in rows if row["step"] == "closed")
    rows.append(dict(closing))
    chained_anew(rows, 2)
    found = verified(made, rows)
    assert found.first_bad == len(rows)
    assert "closed already" in found.faults[0].what


def test_ledger_of_another_tenant_is_found(made: Made) -> None:
    assert verify(made.rows, tenant="other").first_bad == 1


def test_lines_that_hold_no_row_are_found(made: Made) -> None:
    for line in ("", "[]", "{}", "nonsense"):
        lines = [*made.lines[:4], line, *made.lines[4:]]
        assert verify(rows_of_export(lines), tenant="acme").first_bad == 5


@given(st.dictionaries(st.sampled_from(["rows", "size", "root"]), st.none() | st.integers() | st.text()))
def test_what_is_no_proof_proves_nothing(proof: dict[str, Any]) -> None:
    assert not proves(proof, root="00" * 32)
