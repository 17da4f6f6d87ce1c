"""Secrets: 256 bits each, told apart by their forms, kept as a hash that an independent tool computes as well."""

from __future__ import annotations

import subprocess

from hypothesis import given
from hypothesis import strategies as st

from paceline.control.access import secret_words as words

KEY_LENGTH = len("pk_0123456789ab_") + 43


def test_secrets_are_never_the_same_and_have_256_bits_behind_their_form() -> None:
    ids = {words.fresh_key_id() for _ in range(50)}
    keys = {words.fresh_key_secret(one) for one in ids}
    others = {words.fresh_link() for _ in range(50)} | {words.fresh_cookie() for _ in range(50)}
    assert (len(ids), len(keys), len(others)) == (50, 50, 100)
    assert {len(one) for one in keys} == {KEY_LENGTH}
    assert {len(one) for one in others} == {3 + 43}
    assert {words.key_id_in(one) for one in keys} == ids
    assert all(words.is_key_id(one) for one in ids)


def test_each_secret_is_taken_for_what_it_is_only() -> None:
    key, link, cookie = words.fresh_key_secret(words.fresh_key_id()), words.fresh_link(), words.fresh_cookie()
    assert [words.is_link(one) for one in (key, link, cookie)] == [False, True, False]
    assert [words.is_cookie(one) for one in (key, link, cookie)] == [False, False, True]
    assert [words.key_id_in(one) == words.NOBODY for one in (key, link, cookie)] == [False, True, True]


@given(st.text())
def test_any_text_has_a_hash_and_is_no_secret(text: str) -> None:
    assert len(words.digest_of(text)) == 64
    assert len(words.page_token(text)) == 43
    assert words.key_id_in(text) == words.NOBODY
    assert not any(fits(text) for fits in (words.is_link, words.is_cookie, words.is_key_id))


@given(st.text(), st.text())
def test_same_means_equal(one: str, other: str) -> None:
    assert words.is_same(one, other) == (one == other)
    assert words.is_same(one, one)


def test_lone_surrogates_are_text_like_any_other() -> None:
    assert words.key_id_in("pk_\udc80") == words.NOBODY
    assert words.digest_of("\udc80") != words.digest_of("")
    assert not words.is_same("\udc80", "")


def test_what_is_kept_is_what_sha256sum_says() -> None:
    secret = words.fresh_key_secret(words.fresh_key_id())
    told = subprocess.run(["sha256sum"], input=secret, capture_output=True, text=True, check=True)  # noqa: S607  # any
    assert told.stdout.split()[0] == words.digest_of(secret)


def test_token_of_a_page_tells_nothing_of_its_cookie() -> None:
    cookie = words.fresh_cookie()
    token = words.page_token(cookie)
    assert token == words.page_token(cookie)
    assert token not in {cookie, words.digest_of(cookie), words.page_token(words.digest_of(cookie))}
    assert token != words.page_token(words.fresh_cookie())
