"""How the outbox can fail. A message is never lost by it: what cannot be delivered waits, or becomes a dead letter."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError


class OutboxError(PacelineError):
    """the outbox refused what it was asked"""

    code = "outbox"


class SubscriberNotFoundError(OutboxError):
    """there is no such subscriber"""

    code = "subscriber-not-found"


class SubscriberDisabledError(OutboxError):
    """this subscriber is disabled"""

    code = "subscriber-disabled"


class UnknownKindsError(OutboxError):
    """these cannot be kinds of messages"""

    code = "webhook-kinds"


class NameRefusedError(OutboxError):
    """nobody can be called so"""

    code = "webhook-name"


class AddressRefusedError(OutboxError):
    """no message may be sent to this address"""

    code = "webhook-address"


class DeliveryError(OutboxError):
    """the message did not reach its subscriber"""

    code = "delivery"
    retryable = True
