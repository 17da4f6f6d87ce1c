"""Time zones from the pinned `tzdata` package, whatever zone data the operating system has.

The standard library prefers the system's files, which may be years old; here each zone is read from the package itself,
so that one version of the zone data decides everywhere and can be named in a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from zoneinfo import ZoneInfo

import tzdata

from paceline.primitives.errors import PacelineError
from paceline.primitives.tzif import Segment, ZoneFile, read_zone_file


class UnknownZoneError(PacelineError):
    """the zone data knows no zone of this name"""

    code = "unknown-zone"


@cache
def zone_keys() -> frozenset[str]:
    """Return every key of the pinned zone data, links such as `US/Eastern` included."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


@cache
def zone(key: str) -> ZoneInfo:
    """Return the zone of this exact, case-sensitive key.

    Raises:
        UnknownZoneError: when the pinned zone data has no such key.
    """
    return ZoneInfo.from_file(BytesIO(_bytes_of(key)), key=key)


def zone_data_version() -> str:
    """Return the IANA version of the pinned zone data, such as `2026f`."""
    return str(tzdata.IANA_VERSION)


def segments(key: str, start_s: int, end_s: int) -> tuple[Segment, ...]:
    """Return the stretches of `[start_s, end_s)`, seconds since 1970, in each of which the zone keeps one offset.

    They follow each other without a hole, and the offsets of neighbours differ. Exact for all times: read from the
    changes and the rule in the zone's file, never sampled.

    Raises:
        UnknownZoneError: when the pinned zone data has no such key.
    """
    return _file_of(key).segments(start_s, end_s)


@cache
def file_hash(key: str) -> str:
    """Return the SHA-256 of the zone's file, in hex.

    Raises:
        UnknownZoneError: when the pinned zone data has no such key.
    """
    return hashlib.sha256(_bytes_of(key)).hexdigest()


def canonical_zone(key: str) -> str:
    """Return the key that this one is another name of: `America/New_York` for `US/Eastern`; itself when it is no link.

    Raises:
        UnknownZoneError: when the pinned zone data has no such key.
    """
    if key not in zone_keys():
        raise _unknown(key)
    links = _links()
    while key in links:
        key = links[key]
    return key


@cache
def countries_by_zone() -> Mapping[str, str]:
    """Return the country or territory, ISO 3166-1, of each zone that people in it live by: `zone.tab` of the zone data.

    Each zone has one. Older names such as `US/Eastern`, and zones of no place such as `Etc/GMT+6`, are not in it.
    """
    text = files("tzdata").joinpath("zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return MappingProxyType({row[2]: row[0] for row in rows})


def schedulable(key: str) -> bool:
    """Return whether a schedule may name the zone: a key of the form `Area/Location`, or `UTC`.

    `EST` is a key too, but of a fixed offset that hardly anybody means; `CST` and `Etc/Unknown` are none at all.
    """
    return key in zone_keys() and ("/" in key or key == "UTC")


def resembling(key: str, most: int = 3) -> tuple[str, ...]:
    """Return the schedulable keys that look most like this text, the nearest first: what somebody may have meant."""
    wanted = key[:64].strip().replace(" ", "_").lower()
    known = {each.lower(): each for each in sorted(zone_keys()) if schedulable(each)}
    if wanted in known:
        return (known[wanted],)
    same_place = [each for low, each in known.items() if low.rpartition("/")[2] == wanted]
    close = [known[low] for low in get_close_matches(wanted, known, n=most)]
    return tuple(dict.fromkeys([*same_place, *close]))[:most]


@cache
def _file_of(key: str) -> ZoneFile:
    return read_zone_file(_bytes_of(key))


def _bytes_of(key: str) -> bytes:
    # Only a key of the list becomes a path: what anybody typed never does.
    if key not in zone_keys():
        raise _unknown(key)
    return files("tzdata").joinpath("zoneinfo").joinpath(*key.split("/")).read_bytes()


@cache
def _links() -> dict[str, str]:
    """Return what each link leads to, from the source of the zone data that the package carries."""
    lines = files("tzdata").joinpath("zoneinfo").joinpath("tzdata.zi").read_text(encoding="utf-8").splitlines()
    return {link: target for _, target, link in (line.split() for line in lines if line.startswith("L "))}


def _unknown(key: str) -> UnknownZoneError:
    return UnknownZoneError(f"the zone data {zone_data_version()} knows no zone {key[:64]!r}")
