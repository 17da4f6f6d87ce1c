"""The threads that carry the platform's own events to their webhooks, signed after Standard Webhooks."""

from __future__ import annotations

import logging
import ssl
import threading
from datetime import UTC, datetime
from functools import cache

from standardwebhooks import Webhook as Signer

from paceline.emulator.instants import SECOND
from paceline.emulator.outgoing import Attempt
from paceline.emulator.platform import Platform
from paceline.primitives.clock import Clock, MachineClock
from paceline.primitives.errors import PacelineError

ATTEMPT_S = 10.0
"""How long a receiver may take to connect, and again to begin its answer, seconds of real time."""
AT_ONCE = 8
"""How many webhooks are served at the same time; each gets one event after the other."""
LONGEST_NAP_S = 3600.0
"""After how many seconds of real time what is due is looked at anew, whatever was reckoned."""
GOODBYE_S = 1.0
"""How long an attempt that is under way may still take when the emulator ends, seconds of real time."""

_log = logging.getLogger("paceline.emulator")


class Deliverer:
    """Attempts what is due, sleeps until something may be due, and wakes when the platform stirs."""

    def __init__(self, platform: Platform, machine: Clock | None = None) -> None:
        """Deliver for `platform`; the signed time is the machine's, by which receivers judge its age."""
        self._platform = platform
        self._machine = machine or MachineClock()
        self._stirred = threading.Event()
        self._stopping = False
        self._carriers: dict[str, threading.Thread] = {}
        self._thread = threading.Thread(target=self._run, name="paceline-emulator-webhooks", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._platform.listeners.append(self._stirred.set)
        self._thread.start()

    def stop(self) -> None:
        """End; an attempt that takes longer than its goodbye is left alone and is made again after a restart."""
        self._stopping = True
        self._stirred.set()
        self._thread.join()
        for carrier in list(self._carriers.values()):
            carrier.join(GOODBYE_S)

    def _run(self) -> None:
        while True:
            self._stirred.clear()
            if self._stopping:
                return
            try:
                nap_s = self._set_off()
            except PacelineError:
                _log.exception("webhooks could not be looked at")
                nap_s = None
            self._stirred.wait(LONGEST_NAP_S if nap_s is None else min(nap_s, LONGEST_NAP_S))

    def _set_off(self) -> float | None:
        """Begin what is due and can begin, and return after how many seconds something else may be due."""
        for attempt in self._platform.attempts_due():
            if attempt.webhook not in self._carriers and len(self._carriers) < AT_ONCE:
                name = f"paceline-emulator-webhook-{attempt.webhook}"
                carrier = threading.Thread(target=self._carry, args=(attempt,), name=name, daemon=True)
                self._carriers[attempt.webhook] = carrier
                carrier.start()
        # The end of an attempt stirs, so that a busy webhook needs no time, and none does while all hands are full.
        busy = frozenset(self._carriers)
        return None if len(busy) >= AT_ONCE else self._platform.seconds_to_next_attempt(busy)

    def _carry(self, attempt: Attempt) -> None:
        try:
            status, error = self._send(attempt)
            if not self._stopping:
                self._platform.settle_attempt(attempt.delivery, status=status, error=error)
        except PacelineError:
            _log.exception("the end of a webhook attempt could not be kept")
        finally:
            self._carriers.pop(attempt.webhook, None)
            self._stirred.set()

    def _send(self, attempt: Attempt) -> tuple[int | None, str | None]:
        """Send one event; return the status, or what kept it from having one."""
        import httpx2  # heavy, and needed only once somebody registered a webhook

        at = datetime.fromtimestamp(self._machine.wall_ns() // SECOND, UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": attempt.delivery,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Signer(attempt.secret).sign(attempt.delivery, at, attempt.body),
        }
        content = attempt.body.encode()
        try:
            with (
                httpx2.Client(verify=_trusted(), trust_env=False, timeout=ATTEMPT_S, follow_redirects=False) as http,
                http.stream("POST", attempt.url, content=content, headers=headers) as answer,
            ):
                return answer.status_code, None
        except Exception as failed:  # noqa: BLE001  # hosts that no resolver takes fail in many ways; all are failed attempts
            return None, f"{type(failed).__name__}: {failed}"


@cache
def _trusted() -> ssl.SSLContext:
    """Return what receivers' certificates are checked by, read once: that takes longer than most deliveries."""
    import httpx2  # as above

    return httpx2.create_ssl_context(trust_env=False)
