"""Empty parameters of a token form, and bodies that come encoded."""

from __future__ import annotations

import gzip

import pytest

from tests.emulator.caller import Caller

PATH = "/api/v2/outbound/campaigns/CMP-ACTIVE"


def test_empty_form_credentials_beside_basic_are_absent_ones(platform: Caller) -> None:
    form = {"grant_type": "client_credentials", "client_id": "", "client_secret": ""}
    answer = platform.http.post("/oauth/token", data=form, auth=("acme-all", "acme-all-secret"))
    assert answer.status_code == 200


def test_empty_grant_type_is_a_missing_one(platform: Caller) -> None:
    form = {"grant_type": "", "client_id": "acme-all", "client_secret": "acme-all-secret"}
    answer = platform.http.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
def test_encoded_body_is_refused_and_changes_nothing(platform: Caller, coding: str) -> None:
    before = platform.campaign("CMP-ACTIVE")
    packed = gzip.compress(b'{"status": "PAUSED"}')
    answer = platform.send("PATCH", PATH, body=packed, headers={"Content-Encoding": coding})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert platform.campaign("CMP-ACTIVE") == before


def test_identity_is_no_encoding(platform: Caller) -> None:
    headers = {"Content-Encoding": "identity"}
    assert platform.send("PATCH", PATH, body=b'{"status": "PAUSED"}', headers=headers).status_code == 200
