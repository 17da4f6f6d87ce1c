"""What a picture calls a campaign: one line of text that nothing in a name from elsewhere can break out of."""

from __future__ import annotations

LONGEST = 120
"""The most of a name that is shown, in characters."""


def title_of(campaign: str, name: str | None) -> str:
    r"""Return the campaign's id and its name on the platform, where it has one; what cannot be printed is left out.

    >>> title_of("CMP-12345", "Renewals\r\n  East\x1b"), title_of("CMP-12345", None)
    ('CMP-12345 Renewals East', 'CMP-12345')
    """
    words = " ".join(f"{campaign} {name or ''}".split())
    return "".join(letter for letter in words if letter.isprintable())[:LONGEST]
