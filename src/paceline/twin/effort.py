"""How much is drawn and played for a fit: what is certified needs it all, a test is content with less."""

from __future__ import annotations

from dataclasses import dataclass

MOST_DAYS = 400
"""So many days at most are asked for to fit a twin on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is drawn and played.

    Attributes:
        draws: vectors of the bootstrap of the last fit.
        draws_of_fold: of each fold before it.
        replications: days of chance for each day that is predicted, spread over the draws.
        played: days that are played at each step of finding how boldly is dialed, at least.
        played_of_draw: the same for each draw.
    """

    draws: int = 64
    draws_of_fold: int = 32
    replications: int = 256
    played: int = 48
    played_of_draw: int = 8
