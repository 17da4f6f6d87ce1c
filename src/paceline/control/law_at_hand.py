"""What names the law that a change was judged by, in every record of its judgement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from paceline.campaign.observed import Situation
from paceline.primitives.canonical import Json
from paceline.primitives.zones import file_hash, zone_data_version


@dataclass(frozen=True, slots=True, kw_only=True)
class LawAtHand:
    """What names the law that something was judged by, so that it can be judged again in ten years.

    Attributes:
        edition: of the rulebook.
        zone_data: the IANA version of the zone data.
        zones_sha256: of the zone files of all places that were looked at.
    """

    edition: str
    zone_data: str
    zones_sha256: str

    def document(self) -> dict[str, Json]:
        """Return it as the ledger keeps it."""
        return {"edition": self.edition, "zone_data": self.zone_data, "zones_sha256": self.zones_sha256}


def law_at_hand(situation: Situation) -> LawAtHand | None:
    """Return what names the law of a situation, None where the law has no say in it."""
    rulebook = situation.rulebook
    if rulebook is None:
        return None
    known = situation.circumstances.regions & rulebook.zones.keys()
    zones = {place.zone for place in rulebook.places(known)}
    return LawAtHand(
        edition=rulebook.edition,
        zone_data=zone_data_version(),
        zones_sha256=_digest(frozenset(zones)),
    )


@lru_cache(maxsize=64)
def _digest(zones: frozenset[str]) -> str:
    return sha256("".join(f"{zone} {file_hash(zone)}\n" for zone in sorted(zones)).encode()).hexdigest()
