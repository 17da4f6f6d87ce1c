"""Which kinds of change the scopes of a token allow, by the platform's contract.

* Writing does not imply reading.
* Some platforms ask for a scope of its own where dialing rules are written; others do not know it.
"""

from __future__ import annotations

from paceline.primitives.checks import Blame, Check, bad, doubtful, fine

READING = frozenset({"Campaign.ReadWrite", "outbound:campaign:read", "campaign:read"})
"""Any of these lets a client read campaigns."""
WRITING = frozenset({"Campaign.ReadWrite", "outbound:campaign:write", "campaign:write"})
"""Any of these lets a client change them."""
RULES = "outbound:rules:write"
"""What strict platforms ask for besides, where dialing rules are written."""
KINDS: dict[str, frozenset[str]] = {
    "read": READING,
    "pause, resume, stop": WRITING,
    "dialing rules": WRITING,
    "schedule": WRITING,
    "simulation": frozenset({"outbound:campaign:simulate"}),
    "webhooks": frozenset({"webhooks:write"}),
}
"""What needs which scope; any of those named will do."""


def scopes_check(granted: frozenset[str], *, source: str, is_readable: bool) -> Check:
    """Return what these scopes allow.

    Args:
        granted: the token's scopes.
        source: who told them, in words.
        is_readable: whether the API was read with the token, whatever its scopes are called.
    """
    missing = {kind: accepted for kind, accepted in KINDS.items() if not accepted & granted}
    allowed = ", ".join(kind for kind in KINDS if kind not in missing) or "nothing that is known"
    told = f"allowed: {allowed}; scopes {' '.join(sorted(granted)) or '(none)'}, from {source}"
    wanted = [f"{kind} needs {' or '.join(sorted(accepted))}" for kind, accepted in missing.items()]
    if "dialing rules" not in missing and RULES not in granted:
        wanted.append(f"dialing rules need {RULES} too where the platform is strict")
    hint = f"ask for the scopes that are missing: {'; '.join(wanted)}" if wanted else None
    if "read" in missing and not is_readable:
        return bad("scopes", told, hint, blame=Blame.CREDENTIALS)
    if "read" in missing or "pause, resume, stop" in missing:
        return doubtful("scopes", told, hint)
    return fine("scopes", told, hint)
