"""Act 1: one instant, one number, two clocks. The zone data of the machine has an old one where its system is old.

Whatever reads zones as Python does by itself gets the operating system's files first. Here they are read for once, to
show what they say; nothing else of paceline looks at them.
"""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, only
from paceline.compliance.call import Call, Purpose
from paceline.compliance.calling_time import legal
from paceline.compliance.decision import Decision, decide
from paceline.figures.clocks import Clock, Clocks, svg_of_clocks
from paceline.primitives.intervals import seconds_of
from paceline.primitives.posix_rule import read_rule
from paceline.primitives.tzif import ZoneFile, read_zone_file
from paceline.primitives.zones import zone, zone_data_version

NUMBER = "+16045551234"
ZONE = "America/Vancouver"
AT = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
OLD_RELEASE = "2025b"
OLD_RULE = "PST8PDT,M3.2.0,M11.1.0"
"""The last line of Vancouver's file in that release: the clock still goes back in November."""
_DAY_S = 86_400
_VERSION = re.compile(r"# version (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldClock:
    """What zone data that is not ours says of Vancouver: whose it is in words, its release, and the offset then."""

    whose: str
    release: str
    offset: timedelta


def clocks_disagree(scene: Scene) -> Act:
    """Read both clocks at one instant, and judge the call by each."""
    ours = zone(ZONE).utcoffset(AT)
    system = system_clock(os.environ)
    agrees = system is not None and system.offset == ours
    old = system if system is not None and not agrees else released_clock()
    book, call = scene.ada.law.rulebook, Call(purposes=frozenset({Purpose.SALES}))
    now = decide(book, number=NUMBER, at=AT, call=call)
    # What the old clock shows at that instant, ours shows so much earlier: the law looks at nothing but the clock.
    shift = (ours or timedelta()) - old.offset
    then = decide(book, number=NUMBER, at=AT - shift, call=call)
    check("how much the clocks differ", wanted=timedelta(hours=1), found=shift)
    check("whether the call is legal by the old clock, and by ours", wanted=(True, False), found=_both(then, now))
    rule = only("laws that close it", (one for one in now.judgements if not one.is_open)).rule
    check("whether a law closes it", wanted=True, found=rule is not None and bool(rule.citation))
    shows_old, shows = AT.astimezone(timezone(old.offset)), AT.astimezone(zone(ZONE))
    said = f"{rule.id}: {rule.citation}" if rule is not None else ""
    return Act(
        title="One instant, two clocks in Vancouver",
        word="refused by law",
        does=f"at {AT:%Y-%m-%dT%H:%M:%SZ} a campaign wants to sell to {NUMBER}, in Vancouver",
        came=f"{old.whose} ({old.release}) says it is {shows_old:%H:%M} there, and legal; ours ({zone_data_version()}) "
        f"says {shows:%H:%M}, and not: British Columbia no longer turns its clocks back, and the day ends at 21:30 "
        f"[{said}]",
        notes=[*now.reasons, *_standing(system, agrees=agrees)],
        pictures=[svg_of_clocks(_picture(scene, old, now))],
    )


def system_clock(environment: Mapping[str, str]) -> OldClock | None:
    """Return what this machine's own zone data says of Vancouver at the instant; None where it has none.

    The folders are those in which Python looks by itself: `PYTHONTZPATH`, else the ones it was built with.
    """
    places = environment.get("PYTHONTZPATH") or str(sysconfig.get_config_var("TZPATH") or "")
    for place in (Path(one) for one in places.split(os.pathsep) if one):
        file = place / ZONE
        if place.is_absolute() and file.is_file():
            offset = _offset(read_zone_file(file.read_bytes()))
            return OldClock(whose="the zone data of this machine", release=_release(place), offset=offset)
    return None


def released_clock() -> OldClock:
    """Return what an old release says, by the rule at the end of its file."""
    file = ZoneFile(changes=(), offsets=(0,), rule=read_rule(OLD_RULE))
    return OldClock(whose="a machine with old zone data", release=OLD_RELEASE, offset=_offset(file))


def _offset(file: ZoneFile) -> timedelta:
    second = seconds_of(AT)
    return timedelta(seconds=file.segments(second, second + 1)[0].offset_s)


def _release(place: Path) -> str:
    """Return the release that a folder of zone files says it is of."""
    try:
        with (place / "tzdata.zi").open(encoding="utf-8") as lines:
            found = _VERSION.match(lines.readline())
    except OSError:
        found = None
    return "it does not say of which release" if found is None else found[1]


def _both(then: Decision, now: Decision) -> tuple[bool, bool]:
    return then.is_callable, now.is_callable


def _standing(system: OldClock | None, *, agrees: bool) -> list[str]:
    if system is None:
        return [f"this machine has no zone data of its own; shown is what release {OLD_RELEASE} says by {OLD_RULE}"]
    if agrees:
        return [f"this machine's own data ({system.release}) agrees with ours; shown is {OLD_RELEASE}: {OLD_RULE}"]
    return ["the old clock was read from this machine's own files, as Python reads them when nobody says otherwise"]


def _picture(scene: Scene, old: OldClock, now: Decision) -> Clocks:
    place = only("places", now.locality.places)
    shows = AT.astimezone(zone(ZONE))
    midnight = shows.replace(hour=0, minute=0, second=0)
    lawful = legal(scene.ada.law.rulebook, place, now.call, (midnight, midnight + timedelta(days=1)))
    start = seconds_of(midnight)
    return Clocks(
        place="Vancouver",
        at=AT,
        clocks=(
            Clock(word=f"{old.whose}, {old.release}", shows=AT.astimezone(timezone(old.offset)), legal=True),
            Clock(word=f"paceline, {zone_data_version()}", shows=shows, legal=False),
        ),
        open=tuple((one - start, min(other - start, _DAY_S)) for one, other in lawful.spans),
    )
