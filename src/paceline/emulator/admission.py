"""The order of checks that every request to the API walks before its operation decides.

429 (limit of the client that a known token names), 401, 404 (address, then the thing it names), 405, 403 (tenant,
scope), 413, 415, 400 (unparsable). Then come the Idempotency-Key (`idempotency`), 428, and the field faults. Each check
is a function that returns the refusal or None; the two tuples are the order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from paceline.emulator.forms import Fault, judge
from paceline.emulator.messages import LARGEST_BODY, Answer, field_faults, refusal
from paceline.emulator.operation import RULES_SCOPE, Exchange
from paceline.emulator.parsing import UnparsableError, parse_json, query_pairs
from paceline.emulator.request_limit import RequestLimit
from paceline.emulator.routing import Directory

Check = Callable[[Exchange], Answer | None]


def known_token(exchange: Exchange) -> None:
    """Learn the token and its client from the Authorization header, expired or not."""
    scheme, _, value = exchange.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        exchange.token = exchange.world.tokens.get(value.strip())
    if exchange.token is not None:
        exchange.client = exchange.world.clients[exchange.token.client]


def expire_token(exchange: Exchange) -> None:
    """End the token of this request now, for this request and all after it."""
    if exchange.token is not None:
        exchange.token = replace(exchange.token, expires_at=exchange.now)
        exchange.world.tokens.put(exchange.token.value, exchange.token)


def within_limit(limit: RequestLimit) -> Check:
    """Return the check that a known client's request is within its limit; it counts the request."""

    def check(exchange: Exchange) -> Answer | None:
        if exchange.client is None:
            return None
        most = exchange.world.tenants[exchange.client.tenant].requests_per_minute
        wait_s = limit.admit(exchange.client.id, most, exchange.now)
        if wait_s is None:
            exchange.counted = True
            return None
        message = f"more than {most} requests in 60 s by client {exchange.client.id}; try again in {wait_s} s"
        refused = refusal(429, "rate_limited", message)
        return Answer(429, refused.body, (("Retry-After", str(wait_s)),))

    return check


def bearer(exchange: Exchange) -> Answer | None:
    """Refuse a request without a token that was issued here and has not ended."""
    if exchange.token is None:
        message, error = "a bearer token of this platform is required", ""
        if exchange.request.headers.get("authorization"):
            message, error = "the bearer token is unknown", ', error="invalid_token"'
    elif exchange.token.expires_at <= exchange.now:
        message, error = "the bearer token has expired", ', error="invalid_token"'
    else:
        return None
    refused = refusal(401, "unauthorized", message)
    return Answer(401, refused.body, (("WWW-Authenticate", f'Bearer realm="campaigns"{error}'),))


def address(directory: Directory) -> Check:
    """Return the check that the address exists, what it names exists, and the method is offered there."""

    def check(exchange: Exchange) -> Answer | None:
        found = directory.find(exchange.request.path)
        if found is None:
            return refusal(404, "not_found", f"there is nothing at {exchange.request.path[:200]}")
        methods, exchange.place = found
        missing = _missing(exchange)
        if missing is not None:
            return refusal(404, "not_found", missing)
        method = "GET" if exchange.request.method == "HEAD" else exchange.request.method
        exchange.operation = methods.get(method)
        if exchange.operation is None:
            offered = ", ".join([*methods, "HEAD"] if "GET" in methods else methods)
            refused = refusal(405, "method_not_allowed", f"this address takes {offered}")
            return Answer(405, refused.body, (("Allow", offered),))
        return None

    return check


def _missing(exchange: Exchange) -> str | None:
    """Look up what the address names; return the message when it is not there."""
    world = exchange.world
    for kind, name in exchange.place.items():
        if kind == "campaign":
            found: object = world.campaigns.get(name)
            exchange.campaign = world.campaigns.get(name)
            world.dialing.keep_up(name, exchange.now)
        elif kind == "webhook":
            found = world.webhooks.get(name)
            exchange.webhook = world.webhooks.get(name)
        elif kind == "simulation":
            found = world.simulations.get(name)
            exchange.simulation = world.simulations.get(name)
        else:
            continue
        if found is None:
            return f"there is no {kind} {name[:128]}"
    return None


def own_tenant(exchange: Exchange) -> Answer | None:
    """Refuse what belongs to another tenant."""
    thing = exchange.campaign or exchange.webhook or exchange.simulation
    if thing is not None and exchange.client is not None and thing.tenant != exchange.client.tenant:
        return refusal(403, "forbidden", f"{thing.id} belongs to another tenant")
    return None


def granted_scope(exchange: Exchange) -> Answer | None:
    """Refuse a token without any of the scopes that the operation accepts."""
    operation, token = exchange.operation, exchange.token
    if operation is None or operation.scopes is None or token is None or operation.scopes & set(token.scopes):
        return None
    accepted = " or ".join(sorted(operation.scopes))
    return refusal(403, "forbidden", f"the token has none of the scopes {accepted}")


def body_size(exchange: Exchange) -> Answer | None:
    """Refuse a body over 1 MB on a method that takes one."""
    if exchange.operation is not None and exchange.operation.writes and exchange.request.too_large:
        return refusal(413, "too_large", f"a body may have {LARGEST_BODY} bytes")
    return None


def media_type(exchange: Exchange) -> Answer | None:
    """Refuse a body that does not call itself JSON; any charset parameter may stand beside it."""
    if exchange.operation is None or not exchange.operation.writes:
        return None
    named = exchange.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named != "application/json":
        return refusal(415, "unsupported_media_type", "the body must be sent as application/json")
    if exchange.request.headers.get("content-encoding", "identity").lower() != "identity":
        return refusal(415, "unsupported_media_type", "the body must be sent without a content encoding")
    return None


def parsed_body(exchange: Exchange) -> Answer | None:
    """Refuse a body that is not JSON; an empty one passes where the operation needs none."""
    operation = exchange.operation
    if operation is None or not operation.writes:
        return None
    if not exchange.request.body and operation.body_optional:
        exchange.document = {}
        return None
    try:
        exchange.document = parse_json(exchange.request.body)
    except UnparsableError as wrong:
        return refusal(400, "invalid_request", str(wrong))
    return None


def rules_scope(exchange: Exchange) -> Answer | None:
    """In strict mode, refuse dialing rules from a token without the scope for rules."""
    document, token = exchange.document, exchange.token
    if not exchange.strict_rules_scope or token is None or not isinstance(document, dict):
        return None
    if "dialingRules" in document and RULES_SCOPE not in token.scopes:
        return refusal(403, "forbidden", f"the token has not the scope {RULES_SCOPE}")
    return None


def precondition_given(exchange: Exchange) -> Answer | None:
    """Refuse a write without If-Match where the operation needs one."""
    operation = exchange.operation
    if operation is not None and operation.needs_precondition and "if-match" not in exchange.request.headers:
        return refusal(428, "precondition_required", "If-Match with the schedule's ETag is required")
    return None


def sound_fields(exchange: Exchange) -> Answer | None:
    """Refuse a request with fields at fault, all of them in one answer."""
    operation = exchange.operation
    if operation is None:
        return None
    if operation.query is not None:
        _judge_query(exchange)
    if operation.body is not None:
        exchange.faults.extend(judge(operation.body, exchange.document))
    if operation.cross_check is not None:
        operation.cross_check(exchange)
    return field_faults(operation.faults, exchange.faults) if exchange.faults else None


def _judge_query(exchange: Exchange) -> None:
    forms = (exchange.operation and exchange.operation.query) or {}
    for name, value in query_pairs(exchange.request.query):
        if name not in forms:
            exchange.faults.append(Fault(name[:100], "is not a parameter of this request"))
        elif name in exchange.query:
            exchange.faults.append(Fault(name, "must stand once"))
        else:
            exchange.query[name] = value
            forms[name].judge(value, name, exchange.faults)


AFTER_ADDRESS: tuple[Check, ...] = (
    own_tenant,
    granted_scope,
    body_size,
    media_type,
    parsed_body,
    rules_scope,
)
"""The checks between the address and the Idempotency-Key."""
AFTER_KEY: tuple[Check, ...] = (precondition_given, sound_fields)
"""The checks between the Idempotency-Key and the operation's own decisions."""


def first_refusal(checks: tuple[Check, ...], exchange: Exchange) -> Answer | None:
    """Return the refusal of the first check that refuses."""
    for check in checks:
        refused = check(exchange)
        if refused is not None:
            return refused
    return None
