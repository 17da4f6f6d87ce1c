"""Faults to order: each rule says which requests it meets, from which match on, how often, and what goes wrong then.

Rules:
* Every order that matches a request counts the match; it acts from its n-th match on, so many times.
* Delays add up. Of the other kinds the order given first acts; the rest only count.
* `silence` acts on all that match, from the order on until its seconds of the platform's clock are over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from paceline.emulator.forms import Block, Choice, Fault, Faults, Form, Integer, Number, Text, below
from paceline.emulator.instants import SECOND
from paceline.emulator.table import Table
from paceline.emulator.tenant import Json

KINDS = (
    "status",
    "delay",
    "reset_before",
    "reset_after",
    "truncate",
    "malformed",
    "expired_token",
    "clock_skew",
    "silence",
)
_OWN_FIELDS = {
    "status": ("status", "retryAfter"),
    "delay": ("delayMs",),
    "clock_skew": ("skewSeconds",),
    "silence": ("seconds",),
}
_REQUIRED = {"status": "status", "delay": "delayMs", "clock_skew": "skewSeconds", "silence": "seconds"}


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Whole seconds, or the text of an HTTP date, sent as it is."""

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse negative numbers, other types and texts that no header can hold."""
        form: Form = Text(1, 64, r"[\x20-\x7e]+") if isinstance(value, str) else Integer(0)
        form.judge(value, at, faults)

    def schema(self) -> Json:
        """Return both forms as JSON Schema."""
        return {"anyOf": [Integer(0).schema(), Text(1, 64, r"[\x20-\x7e]+").schema()]}


@dataclass(frozen=True, slots=True)
class Times:
    """How often: an integer of at least 1, or null for until it is deleted."""

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse zero, negative numbers and other types."""
        if value is not None:
            Integer(1).judge(value, at, faults)

    def schema(self) -> Json:
        """Return both forms as JSON Schema."""
        return {"anyOf": [Integer(1).schema(), {"type": "null"}]}


def with_kind(order: Json) -> Json:
    """Return the order with its kind, told by the one field that only that kind has when it is not named."""
    told = [kind for kind, needed in _REQUIRED.items() if needed in order]
    return order if "kind" in order or len(told) != 1 else {"kind": told[0], **order}


def _fits_kind(order: Json, at: str, faults: Faults) -> None:
    """Hold an order to the fields of its kind."""
    kind = with_kind(order).get("kind")
    if "kind" not in order and kind is None:
        faults.append(Fault(below(at, "kind"), f"must be {' or '.join(KINDS)}"))
    if not isinstance(kind, str) or kind not in KINDS:
        return
    own = _OWN_FIELDS.get(kind, ())
    for fields in _OWN_FIELDS.values():
        faults.extend(Fault(below(at, n), f"is not a field of {kind}") for n in fields if n in order and n not in own)
    if kind == "silence":
        faults.extend(Fault(below(at, n), "is not a field of silence") for n in ("nth", "times") if n in order)
    if kind in _REQUIRED and _REQUIRED[kind] not in order:
        faults.append(Fault(below(at, _REQUIRED[kind]), f"is required for {kind}"))


_FIELDS: dict[str, Form] = {
    "kind": Choice(KINDS),
    "method": Choice(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
    "path": Text(1, 512),
    "client": Text(),
    "nth": Integer(1),
    "times": Times(),
    "status": Integer(400, 599),
    "retryAfter": RetryAfter(),
    "delayMs": Integer(0, 600_000),
    "skewSeconds": Number(-1e9, 1e9),
    "seconds": Number(0, 1e9),
}
ORDER = Block(_FIELDS, optional=frozenset(_FIELDS), check=_fits_kind)
"""What the control surface takes as an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultOrder:
    """An ordered fault, how often it matched and acted; `until` ends a silence, nanoseconds of the platform's clock."""

    id: str
    rule: Json
    until: int | None = None
    matched: int = 0
    acted: int = 0

    def meets(self, method: str, path: str, client: str | None) -> bool:
        """Return whether the order's rule names this request."""
        rule = self.rule
        return (
            rule.get("method", method) == method
            and fnmatchcase(path, rule.get("path", "*"))
            and rule.get("client", client) == client
        )

    def acts(self) -> bool:
        """Return whether the present match, already counted, is one to act on."""
        if self.matched < int(self.rule.get("nth", 1)):
            return False
        times = self.rule.get("times", 1)
        return times is None or self.acted < int(times)

    def document(self) -> Json:
        """Return the order as the control surface shows it."""
        return {"id": self.id, **self.rule, "matched": self.matched, "acted": self.acted}


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What goes wrong with one exchange; `order` is the order that decided it."""

    kind: str | None = None
    order: str | None = None
    rule: Json = field(default_factory=dict, hash=False)
    delay_s: float = 0.0

    @property
    def before_the_effect(self) -> bool:
        """Return whether the platform never gets to see the request."""
        return self.kind in ("status", "reset_before", "silence")


CALM = Disturbance()
"""Nothing goes wrong."""


class FaultOrders:
    """The orders that stand, in the order in which they were given."""

    def __init__(self) -> None:
        """Start with no faults at all."""
        self.table: Table[FaultOrder] = Table()

    def add(self, identifier: str, rule: Json, now: int) -> FaultOrder:
        """Take an order whose rule is sound."""
        until = now + round(rule["seconds"] * SECOND) if rule["kind"] == "silence" else None
        order = FaultOrder(id=identifier, rule=rule, until=until)
        self.table.put(identifier, order)
        return order

    def disturb(self, method: str, path: str, client: str | None, now: int) -> Disturbance:
        """Count the orders that match a request and return what they do to it."""
        if not self.table:
            return CALM
        found = Disturbance()
        for order in list(self.table.values()):
            if not order.meets(method, path, client):
                continue
            counted = replace(order, matched=order.matched + 1)
            decides = order.rule["kind"] != "delay" and found.kind is None
            if order.until is not None:
                acts = decides and order.until > now
            else:
                acts = counted.acts() and (decides or order.rule["kind"] == "delay")
            self.table.put(order.id, replace(counted, acted=counted.acted + acts))
            if acts and order.rule["kind"] == "delay":
                longer = found.delay_s + order.rule["delayMs"] / 1000
                found = replace(found, delay_s=longer, order=found.order or order.id)
            elif acts:
                found = replace(found, kind=order.rule["kind"], order=order.id, rule=order.rule)
        return found

    def silent_until(self, identifier: str | None) -> int | None:
        """Return when a silence ends, None when it is no more."""
        order = self.table.get(identifier or "")
        return None if order is None else order.until
