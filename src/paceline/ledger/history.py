"""What is known of a campaign's settings at an instant, from the sightings of its revisions. Pure.

1. From its first to its last look a revision did not change, for every committed change raises it: that is a sighting.
2. Between two sightings is a gap: somebody made the change there. When an entry of ours made the later revision, and no
   revision lies between, nothing happened before its intent, and the gap begins only there. When no entry did, or
   more revisions passed than one, it was changed outside paceline.
3. No time ends before it starts, though the platform tells its own in whole seconds.
4. Before the first look nothing is known; after the last, what was seen then may be old. Both are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """From when to when a revision was seen.

    Attributes:
        sequence: of the row in the chain that holds the settings.
        made_by: the entry that made this revision, when one of ours did.
        sent_at: when that entry's last intent was recorded: nothing was sent before.
        actor: whose entry it is.
    """

    revision: str
    first_seen: datetime
    last_seen: datetime
    settings: Mapping[str, Json]
    sequence: int
    made_by: EntryId | None = None
    sent_at: datetime | None = None
    actor: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which nobody looked; `start` is None when nobody had before, `end` when nobody has since."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsAt:
    """What is known of a campaign's settings at an instant.

    Attributes:
        sighting: the last revision seen at or before the instant; None when nobody had looked yet.
        since: when that revision was made: after its start, and at its end at the latest; None without a sighting.
        outside: whether somebody outside paceline changed something in that time.
        gap: set when the settings at the instant are not certain: nobody looked around it.
        following: the next other revision that was seen.
    """

    campaign: CampaignId
    instant: datetime
    sighting: Sighting | None
    since: Gap | None
    outside: bool
    gap: Gap | None
    following: Sighting | None

    @property
    def certain(self) -> bool:
        """Whether the settings of `sighting` were in force at the instant, without doubt."""
        return self.sighting is not None and self.gap is None

    def told(self) -> str:
        """Return the answer in words: since when, by whom, and what nobody saw."""
        if self.sighting is None or self.since is None:
            first = (
                "nobody has looked yet" if self.following is None else f"first seen {_at(self.following.first_seen)}"
            )
            return f"not known: {first}"
        said = [f"revision {self.sighting.revision}, {_since(self.since)}"]
        if self.sighting.actor is not None:
            said.append(f"by {self.sighting.actor.name} (entry {self.sighting.made_by})")
        if self.outside and self.since.start is not None and self.since.end is not None:
            said.append(f"changed outside paceline between {_at(self.since.start)} and {_at(self.since.end)}")
        if self.gap is not None and self.gap.start is not None:
            until = "since" if self.gap.end is None else f"until {_at(self.gap.end)}, when it was another"
            said.append(f"last seen {_at(self.sighting.last_seen)}; nobody looked {until}")
        return "; ".join(said)


def settings_from(sightings: Sequence[Sighting], *, campaign: CampaignId, instant: datetime) -> SettingsAt:
    """Return what these sightings of a campaign, the oldest first, tell about an instant."""
    place = sum(1 for seen in sightings if seen.first_seen <= instant)
    following = sightings[place] if place < len(sightings) else None
    if place == 0:
        unknown = Gap(start=None, end=following.first_seen if following else None)
        return SettingsAt(
            campaign=campaign,
            instant=instant,
            sighting=None,
            since=None,
            outside=False,
            gap=unknown,
            following=following,
        )
    sighting = sightings[place - 1]
    earlier = sightings[place - 2] if place > 1 else None
    return SettingsAt(
        campaign=campaign,
        instant=instant,
        sighting=sighting,
        since=made_in(earlier, sighting),
        outside=earlier is not None and not _ours_alone(earlier, sighting),
        gap=_gap_at(instant, sighting, following),
        following=following,
    )


def _gap_at(instant: datetime, sighting: Sighting, following: Sighting | None) -> Gap | None:
    if instant <= sighting.last_seen:
        return None
    if following is None:
        return Gap(start=sighting.last_seen, end=None)
    gap = made_in(sighting, following)
    return gap if gap.start is None or instant > gap.start else None


def made_in(earlier: Sighting | None, later: Sighting) -> Gap:
    """Return the time in which the later of two revisions was made; of two that were seen one after the other."""
    start = None if earlier is None else earlier.last_seen
    if later.sent_at is not None and (earlier is None or _ours_alone(earlier, later)):
        start = later.sent_at if start is None else max(start, later.sent_at)
    # Our clock tells fractions and the platform's whole seconds: what was sent may seem to be seen before.
    return Gap(start=None if start is None else min(start, later.first_seen), end=later.first_seen)


def _ours_alone(earlier: Sighting, later: Sighting) -> bool:
    """Return whether an entry of ours made the later revision, and nothing shows another one in between."""
    if later.made_by is None:
        return False
    if earlier.revision.isdecimal() and later.revision.isdecimal():
        return int(later.revision) == int(earlier.revision) + 1
    return True


def _since(since: Gap) -> str:
    if since.end is None or since.start is None:
        return "since before anybody looked" if since.end is None else f"first seen {_at(since.end)}"
    start, end = _at(since.start), _at(since.end)
    return f"made at {end}" if start == end else f"made between {start} and {end}"


def _at(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
