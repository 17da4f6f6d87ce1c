"""The one way to the platform: a token, a turn in the throttle, one attempt, and the decision to ask again.

Rules:
* Each attempt sends the whole body, takes its own turn, and is bounded in time; all attempts together are too.
* A 401 is answered by one new token and one repeat; it counts as no attempt, for nothing happened.
* What changes something is looked at once more by whoever sends it (`last_look`), after its turn, before each attempt.
* Whoever gets an error is told whether *any* attempt may have had its effect, not only the last.
* What is raised holds no secret: texts of the platform are cleared of them first.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from paceline.campaign.change import Lane
from paceline.campaign.ports import (
    Meter,
    NoAnswerError,
    PlatformError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from paceline.cxone.attempt import HttpClient, Limits
from paceline.cxone.auth import Credentials, Token, TokenSource, token_request
from paceline.cxone.breaker import Breakers, Tolerance
from paceline.cxone.exchange import Answer, Repeat, Request
from paceline.cxone.failures import error_of
from paceline.cxone.retry import Schedule, Wait, decision
from paceline.cxone.throttle import MemoryThrottle, Throttle, ThrottleAwayError
from paceline.primitives.chance import fresh_seed
from paceline.primitives.clock import MachineClock, WaitingClock, instant_of
from paceline.primitives.errors import PacelineError

TOLD_S = 2.0
"""A wait of so many seconds is told to whoever waits."""
REMOVED = "[removed]"
"""What stands where the platform said a secret back."""
_SECOND = 1_000_000_000
_HOST_DOWN = frozenset({502, 503, 504, 509, 529})
_meters: ContextVar[tuple[Meter, ...]] = ContextVar("paceline_meters", default=())
_looks: ContextVar[tuple[Callable[[], None], ...]] = ContextVar("paceline_looks", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the platform is: the API's origin without a path, and the complete address of its token endpoint."""

    api: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things may take: one attempt, all of them, and the turn in the throttle (seconds).

    `stopping` is how often and how long what stops is tried; None is as everything else.
    """

    limits: Limits = field(default_factory=Limits)
    schedule: Schedule = field(default_factory=Schedule)
    in_line_s: float = 600.0
    stopping: Schedule | None = None

    def schedule_of(self, lane: Lane) -> Schedule:
        """Return how often and how long a request of this lane is tried."""
        return self.stopping if lane is Lane.STOPPING and self.stopping is not None else self.schedule


@dataclass(slots=True)
class _Errand:
    """A request on its way: what its attempts came to so far. Time in line is taken out of `began_ns`."""

    request: Request
    began_ns: int
    schedule: Schedule
    attempt: int = 0
    doubt: bool = False
    renewed: bool = False

    def failed(self, error: PlatformError) -> PlatformError:
        """Return the error with the doubt that earlier attempts left; a copy, for threads may share one."""
        told = copy.copy(error)
        told.may_have_happened = self.doubt
        return told


class Transport:
    """Sends requests to one platform as one client; it may be used by many threads."""

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        *,
        clock: WaitingClock | None = None,
        throttle: Throttle | None = None,
        patience: Patience | None = None,
        tolerance: Tolerance | None = None,
        seed: Callable[[], int] = fresh_seed,
        notice: Callable[[str], None] = lambda _words: None,
        heard: Callable[[str | None, float], None] = lambda _code, _seconds: None,
    ) -> None:
        """Open nothing yet.

        Args:
            address: where the platform is.
            credentials: what tokens are asked for with.
            clock: what time-outs, waits and ages of tokens are counted by; the machine's when None.
            throttle: who lets requests go; one of this process alone, at the default allowance, when None.
            patience: how long things may take.
            tolerance: when a host that fails is left alone.
            seed: 64 bits of chance, for the spread of waits.
            notice: who hears, in words, what is waited for and how long; short waits are not told.
            heard: who counts attempts: the code of the error, None of an answer, and the seconds that it took.
        """
        self._notice = notice
        self._heard = heard
        self._clock = clock or MachineClock()
        self._throttle = throttle or MemoryThrottle(self._clock)
        self._patience = patience or Patience()
        self._breakers = Breakers(self._clock, tolerance)
        self._seed = seed
        self._address = address
        self._credentials = credentials
        self._http = HttpClient(self._clock, self._patience.limits)
        self._tokens = TokenSource(self._fetch_token, self._clock)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def now(self) -> datetime:
        """Return our own civil time."""
        return instant_of(self._clock.wall_ns())

    @contextmanager
    def metered(self) -> Iterator[Meter]:
        """Count what this thread asks of the platform while the block runs; token requests are not among it."""
        meter = Meter()
        before = _meters.set((*_meters.get(), meter))
        try:
            yield meter
        finally:
            _meters.reset(before)

    @contextmanager
    def last_look(self, look: Callable[[], None]) -> Iterator[None]:
        """Have `look` called just before each attempt of this thread that changes something, while the block runs."""
        before = _looks.set((*_looks.get(), look))
        try:
            yield
        finally:
            _looks.reset(before)

    def send(self, request: Request) -> Answer:
        """Return the platform's 2xx answer to a request that carries our token.

        Raises:
            PacelineError: what the last look raised; nothing was sent.
            PlatformError: every way in which there is none; `may_have_happened` covers all attempts.
        """
        errand = _Errand(request, self._clock.running_ns(), self._patience.schedule_of(request.lane))
        token = self._first_token(errand)
        while True:
            self._stand_in_line(errand)
            self._look_once_more(errand)
            try:
                return self._checked(errand, self._address.api.rstrip("/") + errand.request.target, token)
            except UnauthorizedError as refused:
                if errand.renewed:
                    raise errand.failed(refused) from refused
                errand.renewed = True
                token = self._token(errand, token)
            except PlatformError as error:
                self._wait_or_fail(errand, error)
                token = self._first_token(errand)

    def _first_token(self, errand: _Errand) -> Token:
        """Return a token, asked for as long as the errand itself may be tried."""
        while True:
            try:
                return self._token(errand, None)
            except PlatformError as failure:
                if errand.schedule is self._patience.schedule:
                    raise
                self._wait_or_fail(errand, failure)

    def _token(self, errand: _Errand, refused: Token | None) -> Token:
        """Return a token; that none can be had says nothing of the errand itself, which was not sent for it."""
        try:
            return self._tokens.token() if refused is None else self._tokens.instead_of(refused)
        except PlatformError as failure:
            told = errand.failed(failure)
            if isinstance(told, NoAnswerError) and told.request_sent:
                told.request_sent, told.retryable = errand.doubt, not errand.doubt
            raise told from failure

    def _fetch_token(self) -> Answer:
        request = token_request(self._credentials, self._address.token)
        errand = _Errand(request, self._clock.running_ns(), self._patience.schedule)
        while True:
            try:
                return self._checked(errand, self._address.token, None)
            except PlatformError as error:
                self._wait_or_fail(errand, error)

    def _wait_or_fail(self, errand: _Errand, error: PlatformError) -> None:
        """Wait until the errand may be tried again, or raise the error when it may not."""
        errand.attempt += 1
        errand.doubt = errand.doubt or error.may_have_happened
        if isinstance(error, RateLimitedError) and error.retry_after_s is not None:
            self._throttle.push(error.retry_after_s)
        decided = decision(
            error,
            attempt=errand.attempt,
            elapsed_s=(self._clock.running_ns() - errand.began_ns) / _SECOND,
            repeat=errand.request.repeat,
            schedule=errand.schedule,
            chance=self._seed() / 2**64,
        )
        if not isinstance(decided, Wait):
            failed = errand.failed(error)
            if failed.retryable and failed.hint is None:
                failed.hint = f"{decided.why}; {_come_back(error)}"
            raise failed from error
        self._wait(decided.seconds, f"{error.report()}: tried again in {decided.seconds:.0f} s")

    def _stand_in_line(self, errand: _Errand) -> None:
        """Wait for a turn in the throttle, but not for ever; this time is not the errand's own."""
        began_ns, left_s = self._clock.running_ns(), self._patience.in_line_s
        while (wait_s := self._turn(errand)) > 0:
            if wait_s > left_s:
                error = RateLimitedError("its turn comes too late", operation=errand.request.operation)
                error.retry_after_s = wait_s
                raise errand.failed(error)
            left_s -= wait_s
            self._wait(wait_s, f"{errand.request.operation}: the allowance is used up; next turn in {wait_s:.0f} s")
        errand.began_ns += self._clock.running_ns() - began_ns

    def _look_once_more(self, errand: _Errand) -> None:
        """Let whoever sends a change say no at the last moment."""
        if errand.request.repeat is Repeat.SAFE:
            return
        try:
            for look in _looks.get():
                look()
        except PacelineError as forbidden:
            if not errand.doubt:
                raise
            told = f"no answer came, and it was not sent again: {forbidden.message}"
            raise errand.failed(
                NoAnswerError(told, operation=errand.request.operation, request_sent=True)
            ) from forbidden

    def _wait(self, seconds: float, words: str) -> None:
        if seconds >= TOLD_S:
            self._notice(words)
        self._clock.wait(seconds)

    def _turn(self, errand: _Errand) -> float:
        try:
            return self._throttle.take(errand.request.lane)
        except ThrottleAwayError as away:
            raise errand.failed(UnavailableError(away.message, operation=errand.request.operation)) from away

    def _checked(self, errand: _Errand, url: str, token: Token | None) -> Answer:
        """Return a 2xx answer to one attempt, and tell who counts them how it went."""
        began_ns = self._clock.running_ns()
        try:
            answer = self._once(errand, url, token)
        except PlatformError as error:
            self._heard(error.code, (self._clock.running_ns() - began_ns) / _SECOND)
            raise
        self._heard(None, (self._clock.running_ns() - began_ns) / _SECOND)
        return answer

    def _once(self, errand: _Errand, url: str, token: Token | None) -> Answer:
        """Return the same; the breaker of its host learns how it went."""
        request = errand.request
        breaker = self._breakers.of(_host(url))
        rest_s = breaker.admit(request.lane)
        if rest_s > 0:
            resting = UnavailableError("the platform failed again and again: left alone", operation=request.operation)
            resting.retry_after_s = rest_s
            raise resting
        try:
            answer = self._attempt(errand, url, token)
        except NoAnswerError:
            breaker.failed()
            raise
        if answer.status in _HOST_DOWN:
            breaker.failed()
        else:
            breaker.succeeded()
        if 200 <= answer.status < 300:
            return answer
        raise error_of(self._cleared(answer, token), operation=request.operation, now=self.now())

    def _attempt(self, errand: _Errand, url: str, token: Token | None) -> Answer:
        """Send once, on the meters of this thread unless it is for a token."""
        began_ns, reached = self._clock.running_ns(), True
        headers = {} if token is None else {"Authorization": f"Bearer {token.text}"}
        left_s = errand.schedule.total_s - (began_ns - errand.began_ns) / _SECOND
        try:
            return self._http.attempt(errand.request, url, headers, within_s=left_s)
        except NoAnswerError as error:
            reached = error.request_sent
            raise
        finally:
            for meter in () if token is None else _meters.get():
                meter.requests += reached
                meter.platform_ns += self._clock.running_ns() - began_ns

    def _cleared(self, answer: Answer, token: Token | None) -> Answer:
        """Return the answer without our secrets, should the platform have said them back."""
        told = answer
        for secret in (self._credentials.client_secret, "" if token is None else token.text):
            if secret:
                headers = {name: value.replace(secret, REMOVED) for name, value in told.headers.items()}
                body = told.body.replace(secret.encode(), REMOVED.encode())
                told = replace(told, headers=headers, body=body)
        return told


def _host(url: str) -> str:
    """Return name and port of an address; one that is none stands for itself, and is refused when it is tried."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url


def _come_back(error: PlatformError) -> str:
    """Return when to try again, by the platform's word where it said so."""
    asked_s = error.retry_after_s if isinstance(error, RateLimitedError | UnavailableError) else None
    if asked_s is None:
        return "try again later, or see `paceline doctor`"
    return f"the platform asks to come back in {timedelta(seconds=round(asked_s))}"
