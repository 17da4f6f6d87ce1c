"""The token that every request carries: asked for once, kept, and renewed before it ends.

Rules:
* A token is renewed early, by max(30 s, a tenth of its lifetime), but never by more than half of its lifetime.
* Its age is counted by a clock that nobody can set, from before it was asked for.
* However many threads want a new one, one asks; the others take what it got, its failure too.
* A renewal that fails while the old token still lives is no failure yet: the old one is used on.
* A token that was refused is renewed at once, unless another thread has done so already.
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from paceline.campaign.change import Lane
from paceline.campaign.ports import PlatformError, UnexpectedAnswerError
from paceline.cxone.exchange import Answer, Repeat, Request
from paceline.primitives.clock import Clock

OPERATION = "ask for a token"
LONGEST_LIFETIME_S = 10 * 366 * 86_400
"""What a longer lifetime is taken for; a platform may report any number."""
_SECOND = 1_000_000_000


class Style(Enum):
    """Where the credentials stand in a token request."""

    FORM = "form"
    BASIC = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a token is asked for with; the secret is in no representation of it. An empty `scope` asks for all."""

    client_id: str
    client_secret: str = field(repr=False)
    style: Style = Style.FORM
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token, in nanoseconds of the running clock; its text is in no representation of it."""

    text: str = field(repr=False)
    renew_at_ns: int
    ends_at_ns: int


def token_request(credentials: Credentials, target: str) -> Request:
    """Return the request for a token; asking twice has no effect that matters."""
    form = {"grant_type": "client_credentials"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if credentials.style is Style.BASIC:
        pair = f"{credentials.client_id}:{credentials.client_secret}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode('ascii')}"
    else:
        form |= {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
    if credentials.scope:
        form["scope"] = credentials.scope
    return Request(
        operation=OPERATION,
        method="POST",
        target=target,
        headers=headers,
        body=urlencode(form).encode("ascii"),
        lane=Lane.STOPPING,
        repeat=Repeat.SAFE,
    )


def margin_s(lifetime_s: float) -> float:
    """Return how long before its end a token is renewed, in seconds.

    >>> margin_s(3600), margin_s(120), margin_s(40)
    (360.0, 30.0, 20.0)
    """
    return min(max(30.0, lifetime_s / 10), lifetime_s / 2)


def token_of(answer: Answer, asked_at_ns: int) -> Token:
    """Return the token in the answer to a token request that was sent at `asked_at_ns`.

    Raises:
        UnexpectedAnswerError: when there is none, or it does not say how long it lives.
    """
    try:
        told: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    fields = told if isinstance(told, dict) else {}
    text, lifetime = fields.get("access_token"), fields.get("expires_in")
    if not _fits_a_header(text) or not isinstance(lifetime, int) or isinstance(lifetime, bool):
        # What came is not shown: it may hold a token.
        raise UnexpectedAnswerError(
            "the answer holds no access_token with a whole number of seconds in expires_in",
            operation=OPERATION,
            status=answer.status,
            request_id=answer.request_id,
            hint="check the token address",
        )
    lifetime_s = float(min(max(lifetime, 0), LONGEST_LIFETIME_S))
    ends_at_ns = asked_at_ns + round(lifetime_s * _SECOND)
    return Token(text=str(text), renew_at_ns=ends_at_ns - round(margin_s(lifetime_s) * _SECOND), ends_at_ns=ends_at_ns)


def _fits_a_header(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable() and text.strip() == text != ""


class TokenSource:
    """The tokens of one client; it may be used by many threads."""

    def __init__(self, fetch: Callable[[], Answer], clock: Clock) -> None:
        """Start without a token; `fetch` sends a token request and returns its answer, or raises a `PlatformError`."""
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._held: Token | None = None
        self._failures = 0
        self._failure: PlatformError | None = None

    def token(self) -> Token:
        """Return a token that lives, from memory or a new one.

        Raises:
            PlatformError: when a new one is needed and cannot be had.
        """
        held = self._held
        if held is not None and self._clock.running_ns() < held.renew_at_ns:
            return held
        return self._renewed(held)

    def instead_of(self, refused: Token) -> Token:
        """Return another token than the one that was refused.

        Raises:
            PlatformError: when a new one cannot be had.
        """
        return self._renewed(refused, refused=True)

    def _renewed(self, seen: Token | None, *, refused: bool = False) -> Token:
        failures = self._failures
        with self._lock:
            held = self._held
            if held is not None and held is not seen:
                return held
            if self._failures != failures and self._failure is not None:
                return self._old_one(seen, self._failure, refused=refused)
            asked_at_ns = self._clock.running_ns()
            try:
                self._held = token_of(self._fetch(), asked_at_ns)
            except PlatformError as failure:
                self._failures += 1
                self._failure = failure
                return self._old_one(seen, failure, refused=refused)
            return self._held

    def _old_one(self, seen: Token | None, failure: PlatformError, *, refused: bool) -> Token:
        """Return the old token while it lives and was not refused; else fail as the renewal did."""
        if seen is not None and not refused and self._clock.running_ns() < seen.ends_at_ns:
            return seen
        raise failure
