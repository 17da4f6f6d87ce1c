"""What is known of a campaign's settings at an instant: as a document, and as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from paceline.ledger.shown import part
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.ledger.history import Gap, SettingsAt


def known_document(known: SettingsAt) -> dict[str, Json]:
    """Return what is known of a campaign's settings at an instant, as JSON shows it."""
    seen, following = known.sighting, known.following
    return {
        "campaign": known.campaign,
        "instant": _instant(known.instant),
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
        else {"revision": following.revision, "first_seen": _instant(following.first_seen)},
    }


def known_lines(known: SettingsAt, document: Json) -> Iterable[str]:
    """Yield what a person reads of it; `document` is that of `known_document`, numbers revealed."""
    yield f"{known.campaign} at {_instant(known.instant)}: {'certain' if known.certain else 'not certain'}"
    yield f"  {known.told()}"
    settings = part(document, "settings") if isinstance(document, Mapping) else {}
    for name, value in sorted(settings.items()):
        yield f"  {name}: {value}"


def _gap(gap: Gap | None) -> Json:
    if gap is None:
        return None
    return {
        "start": None if gap.start is None else _instant(gap.start),
        "end": None if gap.end is None else _instant(gap.end),
    }


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
