"""Standard Webhooks: the headers by which a receiver knows who sent a message, when, and that nobody changed it.

1. A secret is `whsec_` and 32 random bytes in base64. It stands in no text but the one answer that tells it.
2. What is signed is the id, the second of the attempt and the body, byte for byte as it is sent.
3. While an old secret is still valid, there are two signatures with a blank between them, the new one first.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import instant_of

OVERLAP_S = 86_400.0
"""How long an old secret stays valid after a rotation, in seconds, unless a setting says otherwise."""
_PREFIX = "whsec_"
_SECOND = 1_000_000_000


def fresh_secret() -> str:
    """Return a new secret."""
    return _PREFIX + base64.b64encode(fresh_key()).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a subscriber's messages are signed with; `previous` is valid until `previous_until_ns`, since 1970."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    previous_until_ns: int = 0

    def rotated(self, *, now_ns: int, overlap_s: float = OVERLAP_S) -> Secrets:
        """Return them with a new one, beside which the current one stays valid for `overlap_s`.

        One that was rotated out before is valid no more: a secret that leaked is gone after two rotations.
        """
        until_ns = now_ns + round(overlap_s * _SECOND)
        return Secrets(current=fresh_secret(), previous=self.current, previous_until_ns=until_ns)

    def valid(self, now_ns: int) -> tuple[str, ...]:
        """Return those to sign with now, the newest first."""
        if self.previous is None or now_ns >= self.previous_until_ns:
            return (self.current,)
        return (self.current, self.previous)


def signed_headers(message_id: str, body: str, *, secrets: Secrets, at_ns: int) -> dict[str, str]:
    """Return the headers for one attempt, made at `at_ns`, nanoseconds since 1970; the body is sent as UTF-8."""
    from standardwebhooks import Webhook  # needed by who sends only

    # The library takes any time for UTC, whatever zone it says: `instant_of` gives UTC.
    at = instant_of(at_ns)
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in secrets.valid(at_ns)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_ns // _SECOND),
        "webhook-signature": " ".join(signatures),
    }
