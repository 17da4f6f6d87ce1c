"""The control surface: what one does to the platform from behind it, without a token, from this machine only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from paceline.emulator import blocks, faults, idempotency, lifecycle
from paceline.emulator.clock import FASTEST, PlatformClock
from paceline.emulator.forms import Block, Fault, Form, Number, Parsed, Text
from paceline.emulator.instants import LATEST, SECOND, instant_text, parse_instant
from paceline.emulator.journal import Journal, Wanted
from paceline.emulator.messages import Answer, answer, refusal
from paceline.emulator.operation import CAMPAIGNS_FAULT, Exchange, Operation
from paceline.emulator.outgoing import delivery_document
from paceline.emulator.routes import arranging
from paceline.emulator.schemas import COUNT, fields, listing

PREFIX = "/_emulator"
PEM = "application/x-pem-file"

_CLOCK: dict[str, Form] = {"now": blocks.INSTANT, "speed": Number(0, FASTEST), "advanceSeconds": Number(0, 1e10)}


def _most(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        raise ValueError("must be an integer from 0 to 999999")
    return int(text)


_JOURNAL_QUERY: dict[str, Form] = {
    "limit": Parsed(_most, {"pattern": "^[0-9]{1,6}$"}),
    "client": Text(0, 512),
    "method": Text(1, 32),
    "path": Text(1, 2048),
    "status": Text(1, 8),
}
ENTRIES = 1000
"""How many entries of the journal are told when no limit is given."""


@dataclass(frozen=True, slots=True)
class ControlRoom:
    """The parts of a running platform that its control surface works on."""

    clock: PlatformClock
    orders: faults.FaultOrders
    journal: Journal
    certificate: Callable[[], str | None]
    reset: Callable[[], None]

    def read_clock(self, _: Exchange) -> Answer:
        """Answer with the platform's time and speed."""
        return answer(200, {"now": instant_text(self.clock.now()), "speed": self.clock.speed})

    def move_clock(self, exchange: Exchange) -> Answer:
        """Set or advance the time, set the speed, or both."""
        document = exchange.document
        now = parse_instant(document["now"]) if "now" in document else None
        if "advanceSeconds" in document:
            now = min(LATEST, self.clock.now() + round(document["advanceSeconds"] * SECOND))
        lifecycle.end_calls(exchange.world, exchange.now)
        exchange.world.dialing.keep_all_up(exchange.now, save=True)
        idempotency.forget_old(exchange)
        speed = document.get("speed")
        self.clock.move(now=now, speed=None if speed is None else float(speed))
        return self.read_clock(exchange)

    def order_fault(self, exchange: Exchange) -> Answer:
        """Take the order of a fault."""
        rule = faults.with_kind(exchange.document)
        order = self.orders.add(f"F{self._number(exchange)}", rule, exchange.now)
        return answer(201, order.document())

    def _number(self, exchange: Exchange) -> int:
        exchange.world.minted["fault"] += 1
        return exchange.world.minted["fault"]

    def list_faults(self, _: Exchange) -> Answer:
        """Answer with the orders that stand."""
        return answer(200, {"faults": [order.document() for order in self.orders.table.values()]})

    def clear_faults(self, _: Exchange) -> Answer:
        """Withdraw every order."""
        for identifier in list(self.orders.table):
            self.orders.table.drop(identifier)
        return Answer(204)

    def withdraw_fault(self, exchange: Exchange) -> Answer:
        """Withdraw one order."""
        identifier = exchange.place["fault"]
        if identifier not in self.orders.table:
            return refusal(404, "not_found", f"there is no fault {identifier[:100]}")
        self.orders.table.drop(identifier)
        return Answer(204)

    def read_journal(self, exchange: Exchange) -> Answer:
        """Answer with the counts and the newest entries."""
        query = exchange.query
        wanted = Wanted(query.get("client"), query.get("method"), query.get("path"), query.get("status"))
        return answer(200, self.journal.document(exchange.world, wanted, int(query.get("limit", ENTRIES))))

    def list_deliveries(self, exchange: Exchange) -> Answer:
        """Answer with the deliveries of the platform's own events."""
        told = [delivery_document(delivery) for delivery in exchange.world.deliveries.values()]
        return answer(200, {"deliveries": told})

    def start_anew(self, exchange: Exchange) -> Answer:
        """Go back to the tenants file: campaigns, clock, and nothing else."""
        self.reset()
        return self.read_clock(exchange)

    def read_certificate(self, _: Exchange) -> Answer:
        """Answer with the certificate of the TLS listener, in PEM."""
        pem = self.certificate()
        if pem is None:
            return refusal(404, "not_found", "there is no TLS listener")
        return Answer(200, pem.encode(), (("Content-Type", PEM),))


def clock_faults(exchange: Exchange) -> None:
    """Add the faults of a clock order that its form cannot see."""
    document = exchange.document
    if isinstance(document, dict) and {"now", "advanceSeconds"} <= document.keys():
        exchange.faults.append(Fault("advanceSeconds", "must not stand beside now"))


_CLOCK_SHOWN = fields(now={"type": "string", "format": "date-time"}, speed={"type": "number", "minimum": 0})
_OPEN_OBJECT = {"type": "object"}


def operations(room: ControlRoom) -> tuple[Operation, ...]:
    """Return the operations of the control surface of one platform."""
    found = (*_on_clock(room), *arranging.OPERATIONS, *_on_faults(room), *_on_records(room))
    return tuple(replace(operation, path=PREFIX + operation.path, faults=CAMPAIGNS_FAULT) for operation in found)


def _on_clock(room: ControlRoom) -> tuple[Operation, ...]:
    return (
        Operation(
            name="readClock", method="GET", path="/clock", summary="Read the clock", answer=room.read_clock,
            success={200: _CLOCK_SHOWN},
        ),
        Operation(
            name="moveClock", method="PUT", path="/clock", summary="Move the clock or set its speed",
            answer=room.move_clock, success={200: _CLOCK_SHOWN},
            body=Block(_CLOCK, optional=frozenset(_CLOCK), least=1), cross_check=clock_faults,
        ),
    )  # fmt: skip


def _on_faults(room: ControlRoom) -> tuple[Operation, ...]:
    order = {"type": "object", "required": ["id", "kind", "matched", "acted"]}
    return (
        Operation(
            name="orderFault", method="POST", path="/faults", summary="Order a fault", answer=room.order_fault,
            success={201: order}, body=faults.ORDER,
        ),
        Operation(
            name="listFaults", method="GET", path="/faults", summary="List the faults that stand",
            answer=room.list_faults, success={200: fields(faults=listing(order))},
        ),
        Operation(
            name="clearFaults", method="DELETE", path="/faults", summary="Withdraw every fault",
            answer=room.clear_faults, success={204: None},
        ),
        Operation(
            name="withdrawFault", method="DELETE", path="/faults/{fault}", summary="Withdraw one fault",
            answer=room.withdraw_fault, success={204: None},
        ),
    )  # fmt: skip


def _on_records(room: ControlRoom) -> tuple[Operation, ...]:
    journal = fields(total=COUNT, by_status=_OPEN_OBJECT, entries=listing(_OPEN_OBJECT))
    return (
        Operation(
            name="readJournal", method="GET", path="/journal", summary="Read the journal", answer=room.read_journal,
            success={200: journal}, query=_JOURNAL_QUERY,
        ),
        Operation(
            name="listDeliveries", method="GET", path="/deliveries", summary="List webhook deliveries",
            answer=room.list_deliveries, success={200: fields(deliveries=listing(_OPEN_OBJECT))},
        ),
        Operation(
            name="reset", method="POST", path="/reset", summary="Go back to the tenants file", answer=room.start_anew,
            success={200: _CLOCK_SHOWN}, body_optional=True,
        ),
        Operation(
            name="readCertificate", method="GET", path="/certificate",
            summary="Read the certificate of the TLS listener", answer=room.read_certificate,
            success={200: {"type": "string", "contentMediaType": PEM}},
        ),
    )  # fmt: skip
