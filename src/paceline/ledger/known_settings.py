"""What is known of a campaign's settings at an instant, as a document; phone numbers stay words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.ledger.history import Gap, SettingsAt


def known_document(known: SettingsAt) -> dict[str, Json]:
    """Return what is known of a campaign's settings at an instant, as JSON shows it."""
    seen, following = known.sighting, known.following
    return {
        "campaign": known.campaign,
        "instant": utc_text(known.instant),
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
        else {"revision": following.revision, "first_seen": utc_text(following.first_seen)},
    }


def _gap(gap: Gap | None) -> Json:
    if gap is None:
        return None
    return {
        "start": None if gap.start is None else utc_text(gap.start),
        "end": None if gap.end is None else utc_text(gap.end),
    }
