"""What is known of a campaign's settings at an instant, as a document and as rows; phone numbers stay words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.ledger.history import Gap, SettingsAt

WINDOW = frozenset({"dayOfWeek", "startTime", "endTime"})
"""What a calling window has, in the contract's words; it reads badly in the order of the letters."""


def known_document(known: SettingsAt, **parts: SettingsAt) -> dict[str, Json]:
    """Return what is known of a campaign's settings at an instant, as JSON shows it.

    Args:
        known: of the campaign.
        parts: of what the platform keeps beside it under a version of its own, by name: its schedule.
    """
    return _document(known) | {name: _document(one) for name, one in parts.items()}


def known_rows(settings: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the settings as rows for people, each with the dotted name that it has on the platform.

    >>> [*known_rows({"b": {"c": [60, 240]}, "a": None})]
    [('a', '-'), ('b.c', '60, 240')]
    >>> [*known_rows({"w": [{"endTime": "19:30:00", "startTime": "09:00:00", "dayOfWeek": "MONDAY"}]})]
    [('w', 'MONDAY 09:00-19:30')]
    """
    if isinstance(settings, Mapping) and settings:
        for key, value in sorted(settings.items()):
            yield from known_rows(value, f"{name}.{key}" if name else key)
    else:
        yield name, _words(settings)


def _words(value: Json) -> str:
    if isinstance(value, Mapping) and value.keys() >= WINDOW:
        start, end = (str(value[name]).removesuffix(":00") for name in ("startTime", "endTime"))
        return f"{value['dayOfWeek']} {start}-{end}"
    if isinstance(value, Mapping):
        return " ".join(map(_words, value.values()))
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_words, value)) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _document(known: SettingsAt) -> dict[str, Json]:
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
