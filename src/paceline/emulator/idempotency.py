"""Idempotency-Key: a write that is repeated with its key gets the answer it had, and has no second effect.

Rules:
* A key is its client's own. The same method, path and body within 24 hours of the platform's clock get the stored
  answer; anything else under the same key is refused with 409.
* Answers 401, 429 and 5xx are not stored, nor is any that was made before the key was looked at.
"""

from __future__ import annotations

import hashlib
import re
import zlib

from paceline.emulator.documents import campaign_conflict, schedule_etag
from paceline.emulator.forms import Fault
from paceline.emulator.instants import SECOND
from paceline.emulator.messages import Answer, refusal
from paceline.emulator.operation import Exchange
from paceline.emulator.tenant import StoredAnswer

KEPT = 24 * 3600 * SECOND
"""How long an answer is kept, nanoseconds."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_WORDS = (
    b'{"code":"illegal_transition","message":"","errors":[{"field":"","message":"must be "}],"currentRevision":'
    b'"scheduleId":"","timezone":"America/","businessHoursDirective":"STRICT","timeWindows":[{"dayOfWeek":"MONDAY",'
    b'"startTime":"09:00:00","endTime":"20:00:00"}],"maxConcurrentCalls":'
    b'{"id":"","name":"","status":"PAUSED","isLocked":false,"activeAgents":0,"totalCallsAttempted":0,"transitionTime":'
    b'"2026-01-01T00:00:00.000Z","queueDrained":true,"revision":1,"version":1,"pendingTransition":null,"dialingRules":'
    b'{"dialingMethod":"PREDICTIVE","retrySettings":{"maxAttempts":3,"intervalMinutes":[]},"abandonmentRateThreshold":'
    b'{"maxRate":0.03,"coolDownSec":300},"maxCallsPerAgent":1},"predictiveDialer":{"answerRate":0.6,"abandonRate":0.02,'
    b'"maxConcurrentCalls":50,"callInterval":200,"strategy":"predictive","warmUpPeriod":60},"predictiveDialerSettings":'
    b'{"algorithmId":"","parameterWeights":{"answer_rate":0.1,"call_rate":0.1,"predictive_factor":0.1,"max_concurrent":'
    b'0.1,"agent_efficiency":0.1},"validationSplit":0.2,"maxDeviationLimit":0.2,"convergenceThreshold":0.01},'
    b'"configuration":{"enablePredictiveTuning":true,"simulationTrigger":"manual","driftProtection":true}}'
)
"""What answers are made of, for the compressor.

A change of it makes older state files unreadable, so `state_file.FORMAT` rises with it.
"""
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


def stored_answer(exchange: Exchange) -> Answer | None:
    """Return the answer that the key has already, the refusal of its second use, or None.

    A key of the wrong form is a fault.
    """
    key = _key(exchange)
    if key is None:
        return None
    forget_old(exchange)
    stored = exchange.world.answers.get(key)
    if stored is None:
        return None
    if stored.at <= exchange.now - KEPT:
        exchange.world.answers.drop(key)
        return None
    if stored.digest != _digest(exchange):
        return _conflict(exchange)
    return Answer(stored.status, _unpacked(stored.packed_body), (*stored.headers, ("Idempotent-Replayed", "true")))


def remember(exchange: Exchange, told: Answer) -> None:
    """Store the answer under the request's key, when it has one and the answer is of a kind that is stored."""
    key = _key(exchange)
    if key is None or told.status in (401, 429) or told.status >= 500:
        return
    stored = StoredAnswer(
        key=key,
        digest=_digest(exchange),
        at=exchange.now,
        status=told.status,
        headers=told.headers,
        packed_body=_packed(told.body),
    )
    exchange.world.answers.put(key, stored)


def forget_old(exchange: Exchange) -> None:
    """Drop answers whose 24 hours are over, oldest first, until one has not; each is judged again when asked for."""
    answers = exchange.world.answers
    while answers:
        oldest = next(iter(answers.values()))
        if oldest.at > exchange.now - KEPT:
            return
        answers.drop(oldest.key)


def _packed(body: bytes) -> bytes:
    """Return the body compressed against a campaign's words, to a fraction: a day of keyed requests is kept."""
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS, zdict=_WORDS)
    return packer.compress(body) + packer.flush()


def _unpacked(packed: bytes) -> bytes:
    opener = zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_WORDS)
    return opener.decompress(packed) + opener.flush()


def _key(exchange: Exchange) -> str | None:
    """Return the key to store the answer under; None without one, or with one of the wrong form, which is a fault."""
    sent = exchange.request.headers.get("idempotency-key")
    if sent is None or exchange.request.method not in _WRITES or exchange.client is None:
        return None
    if not _KEY.fullmatch(sent):
        fault = Fault("Idempotency-Key", "must be 1 to 255 visible ASCII characters")
        if fault not in exchange.faults:
            exchange.faults.append(fault)
        return None
    return f"{exchange.client.id} {sent}"


def _digest(exchange: Exchange) -> str:
    request = exchange.request
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def _conflict(exchange: Exchange) -> Answer:
    message = "the Idempotency-Key was used for another request"
    campaign, operation = exchange.campaign, exchange.operation
    if campaign is None:
        return refusal(409, "idempotency_conflict", message)
    if operation is not None and operation.needs_precondition:
        return refusal(409, "idempotency_conflict", message, currentETag=schedule_etag(campaign.schedule))
    return campaign_conflict(campaign, "idempotency_conflict", message)
