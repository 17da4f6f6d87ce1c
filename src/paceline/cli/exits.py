"""The exit codes that scripts branch on."""

from __future__ import annotations

ERROR = 1
"""Something failed; the message says what."""
USAGE = 64
"""The words of the command are off."""
INTERRUPTED = 130
"""Ended by Ctrl-C."""
