"""The hash of a row, made here by hand from its definition."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from paceline.ledger.chain import hash_of, start_of
from paceline.primitives.ids import TenantId

ACME = TenantId("acme")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def test_hash_covers_what_the_definition_says() -> None:
    start = hashlib.sha256(b"paceline ledger start 1\nacme").hexdigest()
    assert start_of(ACME) == start
    covered = (
        b"paceline ledger row 1\n"
        + bytes([0, 0, 0, 0, 0, 0, 0, 4])
        + b"acme"
        + bytes([0, 0, 0, 0, 0, 0, 1, 2])
        + bytes.fromhex(start)
        + bytes([0, 0, 0, 0, 0, 0, 0, 10])
        + '{"a":"é"}'.encode()
    )
    expected = hashlib.sha256(covered).hexdigest()
    assert hash_of(tenant=ACME, sequence=258, previous=start, body='{"a":"é"}') == expected


@given(texts, texts, texts, texts)
def test_nothing_moves_from_the_tenant_into_the_body(tenant: str, body: str, other: str, text: str) -> None:
    start = start_of(ACME)
    one = hash_of(tenant=TenantId(tenant), body=body, sequence=1, previous=start)
    two = hash_of(tenant=TenantId(other), body=text, sequence=1, previous=start)
    assert (one == two) == ((tenant, body) == (other, text))


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_place_is_part_of_the_hash(one: int, two: int) -> None:
    hashes = [hash_of(tenant=ACME, sequence=place, previous=start_of(ACME), body="{}") for place in (one, two)]
    assert (hashes[0] == hashes[1]) == (one == two)
