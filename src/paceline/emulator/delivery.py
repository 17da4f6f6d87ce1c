"""The threads that carry the platform's own events to their webhooks, signed after Standard Webhooks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from paceline.emulator.instants import SECOND
from paceline.emulator.outgoing import Attempt
from paceline.emulator.platform import Platform
from paceline.primitives.clock import Clock, MachineClock

ATTEMPT_S = 10.0
"""How long a receiver may take to connect, and again to answer, seconds of real time."""
AT_ONCE = 8
"""How many webhooks are served at the same time; each gets one event after the other."""


class Deliverer:
    """Attempts what is due, sleeps until something may be due, and wakes when the platform stirs."""

    def __init__(self, platform: Platform, machine: Clock | None = None) -> None:
        """Deliver for `platform`; the signed time is the machine's, by which receivers judge its age."""
        self._platform = platform
        self._machine = machine or MachineClock()
        self._stirred = threading.Event()
        self._stopping = False
        self._busy: set[str] = set()
        self._carriers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="paceline-emulator-webhook")
        self._thread = threading.Thread(target=self._run, name="paceline-emulator-webhooks", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._platform.listeners.append(self._stirred.set)
        self._thread.start()

    def stop(self) -> None:
        """End after the attempts that are under way."""
        self._stopping = True
        self._stirred.set()
        self._thread.join()
        self._carriers.shutdown(cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping:
            self._stirred.clear()
            for attempt in self._platform.attempts_due():
                if attempt.webhook not in self._busy:
                    self._busy.add(attempt.webhook)
                    self._carriers.submit(self._carry, attempt)
            # What is due and not taken waits for a busy webhook, whose end stirs; only the future needs a time.
            self._stirred.wait(self._platform.seconds_to_next_attempt() or None)

    def _carry(self, attempt: Attempt) -> None:
        try:
            status, error = self._send(attempt)
            self._platform.settle_attempt(attempt.delivery, status=status, error=error)
        finally:
            self._busy.discard(attempt.webhook)
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
        try:
            with httpx2.Client(trust_env=False, timeout=ATTEMPT_S, follow_redirects=False) as http:
                answer = http.post(attempt.url, content=attempt.body.encode(), headers=headers)
        except Exception as failed:  # noqa: BLE001  # hosts that no resolver takes fail in many ways; all are failed attempts
            return None, f"{type(failed).__name__}: {failed}"
        return answer.status_code, None
