"""What is known of a campaign's settings at an instant, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from paceline.ledger.known_settings import known_rows
from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.ledger.history import SettingsAt


def known_lines(known: SettingsAt, schedule: SettingsAt, document: Json) -> Iterable[str]:
    """Yield what a person reads of both; `document` is that of `known_document`, numbers revealed."""
    told = document if isinstance(document, Mapping) else {}
    yield f"{known.campaign} at {utc_text(known.instant)}: {_certainty(known)}"
    yield f"  {known.told()}"
    yield from _settings(told)
    yield f"schedule: {_certainty(schedule)}"
    yield f"  {schedule.told()}"
    yield from _settings(part(told, "schedule"))


def _certainty(known: SettingsAt) -> str:
    return "certain" if known.certain else "not certain"


def _settings(document: Mapping[str, Json]) -> Iterable[str]:
    for name, words in known_rows(part(document, "settings")):
        if name:
            yield f"  {name}: {words}"
