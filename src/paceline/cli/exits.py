"""The exit codes that scripts branch on."""

from __future__ import annotations

DONE = 0
"""Done, or nothing to do."""
ERROR = 1
"""Something failed; the message says what."""
DIFFERENT = 2
"""Differences were found, and somebody asked to be told by the code."""
REFUSED = 3
"""Refused by policy or law."""
NOT_AUTHORISED = 4
"""The platform does not accept the credentials, or they lack a right."""
CONFLICT = 5
"""A conflict: another revision, a lock, a wrong state."""
UNSETTLED = 6
"""Timed out, expired, still draining, or in doubt."""
PARTLY = 7
"""Partly done; the output says which part."""
UNDONE = 8
"""Rolled back by a guard."""
USAGE = 64
"""The words of the command are off."""
BROKEN_PIPE = 141
"""Whoever read the output went away."""
INTERRUPTED = 130
"""Ended by Ctrl-C."""
