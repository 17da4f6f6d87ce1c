"""Who may do what: four roles, four rights, and the one table that joins them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from paceline.ledger.entry import Actor

ENTRANCE = "/enter"
"""Where a link leads; its secret stands behind the `#`, which no browser sends and no server logs."""


class Role(StrEnum):
    """What somebody is to the service, from the least to the most."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a request needs."""

    READ = "read"
    """Look at campaigns, changes and the ledger."""
    OPERATE = "operate"
    """Order changes: pause, resume, stop, freeze, unfreeze, set, declare; cancel, undo."""
    APPROVE = "approve"
    """Decide as a second person."""
    ADMINISTER = "administer"
    """Say who is told, and whatever else outlasts a shift."""


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.READ}),
        Role.OPERATOR: frozenset({Right.READ, Right.OPERATE}),
        Role.APPROVER: frozenset({Right.READ, Right.OPERATE, Right.APPROVE}),
        Role.ADMINISTRATOR: frozenset(Right),
    }
)
"""What each role may do; what is not here is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody who is known.

    Attributes:
        name: whose deeds these are, in the ledger and for approvals by a second person.
        role: what they are to the service.
        key: id of the API key by which they are known, or began their session; None for a one-time link.
        signed_in: whether they are known by a session of the pages, not by the key itself.
    """

    name: str
    role: Role
    key: str | None = None
    signed_in: bool = False

    def may(self, right: Right) -> bool:
        """Return whether the role has this right."""
        return right in RIGHTS[self.role]

    @property
    def known_by(self) -> str:
        """How it is known who this is, in words of the ledger.

        >>> Principal(name="ada", role=Role.VIEWER, key="pk_0123456789ab").known_by
        'api-key pk_0123456789ab'
        >>> Principal(name="ada", role=Role.VIEWER, signed_in=True).known_by
        'session'
        """
        if not self.signed_in:
            return f"api-key {self.key}"
        return "session" if self.key is None else f"session of api-key {self.key}"

    def actor(self) -> Actor:
        """Return who the ledger says it was."""
        return Actor(name=self.name, known_by=self.known_by)
