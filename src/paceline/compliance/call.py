"""What is known of a call before it is placed: what for, how, to what kind of line, and where its person may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a campaign calls for; a renewal is sales."""

    SALES = "sales"
    DEBT = "debt"
    RESEARCH = "research"
    INFO = "info"


class Mode(StrEnum):
    """Who speaks when the person answers."""

    LIVE = "live"
    """A person; a dialer places the call."""
    PRERECORDED = "prerecorded"
    """A recording or an artificial voice."""


class Line(StrEnum):
    """What kind of line is called."""

    RESIDENTIAL = "residential"
    MOBILE = "mobile"
    BUSINESS = "business"


EVERY_PURPOSE = frozenset(Purpose)
"""What holds for a campaign that nobody declared a purpose of: the rules of all of them, so the tightest."""
EVERY_LINE = frozenset(Line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The kind of calls that are judged.

    A rule binds when it applies to any of the purposes, any of the modes, any of the lines: what is not known is taken
    as everything that it might be, and more possibilities only ever tighten.
    """

    purposes: frozenset[Purpose] = EVERY_PURPOSE
    modes: frozenset[Mode] = frozenset({Mode.LIVE})
    lines: frozenset[Line] = EVERY_LINE


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """One zone in which the called person may be, and every jurisdiction whose rules then bind.

    Attributes:
        zone: a key of the pinned zone data.
        jurisdictions: ISO 3166 codes, the country (`US`) beside each of its parts (`US-FL`), sorted.
    """

    zone: str
    jurisdictions: tuple[str, ...]
