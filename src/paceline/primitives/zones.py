"""Time zones from the pinned `tzdata` package, whatever zone data the operating system has.

The standard library prefers the system's files, which may be years old; here each zone is read from the package itself,
so that one version of the zone data decides everywhere and can be named in a record.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

from paceline.primitives.errors import PacelineError


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
    if key not in zone_keys():
        raise UnknownZoneError(f"the zone data {zone_data_version()} knows no zone {key[:64]!r}")
    with files("tzdata").joinpath("zoneinfo").joinpath(*key.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=key)


def zone_data_version() -> str:
    """Return the IANA version of the pinned zone data, such as `2026f`."""
    return str(tzdata.IANA_VERSION)
