"""The line above a report: when it was made, on what, with what."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from paceline.primitives.clock import MachineClock, instant_of


def machine(*packages: str) -> str:
    """Return date, processors, load, and versions of Python and packages, as one sentence."""
    made_with = ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)])
    today = instant_of(MachineClock().wall_ns()).date()
    load = os.getloadavg()[0]
    return f"{today.isoformat()}, {platform.machine()}, {os.cpu_count()} processors, load {load:.1f}; {made_with}."
