"""One attempt over HTTP: send once, read the whole answer, or say why not. The only module that knows an HTTP library.

Proxies and the trust store come from the environment (`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`); nothing is
redirected.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from functools import cache

import httpx2

from paceline.campaign.ports import NoAnswerError, UnexpectedAnswerError
from paceline.cxone.exchange import Answer, Request
from paceline.primitives.clock import Clock

LARGEST_ANSWER = 64 * 1024 * 1024
"""The largest body that is read, in bytes: a page of 1,000 campaigns is a few megabytes."""
_SECOND = 1_000_000_000
_NEVER_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_NEVER_SENT = (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long one attempt may take, connecting and in all, in seconds, and how many connections there may be."""

    connect_s: float = 5.0
    attempt_s: float = 15.0
    connections: int = 64


class HttpClient:
    """Connections to the platform; it may be used by many threads."""

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        """Open nothing yet: connections are made when they are needed."""
        self._clock = clock
        self._limits = limits or Limits()
        self._http = httpx2.Client(
            verify=_trust_store(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=self._limits.connections, max_keepalive_connections=16),
            headers={"User-Agent": "paceline", "Accept": "application/json"},
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def attempt(self, request: Request, url: str, headers: dict[str, str], *, within_s: float) -> Answer:
        """Send once and return the answer, whatever its status.

        Args:
            request: what to send.
            url: where to; the request's own target does not count.
            headers: what joins the request's own.
            within_s: the time that is left; a slow answer is given up when it is over.

        Raises:
            NoAnswerError: when none came; its `request_sent` is False only where nothing can have arrived.
            UnexpectedAnswerError: when one came that cannot be read.
        """
        attempt_s = max(0.001, min(self._limits.attempt_s, within_s))
        ends_ns = self._clock.running_ns() + round(attempt_s * _SECOND)
        timeout = httpx2.Timeout(attempt_s, connect=min(attempt_s, self._limits.connect_s))
        try:
            sent = self._http.build_request(
                request.method,
                url,
                headers={**request.headers, **headers},
                content=request.body or None,
                timeout=timeout,
            )
            return self._read(self._http.send(sent, stream=True), request, ends_ns)
        except _NEVER_SENT as wrong:
            raise _never_sent(request, "the platform's address cannot be used", lasting=True) from wrong
        except _NEVER_CONNECTED as wrong:
            raise _unconnected(request, wrong) from wrong
        except httpx2.TransportError as wrong:
            raise _unanswered(request, _words(wrong)) from wrong

    def _read(self, response: httpx2.Response, request: Request, ends_ns: int) -> Answer:
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise _unread(request, response.status_code, f"the answer is larger than {LARGEST_ANSWER} bytes")
                if self._clock.running_ns() > ends_ns:
                    raise _unanswered(request, "it came too slowly")
        except httpx2.DecodingError as wrong:
            raise _unread(request, response.status_code, "the answer's encoding is broken") from wrong
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=headers, body=bytes(body))


@cache
def _trust_store(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Return the trust store that the environment names; reading it takes longer than many a request."""
    return httpx2.create_ssl_context()


def _never_sent(request: Request, message: str, *, hint: str | None = None, lasting: bool = False) -> NoAnswerError:
    error = NoAnswerError(message, operation=request.operation, request_sent=False, hint=hint)
    error.retryable = not lasting
    return error


def _unconnected(request: Request, wrong: httpx2.TransportError) -> NoAnswerError:
    cause: BaseException | None = wrong
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            hint = "name the file of its certificate authority in SSL_CERT_FILE"
            message = f"the platform's certificate is not trusted: {cause.verify_message}"
            return _never_sent(request, message, hint=hint, lasting=True)
        cause = cause.__cause__ or cause.__context__
    return _never_sent(request, f"the platform cannot be reached: {_words(wrong)}")


def _unanswered(request: Request, why: str) -> NoAnswerError:
    error = NoAnswerError(f"no answer came from the platform: {why}", operation=request.operation, request_sent=True)
    error.may_have_happened = True
    return error


def _unread(request: Request, status: int, message: str) -> UnexpectedAnswerError:
    error = UnexpectedAnswerError(message, operation=request.operation, status=status)
    error.may_have_happened = True
    return error


def _words(wrong: httpx2.TransportError) -> str:
    return str(wrong) or type(wrong).__name__
