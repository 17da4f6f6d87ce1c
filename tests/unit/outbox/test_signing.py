"""Signatures: those of Standard Webhooks, two while an old secret is valid, and secrets that no text shows."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from paceline.outbox.signing import Secrets, fresh_secret, signed_headers
from paceline.primitives.clock import MachineClock

SECOND = 1_000_000_000
BODY = '{"data":{"reason":"Überlast"},"id":"msg_1"}'


def verified(secret: str, headers: dict[str, str], body: str = BODY) -> bool:
    try:
        Webhook(secret).verify(body.encode(), headers)
    except WebhookVerificationError:
        return False
    return True


def test_signature_verifies_with_the_reference_package() -> None:
    secrets = Secrets(current=fresh_secret())
    headers = signed_headers("msg_1", BODY, secrets=secrets, at_ns=MachineClock().wall_ns())
    assert verified(secrets.current, headers)
    assert not verified(secrets.current, headers, BODY.replace("msg_1", "msg_2"))
    assert not verified(secrets.current, {**headers, "webhook-id": "msg_2"})
    assert not verified(fresh_secret(), headers)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_signed_second_is_that_of_utc_wherever_the_machine_stands(zone: str) -> None:
    code = (
        "from paceline.outbox.signing import Secrets, signed_headers\n"
        "secrets = Secrets(current='whsec_c2VjcmV0')\n"
        "print(signed_headers('msg_1', '{}', secrets=secrets, at_ns=1_795_000_000_999_999_999))"
    )
    asked = subprocess.run(  # noqa: S603 - this interpreter, and code of ours
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, "TZ": zone}
    )
    assert "'webhook-timestamp': '1795000000'" in asked.stdout
    plain = signed_headers("msg_1", "{}", secrets=Secrets(current="whsec_c2VjcmV0"), at_ns=1_795_000_000 * SECOND)
    assert asked.stdout.strip() == str(plain)


def test_both_secrets_sign_until_the_old_one_is_over() -> None:
    now_ns = MachineClock().wall_ns()
    before = Secrets(current=fresh_secret())
    after = before.rotated(now_ns=now_ns, overlap_s=60)
    assert after.current != before.current
    both = signed_headers("msg_1", BODY, secrets=after, at_ns=now_ns)
    assert len(both["webhook-signature"].split(" ")) == 2
    assert verified(before.current, both)
    assert verified(after.current, both)
    alone = signed_headers("msg_1", BODY, secrets=after, at_ns=now_ns + 60 * SECOND)
    assert verified(after.current, alone)
    assert not verified(before.current, alone)


def test_secret_of_two_rotations_ago_is_valid_no_more() -> None:
    first = Secrets(current=fresh_secret())
    third = first.rotated(now_ns=0).rotated(now_ns=1)
    assert first.current not in third.valid(2)


def test_secrets_are_long_differ_and_stand_in_no_text() -> None:
    drawn = {fresh_secret() for _ in range(50)}
    assert len(drawn) == 50
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"))) == 32 for secret in drawn)
    secrets = Secrets(current=fresh_secret()).rotated(now_ns=0)
    assert "whsec_" not in repr(secrets) + str(secrets)
