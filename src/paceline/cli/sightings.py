"""What is known of a campaign's settings at an instant, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.ledger.history import SettingsAt


def known_lines(known: SettingsAt, document: Json) -> Iterable[str]:
    """Yield what a person reads of it; `document` is that of `known_document`, numbers revealed."""
    yield f"{known.campaign} at {utc_text(known.instant)}: {'certain' if known.certain else 'not certain'}"
    yield f"  {known.told()}"
    settings = part(document, "settings") if isinstance(document, Mapping) else {}
    for name, value in sorted(settings.items()):
        yield f"  {name}: {value}"
