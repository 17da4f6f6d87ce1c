"""How a tracking server can fail; a run that was not sent waits, and is sent later as the same run."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError


class TrackingError(PacelineError):
    """the tracking server did not take a run"""

    code = "tracking"


class TrackingAwayError(TrackingError):
    """the tracking server does not answer"""

    code = "tracking-away"
    retryable = True


class TrackingRefusedError(TrackingError):
    """the tracking server refuses what it is sent"""

    code = "tracking-refused"
