"""What a campaign may be eased off to, as commands name it; loads nothing else."""

from __future__ import annotations

from enum import StrEnum


class EaseTo(StrEnum):
    """One line for each idle agent, or the newest earlier pacing that is known to be good."""

    PROGRESSIVE = "progressive"
    LAST_GOOD = "last-good"
