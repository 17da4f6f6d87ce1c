"""What a value may be: in words for people, and as a form that pydantic judges.

Rules:
* What was written as text (an option, a variable) is parsed; what TOML has typed must have the right type already.
* A text is one line without control characters and without blanks around it.
* Where values are refused they are not repeated: what stands in a wrong place may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from paceline.control.approving.policy import Policy
from paceline.outbox.addresses import Reach, endpoint_of
from paceline.outbox.failures import AddressRefusedError
from paceline.primitives.ids import MalformedIdError, campaign_id

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Value = str | int | float | tuple[str, ...] | Policy
"""What a judged value is."""
LONGEST_TEXT = 4096
"""The longest text that a setting may be, in characters."""
LONGEST_LIST = 100
"""The longest list that a setting may be."""
_ENV = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_DATABASES = ("sqlite:///", "postgresql+psycopg://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A sort of value.

    Attributes:
        words: what is allowed, so that it completes "must be ...".
        form: what pydantic judges by; made when a value is judged, for pydantic loads slowly.
        check: what else must hold; returns the value to use, or raises ValueError. An UnfitError with words is told
            in these.
    """

    words: str
    form: Callable[[], TypeAdapter[Any]]
    check: Callable[[Any], Value] = lambda value: value


class UnfitError(ValueError):
    """this value is not of its kind"""


def of_text(kind: Kind, value: object) -> Value:
    """Return what a text means as a value of this kind.

    Raises:
        UnfitError: it means none; the text is not in the message.
    """
    return _judged(kind, lambda adapter: adapter.validate_strings(value))


def of_value(kind: Kind, value: object) -> Value:
    """Return a typed value, when it is one of this kind.

    Raises:
        UnfitError: it is none; the value is not in the message.
    """
    return _judged(kind, lambda adapter: adapter.validate_python(value, strict=True))


def _judged(kind: Kind, judge: Callable[[TypeAdapter[Any]], Any]) -> Value:
    try:
        return kind.check(judge(kind.form()))
    except UnfitError as unfit:
        if unfit.args:
            raise
        raise UnfitError(f"must be {kind.words}") from None
    except ValueError:
        # The cause would repeat the value.
        raise UnfitError(f"must be {kind.words}") from None


def _text() -> TypeAdapter[str]:
    from pydantic import TypeAdapter

    return TypeAdapter(str)


def whole(least: int, most: int) -> Kind:
    """Return the kind of whole numbers in a closed range."""

    def form() -> TypeAdapter[int]:
        from pydantic import Field, TypeAdapter

        return TypeAdapter(Annotated[int, Field(ge=least, le=most)])

    return Kind(words=f"a whole number from {least} to {most}", form=form)


def above_zero(most: float) -> Kind:
    """Return the kind of numbers above 0 and up to `most`."""

    def form() -> TypeAdapter[float]:
        from pydantic import Field, TypeAdapter

        return TypeAdapter(Annotated[float, Field(gt=0, le=most, allow_inf_nan=False)])

    return Kind(words=f"a number above 0 and up to {most:g}", form=form)


def one_of(*words: str) -> Kind:
    """Return the kind of these words and no others."""

    def check(text: str) -> str:
        return _held(text, text in words)

    return Kind(words=" or ".join(words), form=_text, check=check)


def table(words: str, *, check: Callable[[dict[str, Any]], Value]) -> Kind:
    """Return the kind of tables that this check takes; they stand in a file of settings alone."""

    def form() -> TypeAdapter[dict[str, Any]]:
        from pydantic import TypeAdapter

        return TypeAdapter(dict[str, Any])

    return Kind(words=words, form=form, check=check)


def listed(words: str, *, check: Callable[[str], str]) -> Kind:
    """Return the kind of lists whose parts this check takes: a list in a file, commas between the parts in a text.

    A list has 1 to `LONGEST_LIST` parts, and none twice.
    """

    def form() -> TypeAdapter[Any]:
        from pydantic import TypeAdapter

        return TypeAdapter(str | list[str])

    def judged(found: str | list[str]) -> tuple[str, ...]:
        parts = [part.strip() for part in found.split(",")] if isinstance(found, str) else found
        if not 1 <= len(parts) <= LONGEST_LIST or len(set(parts)) < len(parts):
            raise UnfitError
        return tuple(check(part) for part in parts)

    return Kind(words=words, form=form, check=judged)


def text(longest: int = LONGEST_TEXT, *, what: str = "a text") -> Kind:
    """Return the kind of texts of one line, from 1 character to `longest`."""

    def check(found: str) -> str:
        return _held(found, _is_line(found) and len(found) <= longest)

    words = f"{what} of 1 to {longest} characters, without control characters and without blanks around it"
    return Kind(words=words, form=_text, check=check)


def _is_line(found: str) -> bool:
    return found == found.strip() != "" and not any(ord(letter) < 32 or ord(letter) == 127 for letter in found)


def _held(value: str, holds: object) -> str:
    if not holds:
        raise UnfitError
    return value


def _checked_address(found: str) -> str:
    """Return an http address with a host and no user, query or fragment."""
    parts = urlsplit(found)
    sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    plain = "@" not in parts.netloc and "?" not in found and "#" not in found and "\\" not in found
    return _held(found, found.isascii() and found.isprintable() and " " not in found and sound and plain)


def _checked_receiver(found: str) -> str:
    """Return an http address with a host and no user or fragment; its path and query may be a secret."""
    _checked_address(found.partition("?")[0])
    return _held(found, found.isascii() and _is_line(found) and " " not in found and "#" not in found)


def _checked_origin(found: str) -> str:
    return _held(_checked_address(found).rstrip("/"), urlsplit(found).path in {"", "/"})


def _checked_endpoint(found: str) -> str:
    """Return the address of a token endpoint; an origin alone gets the path that platforms use."""
    parts = urlsplit(_checked_address(found))
    return found if parts.path not in {"", "/"} else f"{found.rstrip('/')}/oauth/token"


def _checked_domain(found: str) -> str:
    origin = f"https://{found}"
    return _held(found, "/" not in found and _checked_origin(origin) == origin)


def _checked_database(found: str) -> str:
    """Return an address of a kind that the cellar knows, naming a file or a host."""
    return _held(found, _is_line(found) and any(found.startswith(kind) and found != kind for kind in _DATABASES))


def _checked_hosts(found: str) -> str:
    """Return the hosts as addresses name them, each once, in order."""
    try:
        hosts = {endpoint_of(_address_of(name.strip()), Reach.LOOPBACK) for name in found.split(",")}
    except AddressRefusedError:
        raise UnfitError from None
    plain = all(host.target == "/" and host.port == 443 for host in hosts) and "/" not in found
    return _held(",".join(sorted(host.host for host in hosts)), _is_line(found) and plain)


def _address_of(host: str) -> str:
    return f"https://[{host}]/" if ":" in host else f"https://{host}/"


def _checked_host(found: str) -> str:
    """Return an address, or a name, that one can listen on."""
    if ":" not in found:
        return _held(found, _HOST.fullmatch(found))
    return str(IPv6Address(found))


def _checked_campaign(found: str) -> str:
    try:
        return campaign_id(found)
    except MalformedIdError:
        raise UnfitError from None


ORIGIN = Kind(
    words="an origin such as https://api.example.com, without path, user or query",
    form=_text,
    check=_checked_origin,
)
"""Where an API is."""
RECEIVER = Kind(
    words="a complete address such as https://ml.example.com/tuned, without user or fragment",
    form=_text,
    check=_checked_receiver,
)
"""Where somebody else is told something."""
ENDPOINT = Kind(
    words="a complete address such as https://auth.example.com/oauth/token, or an origin; without user or query",
    form=_text,
    check=_checked_endpoint,
)
"""Where tokens are asked for."""
DOMAIN = Kind(
    words="a host with or without port, such as api.example.com:8443, without https://",
    form=_text,
    check=_checked_domain,
)
"""A host that is reached by TLS."""
ENV = Kind(
    words="the name of an environment: 1 to 63 letters, digits and hyphens",
    form=_text,
    check=lambda found: _held(found, _ENV.fullmatch(found)),
)
"""The first part of a host's name."""
DATABASE = Kind(
    words="an address like sqlite:///paceline.db or postgresql+psycopg://user@host/name",
    form=_text,
    check=_checked_database,
)
"""Where the database is; it may hold a password."""
CAMPAIGN = Kind(
    words="the id of a campaign: 1 to 128 of letters, digits, '.', '_' and '-'",
    form=_text,
    check=_checked_campaign,
)
"""A campaign."""
HOST = Kind(
    words="an address such as 127.0.0.1, ::1 or 0.0.0.0, or the name of a host",
    form=_text,
    check=_checked_host,
)
"""Where something listens."""
HOSTS = Kind(
    words="host names with commas between them, such as hooks.example.com,wfm.example.com, without https:// and port",
    form=_text,
    check=_checked_hosts,
)
"""Hosts that messages may go to."""
PATH = text(LONGEST_TEXT, what="a path")
"""A file or a folder; a relative one starts where the setting stands, `~/` is the home folder."""
