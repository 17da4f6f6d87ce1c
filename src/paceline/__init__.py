"""Safe change control for outbound dialing campaigns: the names that a program starts with.

`open_system` gives a `System`, which takes a change (`Pause`, `Resume`, `Stop`) and returns an `Outcome`. They are
loaded when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paceline.bootstrap import System, open_system
    from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
    from paceline.campaign.observed import Drain
    from paceline.control.outcome import Outcome
    from paceline.primitives.ids import campaign_id

__all__ = ["Drain", "Outcome", "Pause", "Resume", "Stop", "System", "campaign_id", "open_system"]

_HOMES = {
    "Drain": "paceline.campaign.observed",
    "Outcome": "paceline.control.outcome",
    "Pause": "paceline.campaign.lifecycle.changes",
    "Resume": "paceline.campaign.lifecycle.changes",
    "Stop": "paceline.campaign.lifecycle.changes",
    "System": "paceline.bootstrap",
    "campaign_id": "paceline.primitives.ids",
    "open_system": "paceline.bootstrap",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"paceline has no name {name!r}")
    return getattr(import_module(_HOMES[name]), name)
