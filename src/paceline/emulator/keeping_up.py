"""The thread that carries the dialers on while nobody asks, so that no request has hours of dialing to make up for."""

from __future__ import annotations

import logging
import threading

from paceline.emulator.platform import Platform
from paceline.primitives.errors import PacelineError

EVERY_S = 1.0
"""How long it rests between two rounds, seconds of real time."""

_log = logging.getLogger("paceline.emulator")


class KeepingUp:
    """Carries on one campaign after the other, an hour at most while it holds the platform."""

    def __init__(self, platform: Platform) -> None:
        """Serve `platform`."""
        self._platform = platform
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paceline-emulator-dialers", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the campaign at hand."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(EVERY_S):
            try:
                for campaign in self._platform.dialled_campaigns():
                    while not self._ended.is_set() and self._platform.keep_dialer_up(campaign):
                        pass
            except PacelineError:
                _log.exception("the dialers could not be carried on")
