"""A checkpoint keeps its text, and is nothing without its signature."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from paceline.ledger.failures import CheckpointError
from paceline.ledger.keys import Signer, key_id
from paceline.primitives.ids import TenantId

AT = datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)
SIGNER = Signer.fresh()
KEYS = {SIGNER.id: SIGNER.public}


def signed(tenant: str = "acme", size: int = 42) -> Checkpoint:
    return sign_checkpoint(tenant=TenantId(tenant), size=size, head="0a" * 32, root="0b" * 32, at=AT, signer=SIGNER)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 10**17))
def test_text_is_read_back_as_it_was_signed(tenant: str, size: int) -> None:
    checkpoint = signed(tenant, size)
    assert read_checkpoint(checkpoint.text, keys=KEYS) == checkpoint
    assert checkpoint.text.count("\n") == 8


@given(st.data())
def test_text_with_another_letter_is_refused(data: st.DataObject) -> None:
    text = signed().text
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from('0123456789abcdefgQT \n"=+/') | st.characters())
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(CheckpointError):
            read_checkpoint(changed, keys=KEYS)


def test_key_that_is_not_known_is_refused() -> None:
    with pytest.raises(CheckpointError, match=SIGNER.id):
        read_checkpoint(signed().text, keys={})
    with pytest.raises(CheckpointError, match="signature"):
        read_checkpoint(signed().text, keys={SIGNER.id: Signer.fresh().public})


def test_key_is_made_once_in_a_file_for_its_owner_only(tmp_path: Path) -> None:
    place = tmp_path / "ledger.key"
    first, second = Signer.at(place), Signer.at(place)
    assert (first.id, first.public) == (second.id, second.public)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert first.id == key_id(first.public)


def test_private_key_does_not_show_itself() -> None:
    secret = SIGNER.to_pem().decode().splitlines()[1]
    assert secret not in repr(SIGNER)
    assert SIGNER.id in repr(SIGNER)


def test_file_that_holds_no_key_is_refused_and_not_repeated() -> None:
    with pytest.raises(CheckpointError) as caught:
        Signer.from_pem(b"hunter2")
    assert "hunter2" not in caught.value.report()
