"""The only place where parts are joined: settings in, a `System` out.

Read first: `system.System`, `opening.open_system`.
"""

from __future__ import annotations

from paceline.bootstrap.diagnosis import diagnosis_of
from paceline.bootstrap.opening import Ledger, ledger_of, open_system, system_of
from paceline.bootstrap.options import Options
from paceline.bootstrap.system import System

__all__ = ["Ledger", "Options", "System", "diagnosis_of", "ledger_of", "open_system", "system_of"]
