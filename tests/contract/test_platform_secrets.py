"""Secrets stand in no error, no representation and no log, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from urllib.parse import quote_plus

import pytest

from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.ports import PlatformError
from paceline.cxone.auth import Credentials, Style, token_of
from paceline.cxone.exchange import Answer
from paceline.cxone.failures import error_of
from paceline.cxone.transport import REMOVED
from paceline.primitives.ids import CampaignId
from tests.contract.emulated import SECRET, Emulated

PAUSE = Pause(campaign=CampaignId("ACTIVE"))
KINDS = ("reset_before", "reset_after", "truncate", "malformed", "expired_token")


@dataclass(frozen=True)
class Case:
    kind: str
    path: str
    style: Style


CASES = [Case(kind, path, style) for kind in KINDS for path in ("/oauth/token", "/api/*") for style in Style]


TOKEN = "emu" + "_"
"""How every token of the platform begins."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_secret_is_told_when_it_fails(emulated: Emulated, caplog: pytest.LogCaptureFixture, case: Case) -> None:
    caplog.set_level(logging.DEBUG)
    emulated.order(case.kind, path=case.path, times=None)
    transport = emulated.transport(style=case.style, attempts=2)
    platform = emulated.platform(style=case.style, attempts=2)
    told = [repr(transport), repr(platform), repr(vars(transport))]
    try:
        platform.apply(platform.prepare(PAUSE, None), idempotency_key="k")
    except PlatformError as error:
        told += [str(error), repr(error), error.report(), repr(vars(error)), *traceback.format_exception(error)]
    text = "\n".join([*told, caplog.text, *(str(vars(record)) for record in caplog.records)])
    for secret in (SECRET, quote_plus(SECRET), TOKEN):
        assert secret not in text


def test_wrong_secret_is_not_said_back(emulated: Emulated, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = f"wrong-{len(SECRET)}-mine"  # a traceback quotes this line, but not what it makes
    with pytest.raises(PlatformError) as caught:
        emulated.platform(secret=wrong).read(CampaignId("ACTIVE"))
    assert wrong not in "".join([*traceback.format_exception(caught.value), caplog.text, repr(caught.value)])


def test_platform_that_says_a_secret_back_is_not_quoted(emulated: Emulated) -> None:
    transport = emulated.transport()
    body = f'{{"code": "forbidden", "message": "the secret {SECRET} may not"}}'.encode()
    answer = Answer(status=403, headers={"icstatusdescription": SECRET}, body=body)
    cleared = transport._cleared(answer, None)  # noqa: SLF001  # the emulator cannot be made to say a secret back
    error = error_of(cleared, operation="pause", now=transport.now())
    assert error.message == f"the secret {REMOVED} may not"


def test_credentials_and_tokens_do_not_show_themselves() -> None:
    credentials = Credentials(client_id="me", client_secret="hush-hush")
    token = token_of(Answer(status=200, body=b'{"access_token": "hush-token", "expires_in": 60}'), 0)
    assert "hush" not in f"{credentials!r} {credentials} {token!r} {token}"
