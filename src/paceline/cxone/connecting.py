"""Why no answer came: the name, the connection, the encryption, the proxy, or the silence after them."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from paceline.campaign.ports import NoAnswerError
from paceline.cxone.diagnosis import Seen

_FIREWALL = "check host and port, and whether a firewall or a missing proxy (HTTPS_PROXY) is in between"


def reason_of(seen: Seen) -> tuple[str, str]:
    """Return in words why an attempt without an answer failed, and what to do next."""
    failure = seen.failure
    if failure is None or (isinstance(failure, NoAnswerError) and failure.request_sent):
        words = "" if failure is None else failure.message
        return f"connected, but {words or 'nothing came back'}", "ask again; see the platform's state, and the proxy's"
    host = seen.proxy or urlsplit(seen.url).netloc
    who = f"the proxy {host}" if seen.proxy else host
    causes = list(_causes(failure))
    for cause in causes:
        told = _of_cause(cause, who)
        if told is not None:
            return told
    names = {type(cause).__name__ for cause in causes}
    if "ProxyError" in names and seen.proxy:
        return f"{who} does not let us through: {failure.message}", "check HTTPS_PROXY, or name the host in NO_PROXY"
    if any(name.endswith("Timeout") for name in names):
        return f"TCP: no connection to {who} in time", _FIREWALL
    return failure.message, failure.hint or _FIREWALL


def _of_cause(cause: BaseException, who: str) -> tuple[str, str] | None:
    match cause:
        case socket.gaierror():
            return f"DNS: the name of {who} is not known: {cause.strerror}", "check the name, and this machine's DNS"
        case ssl.SSLCertVerificationError():
            trusted = os.environ.get("SSL_CERT_FILE")
            hint = f"SSL_CERT_FILE is {trusted}: add the authority to it" if trusted else "name it in SSL_CERT_FILE"
            return f"TLS: the certificate of {who} is not trusted: {cause.verify_message}", f"its authority: {hint}"
        case ssl.SSLError():
            told = f"TLS: no agreement with {who}: {cause.reason or 'the other side ended it'}"
            return told, "check that this port speaks TLS; http:// is for ports that do not"
        case ConnectionRefusedError():
            return f"TCP: nothing listens at {who}: connection refused", "check host and port, and that it runs"
        case TimeoutError():
            return f"TCP: no connection to {who} in time", _FIREWALL
        case OSError() if cause.strerror:
            return f"TCP: no connection to {who}: {cause.strerror}", _FIREWALL
        case _:
            return None


def _causes(failure: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = failure
    # The innermost one names the cause best; those above repeat its words.
    chain = []
    while cause is not None:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    yield from reversed(chain)
