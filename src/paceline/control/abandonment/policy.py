"""What guards do by themselves: the policy, which settings hold too, so that it loads nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Does(StrEnum):
    """What a guard does: pause the campaign, ease it off to progressive dialing, or only tell."""

    PAUSE = "pause"
    PROGRESSIVE = "progressive"
    TELL = "tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """What is done by itself on a breach, and on an approach."""

    breach: Does = Does.PROGRESSIVE
    approach: Does = Does.TELL
