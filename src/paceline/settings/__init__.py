"""Every setting, and where its value came from. Only the entrances and `bootstrap` read it; others get what they need.

Read first: `known` (what there is), `sources` (what counts over what), `reading` (how they become one record).
"""

from __future__ import annotations

from paceline.settings.failures import SettingsError
from paceline.settings.known import Documented, documented
from paceline.settings.reading import read_settings
from paceline.settings.record import Local, Remote, Serving, Settings

__all__ = ["Documented", "Local", "Remote", "Serving", "Settings", "SettingsError", "documented", "read_settings"]
