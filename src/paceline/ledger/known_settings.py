"""What is known of a campaign's settings at an instant, as a document; phone numbers stay words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.ledger.history import Gap, SettingsAt


def known_document(known: SettingsAt) -> dict[str, Json]:
    """Return what is known of a campaign's settings at an instant, as JSON shows it."""
    seen, following = known.sighting, known.following
    return {
        "campaign": known.campaign,
        "instant": instant_shown(known.instant),
        "certain": known.certain,
        "told": known.told(),
        "revision": None if seen is None else seen.revision,
        "since": _gap(known.since),
        "outside": known.outside,
        "gap": _gap(known.gap),
        "made_by": None if seen is None else seen.made_by,
        "actor": None if seen is None or seen.actor is None else seen.actor.name,
        "settings": None if seen is None else seen.settings,
        "following": None
        if following is None
        else {"revision": following.revision, "first_seen": instant_shown(following.first_seen)},
    }


def instant_shown(at: datetime) -> str:
    """Return an instant as this document shows it."""
    return at.isoformat().replace("+00:00", "Z")


def _gap(gap: Gap | None) -> Json:
    if gap is None:
        return None
    return {
        "start": None if gap.start is None else instant_shown(gap.start),
        "end": None if gap.end is None else instant_shown(gap.end),
    }
