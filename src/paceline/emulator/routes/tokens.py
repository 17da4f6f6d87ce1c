"""The token endpoints: client credentials by form or HTTP Basic, at two addresses that behave alike; what a token says.

They stand outside the order of checks of the API, outside the request limit, and answer errors in OAuth's own form.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from paceline.emulator.admission import bearer
from paceline.emulator.instants import SECOND
from paceline.emulator.messages import Answer, answer
from paceline.emulator.operation import Exchange, Operation
from paceline.emulator.parsing import UnparsableError, decode_form, parse_form
from paceline.emulator.schemas import ref
from paceline.emulator.tenant import Client, Token

ADDRESSES = ("/oauth/token", "/api/v2/oauth/token")
"""Where tokens are asked for."""
_NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_BASIC = (("WWW-Authenticate", 'Basic realm="token"'),)


@dataclass(frozen=True, slots=True)
class _Claims:
    """Who a token request says it is: the pairs to try, in order."""

    pairs: tuple[tuple[str, str], ...]
    by_basic: bool


def claimed_client(exchange: Exchange) -> str | None:
    """Return the client that a token request says it is, proven or not; None for all other requests."""
    if exchange.request.path not in ADDRESSES or exchange.request.method != "POST":
        return None
    form = _form(exchange)
    claims = _claims(exchange, {} if isinstance(form, Answer) else form)
    return claims.pairs[0][0] if isinstance(claims, _Claims) and claims.pairs else None


def issue_token(exchange: Exchange) -> Answer:
    """Answer a client-credentials request with a token, or with the OAuth error."""
    form = _form(exchange)
    if isinstance(form, Answer):
        return form
    claims = _claims(exchange, form)
    if isinstance(claims, Answer):
        return claims
    if "grant_type" not in form:
        return _error("invalid_request", "grant_type is required")
    if form["grant_type"] != "client_credentials":
        return _error("unsupported_grant_type", "the grant must be client_credentials")
    client = _proven(exchange, claims)
    if client is None:
        headers = _BASIC if claims.by_basic else ()
        return _error("invalid_client", "the client id or the secret is wrong", 401, headers)
    asked = list(dict.fromkeys(form.get("scope", "").split()))
    granted = tuple(scope for scope in asked if scope in client.scopes) if asked else client.scopes
    if asked and not granted:
        return _error("invalid_scope", "the client is registered for none of the scopes that were asked for")
    return _issued(exchange, client, granted)


def _issued(exchange: Exchange, client: Client, granted: tuple[str, ...]) -> Answer:
    world, now = exchange.world, exchange.now
    world.forget_expired_tokens(now)
    ends = now + client.token_lifetime_s * SECOND
    token = Token(value=f"emu_{world.mint('token')}", client=client.id, scopes=granted, expires_at=ends)
    world.tokens.put(token.value, token)
    exchange.client = client
    document = {
        "access_token": token.value,
        "token_type": "Bearer",
        "expires_in": client.reported_expires_in,
        "scope": " ".join(granted),
    }
    return answer(200, document, _NO_STORE)


def _form(exchange: Exchange) -> dict[str, str] | Answer:
    """Return the form of the request, or the error of what is no such form; an empty parameter is an absent one."""
    request = exchange.request
    if request.too_large:
        return _error("invalid_request", "the body is too large", 413)
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named != "application/x-www-form-urlencoded":
        return _error("invalid_request", "the body must be sent as application/x-www-form-urlencoded")
    try:
        pairs = parse_form(request.body.decode("utf-8"))
    except (UnicodeDecodeError, UnparsableError):
        return _error("invalid_request", "the form is not UTF-8")
    if not pairs:
        return _error("invalid_request", "the form is empty")
    form = dict(pairs)
    if len(form) != len(pairs):
        return _error("invalid_request", "a parameter of the form stands twice")
    return {name: value for name, value in pairs if value}


def _claims(exchange: Exchange, form: dict[str, str]) -> _Claims | Answer:
    """Return the credentials of the header and the form, or the error of two that differ."""
    in_form = (form["client_id"], form.get("client_secret", "")) if form.get("client_id") else None
    scheme, _, encoded = exchange.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return _Claims((in_form,) if in_form else (), by_basic=False)
    try:
        raw = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return _Claims((), by_basic=True)
    identifier, _, secret = raw.partition(":")
    pairs = [(identifier, secret)]
    try:
        decoded = (decode_form(identifier), decode_form(secret))
    except UnparsableError:
        decoded = pairs[0]
    if decoded not in pairs:
        pairs.append(decoded)
    if "client_id" in form or "client_secret" in form:
        pairs = [pair for pair in pairs if _agrees(pair, form)]
        if not pairs:
            return _error("invalid_request", "the credentials of the header and of the form differ")
    return _Claims(tuple(pairs), by_basic=True)


def _agrees(pair: tuple[str, str], form: dict[str, str]) -> bool:
    return form.get("client_id", pair[0]) == pair[0] and form.get("client_secret", pair[1]) == pair[1]


def _proven(exchange: Exchange, claims: _Claims) -> Client | None:
    """Return the client whose secret one of the pairs holds."""
    for identifier, secret in claims.pairs:
        client = exchange.world.clients.get(identifier)
        if client is not None and hmac.compare_digest(client.secret.encode(), secret.encode()):
            return client
    return None


def token_info(exchange: Exchange) -> Answer:
    """Answer with what the bearer token says."""
    refused = bearer(exchange)
    token, client = exchange.token, exchange.client
    if refused is not None or token is None or client is None:
        return refused or _error("invalid_request", "a bearer token is required", 401)
    left_s = (token.expires_at - exchange.now) // SECOND
    document = {"client_id": client.id, "tenant": client.tenant, "scope": " ".join(token.scopes), "expires_in": left_s}
    return answer(200, document, _NO_STORE)


def _error(code: str, description: str, status: int = 400, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return answer(status, {"error": code, "error_description": description}, (*_NO_STORE, *headers))


OPERATIONS = (
    *(
        Operation(
            name=name, method="POST", path=path, summary="Ask for a token with client credentials", answer=issue_token,
            success={200: ref("Token")},
        )
        for name, path in zip(("issueToken", "issueTokenApi"), ADDRESSES, strict=True)
    ),
    Operation(
        name="readTokenInfo", method="GET", path="/api/v2/oauth/tokeninfo", summary="Read what the token says",
        answer=token_info, success={200: ref("TokenInfo")},
    ),
)  # fmt: skip
"""Every operation on tokens."""
