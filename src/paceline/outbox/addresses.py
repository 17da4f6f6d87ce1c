"""Where messages may go. Everything else is refused, before anything is sent.

1. An address is `https://`, one exact host, a path: no user, no fragment, nothing but printable ASCII.
2. A host is a name with a dot in it, or an address in its one usual spelling. Names that end in a number are what some
   resolvers read as addresses (`2130706433`, `0x7f.1`, `0177.0.0.1`), and are refused.
3. The port is 443, or 1024 and above: what listens on others does not speak HTTP.
4. Every address that the name leads to has to be public. Of IPv6 only 2000::/3 can be: what maps, translates or
   tunnels IPv4 (::ffff:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48, 2002::/16, Teredo, ISATAP) hides where it leads, and
   Python takes some of it for public, and multicast and fec0::/10 too.
5. For development loopback can be opened, to `http://` and port 80 too; it is then no more than loopback.
6. Where hosts are listed, a host is one of these, letter by letter; no name below one of them, and no address of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from paceline.outbox.failures import AddressRefusedError

LONGEST = 2048
"""Characters that the address of a subscriber may have."""
Address = IPv4Address | IPv6Address

_VISIBLE = re.compile(r"[!-~]+", re.ASCII)
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
_GLOBAL = IPv6Network("2000::/3")
_NEVER = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("168.63.129.16/32"),  # the agent of a cloud's host, reachable from its virtual machines alone
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4: holds an IPv4 address
    IPv6Network("3fff::/20"),  # documentation, newer than Python's list
)
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
_LOCAL_NAME = "localhost"
_HINT = "give the whole address of the receiver, such as https://hooks.example.com/paceline"
_LOOPBACK_HINT = (
    "the setting webhook_allow_loopback (PACELINE_WEBHOOK_ALLOW_LOOPBACK=yes) opens this machine for development: "
    "here, and where the worker runs"
)


class Reach(Enum):
    """How far messages may go."""

    PUBLIC = "public"
    """To public addresses only."""
    LOOPBACK = "loopback"
    """To public ones, and to this machine itself: for development."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a subscriber listens: `host` in lower case, an IPv6 address without brackets; `target` is path and query.

    The target may hold a secret of the receiver's, so that it is in no text.
    """

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)

    @property
    def is_literal(self) -> bool:
        """Whether the host is an address itself, so that there is no name to look up."""
        return ":" in self.host or _NUMBER.fullmatch(self.host.rpartition(".")[2]) is not None

    @property
    def authority(self) -> str:
        """Host and port as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"https": 443, "http": 80}


def endpoint_of(url: str, reach: Reach) -> Endpoint:
    """Return where an address leads; no name is looked up.

    Raises:
        AddressRefusedError: it is malformed, or nothing may be sent there.
    """
    if not _VISIBLE.fullmatch(url) or "\\" in url or len(url) > LONGEST:
        raise _refused(f"it has to be 1 to {LONGEST} printable ASCII characters, without blanks and backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("it cannot be read as an address") from None
    if parts.scheme not in _PORTS:
        raise _refused("it has to begin with https://")
    if "@" in parts.netloc:
        raise _refused("it may name no user and no password")
    if "#" in url:
        raise _refused("it may have no fragment")
    host = _host(parts, reach)
    if parts.scheme == "http" and not (reach is Reach.LOOPBACK and _is_local(host)):
        why = "it has to begin with https://; http is for this machine only, where loopback was opened"
        raise _refused(why, _LOOPBACK_HINT if _is_local(host) else _HINT)
    port = _port(parts, port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(scheme=parts.scheme, host=host, port=port, target=target)


def listed(endpoint: Endpoint, hosts: frozenset[str]) -> Endpoint:
    """Return it, when its host is one of these; without hosts every one will do.

    Raises:
        AddressRefusedError: it is none of them.
    """
    if hosts and endpoint.host not in hosts:
        raise _refused(f"{endpoint.host} is not among the hosts that the setting webhook_hosts lists")
    return endpoint


def permitted(endpoint: Endpoint, found: Iterable[str], reach: Reach) -> list[Address]:
    """Return the addresses that the host was found to have, when every one of them may be used.

    Raises:
        AddressRefusedError: one of them may not, or there is none.
    """
    addresses = []
    for text in found:
        try:
            address = ip_address(text)
        except ValueError:
            raise _refused(f"{endpoint.host} leads to {text!r}, which is no address") from None
        why = objection(address, reach)
        if why is None and endpoint.scheme == "http" and not address.is_loopback:
            why = "not this machine, and http is for this machine only"
        if why is not None:
            raise _refused(f"{endpoint.host} leads to {address}, which is {why}")
        addresses.append(address)
    if not addresses:
        raise _refused(f"{endpoint.host} leads to no address")
    return addresses


def objection(address: Address, reach: Reach) -> str | None:
    """Return why nothing may be sent to an address, None when it may.

    >>> objection(ip_address("169.254.169.254"), Reach.PUBLIC)
    'not public'
    """
    if address.is_loopback:
        return None if reach is Reach.LOOPBACK else "this machine itself"
    if address.is_multicast:
        return "a group, not a host"
    if isinstance(address, IPv6Address):
        if address not in _GLOBAL or address.scope_id is not None:
            return "not public"
        if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
            return "a tunnel to another address"
    if not address.is_global or any(address.version == net.version and address in net for net in _NEVER):
        return "not public"
    return None


def _host(parts: SplitResult, reach: Reach) -> str:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return _literal(IPv6Address, host, reach)
    if host == _LOCAL_NAME and reach is Reach.LOOPBACK:
        return host
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _literal(IPv4Address, host, reach)
    if host == _LOCAL_NAME:
        raise _refused(f"{host} is this machine itself", _LOOPBACK_HINT)
    if not _NAME.fullmatch(host):
        raise _refused(f"{host[:80]!r} cannot be its host: it has to be a name with a dot in it, in ASCII")
    return host


def _literal(kind: type[IPv4Address | IPv6Address], host: str, reach: Reach) -> str:
    try:
        address = kind(host)
    except ValueError:
        raise _refused(f"{host[:80]!r} is an address in an unusual spelling") from None
    why = objection(address, reach)
    if why is not None:
        raise _refused(f"{address} is {why}", _LOOPBACK_HINT if address.is_loopback else _HINT)
    return str(address)


def _port(parts: SplitResult, port: int | None) -> int:
    if port is None:
        if parts.netloc.endswith(":"):
            raise _refused("its port is missing")
        return _PORTS[parts.scheme]
    if port == _PORTS[parts.scheme] or port >= 1024:
        return port
    raise _refused(f"its port is {port}: it has to be {_PORTS[parts.scheme]}, or 1024 and above")


def _is_local(host: str) -> bool:
    if host == _LOCAL_NAME:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(why: str, hint: str = _HINT) -> AddressRefusedError:
    # The address itself is not repeated: it may hold a secret.
    return AddressRefusedError(f"no message may be sent to this url: {why}", hint=hint)
