"""The whole platform as one function from request to reply, under one lock: what the network adapter and tests talk to.

A request meets, in this order: the clock (what has come due happens first), the faults that were ordered, the order of
checks, its operation; then the journal and the state file, before anything is answered.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from paceline.emulator import admission, idempotency, lifecycle, outgoing
from paceline.emulator.clock import PlatformClock
from paceline.emulator.faults import CALM, Disturbance
from paceline.emulator.instants import SECOND, http_date
from paceline.emulator.journal import Line
from paceline.emulator.keeper import Keeper, Options
from paceline.emulator.messages import Answer, Code, Request, answer, refusal
from paceline.emulator.openapi import openapi_document
from paceline.emulator.operation import Exchange, Operation
from paceline.emulator.routes import campaigns, control, schedules, simulations, statistics, tokens, webhooks
from paceline.emulator.routing import Directory
from paceline.emulator.schemas import TEXT, fields
from paceline.emulator.state_file import StateFileError

API = "/api/v2"
HOUR = 3600 * SECOND
_log = logging.getLogger("paceline.emulator")


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: the answer (None: there is none), and what goes wrong on the way."""

    answer: Answer | None
    disturbance: Disturbance = CALM


class Platform:
    """A running campaign platform."""

    def __init__(self, tenants: Path | str | None, clock: PlatformClock, options: Options | None = None) -> None:
        """Start from a tenants file, or go on from the state file when it holds a state.

        Raises:
            TenantsFileError: when the tenants file has faults.
            StateFileError: when the state file cannot be used, or was made from other tenants.
        """
        self._options = options or Options()
        self._kept = Keeper(tenants, clock, self._options)
        self.lock = threading.RLock()
        self.listeners: list[Callable[[], None]] = []
        self.certificate: str | None = None
        self.api = Directory(
            (
                *campaigns.OPERATIONS,
                *schedules.OPERATIONS,
                *simulations.OPERATIONS,
                *webhooks.OPERATIONS,
                *statistics.OPERATIONS,
            )
        )
        self.open = Directory((*tokens.OPERATIONS, *self._about()))
        kept = self._kept
        room = control.ControlRoom(clock, kept.orders, kept.journal, lambda: self.certificate, self.reset)
        self.control = Directory(control.operations(room))
        self._enter: admission.Check = admission.within_limit(self._kept.limit)
        self._to_api = admission.address(self.api)

    def handle(self, request: Request) -> Reply:
        """Judge one request and carry it out; every answer is complete but for Content-Length."""
        with self.lock:
            world, now = self._kept.world, self._kept.clock.now()
            lifecycle.bring_due(world, now)
            exchange = Exchange(request, world, now, strict_rules_scope=self._options.strict_rules_scope)
            if request.path == control.PREFIX or request.path.startswith(control.PREFIX + "/"):
                told: Answer | None = self._guarded(self._control, exchange)
                line, disturbance = None, CALM
            else:
                told, line, disturbance = self._serve(exchange)
            world.dialing.heed_changed(now)
            moved = line is None and request.method != "GET"  # the clock and orders, by the control surface
            stirred = moved or bool(world.deliveries.changed)
            try:
                self._kept.save(line)
            except StateFileError as wrong:
                _log.exception("the state could not be saved")
                told = refusal(500, "internal", wrong.message)
            if stirred:
                self._stir()
            return Reply(_finished(told, exchange), disturbance)

    def reset(self) -> None:
        """Go back to the tenants file: its campaigns, the start of the clock, and nothing else."""
        with self.lock:
            self._kept.reset()
            self._stir()

    @property
    def resumed(self) -> bool:
        """Return whether a saved state goes on, clock and all, instead of the tenants file's beginning."""
        return self._kept.resumed

    def now(self) -> int:
        """Return the platform's time, nanoseconds since 1970."""
        return self._kept.clock.now()

    def close(self) -> None:
        """Save where the clock stands, and let go of the state file."""
        with self.lock:
            self._kept.close()

    def _stir(self) -> None:
        """Let those look again who wait for the clock, a fault's end, or a delivery."""
        for listener in self.listeners:
            listener()

    def _serve(self, exchange: Exchange) -> tuple[Answer | None, Line, Disturbance]:
        request = exchange.request
        admission.known_token(exchange)
        asking = exchange.client.id if exchange.client else tokens.claimed_client(exchange)
        disturbance = self._kept.orders.disturb(request.method, request.path, asking, exchange.now)
        exchange.skew_s = float(disturbance.rule.get("skewSeconds", 0.0))
        if disturbance.kind == "expired_token":
            admission.expire_token(exchange)
        told = _instead(disturbance) if disturbance.before_the_effect else self._guarded(self._answer, exchange)
        line = Line(
            number=self._kept.journal.total + 1,
            at=exchange.now,
            client=asking if asking in exchange.world.clients else None,
            method=request.method,
            path=sys.intern(request.path),
            status=told.status if told else None,
            fault=disturbance.order,
            counted=exchange.counted,
        )
        self._kept.journal.write(line, request, told)
        return told, line, disturbance

    def _answer(self, exchange: Exchange) -> Answer:
        path = exchange.request.path
        if self.open.find(path) is not None:
            return admission.address(self.open)(exchange) or _call(exchange)
        if path != API and not path.startswith(API + "/"):
            return refusal(404, "not_found", f"there is nothing at {path[:200]}")
        checks = (self._enter, admission.bearer, self._to_api, *admission.AFTER_ADDRESS)
        told = admission.first_refusal(checks, exchange) or idempotency.stored_answer(exchange)
        if told is None:
            told = admission.first_refusal(admission.AFTER_KEY, exchange) or _call(exchange)
            idempotency.remember(exchange, told)
        return told

    def _control(self, exchange: Exchange) -> Answer:
        if not exchange.request.from_loopback:
            return refusal(403, "forbidden", "the control surface answers on this machine only")
        checks = (
            admission.address(self.control),
            admission.body_size,
            admission.parsed_body,
            admission.sound_fields,
        )
        return admission.first_refusal(checks, exchange) or _call(exchange)

    def _guarded(self, serve: Callable[[Exchange], Answer], exchange: Exchange) -> Answer:
        """Return what `serve` answers; a fault of ours is logged and told as 500."""
        try:
            return serve(exchange)
        except Exception:  # noqa: BLE001  # whatever it was, the client must get an answer and the others must go on
            _log.exception("%s %s could not be answered", exchange.request.method, exchange.request.path)
            return refusal(500, "internal", "the emulator failed; its log says why")

    def _about(self) -> tuple[Operation, ...]:
        """Return the operations that tell what this is."""

        def index(_: Exchange) -> Answer:
            told = {"what": "paceline emulator", "openapi": "/openapi.json", "control": control.PREFIX}
            return answer(200, told)

        def openapi(_: Exchange) -> Answer:
            return answer(200, openapi_document(self.open, self.api, self.control))

        shown = {200: fields(what=TEXT, openapi=TEXT, control=TEXT)}
        return (
            Operation(name="index", method="GET", path="/", summary="Say what this is", answer=index, success=shown),
            Operation(
                name="openapi", method="GET", path="/openapi.json", summary="Describe every operation", answer=openapi,
                success={200: {"type": "object"}},
            ),
        )  # fmt: skip

    def dialled_campaigns(self) -> list[str]:
        """Return the campaigns that a dialer runs for."""
        with self.lock:
            return self._kept.world.dialing.campaigns()

    def keep_dialer_up(self, campaign: str) -> bool:
        """Carry a campaign's dialer on towards now, an hour at most; return whether more is left to do."""
        with self.lock:
            world, now = self._kept.world, self._kept.clock.now()
            lifecycle.bring_due(world, now)
            left = world.dialing.keep_up(campaign, now, at_most=HOUR)
            if self._kept.unsaved:
                self._kept.save(None)
            return left

    def attempts_due(self) -> list[outgoing.Attempt]:
        """Return the webhook attempts that are due, oldest first."""
        with self.lock:
            found = outgoing.due(self._kept.world, self._kept.clock.now())
            self._kept.save(None)
            return found

    def settle_attempt(self, delivery_id: str, *, status: int | None, error: str | None) -> None:
        """Record how a webhook attempt ended."""
        with self.lock:
            now = self._kept.clock.now()
            outgoing.settle(self._kept.world, delivery_id, now, status=status, error=error)
            self._kept.save(None)

    def seconds_to_next_attempt(self, busy: frozenset[str]) -> float | None:
        """Return the machine's seconds until an attempt is due at a webhook not in `busy`.

        None when there is none, or while the clock stands still.
        """
        with self.lock:
            at = outgoing.next_due(self._kept.world, busy)
            return None if at is None else self._kept.clock.real_seconds_until(at)

    def seconds_of_silence(self, order: str | None) -> float | None:
        """Return the machine's seconds until a silence ends: 0 when it is over, None while the clock stands still."""
        with self.lock:
            until = self._kept.orders.silent_until(order)
            return 0.0 if until is None else self._kept.clock.real_seconds_until(until)


def _call(exchange: Exchange) -> Answer:
    if exchange.operation is None:
        raise LookupError("no operation was found")
    return exchange.operation.answer(exchange)


def _instead(disturbance: Disturbance) -> Answer | None:
    """Return what an ordered fault answers in the platform's place."""
    if disturbance.kind != "status":
        return None
    status = disturbance.rule["status"]
    codes: dict[int, Code] = {
        401: "unauthorized",
        403: "forbidden",
        404: "not_found",
        409: "revision_conflict",
        429: "rate_limited",
    }
    told = refusal(status, codes.get(status, "invalid_request" if status < 500 else "internal"), "an ordered fault")
    if "retryAfter" not in disturbance.rule:
        return told
    return Answer(status, told.body, (("Retry-After", str(disturbance.rule["retryAfter"])),))


def _finished(told: Answer | None, exchange: Exchange) -> Answer | None:
    """Return the answer with the headers that every answer has."""
    if told is None:
        return None
    at = exchange.now + round(exchange.skew_s * SECOND)
    named = told.status == 204 or any(name == "Content-Type" for name, _ in told.headers)
    kind = () if named else (("Content-Type", "application/json"),)
    return Answer(told.status, told.body, (("Date", http_date(at)), *kind, *told.headers))
