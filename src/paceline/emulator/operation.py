"""What an endpoint is, and an exchange with it.

An operation says its address, who may call it, what it takes, what it may answer, and which function answers. An
exchange is one request under judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paceline.emulator.forms import Faults, Form, Schema
from paceline.emulator.messages import Answer, Request
from paceline.emulator.tenant import Campaign, Client, Simulation, Token, Webhook
from paceline.emulator.world import World

READ = frozenset({"Campaign.ReadWrite", "outbound:campaign:read", "campaign:read"})
WRITE = frozenset({"Campaign.ReadWrite", "outbound:campaign:write", "campaign:write"})
SIMULATE = frozenset({"outbound:campaign:simulate"})
WEBHOOKS = frozenset({"webhooks:write"})
RULES_SCOPE = "outbound:rules:write"

OUTBOUND_FAULT = 400
"""The status of field faults under `/api/v2/outbound` and `/api/v2/webhooks`."""
CAMPAIGNS_FAULT = 422
"""The status of field faults under `/api/v2/campaigns` and on the control surface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path.

    `scopes` None asks for no particular scope. `success` maps each status of success to the schema of its body (None:
    no body). `query` is None where parameters are not looked at. `cross_check` adds faults that a form alone cannot
    see. `refuses` are the statuses of refusal beyond those of every operation.
    """

    name: str
    method: str
    path: str
    summary: str
    answer: Callable[[Exchange], Answer]
    success: Mapping[int, Schema | None]
    scopes: frozenset[str] | None = None
    faults: int = OUTBOUND_FAULT
    body: Form | None = None
    body_optional: bool = False
    cross_check: Callable[[Exchange], None] | None = None
    needs_precondition: bool = False
    query: Mapping[str, Form] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    refuses: tuple[int, ...] = ()

    @property
    def writes(self) -> bool:
        """Return whether the operation takes a body and an Idempotency-Key."""
        return self.method in ("POST", "PUT", "PATCH")


@dataclass(slots=True)
class Exchange:
    """A request under judgement, and what each check learnt for the next one."""

    request: Request
    world: World
    now: int
    skew_s: float = 0.0
    strict_rules_scope: bool = False
    token: Token | None = None
    client: Client | None = None
    operation: Operation | None = None
    place: Mapping[str, str] = field(default_factory=dict)
    campaign: Campaign | None = None
    webhook: Webhook | None = None
    simulation: Simulation | None = None
    document: Any = None
    query: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=list)
    counted: bool = False

    def named_campaign(self) -> Campaign:
        """Return the campaign that the address names.

        Raises:
            LookupError: when the address names none; admission lets no such request through.
        """
        if self.campaign is None:
            raise LookupError("the address names no campaign")
        return self.campaign
