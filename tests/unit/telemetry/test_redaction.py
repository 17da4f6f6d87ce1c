"""What was planted as a secret stands in no line, however it was logged."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.primitives.clock import ManualClock
from paceline.telemetry.logs import Form, bound, form_for, logger, logging_to
from paceline.telemetry.redaction import NUMBER, REMOVED, Redaction

CLIENT_SECRET = "s3cret & more+=% ü"
API_KEY = "pk_0123456789ab_" + "Zx9-_" * 8 + "abc"
COOKIE, LINK = "ps_" + "Qw7" * 14 + "z", "pl_" + "Rt5" * 14 + "y"
SIGNING = "whsec_" + "C2FtcGxlIHNlY3JldCBrZXk" + "="
BEARER = "emu_" + "9f8e7d6c5b4a"
WEB_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
PHONE, LOCAL_PHONE, PLAIN_PHONE = "+14155550132", "(415) 555-0132", "14155550132"
PLANTED = [CLIENT_SECRET, API_KEY, COOKIE, LINK, SIGNING, BEARER, WEB_TOKEN, PHONE, LOCAL_PHONE, PLAIN_PHONE]
HIDDEN_KEYS = (
    "authorization", "Authorization", "proxy-authorization", "cookie", "Set-Cookie", "password", "client_secret",
    "secret", "token", "access_token", "refresh-token", "api_key", "X-Api-Key", "signature", "csrf_token", "session",
)  # fmt: skip


@dataclass
class Carrier:
    """An object whose repr tells what it carries."""

    thing: str


def fail_with(secret: str) -> None:
    raise ValueError(f"cannot use {secret}")


def written(form: Form, say: Any, **options: Any) -> str:
    stream = io.StringIO()
    with logging_to(stream, form=form, clock=ManualClock(wall_ns=10**18), secrets=[CLIENT_SECRET], **options):
        say()
    return stream.getvalue()


def says_everything() -> None:
    log = logger()
    with bound(request="req-1", entry=17, campaign="CMP-12345", who=LOCAL_PHONE):
        for secret in PLANTED:
            for key in HIDDEN_KEYS:
                log.info("asked", **{key: secret})
            said = f"text with {secret} in it"
            log.info(said, told=[{"deep": (secret, {"x": Carrier(secret)})}], **{secret: 1})
            log.warning("a library", thing=Carrier(secret), raw=secret.encode())
            log.info("numbers", phone=secret, caller_number=secret)
            logging.getLogger("uvicorn.error").error("answered %s and %r", secret, Carrier(secret), extra={"e": secret})
            try:
                fail_with(secret)
            except ValueError:
                log.exception("failed")
                logging.getLogger("paceline.outbox").exception("failed for %s", secret)


@pytest.mark.parametrize("form", Form)
def test_planted_secrets_come_out_in_no_form(form: Form) -> None:
    text = written(form, says_everything)
    assert text.count("\n") > 100
    spellings = [*PLANTED, quote_plus(CLIENT_SECRET), json.dumps(CLIENT_SECRET)[1:-1], repr(CLIENT_SECRET.encode()),
                 API_KEY[16:], "s3cret"]  # fmt: skip
    assert [secret for secret in spellings if secret in text] == []
    assert "CMP-12345" in text


def test_line_of_json_tells_time_level_event_and_what_it_belongs_to() -> None:
    def say() -> None:
        with bound(request="req-1", entry=17, campaign="CMP-12345", nothing=None):
            logger().info("change ended", outcome="applied", total_ms=12.1, is_dry=False, after=None)

    (line,) = written(Form.JSON, say).splitlines()
    assert json.loads(line) == {
        "at": "2001-09-09T01:46:40.000Z", "level": "info", "event": "change ended", "outcome": "applied",
        "total_ms": 12.1, "is_dry": False, "after": None, "request": "req-1", "entry": 17, "campaign": "CMP-12345",
    }  # fmt: skip
    assert list(json.loads(line))[:3] == ["at", "level", "event"]


def test_what_was_bound_is_told_no_more_after_the_block() -> None:
    def say() -> None:
        with bound(request="req-1"):
            pass
        logger().info("later")

    assert "req-1" not in written(Form.JSON, say)


def test_line_break_in_what_is_logged_makes_no_second_line_of_json() -> None:
    text = written(Form.JSON, lambda: logger().info("named", name='evil\n{"level": "info", "event": "forged"}'))
    assert text.count("\n") == 1


def test_terminal_is_told_nothing_that_it_would_obey() -> None:
    evil = "\x1b]0;owned\x07\x1b[2Jname\u202e\nlevel=forged"

    def say() -> None:
        logger().info(evil, name=evil, **{evil: 1})
        try:
            fail_with(evil)
        except ValueError:
            logger().exception("failed")

    text = written(Form.TEXT, say)
    assert [sign for sign in ("\x1b", "\x07", "\u202e") if sign in text] == []
    assert text.splitlines()[0].count("forged") == 3


def test_positional_values_are_filled_in_and_redacted() -> None:
    text = written(Form.JSON, lambda: logger().info("asked %s with %s", "CMP-1", API_KEY))
    assert json.loads(text)["event"] == f"asked CMP-1 with pk_0123456789ab_{REMOVED}"


def test_less_than_the_level_is_not_written() -> None:
    def say() -> None:
        logger().debug("small")
        logging.getLogger("httpx2").info("each request")

    assert written(Form.JSON, say) == ""


def test_logging_is_as_before_when_the_block_is_over() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    with logging_to(io.StringIO(), form=Form.JSON):
        assert root.handlers != before[0]
    assert (root.handlers[:], root.level) == before


def test_stream_that_nobody_watches_gets_json() -> None:
    assert form_for(io.StringIO()) is Form.JSON


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Authorization: Bearer abc.def-ghi", f"Authorization: {REMOVED}"),
        ("Cookie: a=b; ps=secret\nHost: x", f"Cookie: {REMOVED}\nHost: x"),
        ("Authorization: Digest user=a, response=f00\r\nX: 1", f"Authorization: {REMOVED}\r\nX: 1"),
        ("{'authorization': 'Bearer abc', 'x': 1}", f"{{'authorization: {REMOVED}', 'x': 1}}"),
        ("sent Basic dXNlcjpwYXNz now", f"sent Basic {REMOVED} now"),
        ("postgresql+psycopg://ada:inv3nted@db.example.com/x", f"postgresql+psycopg://ada:{REMOVED}@db.example.com/x"),
        ("/hook?token=abc123&n=1", f"/hook?token={REMOVED}&n=1"),
        ("password: hunter2, user ada", f"password: {REMOVED}, user ada"),
        ("{'client_secret': 'zzz'}", f"{{'client_secret': '{REMOVED}'}}"),
        (f"key {API_KEY} used", f"key pk_0123456789ab_{REMOVED} used"),
        (f"called {PHONE} and {LOCAL_PHONE}", f"called {NUMBER} and {NUMBER}"),
        ("contact 4155550132 asked", f"contact {NUMBER} asked"),
        ("entry 17 of CMP-12345 at revision 43", "entry 17 of CMP-12345 at revision 43"),
        ("took 12.1 ms at 2026-06-15T17:00:00Z", "took 12.1 ms at 2026-06-15T17:00:00Z"),
        ("key pk_0123456789ab was revoked", "key pk_0123456789ab was revoked"),
        ("msg_0123456789abcdef0123456789abcdef", "msg_0123456789abcdef0123456789abcdef"),
    ],
)  # fmt: skip
def test_text_loses_its_secrets_and_keeps_the_rest(said: str, told: str) -> None:
    assert Redaction().text(said) == told


def test_number_under_a_key_that_speaks_of_numbers_goes() -> None:
    told = Redaction()(None, "info", {"event": "x", "phone_number": 4155550132, "number": 17, "port": 8080})
    assert told == {"event": "x", "phone_number": NUMBER, "number": 17, "port": 8080}


@given(st.text(min_size=4, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_named_secret_stands_in_no_text(secret: str, before: str, after: str) -> None:
    told = Redaction(secrets=[secret]).text(f"{before}{secret}{after}")
    assert secret not in told.replace(REMOVED, "").replace(NUMBER, "") or secret in f"{before}{after}"


@given(st.recursive(st.text(max_size=10) | st.integers() | st.none() | st.booleans(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=20))  # fmt: skip
def test_whatever_is_logged_is_rendered(value: Any) -> None:
    assert json.dumps(Redaction()(None, "info", {"event": "x", "value": value}))
