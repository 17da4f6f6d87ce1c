"""From what the platform said to what is the matter, and how sure that is: pure.

How a stripped `Authorization` header is told from a token that is refused, both of which the API answers with 401. Its
answer to us is laid beside its answer to a request without a token; words with digits in them do not count, for they
may name the request:

1. They differ: the token arrived and was refused. Sure.
2. They are the same, and the challenge is `Bearer` without an `error`, which RFC 6750 (section 3) has for requests
   without a token: it did not arrive. Very likely; for a server should name the error of a token that it refuses, but
   need not.
3. They are the same, without a challenge: it did not arrive. Likely.
4. They are the same, and both name an error: nobody can tell.

A refused token that its own host knows (`tokeninfo`) is good, but not here: the API is of another environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from paceline.cxone.auth import Credentials, Style
from paceline.cxone.connecting import reason_of
from paceline.cxone.diagnosis import Looks, origin_of
from paceline.cxone.exchange import Answer, body_of
from paceline.cxone.scopes import scopes_check
from paceline.primitives.checks import Blame, Check, bad, doubtful, fine, skipped

_LONGEST = 200
_ADDRESS = "check PACELINE_API_URL (or CXONE_API_URL, CXONE_DOMAIN, CXONE_ENV): it must be the API's own origin"
_TOKEN_ADDRESS = (
    "check PACELINE_AUTH_URL (or CXONE_AUTH_URL): "  # noqa: S105  # advice, no secret
    "the complete address of the token endpoint"
)
_CHALLENGE = re.compile(r"\bbearer\b", re.IGNORECASE)
_DIGITS = re.compile(r"\S*\d\S*")
_TOLD_ERROR = re.compile(r'\berror\s*=\s*"?[a-z_]', re.IGNORECASE)


def reach_check(looks: Looks) -> Check:
    """Return whether the API and the token endpoint answer at all, whatever they say."""
    hosts = {origin_of(looks.bare.url): looks.bare}
    if looks.token is not None:
        hosts.setdefault(origin_of(looks.token.url), looks.token)
    told, hints = [], []
    for origin, seen in hosts.items():
        if seen.answer is None:
            why, hint = reason_of(seen)
            told.append(f"{origin}: {why}")
            hints.append(hint)
        else:
            told.append(f"{origin} answers{f' through the proxy {seen.proxy}' if seen.proxy else ''}")
    if hints:
        return bad("platform", "; ".join(told), "; ".join(dict.fromkeys(hints)))
    return fine("platform", "; ".join(told))


def token_check(looks: Looks, credentials: Credentials) -> Check:
    """Return whether the token endpoint gives a token, with all the scopes that were asked for."""
    seen = looks.token
    if seen is None or seen.answer is None:
        return skipped("token", "the token endpoint cannot be reached")
    answer, where = seen.answer, seen.url
    body = body_of(answer)
    elsewhere = _elsewhere(answer)
    if looks.is_token:
        missing = sorted(set(credentials.scope.split()) - _words(body, credentials))
        told = f"{where} gives a token for {body.get('expires_in')} s"
        if missing:
            hint = "ask for these scopes to be granted to the client, or take them out of PACELINE_SCOPE"
            return doubtful("token", f"{told}, but not the scopes {' '.join(missing)} that were asked for", hint)
        return fine("token", told)
    if elsewhere is not None or answer.status in {404, 405, 410}:
        return bad("token", f"{where}: {elsewhere or _status(answer)}; this is no token endpoint", _TOKEN_ADDRESS)
    if 200 <= answer.status < 300:
        return bad("token", f"{where}: the answer holds no token that can be used", _TOKEN_ADDRESS)
    if answer.status == 429 or answer.status >= 500:
        return bad("token", f"{where}: {_status(answer)}", "ask again later; see the platform's state")
    refused = answer.status in {401, 403} or body.get("error") in {"invalid_client", "unauthorized_client"}
    if body.get("error") == "invalid_scope":
        hint = f"the client has none of the scopes of PACELINE_SCOPE ({credentials.scope}): correct or remove it"
        return bad("token", f"{where}: {_status(answer)}", hint, blame=Blame.CREDENTIALS)
    if refused:
        basic = "; where a proxy removes the header Authorization, set PACELINE_TOKEN_STYLE=form"
        hint = f"check client id and secret, and that they are of this environment: {origin_of(where)}"
        hint += basic if credentials.style is Style.BASIC else ""
        return bad("token", f"{where}: {_status(answer)}", hint, blame=Blame.CREDENTIALS)
    return bad("token", f"{where}: {_status(answer)}", _TOKEN_ADDRESS)


def granted_check(looks: Looks, credentials: Credentials) -> Check:
    """Return which kinds of change the token's scopes allow."""
    if not looks.is_token or looks.token is None or looks.token.answer is None:
        return skipped("scopes", "there is no token")
    readable = looks.api is not None and looks.api.answer is not None and 200 <= looks.api.answer.status < 300
    if looks.info is not None and looks.info.answer is not None and looks.info.answer.status == 200:
        said = body_of(looks.info.answer).get("scope")
        if isinstance(said, str):
            return scopes_check(frozenset(said.split()), source="tokeninfo", is_readable=readable)
    granted = _words(body_of(looks.token.answer), credentials)
    if not granted:
        return skipped("scopes", "the platform does not tell the token's scopes")
    return scopes_check(frozenset(granted), source="the token's answer", is_readable=readable)


def api_check(looks: Looks) -> Check:
    """Return whether the API takes our token, and if not, why, and how sure that is."""
    bare = looks.bare.answer
    if bare is None:
        return skipped("api", "the API cannot be reached")
    if looks.api is None:
        elsewhere = _not_the_api(bare)
        if elsewhere is not None:
            return bad("api", f"{origin_of(looks.bare.url)}: {elsewhere}", _ADDRESS)
        why = looks.untried or "there is no token to ask it with"
        return skipped("api", why, "ask again then" if looks.untried else None)
    where, answer = origin_of(looks.api.url), looks.api.answer
    if answer is None:
        why, hint = reason_of(looks.api)
        return bad("api", f"{where}: {why}", hint)
    elsewhere = _not_the_api(answer)
    if elsewhere is not None:
        return bad("api", f"{where}: {elsewhere}", _ADDRESS)
    if answer.status == 401:
        return _refused(looks, answer, bare, where)
    if 200 <= answer.status < 300:
        return fine("api", f"{where} takes the token and shows campaigns")
    if answer.status == 403:
        hint = "ask for the scope that is missing, and see that the client is of this tenant"
        return bad("api", f"{where}: {_status(answer)}", hint, blame=Blame.CREDENTIALS)
    if answer.status == 429:
        return doubtful("api", f"{where}: {_status(answer)}", "wait; set requests_per_minute to what it allows")
    return bad("api", f"{where}: {_status(answer)}", "ask again later; see the platform's state")


def _refused(looks: Looks, answer: Answer, bare: Answer, where: str) -> Check:
    """Return why the API answers 401 to a request with our token."""
    known = None if looks.info is None or looks.info.answer is None else looks.info.answer
    its_host = origin_of(looks.info.url) if looks.info is not None else ""
    doubt = _doubt(answer, bare)
    if doubt is not None:
        told = f"{where}: 401, the token did not arrive ({doubt})"
        if known is not None and known.status == 200 and its_host != where:
            told += f"; its own host {its_host} knows it"
        through = f" (the proxy {looks.api.proxy})" if looks.api is not None and looks.api.proxy else ""
        hint = f"see whether something between here and the API{through} removes the header Authorization"
        return bad("api", told, f"{hint}; if nothing does, token endpoint and API are of different environments")
    if known is not None and known.status == 200:
        told = f"{where}: 401, the token arrived and is refused, though {its_host} which gave it knows it (sure)"
        return bad("api", f"{told}: {_said(answer)}", f"the two are of different environments; {_ADDRESS}")
    if known is not None and known.status == 401:
        told = f"{where}: 401, and {its_host} which gave the token does not know it either: {_said(answer)}"
        return bad("api", told, "ask the platform's people: it gives tokens that it refuses", blame=Blame.CREDENTIALS)
    told = f"{where}: 401, the token arrived and is refused (sure); whether it is good elsewhere nobody tells"
    hint = f"see that token endpoint and API are of one environment; {_ADDRESS}"
    return bad("api", f"{told}: {_said(answer)}", hint, blame=Blame.CREDENTIALS)


def _doubt(answer: Answer, bare: Answer) -> str | None:
    """Return why it is doubtful that the token arrived, and how much; None when it did for certain."""
    if _kind(answer) != _kind(bare):
        return None
    challenge = answer.headers.get("www-authenticate", "")
    if _TOLD_ERROR.search(challenge):
        return "or was refused: nobody can tell, for the API says the same to requests without one"
    if _CHALLENGE.search(challenge):
        return "very likely: the API says the same to requests without one, and names no error, as RFC 6750 has it"
    return "likely: the API says the same to requests without one"


def _kind(answer: Answer) -> tuple[int, str, str]:
    """Return what an answer says without words that may name this request alone."""
    challenge = answer.headers.get("www-authenticate", "")
    return answer.status, _DIGITS.sub("", challenge), _DIGITS.sub("", _said(answer))


def _not_the_api(answer: Answer) -> str | None:
    """Return what an answer shows that no API gives to a list of campaigns; None when it may be one."""
    elsewhere = _elsewhere(answer)
    if elsewhere is not None:
        return f"{elsewhere}; this is not the API"
    if answer.status in {404, 405, 410}:
        return f"{_status(answer)}; this is not the API, or of another version"
    if 200 <= answer.status < 300 and not isinstance(body_of(answer).get("campaigns"), list):
        return "the answer is no list of campaigns; this is not the API"
    return None


def _elsewhere(answer: Answer) -> str | None:
    if 300 <= answer.status < 400:
        target = urlsplit(answer.headers.get("location", ""))
        # Only the host is repeated: the rest of such addresses may hold anything.
        return f"{answer.status}, a redirection to {target.hostname or 'another path'}"
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"} or answer.body.lstrip()[:1] == b"<":
        return f"{answer.status}, a web page"
    return None


def _words(body: Mapping[str, Any], credentials: Credentials) -> set[str]:
    """Return the scopes that a token's answer names; none named means all that were asked for (RFC 6749, 5.1)."""
    said = body.get("scope")
    return set(said.split()) if isinstance(said, str) else set(credentials.scope.split())


def _status(answer: Answer) -> str:
    said = _said(answer)
    waits = answer.headers.get("retry-after", "")
    later = f", come back in {waits} s" if waits.isascii() and waits.isdigit() else ""
    return f"{answer.status}{f', {said}' if said else ''}{later}"


def _said(answer: Answer) -> str:
    body = body_of(answer)
    code = body.get("code") or body.get("error")
    words = next((body[name] for name in ("message", "error_description") if isinstance(body.get(name), str)), "")
    told = f"{code}: {words}" if isinstance(code, str) and words else str(code or words or "")
    return "".join(letter if letter.isprintable() else " " for letter in told)[:_LONGEST]
