"""Whether the zone data is new enough to decide by, and what a decision's record says of it.

* Data older than the minimum is refused wherever something would be done by it; looking and telling go on.
* Age alone only warns. The data carries no date, so what counts is when somebody last saw which release was newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.zones import file_hash, zone_data_version

MINIMUM = "2026f"
"""The oldest release that knows all that changed in 2026; British Columbia, say, no longer falls back in November."""
NEWEST_SEEN = "2026f"
"""The newest release on `SEEN_ON`."""
SEEN_ON = date(2026, 11, 20)
"""When somebody last looked which release is the newest."""
WARN_AFTER = timedelta(days=60)
"""In 2026 a release came every two months on average."""

_VERSION = re.compile(r"(?P<year>[1-9]\d{3})(?P<letters>z*[a-z])", re.ASCII)


class StaleZoneDataError(PacelineError):
    """the zone data is older than decisions may be made by"""

    code = "stale-zone-data"

    def __init__(self, *, found: str, required: str) -> None:
        """Keep the IANA version that is installed and the one that is needed."""
        super().__init__(
            f"the zone data is {found}, and decisions need {required} or later: its local times may be an hour off",
            hint="install the tzdata package of that version or a later one; the operating system's data is not used",
        )
        self.found = found
        self.required = required


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What there is to say of the zone data.

    Attributes:
        version: the IANA version that is installed.
        required: the minimum.
        warning: why somebody should look for newer data, which stops nothing; None when there is no reason.
    """

    version: str
    required: str
    warning: str | None

    @property
    def fresh(self) -> bool:
        """Whether decisions may be made by it."""
        return release(self.version) >= release(self.required)


def release(version: str) -> tuple[int, str]:
    """Return what IANA versions are compared by: `2026f` < `2026z` < `2026za` < `2027a`.

    Raises:
        ValueError: it is no IANA version.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is no version of the zone data, such as {MINIMUM}")
    return int(found["year"]), found["letters"]


def standing(minimum: str = MINIMUM, *, today: date, found: str | None = None) -> Standing:
    """Return how the zone data stands; `found` is what is installed, where it is another than this process has.

    Raises:
        ValueError: a version is none.
    """
    version = found or zone_data_version()
    told = Standing(version=version, required=minimum, warning=_warning(version, today))
    return told if told.fresh else replace(told, warning=str(StaleZoneDataError(found=version, required=minimum)))


def demand(minimum: str = MINIMUM, *, found: str | None = None) -> str:
    """Return the IANA version when it is new enough to decide by.

    Raises:
        StaleZoneDataError: it is older than the minimum.
        ValueError: a version is none.
    """
    version = found or zone_data_version()
    if release(version) < release(minimum):
        raise StaleZoneDataError(found=version, required=minimum)
    return version


def record(zones: Iterable[str]) -> dict[str, Json]:
    """Return what the record of a decision says: the IANA version, and the SHA-256 of the file of each zone used.

    Raises:
        UnknownZoneError: one is not in the zone data.
    """
    hashes: dict[str, Json] = {key: file_hash(key) for key in sorted(set(zones))}
    return {"version": zone_data_version(), "files": hashes}


def _warning(version: str, today: date) -> str | None:
    if release(version) < release(NEWEST_SEEN):
        return f"the zone data is {version}; {NEWEST_SEEN} has been out since {SEEN_ON} or longer"
    age = today - SEEN_ON
    if age <= WARN_AFTER:
        return None
    return (
        f"nobody has looked for {age.days} days whether there is newer zone data than {version}; "
        "governments change the clocks several times a year"
    )
