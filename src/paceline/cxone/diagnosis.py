"""What the platform says when it is asked once, without the patience of `transport`: for whoever looks for a cause.

Asked, in this order, each at most once and nothing that changes anything:

1. The API, without a token: is it there, and how does it refuse who brings none?
2. The token endpoint, with our credentials.
3. What the token says, at the host that gave it: `/api/v2/oauth/tokeninfo`. It is outside the platform's request limit.
4. The API, with the token. This one counts, so it takes a turn in the throttle, and is left out when none is free.
5. Where the platform's time is not ours: the API without a token once more, a second later.

No secret is in what comes back: answers are cleared of it. `symptoms` judges.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, urlsplit
from urllib.request import getproxies, proxy_bypass

from paceline.campaign.change import Lane
from paceline.campaign.ports import PlatformError
from paceline.cxone.attempt import HttpClient, Limits
from paceline.cxone.auth import Credentials, Token, token_of, token_request
from paceline.cxone.exchange import Answer, Request
from paceline.cxone.throttle import Throttle
from paceline.cxone.transport import REMOVED, Address
from paceline.primitives.clock import WaitingClock, instant_of
from paceline.primitives.errors import PacelineError

TOKEN_INFO = "/api/v2/oauth/tokeninfo"  # noqa: S105 - an address
"""Where the platform tells what a token is good for."""
IN_STEP_S = 5.0
"""How far the platform's clock may be from ours, in seconds, before its speed is asked for."""
PAUSE_S = 1.0
"""How long after the first look at the platform's clock the second one is: its time comes in whole seconds."""
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one attempt: an answer, or why there is none.

    Attributes:
        url: where it went.
        proxy: name and port of the proxy that the environment names for it; None without.
        wall_ns: our civil time half way between question and answer.
        running_ns: the same moment by the running clock.
    """

    url: str
    proxy: str | None
    answer: Answer | None
    failure: PlatformError | None
    wall_ns: int
    running_ns: int

    @property
    def ahead_s(self) -> float | None:
        """How far the platform's clock is ahead of ours, in seconds, half a second more or less; None untold."""
        told = None if self.answer is None else self.answer.at
        return None if told is None else told.timestamp() + 0.5 - self.wall_ns / _SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """All that was seen; None where it was not asked.

    Attributes:
        bare: the API without a token.
        token: the token endpoint.
        is_token: whether its answer held a token.
        info: what the token says.
        api: the API with the token.
        later: the API without a token, after a pause.
        untried: why the API was not asked with the token although there is one.
    """

    bare: Seen
    token: Seen | None = None
    is_token: bool = False
    info: Seen | None = None
    api: Seen | None = None
    later: Seen | None = None
    untried: str | None = None


class UnreadableTrustError(PacelineError):
    """the certificates that are to be trusted cannot be read"""

    code = "unreadable-trust"


def looked_at(
    address: Address,
    credentials: Credentials,
    *,
    target: str,
    clock: WaitingClock,
    throttle: Throttle | None = None,
    limits: Limits | None = None,
) -> Looks:
    """Ask the platform, and return what it said.

    Args:
        address: where it is.
        credentials: ours.
        target: path and query of something that only reads, and that every client may read.
        clock: what time is told by, and the pause is waited by.
        throttle: who lets the one request go that the platform counts; nobody when None.
        limits: how long an attempt may take.

    Raises:
        UnreadableTrustError: `SSL_CERT_FILE` names no certificates, so nothing can be asked.
    """
    limits = limits or Limits()
    try:
        http = HttpClient(clock, limits)
    except OSError as wrong:
        named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
        raise UnreadableTrustError(
            f"the certificates of SSL_CERT_FILE cannot be read: {named}: {wrong.strerror or 'no certificates in PEM'}",
            hint="name a file of certificates in PEM, or remove the variable to trust the system's",
        ) from wrong
    try:
        return _Asking(http, address, credentials, clock=clock, limits=limits).all(target, throttle)
    finally:
        http.close()


class _Asking:
    def __init__(
        self, http: HttpClient, address: Address, credentials: Credentials, *, clock: WaitingClock, limits: Limits
    ) -> None:
        self._http = http
        self._address = address
        self._credentials = credentials
        self._clock = clock
        self._limits = limits
        pair = f"{credentials.client_id}:{credentials.client_secret}".encode()
        secret = credentials.client_secret
        self._secrets = {secret, quote_plus(secret), b64encode(pair).decode("ascii")} - {""}

    def all(self, target: str, throttle: Throttle | None) -> Looks:
        api = self._address.api.rstrip("/")
        request = Request(operation="look at the API", method="GET", target=target)
        looks = Looks(bare=self._once(request, f"{api}{target}"))
        if looks.bare.answer is None and origin_of(self._address.token) == origin_of(api):
            return looks
        asked_at_ns = self._clock.running_ns()
        answer = self._ask(token_request(self._credentials, self._address.token), self._address.token)
        token = self._token(answer, asked_at_ns)
        looks = replace(looks, token=self._cleared(_without_token(answer)), is_token=token is not None)
        if token is not None:
            bearer = {"Authorization": f"Bearer {token.text}"}
            info = Request(operation="ask what the token says", method="GET", target=TOKEN_INFO)
            looks = replace(looks, info=self._once(info, f"{origin_of(self._address.token)}{TOKEN_INFO}", bearer))
            if looks.bare.answer is not None:
                looks = self._with_token(looks, request, f"{api}{target}", bearer, throttle)
        ahead_s = looks.bare.ahead_s
        if ahead_s is None or abs(ahead_s) <= IN_STEP_S:
            return looks
        passed_s = (self._clock.running_ns() - looks.bare.running_ns) / _SECOND
        self._clock.wait(max(PAUSE_S - passed_s, 0.0))
        return replace(looks, later=self._once(request, f"{api}{target}"))

    def _with_token(
        self, looks: Looks, request: Request, url: str, bearer: Mapping[str, str], throttle: Throttle | None
    ) -> Looks:
        try:
            wait_s = 0.0 if throttle is None else throttle.take(Lane.READING)
            if wait_s > 0:
                return replace(looks, untried=f"no request of ours may go for {wait_s:.1f} s")
            seen = self._once(request, url, bearer)
            answer = seen.answer
            if throttle is not None and answer is not None and answer.status == 429:
                # Whoever asks next is told, for the platform's word counts for all of us.
                throttle.push(answer.retry_after_s(instant_of(seen.wall_ns)) or 0.0)
        except PacelineError as wrong:
            return replace(looks, untried=f"the throttle cannot be asked: {wrong.message}")
        return replace(looks, api=seen)

    def _token(self, seen: Seen, asked_at_ns: int) -> Token | None:
        if seen.answer is None or not 200 <= seen.answer.status < 300:
            return None
        try:
            token = token_of(seen.answer, asked_at_ns)
        except PlatformError:
            return None
        self._secrets.add(token.text)
        return token

    def _once(self, request: Request, url: str, headers: Mapping[str, str] | None = None) -> Seen:
        return self._cleared(self._ask(request, url, headers))

    def _ask(self, request: Request, url: str, headers: Mapping[str, str] | None = None) -> Seen:
        answer, failure = None, None
        wall_ns, began_ns = self._clock.wall_ns(), self._clock.running_ns()
        try:
            answer = self._http.attempt(request, url, dict(headers or {}), within_s=self._limits.attempt_s)
        except PlatformError as wrong:
            failure = wrong
        half_ns = (self._clock.running_ns() - began_ns) // 2
        return Seen(
            url=url,
            proxy=proxy_of(url),
            answer=answer,
            failure=failure,
            wall_ns=wall_ns + half_ns,
            running_ns=began_ns + half_ns,
        )

    def _cleared(self, seen: Seen) -> Seen:
        """Return it without our secrets, should the platform have said them back."""
        answer = seen.answer
        if answer is None:
            return seen
        for secret in self._secrets:
            headers = {name: value.replace(secret, REMOVED) for name, value in answer.headers.items()}
            answer = replace(answer, headers=headers, body=answer.body.replace(secret.encode(), REMOVED.encode()))
        return replace(seen, answer=answer)


def _without_token(seen: Seen) -> Seen:
    """Return the answer to a token request without any token in it, readable or not by the rules of `auth`."""
    if seen.answer is None:
        return seen
    try:
        told = json.loads(seen.answer.body)
    except (ValueError, RecursionError):
        return seen
    kept = {name: told[name] for name in told if not name.endswith("_token")} if isinstance(told, dict) else {}
    return replace(seen, answer=replace(seen.answer, body=json.dumps(kept).encode()))


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def proxy_of(url: str) -> str | None:
    """Return name and port of the proxy that the environment names for an address, never its user; None without."""
    parts = urlsplit(url)
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}").netloc.rpartition("@")[2]
