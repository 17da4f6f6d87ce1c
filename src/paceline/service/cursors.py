"""Pages of a list: a cursor names the place after which the next page begins, and nobody need know what is in it."""

from __future__ import annotations

import base64
import binascii

from paceline.service.problems import ProblemError

PAGE = 100
"""Items on a page when nothing is said."""
LONGEST_PAGE = 1000
"""Items on a page at most."""


def cursor_of(place: str) -> str:
    """Return the cursor of a place.

    >>> place_of(cursor_of("CMP-12345"))
    'CMP-12345'
    """
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(cursor: str) -> str:
    """Return the place that a cursor names.

    Raises:
        ProblemError: it is none that was given here.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise ProblemError(422, "this is no cursor", code="cursor", hint="take `next` of the page before") from None


def numbered(cursor: str | None) -> int | None:
    """Return the number that a cursor of a list by number names, None without a cursor.

    Raises:
        ProblemError: it is none that was given here.
    """
    if cursor is None:
        return None
    place = place_of(cursor)
    if not (place.isascii() and place.isdigit() and len(place) <= 18):
        raise ProblemError(422, "this is no cursor", code="cursor", hint="take `next` of the page before")
    return int(place)
